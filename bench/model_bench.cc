// The classifier: how long a post takes, stage by stage, and how many allocations it costs.
//
//   model_bench [--seconds=1] [--texts=FILE.tsv.gz]
//
// Posts as in text_bench: real ones from ../shared/data/dev.tsv.gz when that is there, else the samples;
// their mean is 106 bytes. Figures are the best of five rounds on one thread. The aim: "fold to scores" at
// 250,000 posts a second, with half of its 4 microseconds for the classifier.
//
// What bounds it: some 120 features a post, each one line of the 2 MiB table (half of it in a 1 MiB
// second-level cache) asked for before it is needed, and the letters of the words that the table does not
// have.
#include <cstdlib>
#include <cstring>
#include <new>

#include "model/classifier.h"
#include "model/second_classifier.h"
#include "posts_sample.h"
#include "text/language.h"
#include "text/unmask.h"

namespace {
std::uint64_t g_allocations = 0;
}

__attribute__((noinline)) void* operator new(std::size_t size) {
  ++g_allocations;
  if (void* memory = std::malloc(size)) {
    return memory;
  }
  std::abort();
}
__attribute__((noinline)) void operator delete(void* memory) noexcept { std::free(memory); }
__attribute__((noinline)) void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace heed;

/// A post as `assess` has it when the classifier is asked.
struct Ready {
  text::Folded folded;
  std::vector<text::Token> tokens;
  text::Readings readings;
  text::UnmaskScratch unmask;

  void fold(std::string_view post) {
    text::fold(post, folded);
    text::tokenize(folded.text, tokens);
    text::unmask(folded.text, tokens, nullptr, unmask, readings);
  }
};

int run(double seconds, const std::string& file) {
  const bench::Posts posts = bench::read_posts(file);
  if (posts.texts.empty()) {
    std::fprintf(stderr, "no posts in %s\n", file.c_str());
    return 1;
  }
  std::printf("%zu posts of %s, %.0f bytes on average\n", posts.texts.size(), posts.source.c_str(), posts.mean_bytes);
  const auto classifier = model::LinearClassifier::builtin();
  const auto scratch = classifier->make_scratch();
  model::Scores scores;
  std::vector<Ready> ready(posts.texts.size());
  std::vector<std::string> numbers;  // the harness hands out texts; these say which post
  for (std::size_t i = 0; i < ready.size(); ++i) {
    ready[i].fold(posts.texts[i]);
    numbers.push_back(std::to_string(i));
  }
  std::vector<model::Word> words;
  model::FeatureReader reader;
  std::size_t features = 0, subwords = 0;
  const auto read = [&](const Ready& one) {
    model::find_words(one.folded, one.tokens, one.readings, words);
    reader.read(one.folded.text, one.readings, words, 0, std::min(words.size(), model::kWindowWords));
  };
  for (const Ready& one : ready) {
    read(one);
    features += reader.words().size() + reader.context().size();
    for (const model::Word& word : words) {
      model::each_subword(word.letters, [&](std::uint64_t) { ++subwords; });
    }
  }
  std::printf("%.0f features a post, %.0f more if all words had to be spelled out\n",
              static_cast<double>(features) / static_cast<double>(ready.size()),
              static_cast<double>(subwords) / static_cast<double>(ready.size()));
  std::size_t at = 0;
  const auto next = [&]() -> const Ready& {
    at = at + 1 < ready.size() ? at + 1 : 0;
    return ready[at];
  };
  bench::print("features", bench::measure(numbers, seconds, [&](const std::string&) { read(next()); }));
  const auto score = [&](const Ready& one) {
    classifier->score({one.folded, one.tokens, one.readings, text::Language::En}, *scratch, scores);
  };
  bench::print("features and scores", bench::measure(numbers, seconds, [&](const std::string&) { score(next()); }));
  Ready one;
  bench::print("fold, split", bench::measure(posts.texts, seconds, [&](const std::string& post) {
                 text::fold(post, one.folded);
                 text::tokenize(one.folded.text, one.tokens);
               }));
  bench::print("fold, split, unmask",
               bench::measure(posts.texts, seconds, [&](const std::string& post) { one.fold(post); }));
  const std::uint64_t before = g_allocations;
  std::uint64_t calls = 0;
  const bench::Cost whole = bench::measure(posts.texts, seconds, [&](const std::string& post) {
    one.fold(post);
    score(one);
    ++calls;
  });
  bench::print("fold to scores", whole);
  std::printf("fold to scores: %.0f posts a second, %.4f allocations a post\n", 1e9 / whole.ns,
              static_cast<double>(g_allocations - before) / static_cast<double>(calls));
  bench::print("fold, guess language, scores", bench::measure(posts.texts, seconds, [&](const std::string& post) {
                 one.fold(post);
                 const auto language = text::guess_language(one.folded.text, one.tokens).language;
                 classifier->score({one.folded, one.tokens, one.readings, language}, *scratch, scores);
               }));
  const auto second = model::SecondClassifier::builtin();
  const auto second_scratch = second->make_scratch();
  bench::print(
      "second look (linear and network)", bench::measure(numbers, seconds, [&](const std::string&) {
        const Ready& again = next();
        second->score({again.folded, again.tokens, again.readings, text::Language::En}, *second_scratch, scores);
      }));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = 1;
  std::string file = "../shared/data/dev.tsv.gz";
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], "--seconds=", 10) == 0) {
      seconds = std::atof(argv[i] + 10);
    } else if (std::strncmp(argv[i], "--texts=", 8) == 0) {
      file = argv[i] + 8;
    } else {
      std::fprintf(stderr, "usage: model_bench [--seconds=1] [--texts=FILE.tsv.gz]\n");
      return 64;
    }
  }
  return run(seconds, file);
}
