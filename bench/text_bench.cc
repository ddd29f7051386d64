// Text made ready: how long a post takes to fold, split, unmask and guess, and how the worst text does.
//
//   text_bench [--seconds=0.5] [--texts=FILE.tsv.gz]
//
// The posts are real ones, from ../shared/data/dev.tsv.gz (its second text column) when that is there, else
// the samples; cut or joined so that their mean is 106 bytes. Figures are the best of five rounds on one
// thread. Cycles are the processor's time stamp counter, which runs at its nominal clock.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "posts_sample.h"
#include "text/fold.h"
#include "text/language.h"
#include "text/token.h"
#include "text/unmask.h"

namespace {

using namespace heed;

text::Vocabulary words_of(const std::vector<std::string>& posts, std::size_t count) {
  text::Vocabulary out;
  text::Folded folded;
  std::vector<text::Token> tokens;
  for (const std::string& post : posts) {
    text::fold(post, folded);
    text::tokenize(folded.text, tokens);
    for (const text::Token& token : tokens) {
      if (out.words() < count && token.kind == text::Token::Kind::Word) {
        out.add(std::string_view(folded.text).substr(token.begin, token.end - token.begin), true);
      }
    }
  }
  out.finish();
  return out;
}

int run(double seconds, const std::string& file) {
  const bench::Posts posts = bench::read_posts(file);
  std::printf("%zu posts, %.0f bytes on average, from %s\n", posts.texts.size(), posts.mean_bytes,
              posts.source.c_str());
  text::Folded folded;
  std::vector<text::Token> tokens;
  text::UnmaskScratch scratch;
  text::Readings readings;
  const text::Vocabulary small = words_of(posts.texts, 1000), large = words_of(posts.texts, 10000);
  std::size_t seen = 0, found = 0, known = 0;
  const auto stage = [&](const char* name, auto f) { bench::print(name, bench::measure(posts.texts, seconds, f)); };
  const auto split = [&](const std::string& post) {
    text::fold(post, folded);
    text::tokenize(folded.text, tokens);
  };
  stage("fold", [&](const std::string& post) { text::fold(post, folded); });
  stage("fold, split", split);
  stage("fold, split, unmask without list", [&](const std::string& post) {
    split(post);
    text::unmask(folded.text, tokens, nullptr, scratch, readings);
  });
  stage("fold, split, unmask, 1,000 words", [&](const std::string& post) {
    split(post);
    text::unmask(folded.text, tokens, &small, scratch, readings);
  });
  stage("fold, split, unmask, 10,000 words", [&](const std::string& post) {
    split(post);
    text::unmask(folded.text, tokens, &large, scratch, readings);
  });
  stage("fold, split, guess language", [&](const std::string& post) {
    split(post);
    ++seen;
    known += text::guess_language(folded.text, tokens).language != text::Language::Unknown ? 1 : 0;
  });
  for (const std::string& post : posts.texts) {
    split(post);
    text::unmask(folded.text, tokens, nullptr, scratch, readings);
    found += readings.all.empty() ? 0 : 1;
  }
  std::printf("a language is named for %.1f %% of the posts; %.1f %% have a reading without any list\n",
              100.0 * static_cast<double>(known) / static_cast<double>(seen),
              100.0 * static_cast<double>(found) / static_cast<double>(posts.texts.size()));
  std::printf("one megabyte of\n");
  for (const char* piece : {"k i l l ", "((((", "a*a*a*", "\u0301", "e\u0301", "и\u0306", "kі", "a@", "1l", "🔪k", "🇰🇮",
                            "к ", "l", "a-b."}) {
    std::string text;
    while (text.size() < (1u << 20)) {
      text += piece;
    }
    const std::vector<std::string> one = {text};
    const bench::Cost cost = bench::measure(one, 0, [&](const std::string& post) {
      split(post);
      text::unmask(folded.text, tokens, &large, scratch, readings);
    });
    std::printf("  %-12s %8.1f ns a byte\n", piece, cost.ns / static_cast<double>(text.size()));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = 0.5;
  std::string file = "../shared/data/dev.tsv.gz";
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], "--seconds=", 10) == 0) {
      seconds = std::atof(argv[i] + 10);
    } else if (std::strncmp(argv[i], "--texts=", 8) == 0) {
      file = argv[i] + 8;
    } else {
      std::fprintf(stderr, "usage: text_bench [--seconds=0.5] [--texts=FILE.tsv.gz]\n");
      return 64;
    }
  }
  return run(seconds, file);
}
