#pragma once
#include "casework/events_parts.h"

/// Decisions, their reversal, appeals, and what the platform did on its own.
namespace heed::casework {

struct DecidedItem {
  DecisionId decision;
  ItemId item;
  Outcome outcome{};
  std::string clause, clause_version;
  Ground ground{};
  std::string category, group, language;
  Source source{};
  Automation detection{}, automation{};
  ItemKind kind{};
  Channel channel{};
  int restrictions = 0;
  Time received_at{};
  bool operator==(const DecidedItem&) const = default;
  template <class V>
  void visit(V& v) {
    v("decision", decision), v("item", item), v("outcome", outcome), v("clause", clause),
        v("clause_version", clause_version), v("ground", ground), v("category", category), v("group", group),
        v("language", language), v("source", source), v("detection", detection), v("automation", automation),
        v("kind", kind), v("channel", channel), v("restrictions", restrictions), v("received_at", received_at);
  }
};

/// One act of deciding: up to 200 items, with what follows from it, all in one transaction.
struct Decided {
  static constexpr std::string_view kKind = "decided";
  static constexpr int kVersion = 3;  ///< 2: inform_by; 3: second
  static constexpr std::string_view kOwn[] = {"at"};
  inline static constexpr access::VisibilityRow kVisibility{kKind,
                                                            "decided",
                                                            {{shown::Audience::Reviewer, shown::kAll},
                                                             {shown::Audience::Target, kOwn},
                                                             {shown::Audience::Reporter, kOwn},
                                                             {shown::Audience::Bystander, kOwn}}};
  ClaimId claim{};
  StaffId staff{};   ///< none: a machine, under `rule`
  StaffId second{};  ///< who confirmed it, where it took two people
  std::string rule;
  std::vector<DecidedItem> items;
  std::vector<ReportId> answered;  ///< reports of which no item is open any more
  std::vector<NewParty> parties;   ///< who gets a number because they are told
  std::vector<OrderedAction> actions;
  std::vector<QueuedNotice> notices;
  Time statement_delayed_until{};
  std::string delay_reason;  ///< "clause" or "reviewer"
  bool closes = false;
  Urgency urgency;   ///< of what is left; none when nothing is
  Time inform_by{};  ///< by when everybody whom this concerns is to be told; none: nothing has to go now
  bool operator==(const Decided&) const = default;
  template <class V>
  void visit(V& v) {
    v("claim", claim), v("staff", staff), v("second", second), v("rule", rule), v("items", items),
        v("answered", answered), v("parties", parties), v("actions", actions), v("notices", notices),
        v("statement_delayed_until", statement_delayed_until), v("delay_reason", delay_reason), v("closes", closes),
        v("urgency", urgency), v("inform_by", inform_by);
  }
};

struct SettledItem {
  ItemId item;
  DecisionId decision;
  bool operator==(const SettledItem&) const = default;
  template <class V>
  void visit(V& v) {
    v("item", item), v("decision", decision);
  }
};

/// Items that this case refers to were decided (or reversed) where they are at home: this case's reporters are told
/// here. Without items: a pile that has ended with nothing open closes.
struct ItemsSettled {
  static constexpr std::string_view kKind = "items_settled";
  static constexpr int kVersion = 3;  ///< 2: inform_by; 3: repeat
  static constexpr std::string_view kOwn[] = {"at"};
  inline static constexpr access::VisibilityRow kVisibility{kKind,
                                                            "decided",
                                                            {{shown::Audience::Reviewer, shown::kAll},
                                                             {shown::Audience::Target, kOwn},
                                                             {shown::Audience::Reporter, kOwn},
                                                             {shown::Audience::Bystander, kOwn}}};
  std::vector<SettledItem> items;
  std::vector<ReportId> answered;  ///< reports of which no item is open any more
  std::vector<NewParty> parties;
  std::vector<QueuedNotice> notices;
  bool reversed = false;
  bool closes = false;
  Time inform_by{};     ///< by when everybody whom this concerns is to be told; none: nothing has to go now
  bool repeat = false;  ///< a machine found that a person had judged all of it before
  bool operator==(const ItemsSettled&) const = default;
  template <class V>
  void visit(V& v) {
    v("items", items), v("answered", answered), v("parties", parties), v("notices", notices), v("reversed", reversed),
        v("closes", closes), v("inform_by", inform_by), v("repeat", repeat);
  }
};

struct Reversed {
  static constexpr std::string_view kKind = "reversed";
  static constexpr int kVersion = 2;  ///< 2: inform_by
  static constexpr std::string_view kOwn[] = {"at"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind,
      "reversed",
      {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kOwn}, {shown::Audience::Reporter, kOwn}}};
  DecisionId decision;
  ItemId item;
  StaffId staff{};
  Outcome outcome{};              ///< what stands now
  AppealId appeal{};              ///< none: corrected by staff
  std::vector<NewParty> parties;  ///< the case's own key, for the reason: body "n"
  std::vector<OrderedAction> actions;
  std::vector<QueuedNotice> notices;
  Time inform_by{};  ///< by when everybody whom this concerns is to be told; none: nothing has to go now
  bool operator==(const Reversed&) const = default;
  template <class V>
  void visit(V& v) {
    v("decision", decision), v("item", item), v("staff", staff), v("outcome", outcome), v("appeal", appeal),
        v("parties", parties), v("actions", actions), v("notices", notices), v("inform_by", inform_by);
  }
};

struct AppealFiled {
  static constexpr std::string_view kKind = "appeal_filed";
  static constexpr int kVersion = 2;  ///< 2: same_words
  static constexpr std::string_view kOwn[] = {"appeal"};
  inline static constexpr access::VisibilityRow kVisibility{kKind,
                                                            "appeal_filed",
                                                            {{shown::Audience::Reviewer, shown::kAll},
                                                             {shown::Audience::Reporter, kOwn},
                                                             {shown::Audience::Author, kOwn},
                                                             {shown::Audience::Target, kOwn}}};
  AppealId appeal;
  DecisionId decision;
  int party = 0;
  bool by_reporter = false, trusted = false;
  Time decide_by{};
  int same_words = 0;  ///< so many people wrote the same that day, where they are many (same_words.h)
  std::vector<NewParty> parties;
  std::vector<QueuedNotice> notices;
  bool operator==(const AppealFiled&) const = default;
  template <class V>
  void visit(V& v) {
    v("appeal", appeal), v("decision", decision), v("party", party), v("by_reporter", by_reporter),
        v("trusted", trusted), v("decide_by", decide_by), v("parties", parties), v("notices", notices),
        v("same_words", same_words);
  }
};

struct AppealDecided {
  static constexpr std::string_view kKind = "appeal_decided";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"appeal", "outcome"};
  inline static constexpr access::VisibilityRow kVisibility{kKind,
                                                            "appeal_decided",
                                                            {{shown::Audience::Reviewer, shown::kAll},
                                                             {shown::Audience::Reporter, kOwn},
                                                             {shown::Audience::Author, kOwn},
                                                             {shown::Audience::Target, kOwn}}};
  AppealId appeal;
  StaffId staff{};
  AppealOutcome outcome{};
  std::vector<QueuedNotice> notices;
  bool operator==(const AppealDecided&) const = default;
  template <class V>
  void visit(V& v) {
    v("appeal", appeal), v("staff", staff), v("outcome", outcome), v("notices", notices);
  }
};

/// What the platform did on its own or what an outside body ruled: POST /v1/events.
struct MeasureRecorded {
  static constexpr std::string_view kKind = "measure_recorded";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "measure_recorded", {{shown::Audience::Reviewer, shown::kAll}}};
  std::string measure;  ///< post_deleted, account_suspended, suspension_manifestly_illegal,
                        ///< suspension_unfounded_notices, suspension_unfounded_complaints, ods_outcome …
  std::string detail;   ///< a token, never free text
  int party = 0;
  DecisionId decision{};
  Time platform_at{};
  bool operator==(const MeasureRecorded&) const = default;
  template <class V>
  void visit(V& v) {
    v("measure", measure), v("detail", detail), v("party", party), v("decision", decision),
        v("platform_at", platform_at);
  }
};

}  // namespace heed::casework
