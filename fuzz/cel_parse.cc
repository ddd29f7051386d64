// Any bytes as an expression: read, printed and read back, compiled in both ways and evaluated under small
// limits. Nothing may crash, hang or take much memory, and what is checked must mean what it means unchecked.
#include <cstdint>
#include <cstdlib>

#include "rule/compile.h"
#include "rule/eval.h"
#include "rule/parser.h"
#include "rule/value_json.h"

namespace {

using namespace heed::rule;

std::shared_ptr<const Environment> make_environment() {
  auto environment = std::make_shared<Environment>();
  for (auto& [name, type] :
       std::initializer_list<std::pair<const char*, Type>>{{"n", Type::of(Kind::Int)},
                                                           {"d", Type::of(Kind::Double)},
                                                           {"s", Type::of(Kind::String)},
                                                           {"l", Type::list(Type::of(Kind::String))},
                                                           {"a.b", Type()},
                                                           {"missing", Type()}}) {
    HEED_ASSERT(environment->add_variable(name, type).has_value());
  }
  return environment;
}

std::string outcome(const Compiled& compiled, Evaluator& evaluator, const Activation& activation) {
  const Value value = evaluator.run(*compiled.program, activation);
  if (value.is_error()) {
    return value.is_fatal() ? "limit" : "error";
  }
  std::string out;
  return append_json(value, 4096, out) ? out : "limit";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto environment = make_environment();
  static const Value items[] = {Value::string("x"), Value::string("yé")};
  static const List list{items, 2};
  static const FixedActivation activation(
      {Value::integer(3), Value::number(0.5), Value::string("héllo"), Value::list(&list), Value::null()});
  static const CompileOptions checked = [] {
    CompileOptions options;
    options.limits.source_bytes = 2000;
    options.limits.depth = 60;
    options.limits.nodes = 400;
    options.limits.steps = 20000;
    options.limits.fold_steps = 2000;
    options.limits.memory_bytes = 256 << 10;
    options.limits.fold_memory_bytes = 64 << 10;
    options.limits.pattern_memory = 256 << 10;
    options.limits.pattern_program = 500;
    options.limits.pattern_bytes = 100;
    return options;
  }();
  static const CompileOptions dynamic = [] {
    CompileOptions options = checked;
    options.mode = CompileOptions::Mode::Dynamic;
    return options;
  }();
  static Evaluator evaluator(checked.limits);

  const Source source{"", std::string(reinterpret_cast<const char*>(data), size)};
  const Parsed parsed = parse(source, checked.limits);
  if (!parsed.issues.empty()) {
    if (render(source, parsed.issues).empty()) {
      std::abort();
    }
    return 0;
  }
  Limits wide = checked.limits;
  wide.source_bytes = 1 << 20;
  const Parsed again = parse({"", print(parsed.ast)}, wide);
  if (!again.issues.empty() || !same_tree(parsed.ast, again.ast)) {
    std::abort();
  }
  const Compiled plain = compile(source, environment, dynamic);
  if (plain.program == nullptr) {
    std::abort();
  }
  const std::string meant = outcome(plain, evaluator, activation);
  const Compiled strict = compile(source, environment, checked);
  if (strict.program != nullptr && outcome(strict, evaluator, activation) != meant) {
    std::abort();
  }
  if (strict.program == nullptr && strict.text().empty()) {
    std::abort();
  }
  return 0;
}
