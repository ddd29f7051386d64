#pragma once
#include <string>
#include <vector>

#include "rule/limits.h"
#include "rule/source.h"
#include "rule/value.h"

namespace heed::rule {

using NodeId = std::uint32_t;

/// The children of each kind are named behind it.
enum class NodeKind : std::uint8_t {
  Error,       ///< stands where a fault was reported
  Literal,     ///< `literal`; the text of strings and bytes is in `text`
  Ident,       ///< `text`; `absolute` with a leading dot
  Select,      ///< operand; field in `text`
  Has,         ///< operand; field in `text`: the macro has(a.b)
  Index,       ///< operand, index
  Call,        ///< arguments; name in `text`; `absolute` with a leading dot
  MemberCall,  ///< target, arguments; name in `text`
  List,        ///< elements
  Map,         ///< key, value, key, value …
  And,         ///< two or more
  Or,          ///< two or more
  Ternary,     ///< condition, then, else
  Unary,       ///< operand
  Binary,      ///< left, right
  Macro,       ///< range, body, or range, filter, body for `map` with three arguments; variable in `text`
};
enum class Operator : std::uint8_t {
  None,
  Not,
  Negate,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Equal,
  NotEqual,
  In,
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulo
};
enum class Macro : std::uint8_t { None, All, Exists, ExistsOne, Map, Filter };

std::string_view operator_text(Operator op);
std::string_view macro_name(Macro macro);

struct Node {
  NodeKind kind = NodeKind::Error;
  Operator op = Operator::None;
  Macro macro = Macro::None;
  bool absolute = false;
  std::uint32_t offset = 0,
                length = 0;  ///< what a message about it marks: the name, the operator, the literal
  std::uint32_t depth = 1;
  Value literal = Value::null();
  std::string text = {};
  std::vector<NodeId> children = {};
};

/// A parsed expression. Nodes refer to each other by number, children before parents, so that neither
/// building nor dropping it recurses. Its depth is within Limits::depth.
struct Ast {
  std::vector<Node> nodes;
  NodeId root = 0;
  const Node& operator[](NodeId id) const { return nodes[id]; }
};

/// The expression as text again, in one form: macros as macros, parentheses only where they are needed.
/// Parsing it gives the same tree.
std::string print(const Ast& ast);
/// Whether two trees say the same; places are not compared.
bool same_tree(const Ast& a, const Ast& b);

}  // namespace heed::rule
