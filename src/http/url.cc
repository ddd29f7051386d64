#include "http/url.h"

#include "base/bytes.h"

namespace heed::http {
namespace {

constexpr std::size_t kParametersMax = 100;

int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool printable_ascii(std::string_view text) {
  for (unsigned char c : text) {
    if (c < 0x21 || c > 0x7E) {
      return false;
    }
  }
  return true;
}

bool dot_segment(std::string_view segment) { return segment == "." || segment == ".."; }

/// Escaped slashes are looked behind too: whoever joins `path` to a folder must not climb out of it.
bool climbs(std::string_view segment) {
  while (true) {
    std::size_t slash = segment.find_first_of("/\\");
    if (dot_segment(segment.substr(0, slash))) {
      return true;
    }
    if (slash == std::string_view::npos) {
      return false;
    }
    segment.remove_prefix(slash + 1);
  }
}

}  // namespace

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  bool escaped = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return fail(Code::InvalidInput, "the address has a broken percent escape");
      }
      c = static_cast<char>(high * 16 + low);
      i += 2;
      escaped = true;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    out.push_back(c);
  }
  if (escaped && !valid_utf8(out)) {
    return fail(Code::InvalidInput, "the address is not UTF-8 once decoded");
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (unsigned char c : text) {
    bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' ||
                 c == '_' || c == '~';
    if (plain) {
      out.push_back(static_cast<char>(c));
    } else {
      out += {'%', kHex[c >> 4], kHex[c & 15]};
    }
  }
  return out;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!text.empty()) {
    std::size_t end = text.find('&');
    std::string_view pair = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (pair.empty()) {
      continue;
    }
    if (out.size() == kParametersMax) {
      return fail(Code::InvalidInput, "the address has more than 100 parameters");
    }
    std::size_t equals = pair.find('=');
    std::string name = TRY(percent_decode(pair.substr(0, equals), /*plus_is_space=*/true));
    std::string value;
    if (equals != std::string_view::npos) {
      value = TRY(percent_decode(pair.substr(equals + 1), /*plus_is_space=*/true));
    }
    out.emplace_back(std::move(name), std::move(value));
  }
  return out;
}

Result<Target> parse_target(std::string_view raw) {
  Target target;
  if (!printable_ascii(raw)) {
    return fail(Code::InvalidInput, "the address has bytes outside printable ASCII; escape them");
  }
  if (raw == "*") {
    target.path = "*";
    return target;
  }
  for (std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
    if (raw.starts_with(scheme)) {
      raw.remove_prefix(scheme.size());
      std::size_t path = raw.find_first_of("/?");
      raw = path == std::string_view::npos ? std::string_view("/") : raw.substr(path);
      break;
    }
  }
  if (std::size_t fragment = raw.find('#'); fragment != std::string_view::npos) {
    return fail(Code::InvalidInput, "the address has a fragment");
  }
  std::size_t question = raw.find('?');
  std::string_view path = raw.substr(0, question);
  if (!path.starts_with('/')) {
    return fail(Code::InvalidInput, "the address does not begin with a slash");
  }
  if (question != std::string_view::npos) {
    target.query = TRY(parse_query(raw.substr(question + 1)));
  }
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    std::size_t end = path.find('/');
    std::string segment = TRY(percent_decode(path.substr(0, end)));
    path.remove_prefix(end == std::string_view::npos ? path.size() : end);
    if (climbs(segment)) {
      return fail(Code::InvalidInput, "the address has a . or .. segment");
    }
    for (unsigned char c : segment) {
      if (c < 0x20 || c == 0x7F) {
        return fail(Code::InvalidInput, "the address has an escaped control character");
      }
    }
    target.path += '/';
    target.path += segment;
    target.segments.push_back(std::move(segment));
  }
  return target;
}

}  // namespace heed::http
