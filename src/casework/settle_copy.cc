#include "casework/settle_copy.h"

#include <algorithm>

#include "casework/decisions.h"
#include "casework/sealed.h"

namespace heed::casework {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Without handles and white space, in lower case (ASCII), without closing '.' and '!'.
std::string as_written(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \t\r\n", i), text.size());
    const std::string_view word = text.substr(i, end - i);
    if (!word.starts_with('@') || word.size() == 1) {
      out += word;
      out += ' ';
    }
    for (i = end; i < text.size() && is_space(text[i]); ++i) {
    }
  }
  while (!out.empty() && (out.back() == ' ' || out.back() == '.' || out.back() == '!')) {
    out.pop_back();
  }
  for (char& c : out) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

/// The Settlement that was made of an item.
Result<std::optional<Settlement>> made_of(ledger::View& view, const SettlementRow& row) {
  std::optional<Settlement> out;
  Result<void> inner;
  TRY(view.case_events(row.case_id, static_cast<std::uint64_t>(row.seq - 1), [&](const ledger::StoredEvent& event) {
    auto report = read_event<ReportReceived>(event.header);
    if (!report) {
      inner = tl::unexpected(report.error());
      return false;
    }
    for (Settlement& settled : report->machine) {
      if (settled.item == row.item) {
        out = std::move(settled);
      }
    }
    return false;
  }));
  TRY(std::move(inner));
  return out;
}

Result<bool> disputed(ledger::View& view, const DecisionRow& decision) {
  bool out = decision.reversed_seq != 0;
  auto key = ledger::cells(decision.id);
  TRY(ledger::scan<AppealRow>(view, {.index = AppealRow::kByDecision, .prefix = key},
                              [&](const AppealRow& appeal) { out = out || appeal.decided_at == Time{}; }));
  return out;
}

/// What a person said of an item, or of the one whose decision a machine carried over to it.
struct Said {
  std::optional<DecisionRow> decision;
  bool disputed = false;  ///< taken back, or somebody complains: of the one or the other
};

Result<Said> said_of(ledger::View& view, const ItemRow& item, const SettlementRow& row) {
  Said out;
  auto decision = TRY(ledger::get<DecisionRow>(view, item.decision));
  if (!decision) {
    return out;
  }
  out.disputed = TRY(disputed(view, *decision));
  if (!decision->staff) {
    decision = row.basis == SettleBasis::Copy ? TRY(ledger::get<DecisionRow>(view, row.decision))
                                              : std::optional<DecisionRow>{};
    if (!decision || !decision->staff) {
      return out;
    }
    out.disputed = out.disputed || TRY(disputed(view, *decision));
  }
  out.decision = std::move(decision);
  return out;
}

}  // namespace

Hash16 written_key(const Environment& env, const ReportedItem& item) {
  return env.hasher->item("written", as_written(item.evidence.text));
}

Hash16 aimed_key(const Environment& env, const ReportedItem& item) {
  std::vector<std::string> targets = item.evidence.targets;
  std::sort(targets.begin(), targets.end());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  std::string all;
  for (const std::string& target : targets) {
    all.append(target).append(1, '\n');
  }
  return all.empty() ? Hash16{} : env.hasher->item("aimed", all);
}

Result<std::optional<DecisionRow>> decision_on_copy(Context& context, const Settlement& what, ItemKind kind) {
  if (what.same == Hash16{} || what.written == Hash16{}) {
    return std::nullopt;
  }
  std::vector<SettlementRow> rows;
  auto key = ledger::cells(what.same);
  TRY(ledger::scan<SettlementRow>(
      context.tx(),
      {.index = SettlementRow::kBySame, .prefix = key, .after = {}, .descending = true, .limit = kCopiesLookedAt},
      [&](const SettlementRow& row) { rows.push_back(row); }));
  std::optional<DecisionRow> newest;
  for (const SettlementRow& row : rows) {
    auto item = TRY(ledger::get<ItemRow>(context.tx(), row.item));
    if (!item || item->state != ItemState::Decided) {
      continue;
    }
    Said said = TRY(said_of(context.tx(), *item, row));
    if (said.disputed) {
      return std::nullopt;
    }
    const policy::Clause* clause = said.decision ? context.policy().find(said.decision->clause) : nullptr;
    if (clause == nullptr) {
      continue;
    }
    const auto made = TRY(made_of(context.tx(), row));
    if (!made || made->written != what.written) {
      continue;
    }
    if (newest && newest->outcome != said.decision->outcome) {
      return std::nullopt;  // people do not agree on these words
    }
    if (newest || item->kind != kind || item->lane == policy::Lane::Life || item->deleted ||
        (item->provenance != Provenance::Seen && item->provenance != Provenance::Platform) ||
        clause->machine_copies == policy::Copies::No ||
        (clause->machine_copies == policy::Copies::SameTarget && made->aimed != what.aimed)) {
      continue;
    }
    newest = std::move(said.decision);
  }
  return newest;
}

Result<bool> carried_over(ledger::View& view, ItemId item) {
  auto row = TRY(ledger::get<SettlementRow>(view, item));
  return row && row->basis == SettleBasis::Copy && !row->blind &&
         (row->step == SettleStep::Close || row->step == SettleStep::Act);
}

bool copy_holds(const policy::Policy& policy, const DecisionRow& decision,
                const std::vector<const policy::Clause*>& spoken, const policy::Clause* found, About about) {
  const policy::Clause* judged = policy.find(decision.clause);
  if (judged == nullptr || judged->lane == policy::Lane::Life || decision.clause_version != judged->version ||
      (found != nullptr && found != judged && found->severity >= judged->severity)) {
    return false;
  }
  const bool violation = decision.outcome == Outcome::Violation;
  if (violation) {
    return std::any_of(judged->copy_actions.begin(), judged->copy_actions.end(), [&](policy::ActionKind kind) {
      return (decision.restrictions & (1 << static_cast<int>(kind))) != 0;
    });
  }
  return about != About::Me && (found == nullptr || found == judged) &&
         std::all_of(spoken.begin(), spoken.end(), [&](const policy::Clause* clause) { return clause == judged; });
}

}  // namespace heed::casework
