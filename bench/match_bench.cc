// The one scan: what 100 and 10,000 terms, 100 and 1,000 patterns cost, on real posts.
//
//   match_bench [--seconds=0.5] [--texts=FILE.tsv.gz] [--naive]
//
// Terms are phrases of two to four words and patterns regular expressions of the kinds that rules use
// (phrases with gaps, choices, word starts, and one in twenty without any letter that must be there, such as
// "\d{3}-\d{4}"), made of the words of the posts themselves, so that many are begun and some match. The
// default lists are scanned as well.
// --naive also puts all patterns into one RE2::Set, to show what the search for needed letters saves.
#include <re2/set.h>

#include <cstdlib>
#include <cstring>
#include <random>
#include <set>

#include "match/scanner.h"
#include "policy/builtin.h"
#include "posts_sample.h"

namespace {

using namespace heed;

std::vector<std::string> common_words(const std::vector<std::string>& posts) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  text::Folded folded;
  std::vector<text::Token> tokens;
  for (const std::string& post : posts) {
    text::fold(post, folded);
    text::tokenize(folded.text, tokens);
    for (const text::Token& token : tokens) {
      const std::string word = folded.text.substr(token.begin, token.end - token.begin);
      if (token.kind == text::Token::Kind::Word && token.traits == text::Token::kAsciiLetter &&
          seen.insert(word).second) {
        out.push_back(word);
      }
    }
  }
  return out;
}

match::TermList invented_terms(const std::vector<std::string>& words, std::size_t count) {
  std::mt19937 random(1);
  match::TermList list{"invented", "1", {}};
  for (std::size_t i = 0; i < count; ++i) {
    std::string term = words[random() % words.size()];
    for (auto more = 1 + random() % 3; more > 0; --more) {
      term += (random() % 4 == 0 ? " (" + words[random() % words.size()] + "|)" : "") + " " +
              words[random() % words.size()];
    }
    list.entries.push_back({std::to_string(i), term, "spam", "", 0.5, "", "", "", {}, 0});
  }
  return list;
}

std::vector<match::Pattern> invented_patterns(const std::vector<std::string>& words, std::size_t count) {
  std::mt19937 random(2);
  std::vector<match::Pattern> out;
  const auto word = [&] { return words[random() % words.size()]; };
  for (std::size_t i = 0; i < count; ++i) {
    using Kind = match::Pattern::Kind;
    switch (i % 20) {
      case 0:
        out.push_back(
            {"\\d{" + std::to_string(2 + i % 5) + "}[-/.]\\d{" + std::to_string(3 + i % 4) + "}", Kind::Regex});
        break;
      case 1:
      case 2:
      case 3:
      case 4:
        out.push_back({word() + " " + word(), Kind::Literal});
        break;
      case 5:
      case 6:
      case 7:
      case 8:
        out.push_back({"\\b" + word() + "\\b.{0,20}\\b" + word() + "\\b", Kind::Regex});
        break;
      case 9:
      case 10:
      case 11:
        out.push_back({"\\b(" + word() + "|" + word() + "|" + word() + ") " + word(), Kind::Regex});
        break;
      case 12:
      case 13:
        out.push_back({"\\b" + word() + "(s|ed|ing)?\\b [a-z]+ " + word(), Kind::Regex});
        break;
      default:
        out.push_back({"(" + word() + "|" + word() + ")\\s+(the|a|my|your)?\\s*" + word(), Kind::Regex});
        break;
    }
  }
  return out;
}

int run(double seconds, const std::string& file, bool naive) {
  const bench::Posts posts = bench::read_posts(file);
  std::printf("%zu posts, %.0f bytes on average, from %s\n", posts.texts.size(), posts.mean_bytes,
              posts.source.c_str());
  const std::vector<std::string> words = common_words(posts.texts);
  std::vector<match::TermList> defaults;
  for (const policy::BuiltinFile& built : policy::default_policy_files("lists/")) {
    if (auto list = match::parse_term_list(built.name, built.bytes)) {
      defaults.push_back(*std::move(list));
    }
  }
  std::vector<match::Prepared> ready;
  match::Hits hits;
  double smallest = 0;
  for (const auto& [terms, patterns] :
       {std::pair{100, 100}, {10000, 100}, {100, 1000}, {10000, 1000}, {10000, 10000}}) {
    match::Scanner::Needs needs{defaults, {}, {}};
    needs.lists.push_back(invented_terms(words, static_cast<std::size_t>(terms)));
    needs.folded = invented_patterns(words, static_cast<std::size_t>(patterns));
    const auto began = std::chrono::steady_clock::now();
    auto made = match::Scanner::make(std::move(needs));
    if (!made) {
      std::fprintf(stderr, "%s\n", made.error().message.c_str());
      return 1;
    }
    const match::Scanner& scanner = **made;
    scanner.warm();
    std::printf("%d terms beside the default lists, %d patterns: ready and warm in %.0f ms\n", terms, patterns,
                std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count() * 1e3);
    match::Prepared post;
    const bench::Cost prepare =
        bench::measure(posts.texts, seconds, [&](const std::string& text) { scanner.prepare(text, post); });
    const bench::Cost all = bench::measure(posts.texts, seconds, [&](const std::string& text) {
      scanner.prepare(text, post);
      scanner.scan(post, {}, hits);
    });
    std::size_t term_hits = 0, pattern_hits = 0;
    const bench::Cost lists = bench::measure(posts.texts, seconds, [&](const std::string& text) {
      scanner.prepare(text, post);
      scanner.terms().scan(post.folded.text, post.tokens, post.readings, {}, hits.terms);
    });
    for (const std::string& text : posts.texts) {
      scanner.prepare(text, post);
      scanner.scan(post, {}, hits);
      term_hits += hits.terms.size();
      pattern_hits += hits.folded_patterns.size();
    }
    const auto less = [](bench::Cost a, bench::Cost b) { return bench::Cost{a.ns - b.ns, a.cycles - b.cycles}; };
    bench::print("  prepare (fold, split, unmask)", prepare);
    bench::print("  scan: lists", less(lists, prepare));
    bench::print("  scan: patterns", less(all, lists));
    bench::print("  scan", less(all, prepare));
    smallest = smallest == 0 ? all.ns - prepare.ns : smallest;
    const match::PatternSet::Counters counters = scanner.folded_patterns().counters();
    std::printf(
        "  %.2f times the scan of 100 and 100; finds a post: %.2f terms, %.2f patterns; %llu sets split, "
        "%llu scans exhausted\n",
        (all.ns - prepare.ns) / smallest, static_cast<double>(term_hits) / static_cast<double>(posts.texts.size()),
        static_cast<double>(pattern_hits) / static_cast<double>(posts.texts.size()),
        static_cast<unsigned long long>(counters.splits), static_cast<unsigned long long>(counters.exhausted));
    if (naive && patterns <= 1000) {
      RE2::Options options;
      options.set_max_mem(64 << 20);
      RE2::Set set(options, RE2::UNANCHORED);
      for (const match::Pattern& pattern : scanner.folded_patterns().patterns()) {
        set.Add(pattern.kind == match::Pattern::Kind::Literal ? RE2::QuoteMeta(pattern.text) : pattern.text, nullptr);
      }
      set.Compile();
      std::vector<int> fired;
      text::Folded folded;
      const bench::Cost one = bench::measure(posts.texts, seconds, [&](const std::string& text) {
        text::fold(text, folded);
        RE2::Set::ErrorInfo error;
        (void)set.Match(folded.text, &fired, &error);
      });
      bench::print("  all patterns in one RE2::Set", one);
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = 0.5;
  std::string file = "../shared/data/dev.tsv.gz";
  bool naive = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], "--seconds=", 10) == 0) {
      seconds = std::atof(argv[i] + 10);
    } else if (std::strncmp(argv[i], "--texts=", 8) == 0) {
      file = argv[i] + 8;
    } else if (std::strcmp(argv[i], "--naive") == 0) {
      naive = true;
    } else {
      std::fprintf(stderr, "usage: match_bench [--seconds=0.5] [--texts=FILE.tsv.gz] [--naive]\n");
      return 64;
    }
  }
  return run(seconds, file, naive);
}
