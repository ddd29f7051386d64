#pragma once
#include <set>
#include <string>
#include <vector>

/// Test support: who may call which route, written down a second time by hand. The authorisation tests hold it against
/// the running server's own document: a route without a row fails, and so does a row without a route.
namespace heed::api {

struct RouteRow {
  std::string method, path;
  std::set<std::string> who;  ///< key:<scope>, users, guests, roles, unready (staff without a second factor), everybody
  bool of_case = false;       ///< for a stranger it is not there
};
std::vector<RouteRow> route_rows();

}  // namespace heed::api
