#pragma once
#include <string>
#include <string_view>

#include "base/json.h"

namespace heed::adapters {

/// As JsonParser::parse, but half a surrogate pair ("\ud83d" alone, from a client that cut its text by UTF-16 units) reads
/// as U+FFFD, which is one unit, too. Costs a copy only where the strict parse failed.
Result<Json> parse_leniently(JsonParser& parser, std::string_view text);

/// The member under its camelCase or its snake_case name; Missing when it is under neither, or null.
Json member(Json object, std::string_view camel, std::string_view snake);

}  // namespace heed::adapters
