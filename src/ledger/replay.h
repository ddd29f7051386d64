#pragma once
#include <string>
#include <vector>

#include "ledger/store.h"

namespace heed::ledger {

/// How a projection follows from events. casework supplies the one implementation.
class Projector {
 public:
  virtual ~Projector() = default;
  /// All projection tables.
  virtual std::vector<const TableDef*> tables() const = 0;
  /// The row writes that this event means; a function of the event and the rows alone: no clock, no
  /// randomness, no decryption. Old versions are upcast here.
  virtual Result<void> apply(Tx& tx, const StoredEvent& event) = 0;
};

/// One fault that `verify` found; `case_id` and `seq` are set where it could be located.
struct Fault {
  CaseId case_id;
  std::uint64_t seq = 0;
  std::uint64_t pos = 0;
  std::string what;
};

/// Walks every event and commit row: per-case chains, pos without gaps, Merkle roots, commit chain, header
/// fields equal to the columns. `anchor`: a head noted elsewhere that must lie on this chain (a lost tail).
Result<std::vector<Fault>> verify_chains(View& view, const std::vector<ChainHead>& anchors = {});

/// The projections in canonical text: table by table, rows in primary-key order, one line a row.
Result<std::string> dump(View& view, const std::vector<const TableDef*>& tables);
/// Appends all events of `from` to an empty store and applies them, in pos order, some hundreds a command.
Result<void> replay(View& from, Store& empty, Projector& projector,
                    Function<void(std::uint64_t, std::uint64_t)> progress = {});
/// The first difference between the two states of these tables, as text; "" when there is none.
Result<std::string> compare_tables(View& a, View& b, const std::vector<const TableDef*>& tables);
/// Applies all events of `from` to an empty store and returns the first difference between its projections and
/// those of `from` ("" when none). `progress(done, total)` may be empty.
Result<std::string> compare_replay(View& from, Store& empty, Projector& projector,
                                   Function<void(std::uint64_t, std::uint64_t)> progress = {});

}  // namespace heed::ledger
