#pragma once
#include "casework/events_parts.h"

/// Reviewers at work: claims, notes, handing on.
namespace heed::casework {

struct Claimed {
  static constexpr std::string_view kKind = "claimed";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kNone[] = {"at"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind,
      "being_looked_at",
      {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kNone}, {shown::Audience::Reporter, kNone}}};
  ClaimId claim;
  StaffId staff;
  std::vector<ItemId> items;
  bool single = false;
  Urgency urgency;  ///< a first look stops that clock
  bool operator==(const Claimed&) const = default;
  template <class V>
  void visit(V& v) {
    v("claim", claim), v("staff", staff), v("items", items), v("single", single), v("urgency", urgency);
  }
};

struct ClaimEnded {
  static constexpr std::string_view kKind = "claim_ended";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "claim_ended", {{shown::Audience::Reviewer, shown::kAll}}};
  ClaimId claim;
  ClaimState state{};
  bool operator==(const ClaimEnded&) const = default;
  template <class V>
  void visit(V& v) {
    v("claim", claim), v("state", state);
  }
};

/// A note among staff (party 0, body "n" under the case's own key), a message by a party, or one to a party (both under
/// the party's key). Whose talk it is finds it in their own timeline, nobody else but reviewers does.
struct NoteAdded {
  static constexpr std::string_view kKind = "note_added";
  static constexpr int kVersion = 2;  ///< 2: as, urgency, notices: messages to a party
  static constexpr std::string_view kOwn[] = {"at", "as"};
  inline static constexpr access::VisibilityRow kVisibility{kKind,
                                                            "message_sent",
                                                            {{shown::Audience::Reviewer, shown::kAll},
                                                             {shown::Audience::Target, kOwn},
                                                             {shown::Audience::Reporter, kOwn},
                                                             {shown::Audience::Bystander, kOwn},
                                                             {shown::Audience::Author, kOwn}}};
  int party = 0;
  StaffId staff{};
  std::string as;   ///< with a party: the pseudonym under which staff speaks to them
  Urgency urgency;  ///< what the words of a party themselves say of danger
  std::vector<NewParty> parties;
  std::vector<QueuedNotice> notices;
  bool operator==(const NoteAdded&) const = default;
  template <class V>
  void visit(V& v) {
    v("party", party), v("staff", staff), v("as", as), v("urgency", urgency), v("parties", parties),
        v("notices", notices);
  }
};

/// A question to a party (body "n" under the party's key): the case's clock stands until the answer or `until`.
struct QuestionAsked {
  static constexpr std::string_view kKind = "question_asked";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"question", "as", "until"};
  inline static constexpr access::VisibilityRow kVisibility{kKind,
                                                            "question_asked",
                                                            {{shown::Audience::Reviewer, shown::kAll},
                                                             {shown::Audience::Target, kOwn},
                                                             {shown::Audience::Reporter, kOwn},
                                                             {shown::Audience::Bystander, kOwn},
                                                             {shown::Audience::Author, kOwn}}};
  Id<EventTag> question;
  int party = 0;
  StaffId staff{};
  std::string as;
  Time until{};
  Millis left{0}, warns{0};  ///< what was left until the case's deadline and its warning; warns 0: had been given
  std::vector<NewParty> parties;
  std::vector<QueuedNotice> notices;
  bool operator==(const QuestionAsked&) const = default;
  template <class V>
  void visit(V& v) {
    v("question", question), v("party", party), v("staff", staff), v("as", as), v("until", until), v("left", left),
        v("warns", warns), v("parties", parties), v("notices", notices);
  }
};

/// The clock runs again, with what was left of it.
struct QuestionEnded {
  static constexpr std::string_view kKind = "question_ended";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"question", "why"};
  inline static constexpr access::VisibilityRow kVisibility{kKind,
                                                            "question_ended",
                                                            {{shown::Audience::Reviewer, shown::kAll},
                                                             {shown::Audience::Target, kOwn},
                                                             {shown::Audience::Reporter, kOwn},
                                                             {shown::Audience::Bystander, kOwn},
                                                             {shown::Audience::Author, kOwn}}};
  Id<EventTag> question;
  int party = 0;
  QuestionEnd why{};
  Urgency urgency;
  bool operator==(const QuestionEnded&) const = default;
  template <class V>
  void visit(V& v) {
    v("question", question), v("party", party), v("why", why), v("urgency", urgency);
  }
};

/// Somebody hands a case to a colleague; it stays theirs until the colleague has taken it. Why: body "n".
struct HandoverOffered {
  static constexpr std::string_view kKind = "handover_offered";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "handover_offered", {{shown::Audience::Reviewer, shown::kAll}}};
  Id<EventTag> handover;
  StaffId staff{}, to{};
  std::vector<NewParty> parties;
  bool operator==(const HandoverOffered&) const = default;
  template <class V>
  void visit(V& v) {
    v("handover", handover), v("staff", staff), v("to", to), v("parties", parties);
  }
};

struct HandoverAnswered {
  static constexpr std::string_view kKind = "handover_answered";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "handover_answered", {{shown::Audience::Reviewer, shown::kAll}}};
  Id<EventTag> handover;
  StaffId staff{};
  HandoverState state{};  ///< taken or returned
  std::vector<NewParty> parties;
  bool operator==(const HandoverAnswered&) const = default;
  template <class V>
  void visit(V& v) {
    v("handover", handover), v("staff", staff), v("state", state), v("parties", parties);
  }
};

struct Escalated {
  static constexpr std::string_view kKind = "escalated";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "escalated", {{shown::Audience::Reviewer, shown::kAll}}};
  StaffId staff{};
  std::string route;
  bool operator==(const Escalated&) const = default;
  template <class V>
  void visit(V& v) {
    v("staff", staff), v("route", route);
  }
};

}  // namespace heed::casework
