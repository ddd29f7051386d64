#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heed::rule {

/// Text of an expression and where it stands, so that a fault in a rule file is shown with the file's own
/// lines.
struct Source {
  std::string name;  ///< file or other origin; may be empty
  std::string text;
  /// Where `text` begins in the file, both from 1. For a YAML block, `indent` is the number of columns that
  /// were taken from the front of its further lines.
  std::uint32_t line = 1, column = 1, indent = 0;
};

/// Lines and columns count from 1; a column is a code point, a tab is one column.
struct Position {
  std::uint32_t line = 1, column = 1;
  bool operator==(const Position&) const = default;
};

Position position_of(const Source& source, std::size_t offset);

/// A fault of a source. `offset` and `length` are bytes; the length may be zero (at the end).
struct Issue {
  std::uint32_t offset = 0, length = 0;
  std::string message;
  std::string hint = {};  ///< "did you mean 'score'?"; may be empty
};

/// file:line:column: message; hint, then the line and a caret under the place:
///   rules/hate.yaml:4:9: unknown name 'scroe'; did you mean 'score'?
///       scroe > 0.8
///       ^~~~~
std::string render(const Source& source, const Issue& issue);
std::string render(const Source& source, const std::vector<Issue>& issues);

/// The candidate that a person most likely meant (optimal string alignment, at most a third of the letters
/// wrong), or "".
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);
/// "did you mean 'x'?" or "".
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace heed::rule
