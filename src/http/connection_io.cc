#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <cstring>

#include "http/connection.h"

// The half of Connection that moves bytes and watches the time; requests and answers are in connection.cc.
namespace heed::http::detail {
namespace {

constexpr std::size_t kBufferSmall = 8 * 1024;   // what an idle connection keeps
constexpr std::size_t kBufferLarge = 64 * 1024;  // while a large body comes in
constexpr std::size_t kSendBufferKept = 256 * 1024;
constexpr std::size_t kLingerBytesMax = 16 << 20;
constexpr std::chrono::milliseconds kLinger{2000};

SteadyTime now() { return std::chrono::steady_clock::now(); }

}  // namespace

// ---- bytes in -----------------------------------------------------------------------------------------------

/// False when the buffer is full and may not grow.
bool Connection::make_room() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    bool grow = current_ && hungry_ && capacity_ < kBufferLarge;
    bool shrink = !current_ && capacity_ > 2 * kBufferSmall;
    hungry_ = false;
    if (grow || shrink) {
      capacity_ = grow ? kBufferLarge : kBufferSmall;
      in_.reset(new char[capacity_]);
    }
  }
  if (end_ < capacity_ && (end_ - begin_) * 2 <= capacity_ && capacity_ - end_ >= 1024) {
    return true;
  }
  if (begin_ > 0) {
    std::memmove(in_.get(), in_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const std::size_t largest = std::max(kBufferLarge, shared_.options.header_bytes_max);
  if (end_ * 2 > capacity_ || capacity_ == 0) {
    std::size_t grown = std::min(largest, std::max(kBufferSmall, capacity_ * 2));
    if (grown > capacity_) {
      std::unique_ptr<char[]> larger(new char[grown]);
      if (end_ > 0) {
        std::memcpy(larger.get(), in_.get(), end_);
      }
      in_ = std::move(larger);
      capacity_ = grown;
    }
  }
  return end_ < capacity_;
}

void Connection::read_more() {
  if (reading_ || closed_ || (eof_ && !lingering_)) {
    return;
  }
  if (lingering_) {
    begin_ = end_ = 0;
  }
  if (!make_room()) {
    if (starved_ && !close_after_) {
      // Full, and the parser cannot do anything with it: a chunk header or trailer without end.
      starved_ = false;
      if (!current_) {
        begin_exchange();
      }
      refuse(400, "a chunk header or trailer is too long");
    }
    return;
  }
  reading_ = true;
  socket_.async_read_some(asio::buffer(in_.get() + end_, capacity_ - end_),
                          [self = shared_from_this()](boost::system::error_code ec, std::size_t n) {
                            self->reading_ = false;
                            self->on_read(ec, n);
                          });
}

void Connection::on_read(boost::system::error_code ec, std::size_t n) {
  if (closed_) {
    return;
  }
  if (lingering_) {
    lingered_ += n;
    if (ec || lingered_ > kLingerBytesMax) {
      close();
    } else {
      read_more();
    }
    return;
  }
  if (ec && ec != asio::error::eof) {
    close();
    return;
  }
  eof_ = eof_ || ec == asio::error::eof;
  end_ += n;
  hungry_ = end_ == capacity_;
  last_read_ = now();
  process();
}

// ---- bytes out ----------------------------------------------------------------------------------------------

void Connection::note_unsent() {
  if (current_) {
    current_->unsent_.store(backlog(), std::memory_order_relaxed);
  }
}

void Connection::flush() {
  if (writing_ || closed_ || lingering_) {
    return;
  }
  while (backlog() > 0) {
    boost::system::error_code ec;
    std::size_t n = socket_.write_some(asio::buffer(out_.data() + out_sent_, backlog()), ec);
    if (ec == asio::error::would_block || ec == asio::error::try_again) {
      writing_ = true;
      if (stalled_since_ == SteadyTime{}) {
        stalled_since_ = now();
      }
      note_unsent();
      socket_.async_wait(Socket::wait_write, [self = shared_from_this()](boost::system::error_code wait_ec) {
        self->writing_ = false;
        if (self->closed_) {
          return;
        }
        if (wait_ec) {
          self->close();
          return;
        }
        self->flush();
        self->process();  // whoever was held back may go on
      });
      return;
    }
    if (ec) {
      close_soon();  // not now: a handler may be our caller
      if (current_) {
        current_->gone_.store(true, std::memory_order_release);
      }
      out_.clear();
      out_sent_ = 0;
      return;
    }
    out_sent_ += n;
    stalled_since_ = {};
    if (out_sent_ * 2 > out_.size() && out_sent_ < out_.size() && out_sent_ > kBufferLarge) {
      out_.erase(0, out_sent_);
      out_sent_ = 0;
    }
  }
  out_.clear();
  out_sent_ = 0;
  if (out_.capacity() > kSendBufferKept) {
    std::string().swap(out_);
  }
  note_unsent();
  if (close_after_) {
    linger();
  }
}

/// Closing with bytes unread makes the kernel send a reset, which can overtake the answer. So, where more may
/// come: end our side, read and drop for a while, then close.
void Connection::linger() {
  bool body_open = current_ && !body_done_ && parser_.has_body();
  if (eof_ || !(refused_ || body_open || begin_ < end_)) {
    close_soon();
    return;
  }
  lingering_ = true;
  linger_since_ = now();
  boost::system::error_code ec;
  socket_.shutdown(Socket::shutdown_send, ec);
  read_more();
}

// ---- time ---------------------------------------------------------------------------------------------------

void Connection::sweep(SteadyTime at) {
  const ServerOptions& o = shared_.options;
  if (closed_) {
    return;
  }
  if (lingering_) {
    if (at - linger_since_ > kLinger) {
      close();
    }
    return;
  }
  if (backlog() > 0) {
    if (stalled_since_ != SteadyTime{} && at - stalled_since_ > o.write_timeout) {
      close(/*reset=*/true);
    }
    return;
  }
  if (!current_) {
    if (begin_ == end_) {
      if (at - idle_since_ > o.head_timeout * 4) {
        close();
      }
    } else if (at - head_since_ > o.head_timeout) {
      begin_exchange();
      refuse(408, "the request head took too long");
    }
    return;
  }
  if (body_done_ || paused_ || held_back() || sink_ == Sink::None) {
    return;
  }
  bool late = at - last_read_ > o.body_idle_timeout || (sink_ == Sink::Collect && at - body_since_ > o.body_timeout);
  if (late) {
    refuse(408, "the request body took too long");
  }
}

std::string Connection::remote_address(const Request& request) const {
  if (shared_.trusted(peer_)) {
    // From the right: each trusted hop vouches for the one before it. The first stranger is the client.
    std::vector<std::string_view> hops;
    for (const auto& [name, value] : request.headers) {
      std::string_view rest = value;
      while (name == "x-forwarded-for" && !rest.empty()) {
        std::size_t comma = rest.find(',');
        std::string_view hop = rest.substr(0, comma);
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
        while (hop.starts_with(' ') || hop.starts_with('\t')) {
          hop.remove_prefix(1);
        }
        while (hop.ends_with(' ') || hop.ends_with('\t')) {
          hop.remove_suffix(1);
        }
        hops.push_back(hop);
      }
    }
    asio::ip::address client = peer_;
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
      boost::system::error_code ec;
      auto address = asio::ip::make_address(std::string(*hop), ec);
      if (ec) {
        break;
      }
      client = address;
      if (!shared_.trusted(address)) {
        break;
      }
    }
    return client.to_string();
  }
  return peer_text_;
}

}  // namespace heed::http::detail
