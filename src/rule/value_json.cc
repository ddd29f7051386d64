#include "rule/value_json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <set>

#include "base/bytes.h"
#include "rule/compile.h"
#include "rule/eval.h"
#include "rule/instant.h"

namespace heed::rule {
namespace {

constexpr std::size_t kJsonDepth = 64;
constexpr std::size_t kArenaPerByte = 40;  // a list of small numbers: 16 bytes for two of text, twice for growing

void append_double(double d, std::string& out) {
  if (!std::isfinite(d)) {
    out += std::isnan(d) ? "\"NaN\"" : d > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    return;
  }
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), d).ptr;
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  out += text;
  out += text.find_first_of(".e") == std::string_view::npos ? ".0" : "";
}

std::string key_text(Value key) {
  switch (key.kind()) {
    case Kind::Bool:
      return key.as_bool() ? "true" : "false";
    case Kind::Int:
      return std::to_string(key.as_int());
    case Kind::Uint:
      return std::to_string(key.as_uint());
    default:
      return std::string(key.text());
  }
}

Result<void> append_map(const Map& map, std::size_t bytes_max, std::string& out) {
  std::set<std::string> seen;
  char mark = '{';
  for (const Entry& entry : map) {
    std::string key = key_text(entry.key);
    out += mark;
    append_json_string(out, key);
    out += ':';
    if (!seen.insert(std::move(key)).second) {
      return fail(Code::InvalidInput, "two keys of the map have the same text in JSON");
    }
    TRY(append_json(entry.value, bytes_max, out));
    mark = ',';
  }
  out += mark == '{' ? "{}" : "}";
  return {};
}

}  // namespace

Value from_json(Json json, Arena& arena) {
  switch (json.kind()) {
    case Json::Kind::Bool:
      return Value::boolean(*json.boolean());
    case Json::Kind::Int:
      return Value::integer(*json.integer());
    case Json::Kind::Uint: {
      const std::uint64_t n = *json.unsigned_integer();
      return n <= static_cast<std::uint64_t>(INT64_MAX) ? Value::integer(static_cast<std::int64_t>(n))
                                                        : Value::unsigned_integer(n);
    }
    case Json::Kind::Double:
      return Value::number(*json.number());
    case Json::Kind::String:
      return Value::string(*json.string());
    case Json::Kind::Array: {
      std::vector<Value> items;
      json.each([&](Json item) { items.push_back(from_json(item, arena)); });
      auto* kept = arena.array<Value>(items.size());
      if (kept == nullptr) {
        return out_of_memory();
      }
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].is_error()) {
          return items[i];
        }
        kept[i] = items[i];
      }
      return make_list(arena, kept, items.size());
    }
    case Json::Kind::Object: {
      std::vector<Entry> entries;
      json.members([&](std::string_view key, Json value) {
        entries.push_back({Value::string(key), from_json(value, arena)});
      });
      auto* kept = arena.array<Entry>(entries.size());
      if (kept == nullptr) {
        return out_of_memory();
      }
      for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].value.is_error()) {
          return entries[i].value;
        }
        kept[i] = entries[i];
      }
      return make_map(arena, kept, entries.size());
    }
    default:
      return Value::null();
  }
}

Result<void> append_json(Value value, std::size_t bytes_max, std::string& out) {
  if (out.size() > bytes_max) {
    return fail(Code::TooLarge, "the value is longer than " + std::to_string(bytes_max) + " bytes as JSON");
  }
  switch (value.kind()) {
    case Kind::Bool:
      out += value.as_bool() ? "true" : "false";
      return {};
    case Kind::Int:
      out += std::to_string(value.as_int());
      return {};
    case Kind::Uint:
      out += std::to_string(value.as_uint());
      return {};
    case Kind::Double:
      append_double(value.as_double(), out);
      return {};
    case Kind::String:
    case Kind::Type:
      append_json_string(out, value.text());
      return {};
    case Kind::Bytes:
      out += '"' + to_base64(value.text()) + '"';
      return {};
    case Kind::Timestamp:
      out += '"' + timestamp_text(value) + '"';
      return {};
    case Kind::Duration:
      out += '"' + duration_text(value) + '"';
      return {};
    case Kind::List: {
      char mark = '[';
      for (const Value item : value.as_list()) {
        out += mark;
        TRY(append_json(item, bytes_max, out));
        mark = ',';
      }
      out += mark == '[' ? "[]" : "]";
      return {};
    }
    case Kind::Map:
      return append_map(value.as_map(), bytes_max, out);
    default:
      out += "null";
      return {};
  }
}

struct LineEvaluator::Impl {
  explicit Impl(const Limits& l) : limits(l), evaluator(l) {}
  Limits limits;
  JsonParser parser{kJsonDepth};
  Evaluator evaluator;
  Environment standard;  // copied for each line: declaring its functions takes longer

  Result<std::string> value_of(std::string_view line) {
    const Json request = TRY(parser.parse(line));
    if (!request.is_object() || !request["expr"].is_string()) {
      return fail(Code::InvalidInput, "a line is {\"expr\":\"…\",\"bindings\":{…}}");
    }
    const Json bindings = request["bindings"];
    if (!bindings.missing() && !bindings.is_null() && !bindings.is_object()) {
      return fail(Code::InvalidInput, "bindings: not an object");
    }
    if (const Json container = request["container"]; !container.missing() && !container.is_string()) {
      return fail(Code::InvalidInput, "container: not a string");
    }
    Arena arena(kArenaPerByte * line.size() + 4096);
    auto environment = std::make_shared<Environment>(standard);
    environment->set_container(std::string(request.get_string("container")));
    std::vector<Value> values;
    Result<void> declared;
    bindings.members([&](std::string_view name, Json value) {
      auto slot = environment->add_variable(std::string(name), Type::dyn());
      if (!slot && declared) {
        declared = fail(Code::InvalidInput, "bindings: " + slot.error().message);
      }
      values.push_back(from_json(value, arena));
    });
    TRY(std::move(declared));
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i].is_error()) {
        return fail(Code::InvalidInput, environment->variables()[i].name + ": " + values[i].message());
      }
    }
    CompileOptions options{limits, CompileOptions::Mode::Dynamic, {}};
    const Compiled compiled = compile({"", std::string(*request["expr"].string())}, environment, options);
    if (compiled.program == nullptr) {
      return fail(Code::InvalidInput, compiled.text());
    }
    const FixedActivation activation(std::move(values));
    const Value value = evaluator.run(*compiled.program, activation);
    if (value.is_error()) {
      return fail(Code::InvalidInput, error_text(*compiled.program, value));
    }
    std::string out;
    TRY(append_json(value, limits.output_bytes, out));
    return out;
  }
};

LineEvaluator::LineEvaluator(const Limits& limits) : impl_(std::make_unique<Impl>(limits)) {}
LineEvaluator::~LineEvaluator() = default;

std::string LineEvaluator::evaluate(std::string_view line) {
  const Result<std::string> value = impl_->value_of(line);
  if (value) {
    return "{\"value\":" + *value + "}";
  }
  std::string out = "{\"error\":";
  std::string_view message = value.error().message;
  while (message.ends_with('\n')) {
    message.remove_suffix(1);
  }
  append_json_string(out, message);
  return out + "}";
}

}  // namespace heed::rule
