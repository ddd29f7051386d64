#include "assess/rule_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/json.h"
#include "model/label.h"
#include "policy/map_reader.h"
#include "policy/yaml.h"

namespace heed::assess {
namespace {

using policy::MapReader;
using policy::YamlFaults;
using policy::YamlNode;

constexpr std::size_t kRulesMax = 2000, kSignalsMax = 4, kExamplesMax = 200;
constexpr std::array<std::string_view, 3> kModes = {"off", "shadow", "on"};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

class Reader {
 public:
  Reader(const std::string& file, const std::string& text, const policy::Policy& policy)
      : file_(file), lines_(lines_of(text)), policy_(policy), faults_(file) {}

  std::vector<RuleText> read(const YamlNode& root) {
    const YamlNode* list = root.kind == YamlNode::Kind::List ? &root : nullptr;
    if (root.kind == YamlNode::Kind::Map && root.keys.size() == 1 && root.keys[0].scalar == "rules") {
      list = &root.items[0];
    }
    if (list == nullptr) {
      read_rule(root);
    } else if (list->kind != YamlNode::Kind::List || list->items.size() > kRulesMax) {
      faults_.add(*list, fmt::format("must be a list of at most {} rules", kRulesMax));
    } else {
      for (const YamlNode& item : list->items) {
        read_rule(item);
      }
    }
    return std::move(rules_);
  }
  /// Each with the line of the file and a caret.
  std::vector<FieldError> faults() {
    for (FieldError& fault : faults_.all()) {
      std::size_t line = 0, column = 0;
      const std::size_t last = fault.pointer.rfind(':');
      const std::size_t before = last == std::string::npos || last == 0 ? last : fault.pointer.rfind(':', last - 1);
      if (before != std::string::npos) {
        std::from_chars(fault.pointer.data() + before + 1, fault.pointer.data() + last, line);
        std::from_chars(fault.pointer.data() + last + 1, fault.pointer.data() + fault.pointer.size(), column);
      }
      if (line > 0 && line <= lines_.size() && column > 0) {
        fault.detail += fmt::format("\n    {}\n    {}^", lines_[line - 1], std::string(column - 1, ' '));
      }
    }
    return std::move(faults_.all());
  }

 private:
  void read_rule(const YamlNode& node) {
    MapReader in(node, "", faults_);
    if (node.kind != YamlNode::Kind::Map) {
      return;
    }
    RuleText rule;
    rule.file = file_;
    rule.line = node.line;
    rule.id = in.name("id");
    rule.version = in.text("version", true, 100);
    rule.why = in.text("why", false);
    read_clause(in, rule);
    if (const YamlNode* when = in.required("when")) {
      if (when->kind != YamlNode::Kind::Scalar) {
        in.fault(*when, "when: must be an expression");
      } else {
        rule.when = source_of(*when);
      }
    }
    read_signals(in, rule);
    read_actions(in, rule);
    rule.mode = in.choice<RuleMode>(
        "mode", {{"off", RuleMode::Off}, {"shadow", RuleMode::Shadow}, {"on", RuleMode::On}}, RuleMode::Shadow);
    if (in.required("mode") != nullptr) {
      rule.daily_case_budget = in.number("daily_case_budget", 0, 10'000'000, 0);
    }
    if (auto examples = in.map("examples", true)) {
      read_examples(*examples, "match", true, rule);
      read_examples(*examples, "no_match", false, rule);
      examples->done();
    }
    in.done();
    rules_.push_back(std::move(rule));
  }

  void read_clause(MapReader& in, RuleText& rule) {
    const std::string id = in.text("clause", true, 100);
    rule.clause = policy_.find(id);
    if (rule.clause == nullptr && !id.empty()) {
      policy::Names known;
      for (const policy::Clause& clause : policy_.clauses) {
        known.push_back(clause.id);
      }
      in.fault(*in.optional("clause"), fmt::format("clause: the policy has no clause '{}'{}", id, nearest(id, known)));
    }
  }
  static std::string nearest(std::string_view name, const policy::Names& known) {
    const std::string_view best = policy::nearest_name(name, known);
    return best.empty() ? fmt::format("; known are {}", fmt::join(known, ", "))
                        : fmt::format("; did you mean '{}'?", best);
  }

  void read_signals(MapReader& in, RuleText& rule) {
    in.each("signals", kSignalsMax, [&](MapReader& signal) {
      RuleText::Out out;
      out.category = signal.text("category", true, 100);
      if (rule.clause != nullptr && !out.category.empty() &&
          std::find(rule.clause->categories.begin(), rule.clause->categories.end(), out.category) ==
              rule.clause->categories.end()) {
        signal.fault(
            *signal.optional("category"),
            fmt::format("'{}' is no category of clause {}{}", out.category, rule.clause->id,
                        nearest(out.category, {rule.clause->categories.begin(), rule.clause->categories.end()})));
      }
      out.group = signal.text("group", false, 1000);
      if (out.group.find('(') != std::string::npos) {
        out.group_source = source_of(*signal.optional("group"));
      }
      if (const YamlNode* score = signal.required("score")) {
        const char* end = score->scalar.data() + score->scalar.size();
        const auto [stop, error] = std::from_chars(score->scalar.data(), end, out.score);
        if (score->kind != YamlNode::Kind::Scalar) {
          signal.fault(*score, "score: must be a number from 0 to 1, or an expression that gives a double");
        } else if (error != std::errc{} || stop != end) {
          out.score_source = source_of(*score);
        } else if (!(out.score >= 0 && out.score <= 1)) {
          signal.fault(*score, "score: must be a number from 0 to 1");
        }
      }
      rule.signals.push_back(std::move(out));
    });
  }

  void read_actions(MapReader& in, RuleText& rule) {
    rule.actions = in.actions("actions", false);
    for (const policy::ActionKind kind : rule.actions) {
      const auto* clause = rule.clause;
      if (clause != nullptr &&
          (!clause->machine_may_act || std::find(clause->machine_actions.begin(), clause->machine_actions.end(),
                                                 kind) == clause->machine_actions.end())) {
        in.fault(*in.optional("actions"), fmt::format("actions: '{}' is not among what clause {} lets a machine do",
                                                      policy::action_name(kind), clause->id));
      }
    }
  }

  void read_examples(MapReader& in, std::string_view name, bool match, RuleText& rule) {
    const YamlNode* list = in.required(name);
    if (list == nullptr) {
      return;
    }
    if (list->kind != YamlNode::Kind::List || list->items.empty() || list->items.size() > kExamplesMax) {
      in.fault(*list, fmt::format("{}: must be a list of 1 to {} posts", name, kExamplesMax));
      return;
    }
    for (const YamlNode& item : list->items) {
      RuleExample example;
      example.match = match;
      example.line = item.line;
      read_example(item, example);
      rule.examples.push_back(std::move(example));
    }
  }

  /// A text, or {text, kind, lang, mentions, links, is_reply, is_quote, media, author_age_days, attributes, scores,
  /// lately}.
  void read_example(const YamlNode& item, RuleExample& out) {
    JsonWriter json;
    constexpr std::string_view kAt = "2026-07-01T12:00:00Z";
    json.begin_object().field("id", "example").field("created_at", kAt);
    if (item.kind == YamlNode::Kind::Scalar) {
      out.text = item.scalar;
      json.field("text", out.text).key("author").begin_object().field("id", "author").end_object().end_object();
      out.json = json.take();
      return;
    }
    MapReader in(item, "", faults_);
    if (item.kind != YamlNode::Kind::Map) {
      return;
    }
    out.text = in.text("text");
    json.field("text", out.text);
    json.field("kind", in.choice<std::string_view>(
                           "kind", {{"post", "post"}, {"message", "message"}, {"profile", "profile"}}, "post"));
    if (const std::string lang = in.text("lang", false, 35); !lang.empty()) {
      json.field("lang", lang);
    }
    json.key("mentions").begin_array();
    for (int i = in.number("mentions", 0, 1000, 0); i > 0; --i) {
      json.value(fmt::format("account{}", i));
    }
    json.end_array().key("links").begin_array();
    for (const std::string& link : in.words("links")) {
      json.value(link);
    }
    json.end_array();
    if (in.flag("is_reply", false)) {
      json.key("reply_to").begin_object().field("post_id", "other").end_object();
    }
    if (in.flag("is_quote", false)) {
      json.key("quote_of").begin_object().field("post_id", "other").end_object();
    }
    json.key("media").begin_array();
    for (int i = in.number("media", 0, 50, 0); i > 0; --i) {
      json.begin_object().field("url", fmt::format("https://media.example/{}", i)).end_object();
    }
    json.end_array();
    json.key("author").begin_object().field("id", "author");
    if (in.optional("author_age_days") != nullptr) {
      const int days = in.number("author_age_days", 0, 20'000, 0);
      json.field("created_at", format_time(*parse_time(kAt) - std::chrono::hours(24 * days)));
    }
    json.end_object();
    if (auto attributes = in.map("attributes", false)) {
      json.key("attributes").begin_object();
      for (const YamlNode& key : attributes->node().keys) {
        json.key(key.scalar);
        write_scalar(attributes->text(key.scalar, true, 1000), json);
      }
      json.end_object();
    }
    out.lately = in.number("lately", 0, 1000, 0);
    if (auto scores = in.map("scores", false)) {
      for (const std::string_view label : model::kLabelNames) {
        if (scores->optional(label) != nullptr) {
          out.scores[std::string(label)] = scores->number(label, 0.0, 1.0, 0.0);
        }
      }
      scores->done();
    }
    in.done();
    out.json = json.end_object().take();
  }
  static void write_scalar(const std::string& text, JsonWriter& json) {
    double number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text == "true" || text == "false") {
      json.value(text == "true");
    } else if (error == std::errc{} && stop == text.data() + text.size()) {
      if (text.find_first_of(".eE") == std::string::npos) {
        json.value(static_cast<std::int64_t>(number));
      } else {
        json.value(number);
      }
    } else {
      json.value(text);
    }
  }

  /// The text of an expression with its place in the file, so that a fault is shown there.
  rule::Source source_of(const YamlNode& node) const {
    rule::Source source{file_, node.scalar, node.line, node.column, 0};
    if (node.line == 0 || node.line > lines_.size() || node.column > lines_[node.line - 1].size()) {
      return source;
    }
    const std::string_view rest = lines_[node.line - 1].substr(node.column - 1);
    if (rest.starts_with('"') || rest.starts_with('\'')) {
      ++source.column;
    } else if (rest.starts_with('|') || rest.starts_with('>')) {
      // A block: its lines as they stand, since the language takes a line break for a blank.
      std::size_t first = node.line;
      while (first < lines_.size() && lines_[first].find_first_not_of(' ') == std::string_view::npos) {
        ++first;
      }
      if (first == lines_.size()) {
        return source;
      }
      const std::size_t indent = lines_[first].find_first_not_of(' ');
      std::string text;
      for (std::size_t i = first; i < lines_.size(); ++i) {
        const std::size_t begin = lines_[i].find_first_not_of(' ');
        if (begin != std::string_view::npos && begin < indent) {
          break;
        }
        text += begin == std::string_view::npos ? "" : lines_[i].substr(indent);
        text += '\n';
      }
      while (!text.empty() && text.back() == '\n') {
        text.pop_back();
      }
      source.text = std::move(text);
      source.line = static_cast<std::uint32_t>(first + 1);
      source.column = static_cast<std::uint32_t>(indent + 1);
      source.indent = static_cast<std::uint32_t>(indent);
    }
    return source;
  }

  const std::string& file_;
  std::vector<std::string_view> lines_;
  const policy::Policy& policy_;
  YamlFaults faults_;
  std::vector<RuleText> rules_;
};

}  // namespace

std::string_view rule_mode_name(RuleMode mode) { return kModes[static_cast<std::size_t>(mode)]; }

std::vector<RuleText> read_rule_file(const std::string& file, const std::string& text, const policy::Policy& policy,
                                     std::vector<FieldError>& faults) {
  auto root = policy::parse_yaml(file, text);
  if (!root) {
    std::move(root.error().fields.begin(), root.error().fields.end(), std::back_inserter(faults));
    return {};
  }
  Reader reader(file, text, policy);
  std::vector<RuleText> rules = reader.read(*root);
  std::vector<FieldError> found = reader.faults();
  std::move(found.begin(), found.end(), std::back_inserter(faults));
  return rules;
}

}  // namespace heed::assess
