#pragma once
#include <map>
#include <string>

#include "api/case_file.h"
#include "api/viewer.h"

/// What people did in a case, as its evidence file shows it to one of them: what she added, the talks at the desk, who
/// acts for her and what they did. Only her own; a delegate finds no other delegate in it, and what was said only where
/// the talk was left to them. Internal to case_file.cc.
namespace heed::api {

/// Of the files that she added so many bytes are within the file; of the rest the hash stands there.
inline constexpr std::int64_t kAddedBytesMax = 16 << 20;

struct FilePeople {
  ledger::View& view;
  const FileRoom& room;
  const Viewer& viewer;
  const std::map<std::int64_t, std::pair<std::string, Time>>& shown;  ///< events of the story: seq → hash, at
};

/// "added": pieces with SHA-256, pictures as they were written anew (casework/picture.h).
Result<void> write_added(JsonWriter& out, const FilePeople& people);
/// "talks": with the clause that each rested on.
Result<void> write_talks(JsonWriter& out, const FilePeople& people);
/// "delegates": of her delegations those that were in force while this case was there, each with what was done by it.
Result<void> write_delegates(JsonWriter& out, const FilePeople& people);

}  // namespace heed::api
