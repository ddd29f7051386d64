#pragma once
#include <string_view>
#include <vector>

#include "rule/source.h"

namespace heed::rule {

enum class TokenKind : std::uint8_t {
  End,
  Ident,
  QuotedIdent,  ///< `content-type`, only after a dot
  Reserved,     ///< a word kept for later: not an identifier, but fine after a dot
  Int,
  Uint,
  Double,
  String,
  Bytes,
  True,
  False,
  Null,
  In,
  Question,
  Colon,
  Comma,
  Dot,
  OpenParen,
  CloseParen,
  OpenBracket,
  CloseBracket,
  OpenBrace,
  CloseBrace,
  OrOr,
  AndAnd,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Equal,
  NotEqual,
  Plus,
  Minus,
  Star,
  Slash,
  Percent,
  Not,
};

struct Token {
  TokenKind kind = TokenKind::End;
  std::uint32_t offset = 0, length = 0;
};

/// The tokens of `text`, End last. What cannot be a token is reported and left out, so that parsing can go
/// on; at most `issues_max` are reported. `text` is valid UTF-8.
std::vector<Token> lex(std::string_view text, std::vector<Issue>& issues, std::size_t issues_max);

/// How a kind of token is called in a message: "'&&'", "a number".
std::string_view token_name(TokenKind kind);

}  // namespace heed::rule
