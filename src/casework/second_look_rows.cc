#include "casework/second_looks.h"

namespace heed::casework {

using ledger::columns_of;
using ledger::TableDef;

namespace {
constexpr bool kOperational = false;
constexpr bool kPlain = false, kPartial = true;
}  // namespace

const TableDef& SecondLookRow::table() {
  static const TableDef def{
      "second_looks",
      columns_of<SecondLookRow>({"id",         "kind",          "state",         "item",      "case_id",
                                 "decision",   "first",         "second",        "outcome",   "answer",
                                 "clause",     "answer_clause", "language",      "differs",   "at",
                                 "held_until", "answered_at",   "waiting_since", "waits_for", "for_leads"}),
      1,
      {{"waiting", {17}, kPlain, kPartial}, {"staff", {18}, kPlain, kPartial}, {"leads", {19}, kPlain, kPartial}},
      kOperational};
  return def;
}

const TableDef& GoldenRow::table() {
  static const TableDef def{"golden",
                            columns_of<GoldenRow>({"item", "case_id", "outcome", "clause", "language", "why_seq", "by",
                                                   "at", "expires_at", "active_until"}),
                            1,
                            {{"active", {9}, kPlain, kPartial}},
                            kOperational};
  return def;
}

const TableDef& GoldenSeenRow::table() {
  static const TableDef def{"golden_seen", columns_of<GoldenSeenRow>({"staff", "item"}), 2, {}, kOperational};
  return def;
}

const TableDef& AgreementRow::table() {
  static const TableDef def{
      "agreement",
      columns_of<AgreementRow>({"day", "clause", "language", "kind", "both", "first_only", "second_only", "neither"}),
      4,
      {},
      kOperational};
  return def;
}

const TableDef& LookerRow::table() {
  static const TableDef def{
      "lookers", columns_of<LookerRow>({"day", "staff", "looks", "differed"}), 2, {}, kOperational};
  return def;
}

std::vector<const TableDef*> second_look_tables() {
  return {&SecondLookRow::table(), &GoldenRow::table(), &GoldenSeenRow::table(), &AgreementRow::table(),
          &LookerRow::table()};
}

}  // namespace heed::casework
