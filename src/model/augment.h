#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace heed::model {

/// Numbers that are the same everywhere (xorshift64*).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ull | 1) {}
  std::uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1dull;
  }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>((next() >> 33) % n); }

 private:
  std::uint64_t state_;
};

/// A word as somebody writes it who does not want it to be found: masked, with a letter dropped, swapped or
/// doubled, in leet, spaced, with look-alikes of another script or a zero-width mark inside. `word` is ASCII
/// of 3 letters or more.
std::string disguise(std::string_view word, Random& random);

/// `text` with every ASCII word for which `chosen` holds disguised; "" if there was none.
std::string disguise_words(std::string_view text, const std::function<bool(std::string_view)>& chosen, Random& random);

/// `text` about another group of people, each name of a group replaced by another of the same form (plural
/// noun or adjective); "" if it names none. The judgement of a post must not hang on which group it is about.
std::string swap_groups(std::string_view text, Random& random);

}  // namespace heed::model
