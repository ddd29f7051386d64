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
         {"jew",          "jews",        "jewish",       "israeli",      "israelis",    "zionist",       "zionists",
          "woman",        "women",       "girl",         "girls",        "female",      "females",       "lady",
          "ladies",       "feminist",    "feminists",    "muslim",       "muslims",     "islam",         "islamic",
          "moslem",       "moslems",     "arab",         "arabs",        "black",       "blacks",        "african",
          "africans",     "gay",         "gays",         "lesbian",      "lesbians",    "homosexual",    "homosexuals",
          "trans",        "transgender", "transgenders", "transsexual",  "queer",       "queers",        "bisexual",
          "bisexuals",    "asexual",     "asexuals",     "intersex",     "lgbt",        "lgbtq",         "nonbinary",
          "disabled",     "blind",       "deaf",         "autistic",     "handicapped", "disability",    "disabilities",
          "amputee",      "amputees",    "immigrant",    "immigrants",   "refugee",     "refugees",      "migrant",
          "migrants",     "foreigner",   "foreigners",   "foreign",      "mexican",     "mexicans",      "white",
          "whites",       "asian",       "asians",       "chinese",      "christian",   "christians",    "indian",
          "indians",      "hindu",       "hindus",       "catholic",     "catholics",   "protestant",    "protestants",
          "buddhist",     "buddhists",   "sikh",         "sikhs",        "pakistani",   "pakistanis",    "roma",
          "romani",       "gypsy",       "gypsies",      "traveller",    "travellers",  "hispanic",      "hispanics",
          "latino",       "latinos",     "latina",       "latinas",      "men",         "man",           "boys",
          "elderly",      "mentally",    "wheelchair",   "native",       "natives",     "aboriginal",    "aborigines",
          "indigenous",   "armenian",    "armenians",    "albanian",     "albanians",   "turk",          "turks",
          "turkish",      "kurd",        "kurds",        "kurdish",      "pole",        "poles",         "polish",
          "russian",      "russians",    "ukrainian",    "ukrainians",   "german",      "germans",       "french",
          "italian",      "italians",    "irish",        "english",      "scottish",    "welsh",         "greek",
          "greeks",       "spanish",     "portuguese",   "brazilian",    "brazilians",  "american",      "americans",
          "canadian",     "canadians",   "australian",   "australians",  "japanese",    "korean",        "koreans",
          "vietnamese",   "thai",        "filipino",     "filipinos",    "indonesian",  "indonesians",   "bangladeshi",
          "bangladeshis", "afghan",      "afghans",      "iranian",      "iranians",    "iraqi",         "iraqis",
          "syrian",       "syrians",     "palestinian",  "palestinians", "lebanese",    "egyptian",      "egyptians",
          "moroccan",     "moroccans",   "algerian",     "algerians",    "tunisian",    "somali",        "somalis",
          "sudanese",     "ethiopian",   "ethiopians",   "eritrean",     "eritreans",   "nigerian",      "nigerians",
          "ghanaian",     "kenyan",      "kenyans",      "congolese",    "haitian",     "haitians",      "cuban",
          "cubans",       "jamaican",    "jamaicans",    "puerto",       "colombian",   "colombians",    "venezuelan",
          "venezuelans",  "guatemalan",  "romanian",     "romanians",    "bulgarian",   "bulgarians",    "serb",
          "serbs",        "serbian",     "croat",        "croats",       "bosnian",     "bosnians",      "hungarian",
          "hungarians",   "czech",       "slovak",       "ahmadi",       "ahmadis",     "shia",          "sunni",
          "yazidi",       "yazidis",     "mormon",       "mormons",      "atheist",     "atheists",      "orthodox",
          "rohingya",     "uyghur",      "uyghurs",      "tamil",        "tamils",      "dalit",         "dalits",
          "berber",       "berbers",     "caribbean",    "polynesian",   "maori",       "inuit",         "albino",
          "albinos",      "dwarf",       "dwarfs",       "paraplegic",   "crippled",    "schizophrenic", "homeless",
          "asylum",       "seekers",     "transwoman",   "transwomen",   "transman",    "enby",          "pansexual",
          "ace"}) {
      add(word, Word::kGroup);
    }
    for (std::string_view word :
         {"people",      "person", "persons", "man",   "men",      "woman",  "women",   "guy",    "guys",
          "girl",        "girls",  "boy",     "boys",  "folk",     "folks",  "lady",    "ladies", "community",
          "communities", "kid",    "kids",    "child", "children", "couple", "couples", "family", "families",
          "seekers",     "seeker", "ones",    "dude",  "dudes",    "mum",    "mother",  "father"}) {
      add(word, Word::kPerson);
    }
    for (std::string_view word :
         {"say",      "says",     "said",     "saying",   "call",      "calls",   "called",   "calling",  "tell",
          "tells",    "told",     "telling",  "claim",    "claims",    "claimed", "claiming", "think",    "thinks",
          "thinking", "thought",  "believe",  "believes", "believing", "write",   "writes",   "wrote",    "writing",
          "written",  "shout",    "shouts",   "shouted",  "shouting",  "yell",    "yelled",   "yells",    "tweet",
          "tweeted",  "tweets",   "post",     "posted",   "posting",   "posts",   "comment",  "comments", "word",
          "words",    "message",  "messages", "sign",     "read",      "quote",   "quoted",   "headline", "chant",
          "chanted",  "screamed", "sprayed",  "spray",    "painted",   "idea",    "myth",     "heard",    "hearing"}) {
      add(word, Word::kSpeech);
    }
    for (std::string_view word :
         {"wrong",          "racist",       "racists",      "racism",      "hateful",      "sexist",
          "sexism",         "homophobic",   "homophobia",   "transphobic", "transphobia",  "antisemitic",
          "antisemitism",   "islamophobia", "islamophobic", "bigot",       "bigots",       "bigotry",
          "bigoted",        "lie",          "lies",         "lying",       "myth",         "myths",
          "shame",          "shameful",     "ashamed",      "stop",        "unacceptable", "report",
          "reported",       "reporting",    "blocked",      "slur",        "slurs",        "insult",
          "insults",        "sad",          "hurt",         "hurts",       "hurtful",      "awful",
          "horrible",       "banned",       "fired",        "court",       "police",       "trial",
          "sentenced",      "arrested",     "prejudice",    "prejudiced",  "stereotype",   "stereotypes",
          "discrimination", "condemn",      "condemns",     "condemned",   "apologise",    "apologised",
          "apologize",      "apologized",   "victim",       "victims",     "nazi",         "nazis",
          "offensive",      "false",        "untrue",       "ignorant",    "ignorance",    "injustice",
          "hatred",         "abuse",        "attacked",     "attacks",     "moderators",   "survivors"}) {
      add(word, Word::kBlame);
    }
    for (std::string_view word : {"we", "us", "our", "im", "i", "my", "as", "iam"}) {
      add(word, Word::kSelf);
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
  static constexpr std::size_t kSize = 2048;
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

std::uint64_t handle_hash() {
  static const std::uint64_t hash = [] {
    std::vector<Token> tokens;
    text::tokenize("@x", tokens);
    return tokens[0].hash;
  }();
  return hash;
}

/// Marks the words between each pair of quotation marks; a last one without a partner opens nothing. Marks
/// around a handle and what follows are how posts were once passed on.
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
    const bool passed_on = at < words.size() && words[at].hash == handle_hash();
    while (at < words.size() && tokens[words[at].first].begin < close) {
      words[at].marks |= passed_on ? 0 : Word::kQuoted;
      ++at;
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
  kUnderSpeech = 14,
  kBesideBlame = 15,
  kQuotedPair = 16,
  kGroupManner = 17,
  kMannerAfter = 18,
  kMannerBefore = 19,
  kLiteralWord = 21,
  kCount = 30,
  kSign = 31
};
constexpr std::uint64_t kStart = 0x1234567, kEnd = 0x1234568, kAnyGroup = 0x99887766;
constexpr std::size_t kFar = 99, kWordsAroundQuote = 3;

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

void FeatureReader::read(std::string_view folded, const text::Readings& readings, const std::vector<Word>& words,
                         std::size_t begin, std::size_t count) {
  generation_ += 0x9e3779b97f4a7c15ull;
  words_.clear();
  quoted_.clear();
  context_.clear();
  const auto marked = [&](std::size_t i, unsigned mark) { return (words[begin + i].marks & mark) != 0; };
  std::size_t quoted = 0;
  bool blame = false;
  for (std::size_t i = 0; i < count; ++i) {
    quoted += marked(i, Word::kQuoted) ? 1 : 0;
    blame = blame || marked(i, Word::kBlame);
  }
  // A post that is a quotation and nothing else is its writer's own.
  const bool quotes = quoted > 0 && count - quoted >= kWordsAroundQuote;
  std::size_t since_negation = kFar, since_you = kFar, since_speech = kFar, group_end = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Word& word = words[begin + i];
    const std::uint64_t hash = word.hash;
    const bool in_quotes = quotes && marked(i, Word::kQuoted);
    const std::uint64_t own = combine(hash, 0, kWord);
    if (in_quotes) {
      if (is_new(combine(hash, 0, kLiteralWord))) {
        quoted_.push_back({own, static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(i)});
      }
      put(combine(hash, 0, kInQuotes), i, i);
      if (i > 0 && marked(i - 1, Word::kQuoted)) {
        put(combine(words[begin + i - 1].hash, hash, kQuotedPair), i - 1, i);
      }
    } else {
      if (is_new(own)) {
        words_.push_back({own, static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(i)});
      }
      put(combine(i > 0 ? words[begin + i - 1].hash : kStart, hash, kPair), i > 0 ? i - 1 : i, i);
      if (i + 1 == count) {
        put(combine(hash, kEnd, kPair), i, i);
      }
      if (i >= 2) {
        put(combine(combine(words[begin + i - 2].hash, words[begin + i - 1].hash, kPair), hash, kTriple), i - 2, i);
      }
      for (std::size_t gap = 2; gap <= 3 && i >= gap; ++gap) {
        put(combine(words[begin + i - gap].hash, hash, kGap), i - gap, i);
      }
      if (since_speech < 8) {
        put(combine(hash, 0, kUnderSpeech), i, i);
      }
      if (blame) {
        put(combine(hash, 0, kBesideBlame), i, i);
      }
    }
    if (since_negation < 3) {
      put(combine(hash, 0, kAfterNegation), i, i);
    }
    since_negation = marked(i, Word::kNegation) ? 0 : since_negation + 1;
    since_speech = marked(i, Word::kSpeech) ? 0 : since_speech + 1;
    if (marked(i, Word::kYou)) {
      for (std::size_t back = 1; back <= 3 && back <= i; ++back) {
        put(combine(words[begin + i - back].hash, 0, kNearYou), i - back, i - back);
      }
      since_you = 0;
    } else if (since_you++ < 3) {
      put(combine(hash, 0, kNearYou), i, i);
    }
    if (marked(i, Word::kGroup) && i >= group_end) {
      std::size_t last = i;
      while (last + 1 < count && marked(last + 1, Word::kGroup | Word::kPerson)) {
        ++last;
      }
      group_end = last + 1;
      const auto any = [&](std::size_t from, std::size_t to, unsigned mark) {
        for (std::size_t at = from; at < std::min(to, count); ++at) {
          if (marked(at, mark)) {
            return true;
          }
        }
        return false;
      };
      const std::uint64_t manner = (any(i > 3 ? i - 3 : 0, last + 5, Word::kNegation) ? 1u : 0u) |
                                   (in_quotes ? 2u : 0u) | (any(i > 6 ? i - 6 : 0, i, Word::kSpeech) ? 4u : 0u) |
                                   (blame ? 8u : 0u) | (any(i > 2 ? i - 2 : 0, i, Word::kSelf) ? 16u : 0u);
      read_around_group(words, begin, count, i, last, manner);
    }
  }
  read_counts(folded, readings, words, begin, count);
  scale_ = 4.0f / std::sqrt(static_cast<float>(words_.size() + 2));
}

void FeatureReader::read_around_group(const std::vector<Word>& words, std::size_t begin, std::size_t count,
                                      std::size_t at, std::size_t last, std::uint64_t manner) {
  constexpr std::size_t kReach = 4;
  const auto name = [&](std::size_t i) {
    const Word& word = words[begin + i];
    return (word.marks & Word::kGroup) != 0 ? kAnyGroup : word.hash;
  };
  const std::uint64_t quoted = manner & 2;
  put(combine(kAnyGroup, quoted, kSomeGroup), at, last);
  put(combine(manner, 0, kGroupManner), at, last);
  for (std::size_t i = at > kReach ? at - kReach : 0; i < std::min(count, last + kReach + 1); ++i) {
    if (i < at || i > last) {
      put(combine(name(i), (i > at ? 1u : 0u) | quoted, kBesideGroup), i, at);
    }
  }
  const std::uint64_t before = at > 0 ? name(at - 1) : kStart, after = last + 1 < count ? name(last + 1) : kEnd;
  const std::size_t first = at > 0 ? at - 1 : at, end = last + 1 < count ? last + 1 : last;
  put(combine(before, quoted, kNextToGroup), first, at);
  put(combine(after, 1 | quoted, kNextToGroup), at, end);
  put(combine(before, after + quoted, kAroundGroup), first, end);
  put(combine(before, manner, kMannerBefore), first, at);
  put(combine(after, manner, kMannerAfter), at, end);
  if (last + 2 < count) {
    put(combine(after, name(last + 2) + quoted, kAfterGroup), last + 1, last + 2);
    if (last + 3 < count) {
      put(combine(combine(after, name(last + 2), kPair), name(last + 3) + quoted, kAfterGroup), last + 1, last + 3);
    }
  }
  if (at > 1) {
    put(combine(name(at - 2), before + quoted, kBeforeGroup), at - 2, at - 1);
    if (at > 2) {
      put(combine(combine(name(at - 3), name(at - 2), kPair), before + quoted, kBeforeGroup), at - 3, at - 1);
    }
  }
}

void FeatureReader::read_counts(std::string_view folded, const text::Readings& readings, const std::vector<Word>& words,
                                std::size_t begin, std::size_t count) {
  const std::uint64_t handle = handle_hash();
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
  const auto first_sign = std::lower_bound(readings.signs.begin(), readings.signs.end(), from,
                                           [](const text::Sign& sign, std::size_t at) { return sign.begin < at; });
  for (auto sign = first_sign; sign != readings.signs.end() && sign->begin < to; ++sign) {
    put(combine(text::hash_word(sign->name), 0, kSign), Feature::kNoWord, Feature::kNoWord);
  }
}

}  // namespace heed::model
