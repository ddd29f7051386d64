#include "policy/disclosure.h"

#include <array>

#include "policy/read_parts.h"

namespace heed::policy {
namespace {

constexpr std::array<std::string_view, 5> kDataKindNames = {"public_posts", "basic", "connection", "traffic",
                                                            "content"};

}  // namespace

std::string_view data_kind_name(DataKind kind) { return kDataKindNames[static_cast<std::size_t>(kind)]; }

const std::vector<std::string_view> kDisclosureNeeds = {
    "written",          "official_channel", "authority_named",    "person_named", "signature",  "case_number",
    "legal_basis",      "exact_accounts",   "exact_urls",         "time_range",   "data_named", "judge",
    "danger_described", "why_it_helps",     "treaty_or_eu_order", "redress_named"};

DisclosureClause read_disclosure(MapReader& in, const std::string& id, const std::vector<std::string>& locales) {
  DisclosureClause clause;
  clause.id = in.name("id");
  if (!clause.id.empty() && clause.id != id) {
    in.fault(*in.optional("id"), fmt::format("id: must be '{}', the file's name", id));
  }
  clause.version = in.text("version", true, 100);
  clause.question = in.localized("question", locales);
  clause.answer = in.localized("answer", locales);
  clause.refusal = in.localized("refusal", locales);
  const Names kinds(kDataKindNames.begin(), kDataKindNames.end());
  for (const std::string& word : in.known_words("gives", kinds, true)) {
    clause.gives.push_back(static_cast<DataKind>(std::find(kinds.begin(), kinds.end(), word) - kinds.begin()));
  }
  clause.needs = in.known_words("needs", kDisclosureNeeds, false);
  clause.two_people = in.flag("two_people", false);
  clause.call_back = in.flag("call_back", false);
  clause.answer_within = in.duration("answer_within", clause.answer_within);
  clause.review_within = in.duration("review_within", clause.review_within);
  clause.kept = in.duration("kept", clause.kept);
  clause.tell_user = in.choice<TellUser>(
      "tell_user",
      {{"not_concerned", TellUser::NotConcerned}, {"before", TellUser::Before}, {"after", TellUser::After}},
      TellUser::NotConcerned);
  clause.delay_max = in.duration("delay_max", clause.delay_max);
  clause.law = in.text("law", false);

  const bool about_people = std::any_of(clause.gives.begin(), clause.gives.end(),
                                        [](DataKind kind) { return kind != DataKind::PublicPosts; });
  if (about_people && !clause.two_people) {
    in.fault(in.node(), "two_people: what is not public leaves the house only when two people release it");
  }
  if (about_people && clause.tell_user == TellUser::NotConcerned) {
    in.fault(in.node(), "tell_user: whoever's data goes out is told, before or after");
  }
  if (clause.tell_user == TellUser::After && clause.delay_max.count() == 0) {
    in.fault(in.node(), "delay_max: telling somebody later needs an end");
  }
  return clause;
}

}  // namespace heed::policy
