#pragma once
#include <string>
#include <vector>

#include "api/route.h"

namespace heed::api {

/// The OpenAPI 3.1 document of these resources, compact JSON.
std::string openapi_document(const std::vector<Resource>& resources);

}  // namespace heed::api
