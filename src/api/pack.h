#pragma once
#include <array>
#include <memory>
#include <string_view>

#include "assess/assessor.h"
#include "policy/policy.h"

/// The policy pack as files, for those who write it: read anew from where the server reads it.
namespace heed::api {

struct PackFiles {
  std::shared_ptr<const policy::Policy> policy;
  assess::Files lists;      ///< name and TSV
  assess::Files rules;      ///< "rules/<file>.yaml" and text
  assess::Files scenarios;  ///< "scenarios/<file>.scn" and text
  assess::Files clauses;    ///< what the policy itself is made of: "policy.yaml", "clauses/<file>.yaml", notices …
};

/// A kind of file, by the name that the API has for it.
struct PackKind {
  std::string_view name;
  const assess::Files& files;
};
std::array<PackKind, 4> kinds_of(const PackFiles& pack);

/// The pack that is built into the binary.
PackFiles builtin_pack_files(std::shared_ptr<const policy::Policy> policy);

}  // namespace heed::api
