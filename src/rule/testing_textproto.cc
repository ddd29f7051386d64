#include "rule/testing_textproto.h"

#include "rule/literal.h"

namespace heed::rule {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<TextProto> message(char close) {
    TextProto out;
    out.is_message = true;
    for (;;) {
      skip();
      if (at_ == text_.size() || text_[at_] == close) {
        if (close != '\0' && at_++ == text_.size()) {
          return fail(Code::InvalidInput, "a message is not closed");
        }
        return out;
      }
      TextProto::Field field;
      field.name = name();
      if (field.name.empty()) {
        return fail(Code::InvalidInput, "expected a field at " + std::string(text_.substr(at_, 20)));
      }
      skip();
      const bool colon = take(':');
      skip();
      if (take('{')) {
        field.value = TRY(message('}'));
      } else if (!colon) {
        return fail(Code::InvalidInput, "expected ':' or '{' after " + field.name);
      } else {
        field.value.scalar = TRY(scalar());
      }
      out.fields.push_back(std::move(field));
      skip();
      take(',') || take(';');
    }
  }

 private:
  bool take(char c) {
    if (at_ < text_.size() && text_[at_] == c) {
      ++at_;
      return true;
    }
    return false;
  }
  void skip() {
    while (at_ < text_.size() &&
           (std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos || text_[at_] == '#')) {
      at_ = text_[at_] == '#' ? std::min(text_.find('\n', at_), text_.size()) : at_ + 1;
    }
  }
  std::string name() {
    const std::size_t from = at_;
    if (take('[')) {
      at_ = std::min(text_.find(']', at_), text_.size() - 1) + 1;
    } else {
      word();
    }
    return std::string(text_.substr(from, at_ - from));
  }
  void word() {
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                  std::string_view("_.+-").find(text_[at_]) != std::string_view::npos)) {
      ++at_;
    }
  }
  Result<std::string> scalar() {
    if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) {
      const std::size_t from = at_;
      word();
      return std::string(text_.substr(from, at_ - from));
    }
    std::string out;
    while (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
      out += TRY(string());
      skip();
    }
    return out;
  }
  Result<std::string> string() {
    const char quote = text_[at_++];
    std::string out;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] != '\\') {
        out += text_[at_++];
        continue;
      }
      // \x and octal are bytes here, \u and \U code points: the language's two kinds of literal decode them.
      const char e = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      std::size_t n = 2;
      if (e == 'x' || e == 'X') {
        for (; n < 4 && at_ + n < text_.size() && std::isxdigit(static_cast<unsigned char>(text_[at_ + n])) != 0; ++n) {
        }
      } else if (e >= '0' && e <= '7') {
        n = 4;
      } else {
        n = e == 'u' ? 6 : e == 'U' ? 10 : 2;
      }
      std::string escape(text_.substr(at_, n));
      const bool code_point = e == 'u' || e == 'U';
      auto read = read_string((code_point ? "\"" : "b\"") + escape + "\"");
      if (!read) {
        return fail(Code::InvalidInput, "escape " + escape);
      }
      out += *read;
      at_ += n;
    }
    ++at_;
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const TextProto* TextProto::find(std::string_view name) const {
  for (const Field& field : fields) {
    if (field.name == name) {
      return &field.value;
    }
  }
  return nullptr;
}

std::string TextProto::text(std::string_view name) const {
  const TextProto* found = find(name);
  return found == nullptr ? "" : found->scalar;
}

Result<TextProto> read_textproto(std::string_view text) { return Reader(text).message('\0'); }

}  // namespace heed::rule
