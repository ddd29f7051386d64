#pragma once
#include <atomic>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.h"
#include "base/id.h"
#include "http/router.h"
#include "http/server.h"

/// Inside of the server; only its .cc files include this (Asio is heavy).
namespace heed::http::detail {

namespace asio = boost::asio;
using Executor = asio::io_context::executor_type;  // spelled out: no type erasure, no strands
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using SteadyTime = std::chrono::steady_clock::time_point;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

class Connection;

/// One route's counters, made when first needed.
struct RouteMetrics {
  std::atomic<Counter*> by_class[6]{};
  std::atomic<Histogram*> seconds{nullptr};
};

/// What all loops of a server share. Constant after construction, but for the atomics.
struct Shared {
  Shared(ServerOptions o, Router::Impl& r, Metrics& m);
  void count(const Route* route, int status, double seconds);
  bool trusted(const asio::ip::address& address) const;
  /// The answer's Access-Control-Allow-Origin for this Origin, or "".
  std::string allowed_origin(std::string_view origin) const;

  ServerOptions options;
  Router::Impl& router;
  Metrics& metrics;
  SystemClock system_clock;
  const Clock& clock;
  Gauge& connections_gauge;
  std::vector<asio::ip::network_v4> trusted_v4;
  std::vector<asio::ip::network_v6> trusted_v6;
  std::vector<RouteMetrics> route_metrics;  ///< by Route::index; the last is for "no route"
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> bodies_bytes{0};
  std::mutex idle_mutex;
  std::condition_variable idle;  ///< notified when the last connection has gone
};

/// One thread with its io_context and the connections that live there. Held by shared pointers from the server
/// and every connection, so that a late Reply finds it still there.
class Loop : public std::enable_shared_from_this<Loop> {
 public:
  explicit Loop(std::shared_ptr<Shared> shared);

  /// Runs until finish(); the thread that calls it is the loop's.
  void run();
  bool on_thread() const;
  /// Any thread. Runs `f` on the loop's thread soon, in order; drops it once the loop has finished.
  void post(Function<void()> f);

  // The loop's thread only.
  void add(Socket socket);
  void remove(const std::shared_ptr<Connection>& connection);
  /// Idle connections close now, busy ones after their answer.
  void drain();
  bool draining() const { return draining_; }
  /// Closes everything; run() returns.
  void finish();
  std::string_view date();
  std::string new_request_id();

  Shared& shared() { return *shared_; }
  asio::io_context& context() { return context_; }

 private:
  void run_mailbox();
  void arm_sweep();

  const std::shared_ptr<Shared> shared_;
  asio::io_context context_{1};
  asio::executor_work_guard<Executor> guard_;
  Timer sweep_;
  std::chrono::milliseconds sweep_every_;
  std::list<std::shared_ptr<Connection>> connections_;
  bool draining_ = false, finished_ = false;
  IdSource ids_;
  std::int64_t date_second_ = -1;
  std::string date_;

  std::mutex mailbox_mutex_;  // guards what follows
  std::vector<Function<void()>> mailbox_;
  bool closed_ = false;
};

}  // namespace heed::http::detail
