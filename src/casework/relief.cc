#include "casework/relief.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>

namespace heed::casework {
namespace {

OrderKind order_kind(ReliefKind kind) {
  return kind == ReliefKind::Hide ? OrderKind::HideFromReporter : OrderKind::Autoblock;
}

void tell_platform(Context& context, const OrderedAction& action, std::vector<QueuedNotice>& notices) {
  if (context.env().platform_channel == Channel::Webhook) {
    notices.push_back(
        {context.mint<NoticeId>(), 0, NoticeKind::ActionOrdered, Channel::Webhook, {}, action.action.value});
  }
}

}  // namespace

Result<void> order_relief(Context& context, const ReliefOrder& order) {
  ReliefOrdered event;
  event.party = order.party;
  std::vector<ledger::Body> bodies;
  std::int64_t slot = 0;
  if (order.newcomer) {
    const Newcomer& who = *order.newcomer;
    PartyBook book(context, order.case_id, TRY(context.case_row(order.case_id))->parties);
    auto entry = TRY(book.add(who.person, kTarget, identity_json(who), /*with_number=*/true,
                              context.env().platform_channel, who.locale));
    event.party = entry.party;
    slot = entry.slot;
    event.parties = book.parties();
    bodies = std::move(book.bodies());
  } else if (auto party = TRY(context.party(order.case_id, order.party))) {
    slot = party->slot;
  }
  if (slot == 0) {
    return {};  // erased: nobody left to protect here
  }
  event.relief = order.kind;
  if (order.kind == ReliefKind::Autoblock) {
    auto known = TRY(context.rows().get<ReliefRow>(order.case_id, event.party, order.kind));
    event.until =
        known && known->active && known->until != Time{} ? known->until : context.now() + context.env().autoblock;
  }
  event.accounts = static_cast<int>(order.targets.size());
  if (!order.targets.empty()) {
    OrderedAction action;
    action.action = context.mint<ActionId>();
    action.kind = order_kind(order.kind);
    action.party = event.party;
    action.until = event.until;
    event.actions.push_back(action);
    tell_platform(context, action, event.notices);
    JsonWriter body;
    body.begin_object().key(order.kind == ReliefKind::Hide ? "posts" : "accounts").begin_array();
    for (const std::string& id : order.targets) {
      body.value(id);
    }
    body.end_array().end_object();
    bodies.push_back({"b", static_cast<std::uint64_t>(slot), body.take()});
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

Result<std::vector<std::string>> relief_targets(ledger::View& view, ledger::KeyRing& keys, CaseId case_id, int party,
                                                ReliefKind kind) {
  std::set<std::string> found, named;
  const std::string member = kind == ReliefKind::Hide ? "posts" : "accounts";
  JsonParser parser(64);
  std::set<int> authors;
  auto prefix = ledger::cells(case_id);
  TRY(ledger::scan<PartyRow>(view, {.prefix = prefix}, [&](const PartyRow& row) {
    if ((row.roles & kAuthor) != 0) {
      authors.insert(row.party);
    }
  }));
  std::map<std::int64_t, std::uint64_t> orders;  // events whose orders are in force
  std::set<Ulid> undone;
  std::vector<ActionRow> actions;
  TRY(ledger::scan<ActionRow>(view, {.index = ActionRow::kByCase, .prefix = prefix}, [&](const ActionRow& action) {
    if (action.kind == OrderKind::Undo) {
      undone.insert(action.undoes.value);
    } else if (action.party == party && action.kind == order_kind(kind)) {
      actions.push_back(action);
    }
  }));
  for (const ActionRow& action : actions) {
    if (!undone.contains(action.id.value)) {
      orders[action.seq] = 1;
    }
  }
  Result<void> inner;
  TRY(view.case_events(case_id, 0, [&](const ledger::StoredEvent& event) {
    inner = [&]() -> Result<void> {
      for (const ledger::SealedBody& body : TRY(ledger::split_bodies(event.bodies))) {
        const bool order = body.name == "b" && orders.contains(static_cast<std::int64_t>(event.seq));
        const bool post = kind == ReliefKind::Hide && body.name.starts_with('e');
        const bool author = kind == ReliefKind::Autoblock && body.name.starts_with('p') &&
                            authors.contains(std::atoi(std::string(body.name.substr(1)).c_str()));
        if (!order && !post && !author) {
          continue;
        }
        auto plain = ledger::open_body(keys, case_id, event.seq, body);
        if (!plain) {
          continue;  // erased: there is nobody left to block
        }
        Json json = TRY(parser.parse(*plain));
        if (order) {
          json[member].each([&](Json id) { named.emplace(id.string().value_or("")); });
        } else {
          found.emplace(json.get_string(post ? "id" : "account"));
        }
      }
      return {};
    }();
    return inner.has_value();
  }));
  TRY(std::move(inner));
  std::vector<std::string> out;
  std::set_difference(found.begin(), found.end(), named.begin(), named.end(), std::back_inserter(out));
  std::erase(out, "");
  return out;
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
