#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heed::text {

/// The words that lists are about, indexed by what evasions leave of them. A list's matcher makes one;
/// unmask() reads it. Words are folded, without apostrophes. add() all, then finish(); immutable and for any
/// number of threads after that.
///
/// Three readings need such a list, since without one they would be guesses: a mask ("f*ck" has the length,
/// the first and the last letter of a listed word), leet and stretched letters where the listed word decides
/// between i and l, one and two ("k1llll"), and one slip (two neighbours swapped, an inner letter dropped or
/// doubled) in a word of at least kSlipLettersMin letters. Instead of a dictionary of all words that a slip
/// must not hit, slips are allowed only in words added as `weighty`, never where the result is itself a word
/// of the lists, and not where it is one of the frequent words that lie one slip from another word (stop list
/// in vocabulary.cc, found by counting in public posts).
class Vocabulary {
 public:
  static constexpr std::size_t kWordBytesMax = 32;  ///< longer words are not indexed
  static constexpr std::size_t kSlipLettersMin = 6, kDropLettersMin = 7;
  static constexpr std::size_t kCandidatesMax = 32;  ///< words tried for one key; bounds a hostile list

  void add(std::string_view word, bool weighty);
  void finish();

  std::size_t words() const { return words_.size(); }
  bool has(std::uint64_t hash) const;

  /// One letter of a word as it was written: what it may stand for, as bits 'a' + n; all 26 for a mask.
  using Unit = std::uint32_t;
  static constexpr Unit kAnyLetter = (1u << 26) - 1;
  static constexpr Unit letter(char c) { return 1u << (c - 'a'); }
  /// The listed word that these units can only mean, "" if there is none or several. Units may repeat a
  /// letter (stretched); every letter of the word must be there.
  struct Reading {
    std::string_view word;
    std::uint64_t hash = 0;
    bool stretched = false;
  };
  Reading read(const Unit* units, std::size_t count) const;
  /// The listed word that has these units one for one where some of them are masks; first and last letter must be
  /// seen. Of several the one that people are used to mask, if it is one.
  Reading unmask(const Unit* units, std::size_t count) const;
  /// The word of `count` letters that is written as its first letter and stars: "f***"; "" for most.
  static std::string_view starred(char first, std::size_t count);
  /// The listed word that `hash` is one slip of.
  Reading correct(std::uint64_t hash) const;

 private:
  struct Slot {
    std::uint64_t key = 0;  ///< 0: free
    std::uint32_t word = 0;
  };
  class Table {
   public:
    void put(std::uint64_t key, std::uint32_t word);  ///< several words may have one key
    /// Calls f(word) for every word of the key until it returns false.
    template <class F>
    void each(std::uint64_t key, F f) const {
      for (std::size_t at = key & mask_; !slots_.empty() && slots_[at].key != 0; at = (at + 1) & mask_) {
        if (slots_[at].key == key && !f(slots_[at].word)) {
          return;
        }
      }
    }
    bool empty() const { return used_ == 0; }

   private:
    std::vector<Slot> slots_;
    std::size_t mask_ = 0, used_ = 0;
  };
  struct Word {
    std::string text;
    std::uint64_t hash;
    bool weighty;
  };

  void put_slips(std::uint32_t word);
  Reading reading(std::uint32_t word, bool stretched) const {
    return {words_[word].text, words_[word].hash, stretched};
  }

  std::vector<Word> words_;
  Table exact_, skeletons_, shapes_, slips_;
  std::vector<std::uint64_t> slip_bits_;  ///< by hash: whether a slip may have it; one look for each ordinary word
};

}  // namespace heed::text
