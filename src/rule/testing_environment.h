#pragma once
#include <gtest/gtest.h>

#include <map>

#include "rule/compile.h"
#include "rule/eval.h"
#include "rule/value_json.h"

namespace heed::rule {

/// What a rule of a moderator may see, for tests: numbers, texts, a record with a record, lists of them.
inline std::shared_ptr<Environment> testing_environment() {
  auto environment = std::make_shared<Environment>();
  auto add = [&](std::string name, Type type) {
    EXPECT_TRUE(environment->add_variable(std::move(name), std::move(type)));
  };
  const auto reporter =
      Environment::record("reporter", {{"id", Type::of(Kind::String)}, {"trusted", Type::of(Kind::Bool)}});
  const auto report = Environment::record(
      "report",
      {{"reason", Type::of(Kind::String)}, {"count", Type::of(Kind::Int)}, {"reporter", Type::record(reporter)}});
  add("score", Type::of(Kind::Double));
  add("account.age_days", Type::of(Kind::Int));
  add("post.text", Type::of(Kind::String));
  add("post.mentions", Type::of(Kind::Int));
  add("post.tags", Type::list(Type::of(Kind::String)));
  add("post.at", Type::of(Kind::Timestamp));
  add("reports", Type::list(Type::record(report)));
  add("labels", Type::map(Type::of(Kind::String), Type::of(Kind::Double)));
  add("anything", Type());
  return environment;
}

/// Compiles and evaluates `text` with attributes given as JSON by name: the value as JSON, "error: …", or the
/// issues.
inline std::string testing_evaluate(const std::string& text, const std::map<std::string, std::string>& given = {},
                                    const CompileOptions& options = {}) {
  const auto environment = testing_environment();
  const Compiled compiled = compile({"", text}, environment, options);
  if (compiled.program == nullptr) {
    return compiled.text();
  }
  Arena arena(1 << 20);
  std::vector<JsonParser> parsers;
  std::vector<Value> values(environment->variables().size());
  for (const auto& [name, json] : given) {
    const Variable* variable = environment->variable(name);
    if (variable == nullptr) {
      ADD_FAILURE() << name;
      continue;
    }
    auto value = parsers.emplace_back(64).parse(json);
    EXPECT_TRUE(value) << json;
    values[variable->slot] = from_json(*value, arena);
  }
  Evaluator evaluator(options.limits);
  const Value value = evaluator.run(*compiled.program, FixedActivation(values));
  if (value.is_error()) {
    return "error: " + error_text(*compiled.program, value);
  }
  std::string out;
  const auto written = append_json(value, options.limits.output_bytes, out);
  return written ? out : "error: " + written.error().message;
}

}  // namespace heed::rule
