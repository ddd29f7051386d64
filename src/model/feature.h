#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "text/fold.h"
#include "text/token.h"
#include "text/unmask.h"

namespace heed::model {

/// One word of a post as its writer meant it, with what is known of it without looking at its neighbours.
struct Word {
  enum Mark : std::uint8_t {
    kYou = 1,       ///< "you", "ur", …
    kNegation = 2,  ///< "not", "never", "don't", …
    kQuoted = 4,    ///< between two quotation marks
    kGroup = 8,     ///< names people by group: "women", "Muslims", "gay", …
    kPerson = 16,   ///< "people", "man", …: with a group before it one name, "black people"
    kSpeech = 32,   ///< what follows is said, written or thought by somebody: "says", "called", …
    kBlame = 64,    ///< speaks against what stands around: "racist", "wrong", "reported", …
    kSelf = 128     ///< "we", "i'm", …
  };
  std::uint64_t hash = 0;
  std::string_view letters;           ///< folded; empty where letters say nothing: handles, links, emoji
  std::uint32_t first = 0, last = 0;  ///< tokens
  std::uint32_t begin = 0, end = 0;   ///< bytes of the folded text
  std::uint8_t marks = 0;
};

/// Splits a post into words for the features. `letters` point into `folded` and `readings`. Linear.
/// Readings that only a list gives are left out, so what the model sees does not change with a list.
void find_words(const text::Folded& folded, const std::vector<text::Token>& tokens, const text::Readings& readings,
                std::vector<Word>& out);

/// A thing seen in a post, by its 64-bit hash. It is explained by words `first` and `last` of the window.
struct Feature {
  static constexpr std::uint16_t kNoWord = 0xFFFF;  ///< of the whole post
  std::uint64_t hash = 0;
  std::uint16_t first = kNoWord, last = kNoWord;
};

/// At most this many words are judged together. A longer post is judged window by window and the worst
/// counts, so that an insult is not hidden by kind words around it. Windows overlap by kWindowOverlap words.
inline constexpr std::size_t kWindowWords = 96, kWindowOverlap = 16;
inline constexpr std::size_t kSubwordLettersMax = 24;  ///< of longer words the rest is not looked at

/// What the model sees of words [begin, begin + count) of a post. Each distinct feature is given once.
/// Features are: words; pairs, triples, and pairs with a gap of one or two; words after a negation, near
/// "you", after "said" and the like, beside words that speak against something; what stands around the name
/// of a group, "black people" being one, with the group left out ("I hate <group>"), also together with the
/// manner: negated, quoted, reported, spoken against, said by the group itself; counts of the post: length,
/// handles, links, emoji, marks. Words in quotation marks have features of their own in place of these,
/// unless a post has next to nothing else: a post that quotes hate does not say it. Memory is reused: no
/// allocation in steady state. One a thread.
class FeatureReader {
 public:
  FeatureReader() : seen_(kSeen, 0) {}

  /// Fills words() and context(). `words` are those of find_words.
  void read(std::string_view folded, const text::Readings& readings, const std::vector<Word>& words, std::size_t begin,
            std::size_t count);
  /// The distinct words of the window; a feature's `first` is the word's number in the window.
  const std::vector<Feature>& words() const { return words_; }
  /// Words that stand in quotation marks only. They say what words a post has (profanity, sexual terms) and
  /// not what its writer means: kLiteral.
  const std::vector<Feature>& quoted() const { return quoted_; }
  /// All else, subwords left out.
  const std::vector<Feature>& context() const { return context_; }
  /// By how much sums over features are scaled so that a long post does not weigh more than a short one.
  float scale() const { return scale_; }

 private:
  static constexpr std::size_t kSeen = 4096;
  bool is_new(std::uint64_t hash);
  void put(std::uint64_t hash, std::size_t first, std::size_t last);
  void read_around_group(const std::vector<Word>& words, std::size_t begin, std::size_t count, std::size_t at,
                         std::size_t last, std::uint64_t manner);
  void read_counts(std::string_view folded, const text::Readings& readings, const std::vector<Word>& words,
                   std::size_t begin, std::size_t count);

  std::vector<std::uint64_t> seen_;  // direct-mapped: forgets under pressure, always in the same way
  std::uint64_t generation_ = 0;
  std::vector<Feature> words_, quoted_, context_;
  float scale_ = 1;
};

/// Calls f(hash) for every run of 2 to 5 letters of `letters`, whose ends count as letters, too.
template <class F>
void each_subword(std::string_view letters, F f);

inline std::uint64_t combine(std::uint64_t a, std::uint64_t b, std::uint64_t kind) {
  std::uint64_t hash =
      a * 0x9e3779b97f4a7c15ull + (b << 1 | b >> 63) * 0xc2b2ae3d27d4eb4full + kind * 0x165667b19e3779f9ull;
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93ull;
  return hash ^ hash >> 32;
}

template <class F>
void each_subword(std::string_view letters, F f) {
  constexpr std::size_t kLongest = 5;
  char word[kSubwordLettersMax + 2];
  std::size_t size = 0;
  word[size++] = '^';
  for (char c : letters) {
    if (size > kSubwordLettersMax) {
      break;
    }
    if (c != '\'') {
      word[size++] = c;
    }
  }
  word[size++] = '$';
  for (std::size_t begin = 0; begin + 1 < size; ++begin) {
    std::uint64_t hash = 0xcbf29ce484222325ull;
    for (std::size_t end = begin; end < size && end < begin + kLongest; ++end) {
      hash = (hash ^ static_cast<unsigned char>(word[end])) * 0x100000001b3ull;
      if (end > begin && !(begin == 0 && end + 1 == size)) {
        f(combine(hash, end - begin, 20));
      }
    }
  }
}

}  // namespace heed::model
