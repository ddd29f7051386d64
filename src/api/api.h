#pragma once
#include <memory>
#include <string>
#include <vector>

#include "api/desk.h"
#include "http/server.h"

namespace heed::api {

/// The HTTP API: registers every route, with who may call it, and describes them in one OpenAPI document. Outlives the
/// server whose router it fills, and is outlived by the plane. Any thread.
class Api {
 public:
  Api(Parts parts, Options options);
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  /// Once, before the server starts.
  void routes(http::Router& router);
  /// About once a second and whenever something happened: open streams look again whether their reader still may, and
  /// send what is new. Wire it with plane.every_tick() before plane.start().
  void tick(Time now);
  /// Logs one line per request: give it to ServerOptions::on_finished.
  static void log_finished(const http::Finished& finished);

  const std::string& openapi() const { return desk_->openapi(); }
  const std::vector<Resource>& resources() const { return resources_; }
  Desk& desk() { return *desk_; }

 private:
  std::unique_ptr<Desk> desk_;
  std::vector<Resource> resources_;
};

}  // namespace heed::api
