#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace heed {

/// 128 bits, time-ordered (github.com/ulid/spec): 48 bits of milliseconds, 80 of randomness. Stored as 16
/// big-endian bytes so that byte order is time order. All zero means "none".
struct Ulid {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Ulid&) const = default;
  bool none() const { return *this == Ulid{}; }
  explicit operator bool() const { return !none(); }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  static Ulid from_view(std::string_view raw) {
    Ulid id;
    if (raw.size() == id.bytes.size()) {
      std::memcpy(id.bytes.data(), raw.data(), raw.size());
    }
    return id;
  }
  Time time() const;
  /// 26 characters of Crockford base 32.
  std::string text() const;
  static Result<Ulid> parse(std::string_view text);
};

/// A ULID that cannot be mistaken for another kind; `Tag::prefix` is its API prefix ("cas_").
template <class Tag>
struct Id {
  Ulid value{};

  auto operator<=>(const Id&) const = default;
  bool none() const { return value.none(); }
  explicit operator bool() const { return !none(); }
  std::string_view view() const { return value.view(); }
  static Id from_view(std::string_view raw) { return Id{Ulid::from_view(raw)}; }
  std::string text() const { return std::string(Tag::prefix) + value.text(); }
  static Result<Id> parse(std::string_view text) {
    constexpr std::string_view prefix = Tag::prefix;
    if (!text.starts_with(prefix)) {
      return fail(Code::InvalidInput, "an id of this kind starts with " + std::string(prefix));
    }
    Ulid id = TRY(Ulid::parse(text.substr(prefix.size())));
    return Id{id};
  }
};

struct CaseTag {
  static constexpr std::string_view prefix = "cas_";
};
struct ItemTag {
  static constexpr std::string_view prefix = "itm_";
};
struct ReportTag {
  static constexpr std::string_view prefix = "rpt_";
};
struct DecisionTag {
  static constexpr std::string_view prefix = "dec_";
};
struct AppealTag {
  static constexpr std::string_view prefix = "app_";
};
struct ClaimTag {
  static constexpr std::string_view prefix = "clm_";
};
struct ActionTag {
  static constexpr std::string_view prefix = "act_";
};
struct EventTag {
  static constexpr std::string_view prefix = "evt_";
};
struct NoticeTag {
  static constexpr std::string_view prefix = "ntc_";
};
struct StaffTag {
  static constexpr std::string_view prefix = "stf_";
};
struct KeyTag {
  static constexpr std::string_view prefix = "key_";
};
using CaseId = Id<CaseTag>;
using ItemId = Id<ItemTag>;
using ReportId = Id<ReportTag>;
using DecisionId = Id<DecisionTag>;
using AppealId = Id<AppealTag>;
using ClaimId = Id<ClaimTag>;
using ActionId = Id<ActionTag>;
using NoticeId = Id<NoticeTag>;
using StaffId = Id<StaffTag>;
using KeyId = Id<KeyTag>;

/// Mints ULIDs that only grow within one source (a second id in the same millisecond is the first plus a
/// random step). Not thread-safe: one per writer. Tests pass a seed and get the same ids every time.
class IdSource {
 public:
  IdSource();                             ///< random
  explicit IdSource(std::uint64_t seed);  ///< reproducible
  Ulid next(Time now);
  template <class Id>
  Id mint(Time now) {
    return Id{next(now)};
  }

 private:
  std::uint64_t random64();
  bool seeded_ = false;
  std::uint64_t state_ = 0;
  Ulid last_{};
};

/// Case numbers to read out over the telephone: 35 bits as "H-7K3M-92QF", the last character a check.
std::string format_case_number(std::uint64_t number35);
/// Accepts lower case, missing dashes and Crockford's look-alikes (O for 0, I and L for 1).
Result<std::uint64_t> parse_case_number(std::string_view text);

}  // namespace heed

template <>
struct std::hash<heed::Ulid> {
  std::size_t operator()(const heed::Ulid& id) const noexcept {
    std::uint64_t low;
    std::memcpy(&low, id.bytes.data() + 8, 8);
    return static_cast<std::size_t>(low * 0x9E3779B97F4A7C15ULL);
  }
};
template <class Tag>
struct std::hash<heed::Id<Tag>> {
  std::size_t operator()(const heed::Id<Tag>& id) const noexcept { return std::hash<heed::Ulid>{}(id.value); }
};
