#include "match/matcher.h"

#include <algorithm>

namespace heed::match {
namespace {

constexpr std::size_t kFillersInARow = 2;

}  // namespace

std::uint64_t Matcher::edge_key(std::uint32_t state, std::uint64_t word_hash) {
  std::uint64_t key = (word_hash ^ (state * 0x9e3779b97f4a7c15ull)) * 0xff51afd7ed558ccdull;
  key ^= key >> 32;
  return key == 0 ? 1 : key;
}

const Matcher::Edge* Matcher::edge(std::uint64_t key) const {
  const std::size_t mask = edges_.size() - 1;
  for (std::size_t at = key & mask; edges_[at].key != 0; at = (at + 1) & mask) {
    if (edges_[at].key == key) {
      return &edges_[at];
    }
  }
  return nullptr;
}

bool Matcher::is_filler(std::uint64_t word_hash) const {
  return (filler_bits_[word_hash >> 58] >> (word_hash >> 52 & 63) & 1) != 0 &&
         std::binary_search(fillers_.begin(), fillers_.end(), word_hash);
}

bool Matcher::same_words(std::string_view folded, const std::vector<text::Token>& tokens, const std::uint32_t* path,
                         const Edge* const* edges, std::size_t length) const {
  for (std::size_t i = 0; i < length; ++i) {
    const std::string& word = words_[edges[i]->word];
    const text::Token& token = tokens[path[i]];
    const bool same = token.kind == text::Token::Kind::Handle
                          ? word == "@"
                          : text::same_word(word, folded.substr(token.begin, token.end - token.begin));
    if (!same) {
      return false;
    }
  }
  return true;
}

void Matcher::scan(std::string_view folded, const std::vector<text::Token>& tokens, Time when,
                   std::vector<Match>& out) const {
  out.clear();
  for (std::size_t start = 0; start < tokens.size(); ++start) {
    const std::uint64_t bit = tokens[start].hash & (Matcher::kFirstBits - 1);
    if ((first_[bit / 64] >> (bit % 64) & 1) == 0) {
      continue;
    }
    std::uint32_t path[kPhraseTokensMax];
    const Edge* taken[kPhraseTokensMax];
    std::size_t length = 0;
    std::size_t skipped = 0;
    std::uint32_t at = 0;
    for (std::size_t i = start; i < tokens.size() && length < kPhraseTokensMax; ++i) {
      const Edge* next = edge(edge_key(at, tokens[i].hash));
      if (next == nullptr) {
        // A filler inside a phrase is stepped over; one that itself goes on a phrase was taken above.
        if (length == 0 || skipped == kFillersInARow || !is_filler(tokens[i].hash)) {
          break;
        }
        ++skipped;
        continue;
      }
      skipped = 0;
      at = next->to;
      taken[length] = next;
      path[length++] = static_cast<std::uint32_t>(i);
      const State& state = states_[at];
      if (state.finds_begin != state.finds_end && same_words(folded, tokens, path, taken, length)) {
        for (std::uint32_t f = state.finds_begin; f < state.finds_end; ++f) {
          const auto& expires = lists_[finds_[f].list].entries[finds_[f].entry].expires;
          if (!expires || when < *expires) {
            out.push_back({finds_[f].list, finds_[f].entry, static_cast<std::uint32_t>(start), path[length - 1],
                           tokens[start].begin, tokens[path[length - 1]].end, 0});
          }
        }
      }
      if (!state.goes_on) {
        break;
      }
    }
  }
}

}  // namespace heed::match
