#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "rule/arena.h"

namespace heed::rule {

enum class Kind : std::uint8_t {
  Missing,  ///< an attribute that is declared but not known here; reading it is an error, `has` says false
  Error,
  Null,
  Bool,
  Int,
  Uint,
  Double,
  String,
  Bytes,
  List,
  Map,
  Timestamp,
  Duration,
  Type,
};
/// "int", "google.protobuf.Timestamp": the name the language itself gives to the type of a value.
std::string_view type_name(Kind kind);

struct List;
struct Map;

/// A value of the language in two registers. What it points to (texts, lists, maps) lies in an Arena, in the
/// program or with the caller, and has to outlive it; a Value owns nothing. An error is a value, as the
/// language wants it:
/// `||`, `&&` and the macros made of them absorb it, everything else hands it on.
class Value {
 public:
  Value() = default;  // Missing
  static Value null() { return {Kind::Null, 0, 0}; }
  static Value boolean(bool v) { return {Kind::Bool, 0, v ? 1u : 0u}; }
  static Value integer(std::int64_t v) { return {Kind::Int, 0, static_cast<std::uint64_t>(v)}; }
  static Value unsigned_integer(std::uint64_t v) { return {Kind::Uint, 0, v}; }
  static Value number(double v) {
    std::uint64_t bits;
    std::memcpy(&bits, &v, sizeof bits);
    return {Kind::Double, 0, bits};
  }
  /// Valid UTF-8 of less than 4 GiB, not copied.
  static Value string(std::string_view v) {
    return {Kind::String, static_cast<std::uint32_t>(v.size()), address(v.data())};
  }
  static Value bytes(std::string_view v) {
    return {Kind::Bytes, static_cast<std::uint32_t>(v.size()), address(v.data())};
  }
  static Value list(const List* v) { return {Kind::List, 0, address(v)}; }
  static Value map(const Map* v) { return {Kind::Map, 0, address(v)}; }
  /// Seconds since 1970 and nanoseconds, 0…999,999,999.
  static Value timestamp(std::int64_t seconds, std::uint32_t nanos) {
    return {Kind::Timestamp, nanos, static_cast<std::uint64_t>(seconds)};
  }
  /// Seconds (rounded down) and nanoseconds, 0…999,999,999, also of a negative duration.
  static Value duration(std::int64_t seconds, std::uint32_t nanos) {
    return {Kind::Duration, nanos, static_cast<std::uint64_t>(seconds)};
  }
  /// `name` is not copied; literals and names of the environment live long enough.
  static Value type(std::string_view name) {
    return {Kind::Type, static_cast<std::uint32_t>(name.size()), address(name.data())};
  }

  static constexpr std::uint32_t kNoPlace = UINT32_MAX;
  /// `message` is NUL-terminated and not copied. The evaluator notes the place.
  static Value error(const char* message) { return {Kind::Error, kNoPlace, address(message)}; }
  /// An error that nothing absorbs: a limit was passed.
  static Value fatal(const char* message) {
    Value v = error(message);
    v.fatal_ = true;
    return v;
  }

  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }
  bool is_error() const { return kind_ == Kind::Error; }
  bool is_fatal() const { return fatal_; }
  bool is_true() const { return kind_ == Kind::Bool && payload_ != 0; }
  bool is_number() const { return kind_ == Kind::Int || kind_ == Kind::Uint || kind_ == Kind::Double; }

  // Each only for its kind.
  bool as_bool() const { return payload_ != 0; }
  std::int64_t as_int() const { return static_cast<std::int64_t>(payload_); }
  std::uint64_t as_uint() const { return payload_; }
  double as_double() const {
    double v;
    std::memcpy(&v, &payload_, sizeof v);
    return v;
  }
  std::string_view text() const { return {pointer<char>(), size_}; }  ///< String, Bytes, Type
  const List& as_list() const { return *pointer<List>(); }
  const Map& as_map() const { return *pointer<Map>(); }
  std::int64_t seconds() const { return static_cast<std::int64_t>(payload_); }
  std::uint32_t nanos() const { return size_; }
  const char* message() const { return pointer<char>(); }
  std::uint32_t place() const { return size_; }  ///< of an error: byte offset in the source, or kNoPlace
  Value at(std::uint32_t place) const {
    Value v = *this;
    if (v.size_ == kNoPlace) {
      v.size_ = place;
    }
    return v;
  }

 private:
  Value(Kind kind, std::uint32_t size, std::uint64_t payload) : kind_(kind), size_(size), payload_(payload) {}
  static std::uint64_t address(const void* p) { return reinterpret_cast<std::uintptr_t>(p); }
  template <class T>
  const T* pointer() const {
    return reinterpret_cast<const T*>(static_cast<std::uintptr_t>(payload_));
  }

  Kind kind_ = Kind::Missing;
  bool fatal_ = false;
  std::uint32_t size_ = 0;
  std::uint64_t payload_ = 0;
};
static_assert(sizeof(Value) == 16 && std::is_trivially_copyable_v<Value>);

struct List {
  const Value* items = nullptr;
  std::uint32_t size = 0;

  const Value* begin() const { return items; }
  const Value* end() const { return items + size; }
};

struct Entry {
  Value key, value;
};

/// Entries in the order in which they were written. Keys are bool, int, uint and string; numbers that are
/// equal are the same key, whatever their type.
struct Map {
  const Entry* entries = nullptr;
  std::uint32_t size = 0;
  std::uint32_t buckets = 0;             ///< a power of two, or 0: few entries are looked through
  const std::uint32_t* index = nullptr;  ///< entry number + 1 by hash, open addressing

  const Entry* begin() const { return entries; }
  const Entry* end() const { return entries + size; }
  /// Any value may be asked for; one that cannot be a key is not in it.
  const Value* find(Value key) const;
};

/// Counts down while values are compared, so that comparing what was doubled over and over ends.
using Steps = std::uint64_t;

/// Whether they are equal as the language has it: numbers by value across types, other types never equal to
/// each other, lists and maps by content, NaN to nothing. An error where `steps` ran out.
Value equals(Value a, Value b, Steps& steps);

enum class Order : std::uint8_t { Less, Equal, Greater, Unordered /* NaN */, Incomparable };
/// Numbers across types, exactly; strings and bytes by byte; bool, timestamps, durations; nothing else.
Order compare(Value a, Value b);

/// A copy of `text` in the arena; an error when it is full. `a` and `b` joined.
Value make_string(Arena& arena, std::string_view text);
Value make_bytes(Arena& arena, std::string_view text);
Value make_joined(Arena& arena, Kind kind, std::string_view a, std::string_view b);
/// An error whose message is put together; for a fixed text use Value::error.
Value make_error(Arena& arena, std::string_view message);
/// The items are not copied. Memory errors are fatal.
Value make_list(Arena& arena, const Value* items, std::size_t size);
/// Takes entries that lie in `arena`. Refuses keys of other kinds and keys given twice.
Value make_map(Arena& arena, const Entry* entries, std::size_t size);

inline Value out_of_memory() { return Value::fatal("the expression needs too much memory"); }
inline Value out_of_steps() { return Value::fatal("the expression takes too many steps"); }
/// Of a function that does not take what it was given.
inline Value no_overload() { return Value::error("no such overload"); }

/// Code points of valid UTF-8.
std::size_t count_code_points(std::string_view text);

}  // namespace heed::rule
