#include "http/response_parser.h"

#include <algorithm>
#include <charconv>

namespace heed::http {
namespace {

constexpr std::size_t kHeadBytesMax = 64 * 1024;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  }
  return out;
}

tl::unexpected<Error> malformed(const char* what) {
  return fail(Code::InvalidInput, std::string("the server's answer is malformed: ") + what);
}

}  // namespace

std::string_view ResponseHead::header(std::string_view lower_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_name) {
      return value;
    }
  }
  return {};
}

void ResponseParser::reset(bool head_request) {
  *this = ResponseParser{};
  head_request_ = head_request;
}

Result<bool> ResponseParser::line(std::string_view& input) {
  std::size_t end = input.find('\n');
  pending_.append(input.substr(0, end == std::string_view::npos ? end : end + 1));
  input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
  if (pending_.size() > kHeadBytesMax) {
    return malformed("a line is too long");
  }
  if (end == std::string_view::npos) {
    return false;
  }
  if (!pending_.ends_with("\r\n")) {
    return malformed("a line does not end in CR LF");
  }
  pending_.resize(pending_.size() - 2);
  line_ = std::move(pending_);
  pending_.clear();
  return true;
}

Result<void> ResponseParser::parse_head(std::string_view raw) {
  head_ = ResponseHead{};
  bool first = true;
  bool http_1_0 = false;
  while (!raw.empty()) {
    std::size_t end = raw.find("\r\n");
    std::string_view text = raw.substr(0, end);
    raw.remove_prefix(end == std::string_view::npos ? raw.size() : end + 2);
    if (first) {
      first = false;
      if (text.size() < 12 || !text.starts_with("HTTP/1.") || text[8] != ' ') {
        return malformed("no status line");
      }
      http_1_0 = text[7] == '0';
      auto parsed = std::from_chars(text.data() + 9, text.data() + 12, head_.status);
      if (parsed.ptr != text.data() + 12 || head_.status < 100) {
        return malformed("no status");
      }
      continue;
    }
    std::size_t colon = text.find(':');
    if (colon == 0 || colon == std::string_view::npos) {
      return malformed("a header without a colon");
    }
    head_.headers.emplace_back(lower(text.substr(0, colon)), trimmed(text.substr(colon + 1)));
  }
  std::string connection = lower(head_.header("connection"));
  keep_alive_ = http_1_0 ? connection == "keep-alive" : connection != "close";
  if (head_.status < 200) {
    return {};  // 100 Continue: the answer is still to come
  }
  std::string_view length = head_.header("content-length");
  std::string coding = lower(head_.header("transfer-encoding"));
  if (head_request_ || head_.status == 204 || head_.status == 304) {
    state_ = State::Done;
  } else if (coding == "chunked") {
    state_ = State::ChunkSize;
  } else if (!coding.empty()) {
    return malformed("an unknown transfer coding");
  } else if (!length.empty()) {
    auto parsed = std::from_chars(length.data(), length.data() + length.size(), left_);
    if (parsed.ec != std::errc{} || parsed.ptr != length.data() + length.size()) {
      return malformed("Content-Length");
    }
    state_ = left_ == 0 ? State::Done : State::Length;
  } else {
    state_ = State::UntilClose;
    keep_alive_ = false;
  }
  return {};
}

Result<void> ResponseParser::feed(std::string_view& input, std::string& body) {
  while (!input.empty() && state_ != State::Done) {
    switch (state_) {
      case State::Head: {
        std::size_t from = pending_.size() < 3 ? 0 : pending_.size() - 3;
        std::size_t had = pending_.size();
        pending_.append(input);
        std::size_t end = pending_.find("\r\n\r\n", from);
        if (end == std::string::npos) {
          input = {};
          if (pending_.size() > kHeadBytesMax) {
            return malformed("the head is too long");
          }
          break;
        }
        input.remove_prefix(end + 4 - had);
        std::string raw = std::move(pending_);
        pending_.clear();
        TRY(parse_head(std::string_view(raw).substr(0, end)));
        break;
      }
      case State::Length:
      case State::ChunkData: {
        std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
        body.append(input.substr(0, n));
        input.remove_prefix(n);
        left_ -= n;
        if (left_ == 0) {
          state_ = state_ == State::Length ? State::Done : State::ChunkEnd;
        }
        break;
      }
      case State::ChunkSize: {
        if (!TRY(line(input))) {
          break;
        }
        auto parsed = std::from_chars(line_.data(), line_.data() + line_.size(), left_, 16);
        bool ends = parsed.ptr == line_.data() + line_.size() || *parsed.ptr == ';' || *parsed.ptr == ' ';
        if (parsed.ec != std::errc{} || !ends) {
          return malformed("a chunk size");
        }
        state_ = left_ == 0 ? State::Trailer : State::ChunkData;
        break;
      }
      case State::ChunkEnd:
        if (TRY(line(input))) {
          if (!line_.empty()) {
            return malformed("a chunk without end");
          }
          state_ = State::ChunkSize;
        }
        break;
      case State::Trailer:
        if (TRY(line(input)) && line_.empty()) {
          state_ = State::Done;
        }
        break;
      case State::UntilClose:
        body.append(input);
        input = {};
        break;
      case State::Done:
        break;
    }
  }
  return {};
}

Result<void> ResponseParser::feed_end() {
  if (state_ == State::UntilClose) {
    state_ = State::Done;
  }
  if (state_ != State::Done) {
    return fail(Code::Unavailable, "the server closed the connection before its answer was complete");
  }
  return {};
}

}  // namespace heed::http
