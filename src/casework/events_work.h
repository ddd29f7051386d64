#pragma once
#include "casework/events_parts.h"

/// Reviewers at work: claims, notes, handing on.
namespace heed::casework {

struct Claimed {
  static constexpr std::string_view kKind = "claimed";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kNone[] = {"at"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "being_looked_at", {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kNone}, {shown::Audience::Reporter, kNone}}};
  ClaimId claim;
  StaffId staff;
  std::vector<ItemId> items;
  bool single = false;
  Urgency urgency;                ///< a first look stops that clock
  bool operator==(const Claimed&) const = default;
  template <class V>
  void visit(V& v) {
    v("claim", claim), v("staff", staff), v("items", items), v("single", single), v("urgency", urgency);
  }
};

struct ClaimEnded {
  static constexpr std::string_view kKind = "claim_ended";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{kKind, "claim_ended", {{shown::Audience::Reviewer, shown::kAll}}};
  ClaimId claim;
  ClaimState state{};
  bool operator==(const ClaimEnded&) const = default;
  template <class V>
  void visit(V& v) {
    v("claim", claim), v("state", state);
  }
};

/// A note by staff (body "n" under the case's own key) or a message by a party (under the party's). Whoever wrote a
/// message finds it in their own timeline, nobody else but reviewers does.
struct NoteAdded {
  static constexpr std::string_view kKind = "note_added";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"at"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "message_sent",
      {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kOwn}, {shown::Audience::Reporter, kOwn},
       {shown::Audience::Bystander, kOwn}, {shown::Audience::Author, kOwn}}};
  int party = 0;
  StaffId staff{};
  std::vector<NewParty> parties;
  bool operator==(const NoteAdded&) const = default;
  template <class V>
  void visit(V& v) {
    v("party", party), v("staff", staff), v("parties", parties);
  }
};

struct Escalated {
  static constexpr std::string_view kKind = "escalated";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{kKind, "escalated", {{shown::Audience::Reviewer, shown::kAll}}};
  StaffId staff{};
  std::string route;
  bool operator==(const Escalated&) const = default;
  template <class V>
  void visit(V& v) {
    v("staff", staff), v("route", route);
  }
};

}  // namespace heed::casework
