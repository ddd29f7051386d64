#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace heed::match {

/// A text to look for anywhere in a post, registered by a rule.
struct Pattern {
  enum class Kind : std::uint8_t { Literal, Regex };
  std::string text;  ///< bytes, or RE2 syntax; UTF-8
  Kind kind = Kind::Regex;
  bool operator==(const Pattern&) const = default;
};

struct Span {
  std::size_t begin = 0, end = 0;
  bool operator==(const Span&) const = default;
};

/// Many patterns in one pass. A pattern that cannot match without certain letters ("kill.{0,20}you") is tried
/// only when four (or two or three) of those letters, in a row, are in the text: one look into a bitmap for
/// each byte finds them, so a thousand patterns cost little more than a hundred. Which letters a regular
/// expression needs is asked of RE2's own prefilter. Patterns that need no letters ("\d{3}-\d{4}") go into
/// RE2::Sets; a set that runs out of memory is split at construction, or tried one by one at scanning, and
/// counted; it never loses a match. Immutable but for counters and RE2's caches; any number of threads.
class PatternSet {
 public:
  static constexpr std::size_t kPatternBytesMax = 2000, kPatternsMax = 100'000;
  static constexpr std::int64_t kMemoryPerPattern = 1 << 20;  ///< bytes RE2 may use for one
  static constexpr std::int64_t kMemoryPerSet = 16 << 20;
  static constexpr std::size_t kSetMax = 256;  ///< patterns in one RE2::Set before it has to be split

  /// InvalidInput collects every fault; pointer is the pattern's number, detail what RE2 says.
  static Result<std::shared_ptr<const PatternSet>> make(std::vector<Pattern> patterns);
  ~PatternSet();

  /// Replaces `fired` by the numbers of all patterns that match, ascending. No allocation once `fired` has
  /// grown, save two small ones inside RE2 when a pattern that needs no letters matches.
  void scan(std::string_view text, std::vector<std::uint32_t>& fired) const;
  /// Whether one pattern matches, tried by itself; what scan() is tested against.
  bool matches(std::uint32_t pattern, std::string_view text) const;
  /// The leftmost match of a pattern at or after `from`; on demand, since most callers need no span.
  bool find(std::uint32_t pattern, std::string_view text, std::size_t from, Span& out) const;
  /// Fills RE2's caches with the states that ordinary text needs; call it before the first post.
  void warm() const;

  const std::vector<Pattern>& patterns() const { return patterns_; }
  struct Counters {
    std::uint64_t exhausted = 0;  ///< scans in which a set ran out of memory and its patterns were tried one by one
    std::uint64_t splits = 0;     ///< sets split at construction
  };
  Counters counters() const;

 private:
  struct Impl;
  PatternSet();
  std::vector<Pattern> patterns_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heed::match
