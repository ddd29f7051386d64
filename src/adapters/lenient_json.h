#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace heed::adapters {

/// As JsonParser::parse, but half a surrogate pair ("\ud83d" alone, from a client that cut its text by UTF-16
/// units) reads as U+FFFD, which is one unit, too. Costs a copy only where the strict parse failed.
Result<Json> parse_leniently(JsonParser& parser, std::string_view text);

/// A thread keeps one parser, and with it the memory that its largest document took; a larger one than this
/// gets a parser of its own, so that a few huge requests do not stay resident for ever.
inline constexpr std::size_t kKeptParserBytes = 256 << 10;
class ParserFor {
 public:
  ParserFor(JsonParser& kept, std::string_view body)
      : parser_(body.size() > kKeptParserBytes ? &own_.emplace(32) : &kept) {}
  JsonParser& operator*() const { return *parser_; }

 private:
  std::optional<JsonParser> own_;
  JsonParser* parser_;
};

/// The member under its camelCase or its snake_case name; Missing when it is under neither, or null.
Json member(Json object, std::string_view camel, std::string_view snake);

}  // namespace heed::adapters
