#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace heed::http {

/// An answer's head as a client sees it.
struct ResponseHead {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string_view header(std::string_view lower_name) const;
};

/// Bytes → answer, for our own small client: HTTP/1.x, Content-Length, chunked or until the end of the
/// connection; 1xx answers are skipped, trailers dropped. Feed it in any pieces.
class ResponseParser {
 public:
  /// `head_request`: an answer to HEAD has no body whatever its headers say.
  void reset(bool head_request);
  /// Takes what it can of `input`, appends decoded body bytes to `body`. InvalidInput: not HTTP, or a head or
  /// chunk line above 64 KiB. After the end nothing more is taken.
  Result<void> feed(std::string_view& input, std::string& body);
  /// The connection has ended. Unavailable when the answer had not.
  Result<void> feed_end();
  bool head_done() const { return state_ > State::Head; }
  bool done() const { return state_ == State::Done; }
  /// May the connection be used again?
  bool keep_alive() const { return keep_alive_; }
  ResponseHead& head() { return head_; }

 private:
  enum class State { Head, Length, ChunkSize, ChunkData, ChunkEnd, Trailer, UntilClose, Done };
  Result<void> parse_head(std::string_view raw);
  /// The next line without its CR LF, or false when it has not all come.
  Result<bool> line(std::string_view& input);

  State state_ = State::Head;
  bool head_request_ = false;
  bool keep_alive_ = true;
  std::uint64_t left_ = 0;
  std::string pending_;  // of a head or line that has not all come
  std::string line_;
  ResponseHead head_;
};

}  // namespace heed::http
