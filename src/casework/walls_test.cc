#include "casework/walls.h"

#include <gtest/gtest.h>

#include "casework/erasure.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

class Walls : public ::testing::Test {
 protected:
  CaseId report(std::vector<ReportedItem> items, const std::string& by = "ann") {
    auto receipt = room.report(room.report_by(by, std::move(items)));
    EXPECT_TRUE(receipt) << receipt.error().message;
    return receipt ? receipt->case_id : CaseId{};
  }
  bool stands(CaseId id, const std::vector<std::string>& persons) {
    Wall wall;
    for (const std::string& person : persons) {
      wall.add(room.env.hasher->account(person));
    }
    wall.seal();
    auto view = room.view();
    auto found = stands_before(*view, wall, id);
    EXPECT_TRUE(found) << found.error().message;
    return found && *found;
  }
  ActRoom room;
};

TEST_F(Walls, StandBeforeWhomAPostOnlyNames) {
  ReportedItem post = room.post("p1", "[insult] a", "bob", {"ann", "dora", "emil"});
  post.evidence.named = {"earlier", "above", "dora", "", "bob"};
  const CaseId id = report({post});
  for (const char* person : {"ann", "bob", "dora", "emil", "earlier", "above"}) {
    EXPECT_TRUE(stands(id, {person})) << person;
  }
  EXPECT_FALSE(stands(id, {"frank"}));
  EXPECT_FALSE(stands(id, {""}));
  EXPECT_EQ(room.check(), "");
}

TEST_F(Walls, AskForEachOfTheirPersonsWhereACaseNamesMoreThanThat) {
  std::vector<std::string> crowd{"ann"};
  for (int i = 0; i < 60; ++i) {
    crowd.push_back("c" + std::to_string(i));
  }
  const CaseId id = report({room.post("p1", "[insult] a", "bob", crowd)});
  for (int i = 0; i < 60; ++i) {
    EXPECT_TRUE(stands(id, {"c" + std::to_string(i), "stranger"})) << i;
  }
  EXPECT_FALSE(stands(id, {"stranger", "another"}));
}

TEST_F(Walls, HoldForSoManyNamesOfOnePost) {
  std::vector<std::string> crowd{"ann"};
  for (std::size_t i = 0; i < 2 * kNamedMax; ++i) {
    crowd.push_back("c" + std::to_string(i));
  }
  const CaseId id = report({room.post("p1", "[insult] a", "bob", crowd)});
  EXPECT_TRUE(stands(id, {"c" + std::to_string(kNamedMax - 2)}));
  EXPECT_FALSE(stands(id, {"c" + std::to_string(kNamedMax)}));
}

TEST_F(Walls, StandBeforeACaseThatRefersToAPostWhichNamesSomebody) {
  const ReportedItem post = room.post("p1", "[insult] a", "bob", {"ann", "dora"});
  const ReportedItem mild = room.post("p2", "[insult] b", "carl", {"gil"});
  const CaseId home = report({post}), second = report({mild}, "gil"), other = report({mild, post}, "hal");
  ASSERT_NE(home, other);
  EXPECT_EQ(second, other);
  EXPECT_TRUE(stands(other, {"dora"}));
  EXPECT_TRUE(stands(home, {"dora"}));
}

TEST_F(Walls, NoticeWhomAnEditNames) {
  const CaseId id = report({room.post("p1", "[insult] a", "bob", {"ann"})});
  EXPECT_FALSE(stands(id, {"dora"}));
  const ReportedItem edited = room.post("p1", "[insult] a and you too", "bob", {"ann", "dora"});
  auto changed = room.run([&](Context& c) { return item_changed(c, edited, /*deleted=*/false); });
  ASSERT_TRUE(changed && *changed);
  EXPECT_TRUE(stands(id, {"dora"}));
  EXPECT_EQ(room.check(), "");
}

TEST_F(Walls, ForgetWhomTheCaseHasForgotten) {
  const CaseId id =
      report({room.post("p1", "[insult] a", "bob", {"ann", "dora"}), room.post("p2", "[insult] b", "dora", {"bob"})});
  EXPECT_TRUE(stands(id, {"dora"}));
  auto erased = room.run([&](Context& c) { return erase_person(c, room.env.hasher->account("dora"), 100); });
  ASSERT_TRUE(erased) << erased.error().message;
  EXPECT_FALSE(stands(id, {"dora"}));
  EXPECT_TRUE(stands(id, {"bob"}));
  EXPECT_EQ(room.check(), "");
}

}  // namespace
}  // namespace heed::casework
