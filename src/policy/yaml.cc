#include "policy/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

#include "base/bytes.h"

namespace heed::policy {
namespace {

FieldError fault(std::string_view file, const YAML::Mark& mark, std::string detail) {
  return {fmt::format("{}:{}:{}", file, mark.line + 1, mark.column + 1), std::move(detail)};
}

/// Builds the tree from yaml-cpp's events: those carry positions of keys too.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view file, YamlNode& root) : file_(file), root_(root) {}
  std::vector<FieldError> faults;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { leaf(mark, anchor, YamlNode::Kind::Null, ""); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    faults.push_back(fault(file_, mark, "aliases are not allowed; write the value out"));
    leaf(mark, 0, YamlNode::Kind::Null, "");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const bool null = tag != "!" && (value.empty() || value == "~" || value == "null");
    leaf(mark, anchor, null ? YamlNode::Kind::Null : YamlNode::Kind::Scalar, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, YamlNode::Kind::List);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, YamlNode::Kind::Map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    YamlNode node;
    bool have_key = false;
  };

  YamlNode make(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
    if (anchor != 0) {
      faults.push_back(fault(file_, mark, "anchors are not allowed; write the value out"));
    }
    YamlNode node;
    node.kind = kind;
    node.line = static_cast<std::uint32_t>(mark.line + 1);
    node.column = static_cast<std::uint32_t>(mark.column + 1);
    return node;
  }
  void leaf(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind, const std::string& value) {
    YamlNode node = make(mark, anchor, kind);
    node.scalar = value;
    place(std::move(node));
  }
  void open(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
    stack_.push_back(Level{make(mark, anchor, kind), false});
  }
  void close() {
    YamlNode node = std::move(stack_.back().node);
    stack_.pop_back();
    place(std::move(node));
  }
  void place(YamlNode node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = stack_.back();
    if (level.node.kind == YamlNode::Kind::List) {
      level.node.items.push_back(std::move(node));
    } else if (!level.have_key) {
      const YAML::Mark mark = mark_of(node);
      if (node.kind != YamlNode::Kind::Scalar) {
        faults.push_back(fault(file_, mark, "a key must be a plain name"));
      }
      for (const YamlNode& key : level.node.keys) {
        if (key.scalar == node.scalar) {
          faults.push_back(
              fault(file_, mark, fmt::format("'{}' is given twice, first in line {}", node.scalar, key.line)));
        }
      }
      level.node.keys.push_back(std::move(node));
      level.have_key = true;
    } else {
      level.node.items.push_back(std::move(node));
      level.have_key = false;
    }
  }
  static YAML::Mark mark_of(const YamlNode& node) {
    YAML::Mark mark;
    mark.line = static_cast<int>(node.line) - 1;
    mark.column = static_cast<int>(node.column) - 1;
    return mark;
  }

  std::string_view file_;
  YamlNode& root_;
  std::vector<Level> stack_;
};

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

Result<YamlNode> read_yaml(std::string_view file, std::string_view text) {
  auto refuse = [&](const YAML::Mark& mark, std::string detail) {
    FieldError error = fault(file, mark, std::move(detail));
    return invalid(std::move(error.pointer), std::move(error.detail));
  };
  YAML::Mark start;
  start.line = start.column = 0;
  if (text.size() > kYamlBytesMax) {
    return refuse(start, fmt::format("the file has {} bytes; at most {} are read", text.size(), kYamlBytesMax));
  }
  if (!valid_utf8(text)) {
    return refuse(start, "the file is not valid UTF-8");
  }
  YamlNode root;
  TreeBuilder builder(file, root);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      return refuse(start, "the file is empty");
    }
    YamlNode second;
    TreeBuilder rest(file, second);
    if (parser.HandleNextDocument(rest)) {
      return refuse(start, "the file holds more than one document");
    }
  } catch (const YAML::Exception& error) {
    return refuse(error.mark, "not valid YAML: " + error.msg);
  }
  if (!builder.faults.empty()) {
    std::string message = builder.faults[0].pointer + ": " + builder.faults[0].detail;
    return fail(Code::InvalidInput, std::move(message), std::move(builder.faults));
  }
  return root;
}

std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& known) {
  std::size_t best = std::max<std::size_t>(2, name.size() / 3) + 1;
  std::string_view nearest;
  for (std::string_view candidate : known) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

void YamlFaults::add(const YamlNode& at, std::string detail) {
  faults_.push_back({fmt::format("{}:{}:{}", file_, at.line, at.column), std::move(detail)});
}

void YamlFaults::add(std::vector<FieldError> faults) {
  std::move(faults.begin(), faults.end(), std::back_inserter(faults_));
}

}  // namespace heed::policy
