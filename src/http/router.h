#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/server.h"

namespace heed::http {

struct Route {
  Method method;
  std::string pattern;
  std::vector<std::string> parameters;  ///< names, in order
  RouteOptions options;
  Handler handler;  ///< one of the two
  StreamHandler stream;
  std::size_t index = 0;  ///< among all routes; the server's counters lie there
};

/// A tree by path segment.
struct Router::Impl {
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> parameter;
    std::vector<std::unique_ptr<Route>> tails;  ///< routes whose pattern ends here with "{name*}"
    std::vector<std::unique_ptr<Route>> routes;
  };
  struct Match {
    const std::vector<std::unique_ptr<Route>>* routes = nullptr;  ///< null: unknown path
    std::vector<std::string> values;
    /// The route for a method (GET stands in for HEAD), or null: 405.
    Route* route_for(Method method) const;
    /// "GET, HEAD, OPTIONS": what the Allow header says.
    std::string allow() const;
  };

  Route& add(Method method, std::string pattern, RouteOptions options);
  Match match(const std::vector<std::string>& segments) const;

  Node root;
  std::vector<Route*> all;

 private:
  bool match(const Node& node, const std::vector<std::string>& segments, std::size_t at, Match& out) const;
};

}  // namespace heed::http
