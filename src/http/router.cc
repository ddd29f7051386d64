#include "http/router.h"

#include "base/result.h"

namespace heed::http {
namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    std::size_t end = path.find('/');
    out.push_back(path.substr(0, end));
    path.remove_prefix(end == std::string_view::npos ? path.size() : end);
  }
  return out;
}

}  // namespace

Router::Router() : impl_(std::make_unique<Impl>()) {}
Router::~Router() = default;

void Router::add(Method method, std::string pattern, Handler handler, RouteOptions options) {
  impl_->add(method, std::move(pattern), options).handler = std::move(handler);
}

void Router::add_stream(Method method, std::string pattern, StreamHandler handler, RouteOptions options) {
  impl_->add(method, std::move(pattern), options).stream = std::move(handler);
}

Route& Router::Impl::add(Method method, std::string pattern, RouteOptions options) {
  HEED_ASSERT(pattern.starts_with('/'));
  auto route = std::make_unique<Route>();
  route->method = method;
  route->options = options;
  route->pattern = std::move(pattern);
  route->index = all.size();
  Node* node = &root;
  std::vector<std::unique_ptr<Route>>* place = nullptr;
  for (std::string_view segment : split(route->pattern)) {
    HEED_ASSERT(place == nullptr);  // nothing follows "{name*}"
    if (segment.starts_with('{') && segment.ends_with("*}")) {
      route->parameters.emplace_back(segment.substr(1, segment.size() - 3));
      place = &node->tails;
    } else if (segment.starts_with('{') && segment.ends_with('}')) {
      route->parameters.emplace_back(segment.substr(1, segment.size() - 2));
      if (!node->parameter) {
        node->parameter = std::make_unique<Node>();
      }
      node = node->parameter.get();
    } else {
      auto& child = node->literals[std::string(segment)];
      if (!child) {
        child = std::make_unique<Node>();
      }
      node = child.get();
    }
  }
  place = place == nullptr ? &node->routes : place;
  for (const auto& other : *place) {
    HEED_ASSERT(other->method != method);  // one handler per method and path
  }
  all.push_back(route.get());
  place->push_back(std::move(route));
  return *all.back();
}

Router::Impl::Match Router::Impl::match(const std::vector<std::string>& segments) const {
  Match out;
  match(root, segments, 0, out);
  return out;
}

bool Router::Impl::match(const Node& node, const std::vector<std::string>& segments, std::size_t at, Match& out) const {
  if (at == segments.size()) {
    if (!node.routes.empty()) {
      out.routes = &node.routes;
      return true;
    }
  } else {
    if (auto literal = node.literals.find(segments[at]);
        literal != node.literals.end() && match(*literal->second, segments, at + 1, out)) {
      return true;
    }
    if (node.parameter && !segments[at].empty()) {
      out.values.push_back(segments[at]);
      if (match(*node.parameter, segments, at + 1, out)) {
        return true;
      }
      out.values.pop_back();
    }
  }
  if (!node.tails.empty()) {
    std::string rest;
    for (std::size_t i = at; i < segments.size(); ++i) {
      rest.append(i == at ? "" : "/").append(segments[i]);
    }
    out.values.push_back(std::move(rest));
    out.routes = &node.tails;
    return true;
  }
  return false;
}

Route* Router::Impl::Match::route_for(Method method) const {
  for (const auto& route : *routes) {
    if (route->method == method) {
      return route.get();
    }
  }
  return method == Method::Head ? route_for(Method::Get) : nullptr;
}

std::string Router::Impl::Match::allow() const {
  std::string out;
  for (const auto& route : *routes) {
    out.append(method_name(route->method)).append(", ");
    if (route->method == Method::Get && route_for(Method::Head) == route.get()) {
      out.append("HEAD, ");
    }
  }
  return out + "OPTIONS";
}

}  // namespace heed::http
