#pragma once
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "casework/agreement.h"
#include "casework/context.h"
#include "casework/queue.h"
#include "casework/walls.h"

/// Blind second looks: a share of what people decide is looked at by another person who does not know what the first
/// one said; among these are posts of the golden set, to which leads know the answer, and nobody sees which is which.
/// What is answered changes nothing outside: no order, no letter, no figure of decisions. Two who differ go to the
/// leads.
///
/// Operational rows, not projections: how the house keeps its own measure, in no case's ledger, and in no public
/// figure. They hold ids and words of the policy, no text.
namespace heed::casework {

struct LookTag {
  static constexpr std::string_view prefix = "slk_";
};
using LookId = Id<LookTag>;

enum class LookKind : std::uint8_t { Double, Golden };
/// Waiting: for anybody else, or (golden) for whom it was drawn. Settled: a lead has seen that two differ.
enum class LookState : std::uint8_t { Waiting, Held, Answered, Settled };

template <>
struct EnumNames<LookKind> {
  static constexpr std::array<std::string_view, 2> names{"double", "golden"};
};
template <>
struct EnumNames<LookState> {
  static constexpr std::array<std::string_view, 4> names{"waiting", "held", "answered", "settled"};
};

struct SecondLookRow {
  LookId id;
  LookKind kind{};
  LookState state{};
  ItemId item;  ///< golden: chosen when it is taken
  CaseId case_id;
  DecisionId decision;
  StaffId first, second;  ///< who decided; who looks
  Outcome outcome{}, answer{};
  std::string clause, answer_clause, language;
  bool differs = false;
  Time at{}, held_until{}, answered_at{};
  std::optional<Time> waiting_since;  ///< doubles until they are answered: held too long they go to somebody else
  std::optional<StaffId> waits_for;   ///< who holds it, or for whom a golden one was drawn
  std::optional<Time> for_leads;      ///< since when two differ, until a lead has settled it

  auto tie() {
    return std::tie(id, kind, state, item, case_id, decision, first, second, outcome, answer, clause, answer_clause,
                    language, differs, at, held_until, answered_at, waiting_since, waits_for, for_leads);
  }
  static const ledger::TableDef& table();
  static constexpr int kByWaiting = 0, kByStaff = 1, kByLeads = 2;
};

/// A post to which leads know the answer.
struct GoldenRow {
  ItemId item;
  CaseId case_id;
  Outcome outcome{};
  std::string clause, language;
  std::int64_t why_seq = 0;  ///< the note that says why, sealed in its case
  StaffId by;
  Time at{}, expires_at{};
  std::optional<Time> active_until;  ///< null once taken out
  auto tie() { return std::tie(item, case_id, outcome, clause, language, why_seq, by, at, expires_at, active_until); }
  static const ledger::TableDef& table();
  static constexpr int kByActive = 0;
};

/// Who has had which golden post: nobody gets one twice.
struct GoldenSeenRow {
  StaffId staff;
  ItemId item;
  auto tie() { return std::tie(staff, item); }
  static const ledger::TableDef& table();
};

/// Counts by the day of the answer. Golden: the set's answer is the first look.
struct AgreementRow {
  std::int64_t day = 0;
  std::string clause, language;
  LookKind kind{};
  std::int64_t both = 0, first_only = 0, second_only = 0, neither = 0;
  auto tie() { return std::tie(day, clause, language, kind, both, first_only, second_only, neither); }
  static const ledger::TableDef& table();
};

/// How often somebody differed: from the other, whoever was first, or from the golden set.
struct LookerRow {
  std::int64_t day = 0;
  StaffId staff;
  std::int64_t looks = 0, differed = 0;
  auto tie() { return std::tie(day, staff, looks, differed); }
  static const ledger::TableDef& table();
};

std::vector<const ledger::TableDef*> second_look_tables();

/// Draws among what a person has just decided, by a keyed hash of the decision: Environment::second_look_share for
/// another person, Environment::golden_share as golden posts for the same one. Nothing under a sealed clause, in the
/// lane for threats to life, or known from a reporter only.
Result<void> draw_second_looks(Context& context, StaffId staff, const std::vector<DecisionId>& decisions);

struct TakeLook {
  StaffId staff;
  std::vector<StaffId> selves;  ///< every log-in of the same person
  const Wall* wall = nullptr;
  std::function<bool(const std::string&)> may_work_in;  ///< may they in this queue?
  Spared spared = {};                                   ///< what they are to be spared
};
/// What this person holds already; else a golden post drawn for them that they have not had; else the double that has
/// waited longest, never of their own decision nor behind their wall. Held for half an hour. Nothing when there is
/// none, or a threat to life or a fear waits in one of their queues: that comes first.
Result<std::optional<SecondLookRow>> take_second_look(Context& context, const TakeLook& who);

struct LookAnswer {
  StaffId staff;
  LookId look;
  Outcome outcome{};
  std::string clause;  ///< of a violation
};
struct AnsweredLook {
  SecondLookRow row;
  std::int64_t why_seq = 0;  ///< golden: where it says why
};
/// NotFound unless they hold it; InvalidInput by pointer.
Result<AnsweredLook> answer_second_look(Context& context, const LookAnswer& answer);
/// A lead has seen that two differ; nothing follows by itself. NotFound unless it waits for that.
Result<void> settle_second_look(Context& context, LookId look);

struct MarkGolden {
  StaffId staff;
  DecisionId decision;  ///< that stands: its outcome and clause are the answer
  std::string why;      ///< for whoever answers, sealed as a note of the case; 1-5000 characters
  Time expires_at{};    ///< at most a year ahead; none: a year
};
/// NotFound; Conflict for a decision that was reversed, or that nobody may see blind (as for draws); InvalidInput.
Result<GoldenRow> mark_golden(Context& context, const MarkGolden& command);
/// NotFound unless it is in the set.
Result<void> unmark_golden(Context& context, DecisionId decision);
Result<std::vector<GoldenRow>> golden_set(ledger::View& view, Time now);

Result<std::vector<SecondLookRow>> looks_that_differ(ledger::View& view, std::size_t most);

struct Agreement {
  std::string clause, language;
  LookKind kind{};
  Looks looks;
};
struct Looker {
  StaffId staff;
  Differs differs;
  bool stands_out = false;  ///< agreement.h
};
/// By clause, language and kind; days from `from` on and before `to`.
Result<std::vector<Agreement>> agreement_of(ledger::View& view, Time from, Time to);
Result<std::vector<Looker>> lookers_of(ledger::View& view, Time from, Time to);

}  // namespace heed::casework
