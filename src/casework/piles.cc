#include "casework/piles.h"

#include <algorithm>

#include "casework/relief.h"
#include "casework/settle.h"

namespace heed::casework {
namespace {

std::string identity_of(const Evidence& evidence) {
  JsonWriter identity;
  identity.begin_object()
      .field("account", evidence.author)
      .field_unless_empty("handle", evidence.author_handle)
      .end_object();
  return identity.take();
}

Result<bool> in_case(Context& context, CaseId case_id, const ItemRow& item) {
  if (item.case_id == case_id) {
    return true;
  }
  return TRY(ledger::get<CaseRefRow>(context.tx(), case_id, item.id)).has_value();
}

/// What new items mean for the queue.
struct Gravest {
  policy::Lane lane = policy::Lane::Rest;
  int severity = 0;
  std::string clause;
  void add(const NewItem& item) {
    if (item.lane < lane || (item.lane == lane && item.severity >= severity)) {
      clause = item.clause;
    }
    lane = std::min(lane, item.lane);
    severity = std::max(severity, item.severity);
  }
};

}  // namespace

Result<PileProgress> join_pile(Context& context, const PileChunk& chunk) {
  CaseRow* row = TRY(context.case_row(chunk.case_id));
  PileProgress progress;
  if (!row->open() || (!chunk.signal && row->pile != PileState::Taking && row->pile != PileState::Open)) {
    return progress;
  }
  const Environment& env = context.env();
  ItemsJoined event;
  event.done = static_cast<std::int64_t>(chunk.done);
  event.upto = static_cast<std::int64_t>(chunk.upto);
  event.joined_later = chunk.joining;
  PartyBook book(context, chunk.case_id, row->parties);
  std::vector<ledger::Body> bodies;
  std::vector<std::string> to_block, joined;
  std::vector<Hash16> seen;
  Gravest gravest;
  int ord = row->items;
  for (const PileCandidate& post : chunk.posts) {
    const Evidence& evidence = post.item.evidence;
    PersonHash author = env.hasher->account(evidence.author);
    Hash16 key = env.hasher->item(name_of(post.item.kind), post.item.external_id);
    if (author == row->target || std::find(seen.begin(), seen.end(), key) != seen.end() ||
        TRY(ledger::get<PileExceptRow>(context.tx(), chunk.case_id, key))) {
      continue;
    }
    auto known = TRY(newest_item(context.tx(), key));
    if (known && TRY(in_case(context, chunk.case_id, *known))) {
      continue;
    }
    if (chunk.joining && !evidence.finding.any && !TRY(context.party_of(chunk.case_id, author))) {
      continue;  // a later post by a stranger that no signal speaks of does not join by itself
    }
    seen.push_back(key);
    ++event.count;
    joined.push_back(post.item.external_id);
    if (known && known->text_key == env.hasher->item("text", evidence.text)) {
      event.refs.push_back(known->id);  // judged once, wherever it is at home
      continue;
    }
    auto party = TRY(book.add(author, kAuthor, identity_of(evidence), /*with_number=*/false));
    if (party.is_new && post.blockable) {
      to_block.push_back(evidence.author);
    }
    NewItem item = make_item(context, post.item, key, ++ord, party.party);
    bodies.push_back({"e" + std::to_string(ord), static_cast<std::uint64_t>(party.slot), evidence.json});
    gravest.add(item);
    event.items.push_back(std::move(item));
  }
  // A joiner that found nothing says nothing: it reads the same range again after a restart.
  const bool moves = !chunk.joining && event.done > row->pile_done;
  if (event.count == 0 && !moves) {
    return progress;
  }
  event.parties = book.parties();
  if (!event.items.empty()) {
    event.urgency = join_urgency(context, row, gravest.lane, gravest.severity, gravest.clause);
  }
  std::move(book.bodies().begin(), book.bodies().end(), std::back_inserter(bodies));
  TRY(context.append(chunk.case_id, event, bodies));
  row = TRY(context.case_row(chunk.case_id));
  progress.joined = event.count;
  progress.more = row->pile == PileState::Taking && row->pile_done < row->pile_upto;
  progress.life = gravest.lane == policy::Lane::Life && !event.items.empty();

  for (const ReliefRow& relief : TRY(relief_of(context.tx(), chunk.case_id))) {
    if (relief.kind == ReliefKind::Autoblock && !to_block.empty() && relief.until > context.now()) {
      TRY(order_relief(context, {chunk.case_id, relief.party, ReliefKind::Autoblock, to_block}));
    }
    if (relief.kind == ReliefKind::Hide && !joined.empty()) {
      TRY(order_relief(context, {chunk.case_id, relief.party, ReliefKind::Hide, joined}));
    }
  }
  return progress;
}

Result<std::optional<PileWork>> pile_work(ledger::View& view, ledger::KeyRing& keys, CaseId case_id) {
  auto row = TRY(ledger::get<CaseRow>(view, case_id));
  if (!row || !row->open() || (row->pile != PileState::Taking && row->pile != PileState::Open)) {
    return std::nullopt;
  }
  PileWork work;
  work.case_id = case_id;
  work.since = row->pile_since;
  work.until = row->pile_until;
  work.after = static_cast<std::uint64_t>(row->pile_done);
  work.upto = static_cast<std::uint64_t>(row->pile_upto);
  work.open_end = row->pile == PileState::Open;

  auto person = ledger::cells(row->target);
  auto after = ledger::cells(case_id, std::int64_t{-1});
  std::optional<PartyRow> party;
  TRY(ledger::scan<PartyRow>(view, {.index = PartyRow::kByPerson, .prefix = person, .after = after, .limit = 1},
                             [&](const PartyRow& p) {
                               if (p.case_id == case_id) {
                                 party = p;
                               }
                               return false;
                             }));
  if (!party) {
    return std::nullopt;  // erased: the pile ends by its clock
  }
  Result<void> inner;
  TRY(view.case_events(case_id, static_cast<std::uint64_t>(party->seq - 1), [&](const ledger::StoredEvent& event) {
    inner = [&]() -> Result<void> {
      const std::string name = "p" + std::to_string(party->party);
      for (const ledger::SealedBody& body : TRY(ledger::split_bodies(event.bodies))) {
        if (body.name == name) {
          std::string identity = TRY(ledger::open_body(keys, case_id, event.seq, body));
          JsonParser parser;
          Json json = TRY(parser.parse(identity));
          work.target = json.get_string("account");
        }
      }
      return {};
    }();
    return false;
  }));
  TRY(std::move(inner));
  if (work.target.empty()) {
    return std::nullopt;
  }
  return work;
}

namespace {

/// Beyond the budgets of all the rules that ask for the case, it goes to a queue of its own: counted, seen, not in the
/// way. A threat to life stays where it is seen first; somebody is called all the same.
Result<void> charge_rules(Context& context, const SignalCommand& command, SignalPlace& place, SignalRaised& event) {
  bool left = command.budgets.empty();
  bool first_beyond = false;
  for (const SignalCommand::Budget& budget : command.budgets) {
    auto spent = TRY(ledger::get<BudgetRow>(context.tx(), budget.rule, event.day));
    const int cases = spent ? spent->cases : 0;
    left = left || cases < budget.cases;
    first_beyond = first_beyond || cases == budget.cases;
    event.rules.push_back(budget.rule);
  }
  if (left) {
    return {};
  }
  if (command.item.evidence.finding.lane != policy::Lane::Life) {
    Opening& opening = event.opening.front();
    opening.route = kOverBudget;
    opening.target = {};  // nothing graver joins a case that waits there
    opening.open_key = {};
  }
  event.over_budget = place.over_budget = true;
  if (first_beyond && event.notices.empty()) {
    Telling telling(context, place.case_id);
    telling.alarm({});
    event.notices = std::move(telling.notices());
  }
  return {};
}

}  // namespace

Result<SignalPlace> raise_signal(Context& context, const SignalCommand& command) {
  const Environment& env = context.env();
  const Evidence& evidence = command.item.evidence;
  const Evaluator::Finding& finding = evidence.finding;
  Hash16 key = env.hasher->item(name_of(command.item.kind), command.item.external_id);
  SignalPlace place;
  auto known = TRY(newest_item(context.tx(), key));
  if (known) {
    const bool same_text = known->text_key == env.hasher->item("text", evidence.text);
    CaseRow* home = TRY(context.case_row(known->case_id));
    if (known->state == ItemState::Open && home->open()) {
      place.case_id = home->id;
      if (!same_text) {
        TRY(item_changed(context, command.item, /*deleted=*/false));
      }
      return place;
    }
    if (same_text) {
      place.case_id = known->case_id;
      return place;  // judged already and unedited since
    }
  }
  CaseRow* row = nullptr;
  for (const std::string& target : evidence.targets) {
    auto pile = TRY(pile_case_of(context.tx(), env, target));
    if (pile) {
      row = TRY(context.case_row(pile->id));
      break;
    }
  }
  if (row != nullptr) {
    PileChunk chunk;
    chunk.case_id = row->id;
    chunk.posts.push_back({command.item, command.blockable});
    chunk.done = static_cast<std::uint64_t>(row->pile_done);
    chunk.joining = true;
    chunk.signal = true;
    TRY(join_pile(context, chunk));
    place.case_id = chunk.case_id;
    return place;
  }

  place.opened = true;
  place.case_id = context.mint<CaseId>();
  SignalRaised event;
  Opening opening;
  opening.kind = CaseKind::Signal;
  if (!evidence.targets.empty()) {
    opening.target = env.hasher->account(evidence.targets.front());
    opening.open_key = pile_key(env, evidence.targets.front());
  }
  if (known) {
    opening.linked = known->case_id;
  }
  event.opening.push_back(opening);
  event.clause = finding.clause;
  event.day = std::chrono::floor<std::chrono::days>(context.now()).time_since_epoch().count();
  event.machine_acts = command.machine_acts;
  if (const policy::Clause* clause = context.policy().find(finding.clause)) {
    auto budget = TRY(ledger::get<BudgetRow>(context.tx(), event.clause, event.day));
    event.over_budget = budget && budget->cases >= clause->daily_case_budget;
    place.over_budget = event.over_budget;
    if (budget && budget->cases == clause->daily_case_budget) {  // the first beyond it says so, once a day
      Telling telling(context, place.case_id);
      telling.alarm({});
      event.notices = std::move(telling.notices());
    }
  }
  TRY(charge_rules(context, command, place, event));
  PartyBook book(context, place.case_id, 0);
  auto author =
      TRY(book.add(env.hasher->account(evidence.author), kAuthor, identity_of(evidence), /*with_number=*/false));
  NewItem item = make_item(context, command.item, key, 1, author.party);
  event.urgency = join_urgency(context, nullptr, item.lane, item.severity, item.clause);
  event.items.push_back(std::move(item));
  event.parties = book.parties();
  std::vector<ledger::Body> bodies = std::move(book.bodies());
  bodies.push_back({"e1", static_cast<std::uint64_t>(author.slot), evidence.json});
  TRY(context.append(place.case_id, event, bodies));
  return place;
}

Result<bool> item_changed(Context& context, const ReportedItem& item, bool deleted) {
  const Environment& env = context.env();
  auto known = TRY(newest_item(context.tx(), env.hasher->item(name_of(item.kind), item.external_id)));
  if (!known || known->state != ItemState::Open) {
    return false;
  }
  CaseRow* row = TRY(context.case_row(known->case_id));
  ItemChanged event;
  event.item = known->id;
  event.deleted = deleted;
  event.lane = known->lane;
  std::vector<ledger::Body> bodies;
  if (!deleted) {
    event.edited = true;
    event.text_key = env.hasher->item("text", item.evidence.text);
    if (event.text_key == known->text_key) {
      return true;
    }
    event.named = named_in(*env.hasher, item.evidence);
    event.lane = std::min(known->lane, item.evidence.finding.lane);
    event.severity = item.evidence.finding.severity;
    event.urgency =
        join_urgency(context, row, event.lane, std::max(row->severity(), event.severity), item.evidence.finding.clause);
    auto party = TRY(context.party(known->case_id, known->author));
    if (party && party->slot != 0) {
      bodies.push_back({"e" + std::to_string(known->ord), static_cast<std::uint64_t>(party->slot), item.evidence.json});
    }
  } else if (known->deleted) {
    return true;
  }
  TRY(context.append(known->case_id, event, bodies));
  return true;
}

}  // namespace heed::casework
