#include "casework/second_person.h"

#include <algorithm>

#include "casework/appeals.h"
#include "casework/decide_core.h"
#include "casework/sealed.h"

namespace heed::casework {
namespace {

constexpr std::size_t kNoteCharactersMax = 5000;

bool among(const std::vector<StaffId>& selves, StaffId staff) {
  return std::find(selves.begin(), selves.end(), staff) != selves.end();
}
bool own(const AnswerProposal& command, StaffId staff) {
  return staff == command.staff || among(command.selves, staff);
}

bool blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

ProposedItem proposed(const ItemVerdict& verdict, const ItemRow& item) {
  ProposedItem out;
  out.item = item.id;
  out.outcome = verdict.outcome;
  out.clause = verdict.clause;
  out.ground = verdict.ground;
  out.category = verdict.category;
  out.group = verdict.group;
  out.language = verdict.language;
  for (const VerdictAction& action : verdict.actions) {
    out.actions.push_back({static_cast<OrderKind>(action.kind), action.until});
  }
  out.text_key = item.text_key;
  out.deleted = item.deleted;
  return out;
}

ItemVerdict verdict_of(const ProposedItem& item) {
  ItemVerdict out;
  out.item = item.item;
  out.outcome = item.outcome;
  out.clause = item.clause;
  out.ground = item.ground;
  out.category = item.category;
  out.group = item.group;
  out.language = item.language;
  for (const ProposedAction& action : item.actions) {
    out.actions.push_back({static_cast<policy::ActionKind>(action.kind), action.until});
  }
  return out;
}

std::string facts_name(const ItemRow& item) { return "f" + std::to_string(item.ord); }

Result<Proposed> append_proposal(Context& context, CaseId case_id, DecisionProposed event,
                                 const std::vector<ItemVerdict>& verdicts, const std::vector<ItemRow>& items,
                                 const std::string& note) {
  Telling telling(context, case_id);
  std::vector<ledger::Body> bodies;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    event.items.push_back(proposed(verdicts[i], items[i]));
    if (!verdicts[i].facts.empty()) {
      bodies.push_back({facts_name(items[i]), TRY(facts_slot(context, telling, items[i])), verdicts[i].facts});
    }
  }
  if (!note.empty()) {
    bodies.push_back({"n", TRY(telling.case_slot()), note});
  }
  event.proposal = context.mint<ProposalId>();
  event.parties = std::move(telling.parties());
  Proposed out{event.proposal, 0};
  out.seq = TRY(context.append(case_id, event, bodies, event.staff.value));
  return out;
}

Result<ProposalRow> row_of(ledger::View& view, ProposalId id) {
  auto row = TRY(ledger::get<ProposalRow>(view, id));
  return row ? Result<ProposalRow>(*std::move(row)) : fail(Code::NotFound, "there is no such proposal");
}

/// By somebody else, and it still waits.
Result<ProposalRow> open_to(Context& context, const AnswerProposal& command) {
  ProposalRow row = TRY(row_of(context.tx(), command.proposal));
  if (own(command, row.staff)) {
    return fail(Code::Denied, "this takes a second person; it was you who proposed it");
  }
  if (row.state != ProposalState::Waiting) {
    return fail(Code::Conflict, "this proposal was answered before");
  }
  return row;
}

Result<void> append_answer(Context& context, const ProposalRow& row, const AnswerProposal& command,
                           ProposalState state) {
  if (characters(command.note) > kNoteCharactersMax) {
    return invalid("/note", "has more than 5000 characters");
  }
  Telling telling(context, row.case_id);
  std::vector<ledger::Body> bodies;
  if (!blank(command.note)) {
    bodies.push_back({"n", TRY(telling.case_slot()), command.note});
  }
  ProposalAnswered event;
  event.proposal = row.id;
  event.staff = command.staff;
  event.state = state;
  event.parties = std::move(telling.parties());
  TRY(context.append(row.case_id, event, bodies, command.staff.value));
  return {};
}

/// What stands against carrying it out now; each with the place of its item.
Result<std::vector<FieldError>> hindrances(Context& context, const ProposalView& whole, bool despite_edits) {
  std::vector<FieldError> out;
  for (std::size_t i = 0; i < whole.verdicts.size(); ++i) {
    const std::string at = "/items/" + std::to_string(i);
    const bool open = whole.items[i].state == ItemState::Open && !whole.items[i].claim;
    if (whole.row.kind == ProposalKind::Decision && !open) {
      out.push_back({at, "has been decided otherwise meanwhile"});
    }
    if (whole.changed[i] && !despite_edits) {
      out.push_back({at, "was changed since this was proposed; look at it again, and say despite_edits if it stands"});
    }
    if (whole.verdicts[i].outcome == Outcome::Violation && whole.verdicts[i].facts.empty()) {
      out.push_back({at, "its facts were erased with the person whom they were about"});
    }
  }
  if (whole.row.kind != ProposalKind::Decision) {
    auto decision = TRY(ledger::get<DecisionRow>(context.tx(), whole.event.decision));
    if (!decision || decision->reversed_seq != 0) {
      out.push_back({"/decision", "has been reversed meanwhile"});
    }
  }
  if (out.empty()) {  // by the rules and the evidence of now
    out = TRY(check_form(context, whole.verdicts, Decider::Person));
    auto evidence = TRY(check_evidence(context, whole.verdicts, whole.items));
    out.insert(out.end(), evidence.begin(), evidence.end());
  }
  return out;
}

ReverseCommand reversal_of(const ProposalView& whole, StaffId second) {
  ReverseCommand out;
  out.staff = whole.row.staff;
  out.second = second;
  out.decision = whole.event.decision;
  out.reason = whole.note;
  out.instead = whole.verdicts.front();
  return out;
}

}  // namespace

bool takes_two(const policy::Clause& clause, const ItemVerdict& verdict) {
  if (verdict.outcome != Outcome::Violation) {
    return false;
  }
  return clause.second_person || std::any_of(verdict.actions.begin(), verdict.actions.end(), [&](const auto& action) {
           return action.kind != policy::ActionKind::None && clause.takes_two(action.kind, action.until == Time{});
         });
}

bool take_two(const policy::Policy& policy, const std::vector<ItemVerdict>& verdicts) {
  return std::any_of(verdicts.begin(), verdicts.end(), [&](const ItemVerdict& verdict) {
    const policy::Clause* clause = policy.find(verdict.clause);
    return clause != nullptr && takes_two(*clause, verdict);
  });
}

Result<bool> waits_for_second(ledger::View& view, ItemId item) {
  auto row = TRY(ledger::get<ProposedItemRow>(view, item));
  return row && row->proposal;
}

Result<Proposed> propose_decision(Context& context, const DecideCommand& command, const std::vector<ItemRow>& items) {
  DecisionProposed event;
  event.claim = command.claim;
  event.staff = command.staff;
  event.followed = command.with_proposal;
  event.delay_until = command.delay_statement_until.value_or(Time{});
  return append_proposal(context, command.case_id, std::move(event), command.items, items, command.note);
}

Result<Proposed> propose_reversal(Context& context, const ReverseCommand& command, const ItemRow& item,
                                  const ItemVerdict& instead) {
  for (const ProposalRow& other : TRY(proposals_in(context.tx(), item.case_id))) {
    if (other.state == ProposalState::Waiting && other.decision == command.decision) {
      return fail(Code::Conflict, "a reversal of this decision waits for a second person already");
    }
  }
  DecisionProposed event;
  event.kind = command.appeal ? ProposalKind::Appeal : ProposalKind::Reversal;
  event.staff = command.staff;
  event.decision = command.decision;
  event.appeal = command.appeal;
  event.appeal_outcome = command.appeal_outcome;
  return append_proposal(context, item.case_id, std::move(event), {instead}, {item}, command.reason);
}

Result<ProposalView> proposal_view(ledger::View& view, ledger::KeyRing& keys, ProposalId id) {
  ProposalView out;
  out.row = TRY(row_of(view, id));
  Sealed sealed(view, keys);
  out.event = TRY(read_event<DecisionProposed>(TRY(sealed.header(out.row.case_id, out.row.seq))));
  for (const ProposedItem& one : out.event.items) {
    auto item = TRY(ledger::get<ItemRow>(view, one.item));
    if (!item) {
      return fail(Code::Corrupt, "a proposal names an item that is not there");
    }
    out.verdicts.push_back(verdict_of(one));
    out.verdicts.back().facts = TRY(sealed.body(out.row.case_id, out.row.seq, facts_name(*item))).value_or("");
    out.changed.push_back(item->text_key != one.text_key || item->deleted != one.deleted);
    out.items.push_back(*std::move(item));
  }
  out.note = TRY(sealed.body(out.row.case_id, out.row.seq, "n")).value_or("");
  if (out.row.answer_seq != 0) {
    out.answer = TRY(sealed.body(out.row.case_id, out.row.answer_seq, "n")).value_or("");
  }
  return out;
}

Result<ConfirmedProposal> confirm_proposal(Context& context, const AnswerProposal& command) {
  const ProposalRow row = TRY(open_to(context, command));
  const ProposalView whole = TRY(proposal_view(context.tx(), *context.env().keys, row.id));
  std::vector<FieldError> faults = TRY(hindrances(context, whole, command.despite_edits));
  if (!faults.empty()) {
    return fail(Code::Conflict, "this can no longer go out as it was proposed; return it, or see the fields",
                std::move(faults));
  }
  TRY(append_answer(context, row, command, ProposalState::Confirmed));
  ConfirmedProposal out;
  out.case_id = row.case_id;
  if (row.kind == ProposalKind::Decision) {
    Act act;
    act.case_id = row.case_id;
    act.staff = row.staff;
    act.second = command.staff;
    act.automation = whole.event.followed ? Automation::Partly : Automation::None;
    act.note = whole.note;
    act.items = whole.items;
    if (whole.event.delay_until > context.now()) {
      act.delay_until = whole.event.delay_until;
    }
    DecideResult made = TRY(carry_out(context, act, whole.verdicts));
    out.seq = made.seq;
    out.decisions = std::move(made.decisions);
    out.actions = std::move(made.actions);
    out.closed = made.closed;
    return out;
  }
  std::optional<ReverseResult> reversal;
  if (row.kind == ProposalKind::Appeal) {
    DecideAppealCommand answer{row.staff, row.appeal, whole.event.appeal_outcome, whole.note, whole.verdicts.front()};
    answer.second = command.staff;
    answer.also = command.selves;
    reversal = TRY(decide_appeal(context, answer)).reversal;
  } else {
    reversal = TRY(reverse(context, reversal_of(whole, command.staff)));
  }
  if (reversal) {
    out.seq = reversal->seq;
    out.actions = reversal->undone;
    if (reversal->instead) {
      out.decisions.push_back(reversal->instead);
    }
  }
  return out;
}

Result<ProposalRow> return_proposal(Context& context, const AnswerProposal& command) {
  const ProposalRow row = TRY(open_to(context, command));
  if (blank(command.note)) {
    return invalid("/note", "say why, so that your colleague can go on");
  }
  TRY(append_answer(context, row, command, ProposalState::Returned));
  return row_of(context.tx(), row.id);
}

Result<ProposalRow> take_proposal_back(Context& context, const AnswerProposal& command) {
  const ProposalRow row = TRY(row_of(context.tx(), command.proposal));
  if (!own(command, row.staff)) {
    return fail(Code::NotFound, "there is no such proposal of yours");
  }
  if (row.state != ProposalState::Waiting) {
    return fail(Code::Conflict, "this proposal was answered before");
  }
  TRY(append_answer(context, row, command, ProposalState::TakenBack));
  return row_of(context.tx(), row.id);
}

Result<ProposalRow> see_proposal(Context& context, const AnswerProposal& command) {
  const ProposalRow row = TRY(row_of(context.tx(), command.proposal));
  if (!row.news_for || !own(command, *row.news_for) || row.state == ProposalState::Waiting) {
    return fail(Code::NotFound, "there is no answer of this kind for you");
  }
  ProposalSeen event;
  event.proposal = row.id;
  event.staff = command.staff;
  TRY(context.append(row.case_id, event, {}, command.staff.value));
  return row_of(context.tx(), row.id);
}

Result<std::vector<ProposalRow>> proposals_waiting(ledger::View& view, std::size_t most) {
  std::vector<ProposalRow> out;
  TRY(ledger::scan<ProposalRow>(view, {.index = ProposalRow::kByWaiting, .limit = most}, [&](const ProposalRow& row) {
    if (row.waiting_since) {
      out.push_back(row);
    }
  }));
  return out;
}

Result<std::vector<ProposalRow>> proposals_of(ledger::View& view, const std::vector<StaffId>& selves) {
  std::vector<ProposalRow> out;
  for (StaffId staff : selves) {
    auto key = ledger::cells(staff);
    TRY(ledger::scan<ProposalRow>(view, {.index = ProposalRow::kByNews, .prefix = key},
                                  [&](const ProposalRow& row) { out.push_back(row); }));
  }
  return out;
}

Result<std::vector<ProposalRow>> proposals_in(ledger::View& view, CaseId case_id) {
  std::vector<ProposalRow> out;
  auto key = ledger::cells(case_id);
  TRY(ledger::scan<ProposalRow>(view, {.index = ProposalRow::kByCase, .prefix = key},
                                [&](const ProposalRow& row) { out.push_back(row); }));
  return out;
}

Result<WaitingFigures> waiting_figures(ledger::View& view, Time now) {
  WaitingFigures out;
  TRY(ledger::scan<ProposalRow>(view, {.index = ProposalRow::kByWaiting}, [&](const ProposalRow& row) {
    if (row.waiting_since) {
      ++out.waiting;
      out.oldest = std::max(out.oldest, now - *row.waiting_since);
    }
  }));
  return out;
}

}  // namespace heed::casework
