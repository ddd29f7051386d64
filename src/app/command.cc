#include "app/command.h"

#include <charconv>
#include <cstdio>

#include "base/json.h"

namespace heed::app {

bool Arguments::given(std::string_view name) const {
  auto at = values_.find(name);
  return at != values_.end() && at->second.given;
}

bool Arguments::flag(std::string_view name) const { return given(name) && text(name) != "false"; }

std::string Arguments::text(std::string_view name) const {
  auto at = values_.find(name);
  HEED_ASSERT(at != values_.end());
  return at->second.values.empty() ? "" : at->second.values.front();
}

std::int64_t Arguments::integer(std::string_view name) const {
  std::string value = text(name);
  std::int64_t n = 0;
  std::from_chars(value.data(), value.data() + value.size(), n);
  return n;
}

std::vector<std::string> Arguments::texts(std::string_view name) const {
  auto at = values_.find(name);
  HEED_ASSERT(at != values_.end());
  return at->second.values;
}

void Arguments::set(std::string name, std::vector<std::string> values, bool was_given) {
  values_[std::move(name)] = {std::move(values), was_given};
}

std::string Arguments::json() const {
  JsonWriter out;
  out.begin_object();
  for (const auto& [name, value] : values_) {
    if (!value.given) {
      continue;
    }
    out.key(name).begin_array();
    for (const std::string& text : value.values) {
      out.value(text);
    }
    out.end_array();
  }
  out.end_object();
  return out.take();
}

Result<Arguments> Arguments::from_json(std::string_view json, const std::vector<Option>& options) {
  JsonParser parser;
  Json object = TRY(parser.parse(json));
  Arguments out;
  for (const Option& option : options) {
    std::vector<std::string> values;
    Json given = object[option.name];
    bool strings = given.missing() || given.is_array();
    given.each([&](Json value) {
      strings = strings && value.is_string();
      values.emplace_back(value.string().value_or(""));
    });
    if (!strings) {
      return invalid(option.name, "must be an array of strings");
    }
    if (given.missing() && option.required) {
      return invalid(option.name, "is missing");
    }
    if (given.missing() && !option.fallback.empty()) {
      values.push_back(option.fallback);
    }
    out.set(option.name, std::move(values), !given.missing());
  }
  return out;
}

std::vector<Option> with_settings(std::vector<Option> options) {
  options.push_back({.name = "--config", .sentence = "Settings file (TOML); also HEED_CONFIG"});
  options.push_back({.name = "--data", .sentence = "Data folder; the setting data.dir"});
  return options;
}

int complain(const Error& error) {
  std::fprintf(stderr, "heed: %s\n", error.message.c_str());
  return error.code == Code::InvalidInput ? kUsage : kFailed;
}

}  // namespace heed::app
