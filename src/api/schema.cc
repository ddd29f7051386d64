#include "api/schema.h"

#include "base/json.h"

namespace heed::api::schema {
namespace {

Text typed(std::string_view type) { return "{\"type\":\"" + std::string(type) + "\"}"; }

Text object_of(const Fields& fields, bool open) {
  JsonWriter out;
  out.begin_object().field("type", "object").key("properties").begin_object();
  std::vector<std::string_view> required;
  for (const auto& [name, schema] : fields) {
    std::string_view bare = name;
    if (bare.ends_with('?')) {
      bare.remove_suffix(1);
    } else {
      required.push_back(bare);
    }
    out.key(bare).raw(schema);
  }
  out.end_object();
  if (!required.empty()) {
    out.key("required").begin_array();
    for (std::string_view name : required) {
      out.value(name);
    }
    out.end_array();
  }
  if (!open) {
    out.field("additionalProperties", false);
  }
  out.end_object();
  return out.take();
}

}  // namespace

Text ref(std::string_view component) { return "{\"$ref\":\"#/components/schemas/" + std::string(component) + "\"}"; }
Text any() { return "{}"; }
Text boolean() { return typed("boolean"); }

Text integer(std::int64_t min, std::int64_t max) {
  JsonWriter out;
  out.begin_object().field("type", "integer").field("minimum", min).field("maximum", max).end_object();
  return out.take();
}

Text number(double min, double max) {
  JsonWriter out;
  out.begin_object().field("type", "number").field("minimum", min).field("maximum", max).end_object();
  return out.take();
}

/// A character has at least one byte, so a bound in bytes is a bound in characters too.
Text string(std::size_t bytes_max, std::size_t bytes_min) {
  JsonWriter out;
  out.begin_object().field("type", "string");
  if (bytes_min > 0) {
    out.field("minLength", 1);
  }
  if (bytes_max > 0) {
    out.field("maxLength", static_cast<std::uint64_t>(bytes_max));
  }
  out.end_object();
  return out.take();
}

Text time() { return ref("Time"); }

Text id(std::string_view prefix) {
  JsonWriter out;
  out.begin_object()
      .field("type", "string")
      .field("pattern", "^" + std::string(prefix) + "_[0-9A-HJKMNP-TV-Z]{26}$")
      .end_object();
  return out.take();
}

Text words(const std::vector<std::string_view>& allowed) {
  JsonWriter out;
  out.begin_object().field("type", "string").key("enum").begin_array();
  for (std::string_view word : allowed) {
    out.value(word);
  }
  out.end_array().end_object();
  return out.take();
}

Text array(Text element, std::size_t size_max) {
  JsonWriter out;
  out.begin_object().field("type", "array").key("items").raw(element);
  if (size_max > 0) {
    out.field("maxItems", static_cast<std::uint64_t>(size_max));
  }
  out.end_object();
  return out.take();
}

Text constant(std::string_view word) {
  JsonWriter out;
  out.begin_object().field("const", word).end_object();
  return out.take();
}

Text either(std::initializer_list<Text> choices) {
  JsonWriter out;
  out.begin_object().key("oneOf").begin_array();
  for (const Text& choice : choices) {
    out.raw(choice);
  }
  out.end_array().end_object();
  return out.take();
}

Text object(const Fields& fields) { return object_of(fields, /*open=*/false); }
Text open_object(const Fields& fields) { return object_of(fields, /*open=*/true); }
Text page(Text element) { return object({{"items", array(std::move(element))}, {"next_cursor?", string()}}); }

}  // namespace heed::api::schema
