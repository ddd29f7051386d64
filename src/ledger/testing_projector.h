#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ledger/replay.h"

/// A small projector over events of kinds "opened", "noted" and "closed", for tests of stores and of the ledger.
namespace heed::ledger::testing {

struct CaseRow {
  CaseId id;
  std::uint64_t seq = 0;
  std::int64_t state = 0;            ///< 0 open, 1 closed
  std::optional<std::string> group;  ///< null once closed
  std::string last_kind;

  static const TableDef& table();
  auto tie() { return std::tie(id, seq, state, group, last_kind); }
};
inline constexpr int kCaseByGroup = 0;  ///< unique, partial
inline constexpr int kCaseByState = 1;  ///< (state, seq)

struct NoteRow {
  CaseId case_id;
  std::uint64_t seq = 0;
  std::int64_t weight = 0;

  static const TableDef& table();
  auto tie() { return std::tie(case_id, seq, weight); }
};
inline constexpr int kNoteByWeight = 0;

struct CountRow {
  std::int64_t id = 0;
  std::int64_t n = 0;

  static const TableDef& table();
  auto tie() { return std::tie(id, n); }
};

/// Operational: not replayed.
struct LeaseRow {
  std::string name;
  std::int64_t until = 0;

  static const TableDef& table();
  auto tie() { return std::tie(name, until); }
};

/// The four tables above.
std::vector<const TableDef*> tables();

class TestProjector final : public Projector {
 public:
  std::vector<const TableDef*> tables() const override;
  Result<void> apply(Tx& tx, const StoredEvent& event) override;
};

/// A header as the ledger wants it: {"kind","v","case","seq","at","actor", "group", "weight"}.
std::string header(std::string_view kind, CaseId case_id, std::uint64_t seq, std::string_view group = {},
                   std::int64_t weight = 0);
/// The case of this number, the same in every run.
CaseId case_number(std::uint64_t n);
/// Appends the event at the case's next seq and applies it. The command that tests submit.
Result<std::uint64_t> append_and_apply(Tx& tx, std::string_view kind, CaseId case_id, std::string_view group = {},
                                       std::int64_t weight = 0, std::string bodies = {});

}  // namespace heed::ledger::testing
