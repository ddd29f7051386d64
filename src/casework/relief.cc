#include "casework/relief.h"

#include <algorithm>

namespace heed::casework {
namespace {

OrderKind order_kind(ReliefKind kind) { return kind == ReliefKind::Hide ? OrderKind::HideFromReporter : OrderKind::Autoblock; }

void tell_platform(Context& context, const OrderedAction& action, std::vector<QueuedNotice>& notices) {
  if (context.env().platform_channel == Channel::Webhook) {
    notices.push_back({context.mint<NoticeId>(), 0, NoticeKind::ActionOrdered, Channel::Webhook, {}, action.action.value});
  }
}

}  // namespace

Result<void> order_relief(Context& context, const ReliefOrder& order) {
  auto party = TRY(context.party(order.case_id, order.party));
  if (!party || party->slot == 0) {
    return {};  // erased: nobody left to protect here
  }
  ReliefOrdered event;
  event.party = order.party;
  event.relief = order.kind;
  if (order.kind == ReliefKind::Autoblock) {
    auto known = TRY(context.rows().get<ReliefRow>(order.case_id, order.party, order.kind));
    event.until = known && known->active && known->until != Time{} ? known->until : context.now() + context.env().autoblock;
  }
  event.accounts = static_cast<int>(order.targets.size());
  std::vector<ledger::Body> bodies;
  if (!order.targets.empty()) {
    OrderedAction action;
    action.action = context.mint<ActionId>();
    action.kind = order_kind(order.kind);
    action.party = order.party;
    action.until = event.until;
    event.actions.push_back(action);
    tell_platform(context, action, event.notices);
    JsonWriter body;
    body.begin_object().key(order.kind == ReliefKind::Hide ? "posts" : "accounts").begin_array();
    for (const std::string& id : order.targets) {
      body.value(id);
    }
    body.end_array().end_object();
    bodies.push_back({"b", static_cast<std::uint64_t>(party->slot), body.take()});
  }
  TRY(context.append(order.case_id, event, bodies));
  return {};
}

Result<void> end_relief(Context& context, CaseId case_id, int party, ReliefKind kind) {
  auto row = TRY(context.rows().get<ReliefRow>(case_id, party, kind));
  if (!row || !row->active) {
    return fail(Code::NotFound, "this relief is not on");
  }
  std::vector<ActionId> orders, undone;
  auto key = ledger::cells(case_id);
  TRY(ledger::scan<ActionRow>(context.tx(), {.index = ActionRow::kByCase, .prefix = key}, [&](const ActionRow& action) {
    if (action.party == party && action.kind == order_kind(kind)) {
      orders.push_back(action.id);
    } else if (action.kind == OrderKind::Undo) {
      undone.push_back(action.undoes);
    }
  }));
  ReliefEnded event;
  event.party = party;
  event.relief = kind;
  for (ActionId order : orders) {
    if (std::find(undone.begin(), undone.end(), order) != undone.end()) {
      continue;
    }
    OrderedAction undo;
    undo.action = context.mint<ActionId>();
    undo.kind = OrderKind::Undo;
    undo.undoes = order;
    undo.party = party;
    event.actions.push_back(undo);
    tell_platform(context, undo, event.notices);
  }
  TRY(context.append(case_id, event));
  return {};
}

Result<std::vector<ReliefRow>> relief_of(ledger::View& view, CaseId case_id) {
  std::vector<ReliefRow> rows;
  auto key = ledger::cells(case_id);
  TRY(ledger::scan<ReliefRow>(view, {.prefix = key}, [&](const ReliefRow& row) {
    if (row.active) {
      rows.push_back(row);
    }
  }));
  return rows;
}

Result<int> end_due_relief(Context& context, CaseId case_id) {
  int ended = 0;
  for (const ReliefRow& row : TRY(relief_of(context.tx(), case_id))) {
    if (row.until != Time{} && row.until <= context.now()) {
      TRY(end_relief(context, case_id, row.party, row.kind));
      ++ended;
    }
  }
  return ended;
}

}  // namespace heed::casework
