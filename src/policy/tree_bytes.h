#pragma once
#include <string>
#include <string_view>

#include "policy/yaml.h"

/// A YAML tree as bytes, so that the build can read the files that the binary carries and a start need not.
namespace heed::policy {

std::string tree_bytes(const YamlNode& root);
/// Of what tree_bytes() gave, in this binary: nothing is checked.
YamlNode tree_of(std::string_view bytes);

}  // namespace heed::policy
