#include "policy/report_flow.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "base/file.h"
#include "policy/policy.h"

namespace heed::policy {
namespace {

/// A copy of the default pack in which one text of the flow is replaced; the faults that this gives.
std::string faults_with(const std::string& from, const std::string& to) {
  TempFolder folder("heed-flow");
  std::filesystem::copy("policies/default", folder.path(),
                        std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  std::string text = *read_file(folder.path() / "report_flow.yaml");
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  EXPECT_TRUE(write_file_atomically(folder.path() / "report_flow.yaml", text.replace(at, from.size(), to)));
  auto policy = load_policy(folder.path().string());
  return policy ? "" : policy.error().message;
}

TEST(ReportFlow, HasAtMostSixStepsWithEveryTextInEveryLanguage) {
  const auto policy = default_policy();
  const ReportFlow& flow = *policy->report_flow;
  EXPECT_LE(flow.steps.size(), kStepsMax);
  EXPECT_GE(flow.steps.size(), 3U);
  std::size_t texts = 0;
  auto both = [&](const Localized& text) {
    EXPECT_EQ(text.by_locale.size(), 2U);
    for (const auto& [locale, words] : text.by_locale) {
      EXPECT_FALSE(words.empty());
      ++texts;
    }
  };
  for (const ReportFlow::Step& step : flow.steps) {
    both(step.title);
    for (const ReportFlow::Field& field : step.fields) {
      both(field.label);
      for (const ReportFlow::Option& option : field.options) {
        both(option.title);
      }
    }
  }
  for (const auto* all : {&flow.texts, &flow.legal_notice}) {
    for (const auto& [name, text] : *all) {
      both(text);
    }
  }
  EXPECT_GT(texts, 200U);
}

TEST(ReportFlow, AsksForSymptomsFirst) {
  const auto policy = default_policy();
  const ReportFlow& flow = *policy->report_flow;
  ASSERT_FALSE(flow.steps.empty());
  EXPECT_EQ(flow.steps.front().fields.front().id, "symptoms");
  EXPECT_EQ(flow.steps.front().fields.front().options.size(), flow.symptoms.size());
}

TEST(ReportFlow, PointsEveryClausesSymptomToSomethingThatCanBeChosen) {
  const auto policy = default_policy();
  std::set<std::string> known;
  for (const ReportFlow::Option& symptom : policy->report_flow->symptoms) {
    known.insert(symptom.id);
  }
  for (const Clause& clause : policy->clauses) {
    for (const std::string& symptom : clause.symptoms) {
      EXPECT_TRUE(known.contains(symptom)) << clause.id << " " << symptom;
    }
  }
}

TEST(ReportFlow, OfAPackWithoutOneIsTheBuiltInOne) {
  TempFolder folder("heed-flow");
  std::filesystem::copy("policies/default", folder.path(),
                        std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  std::filesystem::remove(folder.path() / "report_flow.yaml");
  auto policy = load_policy(folder.path().string());
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_EQ((*policy)->report_flow->version, default_policy()->report_flow->version);
}

TEST(ReportFlow, NamesWhatIsWrongInItsFile) {
  EXPECT_NE(faults_with("kind: moment", "kind: momment").find("kind: must be one of choose_one"), std::string::npos);
  EXPECT_NE(faults_with("when: {field: extent, is: [pile]}", "when: {field: nothing, is: [pile]}")
                .find("must be one that is asked before"),
            std::string::npos);
  EXPECT_NE(faults_with("topics: [emergency, victims]", "topics: [emergancy]").find("did you mean 'emergency'"),
            std::string::npos);
  EXPECT_NE(faults_with("needs: no_account", "needs: nobody").find("needs: must be one of"), std::string::npos);
  EXPECT_NE(faults_with("  - id: hate\n", "  - id: harassment\n").find("id: is there twice"), std::string::npos);
  EXPECT_NE(faults_with(", de: \"Melden\"", "").find("'de' is missing"), std::string::npos);
}

}  // namespace
}  // namespace heed::policy
