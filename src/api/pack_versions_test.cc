#include "api/pack_versions.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace heed::api {
namespace {

class Versions : public ::testing::Test {
 protected:
  bool keep(int minute = 0, std::string_view by = "kim") {
    auto kept = PackVersions(path).keep(pack, by, at + std::chrono::minutes(minute));
    EXPECT_TRUE(kept) << kept.error().message;
    return kept && *kept;
  }
  std::vector<PackVersions::Version> list() {
    auto all = PackVersions(path).list();
    EXPECT_TRUE(all) << all.error().message;
    return all ? *all : std::vector<PackVersions::Version>{};
  }
  TempFolder folder;
  std::filesystem::path path = folder.path() / "pack-versions";
  const Time at = *parse_time("2026-11-22T18:00:00.000Z");
  PackFiles pack = [] {
    PackFiles out;
    auto policy = std::make_shared<policy::Policy>();
    policy->id = "forum";
    policy->version = "1";
    out.policy = policy;
    out.rules = {{"rules/a.yaml", "one"}, {"rules/b.yaml", "two"}};
    out.lists = {{"words", "x\n"}};
    out.clauses = {{"clauses/hate.yaml", "no hate"}};
    return out;
  }();
};

TEST_F(Versions, AreKeptAcrossRestartsWithWhoAndWhen) {
  EXPECT_TRUE(list().empty());
  EXPECT_TRUE(keep());
  pack.rules[0].second = "one and a half";
  pack.rules.pop_back();
  pack.lists.emplace_back("more", "y\n");
  EXPECT_TRUE(keep(5, "noor"));
  const auto all = list();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].number, 2);
  EXPECT_EQ(all[0].by, "noor");
  EXPECT_EQ(all[0].at, at + std::chrono::minutes(5));
  EXPECT_EQ(all[0].id, "forum");
  std::string changes;
  for (const auto& change : all[0].changes) {
    changes += change.what + " " + change.kind + " " + change.name + "; ";
  }
  EXPECT_EQ(changes, "added lists more; changed rules rules/a.yaml; removed rules rules/b.yaml; ");
  EXPECT_TRUE(all[1].changes.empty()) << "the first is the first";
  EXPECT_EQ(all[1].by, "kim");
}

TEST_F(Versions, AreNotMadeByAStartWithTheSameFiles) {
  EXPECT_TRUE(keep(0));
  EXPECT_FALSE(keep(1, "somebody else"));
  EXPECT_EQ(list().size(), 1U);
  pack.clauses[0].second = "no hate at all";
  EXPECT_TRUE(keep(2));
  pack.clauses[0].second = "no hate";
  EXPECT_TRUE(keep(3)) << "going back is a version too";
}

TEST_F(Versions, GiveATextBeforeAndAfter) {
  keep();
  pack.rules[0].second = "one and a half";
  pack.rules.pop_back();
  pack.lists.emplace_back("more", "y\n");
  keep(1);
  PackVersions versions(path);
  auto changed = versions.texts(2, "rules", "rules/a.yaml");
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->before, "one");
  EXPECT_EQ(changed->after, "one and a half");
  EXPECT_EQ(versions.texts(2, "rules", "rules/b.yaml")->after, std::nullopt);
  EXPECT_EQ(versions.texts(2, "lists", "more")->before, std::nullopt);
  EXPECT_EQ(versions.texts(1, "rules", "rules/b.yaml")->after, "two");
  EXPECT_EQ(versions.texts(1, "rules", "rules/b.yaml")->before, std::nullopt);
  for (const auto& [number, name] : {std::pair{2, "../../etc/passwd"}, {3, "rules/a.yaml"}, {0, "rules/a.yaml"}}) {
    auto none = versions.texts(number, "rules", name);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, Code::NotFound);
  }
}

TEST_F(Versions, ForgetTheOldestAndTextsThatNobodyNeeds) {
  for (std::size_t i = 0; i < PackVersions::kKeptMax + 3; ++i) {
    pack.rules[0].second = std::to_string(i);
    keep(static_cast<int>(i));
  }
  const auto all = list();
  EXPECT_EQ(all.size(), PackVersions::kKeptMax);
  EXPECT_EQ(all.front().number, static_cast<int>(PackVersions::kKeptMax) + 3);
  std::size_t texts = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(path / "texts")) {
    ++texts;
  }
  EXPECT_EQ(texts, PackVersions::kKeptMax + 3) << "each version's own and three that all have";
}

TEST_F(Versions, SayWhatIsWrongWithAFile) {
  keep();
  ASSERT_TRUE(write_file_atomically(path / "00000001.json", "{not json"));
  EXPECT_FALSE(PackVersions(path).list());
  EXPECT_FALSE(PackVersions(path).keep(pack, "kim", at)) << "nothing is overwritten";
}

}  // namespace
}  // namespace heed::api
