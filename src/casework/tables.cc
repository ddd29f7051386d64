#include "casework/tables.h"

#include "casework/figure_rows.h"
#include "casework/proposal_rows.h"
#include "casework/second_looks.h"

namespace heed::casework {
namespace {

using ledger::columns_of;
using ledger::Index;

/// Column number by name, so that an index cannot point at the wrong field after an insertion.
std::vector<int> columns(const std::vector<ledger::Column>& all, std::initializer_list<std::string_view> names) {
  std::vector<int> numbers;
  for (std::string_view name : names) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].name == name) {
        numbers.push_back(static_cast<int>(i));
      }
    }
  }
  return numbers;
}

struct IndexSpec {
  std::string_view name;
  std::initializer_list<std::string_view> by;
  bool unique = false;
  bool partial = false;
  bool gathered = false;
};
constexpr bool kPlain = false, kPartial = true, kGathered = true;  ///< hashes: see ledger::Index

template <class Row>
TableDef define(std::string_view name, std::initializer_list<std::string_view> names, int key_columns,
                std::initializer_list<IndexSpec> indexes = {}, bool projection = true) {
  TableDef table{name, columns_of<Row>(names), key_columns, {}, projection};
  for (const IndexSpec& spec : indexes) {
    table.indexes.push_back(
        Index{spec.name, columns(table.columns, spec.by), spec.unique, spec.partial, spec.gathered});
  }
  return table;
}

}  // namespace

const TableDef& CaseRow::table() {
  static const TableDef def =
      define<CaseRow>("cases",
                      {"id",
                       "kind",
                       "state",
                       "open_key",
                       "queue",
                       "route",
                       "lane",
                       "severity_rank",
                       "deadline",
                       "reporters_rank",
                       "alarm_at",
                       "alarms",
                       "target",
                       "seq",
                       "opened_at",
                       "closed_at",
                       "items",
                       "items_open",
                       "items_free",
                       "parties",
                       "reports",
                       "pile",
                       "pile_since",
                       "pile_until",
                       "pile_taken_at",
                       "pile_last_at",
                       "pile_upto",
                       "pile_done",
                       "linked",
                       "holds",
                       "silent_holds",
                       "looked",
                       "found_by",
                       "question",
                       "question_to",
                       "question_until",
                       "clock_left",
                       "clock_warns"},
                      1,
                      {{"queue", {"queue", "lane", "severity_rank", "deadline", "reporters_rank"}, false, true},
                       {"open_key", {"open_key"}, true, true},
                       {"alarm", {"alarm_at"}, false, true},
                       {"target", {"found_by"}, false, true}});
  return def;
}

const TableDef& ItemRow::table() {
  static const TableDef def =
      define<ItemRow>("items", {"id",         "case_id",    "ord",      "kind",          "key",      "state",
                                "free_in",    "single",     "lane",     "severity_rank", "claim",    "author",
                                "seq",        "provenance", "category", "outcome",       "decision", "at",
                                "created_at", "edited",     "deleted",  "text_key"},
                      1,
                      {{"key", {"key"}, kPlain, kPartial, kGathered},
                       {"case", {"case_id", "ord"}},
                       {"free", {"free_in", "lane", "severity_rank", "ord"}, false, true},
                       {"single", {"single", "lane", "severity_rank"}, false, true},
                       {"claim", {"claim"}, false, true}});
  return def;
}

const TableDef& ReportRow::table() {
  static const TableDef def =
      define<ReportRow>("reports",
                        {"id", "case_id", "party", "person", "at", "state", "seq", "items", "items_open", "whole_pile",
                         "fears", "source", "answer_by", "notes", "informed_at", "told_from", "filed_by"},
                        1, {{"person", {"person"}, kPlain, kPartial, kGathered}, {"case", {"case_id"}}});
  return def;
}

const TableDef& ReportItemRow::table() {
  static const TableDef def = define<ReportItemRow>("report_items", {"item", "report"}, 2);
  return def;
}

const TableDef& CaseRefRow::table() {
  static const TableDef def = define<CaseRefRow>("case_refs", {"case_id", "item"}, 2, {{"item", {"item"}}});
  return def;
}

const TableDef& NamedRow::table() {
  static const TableDef def = define<NamedRow>("named", {"case_id", "person", "item"}, 3, {{"item", {"item"}}});
  return def;
}

const TableDef& PileExceptRow::table() {
  static const TableDef def = define<PileExceptRow>("pile_excepts", {"case_id", "key"}, 2);
  return def;
}

const TableDef& PartyRow::table() {
  static const TableDef def = define<PartyRow>(
      "parties", {"case_id", "party", "roles", "person", "slot", "number", "seq", "channel", "locale", "found_as"}, 2,
      {{"person", {"person"}, kPlain, kPartial, kGathered}, {"number", {"found_as"}, true, true}});
  return def;
}

const TableDef& ClaimRow::table() {
  static const TableDef def = define<ClaimRow>(
      "claims", {"id", "case_id", "staff", "state", "active_for", "items", "items_left", "single", "at"}, 1,
      {{"active", {"active_for"}, false, true}, {"case", {"case_id"}}});
  return def;
}

const TableDef& LeaseRow::table() {
  static const TableDef def =
      define<LeaseRow>("leases", {"id", "expires_at"}, 1, {{"expiry", {"expires_at"}}}, /*projection=*/false);
  return def;
}

const TableDef& DecisionRow::table() {
  static const TableDef def = define<DecisionRow>("decisions",
                                                  {"id",
                                                   "case_id",
                                                   "item",
                                                   "seq",
                                                   "at",
                                                   "received_at",
                                                   "informed_reporter_at",
                                                   "informed_author_at",
                                                   "staff",
                                                   "outcome",
                                                   "clause",
                                                   "clause_version",
                                                   "ground",
                                                   "category",
                                                   "grp",
                                                   "source",
                                                   "detection",
                                                   "decision_automation",
                                                   "restrictions",
                                                   "language",
                                                   "kind",
                                                   "channel",
                                                   "reversed_seq",
                                                   "appeal",
                                                   "appealed",
                                                   "second"},
                                                  1, {{"case", {"case_id", "seq"}}, {"item", {"item"}}});
  return def;
}

const TableDef& ActionRow::table() {
  static const TableDef def = define<ActionRow>("actions",
                                                {"id", "case_id", "seq", "kind", "state", "item", "decision", "undoes",
                                                 "party", "ordered_at", "until", "confirmed_at"},
                                                1, {{"case", {"case_id"}}, {"item", {"item"}, false, true}});
  return def;
}

const TableDef& NoticeRow::table() {
  static const TableDef def = define<NoticeRow>(
      "notices",
      {"id", "case_id", "seq", "party", "kind", "channel", "state", "pending_from", "at", "done_at", "about",
       "dead_from", "due", "gathered"},
      1, {{"pending", {"pending_from"}, false, true}, {"case", {"case_id"}}, {"dead", {"dead_from"}, false, true}});
  return def;
}

const TableDef& AlarmRow::table() {
  static const TableDef def = define<AlarmRow>(
      "alarms",
      {"id", "case_id", "seq", "kind", "state", "open_from", "next_at", "at", "acknowledged_at", "level", "rung",
       "staff"},
      1, {{"open", {"open_from"}, false, true}, {"next", {"next_at"}, false, true}, {"case", {"case_id"}}});
  return def;
}

const TableDef& AttemptRow::table() {
  static const TableDef def =
      define<AttemptRow>("attempts", {"id", "tries", "next_at", "status"}, 1, {}, /*projection=*/false);
  return def;
}

const TableDef& ClockRow::table() {
  static const TableDef def = define<ClockRow>("clocks", {"case_id", "kind", "about", "next_at", "due", "alarms"}, 3,
                                               {{"next", {"next_at"}, false, true}});
  return def;
}

const TableDef& IdempotencyRow::table() {
  static const TableDef def = define<IdempotencyRow>("idempotency", {"at", "case_id", "seq", "key", "body"}, 3,
                                                     {{"key", {"key"}, kPlain, kPartial, kGathered}});
  return def;
}

const TableDef& ReliefRow::table() {
  static const TableDef def =
      define<ReliefRow>("relief", {"case_id", "party", "kind", "until", "active", "accounts"}, 3);
  return def;
}

const TableDef& BudgetRow::table() {
  static const TableDef def = define<BudgetRow>("budgets", {"clause", "day", "cases"}, 2);
  return def;
}

const TableDef& AppealRow::table() {
  static const TableDef def = define<AppealRow>("appeals",
                                                {"id", "case_id", "decision", "party", "by_reporter", "trusted", "at",
                                                 "decided_at", "seq", "outcome", "staff", "same_words", "waits"},
                                                1, {{"decision", {"decision"}}, {"waiting", {"waits"}, false, true}});
  return def;
}

const TableDef& DoomedSlotRow::table() {
  static const TableDef def = define<DoomedSlotRow>("doomed_slots", {"slot"}, 1, {}, /*projection=*/false);
  return def;
}

const TableDef& MailCountRow::table() {
  static const TableDef def =
      define<MailCountRow>("mail_counts", {"person", "kind", "day_ends", "count"}, 2, {}, /*projection=*/false);
  return def;
}

const TableDef& MailWishRow::table() {
  static const TableDef def =
      define<MailWishRow>("mail_wishes", {"person", "minute", "zone"}, 1, {}, /*projection=*/false);
  return def;
}

const TableDef& IdentityCodeRow::table() {
  static const TableDef def = define<IdentityCodeRow>("identity_codes", {"person", "key", "until", "tries_left"}, 1, {},
                                                      /*projection=*/false);
  return def;
}

const TableDef& TalkRow::table() {
  static const TableDef def =
      define<TalkRow>("talk", {"case_id", "party", "day_ends", "count", "last"}, 2, {}, /*projection=*/false);
  return def;
}

const TableDef& ErasureDueRow::table() {
  static const TableDef def =
      define<ErasureDueRow>("erasures_due", {"case_id", "party", "asked_at", "next_at", "whole", "slot"}, 2,
                            {{"next", {"next_at"}, false, true}});
  return def;
}

const TableDef& HoldRow::table() {
  static const TableDef def = define<HoldRow>("holds", {"id", "case_id", "at", "until", "ends", "over", "silent"}, 1,
                                              {{"end", {"ends"}, false, true}});
  return def;
}

const TableDef& MeasureRow::table() {
  static const TableDef def =
      define<MeasureRow>("measures", {"case_id", "seq", "measure", "detail", "party", "decision", "at", "platform_at"},
                         2, {{"time", {"at"}}, {"decision", {"decision"}}});
  return def;
}

const TableDef& SettlementRow::table() {
  static const TableDef def =
      define<SettlementRow>("settlements",
                            {"item", "case_id", "seq", "day", "step", "basis", "outcome", "clause", "actions", "alike",
                             "likeness", "same", "decision", "blind", "checked"},
                            1, {{"same", {"same"}, kPlain, kPartial, kGathered}});
  return def;
}

const TableDef& AlikeRow::table() {
  static const TableDef def = define<AlikeRow>("alike", {"first", "decision"}, 1);
  return def;
}

const TableDef& SettleDayRow::table() {
  static const TableDef def = define<SettleDayRow>("settle_days",
                                                   {"day", "clause", "basis", "closed", "acted", "sampled", "checked",
                                                    "overturned", "reversed", "proposed", "decided", "agreed"},
                                                   3);
  return def;
}

const TableDef& DelegationRow::table() {
  static const TableDef def = define<DelegationRow>(
      "delegations",
      {"id", "record", "principal", "delegate", "as", "scopes", "at", "until", "ended_at", "why", "by_mail", "link",
       "opened", "linked_at", "opened_at"},
      1, {{"principal", {"principal"}, false, true}, {"delegate", {"delegate"}, false, true}, {"record", {"record"}}});
  return def;
}

const TableDef& DeskCodeRow::table() {
  static const TableDef def =
      define<DeskCodeRow>("desk_codes", {"case_id", "party", "key", "until"}, 2, {{"key", {"key"}, true, true}});
  return def;
}

const TableDef& ContactRow::table() {
  static const TableDef def = define<ContactRow>(
      "contacts",
      {"id", "case_id", "seq", "party", "staff", "channel", "clause", "clause_version", "neutral", "opening", "at"}, 1,
      {{"case", {"case_id"}}});
  return def;
}

const TableDef& PieceRow::table() {
  static const TableDef def = define<PieceRow>(
      "pieces", {"id", "case_id", "party", "seq", "form", "type", "size", "at"}, 1, {{"case", {"case_id", "party"}}});
  return def;
}

const TableDef& HandoverRow::table() {
  static const TableDef def = define<HandoverRow>(
      "handovers", {"id", "case_id", "from", "to", "state", "seq", "at", "answered_at", "waits_for"}, 1,
      {{"waiting", {"waits_for"}, false, true}, {"case", {"case_id"}}});
  return def;
}

const TableDef& ProposalRow::table() {
  static const TableDef def =
      define<ProposalRow>("proposals",
                          {"id", "case_id", "kind", "state", "staff", "second", "seq", "answer_seq", "at",
                           "answered_at", "waiting_since", "news_for", "items", "clause", "decision", "appeal"},
                          1,
                          {{"waiting", {"waiting_since"}, kPlain, kPartial},
                           {"news", {"news_for"}, kPlain, kPartial},
                           {"case", {"case_id"}}});
  return def;
}

const TableDef& ProposedItemRow::table() {
  static const TableDef def = define<ProposedItemRow>("proposed_items", {"item", "proposal"}, 1,
                                                      {{"proposal", {"proposal"}, kPlain, kPartial}});
  return def;
}

std::vector<const TableDef*> projection_tables() {
  return {&CaseRow::table(),        &ItemRow::table(),       &ReportRow::table(),     &ReportItemRow::table(),
          &CaseRefRow::table(),     &PileExceptRow::table(), &PartyRow::table(),      &ClaimRow::table(),
          &DecisionRow::table(),    &ActionRow::table(),     &NoticeRow::table(),     &ClockRow::table(),
          &IdempotencyRow::table(), &ReliefRow::table(),     &BudgetRow::table(),     &AppealRow::table(),
          &MeasureRow::table(),     &AlarmRow::table(),      &SettlementRow::table(), &AlikeRow::table(),
          &SettleDayRow::table(),   &FigureDayRow::table(),  &FigureTimeRow::table(), &ItemSourcesRow::table(),
          &SourceDayRow::table(),   &RuleEffectRow::table(), &RuleSwitchRow::table(), &DelegationRow::table(),
          &DeskCodeRow::table(),    &ContactRow::table(),    &PieceRow::table(),      &HandoverRow::table(),
          &ErasureDueRow::table(),  &HoldRow::table(),       &ProposalRow::table(),   &ProposedItemRow::table(),
          &NamedRow::table()};
}

std::vector<const TableDef*> operational_tables() {
  std::vector<const TableDef*> tables{&LeaseRow::table(),        &AttemptRow::table(),   &DoomedSlotRow::table(),
                                      &RuleFiredRow::table(),    &MailCountRow::table(), &MailWishRow::table(),
                                      &IdentityCodeRow::table(), &TalkRow::table()};
  for (const TableDef* table : second_look_tables()) {
    tables.push_back(table);
  }
  return tables;
}

}  // namespace heed::casework
