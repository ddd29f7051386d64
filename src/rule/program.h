#pragma once
#include <memory>
#include <string>
#include <vector>

#include "rule/environment.h"
#include "rule/patterns.h"
#include "rule/source.h"

namespace heed::rule {

enum class OpCode : std::uint8_t {
  Const,
  Attribute,
  HasAttribute,
  Local,
  Select,
  Has,
  Index,
  In,
  Not,
  Negate,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Equal,
  NotEqual,
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulo,
  And,
  Or,
  Ternary,
  List,
  Map,
  Call,
  Matches,
  TypeOf,
  All,
  Exists,
  ExistsOne,
  Transform,
  Filter,
  Fail,
};

/// One step of a compiled expression. Operands are numbers of other ops, always smaller: a tree in a row.
///   unary a; binary a, b; ternary a, b, c; Attribute, HasAttribute: slot a; Local: local a
///   And, Or, List, Map, Call: b operands from args[a]; Call: function c; Matches: text a, pattern c
///   macros: range a, body b, local c; Transform with a filter: filter d, else d = kNone
///   Select, Has: operand a, field in `value`; Const, Fail: `value`
struct Op {
  static constexpr std::uint32_t kNone = UINT32_MAX;
  OpCode code = OpCode::Const;
  std::uint32_t a = 0, b = 0, c = 0, d = kNone;
  std::uint32_t place = 0;  ///< byte offset in the source, for errors
  Value value;
};

/// A literal text that an expression looks for in an attribute: what a plan can look for in all posts at
/// once.
struct TextNeed {
  enum class How : std::uint8_t { Contains, StartsWith, EndsWith, Equals, Matches };
  Slot slot = 0;
  How how = How::Contains;
  std::string text;
  bool operator==(const TextNeed&) const = default;
};

/// What an expression depends on; everything that stands in it after constants were folded, whether it is
/// reached or not.
struct Needs {
  std::vector<Slot> slots;             ///< read or asked for with has(), sorted
  std::vector<TextNeed> texts;         ///< in order of appearance
  std::vector<std::string> functions;  ///< sorted; operators and macros are not functions
};

struct CompileOptions;
struct Compiled;

/// A checked, folded expression, ready to be evaluated by any number of threads. Keeps its environment alive.
class Program {
 public:
  const Source& source() const { return source_; }
  const Type& type() const { return type_; }
  const Needs& needs() const { return needs_; }
  const Environment& environment() const { return *environment_; }
  /// The expression has one value, always; `constant()` says which.
  bool is_constant() const { return ops_[root_].code == OpCode::Const; }
  Value constant() const { return ops_[root_].value; }
  std::size_t op_count() const { return ops_.size(); }

 private:
  friend class Compiler;
  friend class Evaluator;
  friend Compiled compile(Source, std::shared_ptr<const Environment>, const CompileOptions&);
  Program(Source source, std::shared_ptr<const Environment> environment, const Limits& limits)
      : source_(std::move(source)),
        environment_(std::move(environment)),
        texts_(64 * limits.source_bytes + (64 << 10)),
        constants_(limits.fold_memory_bytes) {}

  Source source_;
  std::shared_ptr<const Environment> environment_;
  Arena texts_;      // literals and names; bounded by the source, so never full
  Arena constants_;  // what folding made
  std::vector<Op> ops_;
  std::vector<std::uint32_t> args_;
  std::vector<const Function*> functions_;
  std::vector<std::shared_ptr<const Pattern>> patterns_;
  std::uint32_t root_ = 0;
  std::uint32_t locals_ = 0;
  Type type_;
  Needs needs_;
};

}  // namespace heed::rule
