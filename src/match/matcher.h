#pragma once
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

/// All terms of all lists in one table: a scan walks from each token along the phrases that begin there, so its cost
/// depends on the text and hardly on the number of terms. A word marked as filler ("fucking") may stand inside a
/// phrase without breaking it, two of them in a row at most. Terms are folded and split like posts. Immutable; any
/// number of threads.
class Matcher {
 public:
  /// Entries of this category are fillers: single words, never reported.
  static constexpr std::string_view kFiller = "context.filler";
  static constexpr std::size_t kPhrasesMax = 4'000'000;

  /// InvalidInput collects terms without a word or with too many; the pointer is "list:line".
  static Result<std::shared_ptr<const Matcher>> make(std::vector<TermList> lists);

  /// Replaces `out` by every find, ordered by first token, then by length, list and entry. Entries that expired at or
  /// before `when` are left out. No allocation once `out` has grown.
  void scan(std::string_view folded, const std::vector<text::Token>& tokens, Time when, std::vector<Match>& out) const;

  const std::vector<TermList>& lists() const { return lists_; }
  std::size_t phrases() const { return phrases_.size(); }

 private:
  Matcher() = default;
  struct Node {
    std::uint64_t key = 0;            ///< hash of the tokens up to here; 0: free
    std::uint32_t phrase = kNone;     ///< first of a chain of phrases that end here
    std::uint32_t longer = 0;         ///< whether phrases go on from here
  };
  struct Phrase {
    std::uint32_t list, entry;
    std::uint32_t text_begin, text_size;  ///< tokens joined by spaces, to verify a find
    std::uint32_t next;
  };
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  void add(std::uint32_t list, std::uint32_t entry, std::string_view folded, const std::vector<text::Token>& tokens);
  Node& put(std::uint64_t key);
  void grow();
  const Node* find(std::uint64_t key) const;
  bool same_text(const Phrase& phrase, std::string_view folded, const std::vector<text::Token>& tokens,
                 const std::uint32_t* path, std::size_t length) const;

  std::vector<TermList> lists_;
  std::vector<Node> nodes_;  ///< open addressing, a power of two, at most half full
  std::size_t used_ = 0;
  std::vector<std::uint64_t> first_;  ///< bits by hash: whether any phrase begins with such a token
  std::vector<std::uint64_t> fillers_;  ///< sorted hashes
  std::vector<Phrase> phrases_;
  std::string texts_;
};

}  // namespace heed::match
