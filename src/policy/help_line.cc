#include "policy/help_line.h"

#include <algorithm>
#include <array>
#include <set>

#include "policy/read_parts.h"

namespace heed::policy {
namespace {

constexpr std::array<std::string_view, 27> kEuMembers = {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES",
                                                         "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
                                                         "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"};

bool is_date(std::string_view text) { return text.size() == 10 && parse_time(std::string(text) + "T00:00:00Z"); }

}  // namespace

const std::vector<std::string_view> kHelpTopics = {"emergency",
                                                   "suicide",
                                                   "violence_against_women",
                                                   "sexual_violence",
                                                   "children",
                                                   "hate",
                                                   "stalking",
                                                   "victims",
                                                   "intimate_images",
                                                   "men"};

std::vector<const HelpLine*> help_lines_for(const std::vector<HelpLine>& lines, std::string_view country,
                                            std::string_view topic) {
  const bool in_eu = std::find(kEuMembers.begin(), kEuMembers.end(), country) != kEuMembers.end();
  std::vector<const HelpLine*> found;
  for (const HelpLine& line : lines) {
    const bool here = line.country == country || (line.country == "EU" && in_eu);
    if (here && (topic.empty() || std::find(line.topics.begin(), line.topics.end(), topic) != line.topics.end())) {
      found.push_back(&line);
    }
  }
  std::stable_partition(found.begin(), found.end(), [](const HelpLine* line) {
    return std::find(line->topics.begin(), line->topics.end(), "emergency") != line->topics.end();
  });
  return found;
}

std::vector<HelpLine> read_help_lines(MapReader& in, const std::vector<std::string>& locales) {
  std::vector<HelpLine> lines;
  std::set<std::string> ids;
  in.each("lines", 1000, [&](MapReader& line) {
    HelpLine to;
    to.id = line.name("id");
    if (!ids.insert(to.id).second) {
      line.fault(line.node(), "id: is there twice");
    }
    to.country = line.text("country", true, 2);
    if (to.country.size() != 2 || to.country.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos) {
      line.fault(line.node(), "country: must be two capital letters (ISO 3166-1), or EU");
    }
    to.name = line.text("name", true, 200);
    to.topics = line.known_words("topics", kHelpTopics, true);
    to.phones = line.words("phones");
    to.languages = line.words("languages", true);
    to.url = line.text("url", false, 300);
    to.hours = line.text("hours", false, 200);
    to.text = line.localized("text", locales);
    to.checked = line.text("checked", true, 10);
    if (!is_date(to.checked)) {
      line.fault(line.node(), "checked: must be the day on which somebody made sure of it, such as 2026-11-01");
    }
    if (to.phones.empty() && to.url.empty()) {
      line.fault(line.node(), "needs 'phones' or 'url'");
    }
    if (!to.url.empty() && to.url.substr(0, 8) != "https://") {
      line.fault(line.node(), "url: must begin with https://");
    }
    lines.push_back(std::move(to));
  });
  return lines;
}

}  // namespace heed::policy
