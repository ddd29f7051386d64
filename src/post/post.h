#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace heed::post {

enum class Kind : std::uint8_t { Post, Message, Profile };
std::string_view kind_name(Kind kind);

/// Limits of one post; beyond them the post is refused with the field's name.
constexpr std::size_t kTextBytesMax = 1 << 20;
constexpr std::size_t kIdBytesMax = 255;
constexpr std::size_t kMentionsMax = 1000;
constexpr std::size_t kLinksMax = 100;
constexpr std::size_t kMediaMax = 50;
constexpr std::size_t kAttributesMax = 64;
constexpr Millis kAheadMax = std::chrono::minutes(5);

struct Author {
  std::string_view id, handle, client_hash;
  std::optional<Time> created_at;
  std::int64_t followers = -1;  ///< -1: unknown
};
struct PostRef {
  std::string_view post_id, account_id;
  bool present() const { return !post_id.empty() || !account_id.empty(); }
};
struct Media {
  std::string_view sha256, type, url;
};
struct Attribute {
  std::string_view name;
  Json value;  ///< string, number or bool; flat
};

/// A post as parsed: views into the parser's document, valid until its next parse. Reused between posts so
/// that its vectors keep their memory.
struct Post {
  Kind kind = Kind::Post;
  std::string_view id, text, lang;
  Time created_at{};
  Author author;
  PostRef reply_to, quote_of;
  std::vector<std::string_view> mentions, links;
  std::vector<Media> media;
  std::vector<Attribute> attributes;
  std::uint32_t ignored_fields = 0;  ///< unknown members, counted and let be
  std::string_view raw;              ///< the JSON text it came from

  /// Accounts this post is aimed at: mentioned, replied to, quoted; without the author, without repeats.
  void targets(std::vector<std::string_view>& out) const;
};

/// Parses and validates one post. InvalidInput names every faulty field by JSON pointer (also a repeated
/// key, a NUL in an id, invalid UTF-8, `created_at` more than five minutes after `now`).
/// `parser` must outlive `out`. No allocation in steady state for valid posts.
Result<void> parse_post(JsonParser& parser, std::string_view json, Time now, Post& out);
/// The same from an already parsed object (an element of a request).
Result<void> read_post(Json json, std::string_view raw, Time now, Post& out);

/// Splits a stream of bytes into lines. Lines longer than `line_bytes_max` are reported once as too long and
/// skipped to their end. Blank lines are not reported; line numbers count every line from 1.
class LineSplitter {
 public:
  explicit LineSplitter(std::size_t line_bytes_max = kTextBytesMax * 4) : line_bytes_max_(line_bytes_max) {}
  /// f(line_number, line, too_long). Calls for complete lines of `bytes`; keeps the rest.
  template <class F>
  void feed(std::string_view bytes, F&& f);
  /// The last line when it has no newline.
  template <class F>
  void finish(F&& f);

 private:
  std::size_t line_bytes_max_;
  std::string rest_;
  std::uint64_t line_ = 0;
  bool skipping_ = false;
};

template <class F>
void LineSplitter::feed(std::string_view bytes, F&& f) {
  while (!bytes.empty()) {
    std::size_t end = bytes.find('\n');
    std::string_view part = bytes.substr(0, end);
    bool complete = end != std::string_view::npos;
    bytes.remove_prefix(complete ? end + 1 : bytes.size());
    if (skipping_) {
      if (complete) {
        skipping_ = false;
      }
      continue;
    }
    if (rest_.size() + part.size() > line_bytes_max_) {
      ++line_;
      rest_.clear();
      skipping_ = !complete;
      f(line_, std::string_view{}, true);
      continue;
    }
    if (!complete) {
      rest_.append(part);
      continue;
    }
    ++line_;
    if (!rest_.empty()) {
      rest_.append(part);
      part = rest_;
    }
    if (!part.empty() && part.back() == '\r') {
      part.remove_suffix(1);
    }
    if (part.find_first_not_of(" \t") != std::string_view::npos) {
      f(line_, part, false);
    }
    rest_.clear();
  }
}

template <class F>
void LineSplitter::finish(F&& f) {
  if (!skipping_ && rest_.find_first_not_of(" \t\r") != std::string::npos) {
    ++line_;
    std::string last;
    last.swap(rest_);
    f(line_, std::string_view(last), false);
  }
  rest_.clear();
  skipping_ = false;
}

}  // namespace heed::post
