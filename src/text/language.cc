#include "text/language.h"

#include <algorithm>
#include <array>
#include <bit>

#include "text/utf8.h"

namespace heed::text {
namespace {

constexpr std::size_t kLanguages = static_cast<std::size_t>(Language::Zh) + 1;
/// A word that only one language has speaks with this weight; a word of n languages with its n-th part.
constexpr std::uint32_t kWordWeight = 12;
constexpr std::uint32_t kWeightMin = 2 * kWordWeight;  ///< two words at least
constexpr double kLead = 1.4;                          ///< over the second
constexpr std::size_t kLettersMin = 4;                 ///< of a script that one language of ours has

struct Words {
  Language language;
  std::string_view words;  ///< folded
};
constexpr Words kWords[] = {
    {Language::En,
     "the and to of is you that it this for are was with have not be they your but what so if just about all "
     "can from he "
     "she we my like who when don't dont i'm im it's its would will there their them has how people know "
     "think because "
     "why no do get been were his her out up one more than then these those i me u ur lol omg wtf should "
     "could really "
     "being our here where did does had never only very some any other into want"},
    {Language::De,
     "der die das und ist nicht ich du sie es ein eine zu den mit auf fur von dem im auch so wie wir ihr "
     "aber wenn was bei "
     "nach noch nur man mir mich dich dir haben hat sind war werden wird kein keine einen einem oder dass "
     "weil schon mal "
     "doch uber aus am an als immer alle mehr hier jetzt ja nein bist habe kann diese"},
    {Language::Fr,
     "le la les des et est pas je tu il elle nous vous ils que qui dans pour sur avec un une du au ce cette "
     "ne plus mais "
     "on c'est j'ai d'un qu'il comme fait tout sont ont etre avoir mon ma mes ton ta tes son sa ses leur aux "
     "ou quand "
     "bien tres aussi rien moi toi lui ca parce"},
    {Language::Es,
     "el la los las que de y es en no un una por con para se lo mi tu su como mas pero esta este esto eso "
     "son muy todo yo "
     "ella ellos nos porque cuando hay ser tiene ya si al del le te me fue han sin sobre hasta donde nada "
     "quien tambien "
     "estoy estas eres siempre ahora gente"},
    {Language::It,
     "il la che di e un una non per sono con mi ti si lo gli le del della dei nel nella come ma anche piu "
     "questo questa "
     "io tu lui lei noi voi loro ho hai ha abbiamo essere fatto perche quando dove cosa chi tutto tutti "
     "molto sempre "
     "solo mio tuo suo alla dal sei e' ci ne se poi cosi"},
    {Language::Pt,
     "o a os as que de e em um uma nao para com por se mais mas como eu voce ele ela nos eles isso esta este "
     "tem ser foi "
     "sao muito tudo da do das dos na no nas meu minha seu sua quando porque ja so ate sem sobre vai tambem "
     "aqui agora "
     "pra gente bem ai ta"},
    {Language::Nl,
     "de het een en van is dat niet ik je zijn in op te met voor maar ook aan er die wat hij zij ze we wij "
     "jij mijn als "
     "bij naar uit nog wel dan heb heeft hebben kan zo om geen deze dit door over worden wordt moet meer "
     "heel gewoon toch "
     "omdat waar hoe wie daar hier nu jullie"},
    {Language::Pl,
     "nie to sie na jest ze w i z do co jak ale za tak po od czy dla tylko juz jego jej ich tym ten ta te "
     "przez przy bo "
     "mnie mi ja ty on ona my wy oni jestem jestes sa byl byla bylo moze gdzie kiedy kto wszystko bardzo "
     "tego ktory ktore "
     "bez nic cos"},
    {Language::Tr,
     "bir ve bu da de icin ne cok var yok ben sen o biz siz onlar mi mu gibi daha ama ile olan olarak kadar "
     "degil her sey "
     "seni beni sana bana benim senin ki neden nasil hic simdi sonra en iyi oldu olur oluyor diye bile ya "
     "ise"},
    {Language::Sv,
     "och att det som en ar pa jag du inte av for med den har till han hon vi ni de var ett om men sa sig "
     "kan nar hur min "
     "mig dig honom henne oss er dem detta alla mycket bara skulle ska vill nu har ocksa eller fran ingen "
     "vad"},
    {Language::Ru,
     "и в не на я что он с как это по но они она мы ты вы за из у же от так бы для все его ее их мне меня "
     "тебя тебе вас "
     "вам нас был была было были если или когда только уже нет да кто где потому очень чтобы еще еще свой "
     "этот эта быть "
     "есть может просто"},
    {Language::Uk,
     "і в не на я що він з як це по але вони вона ми ти ви за із у же від так би для все його її їх мені "
     "мене тебе вас нас "
     "був була було були якщо або коли тільки вже ні та хто де тому дуже щоб ще свій цей ця бути є може "
     "просто й до"},
    {Language::Ar,
     "في من على ان ما لا هذا هذه الى كان عن هو هي مع كل انت انا نحن هم يا لم لن قد ثم او بعد قبل حتى اذا كيف "
     "لماذا ليس غير "
     "عند بين ذلك التي الذي والله الله ولا وما"},
    {Language::Fa,
     "و در به از که این را با است برای آن هم من تو او ما شما هر یک تا بر نه چه چرا اگر هست می نمی شد شده کرد "
     "بود باید "
     "خیلی همه دیگر خود ها"},
    {Language::Hi, "है के का की में से को और हैं यह नहीं भी पर ने एक वह हो तो क्या मैं तुम आप ये जो था थी कर ही"}};

class Table {
 public:
  Table() {
    std::vector<Token> tokens;
    for (const Words& of : kWords) {
      tokenize(of.words, tokens);
      for (const Token& token : tokens) {
        Slot& slot = slots_[place(token.hash)];
        slot.tag = tag(token.hash);
        slot.languages |= 1u << static_cast<unsigned>(of.language);
      }
    }
  }
  /// Bits by language.
  std::uint32_t operator[](std::uint64_t hash) const { return slots_[place(hash)].languages; }

 private:
  struct Slot {
    std::uint32_t tag = 0, languages = 0;
  };
  static std::uint32_t tag(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32) | 1; }
  std::size_t place(std::uint64_t hash) const {
    std::size_t at = hash % slots_.size();
    while (slots_[at].tag != 0 && slots_[at].tag != tag(hash)) {
      at = (at + 1) % slots_.size();
    }
    return at;
  }
  std::array<Slot, 2048> slots_{};
};
const Table& table() {
  static const Table words;
  return words;
}

/// What a letter of another script says.
enum class Script : std::uint8_t {
  None,
  Hebrew,
  Greek,
  Kana,
  Hangul,
  Han,
  UkrainianLetter,
  RussianLetter,
  PersianLetter
};
Script script(std::uint32_t c) {
  if (c == 0x0456 || c == 0x0457 || c == 0x0454 || c == 0x0491) {
    return Script::UkrainianLetter;
  }
  if (c == 0x044B || c == 0x044D || c == 0x044A || c == 0x0451) {
    return Script::RussianLetter;
  }
  if (c == 0x067E || c == 0x0686 || c == 0x0698 || c == 0x06AF || c == 0x06CC) {
    return Script::PersianLetter;
  }
  return c >= 0x05D0 && c <= 0x05EA   ? Script::Hebrew
         : c >= 0x0370 && c <= 0x03FF ? Script::Greek
         : c >= 0x3041 && c <= 0x30FF ? Script::Kana
         : c >= 0xAC00 && c <= 0xD7A3 ? Script::Hangul
         : c >= 0x4E00 && c <= 0x9FFF ? Script::Han
                                      : Script::None;
}

}  // namespace

std::string_view language_name(Language language) {
  constexpr std::string_view kNames[kLanguages] = {"und", "en", "de", "fr", "es", "it", "pt", "nl", "pl", "tr", "sv",
                                                   "ru",  "uk", "ar", "fa", "he", "el", "hi", "ja", "ko", "zh"};
  return kNames[static_cast<std::size_t>(language)];
}

LanguageGuess guess_language(std::string_view folded, const std::vector<Token>& tokens) {
  const Table& words = table();
  std::array<std::uint32_t, kLanguages> weight{};
  std::array<std::uint32_t, 9> letters{};
  const auto of = [&](Language language) -> std::uint32_t& { return weight[static_cast<std::size_t>(language)]; };
  std::uint32_t total = 0;
  for (const Token& token : tokens) {
    if (token.kind != Token::Kind::Word) {
      continue;
    }
    if (std::uint32_t languages = words[token.hash]; languages != 0) {
      const std::uint32_t share = kWordWeight / static_cast<std::uint32_t>(std::popcount(languages));
      total += kWordWeight;
      for (; languages != 0; languages &= languages - 1) {
        weight[static_cast<std::size_t>(std::countr_zero(languages))] += share;
      }
    }
    if ((token.traits & Token::kHigh) != 0) {
      for (std::string_view rest = folded.substr(token.begin, token.end - token.begin); !rest.empty();) {
        const CodePoint c = decode_utf8(rest);
        ++letters[static_cast<std::size_t>(script(c.value))];
        rest.remove_prefix(c.length);
      }
    }
  }
  const auto seen = [&](Script script) { return letters[static_cast<std::size_t>(script)]; };
  // Letters that only one of two neighbours has: as good as a word each, up to three.
  const auto letter_vote = [&](Script script, Language language) {
    const std::uint32_t votes = std::min(seen(script), 3u) * kWordWeight;
    of(language) += votes;
    total += votes;
  };
  letter_vote(Script::UkrainianLetter, Language::Uk);
  letter_vote(Script::RussianLetter, Language::Ru);
  letter_vote(Script::PersianLetter, Language::Fa);
  const auto whole_script = [&](Script script, Language language, std::uint32_t more = 0) {
    if (seen(script) > 0 && seen(script) + more >= kLettersMin) {
      const std::uint32_t votes = (seen(script) + more) * kWordWeight / 2;
      of(language) += votes;
      total += votes;
    }
  };
  whole_script(Script::Hebrew, Language::He);
  whole_script(Script::Greek, Language::El);
  whole_script(Script::Hangul, Language::Ko);
  whole_script(Script::Kana, Language::Ja, seen(Script::Han));
  if (seen(Script::Kana) == 0) {
    whole_script(Script::Han, Language::Zh);
  }
  std::size_t best = 1;
  std::uint32_t second = 0;
  for (std::size_t l = 2; l < kLanguages; ++l) {
    if (weight[l] > weight[best]) {
      second = weight[best];
      best = l;
    } else {
      second = std::max(second, weight[l]);
    }
  }
  if (weight[best] < kWeightMin || static_cast<double>(weight[best]) < kLead * static_cast<double>(second)) {
    return {};
  }
  return {static_cast<Language>(best), static_cast<float>(weight[best]) / static_cast<float>(total)};
}

}  // namespace heed::text
