#pragma once
#include <memory>
#include <vector>

#include "ledger/store.h"
#include "store/writer/group_writer.h"

namespace heed::store {

/// A ledger store that forgets everything with the process: for tests, `--scorer` and the replay comparison.
/// Commands run on a thread of its own, in groups and by priority like in any other store, so `done` never runs
/// on the caller's thread except to refuse.
///
/// A View is a snapshot: tables are shared with it and copied by the writer when it first changes one that a
/// view still holds. view() waits for the running group, so a command must not call it.
/// `tables` are the tables it will ever be asked for; any other is our bug and aborts.
std::unique_ptr<ledger::Store> open_memory_store(std::vector<const ledger::TableDef*> tables, WriterLimits limits = {});

}  // namespace heed::store
