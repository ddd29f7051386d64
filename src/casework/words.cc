#include "casework/words.h"

#include "base/bytes.h"
#include "casework/intake.h"
#include "casework/sealed.h"
#include "casework/settle.h"

namespace heed::casework {
namespace {

constexpr std::string_view words_name(WordsAs as) {
  return as == WordsAs::Appeal ? "appeal" : as == WordsAs::Evidence ? "evidence" : "message";
}

std::string_view bytes_of(const Hash16& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

/// One open case holds what one person has written to us.
Hash16 words_key(const Environment& env, const PersonHash& person) {
  return env.hasher->item("words", bytes_of(person));
}

std::string identity_of(const Identity& who) {
  JsonWriter out;
  out.begin_object().field_unless_empty("account", who.account).field_unless_empty("handle", who.handle);
  out.field_unless_empty("name", who.name).field_unless_empty("mail", who.mail).end_object();
  return out.take();
}

/// As a reporter's snapshot reads, but what it holds is beyond doubt: it was written here. It does not say who wrote
/// it: that may be a reporter, who is nobody's to know while the words are judged.
ReportedItem item_of(Context& context, const Spoken& spoken, const Identity& who, const PersonHash& person) {
  const Hash16 print = context.env().hasher->item("said", std::string(bytes_of(person)) + std::string(spoken.text));
  ReportedItem item;
  item.kind = ItemKind::Message;
  item.external_id = "words-" + to_hex(bytes_of(print)).substr(0, 16);
  Evidence& evidence = item.evidence;
  evidence.provenance = Provenance::Party;
  evidence.created_at = context.now();
  evidence.author = who.account;
  evidence.text = spoken.text;
  evidence.finding = spoken.heard;
  JsonWriter out;
  out.begin_object().field("kind", name_of(item.kind)).field("id", item.external_id);
  out.field("provenance", name_of(evidence.provenance)).field("written_as", words_name(spoken.as));
  out.field("frozen_at", format_time(context.now())).key("snapshot").begin_object();
  out.field("text", spoken.text).field("created_at", format_time(context.now())).end_object();
  if (!spoken.heard.signals_json.empty()) {
    out.key("signals").raw(spoken.heard.signals_json);
  }
  out.end_object();
  evidence.json = out.take();
  return item;
}

Result<CaseRow*> open_words_case(Context& context, const Hash16& key) {
  std::optional<CaseId> found;
  auto prefix = ledger::cells(key);
  TRY(ledger::scan<CaseRow>(context.tx(), {.index = CaseRow::kByOpenKey, .prefix = prefix, .after = {}, .limit = 1},
                            [&](const CaseRow& row) { found = row.id; }));
  return found ? context.case_row(*found) : Result<CaseRow*>(nullptr);
}

}  // namespace

bool brings_forward(const CaseRow& row, const PartyRow& party, const Heard& heard) {
  return heard.lane == policy::Lane::Life && row.open() && row.queue.has_value() &&
         (party.roles & (kReporter | kTarget)) != 0 && (party.roles & kAuthor) == 0;
}

Result<std::optional<CaseId>> raise_words(Context& context, const Spoken& spoken) {
  if (spoken.heard.lane != policy::Lane::Life) {
    return std::nullopt;
  }
  const Environment& env = context.env();
  auto party = TRY(context.party(spoken.said_in, spoken.party));
  Sealed sealed(context.tx(), *env.keys);
  auto who = party ? TRY(sealed.identity(*party)) : std::optional<Identity>{};
  if (!who) {
    return std::nullopt;
  }
  const CaseRow* home = TRY(context.case_row(spoken.said_in));
  if (spoken.as != WordsAs::Appeal && brings_forward(*home, *party, spoken.heard)) {
    return std::nullopt;
  }
  const std::string route = home->route == kSealedRoute ? kSealedRoute : "default";
  const PersonHash person = *party->person;
  const ReportedItem item = item_of(context, spoken, *who, person);
  const Hash16 key = env.hasher->item(name_of(item.kind), item.external_id);
  if (auto known = TRY(newest_item(context.tx(), key))) {
    return known->case_id;  // the same words again
  }
  const Hash16 open_key = words_key(env, person);
  const CaseRow* row = TRY(open_words_case(context, open_key));
  if (row != nullptr && row->items_open >= kWordsItemsMax) {
    return row->id;
  }
  const CaseId case_id = row != nullptr ? row->id : context.mint<CaseId>();
  SignalRaised event;
  event.clause = item.evidence.finding.clause;
  Telling telling(context, case_id);
  if (row == nullptr) {
    Opening opening;
    opening.kind = CaseKind::Signal;
    opening.open_key = open_key;
    opening.route = route;
    if ((party->roles & (kAuthor | kTarget)) != 0) {  // of who only reported nobody learns from which case they are
      opening.linked = spoken.said_in;
    }
    event.opening.push_back(opening);
    event.day = std::chrono::floor<std::chrono::days>(context.now()).time_since_epoch().count();
    const policy::Clause* clause = context.policy().find(event.clause);
    auto budget = TRY(ledger::get<BudgetRow>(context.tx(), event.clause, event.day));
    const int spent = budget ? budget->cases : 0;
    event.over_budget = clause != nullptr && spent >= clause->daily_case_budget;
    if (clause != nullptr && spent == clause->daily_case_budget) {  // the first beyond it says so, once a day
      telling.alarm({});
      event.notices = std::move(telling.notices());
    }
  }
  PartyBook book(context, case_id, row != nullptr ? row->parties : 0);
  const int ord = (row != nullptr ? row->items : 0) + 1;
  auto author = TRY(book.add(person, kAuthor, identity_of(*who), /*with_number=*/false, party->channel, party->locale));
  NewItem made = make_item(context, item, key, ord, author.party);
  event.urgency = join_urgency(context, row, made.lane, made.severity, made.clause);
  event.items.push_back(std::move(made));
  event.parties = book.parties();
  std::vector<ledger::Body> bodies = std::move(book.bodies());
  bodies.push_back({"e" + std::to_string(ord), static_cast<std::uint64_t>(author.slot), item.evidence.json});
  TRY(context.append(case_id, event, bodies));
  return case_id;
}

}  // namespace heed::casework
