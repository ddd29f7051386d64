#pragma once
#include <memory>

#include "rule/program.h"

namespace heed::rule {

/// Evaluates programs; one a thread, reused: in steady state an expression over numbers, texts and records
/// allocates nothing. An error of the expression is a value; a passed limit is an error that nothing absorbs.
class Evaluator {
 public:
  explicit Evaluator(const Limits& limits = {});
  ~Evaluator();

  /// The value lives until the next run and as long as program and activation. `context` reaches functions as
  /// Call::context.
  Value run(const Program& program, const Activation& activation, void* context = nullptr);
  /// What patterns find in these bytes is remembered from run to run; until the next call the bytes must not change and
  /// no program that is run may go.
  void remember(std::string_view text) { patterns_.remember(text); }
  /// Steps that the latest run took.
  Steps steps_taken() const { return limits_.steps - steps_; }
  Arena& arena() { return arena_; }

 private:
  friend class Compiler;
  Value fold(const Program& program, std::uint32_t op, Arena& into, Steps& budget);
  Value eval(std::uint32_t index);
  Value eval_rare(const Op& op);
  Value logical(const Op& op, bool decides);
  Value call(const Op& op);
  Value macro(const Op& op);
  Value quantified(const Op& op, const Value* items, std::size_t count, std::size_t stride);
  Value collected(const Op& op, const Value* items, std::size_t count, std::size_t stride);
  Value list(const Op& op);
  Value map(const Op& op);
  Value select(const Op& op);
  Value index(Value container, Value key);
  Value contained(Value element, Value container);
  bool pay(Value text);  ///< for looking at the whole of it; false when the steps are used up

  Limits limits_;
  Arena arena_;
  Patterns patterns_;
  std::vector<Value> locals_;
  // of the run
  const Program* program_ = nullptr;
  const Op* ops_ = nullptr;
  const Activation* activation_ = nullptr;
  Arena* into_ = nullptr;
  void* context_ = nullptr;
  Steps steps_ = 0;
};

/// "division by zero (line 1, column 3)".
std::string error_text(const Program& program, Value error);

/// Arithmetic of the language on two values that are no errors.
Value arithmetic(OpCode code, Value a, Value b, Call& call);
Value negated(Value a);

}  // namespace heed::rule
