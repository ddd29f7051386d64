#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "casework/tables.h"
#include "ledger/store.h"

/// The figures of the EU's harmonised transparency report that a case store must be able to give: Implementing
/// Regulation (EU) 2024/2835, files 4 to 7. Computed from rows and events; writing the CSV files is `figures`'
/// business.
namespace heed::casework {

/// Half-open.
struct Period {
  Time from{}, to{};
};

/// File 4, one category: notices received in the period, what became of them.
struct NoticeFacts {
  std::int64_t notices = 0, notices_trusted = 0;
  std::int64_t items = 0, items_trusted = 0;
  std::optional<Millis> median_to_act, median_to_act_trusted;  ///< receipt → decision, of decided items
  std::int64_t on_law = 0, on_law_trusted = 0;                 ///< measures on the ground of law
  std::int64_t on_terms = 0, on_terms_trusted = 0;
};

/// Files 5 (illegal) and 6 (terms), one category: measures on own initiative.
struct InitiativeFacts {
  std::int64_t measures = 0, solely_automated_detection = 0;
  std::int64_t removed = 0, disabled = 0, demoted = 0, age_restricted = 0, interaction_restricted = 0, labelled = 0,
               visibility_other = 0;
  std::int64_t monetary_suspended = 0, monetary_terminated = 0, monetary_other = 0;
  std::int64_t service_suspended = 0, service_terminated = 0;
  std::int64_t account_suspended = 0, account_terminated = 0;
};

/// One indicator of file 7.
struct ComplaintFacts {
  std::int64_t total = 0, upheld = 0, partly_reversed = 0, reversed = 0, omitted = 0;
  std::optional<Millis> median_time;
};
struct AppealFacts {
  ComplaintFacts all, against_restriction, against_no_action, against_no_action_trusted;
  ComplaintFacts outside;                ///< out-of-court dispute settlement
  std::int64_t outside_implemented = 0;  ///< of its decided ones
  std::int64_t suspended_illegal = 0, suspended_notices = 0, suspended_complaints = 0;
};

struct TransparencyFacts {
  std::map<std::string, NoticeFacts> notices;  ///< by DSA category
  std::map<std::string, InitiativeFacts> initiative_law, initiative_terms;
  AppealFacts appeals;
};

/// A notice counts by when it was received, a measure and a suspension by when it was taken, a complaint by when it was
/// filed. A notice's category is that of the decision on it, until then that of the clause its symptoms point to.
Result<TransparencyFacts> transparency_facts(ledger::View& view, const policy::Policy& policy, const Period& period);

}  // namespace heed::casework
