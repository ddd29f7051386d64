#include <algorithm>

#include "policy/policy.h"

namespace heed::policy {
namespace {

using Values = std::map<std::string, std::string, std::less<>>;

std::string_view value_of(const Values& values, std::string_view name) {
  auto found = values.find(name);
  return found == values.end() ? std::string_view{} : std::string_view(found->second);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  return text;
}

void render_line(std::string_view line, const Values& values, std::string& out) {
  while (!line.empty()) {
    const std::size_t open = line.find("{{");
    const std::size_t close = open == std::string_view::npos ? open : line.find("}}", open + 2);
    if (close == std::string_view::npos) {
      break;
    }
    out.append(line.substr(0, open));
    out.append(value_of(values, trimmed(line.substr(open + 2, close - open - 2))));
    line.remove_prefix(close + 2);
  }
  out.append(line);
}

}  // namespace

std::string render(std::string_view text, const Values& values) {
  std::string out;
  out.reserve(text.size() + 256);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    if (line.substr(0, 3) == "{{?") {
      const std::size_t close = line.find("}}");
      if (close != std::string_view::npos) {
        if (value_of(values, trimmed(line.substr(3, close - 3))).empty()) {
          continue;
        }
        line.remove_prefix(close + 2);
      }
    }
    render_line(line, values, out);
  }
  return out;
}

}  // namespace heed::policy
