#pragma once
#include <filesystem>

#include "base/file.h"
#include "base/result.h"

namespace heed::store {

/// Holds `<folder>/lock` for this process (flock), so that no second one opens the folder; the kernel lets it
/// go when the process ends, however it ends. Conflict when another holds it, naming that process.
Result<Fd> lock_folder(const std::filesystem::path& folder);

}  // namespace heed::store
