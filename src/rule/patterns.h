#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rule/environment.h"

namespace heed::rule {

/// A regular expression in RE2's syntax. Matching is linear in the text, whatever the pattern. Any thread.
class Pattern {
 public:
  /// InvalidInput: not a pattern. TooLarge: over the limits.
  static Result<std::unique_ptr<const Pattern>> compile(std::string_view text, const Limits& limits);
  Pattern();
  ~Pattern();
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;
  bool found_in(std::string_view text) const;
  /// What a search in `text` is charged, as bytes looked at.
  std::size_t cost(std::string_view text) const;
  std::string_view text() const;
  std::uint64_t hash() const { return hash_; }  ///< of text()

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::uint64_t hash_ = 0;
};

/// Compiles each pattern once for all expressions that name it: the rules of a pack share a few. All with the same
/// limits. One thread.
class PatternPool {
 public:
  Result<std::shared_ptr<const Pattern>> get(std::string_view text, const Limits& limits);

 private:
  std::map<std::string, std::shared_ptr<const Pattern>, std::less<>> made_;
};

/// Patterns that are only known while evaluating: the few latest stay compiled. One an evaluator.
class Patterns {
 public:
  Patterns();
  ~Patterns();
  Patterns(const Patterns&) = delete;
  Patterns& operator=(const Patterns&) = delete;
  /// text.matches(pattern), or an error value.
  Value matches(Call& call, std::string_view text, std::string_view pattern);
  /// The same for a compiled pattern. Answers for the text of remember() are remembered: thirty rules of a pack ask the
  /// same of a post. Charged as if it were searched for, so that what a rule costs does not hang on its neighbours.
  Value search(Call& call, const Pattern& pattern, std::string_view text);
  /// `text` does not change, and no pattern that is searched for goes, until the next call.
  void remember(std::string_view text) {
    ++era_;
    subject_ = text;
  }

 private:
  struct Answer {
    std::uint64_t era = 0;
    const Pattern* pattern = nullptr;
    bool found = false;
  };
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::array<Answer, 32> answers_;  ///< by hash of the pattern: of two that fall together the later is remembered
  std::uint64_t era_ = 0;
  std::string_view subject_;
};

/// One search of `pattern` in `text`, paid for.
Value search(Call& call, const Pattern& pattern, std::string_view text);

}  // namespace heed::rule
