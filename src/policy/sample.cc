#include "policy/sample.h"

#include <algorithm>

#include "policy/builtin.h"

namespace heed::policy {
namespace {

/// Calls plain(text) and choice(alternatives) for the parts of a sample.
template <class Plain, class Choice>
void each_part(std::string_view text, Plain plain, Choice choice) {
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) {
      plain(text);
      return;
    }
    plain(text.substr(0, open));
    std::vector<std::string_view> alternatives;
    std::string_view inside = text.substr(open + 1, close - open - 1);
    for (std::size_t bar = inside.find('|'); bar != std::string_view::npos; bar = inside.find('|')) {
      alternatives.push_back(inside.substr(0, bar));
      inside.remove_prefix(bar + 1);
    }
    alternatives.push_back(inside);
    choice(alternatives);
    text.remove_prefix(close + 1);
  }
}

}  // namespace

std::vector<Sample> samples(std::string_view file) {
  std::vector<Sample> out;
  std::string_view rest = sample_file(file);
  bool header = true;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t tab = line.find('\t');
    if (!header && tab != std::string_view::npos) {
      out.push_back({line.substr(0, tab), line.substr(tab + 1)});
    }
    header = false;
  }
  return out;
}

std::string vary(std::string_view text, std::uint64_t n) {
  std::string out;
  each_part(
      text, [&](std::string_view plain) { out += plain; },
      [&](const std::vector<std::string_view>& alternatives) {
        out += alternatives[n % alternatives.size()];
        n /= alternatives.size();
      });
  return out;
}

std::uint64_t variants(std::string_view text) {
  std::uint64_t count = 1;
  each_part(
      text, [](std::string_view) {},
      [&](const std::vector<std::string_view>& alternatives) { count *= alternatives.size(); });
  return count;
}

}  // namespace heed::policy
