#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

/// JSON in through simdjson's DOM (hidden in json.cc), JSON out through a small writer of our own.
namespace heed {

/// A value inside a JsonParser's current document; two words, dies with the next parse.
class Json {
 public:
  enum class Kind { Null, Bool, Int, Uint, Double, String, Array, Object, Missing };

  Json() = default;
  Kind kind() const;
  bool missing() const { return kind() == Kind::Missing; }
  bool is_string() const { return kind() == Kind::String; }
  bool is_object() const { return kind() == Kind::Object; }
  bool is_array() const { return kind() == Kind::Array; }
  bool is_null() const { return kind() == Kind::Null; }

  /// The value or, on another kind, nothing.
  std::optional<std::string_view> string() const;
  std::optional<bool> boolean() const;
  std::optional<std::int64_t> integer() const;  ///< also a double without fraction within ±2^53
  std::optional<std::uint64_t> unsigned_integer() const;
  std::optional<double> number() const;
  /// Member of an object; Missing when absent or when this is no object. Linear in the members.
  Json operator[](std::string_view key) const;
  /// The value for `key` or `fallback`; for trusted input (our own events).
  std::string_view get_string(std::string_view key, std::string_view fallback = {}) const;
  std::int64_t get_int(std::string_view key, std::int64_t fallback = 0) const;
  bool get_bool(std::string_view key, bool fallback = false) const;

  /// Calls f(Json) for each element of an array; does nothing for another kind.
  template <class F>
  void each(F&& f) const {
    for (std::size_t cursor = first_child(); cursor != 0; cursor = next_child(cursor)) {
      f(child_at(cursor));
    }
  }
  /// Calls f(std::string_view key, Json) for each member of an object, in order, repeated keys included.
  template <class F>
  void members(F&& f) const {
    for (std::size_t cursor = first_member(); cursor != 0; cursor = next_member(cursor)) {
      f(key_at(cursor), value_at(cursor));
    }
  }
  std::size_t size() const;  ///< elements or members; saturates at 2^24
  /// The value as compact JSON text.
  std::string dump() const;

 private:
  friend class JsonParser;
  Json(const void* document, std::size_t index) : document_(document), index_(index) {}
  std::size_t first_child() const;
  std::size_t next_child(std::size_t cursor) const;
  Json child_at(std::size_t cursor) const;
  std::size_t first_member() const;
  std::size_t next_member(std::size_t cursor) const;
  std::string_view key_at(std::size_t cursor) const;
  Json value_at(std::size_t cursor) const;

  const void* document_ = nullptr;  // simdjson's document
  std::size_t index_ = 0;           // on its tape
};

/// Parses one document at a time, reusing its memory: no allocation in steady state. Not thread-safe; one
/// per thread or connection. Refuses invalid UTF-8, more than `depth_max` levels and trailing bytes; the
/// input is copied, so it needs no padding and may go away.
class JsonParser {
 public:
  explicit JsonParser(std::size_t depth_max = 32);
  ~JsonParser();
  JsonParser(JsonParser&&) noexcept;
  JsonParser& operator=(JsonParser&&) noexcept;
  /// InvalidInput with simdjson's reason.
  Result<Json> parse(std::string_view text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Writes compact JSON into a string. Keys and values must alternate correctly: misuse asserts in tests only
/// through the output. Strings are escaped; invalid UTF-8 becomes U+FFFD so that output always parses.
class JsonWriter {
 public:
  JsonWriter() : out_(&own_) {}
  explicit JsonWriter(std::string& out) : out_(&out) {}
  JsonWriter(const JsonWriter&) = delete;  // out_ may point into this
  JsonWriter& operator=(const JsonWriter&) = delete;

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(bool b);
  JsonWriter& value(std::int64_t n);
  JsonWriter& value(std::uint64_t n);
  JsonWriter& value(int n) { return value(static_cast<std::int64_t>(n)); }
  JsonWriter& value(unsigned n) { return value(static_cast<std::uint64_t>(n)); }
  JsonWriter& value(double d);  ///< shortest form; NaN and infinities become null
  JsonWriter& null();
  /// Text that already is JSON.
  JsonWriter& raw(std::string_view json);
  template <class T>
  JsonWriter& field(std::string_view name, const T& v) {
    return key(name).value(v);
  }
  /// Writes the field unless the text is empty.
  JsonWriter& field_unless_empty(std::string_view name, std::string_view text) {
    return text.empty() ? *this : field(name, text);
  }

  std::string& str() { return *out_; }
  std::string take() { return std::move(*out_); }

 private:
  void separate();
  std::string own_;
  std::string* out_;
  bool comma_ = false;
};

void append_json_string(std::string& out, std::string_view text);

/// Collects every fault of a request object instead of stopping at the first, and refuses unknown fields:
///   FieldReader in(json, "");  auto id = in.required_string("id", 1, 200);  in.done() → Error or nothing.
/// Null counts as absent. Names must outlive the reader (literals do). At most 100 faults are kept.
class FieldReader {
 public:
  FieldReader(Json object, std::string pointer);

  std::string_view required_string(std::string_view name, std::size_t bytes_min, std::size_t bytes_max);
  std::string_view optional_string(std::string_view name, std::size_t bytes_max);
  bool optional_bool(std::string_view name, bool fallback = false);
  std::int64_t optional_int(std::string_view name, std::int64_t min, std::int64_t max, std::int64_t fallback);
  std::optional<Time> optional_time(std::string_view name);
  std::optional<Time> required_time(std::string_view name);
  /// One of `allowed`, or `fallback` when absent.
  std::string_view optional_choice(std::string_view name, const std::vector<std::string_view>& allowed,
                                   std::string_view fallback);
  Json optional_object(std::string_view name);
  Json optional_array(std::string_view name, std::size_t size_max);
  /// Array of strings, each 1..bytes_max.
  std::vector<std::string_view> optional_strings(std::string_view name, std::size_t size_max, std::size_t bytes_max);
  /// Marks a member as known without reading it.
  Json any(std::string_view name);
  void error(std::string_view name, std::string detail);
  const std::string& pointer() const { return pointer_; }
  /// Adds faults found elsewhere (a nested reader).
  void merge(std::vector<FieldError> errors);
  /// With `refuse_unknown`, every member that was not asked for is a fault.
  Result<void> done(bool refuse_unknown = true);
  std::vector<FieldError> take_errors(bool refuse_unknown = true);

 private:
  Json find(std::string_view name);
  Json object_;
  std::string pointer_;
  std::vector<std::string_view> known_;
  std::vector<FieldError> errors_;
};

}  // namespace heed
