#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "http/message.h"

namespace heed::http {
struct Route;
}

namespace heed::http::detail {

class Connection;
class Loop;

/// One request and its answer, seen from outside the connection's thread: the only thing that Reply, BodyWriter
/// and BodyReader hold. Every public function may be called from any thread and after connection, server and
/// loop have ended their work. An answer given on the connection's own thread is written at once, any other is
/// posted there. Bytes of a streamed answer pass through one mailbox, so that their order is the order of the
/// calls, whichever threads they came from.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  struct Facts {  ///< constant after construction
    Method method = Method::Get;
    std::string path;
    std::string request_id;
    std::string allowed_origin;
    bool keep_alive = true;
    bool http_1_0 = false;
    const Route* route = nullptr;
    std::chrono::steady_clock::time_point started;
    std::size_t write_buffer_max = 0;
  };
  Exchange(std::shared_ptr<Loop> loop, std::shared_ptr<Connection> connection, Facts facts);

  const std::string& request_id() const { return facts_.request_id; }
  void note(const char* word) { note_.store(word, std::memory_order_relaxed); }
  void send(Response response);
  /// The reply was dropped: 500.
  void abandon();
  void begin_stream(int status, std::string content_type, std::vector<std::pair<std::string, std::string>> headers);
  bool write(std::string bytes);
  void finish();
  /// The last writer is gone: an unfinished answer is torn off.
  void drop_stream();
  void resume();
  bool gone() const { return gone_.load(std::memory_order_acquire); }
  std::size_t pending() const;

 private:
  friend class Connection;
  struct StreamHead {
    int status = 200;
    std::string content_type;
    std::vector<std::pair<std::string, std::string>> headers;
  };
  /// What the connection takes from the mailbox at once.
  struct Outbox {
    std::unique_ptr<StreamHead> head;
    std::string bytes;
    bool finished = false;
    bool torn = false;
  };
  bool bare() const { return facts_.method == Method::Head; }
  Outbox take_outbox();
  void wake(bool needed);

  const Facts facts_;
  const std::shared_ptr<Loop> loop_;
  const std::shared_ptr<Connection> connection_;
  std::atomic<const char*> note_{""};
  std::atomic<bool> gone_{false};       ///< nobody will read what is written from now on
  std::atomic<std::size_t> unsent_{0};  ///< bytes the connection has taken and not sent

  mutable std::mutex mutex_;  // guards what follows
  Outbox outbox_;
  bool scheduled_ = false;
  bool ended_ = false;
};

}  // namespace heed::http::detail
