#include "casework/apply_parts.h"

/// When people were told: appeal windows and figures count from it.
namespace heed::casework {
Result<std::vector<DecisionId>> decisions_at(ledger::View& view, CaseId case_id, std::int64_t seq) {
  std::vector<DecisionId> out;
  auto key = ledger::cells(case_id, seq);
  TRY(ledger::scan<DecisionRow>(view, {.index = DecisionRow::kByCase, .prefix = key},
                                [&](const DecisionRow& d) { out.push_back(d.id); }));
  if (!out.empty()) {
    return out;
  }
  // Only `items_settled` speaks of other cases' decisions. The ledger is as good as rows in a replay: an event lies
  // there before it is applied.
  TRY(view.case_events(case_id, static_cast<std::uint64_t>(seq - 1), [&](const ledger::StoredEvent& stored) {
    JsonParser parser(64);
    auto header = parser.parse(stored.header);
    if (header && header->get_string("kind") == ItemsSettled::kKind) {
      ItemsSettled e;
      HeaderReader reader(*header);
      e.visit(reader);
      for (const SettledItem& i : e.items) {
        out.push_back(i.decision);
      }
    }
    return false;
  }));
  return out;
}

Result<std::vector<DecisionId>> decisions_told(ledger::View& view, const NoticeRow& notice, const ReportRow& report) {
  if (!report.whole_pile || notice.due <= notice.at) {
    return decisions_at(view, notice.case_id, notice.seq);
  }
  // A digest: everything from the act that began it until it was to go.
  std::vector<DecisionId> out;
  auto key = ledger::cells(notice.case_id);
  auto after = ledger::cells(notice.seq - 1);
  TRY(ledger::scan<DecisionRow>(view, {.index = DecisionRow::kByCase, .prefix = key, .after = after},
                                [&](const DecisionRow& d) {
                                  if (d.at > notice.due) {
                                    return false;
                                  }
                                  out.push_back(d.id);
                                  return true;
                                }));
  JsonParser parser(64);
  TRY(view.case_events(notice.case_id, static_cast<std::uint64_t>(notice.seq - 1),
                       [&](const ledger::StoredEvent& stored) {
                         auto header = parser.parse(stored.header);
                         if (!header || from_ms(header->get_int("at")) > notice.due) {
                           return false;
                         }
                         if (header->get_string("kind") == ItemsSettled::kKind && !header->get_bool("reversed")) {
                           ItemsSettled e;
                           HeaderReader reader(*header);
                           e.visit(reader);
                           for (const SettledItem& i : e.items) {
                             out.push_back(i.decision);
                           }
                         }
                         return true;
                       }));
  return out;
}

namespace {

Result<void> note_reporter(Rows& rows, const NoticeRow& notice) {
  auto report = TRY(rows.get<ReportRow>(ReportId{notice.about}));
  if (!report) {
    return {};
  }
  report->informed_at = std::max(report->informed_at, notice.done_at);
  TRY(rows.put(*report));
  for (DecisionId id : TRY(decisions_told(rows.tx(), notice, *report))) {
    auto decision = TRY(rows.get<DecisionRow>(id));
    if (!decision || decision->informed_reporter_at != Time{}) {
      continue;
    }
    if (report->whole_pile || TRY(rows.get<ReportItemRow>(decision->item, report->id))) {
      decision->informed_reporter_at = notice.done_at;
      TRY(rows.put(*decision));
    }
  }
  return {};
}

Result<void> note_author(Rows& rows, const NoticeRow& notice) {
  std::vector<DecisionRow> decisions;
  auto key = ledger::cells(notice.case_id, notice.seq);
  TRY(ledger::scan<DecisionRow>(rows.tx(), {.index = DecisionRow::kByCase, .prefix = key},
                                [&](const DecisionRow& d) { decisions.push_back(d); }));
  for (DecisionRow& d : decisions) {
    auto item = TRY(rows.get<ItemRow>(d.item));
    if (item && item->author == notice.party && d.informed_author_at == Time{}) {
      d.informed_author_at = notice.done_at;
      TRY(rows.put(d));
    }
  }
  return {};
}

}  // namespace

Result<void> note_told(Rows& rows, const NoticeRow& notice) {
  switch (notice.kind) {
    case NoticeKind::Outcome:
      return note_reporter(rows, notice);
    case NoticeKind::StatementOfReasons:
      return note_author(rows, notice);
    default:
      return {};
  }
}

namespace {

/// What the clock of telling people waits for; a statement that is put off has a clock of its own.
bool informs(NoticeKind kind) {
  return kind == NoticeKind::Outcome || kind == NoticeKind::OutcomeReversed || kind == NoticeKind::StatementOfReasons ||
         kind == NoticeKind::StatementReversed;
}

}  // namespace

Result<void> start_inform(Rows& rows, const EventInfo& info, const std::vector<QueuedNotice>& notices, Time inform_by) {
  if (inform_by == Time{}) {
    return {};
  }
  for (const QueuedNotice& n : notices) {
    if (informs(n.kind)) {  // known by the first of them, so that each can find it
      return start_clock(rows, info, ClockKind::Inform, n.notice.value, inform_by);
    }
  }
  return {};
}

Result<void> stop_inform(Rows& rows, const NoticeRow& notice) {
  if (!informs(notice.kind)) {
    return {};
  }
  // The notices of one event lie side by side. The next one mostly waits still, so most looks end there.
  bool waits = false;
  NoticeId first = notice.id;
  auto prefix = ledger::cells(notice.case_id);
  auto from = ledger::cells(notice.id);
  auto look = [&](const NoticeRow& other) {
    if (other.seq != notice.seq) {
      return false;
    }
    if (informs(other.kind)) {
      first = std::min(first, other.id);
      waits = waits || (other.state == NoticeState::Queued && other.due <= other.at && !other.gathered);
    }
    return !waits;
  };
  TRY(ledger::scan<NoticeRow>(rows.tx(), {.index = NoticeRow::kByCase, .prefix = prefix, .after = from}, look));
  if (!waits) {
    TRY(ledger::scan<NoticeRow>(
        rows.tx(), {.index = NoticeRow::kByCase, .prefix = prefix, .after = from, .descending = true}, look));
  }
  return waits ? Result<void>{} : stop_clock(rows, notice.case_id, ClockKind::Inform, first.value);
}

Result<void> note_told_at_once(Rows& rows, const EventInfo& info, const std::vector<QueuedNotice>& notices) {
  for (const QueuedNotice& n : notices) {
    if (n.channel != Channel::Page) {
      continue;
    }
    auto row = TRY(rows.get<NoticeRow>(n.notice));
    if (row && row->case_id == info.case_id) {
      TRY(note_told(rows, *row));
    }
  }
  return {};
}

}  // namespace heed::casework
