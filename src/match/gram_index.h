#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace heed::match {

/// Finds which of many words (atoms) stand anywhere in a text. Each atom is entered under one run of two to
/// four of its bytes, a rare one by the frequencies of English; one look into a bitmap for each byte of text
/// and length then finds nearly all places where nothing can be (Wu and Manber 1994, without the shifts,
/// which short atoms make useless). Atoms are compared without regard to ASCII case. Immutable after
/// finish().
class GramIndex {
 public:
  static constexpr std::size_t kAtomBytesMin = 2;

  /// `value` is told for every text that holds `atom` (lower case, at least kAtomBytesMin bytes).
  void add(std::string_view atom, std::uint32_t value);
  void finish();
  /// Rough share of the places of English posts at which `atom` stands; to compare atoms by.
  static double share(std::string_view atom);

  /// Calls f(value) for every place of every atom; a value may come more than once.
  template <class F>
  void scan(std::string_view text, F f) const;

 private:
  struct Entry {
    std::uint32_t gram = 0;
    std::uint32_t value = 0;
    std::uint32_t atom_begin = 0;         ///< in pool_
    std::uint16_t atom_size = 0, at = 0;  ///< where the gram stands in the atom
  };
  struct Length {
    std::vector<std::uint64_t> bits;    ///< by hash of gram; empty: no atom has its gram of this length
    std::vector<std::uint32_t> starts;  ///< by hash of gram: first entry; one more at the end
    std::vector<Entry> entries;
    unsigned shift = 0;
  };
  static constexpr std::size_t kLengths = 3;  ///< grams of 2, 3, 4 bytes

  static unsigned char lower(char c) {
    return static_cast<unsigned char>(c + ((static_cast<unsigned char>(c - 'A') < 26) << 5));
  }
  /// The next bytes, the first in the lowest bits. Letters of either case are alike, some signs too; stands()
  /// decides.
  static std::uint32_t load(const char* at, std::size_t bytes) {
    std::uint32_t gram = 0;
    if (bytes == 4) {
      std::memcpy(&gram, at, 4);
      return gram | 0x20202020u;
    }
    std::memcpy(&gram, at, bytes);
    return gram | (bytes == 3 ? 0x202020u : 0x2020u);
  }
  static std::uint32_t slot(std::uint32_t gram, unsigned shift) { return (gram * 0x9E3779B1u) >> shift; }
  bool stands(const Entry& entry, std::string_view text, std::size_t gram_at) const;

  std::string pool_;
  Length lengths_[kLengths];
};

template <class F>
void GramIndex::scan(std::string_view text, F f) const {
  const auto look = [&](const Length& length, std::uint32_t gram, std::size_t at) {
    const std::uint32_t place = slot(gram, length.shift);
    if ((length.bits[place / 64] >> (place % 64) & 1) == 0) [[likely]] {
      return;
    }
    for (std::uint32_t e = length.starts[place]; e < length.starts[place + 1]; ++e) {
      const Entry& entry = length.entries[e];
      if (entry.gram == gram && stands(entry, text, at)) {
        f(entry.value);
      }
    }
  };
  const bool two = !lengths_[0].entries.empty();
  const bool three = !lengths_[1].entries.empty();
  const bool four = !lengths_[2].entries.empty();
  std::size_t at = 0;
  for (; at + 4 <= text.size(); ++at) {
    const std::uint32_t gram = load(text.data() + at, 4);
    if (four) {
      look(lengths_[2], gram, at);
    }
    if (three) {
      look(lengths_[1], gram & 0xFFFFFF, at);
    }
    if (two) {
      look(lengths_[0], gram & 0xFFFF, at);
    }
  }
  for (; at + 2 <= text.size(); ++at) {
    if (three && at + 3 <= text.size()) {
      look(lengths_[1], load(text.data() + at, 3), at);
    }
    if (two) {
      look(lengths_[0], load(text.data() + at, 2), at);
    }
  }
}

}  // namespace heed::match
