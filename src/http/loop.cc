#include "http/loop.h"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "base/log.h"
#include "http/connection.h"
#include "http/response_head.h"

namespace heed::http::detail {
namespace {
thread_local const Loop* current_loop = nullptr;
}

Shared::Shared(ServerOptions o, Router::Impl& r, Metrics& m)
    : options(std::move(o)),
      router(r),
      metrics(m),
      clock(options.clock != nullptr ? *options.clock : static_cast<const Clock&>(system_clock)),
      connections_gauge(m.gauge("heed_http_connections", "Open HTTP connections")),
      route_metrics(r.all.size() + 1) {
  for (const std::string& text : options.trusted_proxies) {
    boost::system::error_code ec;
    asio::ip::address address = asio::ip::make_address(text, ec);
    if (!ec && address.is_v4()) {
      trusted_v4.emplace_back(address.to_v4(), 32);
    } else if (!ec) {
      trusted_v6.emplace_back(address.to_v6(), 128);
    } else if (auto v4 = asio::ip::make_network_v4(text, ec); !ec) {
      trusted_v4.push_back(v4);
    } else if (auto v6 = asio::ip::make_network_v6(text, ec); !ec) {
      trusted_v6.push_back(v6);
    }
  }
}

bool Shared::trusted(const asio::ip::address& address) const {
  if (address.is_v4()) {
    return std::any_of(trusted_v4.begin(), trusted_v4.end(), [&](const asio::ip::network_v4& net) {
      return asio::ip::network_v4(address.to_v4(), net.prefix_length()).canonical() == net.canonical();
    });
  }
  if (address.to_v6().is_v4_mapped()) {
    return trusted(asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()));
  }
  return std::any_of(trusted_v6.begin(), trusted_v6.end(), [&](const asio::ip::network_v6& net) {
    return asio::ip::network_v6(address.to_v6(), net.prefix_length()).canonical() == net.canonical();
  });
}

std::string Shared::allowed_origin(std::string_view origin) const {
  if (!origin.empty()) {
    for (const std::string& allowed : options.cors_origins) {
      if (allowed == origin || allowed == "*") {
        return allowed;
      }
    }
  }
  return {};
}

void Shared::count(const Route* route, int status, double seconds) {
  RouteMetrics& own = route != nullptr ? route_metrics[route->index] : route_metrics.back();
  std::string_view pattern = route != nullptr ? std::string_view(route->pattern) : "none";
  std::size_t status_class = static_cast<std::size_t>(std::clamp(status / 100, 0, 5));
  Counter* counter = own.by_class[status_class].load(std::memory_order_acquire);
  if (counter == nullptr) {
    std::string name = std::to_string(status_class) + "xx";
    counter = &metrics.counter("heed_http_requests_total", "HTTP requests answered",
                               {{"route", std::string(pattern)}, {"status", name}});
    own.by_class[status_class].store(counter, std::memory_order_release);
  }
  Histogram* histogram = own.seconds.load(std::memory_order_acquire);
  if (histogram == nullptr) {
    histogram =
        &metrics.histogram("heed_http_request_seconds", "From the first byte of a request to the end of its answer",
                           {{"route", std::string(pattern)}});
    own.seconds.store(histogram, std::memory_order_release);
  }
  counter->add();
  histogram->observe_seconds(seconds);
}

Loop::Loop(std::shared_ptr<Shared> shared)
    : shared_(std::move(shared)), guard_(context_.get_executor()), sweep_(context_) {
  const ServerOptions& o = shared_->options;
  auto shortest = std::min({o.head_timeout, o.body_idle_timeout, o.body_timeout, o.write_timeout});
  sweep_every_ = std::clamp(shortest / 4, std::chrono::milliseconds(10), std::chrono::milliseconds(1000));
}

void Loop::run() {
  current_loop = this;
  arm_sweep();
  while (true) {
    try {
      context_.run();
      break;
    } catch (const std::exception&) {
      // Only allocation can fail here; the connection it happened on is dropped by its timeouts.
      log::error("http_loop_exception");
    }
  }
  current_loop = nullptr;
}

bool Loop::on_thread() const { return current_loop == this; }

void Loop::post(Function<void()> f) {
  std::lock_guard lock(mailbox_mutex_);
  if (closed_) {
    return;  // f dies with the caller's frame, after the lock
  }
  mailbox_.push_back(std::move(f));
  if (mailbox_.size() == 1) {
    asio::post(context_, [this] { run_mailbox(); });
  }
}

void Loop::run_mailbox() {
  std::vector<Function<void()>> batch;
  {
    std::lock_guard lock(mailbox_mutex_);
    batch.swap(mailbox_);
  }
  for (Function<void()>& f : batch) {
    if (finished_) {
      return;  // by one of this batch: a connection added now would keep run() for ever
    }
    f();
  }
}

void Loop::add(Socket socket) {
  auto connection = std::make_shared<Connection>(shared_from_this(), std::move(socket));
  connections_.push_front(connection);
  connection->place = connections_.begin();
  shared_->connections_gauge.add(1);
  connection->start();
}

void Loop::remove(const std::shared_ptr<Connection>& connection) {
  connections_.erase(connection->place);
  shared_->connections_gauge.add(-1);
  if (shared_->connections.fetch_sub(1) == 1) {
    std::lock_guard lock(shared_->idle_mutex);
    shared_->idle.notify_all();
  }
}

void Loop::drain() {
  draining_ = true;
  for (auto at = connections_.begin(); at != connections_.end();) {
    std::shared_ptr<Connection> connection = *at++;  // drain() may remove it
    connection->drain();
  }
}

void Loop::finish() {
  draining_ = true;
  {
    std::vector<Function<void()>> dropped;
    std::lock_guard lock(mailbox_mutex_);
    closed_ = true;
    dropped.swap(mailbox_);
  }
  while (!connections_.empty()) {
    std::shared_ptr<Connection> connection = connections_.front();
    connection->close();
  }
  finished_ = true;
  sweep_.cancel();
  guard_.reset();
}

void Loop::arm_sweep() {
  sweep_.expires_after(sweep_every_);
  sweep_.async_wait([this](boost::system::error_code ec) {
    // A sweep that was due when finish() cancelled it still comes: armed again, it would keep run() for ever.
    if (ec || finished_) {
      return;
    }
    SteadyTime now = std::chrono::steady_clock::now();
    for (auto at = connections_.begin(); at != connections_.end();) {
      std::shared_ptr<Connection> connection = *at++;
      connection->sweep(now);
    }
    arm_sweep();
  });
}

std::string_view Loop::date() {
  std::int64_t second = to_ms(shared_->clock.now()) / 1000;
  if (second != date_second_) {
    date_second_ = second;
    date_ = format_http_date(static_cast<std::time_t>(second));
  }
  return date_;
}

std::string Loop::new_request_id() { return "req_" + ids_.next(shared_->clock.now()).text(); }

}  // namespace heed::http::detail
