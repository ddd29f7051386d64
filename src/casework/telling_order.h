#pragma once
#include "casework/tables.h"
#include "ledger/store.h"

/// The reporter is told first. One rule for what is sent (outbox.h) and for what an author can read.
namespace heed::casework {

/// So long a statement of reasons waits for the outcomes of its own act, and no longer: a mailbox that is down must not
/// keep an author from reasons that are theirs by law.
inline constexpr Millis kStatementWaits = std::chrono::minutes(45);

inline bool is_statement(NoticeKind kind) {
  return kind == NoticeKind::StatementOfReasons || kind == NoticeKind::StatementReversed;
}
inline bool is_outcome(NoticeKind kind) { return kind == NoticeKind::Outcome || kind == NoticeKind::OutcomeReversed; }

/// Whether an outcome of the statement's own event is due and neither delivered nor dead. False for other notices.
Result<bool> waits_for_reporter(ledger::View& view, const NoticeRow& notice, Time now);

/// Whether a notice can be read by whom it is for: its time has come, and it waits for nobody.
Result<bool> is_readable(ledger::View& view, const NoticeRow& notice, Time now);

}  // namespace heed::casework
