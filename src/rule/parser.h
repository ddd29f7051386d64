#pragma once
#include "rule/ast.h"

namespace heed::rule {

struct Parsed {
  Ast ast;                    ///< has Error nodes where there were faults
  std::vector<Issue> issues;  ///< in the order of the text
};

/// The grammar of CEL (github.com/google/cel-spec, doc/langdef.md) with the standard macros. Building
/// messages and optional syntax are refused by name. After a fault parsing goes on behind the next comma or
/// bracket, so that one look shows the faults of the whole. Never recurses deeper than Limits::depth.
Parsed parse(const Source& source, const Limits& limits);

}  // namespace heed::rule
