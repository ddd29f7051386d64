#include "http/exchange.h"

#include <charconv>

#include "http/connection.h"
#include "http/loop.h"
#include "http/problem.h"

namespace heed::http::detail {

Exchange::Exchange(std::shared_ptr<Loop> loop, std::shared_ptr<Connection> connection, Facts facts)
    : facts_(std::move(facts)), loop_(std::move(loop)), connection_(std::move(connection)) {}

void Exchange::send(Response response) {
  if (gone()) {
    return;
  }
  if (loop_->on_thread()) {
    connection_->respond(*this, std::move(response));
    return;
  }
  loop_->post([self = shared_from_this(), response = std::move(response)]() mutable {
    self->connection_->respond(*self, std::move(response));
  });
}

void Exchange::abandon() { send(problem_of_status(500, "the request was dropped without an answer", request_id())); }

void Exchange::begin_stream(int status, std::string content_type,
                            std::vector<std::pair<std::string, std::string>> headers) {
  bool needed = false;
  {
    std::lock_guard lock(mutex_);
    outbox_.head = std::make_unique<StreamHead>(StreamHead{status, std::move(content_type), std::move(headers)});
    if (bare()) {
      outbox_.finished = true;
      ended_ = true;
      gone_.store(true, std::memory_order_release);
    }
    needed = !std::exchange(scheduled_, true);
  }
  wake(needed);
}

bool Exchange::write(std::string bytes) {
  if (gone()) {
    return false;
  }
  if (bytes.empty()) {
    return true;
  }
  bool needed = false;
  bool fits = true;
  {
    std::lock_guard lock(mutex_);
    if (ended_) {
      return false;
    }
    fits = unsent_.load(std::memory_order_relaxed) + outbox_.bytes.size() + bytes.size() <= facts_.write_buffer_max;
    if (!fits) {
      outbox_.torn = ended_ = true;
    } else if (facts_.http_1_0) {
      outbox_.bytes += bytes;
    } else {
      char size[20];
      auto end = std::to_chars(size, size + sizeof size, bytes.size(), 16).ptr;
      outbox_.bytes.append(size, end).append("\r\n").append(bytes).append("\r\n");
    }
    needed = !std::exchange(scheduled_, true);
  }
  wake(needed);
  return fits;
}

void Exchange::finish() {
  bool needed = false;
  {
    std::lock_guard lock(mutex_);
    if (ended_) {
      return;
    }
    ended_ = true;
    outbox_.finished = true;
    if (!facts_.http_1_0) {
      outbox_.bytes += "0\r\n\r\n";
    }
    needed = !std::exchange(scheduled_, true);
  }
  wake(needed);
}

void Exchange::drop_stream() {
  bool needed = false;
  {
    std::lock_guard lock(mutex_);
    if (ended_) {
      return;
    }
    ended_ = outbox_.torn = true;
    needed = !std::exchange(scheduled_, true);
  }
  wake(needed);
}

void Exchange::wake(bool needed) {
  if (!needed) {
    return;
  }
  if (loop_->on_thread()) {
    connection_->pump(*this);
  } else {
    loop_->post([self = shared_from_this()] { self->connection_->pump(*self); });
  }
}

Exchange::Outbox Exchange::take_outbox() {
  std::lock_guard lock(mutex_);
  scheduled_ = false;
  // Counted as unsent before the lock goes, or a writer in between would see too little.
  unsent_.fetch_add(outbox_.bytes.size(), std::memory_order_relaxed);
  return std::exchange(outbox_, Outbox{});
}

void Exchange::resume() {
  // Always posted: the consumer may be the caller, and must not be called back from within.
  loop_->post([self = shared_from_this()] { self->connection_->resume_body(*self); });
}

std::size_t Exchange::pending() const {
  std::lock_guard lock(mutex_);
  return outbox_.bytes.size() + unsent_.load(std::memory_order_relaxed);
}

}  // namespace heed::http::detail
