#include "rule/source.h"

#include <algorithm>
#include <utility>

namespace heed::rule {
namespace {

constexpr std::size_t kShownBytes = 160;  // of a long line, around the place

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::size_t line_start(std::string_view text, std::size_t offset) {
  const std::size_t at = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  return at == std::string_view::npos ? 0 : at + 1;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    last[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        now[j] = std::min(now[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

}  // namespace

Position position_of(const Source& source, std::size_t offset) {
  offset = std::min(offset, source.text.size());
  const std::string_view head = std::string_view(source.text).substr(0, offset);
  const std::size_t start = line_start(source.text, offset);
  const auto line = static_cast<std::uint32_t>(std::count(head.begin(), head.end(), '\n'));
  std::uint32_t column = 0;
  for (char c : head.substr(start)) {
    column += continues(c) ? 0 : 1;
  }
  return {source.line + line, column + (line == 0 ? source.column : source.indent + 1)};
}

std::string render(const Source& source, const Issue& issue) {
  const Position at = position_of(source, issue.offset);
  std::string out = source.name.empty() ? "" : source.name + ":";
  out += std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + issue.message;
  if (!issue.hint.empty()) {
    out += "; " + issue.hint;
  }
  const std::string_view text = source.text;
  const std::size_t offset = std::min<std::size_t>(issue.offset, text.size());
  std::size_t start = line_start(text, offset);
  std::size_t end = std::min(text.find('\n', offset), text.size());
  std::string_view lead = "  ", tail;
  if (end - start > kShownBytes) {
    if (offset - start > kShownBytes / 2) {
      start = offset - kShownBytes / 2;
      while (start < offset && continues(text[start])) {
        ++start;
      }
      lead = "  …";
    }
    if (end - start > kShownBytes) {
      end = start + kShownBytes;
      while (end < text.size() && continues(text[end])) {
        ++end;
      }
      tail = "…";
    }
  }
  out += '\n';
  out += lead;
  for (char c : text.substr(start, end - start)) {
    // A control character would move the caret or the terminal.
    out += static_cast<unsigned char>(c) < 0x20 && c != '\t' ? '?' : c;
  }
  out += tail;
  out += lead == "  " ? "\n  " : "\n   ";
  for (char c : text.substr(start, offset - start)) {
    if (!continues(c)) {
      out += c == '\t' ? '\t' : ' ';
    }
  }
  out += '^';
  const std::size_t marked_end = std::min<std::size_t>(offset + issue.length, end);
  bool first = true;
  for (std::size_t i = offset; i < marked_end; ++i) {
    if (!continues(text[i]) && !std::exchange(first, false)) {
      out += '~';
    }
  }
  out += '\n';
  return out;
}

std::string render(const Source& source, const std::vector<Issue>& issues) {
  std::string out;
  for (const Issue& issue : issues) {
    out += render(source, issue);
  }
  return out;
}

std::string nearest(std::string_view name, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  if (name.size() > 64) {
    return best;
  }
  for (const std::string& candidate : candidates) {
    if (candidate.size() > 64 || candidate == name) {
      continue;
    }
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best_distance && distance < candidate.size()) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string found = nearest(name, candidates);
  return found.empty() ? "" : "did you mean '" + found + "'?";
}

}  // namespace heed::rule
