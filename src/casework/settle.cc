#include "casework/settle.h"

#include <algorithm>
#include <set>

#include "casework/decisions.h"
#include "casework/digest.h"

namespace heed::casework {
namespace {

constexpr Millis kDigestEvery = std::chrono::hours(24);

}  // namespace
Result<const std::vector<ReportRow>*> Coverage::whole_piles(CaseId case_id) {
  if (auto it = piles_.find(case_id); it != piles_.end()) {
    return &it->second;
  }
  std::vector<ReportRow> found;
  CaseRow* row = TRY(context_.case_row(case_id));
  if (row->pile != PileState::None) {
    auto key = ledger::cells(case_id);
    TRY(ledger::scan<ReportRow>(context_.tx(), {.index = ReportRow::kByCase, .prefix = key},
                                [&](const ReportRow& report) {
                                  if (report.whole_pile && report.state != ReportState::Withdrawn) {
                                    found.push_back(report);
                                  }
                                }));
  }
  return &piles_.emplace(case_id, std::move(found)).first->second;
}

Result<Coverage::Of> Coverage::of(const ItemRow& item) {
  Of out;
  std::set<CaseId> others;
  std::vector<ReportId> named;
  auto key = ledger::cells(item.id);
  TRY(ledger::scan<ReportItemRow>(context_.tx(), {.prefix = key},
                                  [&](const ReportItemRow& row) { named.push_back(row.report); }));
  for (ReportId id : named) {
    auto report = TRY(ledger::get<ReportRow>(context_.tx(), id));
    if (report && report->state != ReportState::Withdrawn) {
      others.insert(report->case_id);
      out.reports.push_back(std::move(*report));
    }
  }
  TRY(ledger::scan<CaseRefRow>(context_.tx(), {.index = CaseRefRow::kByItem, .prefix = key},
                               [&](const CaseRefRow& row) { others.insert(row.case_id); }));
  others.insert(item.case_id);
  for (CaseId id : others) {
    const std::vector<ReportRow>* whole = TRY(whole_piles(id));
    for (const ReportRow& report : *whole) {
      if (std::find(named.begin(), named.end(), report.id) == named.end()) {
        out.reports.push_back(report);
      }
    }
  }
  others.erase(item.case_id);
  out.others.assign(others.begin(), others.end());
  std::sort(out.reports.begin(), out.reports.end(), [](const ReportRow& a, const ReportRow& b) { return a.id < b.id; });
  return out;
}

Result<bool> Telling::tell(int party, NoticeKind kind, Channel channel, Ulid about, Time not_before) {
  auto row = TRY(context_.party(case_, party));
  if (!row || !row->person || row->slot == 0) {
    return false;
  }
  const bool numbered = row->number || std::any_of(parties_.begin(), parties_.end(), [&](const NewParty& p) {
                          return p.party == party && p.number != 0;
                        });
  if (!numbered) {
    NewParty told;
    told.party = party;
    const Context::Number number = context_.mint_number(row->slot);
    told.number = number.number;
    told.by_slot = number.by_slot;
    parties_.push_back(std::move(told));
  }
  if (channel == Channel::Mail && !context_.env().mail) {
    channel = Channel::Page;
  }
  QueuedNotice notice{context_.mint<NoticeId>(), party, kind, channel, not_before, about};
  if (channel == Channel::Mail && not_before == Time{}) {
    const CaseRow* home = TRY(context_.case_row(case_));
    const Environment& env = context_.env();
    if (auto mailbox = TRY(mailbox_of(context_.tx(), *env.keys, *env.hasher, *row))) {
      notice.gather_until = TRY(gather_until(context_, *mailbox, kind, home->lane));
    }
  }
  notices_.push_back(notice);
  return true;
}

Result<bool> Telling::tell(const ReportRow& report, NoticeKind kind) {
  Time not_before{};
  if (report.whole_pile && kind == NoticeKind::Outcome && report.answer_by == Channel::Mail && context_.env().mail) {
    // Whoever reported a whole pile hears of the first decision at once and of the others once a day, not 600 times.
    auto now = TRY(ledger::get<ReportRow>(context_.tx(), report.id));
    const Time told = now ? now->told_from : Time{};
    if (told > context_.now()) {
      return true;  // what waits will tell it, too
    }
    not_before = told != Time{} && told + kDigestEvery > context_.now() ? told + kDigestEvery : Time{};
  }
  return tell(report.party, kind, report.answer_by, report.id.value, not_before);
}

void Telling::order(const OrderedAction& action) {
  if (context_.env().platform_channel == Channel::Webhook) {
    notices_.push_back(
        {context_.mint<NoticeId>(), 0, NoticeKind::ActionOrdered, Channel::Webhook, {}, action.action.value});
  }
}

void Telling::alarm(Ulid about) {
  const Environment& env = context_.env();
  const bool anybody = env.alarm_channel != Channel::Page || !env.rota_next.empty();
  notices_.push_back({context_.mint<NoticeId>(),
                      0,
                      NoticeKind::Alarm,
                      env.alarm_channel,
                      {},
                      about,
                      /*rings=*/true,
                      anybody ? context_.now() + env.alarm_escalates : Time{}});
}

Time Telling::inform_by() const {
  const bool any = std::any_of(notices_.begin(), notices_.end(), [](const QueuedNotice& n) {
    return n.party != 0 && n.channel != Channel::Page && n.not_before == Time{} && n.gather_until == Time{};
  });
  return any ? context_.now() + context_.policy().clocks.inform : Time{};
}

Result<std::uint64_t> Telling::case_slot() {
  if (case_slot_ == 0) {
    auto row = TRY(context_.party(case_, 0));
    if (row && row->slot != 0) {
      case_slot_ = static_cast<std::uint64_t>(row->slot);
    } else {
      case_slot_ = TRY(context_.env().keys->allocate());
      NewParty own;
      own.roles = kStaffNotes;
      own.slot = static_cast<std::int64_t>(case_slot_);
      parties_.push_back(std::move(own));
    }
  }
  return case_slot_;
}

Result<bool> open_elsewhere(Context& context, CaseId case_id, const std::vector<ItemId>& besides) {
  bool open = false;
  Result<void> inner;
  auto key = ledger::cells(case_id);
  TRY(ledger::scan<CaseRefRow>(context.tx(), {.prefix = key}, [&](const CaseRefRow& ref) {
    if (std::find(besides.begin(), besides.end(), ref.item) != besides.end()) {
      return true;
    }
    auto item = ledger::get<ItemRow>(context.tx(), ref.item);
    if (!item) {
      inner = tl::unexpected(item.error());
      return false;
    }
    open = *item && (*item)->state == ItemState::Open;
    return !open;
  }));
  TRY(std::move(inner));
  return open;
}

Result<void> settle_elsewhere(Context& context, Coverage& coverage, const std::vector<SettledItem>& items,
                              bool reversed, CaseId skip_case, int skip_party) {
  struct Other {
    std::vector<SettledItem> items;
    std::map<ReportId, ReportRow> reports;
  };
  std::map<CaseId, Other> others;
  for (const SettledItem& settled : items) {
    auto item = TRY(ledger::get<ItemRow>(context.tx(), settled.item));
    if (!item) {
      continue;
    }
    Coverage::Of covered = TRY(coverage.of(*item));
    for (CaseId id : covered.others) {
      others[id].items.push_back(settled);
    }
    for (const ReportRow& report : covered.reports) {
      if (report.case_id != item->case_id) {
        others[report.case_id].reports.emplace(report.id, report);
      }
    }
  }
  for (auto& [case_id, other] : others) {
    CaseRow* row = TRY(context.case_row(case_id));
    Telling telling(context, case_id);
    ItemsSettled event;
    event.items = std::move(other.items);
    event.reversed = reversed;
    event.closes = !reversed && row->open() && row->items_open == 0 && !pile_grows(*row) &&
                   !TRY(open_elsewhere(context, case_id, {}));
    std::set<ReportId> answered;
    for (const auto& [id, report] : other.reports) {
      if (!(case_id == skip_case && report.party == skip_party)) {
        TRY(telling.tell(report, reversed ? NoticeKind::OutcomeReversed : NoticeKind::Outcome));
      }
      auto now = TRY(ledger::get<ReportRow>(context.tx(), id));
      if (!reversed && now && !now->whole_pile && now->items_open == 0 && now->state == ReportState::Received) {
        answered.insert(id);
      }
    }
    if (event.closes) {
      for (const ReportRow& report : *TRY(coverage.whole_piles(case_id))) {
        answered.insert(report.id);
      }
    }
    event.answered.assign(answered.begin(), answered.end());
    event.inform_by = telling.inform_by();
    event.parties = std::move(telling.parties());
    event.notices = std::move(telling.notices());
    if (!event.notices.empty() || !event.answered.empty() || event.closes) {
      TRY(context.append(case_id, event));
    }
  }
  return {};
}

Result<bool> close_if_settled(Context& context, CaseId case_id) {
  CaseRow* row = TRY(context.case_row(case_id));
  if (!row->open() || row->items_open > 0 || pile_grows(*row) || TRY(open_elsewhere(context, case_id, {}))) {
    return false;
  }
  ItemsSettled event;
  event.closes = true;
  auto key = ledger::cells(case_id);
  TRY(ledger::scan<ReportRow>(context.tx(), {.index = ReportRow::kByCase, .prefix = key}, [&](const ReportRow& report) {
    if (report.state == ReportState::Received) {
      event.answered.push_back(report.id);
    }
  }));
  TRY(context.append(case_id, event));
  return true;
}

Result<EventView> event_view(ledger::View& view, CaseId case_id, std::int64_t seq) {
  EventView out;
  Result<void> inner;
  TRY(view.case_events(case_id, static_cast<std::uint64_t>(seq - 1), [&](const ledger::StoredEvent& stored) {
    JsonParser parser(64);
    auto header = parser.parse(stored.header);
    if (!header) {
      inner = tl::unexpected(header.error());
      return false;
    }
    out.kind = header->get_string("kind");
    out.joined_later = header->get_bool("joined_later");
    (*header)["symptoms"].each([&](Json s) { out.symptoms.emplace_back(s.string().value_or("")); });
    return false;
  }));
  TRY(std::move(inner));
  return out;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace heed::casework
