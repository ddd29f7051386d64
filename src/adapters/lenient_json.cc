#include "adapters/lenient_json.h"

#include <optional>

namespace heed::adapters {
namespace {

/// The code unit of an escape "\uXXXX" at the beginning of `text`.
std::optional<unsigned> escaped_unit(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') {
    return std::nullopt;
  }
  unsigned unit = 0;
  for (char c : text.substr(2, 4)) {
    const char lower = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      unit = unit << 4 | static_cast<unsigned>(c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      unit = unit << 4 | static_cast<unsigned>(lower - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return unit;
}

/// Replaces halves of surrogate pairs; nothing when there are none.
std::optional<std::string> without_halves(std::string_view text) {
  std::string out;
  bool found = false;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '\\') {
      out += text[at++];
      continue;
    }
    auto unit = escaped_unit(text.substr(at));
    if (!unit || *unit < 0xD800 || *unit > 0xDFFF) {
      out.append(text.substr(at, 2));  // an escape of two; the digits of a harmless \u follow as they are
      at += 2;
      continue;
    }
    auto next = *unit < 0xDC00 ? escaped_unit(text.substr(at + 6)) : std::nullopt;
    if (next && *next >= 0xDC00 && *next <= 0xDFFF) {
      out.append(text.substr(at, 12));
      at += 12;
      continue;
    }
    out.append("\\ufffd");
    found = true;
    at += 6;
  }
  return found ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

Result<Json> parse_leniently(JsonParser& parser, std::string_view text) {
  auto parsed = parser.parse(text);
  if (parsed) {
    return parsed;
  }
  auto repaired = without_halves(text);
  return repaired ? parser.parse(*repaired) : parsed;
}

Json member(Json object, std::string_view camel, std::string_view snake) {
  Json found = object[camel];
  if (found.missing() || found.is_null()) {
    found = object[snake];
  }
  return found.is_null() ? Json() : found;
}

}  // namespace heed::adapters
