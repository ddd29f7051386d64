#include "casework/telling_order.h"

namespace heed::casework {

Result<bool> waits_for_reporter(ledger::View& view, const NoticeRow& notice, Time now) {
  if (!is_statement(notice.kind) || now - notice.due >= kStatementWaits) {
    return false;
  }
  bool waits = false;
  auto prefix = ledger::cells(notice.case_id);
  auto from = ledger::cells(notice.id);
  auto look = [&](const NoticeRow& other) {  // the notices of one event lie side by side
    if (other.seq != notice.seq) {
      return false;
    }
    waits = is_outcome(other.kind) && other.state == NoticeState::Queued && other.pending_from &&
            *other.pending_from <= now;
    return !waits;
  };
  TRY(ledger::scan<NoticeRow>(view, {.index = NoticeRow::kByCase, .prefix = prefix, .after = from, .descending = true},
                              look));
  if (!waits) {
    TRY(ledger::scan<NoticeRow>(view, {.index = NoticeRow::kByCase, .prefix = prefix, .after = from}, look));
  }
  return waits;
}

Result<bool> is_readable(ledger::View& view, const NoticeRow& notice, Time now) {
  if (notice.due > now) {
    return false;  // a statement that waits for somebody's safety cannot be read before
  }
  const bool sent = notice.channel != Channel::Page && notice.state == NoticeState::Delivered;
  return sent ? Result<bool>(true) : Result<bool>(!TRY(waits_for_reporter(view, notice, now)));
}

}  // namespace heed::casework
