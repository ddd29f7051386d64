#include "rule/parse_state.h"

#include <algorithm>

namespace heed::rule {

std::string ParseState::shown(const Token& t) const {
  if (t.kind == TokenKind::Ident || t.kind == TokenKind::Reserved) {
    return "'" + std::string(text_of(t)) + "'";
  }
  return std::string(token_name(t.kind));
}

void ParseState::fault(std::uint32_t offset, std::uint32_t length, std::string message, std::string hint) {
  if (!stopped_ && out_.issues.size() < limits_.issues) {
    out_.issues.push_back({offset, length, std::move(message), std::move(hint)});
  }
}

void ParseState::syntax(std::string message, std::string hint) {
  const Token& here = token();
  const std::uint32_t before = at_ == 0 ? 0 : tokens_[at_ - 1].offset;
  const bool told =
      std::any_of(lexed_.begin(), lexed_.end(), [&](std::uint32_t o) { return o >= before && o <= here.offset; });
  if (here.offset != last_syntax_ && !told) {
    fault(here, std::move(message), std::move(hint));
  }
  last_syntax_ = here.offset;
}

void ParseState::skip() {
  int open = 0;
  for (;; ++at_) {
    switch (token().kind) {
      case TokenKind::OpenParen:
      case TokenKind::OpenBracket:
      case TokenKind::OpenBrace:
        ++open;
        break;
      case TokenKind::CloseParen:
      case TokenKind::CloseBracket:
      case TokenKind::CloseBrace:
        if (open == 0) {
          return;
        }
        --open;
        break;
      case TokenKind::Comma:
        if (open == 0) {
          return;
        }
        break;
      case TokenKind::End:
        return;
      default:
        break;
    }
  }
}

NodeId ParseState::stop(const Token& at, std::string message) {
  fault(at, std::move(message));
  stopped_ = true;
  at_ = tokens_.size() - 1;
  return error_node();
}

NodeId ParseState::error_node() {
  if (out_.ast.nodes.size() < limits_.nodes + 2) {
    out_.ast.nodes.emplace_back();
  }
  return static_cast<NodeId>(out_.ast.nodes.size() - 1);
}

NodeId ParseState::add(Node node) {
  for (NodeId child : node.children) {
    node.depth = std::max(node.depth, out_.ast[child].depth + 1);
  }
  const Token at{TokenKind::Ident, node.offset, node.length};
  if (stopped_) {
    return error_node();
  }
  if (node.depth > limits_.depth) {
    return stop(at, "the expression is nested more than " + std::to_string(limits_.depth) + " deep");
  }
  if (out_.ast.nodes.size() >= limits_.nodes) {
    return stop(at, "the expression has more than " + std::to_string(limits_.nodes) + " parts");
  }
  out_.ast.nodes.push_back(std::move(node));
  return static_cast<NodeId>(out_.ast.nodes.size() - 1);
}

Node ParseState::node(NodeKind kind, const Token& at) const {
  Node n;
  n.kind = kind;
  n.offset = at.offset;
  n.length = at.length;
  return n;
}

}  // namespace heed::rule
