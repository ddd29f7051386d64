#include "match/gram_index.h"

#include <algorithm>
#include <array>
#include <map>

namespace heed::match {
namespace {

/// Rough share of a byte in English posts, per thousand; what is not named is rare.
constexpr std::array<unsigned, 256> kFrequency = [] {
  std::array<unsigned, 256> table{};
  for (unsigned& share : table) {
    share = 2;
  }
  constexpr unsigned kLetters[26] = {65, 12, 22, 32, 102, 18, 16, 48, 56, 2,  8, 32, 20,
                                     56, 60, 15, 1,  48,  51, 73, 22, 8,  19, 2, 16, 1};
  for (unsigned c = 0; c < 26; ++c) {
    table['a' + c] = kLetters[c];
  }
  table[' '] = 170;
  return table;
}();

}  // namespace

double GramIndex::share(std::string_view atom) {
  double share = 1;
  for (char c : atom) {
    share *= kFrequency[lower(c)] / 1000.0;
  }
  return share;
}

void GramIndex::add(std::string_view atom, std::uint32_t value) {
  const std::size_t bytes = std::min<std::size_t>(atom.size(), kLengths + 1);
  double least = 0;
  std::size_t best = 0;
  for (std::size_t at = 0; at + bytes <= atom.size(); ++at) {
    const double found = share(atom.substr(at, bytes));
    if (at == 0 || found < least) {
      least = found;
      best = at;
    }
  }
  Entry entry;
  entry.gram = load(atom.data() + best, bytes);
  entry.value = value;
  entry.at = static_cast<std::uint16_t>(best);
  entry.atom_begin = static_cast<std::uint32_t>(pool_.size());
  entry.atom_size = static_cast<std::uint16_t>(atom.size());
  std::transform(atom.begin(), atom.end(), std::back_inserter(pool_),
                 [](char c) { return static_cast<char>(lower(c)); });
  lengths_[bytes - 2].entries.push_back(entry);
}

void GramIndex::finish() {
  for (Length& length : lengths_) {
    if (length.entries.empty()) {
      continue;
    }
    // Thirty-two places a gram keep false alarms at 3 in 100 bytes; 16 KiB for a thousand, which stay in the
    // first cache.
    unsigned bits = 10;
    while (bits < 20 && (1u << bits) < 32 * length.entries.size()) {
      ++bits;
    }
    length.shift = 32 - bits;
    length.bits.assign((1u << bits) / 64, 0);
    length.starts.assign((1u << bits) + 1, 0);
    std::sort(length.entries.begin(), length.entries.end(),
              [&](const Entry& a, const Entry& b) { return slot(a.gram, length.shift) < slot(b.gram, length.shift); });
    for (const Entry& entry : length.entries) {
      const std::uint32_t at = slot(entry.gram, length.shift);
      length.bits[at / 64] |= 1ull << (at % 64);
      ++length.starts[at + 1];
    }
    for (std::size_t at = 1; at < length.starts.size(); ++at) {
      length.starts[at] += length.starts[at - 1];
    }
  }
}

bool GramIndex::stands(const Entry& entry, std::string_view text, std::size_t gram_at) const {
  if (gram_at < entry.at || gram_at - entry.at + entry.atom_size > text.size()) {
    return false;
  }
  const char* const at = text.data() + (gram_at - entry.at);
  for (std::size_t i = 0; i < entry.atom_size; ++i) {
    if (lower(at[i]) != static_cast<unsigned char>(pool_[entry.atom_begin + i])) {
      return false;
    }
  }
  return true;
}

}  // namespace heed::match
