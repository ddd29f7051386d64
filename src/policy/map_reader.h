#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "policy/policy.h"
#include "policy/yaml.h"

/// Reads values out of the maps of a pack's files. Only the loader's .cc files include this.
namespace heed::policy {

using Names = std::vector<std::string_view>;

constexpr std::size_t kTextBytesMax = 8000;

/// Reads one map; `done` names what it did not ask for.
class MapReader {
 public:
  MapReader(const YamlNode& node, std::string path, YamlFaults& faults)
      : node_(node), path_(std::move(path)), faults_(faults) {
    if (node.kind != YamlNode::Kind::Map) {
      faults_.add(node, what("") + "must be a map of names and values");
    }
  }

  const YamlNode* optional(std::string_view name) {
    known_.push_back(name);
    for (std::size_t i = 0; i < node_.keys.size(); ++i) {
      if (node_.keys[i].scalar == name) {
        return node_.items[i].kind == YamlNode::Kind::Null ? nullptr : &node_.items[i];
      }
    }
    return nullptr;
  }
  const YamlNode* required(std::string_view name) {
    const YamlNode* node = optional(name);
    if (node == nullptr && node_.kind == YamlNode::Kind::Map) {
      faults_.add(node_, what("") + fmt::format("'{}' is missing", name));
    }
    return node;
  }
  std::string text(std::string_view name, bool must = true, std::size_t bytes_max = kTextBytesMax) {
    const YamlNode* node = must ? required(name) : optional(name);
    if (node == nullptr) {
      return {};
    }
    if (node->kind != YamlNode::Kind::Scalar || node->scalar.size() > bytes_max) {
      faults_.add(*node, what(name) + fmt::format("must be a text of at most {} bytes", bytes_max));
      return {};
    }
    return node->scalar;
  }
  /// [a-z0-9_-]+, as in ids.
  std::string name(std::string_view key) {
    std::string value = text(key, true, 100);
    if (value.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") != std::string::npos) {
      faults_.add(*optional(key), what(key) + "may hold only a-z, 0-9, _ and -");
    }
    return value;
  }
  bool flag(std::string_view name, bool fallback) {
    const YamlNode* node = optional(name);
    if (node == nullptr) {
      return fallback;
    }
    if (node->kind != YamlNode::Kind::Scalar || (node->scalar != "true" && node->scalar != "false")) {
      faults_.add(*node, what(name) + "must be true or false");
      return fallback;
    }
    return node->scalar == "true";
  }
  template <class T>
  T number(std::string_view name, T min, T max, T fallback) {
    const YamlNode* node = optional(name);
    if (node == nullptr) {
      return fallback;
    }
    T value{};
    const char* end = node->scalar.data() + node->scalar.size();
    auto [stop, error] = std::from_chars(node->scalar.data(), end, value);
    if (node->kind != YamlNode::Kind::Scalar || error != std::errc{} || stop != end ||
        !(value >= min && value <= max)) {
      faults_.add(*node, what(name) + fmt::format("must be a number from {} to {}", min, max));
      return fallback;
    }
    return value;
  }
  Millis duration(std::string_view name, Millis fallback) {
    const YamlNode* node = optional(name);
    if (node == nullptr) {
      return fallback;
    }
    std::int64_t value = 0;
    const char* end = node->scalar.data() + node->scalar.size();
    auto [stop, error] = std::from_chars(node->scalar.data(), end, value);
    const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
    const std::int64_t seconds = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : unit == "d" ? 86400 : 0;
    if (node->kind != YamlNode::Kind::Scalar || error != std::errc{} || seconds == 0 || value < 0 || value > 100000) {
      faults_.add(*node, what(name) + "must be a duration such as 60s, 15m, 24h or 7d");
      return fallback;
    }
    return std::chrono::seconds(value * seconds);
  }
  template <class T>
  T choice(std::string_view name, const std::vector<std::pair<std::string_view, T>>& choices, T fallback) {
    const YamlNode* node = optional(name);
    if (node == nullptr) {
      return fallback;
    }
    Names names;
    for (const auto& [word, value] : choices) {
      if (node->kind == YamlNode::Kind::Scalar && node->scalar == word) {
        return value;
      }
      names.push_back(word);
    }
    faults_.add(*node, what(name) + fmt::format("must be one of {}", fmt::join(names, ", ")));
    return fallback;
  }
  std::vector<const YamlNode*> list(std::string_view name, bool must) {
    const YamlNode* node = must ? required(name) : optional(name);
    std::vector<const YamlNode*> items;
    if (node == nullptr) {
      return items;
    }
    if (node->kind != YamlNode::Kind::List) {
      faults_.add(*node, what(name) + "must be a list");
      return items;
    }
    for (const YamlNode& item : node->items) {
      if (item.kind != YamlNode::Kind::Scalar) {
        faults_.add(item, what(name) + "may hold only plain words");
      } else {
        items.push_back(&item);
      }
    }
    return items;
  }
  std::vector<std::string> words(std::string_view name, bool must = false) {
    std::vector<std::string> out;
    for (const YamlNode* item : list(name, must)) {
      out.push_back(item->scalar);
    }
    return out;
  }
  std::vector<ActionKind> actions(std::string_view name, bool must) {
    std::vector<ActionKind> out;
    for (const YamlNode* item : list(name, must)) {
      if (auto kind = parse_action(item->scalar)) {
        out.push_back(*kind);
      } else {
        faults_.add(*item, what(name) + kind.error().message);
      }
    }
    return out;
  }
  /// A map locale → text that has every one of `locales`.
  Localized localized(std::string_view name, const std::vector<std::string>& locales) {
    Localized out;
    const YamlNode* node = required(name);
    if (node == nullptr) {
      return out;
    }
    MapReader reader(*node, what_path(name), faults_);
    for (const std::string& locale : locales) {
      out.by_locale[locale] = reader.text(locale);
    }
    reader.done();
    return out;
  }
  std::optional<MapReader> map(std::string_view name, bool must) {
    const YamlNode* node = must ? required(name) : optional(name);
    if (node == nullptr) {
      return std::nullopt;
    }
    return std::optional<MapReader>(std::in_place, *node, what_path(name), faults_);
  }
  /// A list of maps, each read by `body(MapReader&)`.
  template <class Body>
  void each(std::string_view name, std::size_t most, Body body) {
    const YamlNode* node = required(name);
    if (node == nullptr) {
      return;
    }
    if (node->kind != YamlNode::Kind::List || node->items.empty() || node->items.size() > most) {
      faults_.add(*node, what(name) + fmt::format("must be a list of 1 to {} entries", most));
      return;
    }
    for (const YamlNode& item : node->items) {
      MapReader reader(item, what_path(name), faults_);
      body(reader);
      reader.done();
    }
  }
  /// Words out of `known`; another one is a fault that names the nearest.
  std::vector<std::string> known_words(std::string_view name, const Names& known, bool must) {
    std::vector<std::string> out;
    for (const YamlNode* item : list(name, must)) {
      if (std::find(known.begin(), known.end(), item->scalar) == known.end()) {
        const std::string_view nearest = nearest_name(item->scalar, known);
        faults_.add(*item, what(name) + fmt::format("unknown '{}'; ", item->scalar) +
                               (nearest.empty() ? fmt::format("known are {}", fmt::join(known, ", "))
                                                : fmt::format("did you mean '{}'?", nearest)));
      } else {
        out.push_back(item->scalar);
      }
    }
    return out;
  }
  const YamlNode& node() const { return node_; }
  void fault(const YamlNode& at, std::string detail) { faults_.add(at, what("") + std::move(detail)); }

  void done() {
    for (const YamlNode& key : node_.keys) {
      if (std::find(known_.begin(), known_.end(), key.scalar) == known_.end()) {
        const std::string_view nearest = nearest_name(key.scalar, known_);
        faults_.add(key, what("") + fmt::format("unknown key '{}'; ", key.scalar) +
                             (nearest.empty() ? fmt::format("known are {}", fmt::join(known_, ", "))
                                              : fmt::format("did you mean '{}'?", nearest)));
      }
    }
  }

 private:
  std::string what_path(std::string_view name) const {
    return path_.empty() ? std::string(name) : name.empty() ? path_ : fmt::format("{}.{}", path_, name);
  }
  std::string what(std::string_view name) const {
    const std::string path = what_path(name);
    return path.empty() ? "" : path + ": ";
  }
  const YamlNode& node_;
  std::string path_;
  YamlFaults& faults_;
  Names known_;
};

}  // namespace heed::policy
