#include <algorithm>

#include "rule/compiler.h"

namespace heed::rule {
namespace {

/// Names that stand for types.
const Kind* type_named(std::string_view name) {
  static constexpr Kind kKinds[] = {Kind::Bool, Kind::Int, Kind::Uint, Kind::Double, Kind::String,    Kind::Bytes,
                                    Kind::List, Kind::Map, Kind::Null, Kind::Type,   Kind::Timestamp, Kind::Duration};
  for (const Kind& kind : kKinds) {
    if (type_name(kind) == name) {
      return &kind;
    }
  }
  return nullptr;
}

}  // namespace

const Compiler::Local* Compiler::local(std::string_view name, std::uint32_t& number) const {
  for (std::size_t i = locals_.size(); i-- > 0;) {
    if (locals_[i].name == name) {
      number = static_cast<std::uint32_t>(i);
      return &locals_[i];
    }
  }
  return nullptr;
}

/// "a.b.c" where the node is nothing but that; nothing where it begins with a variable of a macro.
std::optional<std::string> Compiler::path_of(const Node& node, bool& absolute) const {
  if (node.kind == NodeKind::Ident) {
    std::uint32_t number;
    absolute = node.absolute;
    if (!absolute && local(node.text, number) != nullptr) {
      return std::nullopt;
    }
    return node.text;
  }
  if (node.kind != NodeKind::Select && node.kind != NodeKind::Has) {
    return std::nullopt;
  }
  std::optional<std::string> path = path_of(ast_[node.children[0]], absolute);
  if (path) {
    *path += "." + node.text;
  }
  return path;
}

/// A variable or type under the whole path; the longest path that is declared wins over fields of a shorter
/// one.
std::optional<Compiler::Part> Compiler::qualified(const Node& node, bool test) {
  bool absolute = false;
  const std::optional<std::string> path = path_of(node, absolute);
  if (!path) {
    return std::nullopt;
  }
  for (const std::string& candidate : absolute ? std::vector<std::string>{*path} : environment_.candidates(*path)) {
    Op op;
    op.place = node.offset;
    if (const Variable* variable = environment_.variable(candidate)) {
      op.code = test ? OpCode::HasAttribute : OpCode::Attribute;
      op.a = variable->slot;
      Part part = emit(op, test ? Type::of(Kind::Bool) : variable->type);
      part.pure = false;
      return part;
    }
    if (const Kind* kind = type_named(candidate); kind != nullptr && !test) {
      op.value = Value::type(type_name(*kind));
      return emit(op, Type::of(Kind::Type));
    }
  }
  return std::nullopt;
}

Compiler::Part Compiler::name(const Node& node) {
  std::uint32_t number = 0;
  if (const Local* found = node.absolute ? nullptr : local(node.text, number)) {
    Op op;
    op.code = OpCode::Local;
    op.a = number;
    op.place = node.offset;
    Part part = emit(op, found->type);
    part.outermost = number;
    return part;
  }
  if (auto part = qualified(node, /*test=*/false)) {
    return *part;
  }
  return unknown_name(node, node.text);
}

Compiler::Part Compiler::unknown_name(const Node& node, const std::string& name) {
  if (checked()) {
    std::vector<std::string> known = environment_.variable_names();
    for (const Local& l : locals_) {
      known.push_back(l.name);
    }
    std::string hint = did_you_mean(name, known);
    if (hint.empty() &&
        (environment_.function(name, false) != nullptr || environment_.function(name, true) != nullptr)) {
      hint = "it is a function: " + name + "(…)";
    }
    if (hint.empty()) {
      const std::string below = name + ".";
      for (const std::string& k : known) {
        if (k.starts_with(below)) {
          hint = "what is known of it has a name of its own, such as " + k;
          break;
        }
      }
    }
    issue(node, "unknown name '" + name + "'", hint);
  }
  Part part = fail_op(node, "unknown name '" + name + "'");
  return part;
}

Compiler::Part Compiler::select(const Node& node) {
  const bool test = node.kind == NodeKind::Has;
  if (auto part = qualified(node, test)) {
    return *part;
  }
  const Node& operand = ast_[node.children[0]];
  bool absolute = false;
  // A path of which no beginning is declared is one unknown name, not an unknown first word.
  if (const auto path = path_of(node, absolute); path && checked()) {
    std::string_view head = *path;
    bool declared = false;
    while (!declared && !head.empty()) {
      for (const std::string& candidate :
           absolute ? std::vector<std::string>{std::string(head)} : environment_.candidates(head)) {
        declared = declared || environment_.variable(candidate) != nullptr || type_named(candidate) != nullptr;
      }
      const std::size_t dot = head.rfind('.');
      head = dot == std::string_view::npos ? std::string_view() : head.substr(0, dot);
    }
    if (!declared) {
      Node whole = node;
      const Node* first = &operand;
      while (first->kind == NodeKind::Select) {
        first = &ast_[first->children[0]];
      }
      whole.offset = first->offset;
      whole.length = node.offset + node.length - first->offset;
      return unknown_name(whole, *path);
    }
  }
  return has_or_select(node, compile(node.children[0]));
}

Compiler::Part Compiler::has_or_select(const Node& node, Part operand) {
  const bool test = node.kind == NodeKind::Has;
  Type type;
  const Type& of = operand.type;
  if (of.is() == Type::Is::Record) {
    const Type* field = of.fields().find(node.text);
    if (field == nullptr) {
      issue(node, of.text() + " has no field '" + node.text + "'", did_you_mean(node.text, of.fields().names()));
    } else {
      type = *field;
    }
  } else if (of.is() == Type::Is::Map) {
    if (!of.key().may_be(Kind::String)) {
      issue(node, "this map has no fields: its keys are " + of.key().text());
    }
    type = of.value();
  } else if (!of.is_dyn()) {
    issue(node, of.text() + " has no field '" + node.text + "'",
          environment_.function(node.text, true) != nullptr ? "it is a function: " + node.text + "(…)" : "");
  }
  Op op;
  op.code = test ? OpCode::Has : OpCode::Select;
  op.a = operand.op;
  op.place = node.offset;
  op.value = make_string(program_.texts_, node.text);
  return combine(op, test ? Type::of(Kind::Bool) : type, {&operand});
}

}  // namespace heed::rule
