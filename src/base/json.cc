#include "base/json.h"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>

// Json walks simdjson's tape itself (github.com/simdjson/simdjson, doc/tape.md): the DOM's own element type
// cannot be put behind a header of two words. A tape word is a type in the top 8 bits and a payload below.
// For
// '{' and '[' the payload's low 32 bits are the index after the matching end and the next 24 the count; for a
// string it is an offset into the string buffer (4 bytes of length, the text, a NUL); the value of a number
// is the word that follows.
namespace heed {
namespace {

constexpr std::size_t kKeepBytes = 1 << 20;  // a parser that has grown past this shrinks again

using Document = simdjson::dom::document;

const Document& doc(const void* document) { return *static_cast<const Document*>(document); }
std::uint64_t word(const void* document, std::size_t i) { return doc(document).tape[i]; }
char type_of(std::uint64_t w) { return static_cast<char>(w >> 56); }
std::uint64_t payload_of(std::uint64_t w) { return w & 0x00FF'FFFF'FFFF'FFFF; }

std::size_t after(const void* document, std::size_t i) {
  std::uint64_t w = word(document, i);
  switch (type_of(w)) {
    case '{':
    case '[':
      return static_cast<std::uint32_t>(w);
    case 'l':
    case 'u':
    case 'd':
      return i + 2;
    default:
      return i + 1;
  }
}

std::string_view text_at(const void* document, std::uint64_t w) {
  const auto* at = reinterpret_cast<const char*>(doc(document).string_buf.get()) + payload_of(w);
  std::uint32_t n;
  std::memcpy(&n, at, sizeof n);
  return {at + sizeof n, n};
}

}  // namespace

Json::Kind Json::kind() const {
  if (document_ == nullptr) {
    return Kind::Missing;
  }
  switch (type_of(word(document_, index_))) {
    case '{':
      return Kind::Object;
    case '[':
      return Kind::Array;
    case '"':
      return Kind::String;
    case 'l':
      return Kind::Int;
    case 'u':
      return Kind::Uint;
    case 'd':
      return Kind::Double;
    case 't':
    case 'f':
      return Kind::Bool;
    default:
      return Kind::Null;
  }
}

std::optional<std::string_view> Json::string() const {
  if (document_ == nullptr) {
    return std::nullopt;
  }
  std::uint64_t w = word(document_, index_);
  return type_of(w) == '"' ? std::optional(text_at(document_, w)) : std::nullopt;
}

std::optional<bool> Json::boolean() const {
  return kind() == Kind::Bool ? std::optional(type_of(word(document_, index_)) == 't') : std::nullopt;
}

std::optional<std::int64_t> Json::integer() const {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  switch (kind()) {
    case Kind::Int:
      return static_cast<std::int64_t>(word(document_, index_ + 1));
    case Kind::Double: {
      auto d = std::bit_cast<double>(word(document_, index_ + 1));
      if (d < -kExact || d > kExact || d != static_cast<double>(static_cast<std::int64_t>(d))) {
        return std::nullopt;
      }
      return static_cast<std::int64_t>(d);
    }
    default:  // a Uint is beyond std::int64_t
      return std::nullopt;
  }
}

std::optional<double> Json::number() const {
  switch (kind()) {
    case Kind::Int:
      return static_cast<double>(static_cast<std::int64_t>(word(document_, index_ + 1)));
    case Kind::Uint:
      return static_cast<double>(word(document_, index_ + 1));
    case Kind::Double:
      return std::bit_cast<double>(word(document_, index_ + 1));
    default:
      return std::nullopt;
  }
}

Json Json::operator[](std::string_view key) const {
  if (document_ == nullptr) {
    return {};
  }
  std::uint64_t w = word(document_, index_);
  if (type_of(w) != '{') {
    return {};
  }
  std::size_t end = static_cast<std::uint32_t>(w) - 1;
  for (std::size_t i = index_ + 1; i < end; i = after(document_, i + 1)) {
    if (text_at(document_, word(document_, i)) == key) {
      return {document_, i + 1};
    }
  }
  return {};
}

std::string_view Json::get_string(std::string_view key, std::string_view fallback) const {
  return (*this)[key].string().value_or(fallback);
}
std::int64_t Json::get_int(std::string_view key, std::int64_t fallback) const {
  return (*this)[key].integer().value_or(fallback);
}
bool Json::get_bool(std::string_view key, bool fallback) const { return (*this)[key].boolean().value_or(fallback); }

// Cursors are tape indices; 0 is the tape's root and so means the end.
std::size_t Json::first_child() const {
  return is_array() && type_of(word(document_, index_ + 1)) != ']' ? index_ + 1 : 0;
}
std::size_t Json::next_child(std::size_t cursor) const {
  std::size_t next = after(document_, cursor);
  return type_of(word(document_, next)) != ']' ? next : 0;
}
Json Json::child_at(std::size_t cursor) const { return {document_, cursor}; }

std::size_t Json::first_member() const {
  return is_object() && type_of(word(document_, index_ + 1)) != '}' ? index_ + 1 : 0;
}
std::size_t Json::next_member(std::size_t cursor) const {
  std::size_t next = after(document_, cursor + 1);
  return type_of(word(document_, next)) != '}' ? next : 0;
}
std::string_view Json::key_at(std::size_t cursor) const { return text_at(document_, word(document_, cursor)); }
Json Json::value_at(std::size_t cursor) const { return {document_, cursor + 1}; }

std::size_t Json::size() const {
  Kind k = kind();
  return k == Kind::Array || k == Kind::Object ? payload_of(word(document_, index_)) >> 32 : 0;
}

namespace {

void dump_to(JsonWriter& out, Json json) {  // as deep as the parser allowed
  switch (json.kind()) {
    case Json::Kind::Missing:
    case Json::Kind::Null:
      out.null();
      break;
    case Json::Kind::Bool:
      out.value(*json.boolean());
      break;
    case Json::Kind::Int:
      out.value(*json.integer());
      break;
    case Json::Kind::Uint:
      out.value(*json.unsigned_integer());
      break;
    case Json::Kind::Double:
      out.value(*json.number());
      break;
    case Json::Kind::String:
      out.value(*json.string());
      break;
    case Json::Kind::Array:
      out.begin_array();
      json.each([&](Json child) { dump_to(out, child); });
      out.end_array();
      break;
    case Json::Kind::Object:
      out.begin_object();
      json.members([&](std::string_view key, Json value) {
        out.key(key);
        dump_to(out, value);
      });
      out.end_object();
      break;
  }
}

}  // namespace

std::optional<std::uint64_t> Json::unsigned_integer() const {
  if (kind() == Kind::Uint) {
    return word(document_, index_ + 1);
  }
  std::optional<std::int64_t> n = integer();
  return n && *n >= 0 ? std::optional(static_cast<std::uint64_t>(*n)) : std::nullopt;
}

std::string Json::dump() const {
  JsonWriter out;
  dump_to(out, *this);
  return out.take();
}

struct JsonParser::Impl {
  std::size_t depth_max;
  std::unique_ptr<simdjson::dom::parser> parser;
  std::string padded;
};

JsonParser::JsonParser(std::size_t depth_max) : impl_(std::make_unique<Impl>()) { impl_->depth_max = depth_max; }
JsonParser::~JsonParser() = default;
JsonParser::JsonParser(JsonParser&&) noexcept = default;
JsonParser& JsonParser::operator=(JsonParser&&) noexcept = default;

Result<Json> JsonParser::parse(std::string_view text) {
  Impl& my = *impl_;
  bool roomy = my.parser && my.parser->capacity() > kKeepBytes && text.size() < kKeepBytes / 4;
  if (!my.parser || roomy) {
    my.parser = std::make_unique<simdjson::dom::parser>();
    my.padded = std::string();
  }
  simdjson::error_code error = simdjson::SUCCESS;
  if (my.parser->capacity() < text.size() || my.parser->capacity() == 0) {
    // In powers of two, or documents of growing sizes would allocate anew each.
    std::size_t capacity = std::bit_ceil(std::max<std::size_t>(text.size(), 4096));
    error = my.parser->allocate(capacity, my.depth_max + 1);  // simdjson counts the root as well
    if (error == simdjson::SUCCESS) {
      error = my.parser->doc.allocate(capacity);
    }
  }
  if (error == simdjson::SUCCESS) {
    my.padded.clear();
    my.padded.reserve(std::bit_ceil(text.size() + simdjson::SIMDJSON_PADDING));
    my.padded.append(text).append(simdjson::SIMDJSON_PADDING, ' ');
    error = my.parser->parse(my.padded.data(), text.size(), /*realloc_if_needed=*/false).error();
  }
  if (error == simdjson::CAPACITY || error == simdjson::MEMALLOC) {
    my.parser.reset();
    return fail(Code::TooLarge, "the JSON document is too large");
  }
  if (error != simdjson::SUCCESS) {
    return fail(Code::InvalidInput, std::string("not acceptable JSON: ") + simdjson::error_message(error));
  }
  return Json(&my.parser->doc, 1);
}

}  // namespace heed
