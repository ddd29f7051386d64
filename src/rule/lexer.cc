#include "rule/lexer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace heed::rule {
namespace {

constexpr std::array<std::string_view, 17> kReserved = {"as",        "break",  "const",  "continue", "else", "for",
                                                        "function",  "if",     "import", "let",      "loop", "package",
                                                        "namespace", "return", "var",    "void",     "while"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool in_name(char c) { return begins_name(c) || is_digit(c); }

class Lexer {
 public:
  Lexer(std::string_view text, std::vector<Issue>& issues, std::size_t issues_max)
      : text_(text), issues_(issues), issues_max_(issues_max) {}

  std::vector<Token> run() {
    while (issues_.size() < issues_max_) {
      skip_space();
      start_ = at_;
      if (at_ >= text_.size()) {
        break;
      }
      next();
    }
    at_ = text_.size();
    tokens_.push_back({TokenKind::End, static_cast<std::uint32_t>(at_), 0});
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  void push(TokenKind kind) {
    tokens_.push_back({kind, static_cast<std::uint32_t>(start_), static_cast<std::uint32_t>(at_ - start_)});
  }
  void fault(std::string message, std::string hint = {}) {
    issues_.push_back({static_cast<std::uint32_t>(start_), static_cast<std::uint32_t>(at_ - start_), std::move(message),
                       std::move(hint)});
  }

  void skip_space() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
        ++at_;
      } else if (c == '/' && peek(1) == '/') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }

  void next() {
    const char c = peek();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      return number();
    }
    if (c == '"' || c == '\'') {
      return string(/*raw=*/false, TokenKind::String);
    }
    if (begins_name(c)) {
      return word();
    }
    if (c == '`') {
      return quoted_name();
    }
    symbol(c);
  }

  void number() {
    bool real = false;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
      at_ += 2;
      const std::size_t digits = at_;
      while (is_hex(peek())) {
        ++at_;
      }
      if (at_ == digits) {
        return fault("a hexadecimal number needs digits after 0x");
      }
    } else {
      while (is_digit(peek())) {
        ++at_;
      }
      if (peek() == '.' && is_digit(peek(1))) {
        real = true;
        for (++at_; is_digit(peek()); ++at_) {
        }
      }
      if (peek() == 'e' || peek() == 'E') {
        const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
        if (is_digit(peek(sign))) {
          real = true;
          for (at_ += sign; is_digit(peek()); ++at_) {
          }
        }
      }
    }
    TokenKind kind = real ? TokenKind::Double : TokenKind::Int;
    if (!real && (peek() == 'u' || peek() == 'U')) {
      kind = TokenKind::Uint;
      ++at_;
    }
    if (in_name(peek())) {
      while (in_name(peek())) {
        ++at_;
      }
      return fault("'" + std::string(text_.substr(start_, at_ - start_)) + "' is neither a number nor a name");
    }
    push(kind);
  }

  void word() {
    // A string may have r, b or both before its quote.
    for (std::size_t n = 1; n <= 2; ++n) {
      const std::string_view prefix = text_.substr(at_, n);
      if (prefix.size() == n && (peek(n) == '"' || peek(n) == '\'')) {
        const bool raw = prefix.find_first_of("rR") != std::string_view::npos;
        const bool bytes = prefix.find_first_of("bB") != std::string_view::npos;
        if (static_cast<std::size_t>(raw) + static_cast<std::size_t>(bytes) == n) {
          at_ += n;
          return string(raw, bytes ? TokenKind::Bytes : TokenKind::String);
        }
      }
    }
    while (in_name(peek())) {
      ++at_;
    }
    const std::string_view name = text_.substr(start_, at_ - start_);
    if (name == "true") {
      push(TokenKind::True);
    } else if (name == "false") {
      push(TokenKind::False);
    } else if (name == "null") {
      push(TokenKind::Null);
    } else if (name == "in") {
      push(TokenKind::In);
    } else if (std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end()) {
      push(TokenKind::Reserved);
    } else {
      push(TokenKind::Ident);
    }
  }

  void string(bool raw, TokenKind kind) {
    const char quote = peek();
    const bool triple = peek(1) == quote && peek(2) == quote;
    at_ += triple ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\' && !raw) {
        at_ += 2;
      } else if (!triple && (c == '\n' || c == '\r')) {
        break;
      } else if (c == quote && (!triple || (peek(1) == quote && peek(2) == quote))) {
        at_ += triple ? 3 : 1;
        return push(kind);
      } else {
        ++at_;
      }
    }
    at_ = std::min(at_, text_.size());
    const std::size_t end = at_;
    at_ = start_ + 1;  // the caret goes under the quote
    fault(triple ? "this string is never closed" : "this string is not closed on its line",
          triple ? "it needs three quotes at its end" : std::string("close it with ") + quote);
    at_ = end;
    push(TokenKind::Null);  // in its place, so that parsing goes on
  }

  void quoted_name() {
    ++at_;
    while (in_name(peek()) || peek() == '.' || peek() == '-' || peek() == '/' || peek() == ' ') {
      ++at_;
    }
    if (peek() != '`' || at_ == start_ + 1) {
      at_ = std::min(at_ + 1, text_.size());
      return fault("a quoted name is letters, digits, '_', '.', '-', '/' and spaces between backquotes");
    }
    ++at_;
    push(TokenKind::QuotedIdent);
  }

  void symbol(char c) {
    const char d = peek(1);
    auto one = [&](TokenKind kind) {
      ++at_;
      push(kind);
    };
    auto two = [&](TokenKind kind) {
      at_ += 2;
      push(kind);
    };
    switch (c) {
      case '?':
        return one(TokenKind::Question);
      case ':':
        return one(TokenKind::Colon);
      case ',':
        return one(TokenKind::Comma);
      case '.':
        return one(TokenKind::Dot);
      case '(':
        return one(TokenKind::OpenParen);
      case ')':
        return one(TokenKind::CloseParen);
      case '[':
        return one(TokenKind::OpenBracket);
      case ']':
        return one(TokenKind::CloseBracket);
      case '{':
        return one(TokenKind::OpenBrace);
      case '}':
        return one(TokenKind::CloseBrace);
      case '+':
        return one(TokenKind::Plus);
      case '-':
        return one(TokenKind::Minus);
      case '*':
        return one(TokenKind::Star);
      case '/':
        return one(TokenKind::Slash);
      case '%':
        return one(TokenKind::Percent);
      case '!':
        return d == '=' ? two(TokenKind::NotEqual) : one(TokenKind::Not);
      case '<':
        return d == '=' ? two(TokenKind::LessEqual) : one(TokenKind::Less);
      case '>':
        return d == '=' ? two(TokenKind::GreaterEqual) : one(TokenKind::Greater);
      case '=':
        return d == '=' ? two(TokenKind::Equal) : instead("'='", "equality is '=='", TokenKind::Equal);
      case '&':
        return d == '&' ? two(TokenKind::AndAnd) : instead("'&'", "and is '&&'", TokenKind::AndAnd);
      case '|':
        return d == '|' ? two(TokenKind::OrOr) : instead("'|'", "or is '||'", TokenKind::OrOr);
      default:
        ++at_;
        while (at_ < text_.size() && (static_cast<unsigned char>(text_[at_]) & 0xC0) == 0x80) {
          ++at_;
        }
        const bool shown = static_cast<unsigned char>(c) > 0x20 && c != 0x7F;
        fault(shown ? "'" + std::string(text_.substr(start_, at_ - start_)) + "' is not part of the language"
                    : "this character is not part of the language");
    }
  }
  void instead(const char* what, const char* hint, TokenKind meant) {
    ++at_;
    fault(std::string(what) + " is not an operator", hint);
    push(meant);
  }

  std::string_view text_;
  std::vector<Issue>& issues_;
  std::size_t issues_max_;
  std::size_t at_ = 0, start_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> lex(std::string_view text, std::vector<Issue>& issues, std::size_t issues_max) {
  return Lexer(text, issues, issues_max).run();
}

std::string_view token_name(TokenKind kind) {
  switch (kind) {
    case TokenKind::End:
      return "the end";
    case TokenKind::Ident:
      return "a name";
    case TokenKind::QuotedIdent:
      return "a quoted name";
    case TokenKind::Reserved:
      return "a reserved word";
    case TokenKind::Int:
    case TokenKind::Uint:
    case TokenKind::Double:
      return "a number";
    case TokenKind::String:
      return "a string";
    case TokenKind::Bytes:
      return "bytes";
    case TokenKind::True:
      return "'true'";
    case TokenKind::False:
      return "'false'";
    case TokenKind::Null:
      return "'null'";
    case TokenKind::In:
      return "'in'";
    case TokenKind::Question:
      return "'?'";
    case TokenKind::Colon:
      return "':'";
    case TokenKind::Comma:
      return "','";
    case TokenKind::Dot:
      return "'.'";
    case TokenKind::OpenParen:
      return "'('";
    case TokenKind::CloseParen:
      return "')'";
    case TokenKind::OpenBracket:
      return "'['";
    case TokenKind::CloseBracket:
      return "']'";
    case TokenKind::OpenBrace:
      return "'{'";
    case TokenKind::CloseBrace:
      return "'}'";
    case TokenKind::OrOr:
      return "'||'";
    case TokenKind::AndAnd:
      return "'&&'";
    case TokenKind::Less:
      return "'<'";
    case TokenKind::LessEqual:
      return "'<='";
    case TokenKind::Greater:
      return "'>'";
    case TokenKind::GreaterEqual:
      return "'>='";
    case TokenKind::Equal:
      return "'=='";
    case TokenKind::NotEqual:
      return "'!='";
    case TokenKind::Plus:
      return "'+'";
    case TokenKind::Minus:
      return "'-'";
    case TokenKind::Star:
      return "'*'";
    case TokenKind::Slash:
      return "'/'";
    case TokenKind::Percent:
      return "'%'";
    case TokenKind::Not:
      return "'!'";
  }
  return "";
}

}  // namespace heed::rule
