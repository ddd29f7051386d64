#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/file.h"
#include "policy/builtin.h"
#include "policy/policy.h"

namespace heed::policy {
namespace {

namespace fs = std::filesystem;

/// A copy of the default pack in which one text is replaced.
class Pack {
 public:
  Pack() {
    fs::copy("policies/default", folder_.path(), fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  }
  void replace(const std::string& file, const std::string& from, const std::string& to) {
    std::string text = *read_file(folder_.path() / file);
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << file << " has no " << from;
    ASSERT_TRUE(write_file_atomically(folder_.path() / file, text.replace(at, from.size(), to)));
  }
  Result<std::shared_ptr<const Policy>> load() const { return load_policy(folder_.path().string()); }
  std::vector<std::string> faults() const {
    auto policy = load();
    std::vector<std::string> out;
    if (!policy) {
      for (const FieldError& fault : policy.error().fields) {
        out.push_back(fault.pointer + ": " + fault.detail);
      }
    }
    return out;
  }
  fs::path path() const { return folder_.path(); }

 private:
  TempFolder folder_{"heed-policy"};
};

TEST(DefaultPolicy, LoadsFromItsFolderWithoutFault) {
  auto policy = load_policy("policies/default");
  ASSERT_TRUE(policy) << policy.error().message;
}

TEST(DefaultPolicy, IsBuiltInAsItLiesInTheFolder) {
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator("policies/default")) {
    const std::string name = fs::relative(entry.path(), "policies/default").string();
    if (entry.path().extension() == ".yaml" || entry.path().extension() == ".tsv" ||
        entry.path().extension() == ".scn") {
      EXPECT_EQ(default_policy_file(name), *read_file(entry.path())) << name;
      ++files;
    }
  }
  EXPECT_EQ(default_policy_files("").size(), files);
  EXPECT_EQ(default_policy_file("no/such.yaml"), "");
  EXPECT_EQ(default_policy()->clauses.size(), load_policy("policies/default").value()->clauses.size());
}

TEST(DefaultPolicy, NeverLetsAMachineCloseAThreatToLife) {
  auto policy = default_policy();
  const Clause* threats = policy->find("threats_to_life");
  ASSERT_NE(threats, nullptr);
  EXPECT_EQ(threats->lane, Lane::Life);
  for (const Clause& clause : policy->clauses) {
    if (clause.lane == Lane::Life) {
      EXPECT_TRUE(clause.review_always) << clause.id;
      EXPECT_FALSE(clause.machine_may_close) << clause.id;
      EXPECT_EQ(clause.machine_copies, Copies::No) << clause.id;
    }
  }
}

TEST(DefaultPolicy, PutsAPostedAddressAboveEveryOtherClause) {
  auto policy = default_policy();
  const Clause* address = policy->find("private_information");
  ASSERT_NE(address, nullptr);
  EXPECT_EQ(address->lane, Lane::Life);
  EXPECT_TRUE(address->review_always);
  for (const Clause& clause : policy->clauses) {
    if (&clause != address) {
      EXPECT_LT(std::max(clause.severity, clause.severity_concrete), address->severity) << clause.id;
    }
  }
}

TEST(DefaultPolicy, HasAClauseForEverySymptomAPersonCanName) {
  auto policy = default_policy();
  for (const char* symptom :
       {"threat_of_violence", "sexual_violence", "stalking", "hate", "harassment", "private_information",
        "intimate_images", "impersonation", "sexual_content", "child_safety", "self_harm", "spam", "other"}) {
    EXPECT_NE(policy->for_symptom(symptom), nullptr) << symptom;
  }
  EXPECT_EQ(policy->for_symptom("nonsense"), nullptr);
  EXPECT_EQ(policy->for_category("threat")->id, "threats_to_life");
  EXPECT_EQ(policy->for_category("nonsense"), nullptr);
}

TEST(DefaultPolicy, SpeaksEnglishAndGermanAndFallsBack) {
  auto policy = default_policy();
  const Clause& clause = policy->clauses.front();
  EXPECT_EQ(clause.title.in("en"), "Threats to life and body");
  EXPECT_EQ(clause.title.in("de-AT"), "Drohungen gegen Leib und Leben");
  EXPECT_EQ(clause.title.in("fr"), clause.title.in("en"));
  EXPECT_EQ(policy->word("action.hide", "de").substr(0, 11), "Der Beitrag");
  EXPECT_EQ(policy->word("action.nothing_such", "de"), "");
  EXPECT_EQ(Localized{}.in("en"), "");
}

TEST(DefaultPolicy, HasTheDocumentedClocks) {
  const Clocks clocks = default_policy()->clocks;
  EXPECT_EQ(clocks.receipt, std::chrono::seconds(60));
  EXPECT_EQ(clocks.life_first_look, std::chrono::minutes(15));
  EXPECT_EQ(clocks.fear_first_look, std::chrono::hours(4));
  EXPECT_EQ(clocks.inform, std::chrono::minutes(10));
  EXPECT_EQ(clocks.appeal_decide, std::chrono::hours(24 * 7));
  EXPECT_EQ(clocks.appeal_window_months, 6);
}

TEST(DefaultPolicy, NamesEveryPlaceholderInTheReadme) {
  const std::string readme = *read_file("policies/README.md");
  auto policy = default_policy();
  for (const auto& [name, notice] : policy->notices) {
    EXPECT_NE(readme.find("`" + name + "`"), std::string::npos) << name;
    for (const auto& [locale, body] : notice.body.by_locale) {
      for (std::size_t at = body.find("{{"); at != std::string::npos; at = body.find("{{", at + 2)) {
        std::string word = body.substr(at + 2, body.find("}}", at) - at - 2);
        word.erase(0, word[0] == '?' ? 1 : 0);
        EXPECT_NE(readme.find("`{{" + word + "}}`"), std::string::npos) << name << " " << word;
      }
    }
  }
}

TEST(DefaultPolicy, NoticesToTheReportingSideHaveNoPlaceForTheOtherSidesWords) {
  auto policy = default_policy();
  for (const char* name :
       {"receipt", "outcome_violation", "outcome_no_violation", "outcome_reversed", "relief_applied"}) {
    for (const auto& [locale, body] : policy->notices.at(name).body.by_locale) {
      EXPECT_EQ(body.find("{{facts}}"), std::string::npos) << name;
      EXPECT_EQ(body.find("{{own_words}}"), std::string::npos) << name;
    }
  }
}

TEST(PolicyLoader, NamesFileLineColumnAndTheNearestKey) {
  Pack pack;
  pack.replace("clauses/spam.yaml", "severity: 20", "severty: 20");
  pack.replace("clauses/hate.yaml", "lane: rest", "lane: express");
  pack.replace("policy.yaml", "inform: 10m", "inform: soon");
  auto faults = pack.faults();
  ASSERT_EQ(faults.size(), 3u);
  EXPECT_NE(faults[0].find("clocks.inform: must be a duration such as 60s, 15m, 24h or 7d"), std::string::npos)
      << faults[0];
  EXPECT_EQ(faults[0].substr(0, 12), "policy.yaml:");
  EXPECT_EQ(faults[1].substr(0, 18), "clauses/hate.yaml:");
  EXPECT_NE(faults[1].find("lane: must be one of life, fear, rest"), std::string::npos) << faults[1];
  EXPECT_NE(faults[2].find(":1: unknown key 'severty'; did you mean 'severity'?"), std::string::npos) << faults[2];
}

struct Fault {
  const char *file, *from, *to, *expected;
};

class PolicyFaults : public testing::TestWithParam<Fault> {};

TEST_P(PolicyFaults, AreRefusedByName) {
  Pack pack;
  pack.replace(GetParam().file, GetParam().from, GetParam().to);
  auto faults = pack.faults();
  EXPECT_TRUE(std::any_of(faults.begin(), faults.end(), [](const std::string& fault) {
    return fault.find(GetParam().expected) != std::string::npos;
  })) << testing::PrintToString(faults);
}

INSTANTIATE_TEST_SUITE_P(
    Each, PolicyFaults,
    testing::Values(
        Fault{"clauses/spam.yaml", "severity: 20", "severity: 101", "severity: must be a number from 0 to 100"},
        Fault{"clauses/spam.yaml", "severity: 20", "severity: many", "severity: must be a number"},
        Fault{"clauses/spam.yaml", "may_act: true", "may_act: yes", "machine.may_act: must be true or false"},
        Fault{"clauses/spam.yaml", "actions: [limit]", "actions: [interstitial]", "is not among the clause's actions"},
        Fault{"clauses/spam.yaml", "actions: [none, label", "actions: [none, explode", "unknown action"},
        Fault{"clauses/spam.yaml", "  de: Spam und Täuschung\n", "", "title: 'de' is missing"},
        Fault{"clauses/spam.yaml", "id: spam", "id: spams", "must be 'spam', the file's name"},
        Fault{"clauses/spam.yaml", "SCAMS_AND_FRAUD", "SCAMS", "dsa.category: not a category"},
        Fault{"clauses/spam.yaml", "\"PHISHING\"", "\"FISHING\"", "dsa.keyword: not a keyword"},
        Fault{"clauses/threats_to_life.yaml", "may_close: false", "may_close: true", "never closed by a machine"},
        Fault{"clauses/threats_to_life.yaml", "may_close: false", "copies: anywhere", "never closed by a machine"},
        Fault{"clauses/hate.yaml", "copies: anywhere", "copies: somewhere", "machine.copies"},
        Fault{"clauses/hate.yaml", "copies: anywhere", "copies: no", "say with copies"},
        Fault{"clauses/hate.yaml", "copy_actions: [hide]", "copy_actions: [warn]", "is warned by a person"},
        Fault{"clauses/hate.yaml", "copy_actions: [hide]", "copy_actions: [suspend]", "takes a person"},
        Fault{"clauses/targeted_harassment.yaml", "  for_good: [suspend]", "  for_good: [suspend, hide]",
              "is among machine.copy_actions"},
        Fault{"clauses/hate.yaml", "severity: 70", "severity: [70", "not valid YAML"},
        Fault{"policy.yaml", "  - hate\n", "  - hat\n", "clauses/hat.yaml:1:1: cannot be read"},
        Fault{"policy.yaml", "  - hate\n", "  - ../hate\n", "names of clauses and locales are file names"},
        Fault{"policy.yaml", "  - hate\n", "  - spam\n", "names a clause twice"},
        Fault{"policy.yaml", "[en, de]", "[de]", "'locales' must hold en"},
        Fault{"policy.yaml", "appeal_window_months: 6", "appeal_window_months: 3", "must be a number from 6 to 120"},
        Fault{"notices/en.yaml", "{{facts}}", "{{fact}}", "did you mean {{facts}}?"},
        Fault{"notices/en.yaml", "What we based this on: {{facts}}\n", "\n",
              "notices.statement_of_reasons: must hold {{facts}}"},
        Fault{"notices/en.yaml", "  action.hide:", "  action.hid:", "did you mean 'action.hide'?"},
        Fault{"notices/de.yaml", "    - \"Geht es noch weiter, hier oder anderswo?\"\n", "",
              "macros.question: must hold the same sentences in every language"},
        Fault{"notices/en.yaml", "macros:\n  message:", "macros:\n  massage:", "did you mean 'message'?"},
        Fault{"notices/en.yaml", "  receipt:\n", "  receipts:\n", "notices: 'receipt' is missing"},
        Fault{"notices/en.yaml", "Thank you for telling us.", "You reported: {{own_words}}",
              "{{own_words}} is not allowed in this notice"}));

TEST(PolicyLoader, RefusesAFolderWithoutPolicy) {
  TempFolder folder;
  auto policy = load_policy(folder.path().string());
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().code, Code::InvalidInput);
  EXPECT_NE(policy.error().message.find("policy.yaml:1:1: cannot be read"), std::string::npos);
}

}  // namespace
}  // namespace heed::policy
