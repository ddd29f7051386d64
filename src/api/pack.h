#pragma once
#include <memory>

#include "assess/assessor.h"
#include "policy/policy.h"

/// The policy pack as files, for those who write it: read anew from where the server reads it.
namespace heed::api {

struct PackFiles {
  std::shared_ptr<const policy::Policy> policy;
  assess::Files lists;      ///< name and TSV
  assess::Files rules;      ///< "rules/<file>.yaml" and text
  assess::Files scenarios;  ///< "scenarios/<file>.scn" and text
};

/// The pack that is built into the binary.
PackFiles builtin_pack_files(std::shared_ptr<const policy::Policy> policy);

}  // namespace heed::api
