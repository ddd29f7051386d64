#pragma once
#include <optional>
#include <string>
#include <tuple>

#include "access/principal.h"
#include "casework/settle_terms.h"
#include "casework/terms.h"
#include "ledger/table.h"

/// The projections of the case plane: references, counts, digests; no text, no account id. Each row struct is its
/// table's definition.
namespace heed::casework {

using access::PersonHash;
using ledger::Hash16;
using ledger::TableDef;

/// The queue's order is the index `queue`: lane, severity, earliest deadline, independent reporters, id. No "now"
/// in it, nothing of reach or fame. `queue` is null when there is nothing to claim.
struct CaseRow {
  CaseId id;
  CaseKind kind{};
  CaseState state{};
  std::optional<Hash16> open_key;    ///< unique among open cases: the grouping key of a pile
  std::optional<std::string> queue;  ///< "default", "sealed"; null: nothing free
  std::string route = "default";     ///< the queue it belongs to
  policy::Lane lane = policy::Lane::Rest;
  int severity_rank = 0;         ///< -severity
  Time deadline{};               ///< earliest running clock
  int reporters_rank = 0;        ///< -(independent reporters)
  std::optional<Time> alarm_at;  ///< next time its own clock has something to say
  int alarms = 0;                ///< 0 none yet, 1 warned, 2 missed
  PersonHash target{};
  std::int64_t seq = 0;  ///< newest event
  Time opened_at{}, closed_at{};
  int items = 0, items_open = 0, items_free = 0;
  int parties = 0, reports = 0;
  PileState pile = PileState::None;
  Time pile_since{}, pile_until{};       ///< until 0: open end
  Time pile_taken_at{}, pile_last_at{};  ///< newest member
  std::int64_t pile_upto = 0;            ///< to be frozen up to this arrival
  std::int64_t pile_done = 0;            ///< frozen up to this arrival
  CaseId linked{};                       ///< an earlier case of the same item or target
  int holds = 0;
  int silent_holds = 0;                ///< of these, the ones that nobody outside may learn of (erasure.h)
  bool looked = false;                 ///< a person has opened it
  std::optional<PersonHash> found_by;  ///< the target while she is no party: by this she finds the case
  Id<EventTag> question{};             ///< while the clock stands for an answer: which, whose, until when
  int question_to = 0;
  Time question_until{};
  std::int64_t clock_left = 0, clock_warns = 0;  ///< milliseconds

  auto tie() {
    return std::tie(id, kind, state, open_key, queue, route, lane, severity_rank, deadline, reporters_rank, alarm_at,
                    alarms, target, seq, opened_at, closed_at, items, items_open, items_free, parties, reports, pile,
                    pile_since, pile_until, pile_taken_at, pile_last_at, pile_upto, pile_done, linked, holds,
                    silent_holds, looked, found_by, question, question_to, question_until, clock_left, clock_warns);
  }
  static const TableDef& table();
  static constexpr int kByQueue = 0, kByOpenKey = 1, kByAlarm = 2, kByTarget = 3;
  int severity() const { return -severity_rank; }
  bool open() const { return state == CaseState::Open; }
};

struct ItemRow {
  ItemId id;
  CaseId case_id;  ///< its home; other cases refer to it
  int ord = 0;     ///< 1, 2, 3 … within the home case
  ItemKind kind{};
  std::optional<Hash16> key;  ///< keyed hash of kind and external id; null after erasure
  ItemState state{};
  std::optional<CaseId> free_in;      ///< its case while open and unclaimed
  std::optional<std::string> single;  ///< queue name while it is a free threat to life: claimable by itself
  policy::Lane lane = policy::Lane::Rest;
  int severity_rank = 0;
  std::optional<ClaimId> claim;
  int author = 0;        ///< party number in the home case, 0 unknown
  std::int64_t seq = 0;  ///< event with the evidence, body "e<ord>"
  Provenance provenance{};
  std::string category;  ///< of the gravest signal, "" none
  Outcome outcome{};
  DecisionId decision{};
  Time at{}, created_at{};
  bool edited = false, deleted = false;
  Hash16 text_key{};  ///< keyed hash of the judged text: unedited since?

  auto tie() {
    return std::tie(id, case_id, ord, kind, key, state, free_in, single, lane, severity_rank, claim, author, seq,
                    provenance, category, outcome, decision, at, created_at, edited, deleted, text_key);
  }
  static const TableDef& table();
  static constexpr int kByKey = 0, kByCase = 1, kByFree = 2, kBySingle = 3, kByClaim = 4;
};

struct ReportRow {
  ReportId id;
  CaseId case_id;
  int party = 0;
  std::optional<PersonHash> person;  ///< null after erasure
  Time at{};
  ReportState state{};
  std::int64_t seq = 0;
  int items = 0, items_open = 0;
  bool whole_pile = false;
  bool fears = false;
  Source source{};
  Channel answer_by{};              ///< how the reporter is told
  int notes = 0;                    ///< repeats
  Time informed_at{};               ///< its newest outcome reached the reporter
  Time told_from{};                 ///< its newest outcome may be sent from then on
  access::DelegationId filed_by{};  ///< by whose leave, when a delegate filed it

  auto tie() {
    return std::tie(id, case_id, party, person, at, state, seq, items, items_open, whole_pile, fears, source, answer_by,
                    notes, informed_at, told_from, filed_by);
  }
  static const TableDef& table();
  static constexpr int kByPerson = 0, kByCase = 1;
};

struct ReportItemRow {
  ItemId item;
  ReportId report;
  auto tie() { return std::tie(item, report); }
  static const TableDef& table();
};

/// An item that has its home in another case.
struct CaseRefRow {
  CaseId case_id;
  ItemId item;
  auto tie() { return std::tie(case_id, item); }
  static const TableDef& table();
  static constexpr int kByItem = 0;
};

/// Somebody who is no author of the item but named in it or in the thread above it: for conflict walls.
struct NamedRow {
  CaseId case_id;  ///< the item's home
  PersonHash person{};
  ItemId item;
  auto tie() { return std::tie(case_id, person, item); }
  static const TableDef& table();
  static constexpr int kByItem = 0;
};

/// A post that whoever took the pile left out.
struct PileExceptRow {
  CaseId case_id;
  Hash16 key{};
  auto tie() { return std::tie(case_id, key); }
  static const TableDef& table();
};

/// Party 0 is the case's own key (staff notes).
struct PartyRow {
  CaseId case_id;
  int party = 0;
  int roles = 0;
  std::optional<PersonHash> person;    ///< null after erasure
  std::int64_t slot = 0;               ///< key ring slot; 0 after erasure
  std::optional<std::int64_t> number;  ///< 35 bits to read out; only who is told something has one
  std::int64_t seq = 0;                ///< event with body "p<party>": who it is
  Channel channel{};
  std::string locale;
  /// What its number is found by: the number itself when it was minted at random, as earlier releases did; else
  /// kBySlot + slot, which grows by one, so that its index is written at its end.
  std::optional<std::int64_t> found_as;

  auto tie() { return std::tie(case_id, party, roles, person, slot, number, seq, channel, locale, found_as); }
  static constexpr std::int64_t kBySlot = std::int64_t{1} << 35;
  static const TableDef& table();
  static constexpr int kByPerson = 0, kByNumber = 1;
};

struct ClaimRow {
  ClaimId id;
  CaseId case_id;
  StaffId staff;
  ClaimState state{};
  std::optional<StaffId> active_for;  ///< staff while active
  int items = 0, items_left = 0;
  bool single = false;
  Time at{};

  auto tie() { return std::tie(id, case_id, staff, state, active_for, items, items_left, single, at); }
  static const TableDef& table();
  static constexpr int kByActive = 0, kByCase = 1;
};

/// Operational: the lease behind a claim.
struct LeaseRow {
  ClaimId id;
  Time expires_at{};
  auto tie() { return std::tie(id, expires_at); }
  static const TableDef& table();
  static constexpr int kByExpiry = 0;
};

/// One decision on one item, with every fact that figures need later.
struct DecisionRow {
  DecisionId id;
  CaseId case_id;
  ItemId item;
  std::int64_t seq = 0;
  Time at{}, received_at{}, informed_reporter_at{}, informed_author_at{};
  StaffId staff;  ///< none: a named rule
  Outcome outcome{};
  std::string clause, clause_version;
  Ground ground{};
  std::string category, group;  ///< DSA category; protected group
  Source source{};
  Automation detection{}, decision_automation{};
  int restrictions = 0;  ///< bits by OrderKind
  std::string language;
  ItemKind kind{};
  Channel channel{};
  std::int64_t reversed_seq = 0;  ///< 0: stands
  AppealOutcome appeal{};
  bool appealed = false;
  StaffId second;  ///< who confirmed it, where it took two people

  auto tie() {
    return std::tie(id, case_id, item, seq, at, received_at, informed_reporter_at, informed_author_at, staff, outcome,
                    clause, clause_version, ground, category, group, source, detection, decision_automation,
                    restrictions, language, kind, channel, reversed_seq, appeal, appealed, second);
  }
  static const TableDef& table();
  static constexpr int kByCase = 0, kByItem = 1;  ///< by (case, seq): one act is one prefix
};

/// An order to the platform; ids grow in commit order, so the primary key is the feed.
struct ActionRow {
  ActionId id;
  CaseId case_id;
  std::int64_t seq = 0;
  OrderKind kind{};
  ActionState state{};
  std::optional<ItemId> item;
  DecisionId decision{};
  ActionId undoes{};  ///< for Undo
  int party = 0;      ///< whose account or relief
  Time ordered_at{}, until{}, confirmed_at{};

  auto tie() {
    return std::tie(id, case_id, seq, kind, state, item, decision, undoes, party, ordered_at, until, confirmed_at);
  }
  static const TableDef& table();
  static constexpr int kByCase = 0, kByItem = 1;
};

/// The outbox: one row per (event, recipient, channel), in order per case.
struct NoticeRow {
  NoticeId id;
  CaseId case_id;
  std::int64_t seq = 0;
  int party = 0;  ///< 0: the platform (orders) or the on-call rota (alarms)
  NoticeKind kind{};
  Channel channel{};
  NoticeState state{};
  std::optional<Time> pending_from;  ///< while queued: not before this
  Time at{}, done_at{};
  Ulid about{};                   ///< report, decision, action … it speaks of
  std::optional<Time> dead_from;  ///< given up; null unless dead
  Time due{};                     ///< when it was to go, whatever became of it
  bool gathered = false;          ///< goes with others of the same person in one mail (digest.h)

  auto tie() {
    return std::tie(id, case_id, seq, party, kind, channel, state, pending_from, at, done_at, about, dead_from, due,
                    gathered);
  }
  static const TableDef& table();
  static constexpr int kByPending = 0, kByCase = 1, kByDead = 2;
};

/// An alarm, by its first notice. Rings until somebody acknowledges it.
struct AlarmRow {
  NoticeId id;
  CaseId case_id;
  std::int64_t seq = 0;  ///< event that rang it
  AlarmKind kind{};
  AlarmState state{};
  std::optional<Time> open_from;  ///< null once acknowledged
  std::optional<Time> next_at;    ///< when the next in the rota is called; null: never
  Time at{}, acknowledged_at{};
  int level = 0, rung = 1;  ///< place in the rota called last; how often it has rung
  StaffId staff;            ///< who acknowledged it
  auto tie() {
    return std::tie(id, case_id, seq, kind, state, open_from, next_at, at, acknowledged_at, level, rung, staff);
  }
  static const TableDef& table();
  static constexpr int kByOpen = 0, kByNext = 1, kByCase = 2;
};

/// Operational: tries of one notice.
struct AttemptRow {
  NoticeId id;
  int tries = 0;
  Time next_at{};
  int status = 0;
  auto tie() { return std::tie(id, tries, next_at, status); }
  static const TableDef& table();
};

/// Clocks beside the case's own.
struct ClockRow {
  CaseId case_id;
  ClockKind kind{};
  Ulid about{};
  std::optional<Time> next_at;  ///< null: stopped or fired
  Time due{};
  int alarms = 0;
  auto tie() { return std::tie(case_id, kind, about, next_at, due, alarms); }
  static const TableDef& table();
  static constexpr int kByNext = 0;
};

struct IdempotencyRow {
  Time at{};
  CaseId case_id;
  std::int64_t seq = 0;
  Hash16 key{};
  Hash16 body{};
  auto tie() { return std::tie(at, case_id, seq, key, body); }
  static constexpr int kByKey = 0;
  static const TableDef& table();
};

/// Relief in force for a person.
struct ReliefRow {
  CaseId case_id;
  int party = 0;
  ReliefKind kind{};
  Time until{};  ///< 0: without end
  bool active = false;
  int accounts = 0;
  auto tie() { return std::tie(case_id, party, kind, until, active, accounts); }
  static const TableDef& table();
};

/// Cases opened without a report, per clause and day.
struct BudgetRow {
  std::string clause;
  std::int64_t day = 0;  ///< days since 1970-01-01, UTC
  int cases = 0;
  auto tie() { return std::tie(clause, day, cases); }
  static const TableDef& table();
};

struct AppealRow {
  AppealId id;
  CaseId case_id;
  DecisionId decision;
  int party = 0;
  bool by_reporter = false;
  bool trusted = false;
  Time at{}, decided_at{};
  std::int64_t seq = 0;
  AppealOutcome outcome{};
  StaffId staff;
  int same_words = 0;        ///< so many people had written the same by then (same_words.h)
  std::optional<int> waits;  ///< 0: in words of its own, 1: in those of many; none: answered
  auto tie() {
    return std::tie(id, case_id, decision, party, by_reporter, trusted, at, decided_at, seq, outcome, staff, same_words,
                    waits);
  }
  static const TableDef& table();
  static constexpr int kByDecision = 0, kByWaiting = 1;
};

/// Operational: how many mails of a kind somebody was sent in the day that ends with their digest.
struct MailCountRow {
  PersonHash person{};
  NoticeKind kind{};
  Time day_ends{};
  int count = 0;
  auto tie() { return std::tie(person, kind, day_ends, count); }
  static const TableDef& table();
};

/// Operational: when somebody wants their digest, in minutes after midnight of their zone.
struct MailWishRow {
  PersonHash person{};
  int minute = 0;
  std::optional<std::string> zone;  ///< none: UTC
  auto tie() { return std::tie(person, minute, zone); }
  static const TableDef& table();
};

/// Operational: the newest code that shows whose mailbox it is (identity.h).
struct IdentityCodeRow {
  PersonHash person{};
  Hash16 key{};
  Time until{};
  int tries_left = 0;
  auto tie() { return std::tie(person, key, until, tries_left); }
  static const TableDef& table();
};

/// Operational: how much a party has said in a case lately, and what last (talk_rate.h).
struct TalkRow {
  CaseId case_id;
  int party = 0;
  Time day_ends{};
  int count = 0;
  Hash16 last{};  ///< keyed; zero once staff has spoken
  auto tie() { return std::tie(case_id, party, day_ends, count, last); }
  static const TableDef& table();
};

/// What stays of somebody who asked to be erased or whose account is gone, and when it is looked at again (erasure.h).
struct ErasureDueRow {
  CaseId case_id;
  int party = 0;  ///< 0: the target, who is no party
  Time asked_at{};
  std::optional<Time> next_at;  ///< null: erased
  bool whole = false;           ///< the account is gone: nothing but a hold keeps it
  std::int64_t slot = 0;        ///< of a key that a silent hold still keeps; all else has forgotten the person
  auto tie() { return std::tie(case_id, party, asked_at, next_at, whole, slot); }
  static const TableDef& table();
  static constexpr int kByNext = 0;
};

/// A preservation duty. It ends when it is released, or by itself when its time is up.
struct HoldRow {
  Ulid id;
  CaseId case_id;
  Time at{}, until{};        ///< no `until`: until it is released
  std::optional<Time> ends;  ///< in force and with an end
  bool over = false;
  bool silent = false;  ///< nobody outside may learn of it
  auto tie() { return std::tie(id, case_id, at, until, ends, over, silent); }
  static const TableDef& table();
  static constexpr int kByEnd = 0;
};

/// Operational: a key that an erasure gave up, until it is destroyed.
struct DoomedSlotRow {
  std::int64_t slot = 0;
  auto tie() { return std::tie(slot); }
  static const TableDef& table();
};

/// What the platform did on its own, and what outside bodies ruled.
struct MeasureRow {
  CaseId case_id;
  std::int64_t seq = 0;
  std::string measure, detail;
  int party = 0;
  DecisionId decision{};
  Time at{}, platform_at{};
  auto tie() { return std::tie(case_id, seq, measure, detail, party, decision, at, platform_at); }
  static const TableDef& table();
  static constexpr int kByTime = 0, kByDecision = 1;
};

/// Who may act for whom. In force: not ended, and `until` has not come.
struct DelegationRow {
  access::DelegationId id;
  CaseId record;                                  ///< its own chain: party 1 gave it, party 2 has it
  std::optional<PersonHash> principal, delegate;  ///< null after erasure
  DelegateKind as{};
  int scopes = 0;  ///< bits of access::Delegated
  Time at{}, until{}, ended_at{};
  DelegationEnd why{};
  bool by_mail = false;
  int link = 0, opened = 0;  ///< by mail: the newest link that was made, the newest that was opened; 0: none
  Time linked_at{}, opened_at{};
  auto tie() {
    return std::tie(id, record, principal, delegate, as, scopes, at, until, ended_at, why, by_mail, link, opened,
                    linked_at, opened_at);
  }
  static const TableDef& table();
  static constexpr int kByPrincipal = 0, kByDelegate = 1, kByRecord = 2;
};

/// The newest code of a party for the desk; used or replaced: no key.
struct DeskCodeRow {
  CaseId case_id;
  int party = 0;
  std::optional<Hash16> key;
  Time until{};
  auto tie() { return std::tie(case_id, party, key, until); }
  static const TableDef& table();
  static constexpr int kByKey = 0;
};

/// A talk with somebody, at the desk or elsewhere.
struct ContactRow {
  Ulid id;
  CaseId case_id;
  std::int64_t seq = 0;
  int party = 0;
  StaffId staff;
  ContactChannel channel{};
  std::string clause, clause_version;
  bool neutral = false, opening = false;
  Time at{};
  auto tie() { return std::tie(id, case_id, seq, party, staff, channel, clause, clause_version, neutral, opening, at); }
  static const TableDef& table();
  static constexpr int kByCase = 0;
};

/// What a party added to her case.
struct PieceRow {
  Ulid id;
  CaseId case_id;
  int party = 0;
  std::int64_t seq = 0;
  PieceForm form{};
  std::string type;
  std::int64_t size = 0;
  Time at{};
  auto tie() { return std::tie(id, case_id, party, seq, form, type, size, at); }
  static const TableDef& table();
  static constexpr int kByCase = 0;
};

struct HandoverRow {
  Ulid id;
  CaseId case_id;
  StaffId from, to;
  HandoverState state{};
  std::int64_t seq = 0;
  Time at{}, answered_at{};
  std::optional<StaffId> waits_for;  ///< `to` until it is answered
  auto tie() { return std::tie(id, case_id, from, to, state, seq, at, answered_at, waits_for); }
  static const TableDef& table();
  static constexpr int kByWaiting = 0, kByCase = 1;
};

/// Every projection, and every operational table of this folder.
std::vector<const TableDef*> projection_tables();
std::vector<const TableDef*> operational_tables();

}  // namespace heed::casework
