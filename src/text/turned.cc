#include "text/turned.h"

#include <algorithm>
#include <array>

#include "text/utf8.h"

namespace heed::text {
namespace {

struct Turned {
  std::uint32_t code_point;
  char letter;
  bool sure;  ///< no letter of a living alphabet
};
/// By code point.
constexpr std::array<Turned, 33> kTurned = {{
    {0x131, 'i', false},   // ı
    {0x183, 'g', true},    // ƃ
    {0x186, 'c', false},   // Ɔ
    {0x18E, 'e', false},   // Ǝ
    {0x1DD, 'e', false},   // ǝ
    {0x250, 'a', true},    // ɐ
    {0x254, 'c', false},   // ɔ
    {0x25F, 'f', true},    // ɟ
    {0x265, 'h', true},    // ɥ
    {0x26F, 'm', true},    // ɯ
    {0x279, 'r', true},    // ɹ
    {0x27E, 'j', true},    // ɾ
    {0x283, 'j', false},   // ʃ
    {0x287, 't', true},    // ʇ
    {0x28C, 'v', false},   // ʌ
    {0x28D, 'w', true},    // ʍ
    {0x28E, 'y', true},    // ʎ
    {0x29E, 'k', true},    // ʞ
    {0x2E5, 'l', false},   // ˥
    {0x39B, 'v', false},   // Λ
    {0x500, 'p', false},   // Ԁ
    {0x5DF, 'l', false},   // ן
    {0x1D09, 'i', true},   // ᴉ
    {0x1D1A, 'r', true},   // ᴚ
    {0x1D77, 'g', true},   // ᵷ
    {0x2132, 'f', true},   // Ⅎ
    {0x2141, 'g', true},   // ⅁
    {0x2144, 'y', true},   // ⅄
    {0x2200, 'a', false},  // ∀
    {0x2229, 'u', false},  // ∩
    {0x22CA, 'k', false},  // ⋊
    {0x2534, 't', false},  // ┴
    {0xA781, 'l', true},   // ꞁ
}};

const Turned* turned(std::uint32_t c) {
  const auto at = std::lower_bound(kTurned.begin(), kTurned.end(), c,
                                   [](const Turned& one, std::uint32_t value) { return one.code_point < value; });
  return at != kTurned.end() && at->code_point == c ? &*at : nullptr;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// Turned punctuation outside ASCII.
bool is_mark(std::uint32_t c) { return c == 0xA1 || c == 0xBF || c == 0x2D9 || c == 0x2018 || c == 0x2019; }

struct Word {
  std::uint32_t begin = 0, end = 0;
  std::uint32_t letters = 0, turned = 0, sure = 0;
  bool fits = true;  ///< may stand among turned words
};

Word read_word(std::string_view text, std::uint32_t at) {
  Word word;
  word.begin = at;
  word.fits = text[at] != '@' && text[at] != '#';
  while (at < text.size() && !is_space(text[at]) && text[at] != '\n') {
    const CodePoint c = decode_utf8(text.substr(at));
    if (!c.valid) {
      word.fits = false;
      ++at;
      continue;
    }
    at += static_cast<std::uint32_t>(c.length);
    const bool ascii_letter = (c.value >= 'a' && c.value <= 'z') || (c.value >= 'A' && c.value <= 'Z');
    if (const Turned* one = turned(c.value)) {
      ++word.letters;
      word.turned += c.value != 0x131 ? 1 : 0;  // Turkish has it in every second word
      word.sure += one->sure ? 1 : 0;
    } else if (ascii_letter) {
      ++word.letters;
      word.fits = word.fits && upright(c.value) != 0;
    } else if (c.value == '/' || (c.value >= 0x80 && !is_mark(c.value) && !is_unseen(c.value))) {
      word.fits = false;
    }
  }
  word.end = at;
  return word;
}

class Line {
 public:
  explicit Line(std::vector<TurnedWords>& out) : out_(out) {}
  void add(const Word& word) {
    if (!word.fits) {
      others_ = others_ || word.letters > 0 || word.end - word.begin > 0;
      finish_run(/*line_ends=*/false);
      return;
    }
    if (!any_) {
      any_ = true;
      after_other_ = others_;
      begin_ = word.begin;
    }
    end_ = word.end;
    between_ += word.letters;
    if (word.turned > 0) {
      first_ = turned_ == 0 ? word.begin : first_;
      last_ = word.end;
      letters_ = turned_ == 0 ? word.letters : letters_ + between_;
      between_ = 0;
    }
    turned_ += word.turned, sure_ += word.sure;
  }
  void end() {
    finish_run(/*line_ends=*/true);
    others_ = false;
  }

 private:
  void finish_run(bool line_ends) {
    if (any_ && letters_ >= 2 && turned_ >= 2 && sure_ >= 1 && turned_ * 3 >= letters_) {
      const bool whole_line = line_ends && !after_other_;
      out_.push_back(whole_line ? TurnedWords{begin_, end_} : TurnedWords{first_, last_});
    }
    any_ = false;
    letters_ = between_ = turned_ = sure_ = 0;
  }
  std::vector<TurnedWords>& out_;
  bool others_ = false, any_ = false, after_other_ = false;
  std::uint32_t begin_ = 0, end_ = 0, first_ = 0, last_ = 0;
  std::uint32_t letters_ = 0;  ///< from the first word with a turned letter to the last
  std::uint32_t between_ = 0;  ///< since then
  std::uint32_t turned_ = 0, sure_ = 0;
};

}  // namespace

char upright(std::uint32_t c) {
  switch (c) {
    case 'b':
      return 'q';
    case 'd':
      return 'p';
    case 'n':
      return 'u';
    case 'p':
      return 'd';
    case 'q':
      return 'b';
    case 'u':
      return 'n';
    case 'M':
      return 'w';
    case 'W':
      return 'm';
    case 'i':
    case 'l':
    case 'o':
    case 's':
    case 'x':
    case 'z':
      return static_cast<char>(c);
    case 'H':
    case 'I':
    case 'N':
    case 'O':
    case 'S':
    case 'X':
    case 'Z':
      return static_cast<char>(c - 'A' + 'a');
    default:
      const Turned* one = turned(c);
      return one == nullptr ? '\0' : one->letter;
  }
}

void find_turned_words(std::string_view utf8, std::vector<TurnedWords>& out) {
  out.clear();
  Line line(out);
  for (std::uint32_t at = 0; at < utf8.size();) {
    if (utf8[at] == '\n') {
      line.end();
      ++at;
    } else if (is_space(utf8[at])) {
      ++at;
    } else {
      const Word word = read_word(utf8, at);
      line.add(word);
      at = word.end;
    }
  }
  line.end();
}

}  // namespace heed::text
