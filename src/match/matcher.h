#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "match/term_list.h"
#include "text/token.h"

namespace heed::match {

/// One find: an entry, and the tokens it covers (last inclusive).
struct Match {
  std::uint32_t list = 0, entry = 0;
  std::uint32_t first_token = 0, last_token = 0;
  bool operator==(const Match&) const = default;
};

/// All terms of all lists as one deterministic automaton over words: a scan walks from each token along the phrases
/// that begin there, so its cost depends on the text and hardly on the number of terms, and the choices inside a term
/// add up instead of multiplying. A word marked as filler ("fucking") may stand inside a phrase without breaking it, two
/// of them in a row at most. Terms are folded and split like posts. Immutable; any number of threads.
class Matcher {
 public:
  /// Entries of this category are fillers: single words, never reported.
  static constexpr std::string_view kFiller = "context.filler";
  static constexpr std::size_t kEdgesMax = 8'000'000;

  /// InvalidInput collects terms without a word or with too many (pointer "list:line"); TooLarge when the lists give
  /// more than kEdgesMax edges.
  static Result<std::shared_ptr<const Matcher>> make(std::vector<TermList> lists);

  /// Replaces `out` by every find, ordered by first token, then by length, list and entry. Entries that expired at or
  /// before `when` are left out. No allocation once `out` has grown.
  void scan(std::string_view folded, const std::vector<text::Token>& tokens, Time when, std::vector<Match>& out) const;

  const std::vector<TermList>& lists() const { return lists_; }
  std::size_t edges() const { return edge_count_; }

 private:
  friend class MatcherBuilder;
  static constexpr std::size_t kFirstBits = 1u << 17;
  Matcher() = default;
  /// Where a word leads from a state.
  struct Edge {
    std::uint64_t key = 0;  ///< of state and word; 0: a free place
    std::uint32_t to = 0;   ///< state
    std::uint32_t word = 0; ///< to verify a find: hashes alone could be made to collide
  };
  struct State {
    std::uint32_t finds_begin = 0, finds_end = 0;  ///< in finds_
    bool goes_on = false;
  };
  struct Find {
    std::uint32_t list, entry;
    auto operator<=>(const Find&) const = default;
  };

  static std::uint64_t edge_key(std::uint32_t state, std::uint64_t word_hash);
  const Edge* edge(std::uint64_t key) const;
  bool is_filler(std::uint64_t word_hash) const;
  bool same_words(std::string_view folded, const std::vector<text::Token>& tokens, const std::uint32_t* path,
                  const Edge* const* edges, std::size_t length) const;

  std::vector<TermList> lists_;
  std::vector<Edge> edges_;  ///< open addressing, a power of two, at most half full
  std::size_t edge_count_ = 0;
  std::vector<State> states_;  ///< 0 is the start
  std::vector<Find> finds_;
  std::vector<std::uint64_t> first_;    ///< bits by hash: whether any phrase begins with such a word
  std::vector<std::uint64_t> fillers_;  ///< sorted hashes
  std::array<std::uint64_t, 64> filler_bits_{};  ///< by hash: whether a word may be a filler
  std::vector<std::string> words_;      ///< folded; "@" for any handle
};

}  // namespace heed::match
