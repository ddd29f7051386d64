#include "model/feature.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace heed::model {
namespace {

using text::Token;

/// Marks of the few words that features ask for, by hash; open addressing, filled once.
class MarkedWords {
 public:
  MarkedWords() {
    for (std::string_view word :
         {"you", "u", "your", "ur", "youre", "yourself", "ya", "yall", "yours", "youve", "youd", "youll"}) {
      add(word, Word::kYou);
    }
    for (std::string_view word :
         {"not",     "no",    "never",   "dont", "isnt",    "arent",   "cant",   "cannot",   "wasnt",
          "werent",  "didnt", "doesnt",  "wont", "without", "stop",    "nobody", "shouldnt", "wouldnt",
          "couldnt", "aint",  "neither", "nor",  "none",    "nothing", "havent", "hasnt",    "hadnt"}) {
      add(word, Word::kNegation);
    }
    for (std::string_view word :
         {"jew",         "jews",         "jewish",      "israeli",    "israelis",     "zionist",
          "zionists",    "woman",        "women",       "girl",       "girls",        "female",
          "females",     "lady",         "ladies",      "feminist",   "feminists",    "muslim",
          "muslims",     "islam",        "islamic",     "moslem",     "moslems",      "arab",
          "arabs",       "black",        "blacks",      "african",    "africans",     "gay",
          "gays",        "lesbian",      "lesbians",    "homosexual", "homosexuals",  "trans",
          "transgender", "transgenders", "transsexual", "queer",      "queers",       "bisexual",
          "bisexuals",   "lgbt",         "lgbtq",       "nonbinary",  "disabled",     "blind",
          "deaf",        "autistic",     "handicapped", "disability", "disabilities", "amputee",
          "amputees",    "immigrant",    "immigrants",  "refugee",    "refugees",     "migrant",
          "migrants",    "foreigner",    "foreigners",  "mexican",    "mexicans",     "white",
          "whites",      "asian",        "asians",      "chinese",    "christian",    "christians",
          "indian",      "indians",      "hindu",       "hindus",     "catholic",     "catholics",
          "buddhist",    "buddhists",    "sikh",        "sikhs",      "pakistani",    "pakistanis",
          "roma",        "gypsies",      "hispanic",    "hispanics",  "latino",       "latinos",
          "latina",      "men",          "man",         "boys",       "elderly",      "mentally",
          "wheelchair"}) {
      add(word, Word::kGroup);
    }
  }
  std::uint8_t of(std::uint64_t hash) const {
    for (std::size_t at = hash % kSize; slots_[at].hash != 0; at = (at + 1) % kSize) {
      if (slots_[at].hash == hash) {
        return slots_[at].marks;
      }
    }
    return 0;
  }

 private:
  static constexpr std::size_t kSize = 1024;
  struct Slot {
    std::uint64_t hash = 0;
    std::uint8_t marks = 0;
  };
  void add(std::string_view word, std::uint8_t mark) {
    const std::uint64_t hash = text::hash_word(word);
    std::size_t at = hash % kSize;
    while (slots_[at].hash != 0 && slots_[at].hash != hash) {
      at = (at + 1) % kSize;
    }
    slots_[at].hash = hash;
    slots_[at].marks |= mark;
  }
  std::array<Slot, kSize> slots_{};
};

const MarkedWords& marked_words() {
  static const MarkedWords words;
  return words;
}

/// Marks the words between each pair of quotation marks; a last one without a partner opens nothing.
void mark_quoted(std::string_view folded, const std::vector<Token>& tokens, std::vector<Word>& words) {
  std::size_t open = folded.find('"');
  std::size_t at = 0;
  while (open != std::string_view::npos) {
    const std::size_t close = folded.find('"', open + 1);
    if (close == std::string_view::npos) {
      return;
    }
    while (at < words.size() && tokens[words[at].first].begin < open) {
      ++at;
    }
    while (at < words.size() && tokens[words[at].first].begin < close) {
      words[at++].marks |= Word::kQuoted;
    }
    open = folded.find('"', close + 1);
  }
}

/// Numbers that keep families of features apart.
enum Kind : std::uint64_t {
  kWord = 1,
  kPair = 2,
  kTriple = 3,
  kGap = 4,
  kAfterNegation = 5,
  kInQuotes = 6,
  kNearYou = 7,
  kSomeGroup = 8,
  kBesideGroup = 9,
  kNextToGroup = 10,
  kAroundGroup = 11,
  kAfterGroup = 12,
  kBeforeGroup = 13,
  kCount = 30,
  kSign = 31
};
constexpr std::uint64_t kStart = 0x1234567, kEnd = 0x1234568, kAnyGroup = 0x99887766;

}  // namespace

void find_words(const text::Folded& folded, const std::vector<Token>& tokens, const text::Readings& readings,
                std::vector<Word>& out) {
  out.clear();
  const MarkedWords& marked = marked_words();
  const std::string_view text = folded.text;
  std::size_t next = 0;
  for (std::uint32_t i = 0; i < tokens.size();) {
    while (next < readings.all.size() &&
           (readings.all[next].first < i || readings.all[next].proof == text::Reading::Proof::Listed)) {
      ++next;
    }
    Word& word = out.emplace_back();
    word.first = word.last = i;
    if (next < readings.all.size() && readings.all[next].first == i) {
      const text::Reading& reading = readings.all[next];
      word.hash = reading.hash;
      word.letters = readings.word(reading);
      word.last = reading.last;
      word.begin = reading.begin;
      word.end = reading.end;
    } else {
      const Token& token = tokens[i];
      word.begin = token.begin;
      word.end = token.end;
      word.hash = token.hash;
      if (token.kind == Token::Kind::Word || token.kind == Token::Kind::Number) {
        word.letters = text.substr(token.begin, token.end - token.begin);
      }
    }
    word.marks = marked.of(word.hash);
    i = word.last + 1;
  }
  mark_quoted(text, tokens, out);
}

bool FeatureReader::is_new(std::uint64_t hash) {
  std::uint64_t& slot = seen_[hash % kSeen];
  const std::uint64_t now = hash ^ generation_;
  if (slot == now) {
    return false;
  }
  slot = now;
  return true;
}

void FeatureReader::put(std::uint64_t hash, std::size_t first, std::size_t last) {
  if (is_new(hash)) {
    context_.push_back({hash, static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(last)});
  }
}

void FeatureReader::read(std::string_view folded, const text::Readings& readings,
                         const std::vector<Word>& words, std::size_t begin, std::size_t count) {
  generation_ += 0x9e3779b97f4a7c15ull;
  words_.clear();
  context_.clear();
  std::size_t since_negation = 9, since_you = 9;
  for (std::size_t i = 0; i < count; ++i) {
    const Word& word = words[begin + i];
    const std::uint64_t hash = word.hash;
    const std::uint64_t own = combine(hash, 0, kWord);
    if (is_new(own)) {
      words_.push_back({own, static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(i)});
    }
    put(combine(i > 0 ? words[begin + i - 1].hash : kStart, hash, kPair), i > 0 ? i - 1 : i, i);
    if (i + 1 == count) {
      put(combine(hash, kEnd, kPair), i, i);
    }
    if (i >= 2) {
      put(combine(combine(words[begin + i - 2].hash, words[begin + i - 1].hash, kPair), hash, kTriple), i - 2,
          i);
    }
    for (std::size_t gap = 2; gap <= 3 && i >= gap; ++gap) {
      put(combine(words[begin + i - gap].hash, hash, kGap), i - gap, i);
    }
    if (since_negation < 3) {
      put(combine(hash, 0, kAfterNegation), i, i);
    }
    since_negation = (word.marks & Word::kNegation) != 0 ? 0 : since_negation + 1;
    if ((word.marks & Word::kQuoted) != 0) {
      put(combine(hash, 0, kInQuotes), i, i);
    }
    if ((word.marks & Word::kYou) != 0) {
      for (std::size_t back = 1; back <= 3 && back <= i; ++back) {
        put(combine(words[begin + i - back].hash, 0, kNearYou), i - back, i - back);
      }
      since_you = 0;
    } else if (since_you++ < 3) {
      put(combine(hash, 0, kNearYou), i, i);
    }
    if ((word.marks & Word::kGroup) != 0) {
      read_around_group(words, begin, count, i);
    }
  }
  read_counts(folded, readings, words, begin, count);
  scale_ = 4.0f / std::sqrt(static_cast<float>(words_.size() + 2));
}

void FeatureReader::read_around_group(const std::vector<Word>& words, std::size_t begin, std::size_t count,
                                      std::size_t at) {
  constexpr std::size_t kReach = 4;
  const auto name = [&](std::size_t i) {
    const Word& word = words[begin + i];
    return (word.marks & Word::kGroup) != 0 ? kAnyGroup : word.hash;
  };
  put(combine(kAnyGroup, 0, kSomeGroup), at, at);
  for (std::size_t i = at > kReach ? at - kReach : 0; i < std::min(count, at + kReach + 1); ++i) {
    if (i != at) {
      put(combine(name(i), i > at ? 1 : 0, kBesideGroup), i, at);
    }
  }
  if (at > 0) {
    put(combine(name(at - 1), 0, kNextToGroup), at - 1, at);
  }
  if (at + 1 < count) {
    put(combine(name(at + 1), 1, kNextToGroup), at, at + 1);
  }
  if (at > 0 && at + 1 < count) {
    put(combine(name(at - 1), name(at + 1), kAroundGroup), at - 1, at + 1);
  }
  if (at + 2 < count) {
    put(combine(name(at + 1), name(at + 2), kAfterGroup), at + 1, at + 2);
  }
  if (at > 1) {
    put(combine(name(at - 2), name(at - 1), kBeforeGroup), at - 2, at - 1);
  }
}

void FeatureReader::read_counts(std::string_view folded, const text::Readings& readings,
                                const std::vector<Word>& words, std::size_t begin, std::size_t count) {
  static const std::uint64_t handle = [] {
    std::vector<Token> tokens;
    text::tokenize("@x", tokens);
    return tokens[0].hash;
  }();
  std::size_t handles = 0, others = 0, you = 0, groups = 0, length = 0;
  for (std::size_t i = begin; i < begin + count; ++i) {
    handles += words[i].hash == handle ? 1 : 0;
    others += words[i].letters.empty() ? 1 : 0;
    you += (words[i].marks & Word::kYou) != 0 ? 1 : 0;
    groups += (words[i].marks & Word::kGroup) != 0 ? 1 : 0;
  }
  while ((std::size_t{1} << length) < count) {
    ++length;
  }
  const auto put_count = [&](std::uint64_t what, std::size_t value, std::size_t most) {
    put(combine(what, std::min(value, most), kCount), Feature::kNoWord, Feature::kNoWord);
  };
  put_count(1, length, 8);
  put_count(2, handles, 3);
  put_count(3, others - handles, 5);
  put_count(4, you, 3);
  put_count(5, groups, 3);
  const std::size_t from = begin == 0 ? 0 : words[begin].begin;
  const std::size_t to = begin + count == words.size() ? folded.size() : words[begin + count - 1].end;
  std::size_t shouts = 0, questions = 0;
  for (char c : folded.substr(from, to > from ? to - from : 0)) {
    shouts += c == '!' ? 1 : 0;
    questions += c == '?' ? 1 : 0;
  }
  put_count(6, shouts, 3);
  put_count(7, questions, 3);
  const auto first_sign =
      std::lower_bound(readings.signs.begin(), readings.signs.end(), from,
                       [](const text::Sign& sign, std::size_t at) { return sign.begin < at; });
  for (auto sign = first_sign; sign != readings.signs.end() && sign->begin < to; ++sign) {
    put(combine(text::hash_word(sign->name), 0, kSign), Feature::kNoWord, Feature::kNoWord);
  }
}

}  // namespace heed::model
