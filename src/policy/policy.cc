#include "policy/policy.h"

#include <algorithm>
#include <array>

namespace heed::policy {
namespace {

constexpr std::array<std::string_view, 8> kActionNames = {"none", "label",  "interstitial", "limit",
                                                          "hide", "remove", "warn",         "suspend"};
constexpr std::array<std::string_view, 3> kLaneNames = {"life", "fear", "rest"};
const std::string kNothing;

/// The gravest clause whose member list names `name`: by lane, then severity, then the pack's order.
const Clause* gravest(const std::vector<Clause>& clauses, std::vector<std::string> Clause::*names,
                      std::string_view name) {
  const Clause* best = nullptr;
  for (const Clause& clause : clauses) {
    for (const std::string& listed : clause.*names) {
      if (listed == name && (best == nullptr || clause.severity > best->severity)) {
        best = &clause;
      }
    }
  }
  return best;
}

}  // namespace

std::string_view action_name(ActionKind kind) { return kActionNames[static_cast<std::size_t>(kind)]; }

Result<ActionKind> parse_action(std::string_view name) {
  for (std::size_t i = 0; i < kActionNames.size(); ++i) {
    if (kActionNames[i] == name) {
      return static_cast<ActionKind>(i);
    }
  }
  return fail(Code::InvalidInput,
              "unknown action; one of none, label, interstitial, limit, hide, remove, warn, suspend");
}

std::string_view lane_name(Lane lane) { return kLaneNames[static_cast<std::size_t>(lane)]; }

const std::string& Localized::in(std::string_view locale) const {
  for (;;) {
    if (auto found = by_locale.find(locale); found != by_locale.end()) {
      return found->second;
    }
    const std::size_t cut = locale.find_last_of("-_");
    if (cut == std::string_view::npos) {
      break;
    }
    locale = locale.substr(0, cut);
  }
  auto english = by_locale.find("en");
  return english == by_locale.end() ? kNothing : english->second;
}

bool Clause::takes_two(ActionKind action, bool lasting) const {
  auto in = [&](const std::vector<ActionKind>& kinds) {
    return std::find(kinds.begin(), kinds.end(), action) != kinds.end();
  };
  return second_person || in(second_person_actions) || (lasting && in(second_person_for_good));
}

const Clause* Policy::find(std::string_view clause_id) const {
  for (const Clause& clause : clauses) {
    if (clause.id == clause_id) {
      return &clause;
    }
  }
  return nullptr;
}

const DisclosureClause* Policy::find_disclosure(std::string_view disclosure_id) const {
  for (const DisclosureClause& clause : disclosure) {
    if (clause.id == disclosure_id) {
      return &clause;
    }
  }
  return nullptr;
}

const Clause* Policy::for_category(std::string_view category) const {
  return gravest(clauses, &Clause::categories, category);
}

const Clause* Policy::for_symptom(std::string_view symptom) const {
  return gravest(clauses, &Clause::symptoms, symptom);
}

const std::string& Policy::word(std::string_view key, std::string_view locale) const {
  auto found = words.find(key);
  return found == words.end() ? kNothing : found->second.in(locale);
}

}  // namespace heed::policy
