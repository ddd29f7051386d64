#include <array>
#include <charconv>
#include <cmath>

#include "rule/ast.h"
#include "rule/literal.h"

namespace heed::rule {
namespace {

constexpr int kTernary = 0, kOr = 1, kAnd = 2, kRelation = 3, kAdd = 4, kMultiply = 5, kUnary = 6, kPostfix = 7;

int precedence(const Node& node) {
  switch (node.kind) {
    case NodeKind::Ternary:
      return kTernary;
    case NodeKind::Or:
      return kOr;
    case NodeKind::And:
      return kAnd;
    case NodeKind::Unary:
      return kUnary;
    case NodeKind::Binary:
      return node.op <= Operator::In ? kRelation : node.op <= Operator::Subtract ? kAdd : kMultiply;
    default:
      return kPostfix;
  }
}

bool is_plain_name(std::string_view name) {
  for (char c : name) {
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9'))) {
      return false;
    }
  }
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && name != "in" && name != "true" && name != "false" &&
         name != "null";
}

class Printer {
 public:
  explicit Printer(const Ast& ast) : ast_(ast) {}

  void print(NodeId id, int at_least) {
    const Node& n = ast_[id];
    const bool parentheses = precedence(n) < at_least;
    out += parentheses ? "(" : "";
    node(n);
    out += parentheses ? ")" : "";
  }
  std::string out;

 private:
  void node(const Node& n) {
    switch (n.kind) {
      case NodeKind::Error:
        out += "<error>";
        return;
      case NodeKind::Literal:
        return literal(n);
      case NodeKind::Ident:
        out += n.absolute ? "." : "";
        out += n.text;
        return;
      case NodeKind::Has:
        out += "has(";
        print(n.children[0], kPostfix);
        field(n.text);
        out += ')';
        return;
      case NodeKind::Select:
        print(n.children[0], kPostfix);
        return field(n.text);
      case NodeKind::Index:
        print(n.children[0], kPostfix);
        out += '[';
        print(n.children[1], kTernary);
        out += ']';
        return;
      case NodeKind::Call:
        out += n.absolute ? "." : "";
        out += n.text;
        return list("(", n, 0, ")");
      case NodeKind::MemberCall:
        print(n.children[0], kPostfix);
        out += '.';
        out += n.text;
        return list("(", n, 1, ")");
      case NodeKind::Macro:
        print(n.children[0], kPostfix);
        out += '.';
        out += macro_name(n.macro);
        out += '(';
        out += n.text;
        out += ", ";
        return list("", n, 1, ")");
      case NodeKind::List:
        return list("[", n, 0, "]");
      case NodeKind::Map:
        out += '{';
        for (std::size_t i = 0; i < n.children.size(); ++i) {
          out += i == 0 ? "" : i % 2 == 0 ? ", " : ": ";
          print(n.children[i], kTernary);
        }
        out += '}';
        return;
      case NodeKind::And:
        return chain(n, " && ", kRelation);
      case NodeKind::Or:
        return chain(n, " || ", kAnd);
      case NodeKind::Ternary:
        print(n.children[0], kOr);
        out += " ? ";
        print(n.children[1], kOr);
        out += " : ";
        return print(n.children[2], kTernary);
      case NodeKind::Unary: {
        out += n.op == Operator::Not ? '!' : '-';
        const Node& operand = ast_[n.children[0]];
        // -5 would be a number of its own, and so would - in front of what begins with one.
        const bool apart = n.op == Operator::Negate && begins_with_number(operand);
        return print(n.children[0], apart ? kPostfix + 1 : kUnary);
      }
      case NodeKind::Binary: {
        const int p = precedence(n);
        print(n.children[0], p);
        out += ' ';
        out += operator_text(n.op);
        out += ' ';
        return print(n.children[1], p + 1);
      }
    }
  }

  bool begins_with_number(const Node& start) const {
    const Node* n = &start;
    while (n->kind == NodeKind::Select || n->kind == NodeKind::Index || n->kind == NodeKind::MemberCall ||
           n->kind == NodeKind::Macro) {
      n = &ast_[n->children[0]];
    }
    return n->kind == NodeKind::Literal && (n->literal.is(Kind::Int) || n->literal.is(Kind::Double));
  }
  void field(const std::string& name) {
    out += '.';
    out += is_plain_name(name) ? name : "`" + name + "`";
  }
  void list(const char* open, const Node& n, std::size_t from, const char* close) {
    out += open;
    for (std::size_t i = from; i < n.children.size(); ++i) {
      out += i == from ? "" : ", ";
      print(n.children[i], kTernary);
    }
    out += close;
  }
  void chain(const Node& n, const char* between, int at_least) {
    for (std::size_t i = 0; i < n.children.size(); ++i) {
      out += i == 0 ? "" : between;
      print(n.children[i], at_least);
    }
  }
  void literal(const Node& n) {
    switch (n.literal.kind()) {
      case Kind::Bool:
        out += n.literal.as_bool() ? "true" : "false";
        return;
      case Kind::Int:
        out += std::to_string(n.literal.as_int());
        return;
      case Kind::Uint:
        out += std::to_string(n.literal.as_uint()) + "u";
        return;
      case Kind::Double: {
        std::array<char, 32> buffer;
        const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), n.literal.as_double()).ptr;
        const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
        out += text;
        out += text.find_first_of(".e") == std::string_view::npos ? ".0" : "";
        return;
      }
      case Kind::String:
        out += quote(n.text);
        return;
      case Kind::Bytes:
        out += quote_bytes(n.text);
        return;
      default:
        out += "null";
    }
  }

  const Ast& ast_;
};

bool same(const Ast& a, NodeId i, const Ast& b, NodeId j) {
  const Node &x = a[i], &y = b[j];
  if (x.kind != y.kind || x.op != y.op || x.macro != y.macro || x.absolute != y.absolute || x.text != y.text ||
      x.children.size() != y.children.size()) {
    return false;
  }
  if (x.kind == NodeKind::Literal && (x.literal.kind() != y.literal.kind() ||
                                      (x.text.empty() && !x.literal.is(Kind::String) && !x.literal.is(Kind::Bytes) &&
                                       x.literal.as_uint() != y.literal.as_uint()))) {
    return false;
  }
  for (std::size_t k = 0; k < x.children.size(); ++k) {
    if (!same(a, x.children[k], b, y.children[k])) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string_view operator_text(Operator op) {
  constexpr std::array<std::string_view, 15> kText = {
      "", "!", "-", "<", "<=", ">", ">=", "==", "!=", "in", "+", "-", "*", "/", "%"};
  return kText[static_cast<std::size_t>(op)];
}

std::string_view macro_name(Macro macro) {
  constexpr std::array<std::string_view, 6> kNames = {"", "all", "exists", "exists_one", "map", "filter"};
  return kNames[static_cast<std::size_t>(macro)];
}

std::string print(const Ast& ast) {
  Printer printer(ast);
  printer.print(ast.root, kTernary);
  return std::move(printer.out);
}

bool same_tree(const Ast& a, const Ast& b) { return same(a, a.root, b, b.root); }

}  // namespace heed::rule
