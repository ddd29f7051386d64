#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/office.h"
#include "base/clock.h"

/// The recent posts one after the other, for commands: from the files where nobody has the data folder, else from the
/// running server through its socket, a slice of a megabyte at a time. The server reads one slice and goes on with what
/// else it has to do before the next is asked for; judging happens in the command's own process. Only the user who runs
/// the server (and root), who has the keys anyway, gets in; each slice is a line in the server's log.
namespace heed::app {

class RecentWalk {
 public:
  struct Options {
    Time since{};             ///< whole hours of arrival that end after it
    std::uint64_t after = 0;  ///< arrival numbers behind it
  };
  struct Post {
    std::uint64_t arrival = 0;
    std::string json;  ///< "" for a deletion
    int label = -1;    ///< a decision by a person that stands: 1 violation, 0 none
  };
  struct Slice {
    std::vector<Post> posts;
    std::uint64_t next_after = 0;
    std::uint32_t damaged = 0;  ///< blocks
    bool done = false;
  };
  static Result<std::unique_ptr<RecentWalk>> open(const Settings& settings, const Clock& clock, Options options);
  virtual ~RecentWalk() = default;
  virtual Result<Slice> next() = 0;
  /// The newest arrival number when the walk began; it ends there.
  std::uint64_t newest() const { return newest_; }

 protected:
  std::uint64_t newest_ = 0;
};

/// The server's side of it: "posts slice".
std::vector<OfficeTask> walk_tasks();

}  // namespace heed::app
