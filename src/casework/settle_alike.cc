#include "casework/settle_alike.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "text/fold.h"
#include "text/token.h"

namespace heed::casework {
namespace {

constexpr std::size_t kShingleWords = 3;
constexpr std::size_t kCandidatesMax = 64;  // per band: a text that everybody writes does not make a search slow

/// splitmix64's finaliser.
std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ull;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebull;
  return x ^ x >> 31;
}

}  // namespace

Sketch Sketch::of(std::string_view text, std::uint64_t key) {
  thread_local text::Folded folded;
  thread_local std::vector<text::Token> tokens;
  text::fold(text, folded);
  text::tokenize(folded.text, tokens);
  std::vector<std::uint64_t> words;
  words.reserve(tokens.size());
  for (const text::Token& token : tokens) {
    if (token.kind != text::Token::Kind::Handle && token.kind != text::Token::Kind::Link) {
      words.push_back(token.hash);
    }
  }
  Sketch out;
  if (words.empty()) {
    return out;
  }
  std::uint64_t all = mix(key);
  for (std::uint64_t word : words) {
    all = mix(all ^ word) + 0x9e3779b97f4a7c15ull;
  }
  out.words_ = all == 0 ? 1 : all;
  const std::size_t length = std::min(kShingleWords, words.size());
  out.shingles_.reserve(words.size() - length + 1);
  for (std::size_t i = 0; i + length <= words.size(); ++i) {
    std::uint64_t hash = mix(key);
    for (std::size_t j = i; j < i + length; ++j) {
      hash = mix(hash ^ words[j]) + 0x9e3779b97f4a7c15ull;
    }
    out.shingles_.push_back(static_cast<std::uint32_t>(hash >> 32));
  }
  std::sort(out.shingles_.begin(), out.shingles_.end());
  out.shingles_.erase(std::unique(out.shingles_.begin(), out.shingles_.end()), out.shingles_.end());
  if (out.shingles_.size() > kKept) {
    out.shingles_.resize(kKept);
  }
  return out;
}

double Sketch::likeness(const Sketch& other) const {
  if (empty() || other.empty()) {
    return 0;
  }
  // Of the smallest kKept of the union, how many are in both.
  std::size_t i = 0, j = 0, seen = 0, shared = 0;
  while (seen < kKept && (i < shingles_.size() || j < other.shingles_.size())) {
    if (j == other.shingles_.size() || (i < shingles_.size() && shingles_[i] < other.shingles_[j])) {
      ++i;
    } else if (i == shingles_.size() || other.shingles_[j] < shingles_[i]) {
      ++j;
    } else {
      ++i, ++j, ++shared;
    }
    ++seen;
  }
  return static_cast<double>(shared) / static_cast<double>(seen);
}

std::size_t AlikeBook::Hash::operator()(const ItemId& id) const {
  std::uint64_t random = 0;  // the low half of a ULID
  std::memcpy(&random, id.view().data() + 8, sizeof random);
  return random;
}

AlikeBook::Bands AlikeBook::bands_of(const Sketch& sketch) {
  Bands bands{};
  for (std::size_t band = 0; band < kBands; ++band) {
    bands[band] = band;
    for (std::size_t row = 0; row < kRows; ++row) {
      std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
      for (std::uint32_t shingle : sketch.shingles()) {
        least = std::min(least, mix(shingle + ((band * kRows + row + 1) << 32)));
      }
      bands[band] = mix(bands[band] ^ least);
    }
  }
  return bands;
}

std::optional<AlikeBook::Match> AlikeBook::find(const Sketch& sketch) const {
  if (sketch.size() < kShinglesMin) {
    return std::nullopt;
  }
  std::optional<Match> best;
  for (std::uint64_t band : bands_of(sketch)) {
    auto [from, to] = by_band_.equal_range(band);
    for (std::size_t looked = 0; from != to && looked < kCandidatesMax; ++from, ++looked) {
      const double likeness = sketch.likeness(items_.at(from->second));
      if (likeness >= kNear &&
          (!best || likeness > best->likeness || (likeness == best->likeness && from->second < best->item))) {
        best = Match{from->second, likeness};
      }
    }
  }
  return best;
}

void AlikeBook::add(ItemId item, Sketch sketch) {
  if (sketch.size() < kShinglesMin || items_max_ == 0 || items_.contains(item)) {
    return;
  }
  while (items_.size() >= items_max_) {
    const ItemId oldest = order_.front();
    order_.pop_front();
    forget(oldest);
  }
  for (std::uint64_t band : bands_of(sketch)) {
    by_band_.emplace(band, item);
  }
  order_.push_back(item);
  items_.emplace(item, std::move(sketch));
}

void AlikeBook::forget(ItemId item) {
  auto at = items_.find(item);
  if (at == items_.end()) {
    return;
  }
  for (std::uint64_t band : bands_of(at->second)) {
    auto [from, to] = by_band_.equal_range(band);
    while (from != to) {
      from = from->second == item ? by_band_.erase(from) : std::next(from);
    }
  }
  items_.erase(at);
}

}  // namespace heed::casework
