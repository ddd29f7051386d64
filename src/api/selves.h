#pragma once
#include <vector>

#include "api/desk.h"

namespace heed::api {

/// Every log-in behind which the same person stands, `staff` first: who named the same account of the platform as
/// their own is one person (ties.cc). What two people have to do, nobody does alone under two names. Reads the
/// directory: not on the writer's thread.
Result<std::vector<StaffId>> selves_of(Desk& desk, StaffId staff);

}  // namespace heed::api
