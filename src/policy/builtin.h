#pragma once
#include <string_view>
#include <vector>

/// Files of policies/default and samples, compiled into the binary so that it needs nothing beside it.
namespace heed::policy {

struct BuiltinFile {
  std::string_view name;  ///< relative: "clauses/spam.yaml", "benign.tsv"
  std::string_view bytes;
};

/// Files of policies/default whose name starts with `prefix` ("lists/"), in order of name.
std::vector<BuiltinFile> default_policy_files(std::string_view prefix);
/// Bytes of a file of samples/ ("campaigner_abuse.tsv"); "" when there is none. Posts invented for Heed, for the
/// simulator, demo and tests; tab-separated with a header line (samples/README.md).
std::string_view sample_file(std::string_view name);

namespace generated {  // by cmake/embed_files.cmake, in order of name
extern const BuiltinFile* const kPolicyFiles;
extern const unsigned kPolicyFileCount;
extern const BuiltinFile* const kSampleFiles;
extern const unsigned kSampleFileCount;
}  // namespace generated

}  // namespace heed::policy
