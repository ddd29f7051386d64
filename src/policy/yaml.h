#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace heed::policy {

/// A YAML document as a plain tree with positions; yaml-cpp stays behind yaml.cc. Anchors are refused, so a
/// document cannot grow beyond its text.
struct YamlNode {
  enum class Kind : std::uint8_t { Null, Scalar, List, Map };
  Kind kind = Kind::Null;
  std::string scalar;
  std::vector<YamlNode> items;         ///< of a list, or the values of a map
  std::vector<YamlNode> keys;          ///< of a map, in file order: scalars; keys[i] is the name of items[i]
  std::uint32_t line = 0, column = 0;  ///< from 1
};

constexpr std::size_t kYamlBytesMax = 1 << 20;

/// InvalidInput with line and column (pointer "file:line:column") for text that is not one YAML document, for
/// repeated keys, keys that are no scalars, anchors, more than kYamlBytesMax bytes and invalid UTF-8.
Result<YamlNode> parse_yaml(std::string_view file, std::string_view text);
/// The same, read in any case: parse_yaml() knows the trees of the files that the binary carries, which the build has
/// read (yaml-cpp took a fifth of a start).
Result<YamlNode> read_yaml(std::string_view file, std::string_view text);

/// Of `known`, the name with the smallest edit distance to `name`, if that is at most a third of its length (at
/// least 2); else "".
std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& known);

/// Reads maps of one file, collecting faults instead of stopping at the first.
class YamlFaults {
 public:
  explicit YamlFaults(std::string file) : file_(std::move(file)) {}
  void add(const YamlNode& at, std::string detail);
  void add(std::vector<FieldError> faults);
  std::vector<FieldError>& all() { return faults_; }

 private:
  std::string file_;
  std::vector<FieldError> faults_;
};

}  // namespace heed::policy
