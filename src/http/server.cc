#include "http/server.h"

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <thread>

#include "base/log.h"
#include "base/thread_name.h"
#include "http/loop.h"
#include "http/problem.h"
#include "http/response_head.h"

namespace heed::http {

using namespace detail;

namespace {

constexpr std::chrono::milliseconds kAcceptPause{100};  // when descriptors have run out

/// For connections above the limit: said plainly and at once, without a Connection object.
std::string full_answer(Loop& loop) {
  std::string out;
  std::string id = loop.new_request_id();
  Response response = problem_of_status(503, "too many connections", id);
  HeadContext context;
  context.date = loop.date();
  context.request_id = id;
  context.close = true;
  write_head(out, response.status, response.content_type, response.body.size(), response.headers, context);
  return out + response.body;
}

}  // namespace

struct Server::Impl {
  Impl(ServerOptions options, Router::Impl& router, Metrics& metrics)
      : shared(std::make_shared<Shared>(std::move(options), router, metrics)) {
    for (int i = 0; i < std::max(1, shared->options.threads); ++i) {
      loops.push_back(std::make_shared<Loop>(shared));
    }
  }

  void accept() {
    Loop& target = *loops[next_loop++ % loops.size()];
    // One acceptor for all threads, in turn: SO_REUSEPORT would leave few connections unevenly spread.
    acceptor->async_accept(target.context().get_executor(), [this, &target](boost::system::error_code ec, Socket peer) {
      // Somebody who was let in just before stop() closed the door may come after it: to wait for the next one at a
      // closed door would go on for ever.
      if (ec == asio::error::operation_aborted || !acceptor->is_open()) {
        return;
      }
      if (ec) {
        log::warn("http_accept_failed", {{"errno", static_cast<int>(ec.value())}});
        if (ec == asio::error::connection_aborted) {
          accept();
          return;
        }
        pause->expires_after(kAcceptPause);
        pause->async_wait([this](boost::system::error_code wait_ec) {
          if (!wait_ec && acceptor->is_open()) {
            accept();
          }
        });
        return;
      }
      admit(target, std::move(peer));
      accept();
    });
  }

  void admit(Loop& target, Socket socket) {
    if (shared->connections.fetch_add(1) >= shared->options.connections_max) {
      shared->connections.fetch_sub(1);
      boost::system::error_code ec;
      socket.non_blocking(true, ec);
      socket.write_some(asio::buffer(full_answer(*loops[0])), ec);
      socket.shutdown(Socket::shutdown_send, ec);
      return;
    }
    target.post(
        [&target, socket = std::make_shared<Socket>(std::move(socket))]() mutable { target.add(std::move(*socket)); });
  }

  std::shared_ptr<Shared> shared;
  std::vector<std::shared_ptr<Loop>> loops;
  std::vector<std::thread> threads;
  std::optional<Acceptor> acceptor;
  std::optional<Timer> pause;
  std::size_t next_loop = 0;
  std::uint16_t port = 0;
};

Server::Server(ServerOptions options, const Router& router, Metrics& metrics)
    : impl_(std::make_unique<Impl>(std::move(options), router.impl(), metrics)) {}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

Result<void> Server::start() {
  const ServerOptions& options = impl_->shared->options;
  boost::system::error_code ec;
  asio::ip::address address = asio::ip::make_address(options.address, ec);
  if (ec) {
    return fail(Code::InvalidInput, "http.address is no IP address: " + options.address);
  }
  asio::ip::tcp::endpoint endpoint(address, options.port);
  Acceptor acceptor(impl_->loops[0]->context());
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) {
    acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  }
  if (!ec) {
    acceptor.bind(endpoint, ec);
  }
  if (!ec) {
    acceptor.listen(asio::socket_base::max_listen_connections, ec);
  }
  if (ec) {
    return fail(Code::Unavailable, "cannot listen on " + options.address + " port " + std::to_string(options.port) +
                                       ": " + ec.message() + "; set http.address or http.port");
  }
  impl_->port = acceptor.local_endpoint(ec).port();
  impl_->acceptor.emplace(std::move(acceptor));
  impl_->pause.emplace(impl_->loops[0]->context());
  impl_->accept();
  for (auto& loop : impl_->loops) {
    impl_->threads.emplace_back([loop] {
      name_thread("http");
      loop->run();
    });
  }
  return {};
}

std::uint16_t Server::port() const { return impl_->port; }

void Server::stop(std::chrono::milliseconds grace) {
  if (impl_->threads.empty()) {
    return;
  }
  for (auto& loop : impl_->loops) {
    HEED_ASSERT(!loop->on_thread());
  }
  impl_->loops[0]->post([this] {
    boost::system::error_code ec;
    impl_->acceptor->close(ec);
    impl_->pause->cancel();
  });
  for (auto& loop : impl_->loops) {
    loop->post([loop = loop.get()] { loop->drain(); });
  }
  {
    std::unique_lock lock(impl_->shared->idle_mutex);
    impl_->shared->idle.wait_for(lock, grace, [&] { return impl_->shared->connections.load() == 0; });
  }
  for (auto& loop : impl_->loops) {
    loop->post([loop = loop.get()] { loop->finish(); });
  }
  for (std::thread& thread : impl_->threads) {
    thread.join();
  }
  impl_->threads.clear();
  impl_->acceptor.reset();
  impl_->pause.reset();
}

void Server::post(std::size_t index, Function<void()> f) {
  impl_->loops[index % impl_->loops.size()]->post(std::move(f));
}

}  // namespace heed::http
