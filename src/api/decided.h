#pragma once
#include "api/desk.h"

namespace heed::api {

/// What stands behind the figures: decisions by day, and how much lies with whom.
Resource decided_routes();

}  // namespace heed::api
