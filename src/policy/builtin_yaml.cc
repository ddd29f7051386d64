// What the build has read of the YAML files that the binary carries.
#include "policy/builtin.h"
#include "policy/policy.h"
#include "policy/tree_bytes.h"
#include "policy/yaml.h"

namespace heed::policy {
namespace {

struct ReadyTree {
  const char* name;  ///< as default_policy_file() knows it
  std::size_t size;
  const char* bytes;
};

#include "policy_trees.inc"

}  // namespace

Result<YamlNode> parse_yaml(std::string_view file, std::string_view text) {
  for (const ReadyTree& tree : kTrees) {
    if (default_policy_file(tree.name) == text && !text.empty()) {
      return tree_of({tree.bytes, tree.size});
    }
  }
  return read_yaml(file, text);
}

}  // namespace heed::policy
