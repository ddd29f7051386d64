#include "match/matcher.h"

#include <algorithm>
#include <bit>
#include <tuple>

namespace heed::match {
namespace {

constexpr std::size_t kFillersInARow = 2;
/// A phrase of plain words ends at the latest so many tokens after its first.
constexpr std::size_t kReachMax = kPhraseTokensMax * (kFillersInARow + 1);

}  // namespace

std::uint64_t Matcher::edge_key(std::uint32_t state, std::uint64_t word_hash) {
  std::uint64_t key = (word_hash ^ (state * 0x9e3779b97f4a7c15ull)) * 0xff51afd7ed558ccdull;
  key ^= key >> 32;
  return key == 0 ? 1 : key;
}

const Matcher::Edge* Matcher::edge(std::uint64_t key) const {
  const std::uint64_t bit = key >> 24 & (edge_bits_.size() * 64 - 1);
  if ((edge_bits_[bit / 64] >> (bit % 64) & 1) == 0) {
    return nullptr;
  }
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

void Matcher::walk_plain(std::string_view folded, const std::vector<text::Token>& tokens, std::size_t start, Time when,
                         std::vector<Match>& out) const {
  std::uint32_t path[kPhraseTokensMax];
  const Edge* taken[kPhraseTokensMax];
  std::size_t length = 0;
  std::size_t skipped = 0;
  std::uint32_t at = 0;
  std::uint64_t goes_on = ~0ull;
  for (std::size_t i = start; i < tokens.size() && length < kPhraseTokensMax; ++i) {
    const bool may = (goes_on & next_bit(tokens[i].hash)) != 0;
    const Edge* next = may ? edge(edge_key(at, tokens[i].hash)) : nullptr;
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
      each_find(state, when, [&](const Find& find) {
        out.push_back({find.list, find.entry, static_cast<std::uint32_t>(start), path[length - 1], tokens[start].begin,
                       tokens[path[length - 1]].end, 0});
      });
    }
    goes_on = next->next;
    if (goes_on == 0) {
      break;
    }
  }
}

/// A walk along a phrase that may branch wherever tokens have other readings.
struct Matcher::Way {
  struct Step {
    const Edge* edge = nullptr;
    std::uint32_t token = 0;
    std::int64_t reading = -1;  ///< index into readings.all; -1: the plain token
  };
  std::string_view folded;
  const std::vector<text::Token>& tokens;
  const text::Readings& readings;
  Time when;
  std::vector<Match>& out;
  std::uint32_t start = 0;
  std::size_t steps_left = kStepsMax;
  std::size_t length = 0;
  text::Tricks tricks = 0;
  Step steps[kPhraseTokensMax] = {};

  std::uint32_t begin(const Step& step) const {
    return step.reading < 0 ? tokens[step.token].begin : readings.all[static_cast<std::size_t>(step.reading)].begin;
  }
  std::uint32_t end(const Step& step) const {
    return step.reading < 0 ? tokens[step.token].end : readings.all[static_cast<std::size_t>(step.reading)].end;
  }
  std::uint32_t last(const Step& step) const {
    return step.reading < 0 ? step.token : readings.all[static_cast<std::size_t>(step.reading)].last;
  }
};

void Matcher::take(Way& way, std::uint32_t at, std::size_t i, std::uint64_t hash, std::int64_t reading) const {
  if (way.steps_left == 0) {
    return;
  }
  --way.steps_left;
  const bool may = (states_[at].next & next_bit(hash)) != 0;
  const Edge* next = may ? edge(edge_key(at, hash)) : nullptr;
  if (next == nullptr) {
    return;
  }
  const text::Tricks before = way.tricks;
  Way::Step& step = way.steps[way.length++];
  step = {next, static_cast<std::uint32_t>(i), reading};
  const State& state = states_[next->to];
  bool same = true;
  const std::string& word = words_[next->word];
  if (reading >= 0) {
    const text::Reading& read = way.readings.all[static_cast<std::size_t>(reading)];
    way.tricks |= read.tricks;
    same = text::same_word(word, way.readings.word(read));
  } else {
    const text::Token& token = way.tokens[i];
    same = token.kind == text::Token::Kind::Handle
               ? word == "@"
               : text::same_word(word, way.folded.substr(token.begin, token.end - token.begin));
  }
  if (same) {
    each_find(state, way.when, [&](const Find& find) {
      way.out.push_back(
          {find.list, find.entry, way.start, way.last(step), way.begin(way.steps[0]), way.end(step), way.tricks});
    });
    if (state.next != 0 && way.length < kPhraseTokensMax) {
      walk(way, next->to, way.last(step) + 1, 0);
    }
  }
  --way.length;
  way.tricks = before;
}

void Matcher::walk(Way& way, std::uint32_t state, std::size_t i, std::size_t skipped) const {
  if (i >= way.tokens.size()) {
    return;
  }
  take(way, state, i, way.tokens[i].hash, -1);
  const auto& all = way.readings.all;
  auto reading =
      std::lower_bound(all.begin(), all.end(), i, [](const text::Reading& r, std::size_t at) { return r.first < at; });
  const std::size_t length = way.length;
  for (; reading != all.end() && reading->first == i; ++reading) {
    take(way, state, i, reading->hash, reading - all.begin());
    if (length > 0 && skipped < kFillersInARow && is_filler(reading->hash)) {
      walk(way, state, reading->last + 1, skipped + 1);
    }
  }
  if (length > 0 && skipped < kFillersInARow && is_filler(way.tokens[i].hash) &&
      edge(edge_key(state, way.tokens[i].hash)) == nullptr) {
    walk(way, state, i + 1, skipped + 1);
  }
}

void Matcher::scan(std::string_view folded, const std::vector<text::Token>& tokens, Time when,
                   std::vector<Match>& out) const {
  out.clear();
  for (std::size_t start = 0; start < tokens.size(); ++start) {
    if (may_begin(tokens[start].hash)) {
      walk_plain(folded, tokens, start, when, out);
    }
  }
}

void Matcher::scan(std::string_view folded, const std::vector<text::Token>& tokens, const text::Readings& readings,
                   Time when, std::vector<Match>& out) const {
  out.clear();
  const auto& all = readings.all;
  std::size_t next = 0;  // the first reading that begins at `start` or after it
  for (std::size_t start = 0; start < tokens.size(); ++start) {
    while (next < all.size() && all[next].first < start) {
      ++next;
    }
    bool begins = may_begin(tokens[start].hash);
    if (next == all.size() || all[next].first > start + kReachMax) {
      if (begins) {
        walk_plain(folded, tokens, start, when, out);
      }
      continue;
    }
    for (std::size_t r = next; !begins && r < all.size() && all[r].first == start; ++r) {
      begins = may_begin(all[r].hash);
    }
    if (!begins) {
      continue;
    }
    const std::size_t before = out.size();
    Way way{folded, tokens, readings, when, out, static_cast<std::uint32_t>(start)};
    walk(way, 0, start, 0);
    const auto found = out.begin() + static_cast<std::ptrdiff_t>(before);
    std::sort(found, out.end(), [](const Match& a, const Match& b) {
      return std::tuple(a.last_token, a.list, a.entry, std::popcount(a.tricks), a.tricks, a.begin) <
             std::tuple(b.last_token, b.list, b.entry, std::popcount(b.tricks), b.tricks, b.begin);
    });
    out.erase(std::unique(found, out.end(),
                          [](const Match& a, const Match& b) {
                            return a.last_token == b.last_token && a.list == b.list && a.entry == b.entry;
                          }),
              out.end());
  }
}

}  // namespace heed::match
