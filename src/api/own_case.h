#pragma once
#include "api/viewer.h"

/// A case as one of its parties sees it, for that party's own pages and for whoever talks with that person at the desk.
namespace heed::api {

/// One object: case_id, number, roles, reports, state, times, relief. In cases.cc.
Result<void> write_own_case(JsonWriter& out, const Desk& desk, ledger::View& view, const Viewer& viewer);

}  // namespace heed::api
