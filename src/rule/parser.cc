#include "rule/parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.h"
#include "rule/lexer.h"
#include "rule/literal.h"
#include "rule/parse_state.h"

namespace heed::rule {
namespace {

struct BinaryOperator {
  int precedence = 0;  // 0: none
  Operator op = Operator::None;
};

BinaryOperator binary_operator(TokenKind kind) {
  switch (kind) {
    case TokenKind::OrOr:
      return {1, Operator::None};
    case TokenKind::AndAnd:
      return {2, Operator::None};
    case TokenKind::Less:
      return {3, Operator::Less};
    case TokenKind::LessEqual:
      return {3, Operator::LessEqual};
    case TokenKind::Greater:
      return {3, Operator::Greater};
    case TokenKind::GreaterEqual:
      return {3, Operator::GreaterEqual};
    case TokenKind::Equal:
      return {3, Operator::Equal};
    case TokenKind::NotEqual:
      return {3, Operator::NotEqual};
    case TokenKind::In:
      return {3, Operator::In};
    case TokenKind::Plus:
      return {4, Operator::Add};
    case TokenKind::Minus:
      return {4, Operator::Subtract};
    case TokenKind::Star:
      return {5, Operator::Multiply};
    case TokenKind::Slash:
      return {5, Operator::Divide};
    case TokenKind::Percent:
      return {5, Operator::Modulo};
    default:
      return {};
  }
}

Macro macro_of(std::string_view name, std::size_t arguments) {
  if (arguments == 3) {
    return name == "map" ? Macro::Map : Macro::None;
  }
  if (arguments != 2) {
    return Macro::None;
  }
  return name == "all"                                 ? Macro::All
         : name == "exists"                            ? Macro::Exists
         : name == "exists_one" || name == "existsOne" ? Macro::ExistsOne
         : name == "map"                               ? Macro::Map
         : name == "filter"                            ? Macro::Filter
                                                       : Macro::None;
}

class Parser : private ParseState {
 public:
  using ParseState::ParseState;

  Parsed run() {
    if (text_.size() > limits_.source_bytes) {
      return refuse("the expression is longer than " + std::to_string(limits_.source_bytes) + " bytes");
    }
    if (!valid_utf8(text_)) {
      return refuse("the expression is not valid UTF-8");
    }
    tokens_ = lex(text_, out_.issues, limits_.issues);
    for (const Issue& issue : out_.issues) {
      lexed_.push_back(issue.offset);
    }
    out_.ast.root = expression();
    if (!stopped_ && !is(TokenKind::End)) {
      after_the_end();
    }
    std::stable_sort(out_.issues.begin(), out_.issues.end(),
                     [](const Issue& a, const Issue& b) { return a.offset < b.offset; });
    if (out_.issues.size() > limits_.issues) {
      out_.issues.resize(limits_.issues);
    }
    return std::move(out_);
  }

 private:
  Parsed refuse(std::string message) {
    out_.ast.nodes.emplace_back();
    out_.issues.push_back({0, 0, std::move(message)});
    return std::move(out_);
  }

  NodeId expression() {
    if (++nesting_ > limits_.depth) {
      --nesting_;
      return stop(token(), "the expression is nested more than " + std::to_string(limits_.depth) + " deep");
    }
    const NodeId id = ternary();
    --nesting_;
    return id;
  }

  /// a ? b : c ? d : e is right-associative; a long chain of them is collected first, so that it does not
  /// recurse.
  NodeId ternary() {
    struct Part {
      NodeId condition, then;
      Token mark;
    };
    std::vector<Part> parts;
    NodeId last = binary(1);
    while (is(TokenKind::Question)) {
      const Token mark = token();
      ++at_;
      const NodeId then = binary(1);
      if (!take(TokenKind::Colon)) {
        syntax("expected ':' and what holds otherwise, found " + shown(token()), "a condition is written 'a ? b : c'");
        skip();
        return error_node();
      }
      parts.push_back({last, then, mark});
      last = binary(1);
    }
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      Node n = node(NodeKind::Ternary, part->mark);
      n.children = {part->condition, part->then, last};
      last = add(std::move(n));
    }
    return last;
  }

  NodeId binary(int precedence) {
    NodeId left = unary();
    for (;;) {
      const Token mark = token();
      const BinaryOperator op = binary_operator(mark.kind);
      if (op.precedence < precedence || stopped_) {
        return left;
      }
      ++at_;
      const NodeId right = binary(op.precedence + 1);
      if (op.op == Operator::None) {
        left = logical(mark, left, right);
        continue;
      }
      Node n = node(NodeKind::Binary, mark);
      n.op = op.op;
      n.children = {left, right};
      left = add(std::move(n));
    }
  }

  /// Chains of && and of || are one node: shallow, and quick to evaluate.
  NodeId logical(const Token& mark, NodeId left, NodeId right) {
    const NodeKind kind = mark.kind == TokenKind::OrOr ? NodeKind::Or : NodeKind::And;
    Node& before = out_.ast.nodes[left];
    if (before.kind == kind && out_.ast[right].depth < limits_.depth && !stopped_) {
      before.children.push_back(right);
      before.depth = std::max(before.depth, out_.ast[right].depth + 1);
      return left;
    }
    Node n = node(kind, mark);
    n.children = {left, right};
    return add(std::move(n));
  }

  NodeId unary() {
    std::vector<Token> ops;
    while (is(TokenKind::Not) || is(TokenKind::Minus)) {
      const TokenKind next = tokens_[at_ + 1].kind;  // there is one: End
      if (is(TokenKind::Minus) && (next == TokenKind::Int || next == TokenKind::Double)) {
        break;  // a negative number
      }
      ops.push_back(token());
      ++at_;
    }
    NodeId operand = postfix(primary());
    for (auto op = ops.rbegin(); op != ops.rend(); ++op) {
      Node n = node(NodeKind::Unary, *op);
      n.op = op->kind == TokenKind::Not ? Operator::Not : Operator::Negate;
      n.children = {operand};
      operand = add(std::move(n));
    }
    return operand;
  }

  NodeId postfix(NodeId operand) {
    for (;;) {
      const Token mark = token();
      if (take(TokenKind::Dot)) {
        operand = member(operand);
      } else if (take(TokenKind::OpenBracket)) {
        Node n = node(NodeKind::Index, mark);
        n.children = {operand, expression()};
        if (!take(TokenKind::CloseBracket)) {
          syntax("expected ']', found " + shown(token()));
          skip();
          take(TokenKind::CloseBracket);
        }
        operand = add(std::move(n));
      } else if (is(TokenKind::OpenBrace) && is_name_path(operand)) {
        fault(out_.ast[operand].offset, out_.ast[operand].length, "messages cannot be built here",
              "use a map: {\"field\": value}");
        ++at_;
        while (!is(TokenKind::End) && !is(TokenKind::CloseBrace)) {
          skip();
          if (!is(TokenKind::CloseBrace) && !is(TokenKind::End)) {
            ++at_;
          }
        }
        take(TokenKind::CloseBrace);
        operand = error_node();
      } else {
        return operand;
      }
      if (stopped_) {
        return operand;
      }
    }
  }

  bool is_name_path(NodeId id) const {
    while (out_.ast[id].kind == NodeKind::Select) {
      id = out_.ast[id].children[0];
    }
    return out_.ast[id].kind == NodeKind::Ident;
  }

  NodeId member(NodeId operand) {
    const Token name = token();
    const bool quoted = name.kind == TokenKind::QuotedIdent;
    if (name.kind != TokenKind::Ident && name.kind != TokenKind::Reserved && !quoted) {
      syntax(is(TokenKind::Question) ? "optional fields are not part of this language"
                                     : "expected a name after '.', found " + shown(name));
      skip();
      return error_node();
    }
    ++at_;
    if (!quoted && is(TokenKind::OpenParen)) {
      Node n = node(NodeKind::MemberCall, name);
      n.text = text_of(name);
      n.children = {operand};
      arguments(n.children);
      return call(std::move(n));
    }
    Node n = node(NodeKind::Select, name);
    n.text = quoted ? text_of(name).substr(1, name.length - 2) : text_of(name);
    n.children = {operand};
    return add(std::move(n));
  }

  /// From the opening parenthesis to behind the closing one.
  void arguments(std::vector<NodeId>& out) {
    ++at_;
    while (!is(TokenKind::CloseParen)) {
      out.push_back(expression());
      if (!more(TokenKind::CloseParen, "')'")) {
        break;
      }
      if (is(TokenKind::CloseParen)) {
        syntax("expected an argument after ',', found ')'");
      }
    }
    take(TokenKind::CloseParen);
  }
  /// Behind an element: takes a comma; false at the closing bracket, which stays.
  bool more(TokenKind close, const char* name) {
    if (take(TokenKind::Comma)) {
      return true;
    }
    if (!is(close)) {
      syntax(std::string("expected ',' or ") + name + ", found " + shown(token()));
      skip();
      return take(TokenKind::Comma);
    }
    return false;
  }

  NodeId call(Node n) {
    const bool is_member = n.kind == NodeKind::MemberCall;
    if (!is_member && n.text == "has" && !n.absolute) {
      return has(std::move(n));
    }
    const Macro macro = is_member ? macro_of(n.text, n.children.size() - 1) : Macro::None;
    if (macro == Macro::None) {
      return add(std::move(n));
    }
    const Node& variable = out_.ast[n.children[1]];
    if (variable.kind != NodeKind::Ident || variable.absolute) {
      if (variable.kind != NodeKind::Error) {
        fault(variable.offset, variable.length,
              "the first argument of " + n.text + "() must be a plain name for the element",
              "for example list." + n.text + "(x, x > 0)");
      }
      return error_node();
    }
    n.kind = NodeKind::Macro;
    n.macro = macro;
    n.text = variable.text;
    n.children.erase(n.children.begin() + 1);
    return add(std::move(n));
  }

  NodeId has(Node n) {
    if (n.children.size() != 1 || out_.ast[n.children[0]].kind != NodeKind::Select) {
      if (n.children.empty() || out_.ast[n.children[0]].kind != NodeKind::Error) {
        fault(n.offset, n.length, "has() takes one field", "for example has(post.text)");
      }
      return error_node();
    }
    Node field = out_.ast[n.children[0]];
    field.kind = NodeKind::Has;
    return add(std::move(field));
  }

  NodeId primary() {
    const Token first = token();
    switch (first.kind) {
      case TokenKind::Minus:  // of a number, see unary()
        ++at_;
        return number(first, token());
      case TokenKind::Int:
      case TokenKind::Uint:
      case TokenKind::Double:
        return number(first, first);
      case TokenKind::String:
      case TokenKind::Bytes:
        return string(first);
      case TokenKind::True:
      case TokenKind::False:
      case TokenKind::Null: {
        ++at_;
        Node n = node(NodeKind::Literal, first);
        n.literal = first.kind == TokenKind::Null ? Value::null() : Value::boolean(first.kind == TokenKind::True);
        return add(std::move(n));
      }
      case TokenKind::OpenParen: {
        ++at_;
        const NodeId inner = expression();
        if (!take(TokenKind::CloseParen)) {
          syntax("expected ')', found " + shown(token()));
          skip();
          take(TokenKind::CloseParen);
        }
        return inner;
      }
      case TokenKind::OpenBracket:
        return list(first);
      case TokenKind::OpenBrace:
        return map(first);
      case TokenKind::Dot:
      case TokenKind::Ident:
        return name(first);
      case TokenKind::Reserved:
        syntax("'" + std::string(text_of(first)) + "' is a reserved word");
        ++at_;
        return error_node();
      default:
        syntax("expected an expression, found " + shown(first));
        skip();
        return error_node();
    }
  }

  NodeId name(const Token& first) {
    const bool absolute = take(TokenKind::Dot);
    const Token t = token();
    if (t.kind != TokenKind::Ident) {
      syntax(t.kind == TokenKind::Reserved ? "'" + std::string(text_of(t)) + "' is a reserved word"
                                           : "expected a name after '.', found " + shown(t));
      skip();
      return error_node();
    }
    ++at_;
    Node n = node(is(TokenKind::OpenParen) ? NodeKind::Call : NodeKind::Ident, t);
    n.offset = first.offset;
    n.length = t.offset + t.length - first.offset;
    n.absolute = absolute;
    n.text = text_of(t);
    if (n.kind == NodeKind::Ident) {
      return add(std::move(n));
    }
    arguments(n.children);
    return call(std::move(n));
  }

  NodeId list(const Token& first) {
    Node n = node(NodeKind::List, first);
    ++at_;
    while (!is(TokenKind::CloseBracket)) {
      if (is(TokenKind::Question)) {
        syntax("optional elements are not part of this language");
        skip();
      } else {
        n.children.push_back(expression());
      }
      if (!more(TokenKind::CloseBracket, "']'")) {
        break;
      }
    }
    take(TokenKind::CloseBracket);
    return add(std::move(n));
  }

  NodeId map(const Token& first) {
    Node n = node(NodeKind::Map, first);
    ++at_;
    while (!is(TokenKind::CloseBrace)) {
      if (is(TokenKind::Question)) {
        syntax("optional entries are not part of this language");
        skip();
      } else {
        n.children.push_back(expression());
        if (take(TokenKind::Colon)) {
          n.children.push_back(expression());
        } else {
          syntax("expected ':' and a value, found " + shown(token()));
          skip();
          n.children.push_back(error_node());
        }
      }
      if (!more(TokenKind::CloseBrace, "'}'")) {
        break;
      }
    }
    take(TokenKind::CloseBrace);
    return add(std::move(n));
  }

  template <class T>
  NodeId literal(const Token& at, const Literal<T>& read, Value (*make)(T)) {
    Node n = node(NodeKind::Literal, at);
    if (!read) {
      fault(at.offset + read.error().offset, read.error().length, read.error().message);
      return error_node();
    }
    n.literal = make(*read);
    return add(std::move(n));
  }
  NodeId number(const Token& first, const Token& digits) {
    ++at_;
    const bool negative = first.kind == TokenKind::Minus;
    const Token at{digits.kind, first.offset, digits.offset + digits.length - first.offset};
    if (digits.kind == TokenKind::Int) {
      return literal<std::int64_t>(at, read_int(text_of(digits), negative), Value::integer);
    }
    if (digits.kind == TokenKind::Uint) {
      return literal<std::uint64_t>(at, read_uint(text_of(digits)), Value::unsigned_integer);
    }
    Literal<double> read = read_double(text_of(digits));
    if (read && negative) {
      *read = -*read;
    }
    return literal<double>(at, read, Value::number);
  }
  NodeId string(const Token& at) {
    ++at_;
    Literal<std::string> read = read_string(text_of(at));
    if (!read) {
      fault(at.offset + read.error().offset, read.error().length, read.error().message);
      return error_node();
    }
    Node n = node(NodeKind::Literal, at);
    n.text = *std::move(read);
    n.literal = at.kind == TokenKind::String ? Value::string({}) : Value::bytes({});
    return add(std::move(n));
  }

  void after_the_end() {
    const Token& t = token();
    const std::string_view word = text_of(t);
    std::string hint = word == "and" || word == "AND" ? "and is '&&'"
                       : word == "or" || word == "OR" ? "or is '||'"
                       : t.kind == TokenKind::Colon   ? "a condition is written 'a ? b : c'"
                                                      : "";
    const bool closing =
        t.kind == TokenKind::CloseParen || t.kind == TokenKind::CloseBracket || t.kind == TokenKind::CloseBrace;
    syntax(closing ? shown(t) + " closes nothing" : "expected an operator or the end, found " + shown(t),
           std::move(hint));
  }

  std::uint32_t nesting_ = 0;
};

}  // namespace

Parsed parse(const Source& source, const Limits& limits) { return Parser(source, limits).run(); }

}  // namespace heed::rule
