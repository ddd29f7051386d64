#pragma once
#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "api/route.h"
#include "ledger/store.h"

namespace heed::api {

/// Answers that stay open as event streams (WHATWG server-sent events). About once a second each stream's reader is
/// authenticated again and the stream ends when that fails or its rights have shrunk; then it looks for what is new on
/// a reader thread. Whoever takes a right away may call tick() at once. Any thread.
class Live {
 public:
  /// Writes what is new; an error ends the stream.
  using Poll = Function<Result<void>(ledger::View&, http::BodyWriter&)>;

  Live(Desk& desk, std::size_t streams_max) : desk_(desk), streams_max_(streams_max) {}
  /// TooMany (429) when there are too many streams.
  void open(Call call, Poll poll);
  void tick(Time now);
  std::size_t size() const;

 private:
  struct Stream {
    http::Request request;  ///< headers only: credentials
    access::Principal who;
    http::BodyWriter writer;
    Poll poll;
    std::atomic<bool> busy{false}, over{false};
    int quiet = 0;
  };
  void look(const std::shared_ptr<Stream>& stream);
  bool still_may(Stream& stream);

  Desk& desk_;
  const std::size_t streams_max_;
  mutable std::mutex mutex_;
  std::list<std::shared_ptr<Stream>> streams_;  // guarded by mutex_
};

bool wants_events(const http::Request& request);
/// One event: "event: <kind>", "id: <id>" unless empty, "data: <one line of JSON>".
std::string event_text(std::string_view kind, std::string_view id, std::string_view json);

}  // namespace heed::api
