#pragma once
#include "casework/events_parts.h"

/// Preservation and erasure.
namespace heed::casework {

/// A preservation duty: no erasure in this case until it is released or its time is up.
struct HoldPlaced {
  static constexpr std::string_view kKind = "hold_placed";
  static constexpr int kVersion = 3;  ///< 2: parties; 3: silent
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "hold_placed", {{shown::Audience::Reviewer, shown::kAll}}};
  Id<EventTag> hold;
  Time until{};
  std::vector<NewParty> parties;  ///< the case's own key, for the reason: body "n"
  bool silent = false;            ///< an order forbids to tell anybody outside
  bool operator==(const HoldPlaced&) const = default;
  template <class V>
  void visit(V& v) {
    v("hold", hold), v("until", until), v("parties", parties), v("silent", silent);
  }
};

struct HoldReleased {
  static constexpr std::string_view kKind = "hold_released";
  static constexpr int kVersion = 2;  ///< 2: ran_out
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "hold_released", {{shown::Audience::Reviewer, shown::kAll}}};
  Id<EventTag> hold;
  bool ran_out = false;  ///< by itself
  bool operator==(const HoldReleased&) const = default;
  template <class V>
  void visit(V& v) {
    v("hold", hold), v("ran_out", ran_out);
  }
};

/// A person asked to be erased, or their account is gone, and something of theirs stays here for now. When it is looked
/// at again.
struct ErasureAsked {
  static constexpr std::string_view kKind = "erasure_asked";
  static constexpr int kVersion = 2;  ///< 2: whole
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "erasure_asked", {{shown::Audience::Reviewer, shown::kAll}}};
  int party = 0;  ///< 0: the target, who is no party
  Time next_at{};
  bool whole = false;  ///< the account is gone: only a hold keeps anything
  bool operator==(const ErasureAsked&) const = default;
  template <class V>
  void visit(V& v) {
    v("party", party), v("next_at", next_at), v("whole", whole);
  }
};

struct PersonErased {
  static constexpr std::string_view kKind = "person_erased";
  static constexpr int kVersion = 3;  ///< 2: target; 3: key_stays
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "person_erased", {{shown::Audience::Reviewer, shown::kAll}}};
  int party = 0;        ///< 0: nobody's key, only the target's hash
  bool target = false;  ///< a target who never was a party
  /// A silent hold keeps the key: everything forgets the person as if it were gone, and it goes with the hold.
  bool key_stays = false;
  bool operator==(const PersonErased&) const = default;
  template <class V>
  void visit(V& v) {
    v("party", party), v("target", target), v("key_stays", key_stays);
  }
};

}  // namespace heed::casework
