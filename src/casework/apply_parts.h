#pragma once
#include <vector>

#include "casework/apply.h"

/// Steps that several kinds of event share when they are applied. Internal to apply*.cc.
namespace heed::casework {

Result<CaseRow*> touch(Rows& rows, const EventInfo& info);
Result<CaseRow*> open_or_touch(Rows& rows, const EventInfo& info, const std::vector<Opening>& opening);
/// Nothing when the event carries no deadline.
void set_urgency(CaseRow& row, const Urgency& urgency);
void set_claimable(CaseRow& row);
void set_free(ItemRow& item, const CaseRow& row);
Result<void> add_parties(Rows& rows, const EventInfo& info, CaseRow& row, const std::vector<NewParty>& parties);
Result<void> add_items(Rows& rows, const EventInfo& info, CaseRow& row, const std::vector<NewItem>& items);
/// Not of the case's own target, whom the walls know without.
Result<void> add_named(Rows& rows, const CaseRow& row, ItemId item, const std::vector<PersonHash>& named);
Result<void> add_refs(Rows& rows, const EventInfo& info, const std::vector<ItemId>& refs);
Result<void> add_actions(Rows& rows, const EventInfo& info, const std::vector<OrderedAction>& actions);
/// `alarm`: what an alarm among them is about.
Result<void> add_notices(Rows& rows, const EventInfo& info, const std::vector<QueuedNotice>& notices,
                         AlarmKind alarm = AlarmKind::Clock);
/// Everybody whom the event tells something now is to know by then. Nothing without a time.
Result<void> start_inform(Rows& rows, const EventInfo& info, const std::vector<QueuedNotice>& notices, Time inform_by);
/// Stops that clock when this was the last notice of its event.
Result<void> stop_inform(Rows& rows, const NoticeRow& notice);
/// Nothing is open: no clock runs, and what joins later starts afresh.
void rest(CaseRow& row);
/// Its warning comes after two thirds of the time.
Result<void> start_clock(Rows& rows, const EventInfo& info, ClockKind kind, Ulid about, Time due);
/// The decisions that the event at (case, seq) speaks of: made by it, or made elsewhere and settled by it.
Result<std::vector<DecisionId>> decisions_at(ledger::View& view, CaseId case_id, std::int64_t seq);
/// Of an outcome to a reporter: that event's, or all that a digest of a whole pile has gathered.
Result<std::vector<DecisionId>> decisions_told(ledger::View& view, const NoticeRow& notice, const ReportRow& report);
/// Somebody has been told: writes when into the decisions and reports that the notice speaks of.
Result<void> note_told(Rows& rows, const NoticeRow& notice);
/// The same for notices that can be read as soon as they exist.
Result<void> note_told_at_once(Rows& rows, const EventInfo& info, const std::vector<QueuedNotice>& notices);
/// What a machine made of a report's items, and whether people agree (settle_apply.cc).
Result<void> add_settlements(Rows& rows, const EventInfo& info, const ReportReceived& e);
Result<void> note_decided(Rows& rows, const Decided& e);
Result<void> note_reversed(Rows& rows, const Reversed& e);
Result<void> forget_words(Rows& rows, ItemId item);
/// Somebody asks for the case, or it has changed: what waited beyond a rule's budget goes to the others.
void leave_over_budget(CaseRow& row);
/// Party 1 or 2 of a delegation was erased: it ends, and the hash goes (apply_parties.cc).
Result<void> forget_delegate(Rows& rows, const EventInfo& info, int party);
Result<void> stop_clock(Rows& rows, CaseId case_id, ClockKind kind, Ulid about);

}  // namespace heed::casework
