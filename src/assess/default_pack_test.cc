#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "assess/assessor.h"
#include "assess/scenario.h"
#include "base/file.h"
#include "match/matcher.h"
#include "policy/builtin.h"

namespace heed::assess {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> scenario_files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator("policies/default/scenarios")) {
    if (entry.path().extension() == ".scn") {
      names.push_back(entry.path().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(DefaultPack, ListsFitThePolicyAndSayWhoAndWhy) {
  std::vector<std::pair<std::string, std::string>> lists;
  for (const policy::BuiltinFile& file : policy::default_policy_files("lists/")) {
    lists.emplace_back(std::string(file.name), std::string(file.bytes));
    auto list = match::parse_term_list(file.name, file.bytes);
    ASSERT_TRUE(list) << list.error().message;
    EXPECT_FALSE(list->version.empty()) << file.name;
    for (const match::TermEntry& entry : list->entries) {
      EXPECT_FALSE(entry.who.empty() || entry.why.empty()) << file.name << " " << entry.id;
    }
  }
  EXPECT_GE(lists.size(), 10u);
  auto assessor = Assessor::make(policy::default_policy(), lists);
  EXPECT_TRUE(assessor) << assessor.error().message;
}

TEST(DefaultPack, HasScenariosThatHold) {
  auto assessor = Assessor::make_default(policy::default_policy());
  int posts = 0;
  for (const std::string& path : scenario_files()) {
    auto result = run_scenario(fs::path(path).filename().string(), *read_file(path), *assessor);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_GT(result->expectations, 0) << path;
    posts += result->posts;
    for (const std::string& failure : result->failures) {
      ADD_FAILURE() << failure;
    }
  }
  EXPECT_GE(posts, 200);
}

TEST(DefaultPack, NeedsEveryListForSomeScenario) {
  std::vector<std::pair<std::string, std::string>> lists;
  for (const policy::BuiltinFile& file : policy::default_policy_files("lists/")) {
    lists.emplace_back(std::string(file.name), std::string(file.bytes));
  }
  for (std::size_t left_out = 0; left_out < lists.size(); ++left_out) {
    auto fewer = lists;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(left_out));
    auto assessor = Assessor::make(policy::default_policy(), fewer);
    ASSERT_TRUE(assessor) << assessor.error().message;
    std::size_t failures = 0;
    for (const std::string& path : scenario_files()) {
      failures += run_scenario(path, *read_file(path), **assessor)->failures.size();
    }
    EXPECT_GT(failures, 0u) << "no scenario would miss " << lists[left_out].first;
  }
}

TEST(DefaultPack, HasAPositiveScenarioForEveryCategory) {
  auto policy = policy::default_policy();
  std::string all;
  for (const std::string& path : scenario_files()) {
    all += *read_file(path);
  }
  for (const policy::BuiltinFile& file : policy::default_policy_files("lists/")) {
    const auto list = match::parse_term_list(file.name, file.bytes);
    for (const match::TermEntry& entry : list->entries) {
      if (entry.category.substr(0, 8) != "context.") {
        const std::string clause = policy->for_category(entry.category)->id;
        EXPECT_TRUE(all.find("category=" + entry.category) != std::string::npos ||
                    all.find("clause=" + clause) != std::string::npos)
            << "no positive scenario for " << entry.category;
      }
      if (!entry.group.empty() && entry.category == "hate") {
        EXPECT_NE(all.find("group=" + entry.group), std::string::npos)
            << "no positive scenario for hate at " << entry.group;
      }
    }
  }
}

TEST(DefaultPack, HasPositiveAndNegativeScenariosForEveryClauseThatListsFind) {
  std::string all;
  for (const std::string& path : scenario_files()) {
    all += *read_file(path);
  }
  auto policy = policy::default_policy();
  std::set<std::string> found;
  for (const policy::BuiltinFile& file : policy::default_policy_files("lists/")) {
    const auto list = match::parse_term_list(file.name, file.bytes);
    for (const match::TermEntry& entry : list->entries) {
      if (entry.category.substr(0, 8) != "context.") {
        found.insert(policy->for_category(entry.category)->id);
        EXPECT_NE(all.find("none=" + entry.category), std::string::npos)
            << "no negative scenario for " << entry.category;
      }
    }
  }
  for (const std::string& clause : found) {
    EXPECT_NE(all.find("clause=" + clause), std::string::npos) << "no positive scenario for " << clause;
  }
}

}  // namespace
}  // namespace heed::assess
