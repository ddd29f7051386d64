#pragma once
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/pack.h"
#include "base/clock.h"

namespace heed::api {

/// Which packs were in force since when, kept across restarts: a folder with one small file a version and each text
/// once, named by its digest. Nothing personal is in it; whoever deletes the folder loses the history and nothing else.
/// Any thread; waits for the disk.
class PackVersions {
 public:
  static constexpr std::size_t kKeptMax = 200;  ///< older ones are forgotten

  struct Change {
    std::string kind, name;  ///< as GET /v1/pack has them
    std::string what;        ///< added, changed, removed
  };
  struct Version {
    int number = 0;  ///< 1, 2, 3 …
    Time at{};       ///< when a server first had it in force
    std::string by;  ///< whose file was changed last: a name on the machine; of the built-in pack the release
    std::string id, version;
    std::vector<Change> changes;  ///< since the version before; empty in the first one
  };
  /// A text before and after a version; none where the file was not there.
  struct Texts {
    std::optional<std::string> before, after;
  };

  /// The folder is made with the first version.
  explicit PackVersions(std::filesystem::path folder) : folder_(std::move(folder)) {}
  /// Keeps the pack as the newest version, unless the newest is just that. True when it was new.
  Result<bool> keep(const PackFiles& pack, std::string_view by, Time at);
  /// Newest first.
  Result<std::vector<Version>> list() const;
  /// NotFound for a version that is not kept or a file that neither it nor the one before has.
  Result<Texts> texts(int number, std::string_view kind, std::string_view name) const;

 private:
  struct File {
    std::string kind, name, sha256;
    bool operator==(const File&) const = default;
  };
  struct Kept {
    Version version;
    std::vector<File> files;  ///< by kind, then name
  };
  Result<std::vector<int>> numbers() const;  ///< ascending
  Result<Kept> read(int number) const;
  Result<void> write(const Kept& kept) const;
  std::filesystem::path path_of(int number) const;
  Result<void> forget(int upto) const;

  const std::filesystem::path folder_;
  mutable std::mutex mutex_;  ///< one writer; a reader never sees half a version
};

}  // namespace heed::api
