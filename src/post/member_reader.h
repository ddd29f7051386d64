#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

/// How posts, accounts and relations are read: unlike other requests they may carry members we do not know
/// (ignored and counted), and they come by the hundred thousand a second, so a valid one allocates nothing.
namespace heed::post {

/// Where a value stands, as a chain on the stack; turned into a JSON pointer (RFC 6901) only for a fault.
struct Path {
  const Path* up = nullptr;
  std::string_view name = {};
  std::size_t index = 0;  ///< used when `name` has no data pointer: an array element
  std::string text() const;
};

/// Every fault of one object, at most kFaultsMax (a hostile line must not cost more to answer than to send).
class Faults {
 public:
  static constexpr std::size_t kFaultsMax = 32;
  void add(const Path& at, std::string_view detail);
  void add(const Path& up, std::string_view name, std::string_view detail) { add(Path{&up, name}, detail); }
  bool none() const { return found_ == 0; }
  /// Nothing, or InvalidInput with all faults; `what` is "post", "account", "relation".
  Result<void> result(std::string_view what);

 private:
  std::vector<FieldError> errors_;
  std::size_t found_ = 0;
};

/// Members we do not know, per object; beyond it the object is refused, since a repeated key is looked for by
/// comparing.
constexpr std::size_t kUnknownMembersMax = 256;

/// Calls f(index into `names`, value, path) for each known member that is not null, in the object's order; null
/// means absent. A repeated key is a fault, known or not. Returns the number of unknown members.
template <std::size_t N, class F>
std::uint32_t read_members(Json object, const std::array<std::string_view, N>& names, const Path& path, Faults& faults,
                           F&& f) {
  static_assert(N <= 32);
  std::uint32_t seen = 0;
  struct Name {
    const char* data;
    std::size_t size;
  } unknown[kUnknownMembersMax];  // 4 KiB, on purpose not cleared for each object
  std::uint32_t unknown_count = 0;
  std::size_t next = 0;  // platforms send members in a fixed order, mostly the documented one
  object.members([&](std::string_view name, Json value) {
    std::size_t i = 0;
    for (; i < N; ++i) {
      std::size_t candidate = next + i < N ? next + i : next + i - N;
      if (names[candidate] == name) {
        next = candidate;
        break;
      }
    }
    if (i == N) {
      for (std::uint32_t k = 0; k < unknown_count && k < kUnknownMembersMax; ++k) {
        if (std::string_view(unknown[k].data, unknown[k].size) == name) {
          faults.add(path, name, "is given twice");
          return;
        }
      }
      if (unknown_count < kUnknownMembersMax) {
        unknown[unknown_count] = {name.data(), name.size()};
      } else if (unknown_count == kUnknownMembersMax) {
        faults.add(path, "has more than 256 members that are not known here");
      }
      ++unknown_count;
      return;
    }
    std::uint32_t bit = 1U << next;
    Path at{&path, name};
    if ((seen & bit) != 0) {
      faults.add(at, "is given twice");
      return;
    }
    seen |= bit;
    std::size_t known = next;
    next = next + 1 < N ? next + 1 : 0;
    if (!value.is_null()) {
      f(known, value, at);
    }
  });
  return unknown_count;
}

/// Each of these reads one value or adds a fault and gives the empty value. Lengths are bytes of UTF-8.
std::string_view read_string(Json value, const Path& at, std::size_t bytes_min, std::size_t bytes_max, Faults& faults);
/// An id, handle or hash: no control characters, so that it can stand in a log, a mail header or a file.
std::string_view read_token(Json value, const Path& at, std::size_t bytes_min, std::size_t bytes_max, Faults& faults);
std::optional<Time> read_time(Json value, const Path& at, Faults& faults);
std::int64_t read_count(Json value, const Path& at, std::int64_t fallback, Faults& faults);
bool read_bool(Json value, const Path& at, bool fallback, Faults& faults);
/// Is an object; else a fault.
bool is_object(Json value, const Path& at, Faults& faults);

/// Elements of an array of at most `size_max`, without those that are null; f(value, path).
template <class F>
void read_array(Json value, const Path& at, std::size_t size_max, Faults& faults, F&& f) {
  if (!value.is_array()) {
    faults.add(at, "must be an array");
    return;
  }
  if (value.size() > size_max) {
    faults.add(at, "has more than " + std::to_string(size_max) + " elements");
    return;
  }
  std::size_t index = 0;
  value.each([&](Json element) {
    Path path{&at, {}, index++};
    f(element, path);
  });
}

}  // namespace heed::post
