#pragma once
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

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
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

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// One search of `pattern` in `text`, paid for.
Value search(Call& call, const Pattern& pattern, std::string_view text);

}  // namespace heed::rule
