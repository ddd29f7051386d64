#pragma once
#include <string_view>

#include "access/principal.h"

namespace heed::api {

/// Which queues whom: who may see and claim in a queue, and answer what was proposed in one of its cases.
bool may_work_in(const access::Principal& who, std::string_view queue);

}  // namespace heed::api
