#include "casework/intake.h"

#include <algorithm>
#include <set>

#include "casework/digest.h"
#include "casework/relief.h"
#include "casework/repeat.h"
#include "casework/same_words.h"
#include "casework/settle_alike.h"
#include "casework/settle_machine.h"
#include "casework/urgency.h"

namespace heed::casework {
namespace {

constexpr int kReportsLookedBack = 50;
constexpr std::size_t kTargetsLookedUp = 5;

PersonHash person_of(const Environment& env, const ReportCommand& command) {
  return command.by_mail ? env.hasher->mail(command.reporter) : env.hasher->account(command.reporter);
}

/// Where a report goes: an open case, or a new one.
struct Place {
  CaseRow* row = nullptr;  ///< null: opens one
  CaseId id;
  CaseId linked{};
};

struct Known {
  Hash16 key{};
  std::optional<ItemRow> row;  ///< the item, when it is open already
};

Result<std::optional<ReportRow>> earlier_report(Context& context, const PersonHash& person, CaseId case_id) {
  std::optional<ReportRow> found;
  auto key = ledger::cells(person);
  TRY(ledger::scan<ReportRow>(
      context.tx(),
      {.index = ReportRow::kByPerson, .prefix = key, .after = {}, .descending = true, .limit = kReportsLookedBack},
      [&](const ReportRow& row) {
        if (row.case_id == case_id && row.state != ReportState::Withdrawn) {
          found = row;
          return false;
        }
        return true;
      }));
  return found;
}

Result<bool> fear_budget_left(Context& context, const PersonHash& person) {
  int used = 0;
  Time since = context.now() - std::chrono::hours(24);
  auto key = ledger::cells(person);
  TRY(ledger::scan<ReportRow>(
      context.tx(),
      {.index = ReportRow::kByPerson, .prefix = key, .after = {}, .descending = true, .limit = kReportsLookedBack},
      [&](const ReportRow& row) {
        used += row.fears && row.at >= since ? 1 : 0;
        return row.at >= since;
      }));
  return used < context.env().fear_budget_per_day;
}

/// The open pile whose window holds this post, among those of the accounts it is aimed at.
Result<CaseRow*> pile_for(Context& context, const Evidence& evidence) {
  std::size_t looked = 0;
  for (const std::string& target : evidence.targets) {
    if (++looked > kTargetsLookedUp) {
      break;
    }
    auto row = TRY(pile_case_of(context.tx(), context.env(), target));
    if (row && (row->pile == PileState::Taking || row->pile == PileState::Open) &&
        evidence.created_at >= row->pile_since &&
        (row->pile_until == Time{} || evidence.created_at < row->pile_until)) {
      return TRY(context.case_row(row->id));
    }
  }
  return nullptr;
}

Result<Place> find_place(Context& context, const ReportCommand& command, const std::vector<Known>& known) {
  Place place;
  if (command.pile) {
    auto row = TRY(pile_case_of(context.tx(), context.env(), command.pile->target));
    if (row) {
      place.row = TRY(context.case_row(row->id));
    }
  }
  for (std::size_t i = 0; place.row == nullptr && !command.pile && i < known.size(); ++i) {
    if (known[i].row && known[i].row->state == ItemState::Open) {
      CaseRow* home = TRY(context.case_row(known[i].row->case_id));
      place.row = home->open() ? home : nullptr;
    } else if (known[i].row) {
      place.linked = known[i].row->case_id;
    }
  }
  for (std::size_t i = 0; place.row == nullptr && !command.pile && i < command.items.size(); ++i) {
    place.row = TRY(pile_for(context, command.items[i].evidence));
  }
  if (place.row != nullptr) {
    place.id = place.row->id;
    place.linked = {};
  } else {
    place.id = context.mint<CaseId>();
  }
  return place;
}

Opening opening_of(Context& context, const ReportCommand& command, CaseId linked) {
  const Environment& env = context.env();
  Opening opening;
  opening.linked = linked;
  if (command.pile) {
    opening.kind = CaseKind::Pile;
    opening.target = env.hasher->account(command.pile->target);
    opening.open_key = pile_key(env, command.pile->target);
    return opening;
  }
  opening.kind = CaseKind::Item;
  if (command.about == About::Me && !command.by_mail) {
    opening.target = person_of(env, command);
  } else if (!command.on_behalf_of.empty()) {
    opening.target = env.hasher->account(command.on_behalf_of);
  } else if (!command.items.empty() && !command.items.front().evidence.targets.empty()) {
    opening.target = env.hasher->account(command.items.front().evidence.targets.front());
  }
  return opening;
}

/// How many people wrote the same that day, where they are many. A trusted flagger's words are its own each time. Each
/// report by mail is a person of its own; who writes is the mailbox, and without one nobody that was here before.
int same_words(Context& context, const ReportCommand& command, const PersonHash& person) {
  SameWords* book = context.env().same_words;
  if (book == nullptr || command.source == Source::TrustedFlagger) {
    return 0;
  }
  const std::string_view mail = std::string_view(command.reporter).substr(0, command.reporter.find('\n'));
  const bool mailbox = command.by_mail && !mail.empty();
  return book->count(command.words, mailbox ? context.env().hasher->mail(mail) : person, context.now());
}

/// Declared harm counts half of what evidence would: it orders what no signal speaks of.
int declared_severity(const policy::Policy& policy, const std::vector<std::string>& symptoms) {
  int severity = 0;
  for (const std::string& symptom : symptoms) {
    if (const policy::Clause* clause = policy.for_symptom(symptom)) {
      severity = std::max(severity, clause->severity / 2);
    }
  }
  return severity;
}

Receipt receipt_from(const ReportReceived& e, CaseId case_id, Time at, const PersonHash& reporter,
                     std::int64_t number) {
  Receipt receipt;
  receipt.report = e.report;
  receipt.case_id = case_id;
  receipt.reporter = reporter;
  receipt.number = number;
  receipt.received_at = at;
  receipt.accepted = e.accepted;
  receipt.refused = e.refused;
  receipt.relief_not_available = e.relief_not_available;
  receipt.relief = e.relief;
  receipt.life = e.urgency.lane == policy::Lane::Life;
  return receipt;
}

/// The same person, the same things, the same case: a note on the report that is there.
Result<std::optional<Receipt>> repeat_of(Context& context, const ReportCommand& command, const Place& place,
                                         const std::vector<Known>& known, const PersonHash& person) {
  if (place.row == nullptr) {
    return std::nullopt;
  }
  auto earlier = TRY(earlier_report(context, person, place.id));
  if (!earlier) {
    return std::nullopt;
  }
  for (const Known& k : known) {
    if (!k.row || (!earlier->whole_pile && !TRY(ledger::get<ReportItemRow>(context.tx(), k.row->id, earlier->id)))) {
      return std::nullopt;
    }
  }
  if (command.pile && !earlier->whole_pile) {
    return std::nullopt;
  }
  auto party = TRY(context.party(place.id, earlier->party));
  if (!party) {
    return std::nullopt;
  }
  ReportRepeated note;
  note.report = earlier->id;
  note.party = earlier->party;
  note.fears = command.fears;
  note.accepted = static_cast<int>(command.items.size() + (command.pile ? command.pile->posts : 0));
  note.refused = command.refused;
  note.relief = command.relief;
  if (command.fears && !earlier->fears && place.row->lane == policy::Lane::Rest &&
      TRY(fear_budget_left(context, person))) {
    note.urgency = join_urgency(context, place.row, policy::Lane::Fear, place.row->severity(), {});
  }
  TRY(context.append(place.id, note, {{"r", static_cast<std::uint64_t>(party->slot), command.said_json}}));
  Receipt receipt;
  receipt.report = earlier->id;
  receipt.case_id = place.id;
  receipt.reporter = person;
  receipt.number = party->number.value_or(0);
  receipt.received_at = context.now();
  receipt.accepted = note.accepted;
  receipt.relief = note.relief;
  receipt.refused = note.refused;
  if (command.pile) {
    TRY(context.append(place.id, PileTaken{earlier->id,
                                           context.env().hasher->account(command.pile->target),
                                           command.pile->since,
                                           command.pile->until,
                                           {},
                                           static_cast<std::int64_t>(command.pile->watermark)}));
    receipt.pile_grows = true;
  }
  return receipt;
}

/// Answers for every item of the report from what a person judged before; empty unless all have one.
Result<std::vector<Settlement>> all_judged(Context& context, const ReportCommand& command,
                                           const std::vector<Known>& known) {
  std::vector<Settlement> out;
  for (std::size_t i = 0; i < command.items.size(); ++i) {
    auto judged = known[i].row ? TRY(judged_already(context, command, command.items[i], *known[i].row))
                               : std::optional<Settlement>{};
    const bool twice =
        judged && std::any_of(out.begin(), out.end(), [&](const Settlement& s) { return s.item == judged->item; });
    if (!judged || twice) {
      return std::vector<Settlement>{};
    }
    out.push_back(*std::move(judged));
  }
  return out;
}

}  // namespace

Hash16 pile_key(const Environment& env, std::string_view target) { return env.hasher->item("pile", target); }

Result<std::optional<CaseRow>> pile_case_of(ledger::View& view, const Environment& env, std::string_view target) {
  std::optional<CaseRow> found;
  const Hash16 open_key = pile_key(env, target);  // cells view what they are made of
  auto key = ledger::cells(open_key);
  TRY(ledger::scan<CaseRow>(view, {.index = CaseRow::kByOpenKey, .prefix = key, .after = {}, .limit = 1},
                            [&](const CaseRow& row) {
                              found = row;
                              return false;
                            }));
  return found;
}

Result<std::optional<ItemRow>> newest_item(ledger::View& view, const Hash16& key) {
  std::optional<ItemRow> found;
  auto prefix = ledger::cells(key);
  TRY(ledger::scan<ItemRow>(view,
                            {.index = ItemRow::kByKey, .prefix = prefix, .after = {}, .descending = true, .limit = 1},
                            [&](const ItemRow& row) {
                              found = row;
                              return false;
                            }));
  return found;
}

std::vector<PersonHash> named_in(const access::Hasher& hasher, const Evidence& evidence) {
  std::vector<PersonHash> out;
  const PersonHash author = hasher.account(evidence.author);
  std::set<PersonHash> known{author};
  for (const std::vector<std::string>* accounts : {&evidence.targets, &evidence.named}) {
    for (const std::string& account : *accounts) {
      if (out.size() < kNamedMax && !account.empty() && known.insert(hasher.account(account)).second) {
        out.push_back(hasher.account(account));
      }
    }
  }
  return out;
}

NewItem make_item(Context& context, const ReportedItem& item, const Hash16& key, int ord, int author) {
  NewItem out;
  out.item = context.mint<ItemId>();
  out.ord = ord;
  out.kind = item.kind;
  out.key = key;
  out.lane = item.evidence.finding.lane;
  out.severity = item.evidence.finding.severity;
  out.category = item.evidence.finding.category;
  out.clause = item.evidence.finding.clause;
  out.author = author;
  out.provenance = item.evidence.provenance;
  out.created_at = item.evidence.created_at;
  out.edited = item.evidence.edited;
  out.deleted = item.evidence.deleted;
  out.text_key = context.env().hasher->item("text", item.evidence.text);
  out.sources = item.evidence.finding.sources;
  out.named = named_in(*context.env().hasher, item.evidence);
  return out;
}

Urgency join_urgency(Context& context, const CaseRow* existing, policy::Lane lane, int severity,
                     std::string_view clause) {
  Urgency fresh = urgency_for(context.policy(), context.now(), lane, severity, clause);
  return existing == nullptr ? fresh : merged(*existing, fresh);
}

Result<std::optional<Receipt>> receipt_of_key(Context& context, const Hash16& key, const Hash16& body) {
  auto made = TRY(made_before(context, key, body));
  if (!made) {
    return std::nullopt;
  }
  auto signed_by = [&](Receipt receipt, int number) -> Result<Receipt> {
    auto party = TRY(context.party(made->case_id, number));
    receipt.case_id = made->case_id;
    receipt.received_at = made->at;
    receipt.reporter = party && party->person ? *party->person : PersonHash{};
    receipt.number = party ? party->number.value_or(0) : 0;
    return receipt;
  };
  if (made->kind == ReportReceived::kKind) {
    ReportReceived e = TRY(made->as<ReportReceived>());
    return TRY(signed_by(receipt_from(e, made->case_id, made->at, {}, 0), e.party));
  }
  ReportRepeated e = TRY(made->as<ReportRepeated>());
  Receipt receipt;
  receipt.report = e.report;
  receipt.accepted = e.accepted;
  receipt.refused = e.refused;
  receipt.relief = e.relief;
  receipt.relief_not_available = e.relief_not_available;
  if (e.accepted == 0) {  // written before the answer was kept
    auto report = TRY(ledger::get<ReportRow>(context.tx(), e.report));
    receipt.accepted = report ? report->items : 0;
  }
  return TRY(signed_by(std::move(receipt), e.party));
}

Result<Receipt> take_report(Context& context, const ReportCommand& command) {
  if (command.idempotency != Hash16{}) {
    auto earlier = TRY(receipt_of_key(context, command.idempotency, command.body));
    if (earlier) {
      return *earlier;
    }
    context.remember(command.idempotency, command.body);
  }
  if (command.items.empty() && !command.pile) {
    return invalid("/items", "no item could be taken: an unknown id needs a snapshot");
  }
  const Environment& env = context.env();
  const PersonHash person = person_of(env, command);

  std::vector<Known> known;
  known.reserve(command.items.size());
  for (const ReportedItem& item : command.items) {
    Known k;
    k.key = env.hasher->item(name_of(item.kind), item.external_id);
    k.row = TRY(newest_item(context.tx(), k.key));
    known.push_back(std::move(k));
  }
  Place place = TRY(find_place(context, command, known));
  if (auto repeated = TRY(repeat_of(context, command, place, known, person))) {
    return *std::move(repeated);
  }

  ReportReceived event;
  event.report = context.mint<ReportId>();
  const bool own_case = place.row == nullptr && !command.pile;
  event.machine = own_case ? TRY(all_judged(context, command, known)) : std::vector<Settlement>{};
  const bool judged = !event.machine.empty();
  if (place.row == nullptr) {
    event.opening.push_back(opening_of(context, command, place.linked));
  }
  PartyBook book(context, place.id, place.row != nullptr ? place.row->parties : 0);
  const PersonHash target = place.row != nullptr ? place.row->target : event.opening.front().target;
  const bool is_target =
      person == target || (command.pile && !command.by_mail && command.pile->target == command.reporter);
  const Channel answer_by = command.by_mail && env.mail ? Channel::Mail : env.platform_channel;
  auto reporter = TRY(book.add(person, kReporter | (is_target ? kTarget : kBystander), command.identity_json,
                               /*with_number=*/true, answer_by, command.locale));
  event.party = reporter.party;
  if (command.pile && !is_target) {
    JsonWriter identity;
    identity.begin_object().field("account", command.pile->target).end_object();
    TRY(book.add(env.hasher->account(command.pile->target), kTarget, identity.take(), /*with_number=*/true,
                 env.platform_channel));
  }

  std::vector<ledger::Body> evidence;
  policy::Lane lane = policy::Lane::Rest;
  event.same_words = same_words(context, command, person);
  // What a template declares says nothing about this post; what the post says does.
  int severity = event.same_words != 0 ? 0 : declared_severity(context.policy(), command.symptoms);
  std::string clause;
  int ord = place.row != nullptr ? place.row->items : 0;
  for (std::size_t i = 0; i < command.items.size(); ++i) {
    const ReportedItem& item = command.items[i];
    if (known[i].row && known[i].row->state == ItemState::Open) {
      event.covers.push_back(known[i].row->id);
      if (known[i].row->case_id != place.id) {
        event.refs.push_back(known[i].row->id);
      }
      continue;
    }
    if (judged) {
      event.covers.push_back(known[i].row->id);
      event.refs.push_back(known[i].row->id);
      continue;
    }
    int author = 0;
    std::int64_t slot = reporter.slot;
    if (!item.evidence.author.empty()) {
      JsonWriter identity;
      identity.begin_object()
          .field("account", item.evidence.author)
          .field_unless_empty("handle", item.evidence.author_handle)
          .end_object();
      auto entry =
          TRY(book.add(env.hasher->account(item.evidence.author), kAuthor, identity.take(), /*with_number=*/false));
      author = entry.party;
      slot = entry.slot;
    }
    NewItem made = make_item(context, item, known[i].key, ++ord, author);
    evidence.push_back({"e" + std::to_string(ord), static_cast<std::uint64_t>(slot), item.evidence.json});
    event.covers.push_back(made.item);
    if (made.lane < lane || (made.lane == lane && made.severity > severity)) {
      clause = made.clause;
    }
    lane = std::min(lane, made.lane);
    severity = std::max(severity, made.severity);
    Settlement settled = TRY(settlement_of(context, command, item, known[i].row, own_case));
    settled.item = made.item;
    if (env.alike != nullptr && !settled.alike) {
      env.alike->add(made.item, Sketch::of(item.evidence.text, 0));
    }
    event.machine.push_back(std::move(settled));
    event.items.push_back(std::move(made));
  }
  event.fears = command.fears;
  if (command.fears) {
    event.fear_counts = TRY(fear_budget_left(context, person));
    if (event.fear_counts) {
      lane = std::min(lane, policy::Lane::Fear);
    }
  }
  event.urgency = join_urgency(context, place.row, lane, severity, clause);
  event.about = command.about;
  event.filed_by = command.filed_by;
  event.source = command.source;
  event.channel = command.channel;
  event.group = command.group;
  event.symptoms = command.symptoms;
  event.limited = command.limited || event.same_words != 0;
  event.legal_claim = command.legal_claim;
  event.whole_pile = command.pile.has_value();
  event.answer_by = answer_by;
  event.refused = command.refused;
  event.accepted = static_cast<int>(event.covers.size() + (command.pile ? command.pile->posts : 0));
  for (ReliefKind kind : command.relief) {
    bool possible = !command.by_mail && (kind == ReliefKind::Hide || (is_target && command.pile));
    (possible ? event.relief : event.relief_not_available).push_back(kind);
  }
  event.parties = book.parties();
  if (answer_by != Channel::Page) {  // on the page the answer itself is the receipt
    QueuedNotice told{context.mint<NoticeId>(), event.party, NoticeKind::Receipt, answer_by, {}, event.report.value};
    if (answer_by == Channel::Mail) {
      const PersonHash mailbox = env.hasher->mail(command.reporter.substr(0, command.reporter.find('\n')));
      told.gather_until = TRY(gather_until(context, mailbox, told.kind, lane));
    }
    event.notices.push_back(told);
  }
  std::vector<ledger::Body> bodies = std::move(book.bodies());
  bodies.push_back({"r", static_cast<std::uint64_t>(reporter.slot), command.said_json});
  std::move(evidence.begin(), evidence.end(), std::back_inserter(bodies));
  TRY(context.append(place.id, event, bodies));
  TRY(carry_out(context, place.id, event, command));

  std::int64_t number = 0;
  for (const NewParty& p : event.parties) {
    number = p.party == event.party ? p.number : number;
  }
  if (number == 0) {
    auto party = TRY(context.party(place.id, event.party));
    number = party ? party->number.value_or(0) : 0;
  }
  Receipt receipt = receipt_from(event, place.id, context.now(), person, number);
  for (const Settlement& settled : event.machine) {
    ++(settled.blind                         ? receipt.drawn
       : settled.step == SettleStep::Close   ? receipt.closed
       : settled.step == SettleStep::Act     ? receipt.acted
       : settled.step == SettleStep::Propose ? receipt.proposed
                                             : receipt.left);
  }
  if (command.pile) {
    PileTaken taken;
    taken.report = event.report;
    taken.target = env.hasher->account(command.pile->target);
    taken.since = command.pile->since;
    taken.until = command.pile->until;
    taken.watermark = static_cast<std::int64_t>(command.pile->watermark);
    for (const std::string& id : command.pile->except) {
      taken.except.push_back(env.hasher->item(name_of(ItemKind::Post), id));
    }
    TRY(context.append(place.id, taken));
    receipt.pile_grows = true;
    receipt.party = event.party;
    receipt.shield_present =
        ord > 0 && std::find(event.relief.begin(), event.relief.end(), ReliefKind::Autoblock) != event.relief.end();
  }
  if (std::find(event.relief.begin(), event.relief.end(), ReliefKind::Hide) != event.relief.end() &&
      (!command.items.empty() || command.pile)) {
    std::vector<std::string> posts;  // those of a pile follow as they join
    for (const ReportedItem& item : command.items) {
      posts.push_back(item.external_id);
    }
    TRY(order_relief(context, {place.id, event.party, ReliefKind::Hide, posts}));
  }
  if (std::find(event.relief.begin(), event.relief.end(), ReliefKind::Autoblock) != event.relief.end()) {
    TRY(order_relief(context, {place.id, event.party, ReliefKind::Autoblock, {}}));  // authors follow with the items
  }
  return receipt;
}

Result<void> withdraw_report(Context& context, ReportId id) {
  auto report = TRY(ledger::get<ReportRow>(context.tx(), id));
  if (!report) {
    return fail(Code::NotFound, "there is no such report");
  }
  if (report->state == ReportState::Withdrawn) {
    return {};
  }
  TRY(context.append(report->case_id, ReportWithdrawn{id, report->party}));
  return {};
}

}  // namespace heed::casework
