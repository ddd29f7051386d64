#include "api/testing_contract.h"

#include "base/clock.h"

namespace heed::api {

using nlohmann::json;

namespace {

bool is_a(const json& value, std::string_view type) {
  if (type == "object") {
    return value.is_object();
  }
  if (type == "array") {
    return value.is_array();
  }
  if (type == "string") {
    return value.is_string();
  }
  if (type == "boolean") {
    return value.is_boolean();
  }
  if (type == "null") {
    return value.is_null();
  }
  if (type == "integer") {
    return value.is_number_integer();
  }
  return type == "number" && value.is_number();
}

/// "^xxx_[0-9A-HJKMNP-TV-Z]{26}$", the one pattern that the document has.
bool is_id(const std::string& text, const std::string& pattern) {
  const std::string prefix = pattern.substr(1, pattern.find('[') - 1);
  return text.size() == prefix.size() + 26 && text.starts_with(prefix) &&
         text.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ", prefix.size()) == std::string::npos;
}

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> out;
  path = path.substr(0, path.find('?'));
  while (!path.empty()) {
    path.remove_prefix(1);
    out.emplace_back(path.substr(0, path.find('/')));
    path.remove_prefix(std::min(path.size(), out.back().size()));
  }
  return out;
}

}  // namespace

std::string Contract::fault(const json& schema, const json& value, const std::string& at) const {
  auto says = [&](const std::string& what) {
    return at + ": " + what + ", is " + value.dump(-1, ' ', false, json::error_handler_t::replace);
  };
  if (schema.contains("$ref")) {
    const std::string ref = schema["$ref"];
    return fault(document_.at(json::json_pointer(ref.substr(1))), value, at);
  }
  if (schema.contains("const") && schema["const"] != value) {
    return says("must be " + schema["const"].dump());
  }
  if (schema.contains("oneOf")) {
    std::string all;
    int fits = 0;
    for (const json& choice : schema["oneOf"]) {
      std::string why = fault(choice, value, at);
      fits += why.empty() ? 1 : 0;
      all += why.empty() ? "" : "; " + why;
    }
    return fits == 1 ? "" : says("must fit one choice, fits " + std::to_string(fits)) + all;
  }
  if (schema.contains("type")) {
    bool good = false;
    for (const json& type : schema["type"].is_array() ? schema["type"] : json::array({schema["type"]})) {
      good = good || is_a(value, type.get<std::string>());
    }
    if (!good) {
      return says("must be " + schema["type"].dump());
    }
  }
  if (schema.contains("enum") &&
      std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end()) {
    return says("must be one of " + schema["enum"].dump());
  }
  if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    if (schema.contains("pattern") && !is_id(text, schema["pattern"])) {
      return says("must match " + schema["pattern"].dump());
    }
    if (schema.value("format", "") == "date-time" && !parse_time(text)) {
      return says("must be a time");
    }
    if (text.size() < schema.value("minLength", std::size_t{0}) || text.size() > schema.value("maxLength", SIZE_MAX)) {
      return says("has the wrong length");
    }
  }
  if (value.is_number() &&
      (value < schema.value("minimum", json(value)) || value > schema.value("maximum", json(value)))) {
    return says("is out of bounds");
  }
  if (value.is_array()) {
    if (value.size() > schema.value("maxItems", SIZE_MAX)) {
      return says("has too many elements");
    }
    for (std::size_t i = 0; schema.contains("items") && i < value.size(); ++i) {
      if (std::string why = fault(schema["items"], value[i], at + "/" + std::to_string(i)); !why.empty()) {
        return why;
      }
    }
  }
  if (value.is_object()) {
    for (const json& name : schema.value("required", json::array())) {
      if (!value.contains(name.get<std::string>())) {
        return says("lacks " + name.dump());
      }
    }
    const json properties = schema.value("properties", json::object());
    for (const auto& [name, member] : value.items()) {
      if (properties.contains(name)) {
        if (std::string why = fault(properties[name], member, at + "/" + name); !why.empty()) {
          return why;
        }
      } else if (schema.value("additionalProperties", json(true)) == json(false)) {
        return says("has the unknown member " + name);
      }
    }
  }
  return "";
}

const json* Contract::operation(std::string_view method, std::string_view target) const {
  const std::vector<std::string> wanted = split(target);
  std::string verb(method);
  std::transform(verb.begin(), verb.end(), verb.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  const json* found = nullptr;
  int best = -1;
  for (const auto& [pattern, methods] : document_["paths"].items()) {
    const std::vector<std::string> parts = split(pattern);
    int literals = 0;
    bool fits = parts.size() == wanted.size() && methods.contains(verb);
    for (std::size_t i = 0; fits && i < parts.size(); ++i) {
      const bool literal = !parts[i].starts_with('{');
      fits = !literal || parts[i] == wanted[i];
      literals += literal ? 1 : 0;
    }
    if (fits && literals > best) {
      best = literals;
      found = &methods[verb];
    }
  }
  return found;
}

std::string Contract::check(std::string_view method, std::string_view target,
                            const http::ClientResponse& answer) const {
  const json* op = operation(method, target);
  if (op == nullptr) {
    return "the document has no " + std::string(method) + " " + std::string(target);
  }
  const json& responses = (*op)["responses"];
  const std::string status = std::to_string(answer.status);
  if (answer.status >= 200 && answer.status < 300 && !responses.contains(status)) {
    return "the document knows no answer " + status;
  }
  const json& response = responses.contains(status) ? responses[status] : responses["default"];
  if (!response.contains("content")) {
    return answer.body.empty() ? "" : "a body came where there should be none: " + answer.body;
  }
  std::string type(answer.header("content-type"));
  type = type.substr(0, type.find(';'));
  if (!response["content"].contains(type)) {
    return "the document knows no answer of type " + type;
  }
  const json& schema = response["content"][type]["schema"];
  if (type == "application/x-ndjson") {
    std::size_t at = 0;
    for (std::size_t end; (end = answer.body.find('\n', at)) != std::string::npos; at = end + 1) {
      json line = json::parse(answer.body.substr(at, end - at), nullptr, false);
      if (std::string why = line.is_discarded() ? "a line is no JSON" : fault(schema, line); !why.empty()) {
        return why;
      }
    }
    return at == answer.body.size() ? "" : "the last line has no end";
  }
  if (type.ends_with("json")) {
    json body = json::parse(answer.body, nullptr, false);
    return body.is_discarded() ? "the body is no JSON: " + answer.body : fault(schema, body);
  }
  return "";
}

}  // namespace heed::api
