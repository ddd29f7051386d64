#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "rule/lexer.h"
#include "rule/parser.h"

namespace heed::rule {

/// What the grammar (parser.cc) works on: the tokens and where it stands among them, the nodes made so far, and the
/// faults found. Bounded: at most Limits::nodes nodes of Limits::depth, Limits::issues faults; beyond that it stops.
class ParseState {
 public:
  ParseState(const Source& source, const Limits& limits) : text_(source.text), limits_(limits) {}

 protected:
  const Token& token() const { return tokens_[at_]; }
  bool is(TokenKind kind) const { return token().kind == kind; }
  std::string_view text_of(const Token& t) const { return text_.substr(t.offset, t.length); }
  bool take(TokenKind kind) {
    if (!is(kind)) {
      return false;
    }
    ++at_;
    return true;
  }
  std::string shown(const Token& t) const;

  void fault(const Token& at, std::string message, std::string hint = {}) {
    fault(at.offset, at.length, std::move(message), std::move(hint));
  }
  void fault(std::uint32_t offset, std::uint32_t length, std::string message, std::string hint = {});
  /// A fault of the grammar: one for a place, and none right behind what the lexer had to leave out.
  void syntax(std::string message, std::string hint = {});
  /// To the next comma or closing bracket of this level.
  void skip();
  NodeId stop(const Token& at, std::string message);
  NodeId error_node();
  NodeId add(Node node);
  Node node(NodeKind kind, const Token& at) const;

  std::string_view text_;
  const Limits& limits_;
  std::vector<Token> tokens_;
  std::vector<std::uint32_t> lexed_;  ///< where the lexer found faults
  std::size_t at_ = 0;
  std::uint32_t last_syntax_ = UINT32_MAX;
  bool stopped_ = false;
  Parsed out_;
};

}  // namespace heed::rule
