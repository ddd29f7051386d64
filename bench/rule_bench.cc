// What expressions cost, compiled and evaluated: nanoseconds and allocations each.
//
//   rule_bench [--benchmark_filter=REGEX]
//
// "Typical" is the rule that most policies have: three comparisons of attributes that an activation has
// ready. The attributes come from an array, so that what is measured is the evaluator; loading them from a
// post is measured with assess.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <new>

#include "rule/compile.h"
#include "rule/eval.h"
#include "rule/value_json.h"

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
using namespace heed::rule;

std::shared_ptr<const Environment> environment() {
  static const std::shared_ptr<const Environment> made = [] {
    auto e = std::make_shared<Environment>();
    for (auto& [name, type] :
         std::initializer_list<std::pair<const char*, Type>>{{"score", Type::of(Kind::Double)},
                                                             {"account.age_days", Type::of(Kind::Int)},
                                                             {"post.mentions", Type::of(Kind::Int)},
                                                             {"post.text", Type::of(Kind::String)},
                                                             {"post.tags", Type::list(Type::of(Kind::String))}}) {
      HEED_ASSERT(e->add_variable(name, type).has_value());
    }
    return e;
  }();
  return made;
}

const Value kTags[] = {Value::string("news"), Value::string("sports"), Value::string("giveaway"),
                       Value::string("cards")};
const List kTagList{kTags, 4};

std::vector<Value> attributes() {
  return {Value::number(0.9), Value::integer(3), Value::integer(5),
          Value::string("Congratulations, you were drawn! Claim the free cards before midnight and tell your "
                        "friends about them."),
          Value::list(&kTagList)};
}

void evaluate(benchmark::State& state, const char* text) {
  const Compiled compiled = compile({"", text}, environment());
  if (compiled.program == nullptr) {
    state.SkipWithError(compiled.text().c_str());
    return;
  }
  const FixedActivation activation(attributes());
  Evaluator evaluator;
  evaluator.run(*compiled.program, activation);
  const std::uint64_t before = g_allocations;
  for (auto _ : state) {
    benchmark::DoNotOptimize(evaluator.run(*compiled.program, activation));
  }
  state.counters["allocations"] =
      benchmark::Counter(static_cast<double>(g_allocations - before), benchmark::Counter::kAvgIterations);
  state.counters["steps"] = static_cast<double>(evaluator.steps_taken());
}

BENCHMARK_CAPTURE(evaluate, constant, "1 + 1 == 2");
BENCHMARK_CAPTURE(evaluate, typical, "score > 0.8 && account.age_days < 7 && post.mentions > 3");
BENCHMARK_CAPTURE(evaluate, typical_first_says_no, "score > 0.95 && account.age_days < 7 && post.mentions > 3");
BENCHMARK_CAPTURE(evaluate, arithmetic, "score * 2.0 + double(account.age_days) / 7.0 > 1.5");
BENCHMARK_CAPTURE(evaluate, contains, "post.text.contains('free cards')");
BENCHMARK_CAPTURE(evaluate, matches, "post.text.matches('claim|(?i)free (cards|coins)')");
BENCHMARK_CAPTURE(evaluate, tags, "post.tags.exists(t, t in ['giveaway', 'lottery'])");
BENCHMARK_CAPTURE(evaluate, makes_text, "(post.tags[0] + '/' + post.tags[1]).startsWith('news/s')");
BENCHMARK_CAPTURE(evaluate, makes_list, "size(post.tags.filter(t, size(t) > 4).map(t, t + '!')) == 3");

/// What runs into a limit: how long the worst of expressions holds a thread up. The text is 300,000 bytes
/// here.
void worst(benchmark::State& state, const char* text) {
  const Compiled compiled = compile({"", text}, environment());
  if (compiled.program == nullptr) {
    state.SkipWithError(compiled.text().c_str());
    return;
  }
  std::vector<Value> values = attributes();
  const std::string long_text(300000, 'a');
  values[3] = Value::string(long_text);
  const FixedActivation activation(std::move(values));
  Evaluator evaluator;
  for (auto _ : state) {
    benchmark::DoNotOptimize(evaluator.run(*compiled.program, activation));
  }
  state.counters["steps"] = static_cast<double>(evaluator.steps_taken());
}

#define TEN "[0,1,2,3,4,5,6,7,8,9]"
#define LOOPS(body)                                                                                             \
  TEN ".all(a, " TEN ".all(b, " TEN ".all(c, " TEN ".all(d, " TEN ".all(e, " TEN ".all(f, " TEN ".all(g, " body \
      " || a >= 0)))))))"
BENCHMARK_CAPTURE(worst, loops, LOOPS("score < 0.1"));
BENCHMARK_CAPTURE(worst, long_texts, LOOPS("post.text.contains('ab')"));
BENCHMARK_CAPTURE(worst, long_equal_texts, LOOPS("post.text + 'a' == post.text + 'b'"));
BENCHMARK_CAPTURE(worst, long_needles, LOOPS("post.text.contains(post.text + 'b')"));
BENCHMARK_CAPTURE(worst, large_pattern, LOOPS("post.text.matches('(a?){400}b.{150}(c|d){200}x')"));
BENCHMARK_CAPTURE(worst, many_patterns,
                  LOOPS("'x'.matches('(x|' + string(e) + string(f) + string(g) + '[a-z]{900}){1}')"));
BENCHMARK_CAPTURE(worst, many_zones, LOOPS("timestamp(0).getHours(g > 5 ? 'Europe/Berlin' : 'Asia/Kathmandu') > 100"));

void compile_typical(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(compile({"", "score > 0.8 && account.age_days < 7 && post.mentions > 3"}, environment()));
  }
}
BENCHMARK(compile_typical);

void json_line(benchmark::State& state) {
  LineEvaluator evaluator;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        evaluator.evaluate(R"~({"expr":"a.b > 1 && c.startsWith('x')","bindings":{"a":{"b":2},"c":"xyz"}})~"));
  }
}
BENCHMARK(json_line);

}  // namespace

BENCHMARK_MAIN();
