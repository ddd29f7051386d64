// The conformance suite of CEL (github.com/google/cel-spec, tests/simple), twice: compiled and evaluated as a
// rule is, and through the JSON lines of `heed rules eval`, as other people test it. Every case that fails
// has a line in conformance_known.txt; a case that passes must not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "base/file.h"
#include "base/json.h"
#include "rule/compile.h"
#include "rule/eval.h"
#include "rule/testing_textproto.h"
#include "rule/value_json.h"

namespace heed::rule {
namespace {

const std::filesystem::path kSuite = "../shared/conformance/cel";
const std::filesystem::path kKnown = "src/rule/conformance_known.txt";

/// What a case expects or is given, as a value. An error for protobuf messages.
Value value_of(const TextProto& proto, Arena& arena) {
  if (proto.fields.size() != 1) {
    return Value::error("not one value");
  }
  const auto& [name, v] = proto.fields[0];
  if (name == "null_value") {
    return Value::null();
  }
  if (name == "bool_value") {
    return Value::boolean(v.scalar == "true");
  }
  if (name == "int64_value") {
    return Value::integer(std::strtoll(v.scalar.c_str(), nullptr, 0));
  }
  if (name == "uint64_value") {
    return Value::unsigned_integer(std::strtoull(v.scalar.c_str(), nullptr, 0));
  }
  if (name == "double_value") {
    return Value::number(std::strtod(v.scalar.c_str(), nullptr));
  }
  if (name == "string_value") {
    return make_string(arena, v.scalar);
  }
  if (name == "bytes_value") {
    return make_bytes(arena, v.scalar);
  }
  if (name == "type_value") {
    return Value::type(make_string(arena, v.scalar).text());
  }
  if (name == "list_value") {
    auto* items = arena.array<Value>(v.fields.size());
    std::size_t n = 0;
    for (const auto& field : v.fields) {
      items[n] = value_of(field.value, arena);
      if (items[n++].is_error()) {
        return items[n - 1];
      }
    }
    return make_list(arena, items, n);
  }
  if (name == "map_value") {
    auto* entries = arena.array<Entry>(v.fields.size());
    std::size_t n = 0;
    for (const auto& field : v.fields) {
      entries[n] = {value_of(*field.value.find("key"), arena), value_of(*field.value.find("value"), arena)};
      if (entries[n].key.is_error() || entries[n].value.is_error()) {
        return Value::error("a message in a map");
      }
      ++n;
    }
    return make_map(arena, entries, n);
  }
  return Value::error("a protobuf message");
}

Type type_of(const TextProto& proto) {
  if (const TextProto* list = proto.find("list_type")) {
    return Type::list(list->find("elem_type") != nullptr ? type_of(*list->find("elem_type")) : Type());
  }
  if (const TextProto* map = proto.find("map_type")) {
    return Type::map(type_of(*map->find("key_type")), type_of(*map->find("value_type")));
  }
  static const std::map<std::string, Kind> kinds = {{"BOOL", Kind::Bool},     {"INT64", Kind::Int},
                                                    {"UINT64", Kind::Uint},   {"DOUBLE", Kind::Double},
                                                    {"STRING", Kind::String}, {"BYTES", Kind::Bytes}};
  const auto found = kinds.find(proto.text("primitive"));
  return found == kinds.end() ? Type() : Type::of(found->second);
}

/// Equal and of the same types all the way down: 2 is not 2.0 here.
bool identical(Value a, Value b) {
  if (a.kind() != b.kind()) {
    return false;
  }
  if (a.is(Kind::Double)) {
    return (std::isnan(a.as_double()) && std::isnan(b.as_double())) ||
           (a.as_double() == b.as_double() && std::signbit(a.as_double()) == std::signbit(b.as_double()));
  }
  if (a.is(Kind::List)) {
    return a.as_list().size == b.as_list().size &&
           std::equal(a.as_list().begin(), a.as_list().end(), b.as_list().begin(), identical);
  }
  if (a.is(Kind::Map)) {
    return a.as_map().size == b.as_map().size &&
           std::all_of(a.as_map().begin(), a.as_map().end(), [&](const Entry& entry) {
             const Value* other = b.as_map().find(entry.key);
             return other != nullptr && identical(entry.value, *other);
           });
  }
  Steps steps = 1000000;
  return equals(a, b, steps).is_true();
}

std::string json_of(Value value) {
  std::string out;
  auto written = append_json(value, 1 << 20, out);
  return written ? out : "error: " + written.error().message;
}

struct Case {
  const TextProto& test;
  Arena arena{1 << 20};
  Value expected;  // Missing: an error
  std::vector<std::pair<std::string, Value>> bindings;
};

/// What is wrong with it, or "".
std::string run_compiled(const Case& c) {
  auto environment = std::make_shared<Environment>();
  environment->set_container(c.test.text("container"));
  std::map<std::string, Value> given(c.bindings.begin(), c.bindings.end());
  std::vector<Value> values;
  std::map<std::string, Type> types;
  for (const auto& field : c.test.fields) {
    if (field.name == "type_env" && field.value.find("ident") != nullptr) {
      types[field.value.text("name")] = type_of(*field.value.find("ident")->find("type"));
    }
  }
  for (const auto& [name, value] : given) {
    types.emplace(name, Type());
  }
  for (const auto& [name, type] : types) {
    if (environment->add_variable(name, type)) {
      values.push_back(given.count(name) != 0 ? given[name] : Value());
    }
  }
  CompileOptions options;
  const bool unchecked = c.test.text("disable_check") == "true";
  options.mode = unchecked ? CompileOptions::Mode::Dynamic : CompileOptions::Mode::Checked;
  const Compiled compiled = compile({"", c.test.text("expr")}, environment, options);
  if (compiled.program == nullptr) {
    return "refused: " + compiled.issues[0].message;
  }
  Evaluator evaluator;
  const Value value = evaluator.run(*compiled.program, FixedActivation(values));
  if (c.expected.is(Kind::Missing)) {
    return value.is_error() ? "" : "no error but " + json_of(value);
  }
  if (value.is_error()) {
    return std::string("error: ") + value.message();
  }
  return identical(value, c.expected) ? "" : "is " + json_of(value) + ", not " + json_of(c.expected);
}

/// The same through a JSON line; compared as JSON values.
std::string run_line(const Case& c) {
  JsonWriter json;
  json.begin_object()
      .field("expr", c.test.text("expr"))
      .field("container", c.test.text("container"))
      .key("bindings")
      .begin_object();
  for (const auto& [name, value] : c.bindings) {
    json.key(name).raw(json_of(value));
  }
  json.end_object().end_object();
  const std::string line = LineEvaluator().evaluate(json.str());
  JsonParser parser(64), other(64);
  auto answer = parser.parse(line);
  if (!answer) {
    return "the answer is no JSON: " + line;
  }
  if (c.expected.is(Kind::Missing)) {
    return (*answer)["error"].is_string() ? "" : "no error but " + line;
  }
  Arena arena(1 << 20);
  auto wanted = other.parse(json_of(c.expected));
  const bool same = wanted && !(*answer)["value"].missing() &&
                    identical(from_json((*answer)["value"], arena), from_json(*wanted, arena));
  return same ? "" : line + ", not " + json_of(c.expected);
}

bool is_extension(const std::string& file) {
  return file.ends_with("_ext") || file == "optionals" || file == "type_deduction";
}

/// "name: reason" a line, # for remarks.
std::map<std::string, std::string> known() {
  std::map<std::string, std::string> out;
  const std::string text = read_file(kKnown).value_or("");
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    if (const std::size_t colon = line.find(": "); !line.empty() && line[0] != '#' && colon != std::string::npos) {
      out[line.substr(0, colon)] = line.substr(colon + 2);
    }
  }
  return out;
}

TEST(Conformance, PassesAllCasesButTheKnown) {
  if (!std::filesystem::exists(kSuite)) {
    GTEST_SKIP() << "no conformance suite at " << kSuite;
  }
  std::map<std::string, std::string> expected = known(), failed;
  std::size_t run = 0, messages = 0;
  std::set<std::string> extensions;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(kSuite)) {
    if (entry.path().extension() == ".textproto") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    const std::string file = path.stem();
    if (is_extension(file)) {
      failed[file] = "extension";
      continue;
    }
    auto proto = read_textproto(*read_file(path));
    ASSERT_TRUE(proto) << path << ": " << proto.error().message;
    for (const auto& section : proto->fields) {
      if (section.name != "section") {
        continue;
      }
      for (const auto& test : section.value.fields) {
        if (test.name != "test") {
          continue;
        }
        const std::string name = file + "/" + section.value.text("name") + "/" + test.value.text("name");
        Case c{test.value};
        const TextProto* value = test.value.find("value");
        const bool error = test.value.find("eval_error") != nullptr;
        c.expected = value != nullptr ? value_of(*value, c.arena) : error ? Value() : Value::boolean(true);
        for (const auto& field : test.value.fields) {
          if (field.name == "bindings") {
            c.bindings.emplace_back(field.value.text("key"),
                                    value_of(*field.value.find("value")->find("value"), c.arena));
          }
        }
        std::string wrong = c.expected.is_error() ? "expects a protobuf message" : run_compiled(c);
        if (wrong.empty()) {
          wrong = run_line(c);
          wrong = wrong.empty() ? "" : "as a line: " + wrong;
        }
        ++run;
        if (!wrong.empty()) {
          failed[name] = wrong;
          const auto at = expected.find(name);
          messages += at != expected.end() && at->second.starts_with("message") ? 1 : 0;
        }
      }
    }
  }
  for (const auto& [name, wrong] : failed) {
    EXPECT_TRUE(expected.count(name) != 0) << name << ": " << wrong;
  }
  std::size_t extension_files = 0;
  for (const auto& [name, reason] : expected) {
    EXPECT_TRUE(failed.count(name) != 0) << name << " passes; take it out of " << kKnown;
    extension_files += reason.starts_with("extension") ? 1 : 0;
  }
  const std::size_t counted = run - messages, passed = run - (failed.size() - extension_files);
  std::printf("%zu cases, %zu need messages, %zu of %zu pass\n", run, messages, passed, counted);
  EXPECT_GE(static_cast<double>(passed), 0.95 * static_cast<double>(counted));
}

}  // namespace
}  // namespace heed::rule
