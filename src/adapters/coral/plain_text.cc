#include "adapters/coral/plain_text.h"

#include <algorithm>
#include <optional>

#include "text/utf8.h"

namespace heed::adapters::coral {
namespace {

constexpr std::size_t kEntityMax = 12;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// The name of the tag whose text between < and > this is, in lower case.
std::string tag_name(std::string_view tag) {
  std::string name;
  for (char c : tag.substr(tag.starts_with('/') ? 1 : 0)) {
    if (!is_letter(c) && !(c >= '1' && c <= '6')) {
      break;
    }
    name += static_cast<char>(c | 0x20);
  }
  return name;
}

bool breaks_line(std::string_view name) {
  static constexpr std::string_view kNames[] = {"br", "div", "p", "li", "ul", "ol", "blockquote", "pre", "tr", "hr"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames) ||
         (name.size() == 2 && name[0] == 'h' && name[1] < 'a');
}

/// What stands between & and ; as UTF-8.
std::optional<std::string> entity(std::string_view name) {
  struct Row {
    std::string_view name, text;
  };
  static constexpr Row kRows[] = {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", " "}};
  for (const Row& row : kRows) {
    if (row.name == name) {
      return std::string(row.text);
    }
  }
  if (!name.starts_with('#') || name.size() < 2) {
    return std::nullopt;
  }
  name.remove_prefix(1);
  const bool hex = name.front() == 'x' || name.front() == 'X';
  name.remove_prefix(hex ? 1 : 0);
  std::uint32_t value = 0;
  for (char c : name) {
    const char lower = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      value = value * (hex ? 16 : 10) + static_cast<std::uint32_t>(c - '0');
    } else if (hex && lower >= 'a' && lower <= 'f') {
      value = value * 16 + static_cast<std::uint32_t>(lower - 'a' + 10);
    } else {
      return std::nullopt;
    }
    if (value > 0x10FFFF) {
      return std::nullopt;
    }
  }
  if (name.empty() || value == 0 || (value >= 0xD800 && value <= 0xDFFF)) {
    return std::nullopt;
  }
  char bytes[4];
  return std::string(bytes, text::encode_utf8(value, bytes));
}

}  // namespace

std::string plain_text(std::string_view html) {
  if (html.find_first_of("<&") == std::string_view::npos) {
    return std::string(html);
  }
  std::string out;
  out.reserve(html.size());
  std::size_t no_tag_before = 0;  // no '>' in [.., no_tag_before): looked for once
  for (std::size_t at = 0; at < html.size();) {
    const char c = html[at];
    const char next = at + 1 < html.size() ? html[at + 1] : '\0';
    if (c == '<' && (is_letter(next) || next == '/' || next == '!') && at >= no_tag_before) {
      const std::size_t end = html.find('>', at);
      if (end != std::string_view::npos) {
        if (breaks_line(tag_name(html.substr(at + 1, end - at - 1))) && !out.empty() && out.back() != '\n') {
          out += '\n';
        }
        at = end + 1;
        continue;
      }
      no_tag_before = html.size();
    }
    if (c == '&') {
      const std::size_t end = html.substr(at, kEntityMax).find(';');
      auto text = end == std::string_view::npos ? std::nullopt : entity(html.substr(at + 1, end - 1));
      if (text) {
        out += *text;
        at += end + 1;
        continue;
      }
    }
    out += c;
    ++at;
  }
  while (!out.empty() && out.back() == '\n') {
    out.pop_back();
  }
  return out;
}

}  // namespace heed::adapters::coral
