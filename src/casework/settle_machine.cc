#include "casework/settle_machine.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "base/bytes.h"
#include "casework/decisions.h"
#include "casework/sealed.h"
#include "casework/settle.h"
#include "casework/settle_alike.h"
#include "casework/settle_copy.h"

namespace heed::casework {
namespace {

using policy::ActionKind;

std::string_view bytes_of(const Hash16& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

bool has_text(const ReportedItem& item) {
  return item.kind == ItemKind::Post || item.kind == ItemKind::Message || item.kind == ItemKind::Profile;
}

/// The clauses that the reporter's symptoms point to; `unknown` when one points nowhere.
struct SpokenOf {
  std::vector<const policy::Clause*> clauses;
  bool unknown = false;
};

SpokenOf spoken_of(const policy::Policy& policy, const ReportCommand& command, const ReportedItem& item) {
  SpokenOf out;
  auto add = [&](const std::vector<std::string>& symptoms) {
    for (const std::string& symptom : symptoms) {
      const policy::Clause* clause = policy.for_symptom(symptom);
      out.unknown = out.unknown || clause == nullptr;
      if (clause != nullptr && std::find(out.clauses.begin(), out.clauses.end(), clause) == out.clauses.end()) {
        out.clauses.push_back(clause);
      }
    }
  };
  add(command.symptoms);
  add(item.symptoms);
  if (out.clauses.empty() && !out.unknown) {
    if (const policy::Clause* other = policy.find("other_terms")) {
      out.clauses.push_back(other);
    }
  }
  return out;
}

bool about_life(const SpokenOf& spoken, const ReportCommand& command, const ReportedItem& item) {
  return command.fears || item.evidence.finding.lane != policy::Lane::Rest ||
         std::any_of(spoken.clauses.begin(), spoken.clauses.end(),
                     [](const policy::Clause* c) { return c->lane == policy::Lane::Life; });
}

/// Words of the reporter's that a machine does not weigh.
bool explains(const ReportCommand& command) {
  JsonParser parser;
  auto said = parser.parse(command.said_json);
  return !said || !said->get_string("comment").empty() || !(*said)["legal_claim"].missing();
}

/// A plain report by an ordinary person, from whom nothing but the item and its symptoms came.
bool plain(const ReportCommand& command) {
  return !command.pile && !command.fears && !command.legal_claim && command.source == Source::UserNotice &&
         command.relief.empty() && !explains(command);
}

std::vector<OrderKind> orders_in(int restrictions) {
  std::vector<OrderKind> out;
  for (int kind = 1; kind <= static_cast<int>(OrderKind::Suspend); ++kind) {
    if ((restrictions & (1 << kind)) != 0) {
      out.push_back(static_cast<OrderKind>(kind));
    }
  }
  return out;
}

std::vector<OrderKind> orders_of(const std::vector<ActionKind>& actions) {
  std::vector<OrderKind> out;
  for (ActionKind kind : actions) {
    if (kind != ActionKind::None) {
      out.push_back(static_cast<OrderKind>(kind));
    }
  }
  return out;
}

/// What a person could do by the clause with the least weight that takes the post out of sight, else the least at all.
std::vector<OrderKind> proposed_actions(const policy::Clause& clause) {
  if (!clause.machine_actions.empty()) {
    return orders_of(clause.machine_actions);
  }
  std::vector<OrderKind> all = orders_of(clause.actions);
  if (std::find(all.begin(), all.end(), OrderKind::Hide) != all.end()) {
    return {OrderKind::Hide};
  }
  all.resize(std::min<std::size_t>(all.size(), 1));
  return all;
}

/// Which clause a clean closure is told under: the gravest that was spoken of. Null when one of them forbids it.
const policy::Clause* clean_clause(const SpokenOf& spoken, double highest) {
  const policy::Clause* gravest = nullptr;
  for (const policy::Clause* clause : spoken.clauses) {
    if (!clause->machine_may_close || highest >= clause->close_below) {
      return nullptr;
    }
    gravest = gravest == nullptr || clause->severity > gravest->severity ? clause : gravest;
  }
  return spoken.unknown ? nullptr : gravest;
}

/// Finds like texts and says so in `out`.
Result<void> find_alike(Context& context, const ReportedItem& item, Settlement& out) {
  if (!has_text(item) || item.evidence.text.empty()) {
    return {};
  }
  const Environment& env = context.env();
  const Sketch sketch = Sketch::of(item.evidence.text, 0);
  if (sketch.empty()) {
    return {};
  }
  out.same = env.hasher->item("words", std::to_string(sketch.words()));
  if (sketch.size() >= kCopyShinglesMin) {
    out.written = written_key(env, item);
    out.aimed = aimed_key(env, item);
  }
  std::optional<SettlementRow> same;
  auto key = ledger::cells(out.same);
  TRY(ledger::scan<SettlementRow>(context.tx(),
                                  {.index = SettlementRow::kBySame, .prefix = key, .after = {}, .limit = 1},
                                  [&](const SettlementRow& row) {
                                    same = row;
                                    return false;
                                  }));
  if (same) {
    out.alike = same->alike.value_or(same->item);
    out.likeness = 100;
    return {};
  }
  if (env.alike == nullptr) {
    return {};
  }
  while (auto match = env.alike->find(sketch)) {
    auto row = TRY(ledger::get<SettlementRow>(context.tx(), match->item));
    if (row && row->same) {
      out.alike = row->alike.value_or(row->item);
      out.likeness = static_cast<int>(match->likeness * 100);
      return {};
    }
    env.alike->forget(match->item);  // never stored after all, or erased since
  }
  return {};
}

void draw(const Environment& env, const Hash16& what, Settlement& out) {
  if (drawn(env, what)) {
    out.blind = true;
  }
}

std::string facts_of(const ReportedItem& item, const std::vector<Span>& spans) {
  std::string words;
  for (const Span& span : spans) {
    const std::string& text = item.evidence.text;
    if (span.start < 0 || span.end <= span.start || static_cast<std::size_t>(span.end) > text.size()) {
      continue;
    }
    words += (words.empty() ? "" : ", ") +
             ("“" +
              text.substr(static_cast<std::size_t>(span.start),
                          std::min<std::size_t>(static_cast<std::size_t>(span.end - span.start), 200)) +
              "”");
    if (words.size() > 600) {
      break;
    }
  }
  return words.empty() ? "“" + item.evidence.text.substr(0, 400) + "”" : words;
}

Result<void> tell_judged(Context& context, CaseId case_id, const ReportReceived& report) {
  Telling telling(context, case_id);
  ItemsSettled event;
  for (const Settlement& settled : report.machine) {
    event.items.push_back({settled.item, settled.decision});
  }
  auto row = TRY(ledger::get<ReportRow>(context.tx(), report.report));
  TRY(telling.tell(*row, NoticeKind::Outcome));
  event.answered.push_back(report.report);
  event.closes = true;
  event.repeat = true;
  event.inform_by = telling.inform_by();
  event.parties = std::move(telling.parties());
  event.notices = std::move(telling.notices());
  TRY(context.append(case_id, event));
  return {};
}

}  // namespace

bool drawn(const Environment& env, const Hash16& what) {
  const Hash16 lot = env.hasher->item("drawn", bytes_of(what));
  std::uint32_t number = 0;
  std::memcpy(&number, lot.data(), sizeof number);
  return static_cast<double>(number) < env.blind_share * 4294967296.0;
}

Result<std::optional<Settlement>> judged_already(Context& context, const ReportCommand& command,
                                                 const ReportedItem& item, const ItemRow& known) {
  if (known.state != ItemState::Decided || !plain(command) || known.lane == policy::Lane::Life ||
      item.evidence.provenance == Provenance::Reporter || !has_text(item) || item.evidence.text.empty() ||
      known.text_key != context.env().hasher->item("text", item.evidence.text)) {
    return std::nullopt;
  }
  auto decision = TRY(ledger::get<DecisionRow>(context.tx(), known.decision));
  const policy::Clause* judged = decision ? context.policy().find(decision->clause) : nullptr;
  // Only what a person judged holds, here or on a copy, and only under the wording that is in force.
  if (judged == nullptr || !(decision->staff || TRY(carried_over(context.tx(), known.id))) ||
      decision->reversed_seq != 0 || !judged->machine_may_repeat || decision->clause_version != judged->version) {
    return std::nullopt;
  }
  const SpokenOf spoken = spoken_of(context.policy(), command, item);
  if (spoken.unknown || about_life(spoken, command, item)) {
    return std::nullopt;
  }
  const bool acted = decision->outcome == Outcome::Violation && decision->restrictions != 0;
  for (const policy::Clause* clause : spoken.clauses) {
    // What was found harmless under one clause was not asked under another.
    if (!clause->machine_may_repeat || (!acted && clause != judged)) {
      return std::nullopt;
    }
  }
  Settlement out;
  out.item = known.id;
  out.step = SettleStep::Close;
  out.basis = SettleBasis::Judged;
  out.outcome = decision->outcome;
  out.clause = decision->clause;
  out.decision = decision->id;
  Hash16 row{};
  std::copy(known.id.value.bytes.begin(), known.id.value.bytes.end(), row.begin());
  if (drawn(context.env(), row)) {
    return std::nullopt;  // settlement_of finds the same again and marks it
  }
  return out;
}

Result<Settlement> settlement_of(Context& context, const ReportCommand& command, const ReportedItem& item,
                                 const std::optional<ItemRow>& known, bool own_case) {
  const Environment& env = context.env();
  const Evaluator::Finding& finding = item.evidence.finding;
  const policy::Policy& policy = context.policy();
  Settlement out;
  TRY(find_alike(context, item, out));
  const SpokenOf spoken = spoken_of(policy, command, item);
  const bool life = about_life(spoken, command, item);
  const bool trusted = item.evidence.provenance != Provenance::Reporter;
  const policy::Clause* found = finding.any ? policy.find(finding.clause) : nullptr;
  out.rule = finding.rule;
  for (const auto& [start, end] : finding.spans) {
    out.spans.push_back({static_cast<std::int64_t>(start), static_cast<std::int64_t>(end)});
  }

  const bool alone = own_case && trusted && !life && !known && !item.evidence.deleted && !item.evidence.media;
  if (alone && plain(command) && !spoken.unknown) {
    if (auto copied = TRY(decision_on_copy(context, out, item.kind));
        copied && copy_holds(policy, *copied, spoken.clauses, found, command.about)) {
      const policy::Clause& clause = *policy.find(copied->clause);
      out.basis = SettleBasis::Copy;
      out.outcome = copied->outcome;
      out.clause = clause.id;
      out.decision = copied->id;
      out.rule.clear();
      out.spans.clear();
      out.step = copied->outcome == Outcome::Violation ? SettleStep::Act : SettleStep::Close;
      for (const OrderKind kind : orders_in(copied->restrictions)) {
        if (const auto action = static_cast<ActionKind>(kind);
            std::find(clause.copy_actions.begin(), clause.copy_actions.end(), action) != clause.copy_actions.end()) {
          out.actions.push_back(kind);
        }
      }
      draw(env, env.hasher->item("copy", item.external_id + "\n" + item.evidence.text), out);
      return out;
    }
  }
  if (found != nullptr && finding.acts && found->machine_may_act && found->lane == policy::Lane::Rest &&
      !finding.actions.empty() && trusted && own_case && !life && !item.evidence.deleted) {
    out.step = SettleStep::Act;
    out.basis = SettleBasis::Finding;
    out.outcome = Outcome::Violation;
    out.clause = found->id;
    out.actions = orders_of(finding.actions);
    return out;
  }
  // Judged, and drawn: or the clause does not let a machine close it, but it is worth knowing.
  auto judged =
      known && known->state == ItemState::Decided && known->text_key == env.hasher->item("text", item.evidence.text)
          ? TRY(ledger::get<DecisionRow>(context.tx(), known->decision))
          : std::optional<DecisionRow>{};
  if (judged && (judged->staff || TRY(carried_over(context.tx(), known->id))) && judged->reversed_seq == 0 &&
      !(life && judged->outcome == Outcome::NoViolation)) {
    out.basis = SettleBasis::Judged;
    out.outcome = judged->outcome;
    out.clause = judged->clause;
    out.decision = judged->id;
    out.actions = orders_in(judged->restrictions);
    Hash16 row{};
    std::copy(known->id.value.bytes.begin(), known->id.value.bytes.end(), row.begin());
    out.step = SettleStep::Propose;
    if (own_case && trusted && drawn(env, row) && plain(command)) {
      const policy::Clause* clause = policy.find(judged->clause);
      if (clause != nullptr && clause->machine_may_repeat && clause->lane != policy::Lane::Life &&
          known->lane != policy::Lane::Life) {
        out.step = SettleStep::Close;
        out.blind = true;
      }
    }
    return out;
  }
  if (found != nullptr) {
    out.step = SettleStep::Propose;
    out.basis = SettleBasis::Finding;
    out.outcome = Outcome::Violation;
    out.clause = found->id;
    out.actions = proposed_actions(*found);
    return out;
  }
  const bool readable =
      has_text(item) && !item.evidence.text.empty() && !item.evidence.media && finding.judged && !finding.any;
  if (readable && !life && trusted) {
    const policy::Clause* clause = clean_clause(spoken, finding.highest);
    if (clause != nullptr) {
      out.basis = SettleBasis::Clean;
      out.outcome = Outcome::NoViolation;
      out.clause = clause->id;
      out.step = SettleStep::Propose;
      if (own_case && plain(command) && command.about != About::Me && !item.evidence.deleted) {
        out.step = SettleStep::Close;
        draw(env, env.hasher->item("text", item.external_id + "\n" + item.evidence.text), out);
      }
      return out;
    }
  }
  if (out.alike) {
    out.step = SettleStep::Propose;  // what a person decides on the other
    out.basis = SettleBasis::Alike;
  }
  return out;
}

Result<void> carry_out(Context& context, CaseId case_id, const ReportReceived& report, const ReportCommand& command) {
  if (report.items.empty() && !report.machine.empty()) {
    return tell_judged(context, case_id, report);
  }
  for (const Settlement& settled : report.machine) {
    if (settled.blind || (settled.step != SettleStep::Close && settled.step != SettleStep::Act)) {
      continue;
    }
    ItemVerdict verdict;
    verdict.item = settled.item;
    verdict.outcome = settled.outcome;
    verdict.clause = settled.clause;
    if (settled.step == SettleStep::Act) {
      for (OrderKind kind : settled.actions) {
        verdict.actions.push_back({static_cast<ActionKind>(kind), {}});
      }
      auto item = TRY(ledger::get<ItemRow>(context.tx(), settled.item));
      for (const ReportedItem& reported : command.items) {
        if (item && item->key == context.env().hasher->item(name_of(reported.kind), reported.external_id)) {
          verdict.facts = facts_of(reported, settled.spans);
        }
      }
    }
    const bool copy = settled.basis == SettleBasis::Copy;
    const std::string rule = settled.step == SettleStep::Close || copy
                                 ? "settle/" + std::string(name_of(settled.basis)) + "@" + context.policy().version
                             : settled.rule.empty() ? "settle/finding@" + context.policy().version
                                                    : settled.rule;
    TRY(decide_by_rule(context, {case_id, rule, {std::move(verdict)}, copy}));
  }
  return {};
}

// --- what is read ------------------------------------------------------------------------------------------

namespace {

/// The newest decision by a person on an item like this one.
Result<std::optional<DecisionRow>> decided_alike(ledger::View& view, const SettlementRow& row) {
  const ItemId first = row.alike.value_or(row.item);
  std::optional<DecisionRow> newest;
  auto consider = [&](DecisionId id) -> Result<void> {
    auto decision = id ? TRY(ledger::get<DecisionRow>(view, id)) : std::optional<DecisionRow>{};
    if (decision && decision->staff && decision->reversed_seq == 0 && decision->item != row.item &&
        (!newest || decision->id > newest->id)) {
      newest = std::move(decision);
    }
    return {};
  };
  if (auto of_group = TRY(ledger::get<AlikeRow>(view, first))) {
    TRY(consider(of_group->decision));
  }
  if (auto item = TRY(ledger::get<ItemRow>(view, first)); item && item->state == ItemState::Decided) {
    TRY(consider(item->decision));
  }
  return newest;
}

}  // namespace

Result<std::optional<Proposal>> proposal_of(ledger::View& view, const ItemRow& item) {
  auto row =
      item.state == ItemState::Open ? TRY(ledger::get<SettlementRow>(view, item.id)) : std::optional<SettlementRow>{};
  if (!row || row->blind) {
    return std::nullopt;
  }
  Proposal out;
  // An earlier judgement of this very post is its own, not a like one's.
  if (auto decision = TRY(decided_alike(view, *row));
      decision && decision->id != row->decision &&
      !(item.lane == policy::Lane::Life && decision->outcome == Outcome::NoViolation)) {
    out.basis = SettleBasis::Alike;
    out.outcome = decision->outcome;
    out.clause = decision->clause;
    out.actions = orders_in(decision->restrictions);
    out.like = decision->item;
    out.decision = decision->id;
    out.likeness = row->likeness == 0 ? 100 : row->likeness;
    return out;
  }
  if (row->step != SettleStep::Propose || row->basis == SettleBasis::Alike) {
    return std::nullopt;
  }
  out.basis = row->basis;
  out.outcome = row->outcome;
  out.clause = row->clause;
  out.actions = orders_in(row->actions);
  out.decision = row->decision;
  Result<void> inner;
  TRY(view.case_events(row->case_id, static_cast<std::uint64_t>(row->seq - 1), [&](const ledger::StoredEvent& event) {
    auto report = read_event<ReportReceived>(event.header);
    if (!report) {
      inner = tl::unexpected(report.error());
      return false;
    }
    for (const Settlement& settled : report->machine) {
      if (settled.item == item.id) {
        out.rule = settled.rule;
        out.spans = settled.spans;
      }
    }
    return false;
  }));
  TRY(std::move(inner));
  return out;
}

Result<std::vector<SettleFigure>> settle_figures(ledger::View& view, Time from, Time to) {
  const auto first = std::chrono::floor<std::chrono::days>(from).time_since_epoch().count();
  const auto last = std::chrono::ceil<std::chrono::days>(to).time_since_epoch().count();
  std::map<std::pair<std::string, SettleBasis>, SettleFigure> sums;
  auto after = ledger::cells(static_cast<std::int64_t>(first) - 1);
  TRY(ledger::scan<SettleDayRow>(view, {.after = after}, [&](const SettleDayRow& row) {
    if (row.day < first || row.day >= last) {
      return row.day < last;
    }
    SettleFigure& sum = sums[{row.clause, row.basis}];
    sum.clause = row.clause, sum.basis = row.basis;
    sum.closed += row.closed, sum.acted += row.acted, sum.sampled += row.sampled, sum.checked += row.checked;
    sum.overturned += row.overturned, sum.reversed += row.reversed, sum.proposed += row.proposed;
    sum.decided += row.decided, sum.agreed += row.agreed;
    return true;
  }));
  std::vector<SettleFigure> out;
  for (auto& [key, sum] : sums) {
    out.push_back(std::move(sum));
  }
  return out;
}

}  // namespace heed::casework
