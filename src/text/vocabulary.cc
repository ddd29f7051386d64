#include "text/vocabulary.h"

#include <algorithm>
#include <iterator>

#include "text/token.h"

namespace heed::text {
namespace {

constexpr std::size_t kSlipBitsMin = 1u << 12;

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool all_letters(std::string_view word) { return std::all_of(word.begin(), word.end(), is_letter); }

std::uint64_t mix(std::uint64_t key, std::uint64_t more) {
  key = (key ^ more) * 0xff51afd7ed558ccdull;
  key ^= key >> 33;
  return key == 0 ? 1 : key;
}

/// English words that are one slip from another English word: those of the hunspell dictionary en_US (with
/// its endings) that also occur in the training posts, and a few names. Sorted; none of them is ever read as
/// something else.
constexpr std::string_view kRealWords[] = {
#include "text/real_words.inc"
};

bool is_real(std::string_view word) { return std::binary_search(std::begin(kRealWords), std::end(kRealWords), word); }

/// Letters that leet writes alike are one: i, l. What is repeated counts once.
std::uint64_t skeleton(std::string_view word) {
  std::uint64_t key = 0x736b656c;
  char before = 0;
  for (char c : word) {
    const char letter = c == 'l' ? 'i' : c;
    if (letter != before) {
      key = mix(key, static_cast<unsigned char>(letter));
    }
    before = letter;
  }
  return key;
}

char only_letter(Vocabulary::Unit unit) {
  for (int n = 0; n < 26; ++n) {
    if (unit == 1u << n) {
      return static_cast<char>('a' + n);
    }
  }
  return '\0';
}

/// For a skeleton: the one letter, or i for what may be i or l among others.
char skeleton_letter(Vocabulary::Unit unit) { return (unit & Vocabulary::letter('i')) != 0 ? 'i' : only_letter(unit); }

std::uint64_t shape(std::size_t length, char first, char last) {
  return mix(mix(0x7368617065, length),
             static_cast<std::uint64_t>(static_cast<unsigned char>(first)) << 8 | static_cast<unsigned char>(last));
}

/// Whether the units spell the word, letters repeated or not.
bool spells(const Vocabulary::Unit* units, std::size_t count, std::string_view word, bool& stretched) {
  std::size_t u = 0;
  std::size_t doubles = 0;
  stretched = false;
  for (std::size_t j = 0; j < word.size(); ++j) {
    const Vocabulary::Unit want = Vocabulary::letter(word[j]);
    if (u == count || (units[u] & want) == 0) {
      return false;
    }
    ++u;
    const Vocabulary::Unit next = j + 1 < word.size() ? Vocabulary::letter(word[j + 1]) : 0;
    std::size_t extra = 0;
    // Letters that the word repeats are left for its next letter.
    std::size_t rest = 0;
    while (u + rest < count && (units[u + rest] & want) != 0 && (next == 0 || (units[u + rest] & next) == 0)) {
      ++rest;
    }
    if (next == want) {
      continue;
    }
    extra = rest;
    u += extra;
    const std::size_t same = 1 + (j > 0 && word[j - 1] == word[j] ? 1u : 0u);
    if (extra > 0) {
      stretched = true;
      doubles += extra + same >= 3 ? 2 : 1;
    }
  }
  // One letter doubled once is a slip, not a stretch.
  return u == count && (!stretched || doubles >= 2);
}

/// Words that people mask, so that of several words behind a mask one of these is meant.
constexpr std::string_view kCustomary[] = {
    "rape",  "raped",  "rapist", "rapes",   "raping", "kill",    "killed",  "killing", "die",   "dies", "dead",
    "death", "fuck",   "fucks",  "fucked",  "fucker", "shit",    "cunt",    "cunts",   "bitch", "slut", "sluts",
    "whore", "whores", "nigger", "niggers", "nigga",  "faggot",  "faggots", "fag",     "fags",  "dyke", "tranny",
    "kike",  "kikes",  "paki",   "retard",  "murder", "suicide", "shoot",   "stab",    "bomb",  "porn", "sex",
    "dick",  "cock",   "pussy",  "tits",    "nude",   "nudes",   "hang",    "jew",     "jews",  "nazi", "nazis",
    "gas",   "lynch",  "spic",   "chink",   "gook",   "coon"};
bool is_customary(std::string_view word) {
  return std::find(std::begin(kCustomary), std::end(kCustomary), word) != std::end(kCustomary);
}

/// What a first letter and stars alone are read as: as newspapers print it.
constexpr std::string_view kStarred[] = {"fuck", "fucking", "shit", "cunt", "bitch", "bitches", "nigger", "niggers"};

}  // namespace

void Vocabulary::Table::put(std::uint64_t key, std::uint32_t word) {
  if (2 * (used_ + 1) > slots_.size()) {
    std::vector<Slot> old(std::max<std::size_t>(64, slots_.size() * 2));
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    used_ = 0;
    for (const Slot& slot : old) {
      if (slot.key != 0) {
        put(slot.key, slot.word);
      }
    }
  }
  std::size_t at = key & mask_;
  std::size_t same = 0;
  for (; slots_[at].key != 0; at = (at + 1) & mask_) {
    if (slots_[at].key == key && (slots_[at].word == word || ++same == kCandidatesMax)) {
      return;
    }
  }
  slots_[at] = {key, word};
  ++used_;
}

void Vocabulary::add(std::string_view word, bool weighty) {
  if (word.empty() || word.size() > kWordBytesMax) {
    return;
  }
  const std::uint64_t hash = hash_word(word);
  bool known = false;
  exact_.each(hash, [&](std::uint32_t at) {
    known = words_[at].text == word;
    words_[at].weighty = words_[at].weighty || (known && weighty);
    return !known;
  });
  if (!known) {
    exact_.put(hash, static_cast<std::uint32_t>(words_.size()));
    words_.push_back({std::string(word), hash, weighty});
  }
}

void Vocabulary::finish() {
  for (std::uint32_t w = 0; w < words_.size(); ++w) {
    const std::string& word = words_[w].text;
    if (!all_letters(word)) {
      continue;
    }
    skeletons_.put(skeleton(word), w);
    if (word.size() >= 3) {
      shapes_.put(shape(word.size(), word.front(), word.back()), w);
    }
  }
  std::size_t slips = 0;
  for (const Word& word : words_) {
    slips += word.weighty ? 3 * word.text.size() : 0;
  }
  std::size_t bits = kSlipBitsMin;
  while (bits < 8 * slips) {
    bits *= 2;
  }
  slip_bits_.assign(bits / 64, 0);
  for (std::uint32_t w = 0; w < words_.size(); ++w) {
    if (words_[w].weighty && words_[w].text.size() >= kSlipLettersMin && all_letters(words_[w].text)) {
      put_slips(w);
    }
  }
}

void Vocabulary::put_slips(std::uint32_t w) {
  const std::string word = words_[w].text;
  const auto put = [&](const std::string& slip) {
    const std::uint64_t hash = hash_word(slip);
    if (slip != word && !has(hash) && !is_real(slip)) {
      slips_.put(hash, w);
      const std::uint64_t bit = hash & (slip_bits_.size() * 64 - 1);
      slip_bits_[bit / 64] |= 1ull << (bit % 64);
    }
  };
  // The first letter is the one that people get right and that most changes a word.
  for (std::size_t i = 1; i + 1 < word.size(); ++i) {
    std::string slip = word;
    std::swap(slip[i], slip[i + 1]);
    put(slip);
    slip = word;
    slip.insert(i, 1, word[i]);
    put(slip);
    if (word.size() >= kDropLettersMin) {
      slip = word;
      slip.erase(i, 1);
      put(slip);
    }
  }
}

bool Vocabulary::has(std::uint64_t hash) const {
  bool found = false;
  exact_.each(hash, [&](std::uint32_t) {
    found = true;
    return false;
  });
  return found;
}

Vocabulary::Reading Vocabulary::read(const Unit* units, std::size_t count) const {
  std::uint64_t key = 0x736b656c;
  char before = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char own = skeleton_letter(units[i]);
    const char letter = own == 'l' ? 'i' : own;
    if (letter == '\0') {
      return {};
    }
    if (letter != before) {
      key = mix(key, static_cast<unsigned char>(letter));
    }
    before = letter;
  }
  Reading best;
  skeletons_.each(key, [&](std::uint32_t w) {
    bool stretched = false;
    if (words_[w].text.size() <= count && spells(units, count, words_[w].text, stretched) &&
        (best.word.empty() || words_[w].text.size() > best.word.size())) {
      best = reading(w, stretched);  // the longest leaves least unexplained
    }
    return true;
  });
  return best;
}

Vocabulary::Reading Vocabulary::unmask(const Unit* units, std::size_t count) const {
  const char first = count >= 3 ? only_letter(units[0]) : '\0';
  const char last = count >= 3 ? only_letter(units[count - 1]) : '\0';
  if (first == '\0' || last == '\0') {
    return {};
  }
  // Of several the one that people are used to mask: nobody writes "r*pe" for a rope.
  Reading only, customary;
  std::size_t found = 0, found_customary = 0;
  shapes_.each(shape(count, first, last), [&](std::uint32_t w) {
    const std::string& word = words_[w].text;
    for (std::size_t i = 1; i + 1 < count; ++i) {
      if (word.size() != count || (units[i] & letter(word[i])) == 0) {
        return true;
      }
    }
    only = reading(w, false);
    ++found;
    if (is_customary(word)) {
      customary = only;
      ++found_customary;
    }
    return true;
  });
  return found == 1 ? only : found_customary == 1 ? customary : Reading{};
}

std::string_view Vocabulary::starred(char first, std::size_t count) {
  const auto found = std::find_if(std::begin(kStarred), std::end(kStarred),
                                  [&](std::string_view word) { return word.front() == first && word.size() == count; });
  return found == std::end(kStarred) ? std::string_view() : *found;
}

Vocabulary::Reading Vocabulary::correct(std::uint64_t hash) const {
  const std::uint64_t bit = hash & (slip_bits_.size() * 64 - 1);
  if (slip_bits_.empty() || (slip_bits_[bit / 64] >> (bit % 64) & 1) == 0) {
    return {};
  }
  Reading only;
  bool several = false;
  slips_.each(hash, [&](std::uint32_t w) {
    several = !only.word.empty();
    only = reading(w, false);
    return !several;
  });
  return several ? Reading{} : only;
}

}  // namespace heed::text
