#include "rule/eval.h"

#include <algorithm>
#include <array>

namespace heed::rule {
namespace {

/// Function arguments that fit on the stack; calls with more make room in the arena.
constexpr std::size_t kArguments = 6;

bool takes(const Overload& overload, std::span<const Value> arguments, bool variadic) {
  const std::size_t n = overload.takes.size();
  if (variadic ? arguments.size() < n : arguments.size() != n) {
    return false;
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!overload.takes[std::min(i, n - 1)].may_be(arguments[i].kind())) {
      return false;
    }
  }
  return true;
}

}  // namespace

Evaluator::Evaluator(const Limits& limits) : limits_(limits), arena_(limits.memory_bytes) {}
Evaluator::~Evaluator() = default;

Value Evaluator::run(const Program& program, const Activation& activation, void* context) {
  arena_.reset();
  program_ = &program;
  ops_ = program.ops_.data();
  activation_ = &activation;
  into_ = &arena_;
  context_ = context;
  steps_ = limits_.steps;
  if (locals_.size() < program.locals_) {
    locals_.resize(program.locals_);
  }
  return eval(program.root_);
}

Value Evaluator::fold(const Program& program, std::uint32_t op, Arena& into, Steps& budget) {
  static const FixedActivation nothing({});
  program_ = &program;
  ops_ = program.ops_.data();
  activation_ = &nothing;
  into_ = &into;
  context_ = nullptr;
  steps_ = budget;
  if (locals_.size() < program.locals_) {
    locals_.resize(program.locals_);
  }
  const Value value = eval(op);
  budget = steps_;
  return value;
}

Value Evaluator::eval(std::uint32_t index) {
  const Op& op = ops_[index];
  if (steps_ == 0) [[unlikely]] {
    return out_of_steps().at(op.place);
  }
  --steps_;
  switch (op.code) {
    case OpCode::Const:
      return op.value;
    case OpCode::Attribute: {
      const Value value = activation_->load(op.a, *into_);
      return value.is(Kind::Missing) ? eval_rare(op) : value;
    }
    case OpCode::Local:
      return locals_[op.a];
    case OpCode::And:
      return logical(op, /*decides=*/false);
    case OpCode::Or:
      return logical(op, /*decides=*/true);
    case OpCode::Less:
    case OpCode::LessEqual:
    case OpCode::Greater:
    case OpCode::GreaterEqual: {
      const Value a = eval(op.a);
      if (a.is_error()) {
        return a;
      }
      const Value b = eval(op.b);
      if (b.is_error()) {
        return b;
      }
      if (a.is(Kind::String) || a.is(Kind::Bytes)) {
        if (!pay(a)) {
          return out_of_steps().at(op.place);
        }
      }
      switch (compare(a, b)) {
        case Order::Less:
          return Value::boolean(op.code == OpCode::Less || op.code == OpCode::LessEqual);
        case Order::Greater:
          return Value::boolean(op.code == OpCode::Greater || op.code == OpCode::GreaterEqual);
        case Order::Equal:
          return Value::boolean(op.code == OpCode::LessEqual || op.code == OpCode::GreaterEqual);
        case Order::Unordered:
          return Value::boolean(false);
        case Order::Incomparable:
          return no_overload().at(op.place);
      }
      return no_overload().at(op.place);
    }
    case OpCode::Equal:
    case OpCode::NotEqual: {
      const Value a = eval(op.a);
      if (a.is_error()) {
        return a;
      }
      const Value b = eval(op.b);
      if (b.is_error()) {
        return b;
      }
      const Value same = equals(a, b, steps_);
      return same.is_error() ? same.at(op.place) : Value::boolean(same.as_bool() == (op.code == OpCode::Equal));
    }
    case OpCode::Not: {
      const Value a = eval(op.a);
      return a.is(Kind::Bool) ? Value::boolean(!a.as_bool()) : a.is_error() ? a : no_overload().at(op.place);
    }
    case OpCode::Ternary: {
      const Value condition = eval(op.a);
      if (!condition.is(Kind::Bool)) {
        return condition.is_error() ? condition : no_overload().at(op.place);
      }
      return eval(condition.as_bool() ? op.b : op.c);
    }
    case OpCode::In: {
      const Value a = eval(op.a);
      if (a.is_error()) {
        return a;
      }
      const Value b = eval(op.b);
      return b.is_error() ? b : contained(a, b).at(op.place);
    }
    case OpCode::Call:
      return call(op);
    case OpCode::Matches: {
      const Value text = eval(op.a);
      if (!text.is(Kind::String)) {
        return text.is_error() ? text : no_overload().at(op.place);
      }
      Call context{*into_, steps_, patterns_, limits_, context_};
      return patterns_.search(context, *program_->patterns_[op.c], text.text()).at(op.place);
    }
    default:
      return eval_rare(op);
  }
}

Value Evaluator::eval_rare(const Op& op) {
  switch (op.code) {
    case OpCode::Attribute: {
      const std::string& name = program_->environment_->variables()[op.a].name;
      return make_error(*into_, "'" + name + "' is not known here").at(op.place);
    }
    case OpCode::HasAttribute: {
      const Value value = activation_->load(op.a, *into_);
      return value.is_error() ? value : Value::boolean(!value.is(Kind::Missing));
    }
    case OpCode::Select:
    case OpCode::Has:
      return select(op);
    case OpCode::Index: {
      const Value a = eval(op.a);
      if (a.is_error()) {
        return a;
      }
      const Value b = eval(op.b);
      return b.is_error() ? b : index(a, b).at(op.place);
    }
    case OpCode::Negate: {
      const Value a = eval(op.a);
      return a.is_error() ? a : negated(a).at(op.place);
    }
    case OpCode::Add:
    case OpCode::Subtract:
    case OpCode::Multiply:
    case OpCode::Divide:
    case OpCode::Modulo: {
      const Value a = eval(op.a);
      if (a.is_error()) {
        return a;
      }
      const Value b = eval(op.b);
      if (b.is_error()) {
        return b;
      }
      Call context{*into_, steps_, patterns_, limits_, context_};
      return arithmetic(op.code, a, b, context).at(op.place);
    }
    case OpCode::List:
      return list(op);
    case OpCode::Map:
      return map(op);
    case OpCode::TypeOf: {
      const Value a = eval(op.a);
      return a.is_error() ? a : Value::type(type_name(a.kind()));
    }
    case OpCode::Fail:
      return op.value.at(op.place);
    default:
      return macro(op);
  }
}

/// && and ||: an operand that decides wins over errors, wherever it stands; else the first error.
Value Evaluator::logical(const Op& op, bool decides) {
  Value error;
  const std::uint32_t* operands = program_->args_.data() + op.a;
  for (std::uint32_t i = 0; i < op.b; ++i) {
    const Value value = eval(operands[i]);
    if (value.is(Kind::Bool)) [[likely]] {
      if (value.as_bool() == decides) {
        return value;
      }
    } else if (value.is_fatal()) {
      return value;
    } else if (!error.is_error()) {
      error = value.is_error() ? value : no_overload().at(op.place);
    }
  }
  return error.is_error() ? error : Value::boolean(!decides);
}

Value Evaluator::call(const Op& op) {
  std::array<Value, kArguments> few;
  Value* arguments = few.data();
  if (op.b > kArguments) {
    arguments = into_->array<Value>(op.b);
    if (arguments == nullptr) {
      return out_of_memory().at(op.place);
    }
  }
  for (std::uint32_t i = 0; i < op.b; ++i) {
    arguments[i] = eval(program_->args_[op.a + i]);
    if (arguments[i].is_error()) {
      return arguments[i];
    }
  }
  const Function& function = *program_->functions_[op.c];
  const std::span<const Value> given(arguments, op.b);
  for (const Overload& overload : function.overloads) {
    if (takes(overload, given, function.variadic)) {
      Call context{*into_, steps_, patterns_, limits_, context_};
      return overload.run(context, given).at(op.place);
    }
  }
  return no_overload().at(op.place);
}

Value Evaluator::select(const Op& op) {
  const Value a = eval(op.a);
  if (a.is_error()) {
    return a;
  }
  const bool test = op.code == OpCode::Has;
  if (!a.is(Kind::Map)) {
    return Value::error("only maps and records have fields").at(op.place);
  }
  if (!pay(op.value)) {
    return out_of_steps().at(op.place);
  }
  const Value* found = a.as_map().find(op.value);
  if (test) {
    return Value::boolean(found != nullptr && !found->is(Kind::Missing));
  }
  if (found != nullptr && !found->is(Kind::Missing)) {
    return *found;
  }
  return make_error(*into_, "no such key: '" + std::string(op.value.text()) + "'").at(op.place);
}

bool Evaluator::pay(Value text) {
  const std::uint64_t cost = text.is(Kind::String) || text.is(Kind::Bytes) ? text.text().size() / 64 : 0;
  steps_ = steps_ > cost ? steps_ - cost : 0;
  return steps_ != 0;
}

Value Evaluator::index(Value container, Value key) {
  if (container.is(Kind::Map)) {
    if (!pay(key)) {
      return out_of_steps();
    }
    const Value* found = container.as_map().find(key);
    return found != nullptr && !found->is(Kind::Missing) ? *found : Value::error("no such key");
  }
  if (!container.is(Kind::List)) {
    return no_overload();
  }
  const List& items = container.as_list();
  std::uint64_t at = UINT64_MAX;
  if (key.is(Kind::Int)) {
    at = key.as_int() < 0 ? at : static_cast<std::uint64_t>(key.as_int());
  } else if (key.is(Kind::Uint)) {
    at = key.as_uint();
  } else if (key.is(Kind::Double)) {
    const double d = key.as_double();
    if (!(d >= 0 && d < 4294967296.0) || d != static_cast<double>(static_cast<std::uint64_t>(d))) {
      return Value::error("the index is not a whole number in the list");
    }
    at = static_cast<std::uint64_t>(d);
  } else {
    return no_overload();
  }
  return at < items.size ? items.items[at] : Value::error("the index is outside of the list");
}

Value Evaluator::contained(Value element, Value container) {
  if (container.is(Kind::Map)) {
    return !pay(element) ? out_of_steps() : Value::boolean(container.as_map().find(element) != nullptr);
  }
  if (!container.is(Kind::List)) {
    return no_overload();
  }
  for (const Value item : container.as_list()) {
    const Value same = equals(element, item, steps_);
    if (same.is_error() || same.as_bool()) {
      return same;
    }
  }
  return Value::boolean(false);
}

Value Evaluator::list(const Op& op) {
  auto* items = into_->array<Value>(op.b);
  if (items == nullptr) {
    return out_of_memory().at(op.place);
  }
  for (std::uint32_t i = 0; i < op.b; ++i) {
    items[i] = eval(program_->args_[op.a + i]);
    if (items[i].is_error()) {
      return items[i];
    }
  }
  return make_list(*into_, items, op.b).at(op.place);
}

Value Evaluator::map(const Op& op) {
  auto* entries = into_->array<Entry>(op.b / 2);
  if (entries == nullptr) {
    return out_of_memory().at(op.place);
  }
  for (std::uint32_t i = 0; i < op.b; ++i) {
    const Value value = eval(program_->args_[op.a + i]);
    if (value.is_error()) {
      return value;
    }
    (i % 2 == 0 ? entries[i / 2].key : entries[i / 2].value) = value;
    if (i % 2 == 0 && !pay(value)) {
      return out_of_steps().at(op.place);
    }
  }
  return make_map(*into_, entries, op.b / 2).at(op.place);
}

Value Evaluator::macro(const Op& op) {
  const Value range = eval(op.a);
  const Value* items = nullptr;
  std::size_t count = 0, stride = 1;
  if (range.is(Kind::List)) {
    items = range.as_list().items;
    count = range.as_list().size;
  } else if (range.is(Kind::Map)) {
    count = range.as_map().size;
    items = count == 0 ? nullptr : &range.as_map().entries->key;
    stride = sizeof(Entry) / sizeof(Value);
  } else {
    return range.is_error() ? range : no_overload().at(op.place);
  }
  return op.code == OpCode::Transform || op.code == OpCode::Filter ? collected(op, items, count, stride)
                                                                   : quantified(op, items, count, stride);
}

Value Evaluator::quantified(const Op& op, const Value* items, std::size_t count, std::size_t stride) {
  Value error;
  std::size_t hits = 0;
  for (std::size_t i = 0; i < count; ++i) {
    locals_[op.c] = items[i * stride];
    const Value value = eval(op.b);
    if (value.is(Kind::Bool)) {
      if (op.code == OpCode::ExistsOne) {
        hits += value.as_bool() ? 1 : 0;
      } else if (value.as_bool() == (op.code == OpCode::Exists)) {
        return value;
      }
      continue;
    }
    const Value wrong = value.is_error() ? value : no_overload().at(op.place);
    if (op.code == OpCode::ExistsOne || value.is_fatal()) {
      return wrong;
    }
    error = error.is_error() ? error : wrong;
  }
  if (error.is_error()) {
    return error;
  }
  return Value::boolean(op.code == OpCode::ExistsOne ? hits == 1 : op.code == OpCode::All);
}

Value Evaluator::collected(const Op& op, const Value* items, std::size_t count, std::size_t stride) {
  auto* out = into_->array<Value>(count);
  if (out == nullptr) {
    return out_of_memory().at(op.place);
  }
  const std::uint32_t condition = op.code == OpCode::Filter ? op.b : op.d;
  std::size_t size = 0;
  for (std::size_t i = 0; i < count; ++i) {
    locals_[op.c] = items[i * stride];
    if (condition != Op::kNone) {
      const Value keep = eval(condition);
      if (!keep.is(Kind::Bool)) {
        return keep.is_error() ? keep : no_overload().at(op.place);
      }
      if (!keep.as_bool()) {
        continue;
      }
    }
    const Value value = op.code == OpCode::Filter ? items[i * stride] : eval(op.b);
    if (value.is_error()) {
      return value;
    }
    out[size++] = value;
  }
  return make_list(*into_, out, size).at(op.place);
}

std::string error_text(const Program& program, Value error) {
  std::string text = error.message();
  if (error.place() != Value::kNoPlace) {
    const Position at = position_of(program.source(), error.place());
    text += " (line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ")";
  }
  return text;
}

}  // namespace heed::rule
