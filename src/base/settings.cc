#include "base/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "base/file.h"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace heed {
namespace {

using Type = SettingDef::Type;

std::string environment_name(std::string_view name) {
  std::string out = "HEED_";
  for (char c : name) {
    out += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t corner = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      std::size_t substituted = corner + (a[i] != b[j] ? 1 : 0);
      corner = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substituted});
    }
  }
  return row.back();
}

/// "; did you mean x?" or nothing.
template <class Names>
std::string suggestion(std::string_view wrong, const Names& names) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, wrong.size() / 3) + 1;
  if (wrong.size() > 100) {
    return {};
  }
  for (const std::string& name : names) {
    // "prot" for "http.port" is a likely slip too: compare with the last part alone as well.
    std::string_view last = std::string_view(name).substr(name.rfind('.') + 1);
    std::size_t distance = std::min(edit_distance(wrong, name), edit_distance(wrong, last) + 1);
    if (distance < best_distance) {
      best_distance = distance;
      best = name;
    }
  }
  return best.empty() ? best : "; did you mean " + best + "?";
}

/// What is wrong with `value`, or "".
std::string fault_of(const SettingDef& def, std::string& value) {
  switch (def.type) {
    case Type::Bool:
      if (value == "1" || value == "yes" || value == "on") {
        value = "true";
      } else if (value == "0" || value == "no" || value == "off") {
        value = "false";
      }
      return value == "true" || value == "false" ? "" : "must be true or false";
    case Type::Int: {
      std::int64_t n = 0;
      auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), n);
      if (error != std::errc() || end != value.data() + value.size()) {
        return "must be a whole number";
      }
      if (n < def.min || n > def.max) {
        return def.max == INT64_MAX   ? fmt::format("must be at least {}", def.min)
               : def.min == INT64_MIN ? fmt::format("must be at most {}", def.max)
                                      : fmt::format("must be from {} to {}", def.min, def.max);
      }
      value = std::to_string(n);
      return "";
    }
    case Type::Text: {
      bool found = std::find(def.choices.begin(), def.choices.end(), value) != def.choices.end();
      return def.choices.empty() || found ? "" : fmt::format("must be one of: {}", fmt::join(def.choices, ", "));
    }
    case Type::List:
      return "";
  }
  return "";
}

std::string_view type_name(Type type) {
  switch (type) {
    case Type::Bool:
      return "true or false";
    case Type::Int:
      return "a whole number";
    case Type::Text:
      return "a string";
    case Type::List:
      return "an array of strings";
  }
  return "";
}

/// The setting's text, or nothing when the node has another type.
std::optional<std::string> text_of(const toml::node& node, Type type) {
  if (type == Type::Bool && node.is_boolean()) {
    return node.ref<bool>() ? "true" : "false";
  }
  if (type == Type::Int && node.is_integer()) {
    return std::to_string(node.ref<std::int64_t>());
  }
  if (type == Type::Text && node.is_string()) {
    return node.ref<std::string>();
  }
  if (type == Type::List && node.is_array()) {
    std::string joined;
    for (const toml::node& element : *node.as_array()) {
      if (!element.is_string() || element.ref<std::string>().find(',') != std::string::npos) {
        return std::nullopt;
      }
      joined += (joined.empty() ? "" : ",") + element.ref<std::string>();
    }
    return joined;
  }
  return std::nullopt;
}

/// Everything that is set somewhere, with the place for messages.
struct Setter {
  std::map<std::string, SettingDef, std::less<>> defs;
  std::vector<std::string> names;
  std::map<std::string, std::pair<std::string, std::string>> set;  // name: value, source
  std::vector<FieldError> faults;

  void fault(std::string where, std::string what) { faults.push_back({std::move(where), std::move(what)}); }

  void put(const SettingDef& def, std::string value, const char* source, const std::string& where) {
    std::string wrong = fault_of(def, value);
    if (!wrong.empty()) {
      fault(where, def.name + " " + wrong);
      return;
    }
    set[def.name] = {std::move(value), source};
  }

  void read_table(const toml::table& table, const std::string& prefix, const std::string& file) {
    for (const auto& [key, node] : table) {
      std::string name = prefix + std::string(key.str());
      auto begin = key.source().begin;
      std::string where = fmt::format("{}:{}:{}", file, begin.line, begin.column);
      auto def = defs.find(name);
      if (def != defs.end()) {
        std::optional<std::string> value = text_of(node, def->second.type);
        if (value) {
          put(def->second, *std::move(value), "file", where);
        } else {
          bool list = def->second.type == Type::List;
          fault(where,
                fmt::format("{} must be {}{}", name, type_name(def->second.type), list ? " without commas" : ""));
        }
      } else if (node.is_table() && has_table(name + ".")) {
        read_table(*node.as_table(), name + ".", file);
      } else {
        fault(where, fmt::format("there is no setting {}{}", name, suggestion(name, names)));
      }
    }
  }

  bool has_table(const std::string& prefix) const {
    auto at = defs.lower_bound(prefix);
    return at != defs.end() && at->first.starts_with(prefix);
  }

  void read_environment(const std::vector<std::string>& environment) {
    std::map<std::string, const SettingDef*> by_variable;
    std::vector<std::string> tables, variables;
    for (const auto& [name, def] : defs) {
      std::string variable = environment_name(name);
      tables.push_back(variable.substr(0, environment_name(name.substr(0, name.find('.'))).size()) + "_");
      variables.push_back(variable);
      by_variable[std::move(variable)] = &def;
    }
    for (const std::string& entry : environment) {
      std::size_t equals = entry.find('=');
      std::string variable = entry.substr(0, equals);
      std::string value = equals == std::string::npos ? "" : entry.substr(equals + 1);
      if (!variable.starts_with("HEED_")) {
        continue;
      }
      if (auto found = by_variable.find(variable); found != by_variable.end()) {
        put(*found->second, std::move(value), "environment", variable);
        continue;
      }
      if (variable.ends_with("_FILE")) {
        auto found = by_variable.find(variable.substr(0, variable.size() - 5));
        if (found != by_variable.end() && found->second->secret) {
          read_secret(*found->second, variable, value, environment);
          continue;
        }
      }
      // Only within our tables: a container platform may set HEED_PORT or HEED_SERVICE_HOST by itself.
      if (std::any_of(tables.begin(), tables.end(), [&](const auto& t) { return variable.starts_with(t); })) {
        fault(variable, "there is no such setting" + suggestion(variable, variables));
      }
    }
  }

  void read_secret(const SettingDef& def, const std::string& variable, const std::string& path,
                   const std::vector<std::string>& environment) {
    std::string plain = environment_name(def.name) + "=";
    if (std::any_of(environment.begin(), environment.end(), [&](const auto& e) { return e.starts_with(plain); })) {
      fault(variable, "is set together with " + environment_name(def.name) + "; set only one of them");
      return;
    }
    Result<std::string> bytes = read_file(path);
    if (!bytes) {
      fault(variable, bytes.error().message);
      return;
    }
    while (!bytes->empty() && (bytes->back() == '\n' || bytes->back() == '\r')) {
      bytes->pop_back();
    }
    put(def, *std::move(bytes), "environment", variable);
  }
};

}  // namespace

Result<Settings> Settings::load(std::vector<SettingDef> defs, const std::string& file,
                                const std::vector<std::string>& environment) {
  Setter setter;
  for (SettingDef& def : defs) {
    std::string fallback = def.fallback;
    HEED_ASSERT(fault_of(def, fallback).empty());
    def.fallback = fallback;
    setter.names.push_back(def.name);
    bool fresh = setter.defs.emplace(def.name, def).second;
    HEED_ASSERT(fresh);
  }
  if (!file.empty()) {
    std::string text = TRY(read_file(file));
    toml::parse_result parsed = toml::parse(std::string_view(text), std::string_view(file));
    if (!parsed) {
      auto at = parsed.error().source().begin;
      setter.fault(fmt::format("{}:{}:{}", file, at.line, at.column), std::string(parsed.error().description()));
    } else {
      setter.read_table(parsed.table(), "", file);
    }
  }
  setter.read_environment(environment);
  if (!setter.faults.empty()) {
    std::string message = setter.faults.size() == 1 ? "a setting is wrong:" : "settings are wrong:";
    for (const FieldError& f : setter.faults) {
      message += "\n  " + f.pointer + ": " + f.detail;
    }
    return fail(Code::InvalidInput, std::move(message), std::move(setter.faults));
  }
  Settings settings;
  for (auto& [name, def] : setter.defs) {
    auto found = setter.set.find(name);
    Value value{def, def.fallback, "default"};
    if (found != setter.set.end()) {
      value.value = found->second.first;
      value.source = found->second.second;
    }
    settings.values_.emplace(name, std::move(value));
  }
  return settings;
}

bool Settings::boolean(std::string_view name) const {
  auto at = values_.find(name);
  HEED_ASSERT(at != values_.end() && at->second.def.type == Type::Bool);
  return at->second.value == "true";
}

std::int64_t Settings::integer(std::string_view name) const {
  auto at = values_.find(name);
  HEED_ASSERT(at != values_.end() && at->second.def.type == Type::Int);
  std::int64_t n = 0;
  std::from_chars(at->second.value.data(), at->second.value.data() + at->second.value.size(), n);
  return n;
}

const std::string& Settings::text(std::string_view name) const {
  auto at = values_.find(name);
  HEED_ASSERT(at != values_.end() && at->second.def.type == Type::Text);
  return at->second.value;
}

std::vector<std::string> Settings::list(std::string_view name) const {
  auto at = values_.find(name);
  HEED_ASSERT(at != values_.end() && at->second.def.type == Type::List);
  std::vector<std::string> out;
  std::string_view rest = at->second.value;
  while (!rest.empty()) {
    std::size_t comma = std::min(rest.find(','), rest.size());
    std::string_view part = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    std::size_t first = part.find_first_not_of(" \t");
    if (first != std::string_view::npos) {
      out.emplace_back(part.substr(first, part.find_last_not_of(" \t") + 1 - first));
    }
  }
  return out;
}

namespace {

/// Each address of a comma-separated list up to its host; what is no URL stays.
std::string up_to_hosts(std::string_view list) {
  std::string out;
  while (!list.empty()) {
    const std::string_view one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    out += out.empty() ? "" : ",";
    const std::size_t scheme = one.find("://");
    if (scheme == std::string_view::npos) {
      out += one;
      continue;
    }
    std::string_view rest = one.substr(scheme + 3);
    std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
    const bool more = rest.size() > host.size() + 1;
    if (const std::size_t at = host.rfind('@'); at != std::string_view::npos) {
      host.remove_prefix(at + 1);
    }
    out.append(one.substr(0, scheme + 3)).append(host).append(more ? "/…" : "");
  }
  return out;
}

}  // namespace

std::vector<Settings::Held> Settings::held() const {
  std::vector<Held> out;
  for (const auto& [name, value] : values_) {
    bool hide = value.def.secret && !value.value.empty();
    out.push_back({&value.def,
                   hide                ? "(set)"
                   : value.def.address ? up_to_hosts(value.value)
                                       : value.value,
                   value.source});
  }
  return out;
}

std::string Settings::reference(const std::vector<SettingDef>& defs) {
  auto cell = [](std::string_view text) {
    std::string out;
    for (char c : text) {
      out += c == '|' ? std::string("\\|") : c == '\n' ? std::string(" ") : std::string(1, c);
    }
    return out;
  };
  std::string out = "| Setting | Environment | Type | Default | What it does |\n|---|---|---|---|---|\n";
  for (const SettingDef& def : defs) {
    std::string type(type_name(def.type));
    if (def.type == Type::Int && def.min != INT64_MIN && def.max != INT64_MAX) {
      type += fmt::format(", {} to {}", def.min, def.max);
    } else if (def.type == Type::Int && def.min != INT64_MIN) {
      type += fmt::format(", at least {}", def.min);
    }
    if (!def.choices.empty()) {
      type = fmt::format("one of {}", fmt::join(def.choices, ", "));
    }
    std::string variable = environment_name(def.name);
    out += fmt::format("| `{}` | `{}`{} | {} | {} | {} |\n", def.name, variable,
                       def.secret ? " or `" + variable + "_FILE`" : "", cell(type),
                       def.fallback.empty() ? "" : "`" + cell(def.fallback) + "`", cell(def.sentence));
  }
  return out;
}

}  // namespace heed
