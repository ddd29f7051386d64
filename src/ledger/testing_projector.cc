#include "ledger/testing_projector.h"

#include "base/bytes.h"
#include "base/json.h"

namespace heed::ledger::testing {

const TableDef& CaseRow::table() {
  static const TableDef def{"test_case",
                            columns_of<CaseRow>({"id", "seq", "state", "group_key", "last_kind"}),
                            1,
                            {{"test_case_group", {3}, true, true}, {"test_case_state", {2, 1}}}};
  return def;
}
const TableDef& NoteRow::table() {
  static const TableDef def{
      "test_note", columns_of<NoteRow>({"case_id", "seq", "weight"}), 2, {{"test_note_weight", {2}}}};
  return def;
}
const TableDef& CountRow::table() {
  static const TableDef def{"test_count", columns_of<CountRow>({"id", "n"}), 1};
  return def;
}
const TableDef& LeaseRow::table() {
  static const TableDef def{"test_lease", columns_of<LeaseRow>({"name", "until"}), 1, {}, false};
  return def;
}

std::vector<const TableDef*> tables() {
  return {&CaseRow::table(), &NoteRow::table(), &CountRow::table(), &LeaseRow::table()};
}

std::vector<const TableDef*> TestProjector::tables() const {
  return {&CaseRow::table(), &NoteRow::table(), &CountRow::table()};
}

Result<void> TestProjector::apply(Tx& tx, const StoredEvent& event) {
  JsonParser parser;
  Json header = TRY(parser.parse(event.header));
  std::string kind(header.get_string("kind"));
  CaseRow row = TRY(get<CaseRow>(tx, event.case_id)).value_or(CaseRow{});
  row.id = event.case_id;
  row.seq = event.seq;
  row.last_kind = kind;
  if (kind == "opened") {
    std::string_view group = header.get_string("group");
    row.group = group.empty() ? std::nullopt : std::optional<std::string>(group);
  } else if (kind == "closed") {
    row.state = 1;
    row.group.reset();
  } else if (kind == "noted") {
    TRY(put(tx, NoteRow{event.case_id, event.seq, header.get_int("weight")}));
  }
  TRY(put(tx, row));
  CountRow count = TRY(get<CountRow>(tx, std::int64_t{1})).value_or(CountRow{1, 0});
  ++count.n;
  return put(tx, count);
}

std::string header(std::string_view kind, CaseId case_id, std::uint64_t seq, std::string_view group,
                   std::int64_t weight) {
  JsonWriter w;
  w.begin_object().field("kind", kind).field("v", 1).field("case", case_id.text()).field("seq", seq);
  w.field("at", "2026-01-01T00:00:00.000Z").field("actor", "a1");
  w.field("group", group).field("weight", weight).end_object();
  return w.take();
}

CaseId case_number(std::uint64_t n) {
  CaseId id;
  for (std::size_t i = 0; i < 8; ++i) {
    id.value.bytes[15 - i] = static_cast<std::uint8_t>(n >> (8 * i));
  }
  id.value.bytes[0] = 1;
  return id;
}

Result<std::uint64_t> append_and_apply(Tx& tx, std::string_view kind, CaseId case_id, std::string_view group,
                                       std::int64_t weight, std::string bodies) {
  std::optional<CaseRow> row = TRY(get<CaseRow>(tx, case_id));
  std::uint64_t seq = row ? row->seq + 1 : 1;
  NewEvent event{case_id, seq, header(kind, case_id, seq, group, weight), std::move(bodies)};
  StoredEvent stored;
  stored.pos = TRY(tx.append(event));
  stored.case_id = case_id;
  stored.seq = seq;
  stored.header = std::move(event.header);
  stored.bodies = std::move(event.bodies);
  TRY(TestProjector().apply(tx, stored));
  return stored.pos;
}

}  // namespace heed::ledger::testing
