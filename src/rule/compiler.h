#pragma once
#include <optional>
#include <string>
#include <vector>

#include "rule/compile.h"
#include "rule/eval.h"

namespace heed::rule {

/// Turns a tree into a Program: names to slots, types checked, constants folded, all in one walk from the
/// leaves up. Behind compile(); used once.
class Compiler {
 public:
  Compiler(const Ast& ast, Program& program, const CompileOptions& options, std::vector<Issue>& issues)
      : ast_(ast),
        program_(program),
        environment_(program.environment()),
        options_(options),
        issues_(issues),
        folder_(options.limits),
        fold_budget_(options.limits.fold_steps) {}
  void run();

 private:
  static constexpr std::uint32_t kNoLocal = UINT32_MAX;

  /// A compiled part.
  struct Part {
    std::uint32_t op = 0;
    Type type;
    bool pure = true;                    ///< gives the same every time: no slots, no impure functions
    std::uint32_t outermost = kNoLocal;  ///< lowest local that it reads
  };
  struct Local {
    std::string name;
    Type type;
  };

  Part compile(NodeId id);
  Part compile_node(const Node& node);
  // compiler_names.cc
  Part name(const Node& node);
  Part select(const Node& node);
  std::optional<Part> qualified(const Node& node, bool test);
  std::optional<std::string> path_of(const Node& node, bool& absolute) const;
  const Local* local(std::string_view name, std::uint32_t& number) const;
  Part unknown_name(const Node& node, const std::string& name);
  Part has_or_select(const Node& node, Part operand);
  // compiler_calls.cc
  Part call(const Node& node);
  Part member_call(const Node& node);
  Part apply(const Node& node, const Function& function, std::vector<Part> arguments);
  Part special(const Node& node, Part argument);
  Part matches(const Node& node, const Function& function, Part text, Part pattern);
  void check_constant_argument(const Node& node, const Function& function, const std::vector<Part>& arguments);
  Part unknown_function(const Node& node, const std::string& name, bool member);
  // compiler_operators.cc
  Part literal(const Node& node);
  Part logical(const Node& node);
  Part ternary(const Node& node);
  Part unary(const Node& node);
  Part binary(const Node& node);
  Part index(const Node& node);
  Part list(const Node& node);
  Part map(const Node& node);
  Part macro(const Node& node);
  Type arithmetic_type(const Node& node, OpCode code, const Type& a, const Type& b);
  void check_comparable(const Node& node, const Type& a, const Type& b);
  void check_orderable(const Node& node, const Type& a, const Type& b);
  void need_bool(const Node& at, const Part& part, std::string_view who);

  bool checked() const { return options_.mode == CompileOptions::Mode::Checked; }
  void issue(const Node& at, std::string message, std::string hint = {});
  Part emit(Op op, Type type);
  /// An op of `parts`, which say whether it is pure; folded if they are constant.
  Part combine(Op op, Type type, std::initializer_list<const Part*> parts);
  Part combine(Op op, Type type, const std::vector<Part>& operands, bool pure = true);  ///< fills a and b
  Part combined(Op op, Type type, bool pure, std::uint32_t outermost);
  Part fail_op(const Node& at, std::string_view message);
  const Op& op(const Part& part) const { return program_.ops_[part.op]; }
  bool is_constant(const Part& part) const { return op(part).code == OpCode::Const; }
  void collect_needs();
  void collect_text(const Op& op);

  const Ast& ast_;
  Program& program_;
  const Environment& environment_;
  const CompileOptions& options_;
  std::vector<Issue>& issues_;
  std::vector<Local> locals_;
  Evaluator folder_;
  Steps fold_budget_;
};

}  // namespace heed::rule
