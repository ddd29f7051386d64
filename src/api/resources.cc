#include "api/resources.h"

namespace heed::api {

std::vector<Resource> all_resources(const Desk& desk) {
  return {post_routes(),   assess_routes(),    report_routes(), pile_routes(),    case_routes(),  case_item_routes(),
          queue_routes(),  action_routes(),    session_routes(), system_routes(desk)};
}

}  // namespace heed::api
