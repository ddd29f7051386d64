#pragma once
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "text/token.h"

namespace heed::assess {

/// What list entries of the categories "context.*" say about the words around a find.
enum class Cue : std::uint8_t {
  None,
  Attribution,  ///< context.attribution: "he wrote"; the words that follow are somebody else's
  Objection,    ///< context.objection: "report him", "is not ok"; the words around are spoken against
  Negation,     ///< context.negation: "don't", "never"; right before a find it turns it round
  Play,         ///< context.play: "in the game"
  Sign,         ///< context.sign: a warning sign, its group says which
  Home,         ///< context.home: "lives at"; ties an address to a person
  Own,          ///< context.own: "our shop", "my address"; an address that its owner gives
  Idiom,        ///< context.idiom: "kill you with kindness"; a find inside it is none
};
Cue cue_of(std::string_view category);

/// Where cues and quotations stand in one post. Reused between posts.
class Context {
 public:
  /// Forgets the last post.
  void start(std::string_view folded, const std::vector<text::Token>& tokens);
  /// Cues come in order of their first token.
  void put(Cue cue, std::uint32_t first, std::uint32_t last);

  /// Whether the words [first, last] are quoted, attributed or spoken against rather than meant.
  bool reported(std::uint32_t first, std::uint32_t last);
  /// Whether a negation ends right before `first`.
  bool negated(std::uint32_t first) const;
  /// Whether an idiom holds the words [first, last], or begins in them and goes on after them.
  bool idiom(std::uint32_t first, std::uint32_t last) const;
  /// Whether a cue stands within `distance` tokens before or after [first, last], not in it.
  bool near(Cue cue, std::uint32_t first, std::uint32_t last, std::uint32_t distance) const;
  bool has(Cue cue) const { return !cues(cue).empty(); }

 private:
  struct Place {
    std::uint32_t first, last;
  };
  const std::vector<Place>& cues(Cue cue) const { return cues_[static_cast<std::size_t>(cue)]; }
  void find_quotes();
  /// The quotation around these tokens, as bytes of the folded text; empty when there is none.
  std::pair<std::uint32_t, std::uint32_t> quote_around(std::uint32_t first, std::uint32_t last) const;

  std::string_view folded_;
  const std::vector<text::Token>* tokens_ = nullptr;
  std::vector<Place> cues_[9];
  std::vector<std::pair<std::uint32_t, std::uint32_t>> quotes_;  ///< bytes [begin, end) inside the marks
  bool quotes_known_ = false;
};

}  // namespace heed::assess
