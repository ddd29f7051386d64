#include "rule/compile.h"

#include <algorithm>
#include <set>

#include "rule/compiler.h"
#include "rule/parser.h"

namespace heed::rule {

Compiled compile(Source source, std::shared_ptr<const Environment> environment, const CompileOptions& options) {
  Compiled out;
  Parsed parsed = parse(source, options.limits);
  out.issues = std::move(parsed.issues);
  out.source = source;
  if (!out.issues.empty()) {
    return out;  // what stands around a hole is not worth checking
  }
  std::shared_ptr<Program> program(new Program(std::move(source), std::move(environment), options.limits));
  Compiler(parsed.ast, *program, options, out.issues).run();
  std::stable_sort(out.issues.begin(), out.issues.end(),
                   [](const Issue& a, const Issue& b) { return a.offset < b.offset; });
  if (out.issues.empty()) {
    out.program = std::move(program);
  }
  return out;
}

void Compiler::run() {
  const Part root = compile(ast_.root);
  program_.root_ = root.op;
  program_.type_ = root.type;
  if (options_.wanted && checked() && !root.type.fits(*options_.wanted)) {
    issue(ast_[ast_.root], "the expression has to give " + options_.wanted->text() + ", this is " + root.type.text());
  }
  collect_needs();
}

void Compiler::issue(const Node& at, std::string message, std::string hint) {
  if (issues_.size() < options_.limits.issues) {
    issues_.push_back({at.offset, at.length, std::move(message), std::move(hint)});
  }
}

Compiler::Part Compiler::compile(NodeId id) {
  const Node& node = ast_[id];
  Part part = compile_node(node);
  if (!checked()) {
    part.type = Type();
  }
  return part;
}

Compiler::Part Compiler::compile_node(const Node& node) {
  switch (node.kind) {
    case NodeKind::Error:
      return fail_op(node, "a part is missing");
    case NodeKind::Literal:
      return literal(node);
    case NodeKind::Ident:
      return name(node);
    case NodeKind::Select:
    case NodeKind::Has:
      return select(node);
    case NodeKind::Index:
      return index(node);
    case NodeKind::Call:
      return call(node);
    case NodeKind::MemberCall:
      return member_call(node);
    case NodeKind::List:
      return list(node);
    case NodeKind::Map:
      return map(node);
    case NodeKind::And:
    case NodeKind::Or:
      return logical(node);
    case NodeKind::Ternary:
      return ternary(node);
    case NodeKind::Unary:
      return unary(node);
    case NodeKind::Binary:
      return binary(node);
    case NodeKind::Macro:
      return macro(node);
  }
  return fail_op(node, "a part is missing");
}

Compiler::Part Compiler::emit(Op op, Type type) {
  program_.ops_.push_back(op);
  Part part;
  part.op = static_cast<std::uint32_t>(program_.ops_.size() - 1);
  part.type = std::move(type);
  return part;
}

Compiler::Part Compiler::combine(Op op, Type type, std::initializer_list<const Part*> parts) {
  bool pure = true;
  std::uint32_t outermost = kNoLocal;
  for (const Part* part : parts) {
    pure = pure && part->pure;
    outermost = std::min(outermost, part->outermost);
  }
  return combined(op, std::move(type), pure, outermost);
}

Compiler::Part Compiler::combine(Op op, Type type, const std::vector<Part>& operands, bool pure) {
  std::uint32_t outermost = kNoLocal;
  op.a = static_cast<std::uint32_t>(program_.args_.size());
  op.b = static_cast<std::uint32_t>(operands.size());
  for (const Part& part : operands) {
    program_.args_.push_back(part.op);
    pure = pure && part.pure;
    outermost = std::min(outermost, part.outermost);
  }
  return combined(op, std::move(type), pure, outermost);
}

Compiler::Part Compiler::combined(Op op, Type type, bool pure, std::uint32_t outermost) {
  Part part = emit(op, std::move(type));
  part.pure = pure;
  part.outermost = outermost;
  if (pure && outermost == kNoLocal && fold_budget_ > 0) {
    const Value value = folder_.fold(program_, part.op, program_.constants_, fold_budget_);
    // An error stays an op: it may never be reached, and if it is, it says where it stands.
    if (!value.is_error()) {
      Op& folded = program_.ops_[part.op];
      folded = {};
      folded.code = OpCode::Const;
      folded.place = op.place;
      folded.value = value;
    }
  }
  return part;
}

Compiler::Part Compiler::fail_op(const Node& at, std::string_view message) {
  Op op;
  op.code = OpCode::Fail;
  op.place = at.offset;
  op.value = make_error(program_.texts_, message);
  return emit(op, Type());
}

void Compiler::collect_text(const Op& op) {
  const auto& ops = program_.ops_;
  TextNeed need;
  std::uint32_t subject = op.a, text = op.b;
  if (op.code == OpCode::Call && op.b == 2) {
    const std::string& function = program_.functions_[op.c]->name;
    subject = program_.args_[op.a];
    text = program_.args_[op.a + 1];
    if (function == "contains") {
      need.how = TextNeed::How::Contains;
    } else if (function == "startsWith") {
      need.how = TextNeed::How::StartsWith;
    } else if (function == "endsWith") {
      need.how = TextNeed::How::EndsWith;
    } else {
      return;
    }
  } else if (op.code == OpCode::Matches) {
    need.how = TextNeed::How::Matches;
  } else if (op.code == OpCode::Equal) {
    need.how = TextNeed::How::Equals;
    if (ops[subject].code == OpCode::Const) {
      std::swap(subject, text);
    }
  } else {
    return;
  }
  if (ops[subject].code == OpCode::Attribute && ops[text].code == OpCode::Const && ops[text].value.is(Kind::String)) {
    need.slot = ops[subject].a;
    need.text = ops[text].value.text();
    if (std::find(program_.needs_.texts.begin(), program_.needs_.texts.end(), need) == program_.needs_.texts.end()) {
      program_.needs_.texts.push_back(std::move(need));
    }
  }
}

/// Only what is still reached from the root: folding leaves ops behind.
void Compiler::collect_needs() {
  const auto& ops = program_.ops_;
  std::vector<bool> reached(ops.size(), false);
  reached[program_.root_] = true;
  std::set<Slot> slots;
  std::set<std::string> functions;
  auto reach = [&](std::uint32_t op) { reached[op] = true; };
  for (std::size_t i = program_.root_ + 1; i-- > 0;) {  // operands come before what uses them
    if (!reached[i]) {
      continue;
    }
    const Op& op = ops[i];
    switch (op.code) {
      case OpCode::Const:
      case OpCode::Local:
      case OpCode::Fail:
        break;
      case OpCode::Attribute:
      case OpCode::HasAttribute:
        slots.insert(op.a);
        break;
      case OpCode::And:
      case OpCode::Or:
      case OpCode::List:
      case OpCode::Map:
      case OpCode::Call:
        for (std::uint32_t k = 0; k < op.b; ++k) {
          reach(program_.args_[op.a + k]);
        }
        if (op.code == OpCode::Call) {
          functions.insert(program_.functions_[op.c]->name);
        }
        break;
      case OpCode::Select:
      case OpCode::Has:
      case OpCode::Not:
      case OpCode::Negate:
      case OpCode::TypeOf:
        reach(op.a);
        break;
      case OpCode::Matches:
        functions.insert("matches");
        reach(op.a);
        break;
      case OpCode::Ternary:
        reach(op.c);
        [[fallthrough]];
      default:  // two operands; macros have a range and a body, and may have a filter
        reach(op.a);
        reach(op.b);
        if (op.d != Op::kNone) {
          reach(op.d);
        }
    }
  }
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (reached[i]) {
      collect_text(ops[i]);
    }
  }
  program_.needs_.slots.assign(slots.begin(), slots.end());
  program_.needs_.functions.assign(functions.begin(), functions.end());
}

}  // namespace heed::rule
