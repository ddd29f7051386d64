// Posts assessed: how many a second one core takes, stage by stage, and how many allocations a post costs.
//
//   assess_bench [--seconds=1] [--texts=FILE] [--terms=10000] [--patterns=1000]
//
// The posts are the samples of samples/, mixed as a platform sees them: benign ones, and one abusive post in fifty; or
// the lines of FILE. Text is given as the JSON parser leaves it; reading JSON is measured apart, with the whole way
// from bytes to assessment last, and then what each stage costs by itself, in cycles. Each figure is the best of five
// runs on one thread, so that a busy machine disturbs least. "with N more terms" repeats the whole with a list of N
// invented two-word terms besides the default lists; then with the default rules replaced by 100 and by 500 invented
// ones, of which few can fire, and with 1,000 patterns that they ask for.
//
// What bounds it: folding is memory-bound and vectorised; splitting is a byte loop; each word costs one look into a
// bitmap of 16 KiB and, if a phrase begins with it, one cache line of the automaton a word walked.
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <future>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "assess/address.h"
#include "assess/assessor.h"
#include "assess/shipped_classifier.h"
#include "base/json.h"
#include "match/matcher.h"
#include "model/classifier.h"
#include "policy/builtin.h"
#include "policy/sample.h"
#include "post/post.h"
#include "stream/windows.h"
#include "text/fold.h"
#include "text/language.h"
#include "text/token.h"
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
using Steady = std::chrono::steady_clock;

constexpr int kRuns = 5;
constexpr std::size_t kPosts = 20000;

struct Options {
  double seconds = 1;
  std::string texts;
  int terms = 10000, patterns = 1000;
  assess::SecondLook look = assess::SecondLook::Reports;  ///< in the stream: nobody
  bool windows = false;
};

std::vector<std::string> make_texts(const Options& options) {
  std::vector<std::string> texts;
  if (!options.texts.empty()) {
    std::ifstream file(options.texts);
    for (std::string line; std::getline(file, line);) {
      texts.push_back(line);
    }
    return texts;
  }
  const auto benign = policy::samples("benign.tsv");
  const auto support = policy::samples("support.tsv");
  const auto abuse = policy::samples("campaigner_abuse.tsv");
  for (std::size_t i = 0; i < kPosts; ++i) {
    if (i % 50 == 0) {
      texts.push_back(policy::vary(abuse[i / 50 % abuse.size()].text, i));
    } else {
      // Two benign posts in one come near the mean length of real posts, about 100 bytes.
      texts.push_back(std::string(benign[i * 7 % benign.size()].text) + " " +
                      std::string(i % 9 == 0 ? support[i % support.size()].text : benign[i * 13 % benign.size()].text));
    }
  }
  return texts;
}

/// Cycles of this thread in user mode; where nobody lets us count them (virtual machines), those of the processor's
/// time stamp, which runs at its nominal rate.
class Cycles {
 public:
  Cycles() {
    perf_event_attr attributes{};
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_HARDWARE;
    attributes.config = PERF_COUNT_HW_CPU_CYCLES;
    attributes.exclude_kernel = 1;
    attributes.exclude_hv = 1;
    fd_ = static_cast<int>(::syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0));
  }
  double now() const {
    std::uint64_t count = 0;
    if (counted()) {
      return ::read(fd_, &count, sizeof count) == sizeof count ? static_cast<double>(count) : 0;
    }
#ifdef __x86_64__
    count = __builtin_ia32_rdtsc();
#endif
    return static_cast<double>(count);
  }
  bool counted() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

const Cycles& counter() {
  static const Cycles cycles;
  return cycles;
}

/// Nanoseconds, cycles and allocations a call of f(i), best of kRuns, after one round of warming up.
struct Cost {
  double ns = 0, allocations = 0, cycles = 0;
};
template <class F>
Cost measure(std::size_t count, double seconds, F f) {
  for (std::size_t i = 0; i < count; ++i) {
    f(i);
  }
  const Cycles& cycles = counter();
  Cost best{1e18, 0, 1e18};
  for (int run = 0; run < kRuns; ++run) {
    const std::uint64_t allocations = g_allocations;
    const double cycles_before = cycles.now();
    const auto began = Steady::now();
    std::size_t calls = 0;
    double passed = 0;
    do {
      for (std::size_t i = 0; i < count; ++i) {
        f(i);
      }
      calls += count;
      passed = std::chrono::duration<double>(Steady::now() - began).count();
    } while (passed < seconds / kRuns);
    best.ns = std::min(best.ns, passed * 1e9 / static_cast<double>(calls));
    best.cycles = std::min(best.cycles, (cycles.now() - cycles_before) / static_cast<double>(calls));
    best.allocations = static_cast<double>(g_allocations - allocations) / static_cast<double>(calls);
  }
  return best;
}

void print(const char* what, Cost cost, double bytes) {
  std::printf("%-34s %8.0f ns a post %12.0f posts/s %8.0f MB/s %8.0f cycles %8.3f allocations a post\n", what, cost.ns,
              1e9 / cost.ns, bytes / cost.ns * 1e3, cost.cycles, cost.allocations);
}

/// What each stage adds. Matching without readings and classifying are measured apart, so the last line also holds what
/// readings cost the match.
void stages(std::initializer_list<std::pair<const char*, double>> all) {
  std::printf("cycles are %s\n",
              counter().counted() ? "this thread's own" : "the time stamp's: this machine lets nobody count its own");
  for (const auto& [what, cycles] : all) {
    std::printf("  of this %-26s %8.0f cycles a post\n", what, cycles);
  }
}

std::vector<std::pair<std::string, std::string>> default_lists() {
  std::vector<std::pair<std::string, std::string>> lists;
  for (const policy::BuiltinFile& file : policy::default_policy_files("lists/")) {
    lists.emplace_back(std::string(file.name), std::string(file.bytes));
  }
  return lists;
}

std::string invented_list(int terms) {
  std::string tsv = "id\tterm\tcategory\tscore\n";
  // Half of them begin with a common word, so that they are walked and not only looked up.
  const char* const common[] = {"the", "a", "i", "you", "my", "is", "to", "and", "for", "on"};
  for (int i = 0; i < terms; ++i) {
    const std::string first = i % 2 == 0 ? common[i / 2 % 10] : "worda" + std::to_string(i);
    tsv += std::to_string(i) + "\t" + first + " wordb" + std::to_string(i) + "\tspam\t0.6\n";
  }
  return tsv;
}

/// A word of seven letters that no post has; the same for the same number.
std::string invented_word(std::uint32_t number) {
  std::string word;
  for (std::uint32_t state = number * 2654435761u + 12345; word.size() < 7; state = state * 1664525u + 1013904223u) {
    word += static_cast<char>('a' + (state >> 16) % 26);
  }
  return word;
}

/// Rules as people write them, over invented words: by phrase, by pattern, by score, by a find. `patterns` are spread
/// over them.
std::string invented_rules(int rules, int patterns) {
  std::string yaml;
  int pattern = 0;
  for (int i = 0; i < rules; ++i) {
    const std::string n = std::to_string(i);
    std::string when = i % 4 == 0   ? "phrase(\"(i will|we will) wordc" + n + " you\") && scores.toxicity >= 0.2"
                       : i % 4 == 1 ? "signal(\"spam\") >= 0.9 && post.links > 3"
                       : i % 4 == 2 ? "scores.threat >= 0.9" + n + " && post.is_reply"
                                    : "phrase(\"wordd" + n + "\") || near(\"worde" + n + "\", \"wordf\", 4)";
    for (; pattern < patterns * (i + 1) / rules; ++pattern) {
      when += " || pattern(\"\\\\b" + invented_word(static_cast<std::uint32_t>(pattern)) + "(ing|ed)? (you|them)\")";
    }
    yaml += "- id: r" + n + "\n  version: \"1\"\n  clause: spam\n  when: '" + when +
            "'\n  signals: [{category: spam, score: 0.7}]\n  mode: on\n  examples: {match: [x], no_match: [y]}\n";
  }
  return yaml;
}

/// What windows cost a stream: taking a post in, asking what is known, deciding a rule that waited; read once, or anew
/// because the scratch has read others meanwhile.
int bench_windows(const Options& options) {
  const std::vector<std::string> texts = make_texts(options);
  const auto assessor = assess::Assessor::make_default(policy::default_policy(), options.look);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    names.push_back("account" + std::to_string(i * 7919 % 20'000));
  }
  std::vector<post::Post> posts(texts.size());
  double bytes = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    posts[i].text = texts[i];
    posts[i].author.id = names[i];
    posts[i].mentions.push_back(names[i * 31 % names.size() / 40 * 40]);  // one in forty is written to
    posts[i].created_at = *parse_time("2026-11-21T18:00:00.000Z") + Millis(static_cast<std::int64_t>(i) * 10);
    bytes += static_cast<double>(texts[i].size());
  }
  bytes /= static_cast<double>(posts.size());
  auto scratch = assessor->scratch(), other = assessor->scratch();
  assess::Assessment out;
  stream::Windows windows;
  stream::Seen seen;
  std::vector<std::string_view> targets;
  const auto add = [&](std::size_t i, stream::Seen* into) {
    posts[i].targets(targets);
    windows.add({posts[i].author.id, targets, posts[i].created_at, i % 10 == 0}, into);
  };
  const auto told = [&](const char* what, const auto& f) {
    const Cost cost = measure(posts.size(), options.seconds, f);
    print(what, cost, bytes);
    return cost;
  };
  told("take a post in", [&](std::size_t i) { add(i, nullptr); });
  told("take it in and ask", [&](std::size_t i) { add(i, &seen); });
  const Cost first = told("first stage", [&](std::size_t i) { assessor->first_stage(posts[i], *scratch, out); });
  std::size_t waited = 0, total = 0;
  const auto both = [&](assess::Scratch& second) {
    return [&](std::size_t i) {
      assessor->first_stage(posts[i], *scratch, out);
      waited += out.windows_decide ? 1 : 0;
      ++total;
      assessor->second_stage(posts[i], windows, second, out);
    };
  };
  const Cost once = told("both stages, read once", both(*scratch));
  const Cost anew = told("both stages, read anew", both(*other));
  const double share = static_cast<double>(waited) / static_cast<double>(total);
  std::printf(
      "%.1f %% of the posts wait for windows; the second stage costs %.2f us a post, %.2f us where it reads "
      "anew\n",
      100 * share, (once.ns - first.ns) / 1e3, (anew.ns - first.ns) / 1e3);
  return once.allocations == 0 ? 0 : 2;
}

int bench(const Options& options) {
  const std::vector<std::string> texts = make_texts(options);
  if (texts.empty()) {
    std::fprintf(stderr, "no texts\n");
    return 1;
  }
  double bytes = 0;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    bytes += static_cast<double>(texts[i].size());
    JsonWriter json;
    json.begin_object().field("id", "p" + std::to_string(i)).field("text", texts[i]).key("author").begin_object();
    json.field("id", "a1").end_object().field("created_at", "2026-11-21T18:00:00.000Z").end_object();
    lines.push_back(json.take());
  }
  bytes /= static_cast<double>(texts.size());
  std::printf("%zu posts, %.0f bytes of text each on average\n", texts.size(), bytes);

  const auto began = Steady::now();
  const auto tables = std::async(std::launch::async, assess::make_tables);  // as `heed serve` does
  const auto assessor = assess::Assessor::make_default(policy::default_policy(), options.look);
  std::printf("policy and lists ready in %.1f ms\n",
              std::chrono::duration<double>(Steady::now() - began).count() * 1e3);

  text::Folded folded;
  std::vector<text::Token> tokens;
  std::vector<match::Match> matches;
  std::vector<assess::Address> addresses;
  std::vector<match::TermList> parsed;
  for (const auto& [name, tsv] : default_lists()) {
    parsed.push_back(*match::parse_term_list(name, tsv));
  }
  const auto matcher = *match::Matcher::make(parsed);
  auto scratch = assessor->scratch();
  assess::Assessment out;
  JsonParser parser;
  post::Post post;
  const Time now = *parse_time("2026-11-21T18:00:01.000Z");

  const auto fold = [&](std::size_t i) { text::fold(texts[i], folded); };
  const auto split = [&](std::size_t i) {
    fold(i);
    text::tokenize(folded.text, tokens);
  };
  const auto scan = [&](std::size_t i) {
    split(i);
    matcher->scan(folded.text, tokens, now, matches);
  };
  const auto find = [&](std::size_t i) {
    split(i);
    assess::find_addresses(folded.text, tokens, addresses);
  };
  const auto classifier = model::LinearClassifier::builtin();
  const auto memory = classifier->make_scratch();
  text::Readings readings;
  text::UnmaskScratch unmasking;
  model::Scores scores;
  const auto classify = [&](std::size_t i) {
    split(i);
    text::unmask(folded.text, tokens, nullptr, unmasking, readings);
    classifier->score({folded, tokens, readings, text::guess_language(folded.text, tokens).language}, *memory, scores);
  };
  const auto told = [&](const char* what, const auto& f) {
    const Cost cost = measure(texts.size(), options.seconds, f);
    print(what, cost, bytes);
    return cost;
  };
  const Cost folding = told("fold", fold), splitting = told("fold, split", split),
             scanning = told("fold, split, match all lists", scan);
  const Cost classifying = told("fold, split, unmask, classify", classify),
             finding = told("fold, split, find addresses", find);
  std::size_t flagged = 0, total = 0;
  const Cost whole = measure(texts.size(), options.seconds, [&](std::size_t i) {
    assessor->assess_text(texts[i], *scratch, out, now);
    flagged += out.verdict == assess::Verdict::Allow ? 0 : 1;
    ++total;
  });
  print("assess", whole, bytes);
  std::printf("%-34s %8.1f %% of the posts\n", "  flagged",
              100.0 * static_cast<double>(flagged) / static_cast<double>(total));
  const Cost read = measure(lines.size(), options.seconds,
                            [&](std::size_t i) { (void)post::parse_post(parser, lines[i], now, post); });
  print("read JSON", read, bytes);
  stream::Windows windows;
  const Cost all = measure(lines.size(), options.seconds, [&](std::size_t i) {
    if (post::parse_post(parser, lines[i], now, post)) {
      assessor->first_stage(post, *scratch, out);
      assessor->second_stage(post, windows, *scratch, out);
    }
  });
  print("read JSON and assess", all, bytes);
  stages({{"read JSON", read.cycles},
          {"fold", folding.cycles},
          {"split", splitting.cycles - folding.cycles},
          {"unmask, classify", classifying.cycles - splitting.cycles},
          {"match all lists", scanning.cycles - splitting.cycles},
          {"find addresses", finding.cycles - splitting.cycles},
          {"rules and the rest",
           whole.cycles - classifying.cycles - scanning.cycles - finding.cycles + 2 * splitting.cycles}});

  auto lists = default_lists();
  lists.emplace_back("invented", invented_list(options.terms));
  auto longer = assess::Assessor::make(policy::default_policy(), lists, {}, options.look);
  if (!longer) {
    std::fprintf(stderr, "%s\n", longer.error().message.c_str());
    return 1;
  }
  const Cost more = measure(texts.size(), options.seconds,
                            [&](std::size_t i) { (*longer)->assess_text(texts[i], *scratch, out, now); });
  std::printf("with %d more terms: %.2f times the cost\n", options.terms, more.ns / whole.ns);
  double hundred = 0;
  for (const int rules : {100, 500}) {
    const auto ruled =
        assess::Assessor::make(policy::default_policy(), lists,
                               {{"rules/invented.yaml", invented_rules(rules, options.patterns)}}, options.look);
    if (!ruled) {
      std::fprintf(stderr, "%s\n", ruled.error().message.c_str());
      return 1;
    }
    const Cost cost = measure(texts.size(), options.seconds,
                              [&](std::size_t i) { (*ruled)->assess_text(texts[i], *scratch, out, now); });
    print(rules == 100 ? "100 rules, patterns, all terms" : "500 rules, patterns, all terms", cost, bytes);
    hundred = rules == 100 ? cost.ns : hundred;
    if (rules == 500) {
      std::printf("500 rules: %.2f times the cost of 100\n", cost.ns / hundred);
    }
  }
  return all.allocations == 0 ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], "--seconds=", 10) == 0) {
      options.seconds = std::atof(argv[i] + 10);
    } else if (std::strncmp(argv[i], "--texts=", 8) == 0) {
      options.texts = argv[i] + 8;
    } else if (std::strncmp(argv[i], "--terms=", 8) == 0) {
      options.terms = std::atoi(argv[i] + 8);
    } else if (std::strncmp(argv[i], "--patterns=", 11) == 0) {
      options.patterns = std::atoi(argv[i] + 11);
    } else if (std::strcmp(argv[i], "--near") == 0) {  // the second look as assess.second_look = near has it
      options.look = assess::SecondLook::Near;
    } else if (std::strcmp(argv[i], "--windows") == 0) {
      options.windows = true;
    } else {
      std::fprintf(stderr,
                   "usage: assess_bench [--seconds=1] [--texts=FILE] [--terms=10000] [--patterns=1000] [--near] "
                   "[--windows]\n");
      return 64;
    }
  }
  return options.windows ? bench_windows(options) : bench(options);
}
