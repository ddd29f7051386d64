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
#include "text/unmask.h"

namespace heed::match {

/// One find: an entry, the tokens it covers (last inclusive) and its bytes of the folded text, which may
/// begin before the first token ("$hit").
struct Match {
  std::uint32_t list = 0, entry = 0;
  std::uint32_t first_token = 0, last_token = 0;
  std::uint32_t begin = 0, end = 0;
  text::Tricks tricks = 0;  ///< what had to be undone; 0: plainly written
  bool operator==(const Match&) const = default;
};

/// All terms of all lists as one deterministic automaton over words: a scan walks from each token along the
/// phrases that begin there, so its cost depends on the text and hardly on the number of terms, and the
/// choices inside a term add up instead of multiplying. A word marked as filler ("fucking") may stand inside
/// a phrase without breaking it, two of them in a row at most. Terms are folded and split like posts. Where a
/// post's Readings say that tokens mean another word, a phrase may go on by that word as well as by the plain
/// one. Immutable; any number of threads.
class Matcher {
 public:
  /// Entries of this category are fillers: single words, never reported.
  static constexpr std::string_view kFiller = "context.filler";
  static constexpr std::size_t kEdgesMax = 8'000'000;

  /// InvalidInput collects terms without a word or with too many (pointer "list:line"); TooLarge when the
  /// lists give more than kEdgesMax edges.
  static Result<std::shared_ptr<const Matcher>> make(std::vector<TermList> lists);

  /// Replaces `out` by every find, ordered by first token, then by length, list and entry. Entries that
  /// expired at or before `when` are left out. No allocation once `out` has grown.
  void scan(std::string_view folded, const std::vector<text::Token>& tokens, Time when, std::vector<Match>& out) const;
  /// With other readings of the tokens. A find that both the plain words and a reading give is plain; of
  /// several ways by readings the one with the fewest tricks is told. At most kStepsMax edges are tried from
  /// one token.
  void scan(std::string_view folded, const std::vector<text::Token>& tokens, const text::Readings& readings, Time when,
            std::vector<Match>& out) const;
  static constexpr std::size_t kStepsMax = 512;
  /// All words of all lists, for text::unmask.
  const text::Vocabulary& vocabulary() const { return vocabulary_; }

  const std::vector<TermList>& lists() const { return lists_; }
  std::size_t edges() const { return edge_count_; }

 private:
  friend class MatcherBuilder;
  static constexpr std::size_t kFirstBits = 1u << 17;
  static constexpr Time kNever = Time::max();
  Matcher() = default;
  /// Where a word leads from a state.
  struct Edge {
    std::uint64_t key = 0;   ///< of state and word; 0: a free place
    std::uint64_t next = 0;  ///< bits by hash: words by which the state goes on
    std::uint32_t to = 0;    ///< state
    std::uint32_t word = 0;  ///< to verify a find: hashes alone could be made to collide
  };
  struct State {
    std::uint32_t finds_begin = 0, finds_end = 0;  ///< in finds_
    std::uint64_t next = 0;                        ///< as Edge::next; 0: the end
  };
  struct Find {
    std::uint32_t list, entry;
    Time expires;  ///< copied from the entry, which lies far away
    auto operator<=>(const Find&) const = default;
  };

  struct Way;
  static std::uint64_t next_bit(std::uint64_t word_hash) { return 1ull << (word_hash >> 40 & 63); }
  static std::uint64_t edge_key(std::uint32_t state, std::uint64_t word_hash);
  const Edge* edge(std::uint64_t key) const;
  bool is_filler(std::uint64_t word_hash) const;
  bool may_begin(std::uint64_t word_hash) const {
    const std::uint64_t bit = word_hash & (kFirstBits - 1);
    return (first_[bit / 64] >> (bit % 64) & 1) != 0;
  }
  void walk_plain(std::string_view folded, const std::vector<text::Token>& tokens, std::size_t start, Time when,
                  std::vector<Match>& out) const;
  void walk(Way& way, std::uint32_t state, std::size_t i, std::size_t skipped) const;
  void take(Way& way, std::uint32_t state, std::size_t i, std::uint64_t hash, std::int64_t reading) const;
  template <class F>
  void each_find(const State& state, Time when, F f) const {
    for (std::uint32_t at = state.finds_begin; at < state.finds_end; ++at) {
      if (when < finds_[at].expires || finds_[at].expires == kNever) {
        f(finds_[at]);
      }
    }
  }
  bool same_words(std::string_view folded, const std::vector<text::Token>& tokens, const std::uint32_t* path,
                  const Edge* const* edges, std::size_t length) const;

  std::vector<TermList> lists_;
  std::vector<Edge> edges_;  ///< open addressing, a power of two, at most half full
  std::vector<std::uint64_t>
      edge_bits_;  ///< by key: whether there may be such an edge; small enough for the first cache
  std::size_t edge_count_ = 0;
  std::vector<State> states_;  ///< 0 is the start
  std::vector<Find> finds_;
  std::vector<std::uint64_t> first_;             ///< bits by hash: whether any phrase begins with such a word
  std::vector<std::uint64_t> fillers_;           ///< sorted hashes
  std::array<std::uint64_t, 64> filler_bits_{};  ///< by hash: whether a word may be a filler
  text::Vocabulary vocabulary_;
  std::vector<std::string> words_;  ///< folded; "@" for any handle
};

}  // namespace heed::match
