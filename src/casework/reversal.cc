#include "casework/reversal.h"

#include <algorithm>

#include "casework/decide_core.h"
#include "casework/second_person.h"

namespace heed::casework {
namespace {

constexpr std::size_t kReasonCharactersMax = 5000;

/// Orders of this decision that are in force or on their way, and not undone yet.
Result<std::vector<ActionRow>> orders_to_undo(Context& context, const DecisionRow& decision) {
  std::vector<ActionRow> orders;
  std::vector<ActionId> undone;
  auto key = ledger::cells(decision.item);
  TRY(ledger::scan<ActionRow>(context.tx(), {.index = ActionRow::kByItem, .prefix = key}, [&](const ActionRow& action) {
    if (action.kind == OrderKind::Undo) {
      undone.push_back(action.undoes);
    } else if (action.decision == decision.id &&
               (action.state == ActionState::Ordered || action.state == ActionState::Done)) {
      orders.push_back(action);
    }
  }));
  std::erase_if(orders,
                [&](const ActionRow& a) { return std::find(undone.begin(), undone.end(), a.id) != undone.end(); });
  return orders;
}

/// The author's statement about this decision: whether there was one, and when it may be read.
Result<std::optional<NoticeRow>> statement_of(Context& context, const DecisionRow& decision, int author) {
  std::optional<NoticeRow> found;
  auto key = ledger::cells(decision.case_id);
  auto after = ledger::cells(decision.id);  // ids only grow: its notices are younger than the decision
  TRY(ledger::scan<NoticeRow>(
      context.tx(), {.index = NoticeRow::kByCase, .prefix = key, .after = after}, [&](const NoticeRow& notice) {
        if (notice.seq == decision.seq && notice.party == author && notice.kind == NoticeKind::StatementOfReasons) {
          found = notice;
        }
        return notice.seq <= decision.seq;
      }));
  return found;
}

}  // namespace

Result<ReverseResult> reverse(Context& context, const ReverseCommand& command) {
  auto decision = TRY(ledger::get<DecisionRow>(context.tx(), command.decision));
  if (!decision) {
    return fail(Code::NotFound, "there is no such decision");
  }
  if (decision->reversed_seq != 0) {
    return fail(Code::Conflict, "this decision was reversed before");
  }
  auto item = TRY(ledger::get<ItemRow>(context.tx(), decision->item));
  if (!item) {
    return fail(Code::Corrupt, "a decision names an item that is not there");
  }
  if (item->decision != decision->id) {
    return fail(Code::Conflict, "another decision has taken this one's place");
  }
  std::vector<FieldError> faults;
  if (command.reason.find_first_not_of(" \t\r\n") == std::string::npos ||
      characters(command.reason) > kReasonCharactersMax) {
    faults.push_back({"/reason", "must say why, in at most 5000 characters"});
  }
  std::vector<ItemVerdict> instead;
  if (command.instead) {
    instead.push_back(*command.instead);
    instead.front().item = decision->item;
    auto form = TRY(check_form(context, instead, Decider::Person, "/instead"));
    auto evidence = TRY(check_evidence(context, instead, {*item}, "/instead"));
    faults.insert(faults.end(), form.begin(), form.end());
    faults.insert(faults.end(), evidence.begin(), evidence.end());
  } else if (decision->outcome == Outcome::NoViolation) {
    faults.push_back(
        {"/instead", "to reverse \"no violation\" say what is decided instead: clause, facts and actions"});
  }
  if (!faults.empty()) {
    std::string message = faults.front().pointer + ": " + faults.front().detail;
    return fail(Code::InvalidInput, std::move(message), std::move(faults));
  }

  if (!command.second && take_two(context.policy(), instead)) {
    const Proposed proposed = TRY(propose_reversal(context, command, *item, instead.front()));
    ReverseResult waits;
    waits.seq = proposed.seq;
    waits.proposal = proposed.id;
    return waits;
  }
  Reversed event;
  event.decision = decision->id;
  event.item = item->id;
  event.staff = command.staff;
  event.appeal = command.appeal;
  event.outcome = command.instead ? command.instead->outcome : Outcome::NoViolation;
  Telling telling(context, decision->case_id);
  ReverseResult result;
  for (const ActionRow& order : TRY(orders_to_undo(context, *decision))) {
    OrderedAction undo;
    undo.action = context.mint<ActionId>();
    undo.kind = OrderKind::Undo;
    undo.item = item->id;
    undo.decision = decision->id;
    undo.undoes = order.id;
    undo.party = order.party;
    undo.confirm_by = context.now() + context.policy().clocks.action_confirm;
    telling.order(undo);
    result.undone.push_back(undo.action);
    event.actions.push_back(undo);
  }
  auto is_appellant = [&](CaseId case_id, int party) {
    return command.appellant_case == case_id && command.appellant == party;
  };
  Coverage coverage(context);
  for (const ReportRow& report : TRY(coverage.of(*item)).reports) {
    if (report.case_id == decision->case_id && !is_appellant(report.case_id, report.party)) {
      TRY(telling.tell(report, NoticeKind::OutcomeReversed));
    }
  }
  if (item->author != 0 && !is_appellant(decision->case_id, item->author)) {
    if (auto statement = TRY(statement_of(context, *decision, item->author))) {
      // Never before the statement it takes back.
      Time not_before = statement->pending_from.value_or(statement->done_at);
      TRY(telling.tell(item->author, NoticeKind::StatementReversed, author_channel(context.env()), decision->id.value,
                       not_before > context.now() ? not_before : Time{}));
    }
  }
  std::uint64_t slot = TRY(telling.case_slot());
  event.inform_by = telling.inform_by();
  event.parties = std::move(telling.parties());
  event.notices = std::move(telling.notices());
  result.seq = TRY(context.append(decision->case_id, event, {{"n", slot, command.reason}}, command.staff.value));

  if (command.instead) {
    Act act;
    act.case_id = decision->case_id;
    act.staff = command.staff;
    act.second = command.second;
    act.items = {*item};
    act.anew = true;
    DecideResult anew = TRY(carry_out(context, act, instead));
    result.instead = anew.decisions.front();
  }
  TRY(settle_elsewhere(context, coverage, {{item->id, result.instead ? result.instead : decision->id}},
                       /*reversed=*/true, command.appellant_case, command.appellant));
  return result;
}

}  // namespace heed::casework
