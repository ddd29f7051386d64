#pragma once
#include <cstdint>

#include "casework/codec.h"
#include "policy/policy.h"

/// The field's words as enums, with the names that API and ledger use.
namespace heed::casework {

/// Record: nothing to decide in it, so in no list and no queue: a delegation, a talk at the desk that concerns no case.
enum class CaseKind : std::uint8_t { Item, Pile, Signal, Record };
enum class CaseState : std::uint8_t { Open, Closed };
/// Watching: nobody has taken a pile, but the stream found something against the target; what it finds next joins for a
/// day.
enum class PileState : std::uint8_t { None, Taking, Open, Ended, Watching };
enum class ItemKind : std::uint8_t { Post, Message, Profile, Account, Media, Url };
enum class ItemState : std::uint8_t { Open, Decided };
enum class Outcome : std::uint8_t { None, Violation, NoViolation };
enum class Ground : std::uint8_t { Terms, Law };
/// Where evidence came from. Reporter alone never permits a machine's act or a sanction. Party: words that a party
/// wrote to us, in an appeal or a message; they were never published.
enum class Provenance : std::uint8_t { Seen, Platform, Reporter, Party };
/// What made us look (DSA database `source_type`).
enum class Source : std::uint8_t { UserNotice, TrustedFlagger, OwnInitiative, Authority, OtherNotification };
enum class Automation : std::uint8_t { None, Partly, Fully };
enum class About : std::uint8_t { Me, SomeoneElse, Group, Everyone };
enum class ReportState : std::uint8_t { Received, Answered, Withdrawn };
enum class ClaimState : std::uint8_t { Active, Released, Expired, Done };
enum class ActionState : std::uint8_t { Ordered, Done, Failed, Refused };
/// What the platform is ordered to do: the policy's actions, relief, and their undoing.
enum class OrderKind : std::uint8_t {
  None,
  Label,
  Interstitial,
  Limit,
  Hide,
  Remove,
  Warn,
  Suspend,
  HideFromReporter,
  Autoblock,
  Undo
};
enum class NoticeKind : std::uint8_t {
  Receipt,
  Outcome,
  StatementOfReasons,
  OutcomeReversed,
  StatementReversed,
  ActionOrdered,
  Alarm,
  AppealReceipt,
  AppealOutcome,
  Message,
  Conversation,
  Delegation,       ///< to the delegate, with the way in
  DelegationGiven,  ///< to whom it is given for
  DelegationEnded,  ///< to both
  IdentityCode      ///< a code that shows whose mailbox it is
};
/// Command: a program of the operator's, for alarms only.
enum class Channel : std::uint8_t { Page, Webhook, Mail, Command };
enum class NoticeState : std::uint8_t { Queued, Delivered, Dead };
enum class ClockKind : std::uint8_t { FirstLook, Decide, Inform, ActionConfirm, StatementDelay, AppealDecide, Answer };
/// What an alarm is about: a deadline, an order the platform did not carry out, a delivery given up, a clause's
/// budget, people not told in time.
enum class AlarmKind : std::uint8_t { Clock, Order, Delivery, Budget, Inform };
enum class AlarmState : std::uint8_t { Ringing, Acknowledged };
enum class ReliefKind : std::uint8_t { Hide, Autoblock };
enum class AppealOutcome : std::uint8_t { Pending, Upheld, PartlyReversed, Reversed, Omitted };
/// Who acts for somebody else.
enum class DelegateKind : std::uint8_t { Staff, Union, Ngo, Parent, Lawyer, Other };
enum class DelegationEnd : std::uint8_t { Revoked, Resigned, Replaced };
/// How somebody came to talk with us.
enum class ContactChannel : std::uint8_t { Visit, Telephone, Letter, Mail };
enum class PieceForm : std::uint8_t { Text, Link, File };
enum class QuestionEnd : std::uint8_t { Answered, Overdue, TakenBack };
enum class HandoverState : std::uint8_t { Offered, Taken, Returned };
/// Bits: one person can be several things in one case.
enum Role : std::uint8_t { kReporter = 1, kTarget = 2, kAuthor = 4, kBystander = 8, kStaffNotes = 16 };

template <>
struct EnumNames<CaseKind> {
  static constexpr std::array<std::string_view, 4> names{"item", "pile", "signal", "record"};
};
template <>
struct EnumNames<CaseState> {
  static constexpr std::array<std::string_view, 2> names{"open", "closed"};
};
template <>
struct EnumNames<PileState> {
  static constexpr std::array<std::string_view, 5> names{"none", "taking", "open", "ended", "watching"};
};
template <>
struct EnumNames<ItemKind> {
  static constexpr std::array<std::string_view, 6> names{"post", "message", "profile", "account", "media", "url"};
};
template <>
struct EnumNames<ItemState> {
  static constexpr std::array<std::string_view, 2> names{"open", "decided"};
};
template <>
struct EnumNames<Outcome> {
  static constexpr std::array<std::string_view, 3> names{"none", "violation", "no_violation"};
};
template <>
struct EnumNames<Ground> {
  static constexpr std::array<std::string_view, 2> names{"terms", "law"};
};
template <>
struct EnumNames<Provenance> {
  static constexpr std::array<std::string_view, 4> names{"seen", "platform", "reporter", "party"};
};
template <>
struct EnumNames<Source> {
  static constexpr std::array<std::string_view, 5> names{"user_notice", "trusted_flagger", "own_initiative",
                                                         "authority", "other_notification"};
};
template <>
struct EnumNames<Automation> {
  static constexpr std::array<std::string_view, 3> names{"none", "partly", "fully"};
};
template <>
struct EnumNames<About> {
  static constexpr std::array<std::string_view, 4> names{"me", "someone_else", "group", "everyone"};
};
template <>
struct EnumNames<ReportState> {
  static constexpr std::array<std::string_view, 3> names{"received", "answered", "withdrawn"};
};
template <>
struct EnumNames<ClaimState> {
  static constexpr std::array<std::string_view, 4> names{"active", "released", "expired", "done"};
};
template <>
struct EnumNames<ActionState> {
  static constexpr std::array<std::string_view, 4> names{"ordered", "done", "failed", "refused"};
};
template <>
struct EnumNames<OrderKind> {
  static constexpr std::array<std::string_view, 11> names{
      "none", "label",   "interstitial",       "limit",     "hide", "remove",
      "warn", "suspend", "hide_from_reporter", "autoblock", "undo"};
};
template <>
struct EnumNames<NoticeKind> {
  static constexpr std::array<std::string_view, 15> names{
      "receipt",        "outcome",    "statement_of_reasons", "outcome_reversed", "statement_reversed",
      "action_ordered", "alarm",      "appeal_receipt",       "appeal_outcome",   "message",
      "conversation",   "delegation", "delegation_given",     "delegation_ended", "identity_code"};
};
template <>
struct EnumNames<Channel> {
  static constexpr std::array<std::string_view, 4> names{"page", "webhook", "mail", "command"};
};
template <>
struct EnumNames<NoticeState> {
  static constexpr std::array<std::string_view, 3> names{"queued", "delivered", "dead"};
};
template <>
struct EnumNames<ClockKind> {
  static constexpr std::array<std::string_view, 7> names{"first_look",      "decide",        "inform", "action_confirm",
                                                         "statement_delay", "appeal_decide", "answer"};
};
template <>
struct EnumNames<AlarmKind> {
  static constexpr std::array<std::string_view, 5> names{"clock", "order", "delivery", "budget", "inform"};
};
template <>
struct EnumNames<AlarmState> {
  static constexpr std::array<std::string_view, 2> names{"ringing", "acknowledged"};
};
template <>
struct EnumNames<ReliefKind> {
  static constexpr std::array<std::string_view, 2> names{"hide", "autoblock"};
};
template <>
struct EnumNames<AppealOutcome> {
  static constexpr std::array<std::string_view, 5> names{"pending", "upheld", "partly_reversed", "reversed", "omitted"};
};
template <>
struct EnumNames<DelegateKind> {
  static constexpr std::array<std::string_view, 6> names{"staff", "union", "ngo", "parent", "lawyer", "other"};
};
template <>
struct EnumNames<DelegationEnd> {
  static constexpr std::array<std::string_view, 3> names{"revoked", "resigned", "replaced"};
};
template <>
struct EnumNames<ContactChannel> {
  static constexpr std::array<std::string_view, 4> names{"visit", "telephone", "letter", "mail"};
};
template <>
struct EnumNames<PieceForm> {
  static constexpr std::array<std::string_view, 3> names{"text", "link", "file"};
};
template <>
struct EnumNames<QuestionEnd> {
  static constexpr std::array<std::string_view, 3> names{"answered", "overdue", "taken_back"};
};
template <>
struct EnumNames<HandoverState> {
  static constexpr std::array<std::string_view, 3> names{"offered", "taken", "returned"};
};
template <>
struct EnumNames<policy::Lane> {
  static constexpr std::array<std::string_view, 3> names{"life", "fear", "rest"};
};

}  // namespace heed::casework
