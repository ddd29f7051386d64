#pragma once
#include <cstddef>
#include <cstdint>

namespace heed::rule {

/// What one expression may cost. Every limit ends in an error that names it, with the place where it was
/// passed; none can be caught by the expression itself. The defaults are meant for rules that people write
/// and are safe for text from anyone: at worst an evaluation takes some tens of milliseconds.
struct Limits {
  std::size_t source_bytes = 16 * 1024;
  std::uint32_t depth = 200;   ///< of the syntax tree, and so of every recursion over it
  std::uint32_t nodes = 5000;  ///< of the syntax tree, macros expanded
  std::uint32_t issues = 20;   ///< faults reported of one source; the rest is not looked for
  /// One for every node evaluated, every element looped over and every 64 bytes looked at, more where a
  /// pattern is large.
  std::uint64_t steps = 1'000'000;
  std::uint64_t fold_steps = 100'000;  ///< spent on constants while compiling
  std::size_t memory_bytes = 4 << 20;  ///< everything one evaluation makes: texts, lists, maps
  std::size_t fold_memory_bytes = 256 << 10;
  std::size_t output_bytes = 4 << 20;     ///< of a value written as JSON
  std::size_t pattern_bytes = 2000;       ///< of a regular expression
  std::int64_t pattern_memory = 1 << 20;  ///< RE2's max_mem: the program and its automata
  int pattern_program = 5000;             ///< RE2 instructions
};

}  // namespace heed::rule
