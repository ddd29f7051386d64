#include "policy/builtin.h"

#include "policy/policy.h"

namespace heed::policy {
namespace {

std::string_view find_file(const BuiltinFile* files, unsigned count, std::string_view name) {
  for (unsigned i = 0; i < count; ++i) {
    if (files[i].name == name) {
      return files[i].bytes;
    }
  }
  return {};
}

}  // namespace

std::vector<BuiltinFile> default_policy_files(std::string_view prefix) {
  std::vector<BuiltinFile> found;
  for (unsigned i = 0; i < generated::kPolicyFileCount; ++i) {
    if (generated::kPolicyFiles[i].name.substr(0, prefix.size()) == prefix) {
      found.push_back(generated::kPolicyFiles[i]);
    }
  }
  return found;
}

std::string_view default_policy_file(std::string_view name) {
  return find_file(generated::kPolicyFiles, generated::kPolicyFileCount, name);
}

std::string_view sample_file(std::string_view name) {
  return find_file(generated::kSampleFiles, generated::kSampleFileCount, name);
}

}  // namespace heed::policy
