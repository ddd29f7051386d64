#include <algorithm>
#include <array>

#include "rule/compiler.h"

namespace heed::rule {
namespace {

OpCode code_of(Operator op) {
  switch (op) {
    case Operator::Less:
      return OpCode::Less;
    case Operator::LessEqual:
      return OpCode::LessEqual;
    case Operator::Greater:
      return OpCode::Greater;
    case Operator::GreaterEqual:
      return OpCode::GreaterEqual;
    case Operator::Equal:
      return OpCode::Equal;
    case Operator::NotEqual:
      return OpCode::NotEqual;
    case Operator::In:
      return OpCode::In;
    case Operator::Add:
      return OpCode::Add;
    case Operator::Subtract:
      return OpCode::Subtract;
    case Operator::Multiply:
      return OpCode::Multiply;
    case Operator::Divide:
      return OpCode::Divide;
    case Operator::Modulo:
      return OpCode::Modulo;
    case Operator::Not:
      return OpCode::Not;
    default:
      return OpCode::Negate;
  }
}

struct Pair {
  Kind left, right, gives;
};
constexpr std::array<Pair, 8> kSums = {{{Kind::Int, Kind::Int, Kind::Int},
                                        {Kind::Uint, Kind::Uint, Kind::Uint},
                                        {Kind::Double, Kind::Double, Kind::Double},
                                        {Kind::String, Kind::String, Kind::String},
                                        {Kind::Bytes, Kind::Bytes, Kind::Bytes},
                                        {Kind::Duration, Kind::Duration, Kind::Duration},
                                        {Kind::Timestamp, Kind::Duration, Kind::Timestamp},
                                        {Kind::Duration, Kind::Timestamp, Kind::Timestamp}}};
constexpr std::array<Pair, 6> kDifferences = {{{Kind::Int, Kind::Int, Kind::Int},
                                               {Kind::Uint, Kind::Uint, Kind::Uint},
                                               {Kind::Double, Kind::Double, Kind::Double},
                                               {Kind::Duration, Kind::Duration, Kind::Duration},
                                               {Kind::Timestamp, Kind::Timestamp, Kind::Duration},
                                               {Kind::Timestamp, Kind::Duration, Kind::Timestamp}}};
constexpr std::array<Pair, 3> kProducts = {{{Kind::Int, Kind::Int, Kind::Int},
                                            {Kind::Uint, Kind::Uint, Kind::Uint},
                                            {Kind::Double, Kind::Double, Kind::Double}}};

std::span<const Pair> pairs_of(OpCode code) {
  return code == OpCode::Add        ? std::span<const Pair>(kSums)
         : code == OpCode::Subtract ? std::span<const Pair>(kDifferences)
         : code == OpCode::Modulo   ? std::span<const Pair>(kProducts).first(2)
                                    : std::span<const Pair>(kProducts);
}

bool only_number(const Type& t) { return t.is(Kind::Int) || t.is(Kind::Uint) || t.is(Kind::Double); }

/// Mixed numbers are the fault that people make most.
std::string number_hint(const Type& a, const Type& b) {
  if (!only_number(a) || !only_number(b)) {
    return "";
  }
  const Type& real = a.is(Kind::Double) ? a : b;
  return real.is(Kind::Double) ? "write whole numbers with a point, 2.0, or convert with double(…)"
                               : "convert one, with int(…) or uint(…)";
}

}  // namespace

void Compiler::need_bool(const Node& at, const Part& part, std::string_view who) {
  if (!part.type.may_be(Kind::Bool)) {
    issue(at, std::string(who) + " needs bool, this is " + part.type.text());
  }
}

Compiler::Part Compiler::literal(const Node& node) {
  Op op;
  op.place = node.offset;
  op.value = node.literal;
  if (node.literal.is(Kind::String)) {
    op.value = make_string(program_.texts_, node.text);
  } else if (node.literal.is(Kind::Bytes)) {
    op.value = make_bytes(program_.texts_, node.text);
  }
  return emit(op, Type::of(node.literal.kind()));
}

Compiler::Part Compiler::logical(const Node& node) {
  std::vector<Part> parts;
  for (NodeId child : node.children) {
    parts.push_back(compile(child));
    need_bool(ast_[child], parts.back(), node.kind == NodeKind::And ? "'&&'" : "'||'");
  }
  Op op;
  op.code = node.kind == NodeKind::And ? OpCode::And : OpCode::Or;
  op.place = node.offset;
  return combine(op, Type::of(Kind::Bool), parts);
}

Compiler::Part Compiler::ternary(const Node& node) {
  const Part condition = compile(node.children[0]);
  const Part yes = compile(node.children[1]);
  const Part no = compile(node.children[2]);
  need_bool(ast_[node.children[0]], condition, "the condition before '?'");
  if (!yes.type.fits(no.type)) {
    issue(node, "both sides of ':' must be of one type, these are " + yes.type.text() + " and " + no.type.text(),
          number_hint(yes.type, no.type));
  }
  Op op;
  op.code = OpCode::Ternary;
  op.a = condition.op;
  op.b = yes.op;
  op.c = no.op;
  op.place = node.offset;
  return combine(op, Type::join(yes.type, no.type), {&condition, &yes, &no});
}

Compiler::Part Compiler::unary(const Node& node) {
  const Part operand = compile(node.children[0]);
  Op op;
  op.code = code_of(node.op);
  op.a = operand.op;
  op.place = node.offset;
  if (node.op == Operator::Not) {
    need_bool(node, operand, "'!'");
    return combine(op, Type::of(Kind::Bool), {&operand});
  }
  if (!operand.type.may_be(Kind::Int) && !operand.type.may_be(Kind::Double)) {
    issue(node, "'-' needs int or double, this is " + operand.type.text());
  }
  return combine(op, operand.type, {&operand});
}

Type Compiler::arithmetic_type(const Node& node, OpCode code, const Type& a, const Type& b) {
  std::vector<Type> found;
  if (code == OpCode::Add && a.may_be(Kind::List) && b.may_be(Kind::List)) {
    found.push_back(Type::join(a, b).is_dyn() ? Type::list({}) : Type::join(a, b));
  }
  for (const Pair& pair : pairs_of(code)) {
    if (a.may_be(pair.left) && b.may_be(pair.right) && (found.empty() || !found.back().is(pair.gives))) {
      found.push_back(Type::of(pair.gives));
    }
  }
  if (found.empty()) {
    issue(node, "'" + std::string(operator_text(node.op)) + "' does not go with " + a.text() + " and " + b.text(),
          number_hint(a, b));
  }
  return found.size() == 1 ? found[0] : Type();
}

void Compiler::check_comparable(const Node& node, const Type& a, const Type& b) {
  const bool numbers = a.may_be_number() && b.may_be_number();
  if (!numbers && !a.fits(b) && !b.fits(a)) {
    std::string hint = a.is(Kind::Null) || b.is(Kind::Null) ? "whether something is known is asked with has(…)" : "";
    issue(node,
          "'" + std::string(operator_text(node.op)) + "' compares " + a.text() + " with " + b.text() +
              ", which are never equal",
          hint);
  }
}

void Compiler::check_orderable(const Node& node, const Type& a, const Type& b) {
  bool can = a.may_be_number() && b.may_be_number();
  for (Kind kind : {Kind::Bool, Kind::String, Kind::Bytes, Kind::Timestamp, Kind::Duration}) {
    can = can || (a.may_be(kind) && b.may_be(kind));
  }
  if (!can) {
    issue(node, "'" + std::string(operator_text(node.op)) + "' does not go with " + a.text() + " and " + b.text());
  }
}

Compiler::Part Compiler::binary(const Node& node) {
  const Part left = compile(node.children[0]);
  const Part right = compile(node.children[1]);
  Op op;
  op.code = code_of(node.op);
  op.a = left.op;
  op.b = right.op;
  op.place = node.offset;
  Type type = Type::of(Kind::Bool);
  switch (node.op) {
    case Operator::Equal:
    case Operator::NotEqual:
      check_comparable(node, left.type, right.type);
      break;
    case Operator::In:
      if (right.type.is() == Type::Is::List) {
        check_comparable(node, left.type, right.type.element());
      } else if (right.type.is() == Type::Is::Map) {
        check_comparable(node, left.type, right.type.key());
      } else if (!right.type.may_be(Kind::List) && !right.type.may_be(Kind::Map)) {
        issue(node, "'in' needs a list or a map behind it, this is " + right.type.text(),
              right.type.is(Kind::String) ? "whether a text holds another is asked with text.contains(…)" : "");
      }
      break;
    case Operator::Less:
    case Operator::LessEqual:
    case Operator::Greater:
    case Operator::GreaterEqual:
      check_orderable(node, left.type, right.type);
      break;
    default:
      type = arithmetic_type(node, op.code, left.type, right.type);
  }
  return combine(op, type, {&left, &right});
}

Compiler::Part Compiler::index(const Node& node) {
  const Part container = compile(node.children[0]);
  const Part key = compile(node.children[1]);
  Type type;
  const Type& of = container.type;
  if (of.is() == Type::Is::List) {
    type = of.element();
    if (!key.type.may_be_number()) {
      issue(ast_[node.children[1]], "a list is indexed with a number, this is " + key.type.text());
    }
  } else if (of.is() == Type::Is::Map) {
    type = of.value();
    if (!(key.type.may_be_number() && of.key().may_be_number()) && !key.type.fits(of.key())) {
      issue(ast_[node.children[1]], "the keys of this map are " + of.key().text() + ", this is " + key.type.text());
    }
  } else if (!of.may_be(Kind::List) && !of.may_be(Kind::Map)) {
    issue(node, of.text() + " cannot be indexed");
  }
  Op op;
  op.code = OpCode::Index;
  op.a = container.op;
  op.b = key.op;
  op.place = node.offset;
  return combine(op, type, {&container, &key});
}

Compiler::Part Compiler::list(const Node& node) {
  std::vector<Part> parts;
  Type element;
  for (NodeId child : node.children) {
    parts.push_back(compile(child));
    element = parts.size() == 1 ? parts.back().type : Type::join(element, parts.back().type);
  }
  Op op;
  op.code = OpCode::List;
  op.place = node.offset;
  return combine(op, Type::list(element), parts);
}

Compiler::Part Compiler::map(const Node& node) {
  std::vector<Part> parts;
  Type key, value;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node& child = ast_[node.children[i]];
    parts.push_back(compile(node.children[i]));
    const Type& type = parts.back().type;
    Type& joined = i % 2 == 0 ? key : value;
    joined = i < 2 ? type : Type::join(joined, type);
    if (i % 2 == 0 && !type.may_be(Kind::Bool) && !type.may_be(Kind::Int) && !type.may_be(Kind::Uint) &&
        !type.may_be(Kind::String)) {
      issue(child, "a map's keys are bool, int, uint or string, this is " + type.text());
      key = Type();
    }
  }
  Op op;
  op.code = OpCode::Map;
  op.place = node.offset;
  return combine(op, Type::map(key, value), parts);
}

Compiler::Part Compiler::macro(const Node& node) {
  const Part range = compile(node.children[0]);
  Type element;
  if (range.type.is() == Type::Is::List) {
    element = range.type.element();
  } else if (range.type.is() == Type::Is::Map) {
    element = range.type.key();
  } else if (!range.type.may_be(Kind::List) && !range.type.may_be(Kind::Map)) {
    issue(node, std::string(macro_name(node.macro)) + "() goes over a list or a map, this is " + range.type.text());
  }
  const auto number = static_cast<std::uint32_t>(locals_.size());
  locals_.push_back({node.text, element});
  program_.locals_ = std::max(program_.locals_, number + 1);
  std::vector<Part> bodies;
  for (std::size_t i = 1; i < node.children.size(); ++i) {
    bodies.push_back(compile(node.children[i]));
  }
  locals_.pop_back();
  const bool with_filter = bodies.size() == 2;
  Op op;
  op.a = range.op;
  op.b = bodies.back().op;
  op.c = number;
  op.d = with_filter ? bodies[0].op : Op::kNone;
  op.place = node.offset;
  Type type = Type::of(Kind::Bool);
  const Node& first_body = ast_[node.children[1]];
  switch (node.macro) {
    case Macro::Map:
      op.code = OpCode::Transform;
      type = Type::list(bodies.back().type);
      if (with_filter) {
        need_bool(first_body, bodies[0], "the condition of map()");
      }
      break;
    case Macro::Filter:
      op.code = OpCode::Filter;
      type = Type::list(element);
      need_bool(first_body, bodies[0], "filter()");
      break;
    default:
      op.code = node.macro == Macro::All      ? OpCode::All
                : node.macro == Macro::Exists ? OpCode::Exists
                                              : OpCode::ExistsOne;
      need_bool(first_body, bodies[0], std::string(macro_name(node.macro)) + "()");
  }
  bool pure = range.pure;
  std::uint32_t outermost = range.outermost;
  for (const Part& body : bodies) {
    pure = pure && body.pure;
    // What the body reads of this macro's own variable, or of those inside, is bound here.
    outermost = std::min(outermost, body.outermost < number ? body.outermost : kNoLocal);
  }
  return combined(op, type, pure, outermost);
}

}  // namespace heed::rule
