#include "text/language.h"

#include <gtest/gtest.h>

#include "text/fold.h"

namespace heed::text {
namespace {

std::string guess(std::string_view text) {
  Folded folded;
  std::vector<Token> tokens;
  fold(text, folded);
  tokenize(folded.text, tokens);
  return std::string(language_name(guess_language(folded.text, tokens).language));
}

TEST(GuessLanguage, KnowsALineOfEach) {
  EXPECT_EQ(guess("I don't know what you think about this"), "en");
  EXPECT_EQ(guess("ur so dumb lol why r u like this"), "en");
  EXPECT_EQ(guess("Ich weiß nicht, was das soll, aber es ist nicht schön"), "de");
  EXPECT_EQ(guess("Je ne comprends pas pourquoi tu dis ça dans ce groupe"), "fr");
  EXPECT_EQ(guess("No entiendo por qué la gente dice estas cosas, pero así es"), "es");
  EXPECT_EQ(guess("Non capisco perché la gente dice queste cose, ma è così"), "it");
  EXPECT_EQ(guess("Não sei o que você está fazendo aqui, mas isso é muito bom"), "pt");
  EXPECT_EQ(guess("Ik weet niet wat je daar hebt gezien, maar het is niet goed"), "nl");
  EXPECT_EQ(guess("Nie wiem, co to jest, ale bardzo mi się podoba"), "pl");
  EXPECT_EQ(guess("Bu çok güzel bir gün ama ben seni görmedim"), "tr");
  EXPECT_EQ(guess("Jag vet inte vad det är men det är inte bra"), "sv");
  EXPECT_EQ(guess("Я не знаю, что это такое, но мне нравится"), "ru");
  EXPECT_EQ(guess("Я не знаю, що це таке, але мені подобається"), "uk");
  EXPECT_EQ(guess("لا أعرف ما هذا ولكن هو من على الطريق"), "ar");
  EXPECT_EQ(guess("من نمی‌دانم این چیست ولی خیلی خوب است"), "fa");
  EXPECT_EQ(guess("אני לא יודע מה זה"), "he");
  EXPECT_EQ(guess("Δεν ξέρω τι είναι αυτό"), "el");
  EXPECT_EQ(guess("यह नहीं है और मैं भी"), "hi");
  EXPECT_EQ(guess("これは何ですか、私は知りません"), "ja");
  EXPECT_EQ(guess("이것이 무엇인지 모르겠어요"), "ko");
  EXPECT_EQ(guess("我不知道这是什么"), "zh");
}

TEST(GuessLanguage, IsHonestAboutShortAndUnknownText) {
  for (const char* text : {"", "ok", "lol", "@anna https://x.example 123", "🔪🔪🔪", "Zagreb Ljubljana", "de la",
                           "Nem tudom, hogy mit jelent", "siku njema rafiki yangu", "死"}) {
    EXPECT_EQ(guess(text), "und") << text;
  }
}

TEST(GuessLanguage, GivesAShareAsConfidence) {
  Folded folded;
  std::vector<Token> tokens;
  fold("the people and the others, mais pas nous", folded);
  tokenize(folded.text, tokens);
  const LanguageGuess found = guess_language(folded.text, tokens);
  EXPECT_EQ(found.language, Language::En);
  EXPECT_GT(found.confidence, 0.4f);
  EXPECT_LT(found.confidence, 0.9f);
}

}  // namespace
}  // namespace heed::text
