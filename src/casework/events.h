#pragma once
#include <string>
#include <vector>

#include "access/principal.h"
#include "casework/event_kind.h"
#include "casework/terms.h"

/// Every kind of event of the case plane: header fields only. What people wrote goes into sealed bodies beside it:
/// "p<party>" identity and contact, "r" what the reporter said, "e<ord>" evidence, "f<ord>" facts, "n" staff note.
namespace heed::casework {

using access::PersonHash;
using ledger::Hash16;

namespace shown {
using access::Audience;
using access::Shown;
inline constexpr std::string_view kAll[] = {"*"};
inline constexpr std::string_view kNothing[] = {"at"};
}  // namespace shown

struct NewParty {
  int party = 0;
  int roles = 0;
  PersonHash person{};
  std::int64_t slot = 0;
  std::int64_t number = 0;
  Channel channel{};
  std::string locale;
  bool operator==(const NewParty&) const = default;
  template <class V>
  void visit(V& v) {
    v("party", party), v("roles", roles), v("person", person), v("slot", slot), v("number", number),
        v("channel", channel), v("locale", locale);
  }
};

struct NewItem {
  ItemId item;
  int ord = 0;
  ItemKind kind{};
  Hash16 key{};
  policy::Lane lane = policy::Lane::Rest;
  int severity = 0;
  std::string category, clause;
  int author = 0;
  Provenance provenance{};
  Time created_at{};
  Hash16 text_key{};
  bool deleted = false, edited = false;
  bool operator==(const NewItem&) const = default;
  template <class V>
  void visit(V& v) {
    v("item", item), v("ord", ord), v("kind", kind), v("key", key), v("lane", lane), v("severity", severity),
        v("category", category), v("clause", clause), v("author", author), v("provenance", provenance),
        v("created_at", created_at), v("text_key", text_key), v("deleted", deleted), v("edited", edited);
  }
};

/// How a case begins; part of the event that opens it (seq 1).
struct Opening {
  CaseKind kind{};
  PersonHash target{};
  Hash16 open_key{};
  std::string route = "default";
  CaseId linked{};
  bool operator==(const Opening&) const = default;
  template <class V>
  void visit(V& v) {
    v("kind", kind), v("target", target), v("open_key", open_key), v("route", route), v("linked", linked);
  }
};

/// What the queue has to know after an event: deadlines are computed when the event is made, not when it is replayed.
struct Urgency {
  policy::Lane lane = policy::Lane::Rest;
  int severity = 0;
  Time deadline{}, alarm_at{};
  bool operator==(const Urgency&) const = default;
  template <class V>
  void visit(V& v) {
    v("lane", lane), v("severity", severity), v("deadline", deadline), v("alarm_at", alarm_at);
  }
};

/// An item of a report that was not taken, so that a retry gets the same answer. `reason` is a token.
struct RefusedItem {
  int index = 0;
  std::string reason;
  bool operator==(const RefusedItem&) const = default;
  template <class V>
  void visit(V& v) {
    v("index", index), v("reason", reason);
  }
};

struct ReportReceived {
  static constexpr std::string_view kKind = "report_received";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"report", "symptoms", "group", "about", "fears", "covers", "channel"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "report_received",
      {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Reporter, kOwn}, {shown::Audience::Bystander, kOwn},
       {shown::Audience::Target, kOwn}}};

  ReportId report;
  int party = 0;
  std::vector<Opening> opening;  ///< at most one
  std::vector<NewParty> parties;
  std::vector<NewItem> items;
  std::vector<ItemId> covers;    ///< every item this report is about, new or known
  std::vector<ItemId> refs;      ///< of these, the ones at home in another case
  About about{};
  Source source{};
  std::string channel, group;
  std::vector<std::string> symptoms;
  bool fears = false;            ///< declared
  bool fear_counts = false;      ///< and within the reporter's budget
  bool limited = false;          ///< over a rate: taken, but counts as nobody's independent voice
  bool legal_claim = false, whole_pile = false;
  Channel answer_by{};
  std::vector<ReliefKind> relief, relief_not_available;
  int accepted = 0;              ///< items and, for a pile, posts it takes
  std::vector<RefusedItem> refused;
  Urgency urgency;
  Hash16 idempotency{}, body{};

  bool operator==(const ReportReceived&) const = default;
  template <class V>
  void visit(V& v) {
    v("report", report), v("party", party), v("opening", opening), v("parties", parties), v("items", items),
        v("covers", covers), v("refs", refs), v("about", about), v("source", source), v("channel", channel),
        v("group", group), v("symptoms", symptoms), v("fears", fears), v("fear_counts", fear_counts),
        v("limited", limited), v("legal_claim", legal_claim), v("whole_pile", whole_pile), v("answer_by", answer_by),
        v("relief", relief), v("relief_not_available", relief_not_available), v("accepted", accepted), v("refused", refused),
        v("urgency", urgency), v("idempotency", idempotency), v("body", body);
  }
};

/// The same person reported the same items again, or beyond a rate: a note, never an error that teaches.
struct ReportRepeated {
  static constexpr std::string_view kKind = "report_repeated";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"report"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "report_repeated", {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Reporter, kOwn},
                                 {shown::Audience::Bystander, kOwn}, {shown::Audience::Target, kOwn}}};
  ReportId report;
  int party = 0;
  bool fears = false;
  Urgency urgency;
  Hash16 idempotency{}, body{};
  bool operator==(const ReportRepeated&) const = default;
  template <class V>
  void visit(V& v) {
    v("report", report), v("party", party), v("fears", fears), v("urgency", urgency), v("idempotency", idempotency), v("body", body);
  }
};

struct ReportWithdrawn {
  static constexpr std::string_view kKind = "report_withdrawn";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"report"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "report_withdrawn", {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Reporter, kOwn},
                                  {shown::Audience::Bystander, kOwn}, {shown::Audience::Target, kOwn}}};
  ReportId report;
  int party = 0;
  bool operator==(const ReportWithdrawn&) const = default;
  template <class V>
  void visit(V& v) {
    v("report", report), v("party", party);
  }
};

struct PileTaken {
  static constexpr std::string_view kKind = "pile_taken";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"since", "until"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "pile_taken", {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kOwn}, {shown::Audience::Reporter, kOwn}}};
  ReportId report;
  PersonHash target{};
  Time since{}, until{};          ///< until 0: open end
  std::vector<Hash16> except;     ///< item keys left out
  std::int64_t watermark = 0;
  bool operator==(const PileTaken&) const = default;
  template <class V>
  void visit(V& v) {
    v("report", report), v("target", target), v("since", since), v("until", until), v("except", except), v("watermark", watermark);
  }
};

/// Posts frozen into a pile: a chunk of what the report took, or what joined later.
struct ItemsJoined {
  static constexpr std::string_view kKind = "items_joined";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"count"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "items_joined", {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kOwn}}};
  std::vector<NewParty> parties;
  std::vector<NewItem> items;
  std::vector<ItemId> refs;
  int count = 0;                  ///< items + refs
  std::int64_t done = 0, upto = 0;///< frozen up to, to be frozen up to
  bool ended = false;             ///< the pile is complete: its window is closed
  bool joined_later = false;
  Urgency urgency;
  bool operator==(const ItemsJoined&) const = default;
  template <class V>
  void visit(V& v) {
    v("parties", parties), v("items", items), v("refs", refs), v("count", count), v("done", done), v("upto", upto),
        v("ended", ended), v("joined_later", joined_later), v("urgency", urgency);
  }
};

/// The stream saw what a clause says a person must look at: opens a case without any report.
struct SignalRaised {
  static constexpr std::string_view kKind = "signal_raised";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{kKind, "signal_raised", {{shown::Audience::Reviewer, shown::kAll}}};
  std::vector<Opening> opening;
  std::vector<NewParty> parties;
  std::vector<NewItem> items;
  std::string clause;
  std::int64_t day = 0;
  bool over_budget = false;
  bool machine_acts = false;
  Urgency urgency;
  bool operator==(const SignalRaised&) const = default;
  template <class V>
  void visit(V& v) {
    v("opening", opening), v("parties", parties), v("items", items), v("clause", clause), v("day", day),
        v("over_budget", over_budget), v("machine_acts", machine_acts), v("urgency", urgency);
  }
};

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

struct OrderedAction {
  ActionId action;
  OrderKind kind{};
  ItemId item{};
  DecisionId decision{};
  ActionId undoes{};
  int party = 0;
  Time until{}, confirm_by{};
  bool operator==(const OrderedAction&) const = default;
  template <class V>
  void visit(V& v) {
    v("action", action), v("kind", kind), v("item", item), v("decision", decision), v("undoes", undoes), v("party", party),
        v("until", until), v("confirm_by", confirm_by);
  }
};

struct QueuedNotice {
  NoticeId notice;
  int party = 0;
  NoticeKind kind{};
  Channel channel{};
  Time not_before{};
  Ulid about{};
  bool operator==(const QueuedNotice&) const = default;
  template <class V>
  void visit(V& v) {
    Id<EventTag> ref{about};
    v("notice", notice), v("party", party), v("kind", kind), v("channel", channel), v("not_before", not_before), v("about", ref);
    about = ref.value;
  }
};

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
    v("decision", decision), v("item", item), v("outcome", outcome), v("clause", clause), v("clause_version", clause_version),
        v("ground", ground), v("category", category), v("group", group), v("language", language), v("source", source),
        v("detection", detection), v("automation", automation), v("kind", kind), v("channel", channel),
        v("restrictions", restrictions), v("received_at", received_at);
  }
};

/// One act of deciding: up to 200 items, with what follows from it, all in one transaction.
struct Decided {
  static constexpr std::string_view kKind = "decided";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"at"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "decided", {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kOwn}, {shown::Audience::Reporter, kOwn},
                         {shown::Audience::Bystander, kOwn}}};
  ClaimId claim{};
  StaffId staff{};                ///< none: a machine, under `rule`
  std::string rule;
  std::vector<DecidedItem> items;
  std::vector<ReportId> answered; ///< reports of which no item is open any more
  std::vector<NewParty> parties;  ///< who gets a number because they are told
  std::vector<OrderedAction> actions;
  std::vector<QueuedNotice> notices;
  Time statement_delayed_until{};
  std::string delay_reason;       ///< "clause" or "reviewer"
  bool closes = false;
  Urgency urgency;                ///< of what is left; none when nothing is
  bool operator==(const Decided&) const = default;
  template <class V>
  void visit(V& v) {
    v("claim", claim), v("staff", staff), v("rule", rule), v("items", items), v("answered", answered), v("parties", parties),
        v("actions", actions), v("notices", notices), v("statement_delayed_until", statement_delayed_until),
        v("delay_reason", delay_reason), v("closes", closes), v("urgency", urgency);
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
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"at"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "decided", {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kOwn}, {shown::Audience::Reporter, kOwn},
                         {shown::Audience::Bystander, kOwn}}};
  std::vector<SettledItem> items;
  std::vector<ReportId> answered; ///< reports of which no item is open any more
  std::vector<NewParty> parties;
  std::vector<QueuedNotice> notices;
  bool reversed = false;
  bool closes = false;
  bool operator==(const ItemsSettled&) const = default;
  template <class V>
  void visit(V& v) {
    v("items", items), v("answered", answered), v("parties", parties), v("notices", notices), v("reversed", reversed),
        v("closes", closes);
  }
};

struct Reversed {
  static constexpr std::string_view kKind = "reversed";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"at"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "reversed", {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kOwn}, {shown::Audience::Reporter, kOwn}}};
  DecisionId decision;
  ItemId item;
  StaffId staff{};
  Outcome outcome{};              ///< what stands now
  AppealId appeal{};              ///< none: corrected by staff
  std::vector<NewParty> parties;  ///< the case's own key, for the reason: body "n"
  std::vector<OrderedAction> actions;
  std::vector<QueuedNotice> notices;
  bool operator==(const Reversed&) const = default;
  template <class V>
  void visit(V& v) {
    v("decision", decision), v("item", item), v("staff", staff), v("outcome", outcome), v("appeal", appeal), v("parties", parties),
        v("actions", actions), v("notices", notices);
  }
};

struct ActionConfirmed {
  static constexpr std::string_view kKind = "action_confirmed";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"state"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "action_confirmed", {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kOwn}, {shown::Audience::Reporter, kOwn}}};
  ActionId action;
  ActionState state{};
  Time platform_at{};
  std::vector<NewParty> parties;      ///< the case's own key, for what the platform said: body "d"
  std::vector<QueuedNotice> notices;  ///< alarm when it failed or was refused
  bool operator==(const ActionConfirmed&) const = default;
  template <class V>
  void visit(V& v) {
    v("action", action), v("state", state), v("platform_at", platform_at), v("parties", parties), v("notices", notices);
  }
};

/// A notice was accepted by its receiver, or given up.
struct Notified {
  static constexpr std::string_view kKind = "notified";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"state"};
  inline static constexpr access::VisibilityRow kVisibility{kKind, "told", {{shown::Audience::Reviewer, shown::kAll}}};
  NoticeId notice;
  NoticeState state{};
  int tries = 0;
  bool operator==(const Notified&) const = default;
  template <class V>
  void visit(V& v) {
    v("notice", notice), v("state", state), v("tries", tries);
  }
};

struct ReliefOrdered {
  static constexpr std::string_view kKind = "relief_ordered";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"kind", "until", "accounts"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "relief_ordered", {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kOwn}, {shown::Audience::Reporter, kOwn}}};
  int party = 0;
  ReliefKind relief{};
  Time until{};
  int accounts = 0;               ///< newly blocked by this order; who they are is in body "b"
  std::vector<OrderedAction> actions;
  std::vector<QueuedNotice> notices;
  bool operator==(const ReliefOrdered&) const = default;
  template <class V>
  void visit(V& v) {
    v("party", party), v("relief", relief), v("until", until), v("accounts", accounts), v("actions", actions), v("notices", notices);
  }
};

struct ReliefEnded {
  static constexpr std::string_view kKind = "relief_ended";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"kind"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "relief_ended", {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kOwn}, {shown::Audience::Reporter, kOwn}}};
  int party = 0;
  ReliefKind relief{};
  std::vector<OrderedAction> actions;
  std::vector<QueuedNotice> notices;
  bool operator==(const ReliefEnded&) const = default;
  template <class V>
  void visit(V& v) {
    v("party", party), v("relief", relief), v("actions", actions), v("notices", notices);
  }
};

/// A clock had something to say: a warning before its end, or that the end has passed. Rewrites the queue key.
struct ClockFired {
  static constexpr std::string_view kKind = "clock_fired";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{kKind, "clock_fired", {{shown::Audience::Reviewer, shown::kAll}}};
  ClockKind clock{};
  Ulid about{};                   ///< none: the case's own clock
  bool missed = false;
  Time next_at{};
  Urgency urgency;
  std::vector<QueuedNotice> notices;  ///< alarms to the on-call rota
  bool operator==(const ClockFired&) const = default;
  template <class V>
  void visit(V& v) {
    Id<EventTag> ref{about};
    v("clock", clock), v("about", ref), v("missed", missed), v("next_at", next_at), v("urgency", urgency), v("notices", notices);
    about = ref.value;
  }
};

/// The platform told of an edit or a deletion after the item was frozen; an edit's new text is body "e<ord>".
struct ItemChanged {
  static constexpr std::string_view kKind = "item_changed";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{kKind, "item_changed", {{shown::Audience::Reviewer, shown::kAll}}};
  ItemId item;
  bool edited = false, deleted = false;
  Hash16 text_key{};
  policy::Lane lane{};
  int severity = 0;
  Urgency urgency;
  bool operator==(const ItemChanged&) const = default;
  template <class V>
  void visit(V& v) {
    v("item", item), v("edited", edited), v("deleted", deleted), v("text_key", text_key), v("lane", lane), v("severity", severity),
        v("urgency", urgency);
  }
};

/// A preservation duty: no erasure in this case until it is released.
struct HoldPlaced {
  static constexpr std::string_view kKind = "hold_placed";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{kKind, "hold_placed", {{shown::Audience::Reviewer, shown::kAll}}};
  Id<EventTag> hold;
  Time until{};
  bool operator==(const HoldPlaced&) const = default;
  template <class V>
  void visit(V& v) {
    v("hold", hold), v("until", until);
  }
};
struct HoldReleased {
  static constexpr std::string_view kKind = "hold_released";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{kKind, "hold_released", {{shown::Audience::Reviewer, shown::kAll}}};
  Id<EventTag> hold;
  bool operator==(const HoldReleased&) const = default;
  template <class V>
  void visit(V& v) {
    v("hold", hold);
  }
};

struct PersonErased {
  static constexpr std::string_view kKind = "person_erased";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{kKind, "person_erased", {{shown::Audience::Reviewer, shown::kAll}}};
  int party = 0;
  bool operator==(const PersonErased&) const = default;
  template <class V>
  void visit(V& v) {
    v("party", party);
  }
};

/// A note by staff (body "n" under the case's own key) or a message by a party (under the party's).
struct NoteAdded {
  static constexpr std::string_view kKind = "note_added";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{kKind, "note_added", {{shown::Audience::Reviewer, shown::kAll}}};
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

struct AppealFiled {
  static constexpr std::string_view kKind = "appeal_filed";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"appeal"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "appeal_filed", {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Reporter, kOwn}, {shown::Audience::Author, kOwn},
                              {shown::Audience::Target, kOwn}}};
  AppealId appeal;
  DecisionId decision;
  int party = 0;
  bool by_reporter = false, trusted = false;
  Time decide_by{};
  std::vector<NewParty> parties;
  std::vector<QueuedNotice> notices;
  bool operator==(const AppealFiled&) const = default;
  template <class V>
  void visit(V& v) {
    v("appeal", appeal), v("decision", decision), v("party", party), v("by_reporter", by_reporter), v("trusted", trusted),
        v("decide_by", decide_by), v("parties", parties), v("notices", notices);
  }
};

struct AppealDecided {
  static constexpr std::string_view kKind = "appeal_decided";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"appeal", "outcome"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "appeal_decided", {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Reporter, kOwn}, {shown::Audience::Author, kOwn},
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
  inline static constexpr access::VisibilityRow kVisibility{kKind, "measure_recorded", {{shown::Audience::Reviewer, shown::kAll}}};
  std::string measure;            ///< post_deleted, account_suspended, suspension_manifestly_illegal, suspension_unfounded_notices, suspension_unfounded_complaints, ods_outcome …
  std::string detail;             ///< a token, never free text
  int party = 0;
  DecisionId decision{};
  Time platform_at{};
  bool operator==(const MeasureRecorded&) const = default;
  template <class V>
  void visit(V& v) {
    v("measure", measure), v("detail", detail), v("party", party), v("decision", decision), v("platform_at", platform_at);
  }
};

}  // namespace heed::casework
