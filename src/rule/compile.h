#pragma once
#include <optional>

#include "rule/ast.h"
#include "rule/program.h"

namespace heed::rule {

class PatternPool;

struct CompileOptions {
  Limits limits = {};
  /// Checked: names, types and patterns are checked now, each fault an issue. Dynamic: as if every variable
  /// were dyn and nothing were known of functions; what is wrong becomes an error value when it is reached,
  /// as the language says of unchecked expressions. Faults of the grammar are issues in both.
  enum class Mode : std::uint8_t { Checked, Dynamic } mode = Mode::Checked;
  /// What the expression has to give; dyn is accepted and found out while evaluating.
  std::optional<Type> wanted = {};
  /// Where patterns are looked for and left, for other expressions of the same limits; null: each compiles its own.
  PatternPool* patterns = nullptr;
};

/// A program, or what keeps it from being one.
struct Compiled {
  std::shared_ptr<const Program> program;  ///< null where there are issues
  std::vector<Issue> issues;               ///< in the order of the text, at most Limits::issues
  Source source;

  /// Every issue with its place, line and caret.
  std::string text() const { return render(source, issues); }
};

Compiled compile(Source source, std::shared_ptr<const Environment> environment, const CompileOptions& options = {});

}  // namespace heed::rule
