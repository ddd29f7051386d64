#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace heed::adapters::perspective {

/// Appends suggestions to an NDJSON file, one write a line, so that several processes may share it. It holds
/// comments as people wrote them: made readable by its owner alone. Not flushed to the disk line by line.
/// Opened anew when somebody has moved it away. Any thread.
class SuggestionFile {
 public:
  /// `bytes_max`: what does not fit is refused with Unavailable until the file is moved away.
  static Result<std::unique_ptr<SuggestionFile>> open(std::filesystem::path path, std::int64_t bytes_max);
  Result<void> append(std::string_view line);

 private:
  SuggestionFile(std::filesystem::path path, std::int64_t bytes_max) : path_(std::move(path)), bytes_max_(bytes_max) {}
  Result<void> reopen();

  const std::filesystem::path path_;
  const std::int64_t bytes_max_;
  std::mutex mutex_;  // guards what follows
  Fd file_;
};

}  // namespace heed::adapters::perspective
