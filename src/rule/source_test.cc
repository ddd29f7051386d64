#include "rule/source.h"

#include <gtest/gtest.h>

namespace heed::rule {
namespace {

TEST(Source, CountsLinesAndCharactersFromOne) {
  const Source source{"", "ä b\nc\n\nd"};
  EXPECT_EQ(position_of(source, 0), (Position{1, 1}));
  EXPECT_EQ(position_of(source, 2), (Position{1, 2}));  // ä has two bytes
  EXPECT_EQ(position_of(source, 4), (Position{1, 4}));  // the newline belongs to its line
  EXPECT_EQ(position_of(source, 5), (Position{2, 1}));
  EXPECT_EQ(position_of(source, 8), (Position{4, 1}));
  EXPECT_EQ(position_of(source, 99), (Position{4, 2}));
}

TEST(Source, KnowsWhereItStandsInItsFile) {
  const Source inline_source{"r.yaml", "a\nb", 12, 9, 0};
  EXPECT_EQ(position_of(inline_source, 0), (Position{12, 9}));
  EXPECT_EQ(position_of(inline_source, 2), (Position{13, 1}));
  const Source block{"r.yaml", "a\nb", 12, 5, 4};
  EXPECT_EQ(position_of(block, 2), (Position{13, 5}));
}

TEST(Source, PutsTheCaretUnderThePlace) {
  EXPECT_EQ(render({"r.yaml", "\tscroe > ü", 3, 1}, {1, 5, "unknown", "did you mean 'score'?"}),
            "r.yaml:3:2: unknown; did you mean 'score'?\n  \tscroe > ü\n  \t^~~~~\n");
  EXPECT_EQ(render({"", "a"}, {1, 0, "the end"}), "1:2: the end\n  a\n   ^\n");
  EXPECT_EQ(render({"", "a\x01\x1b[31mb"}, {0, 99, "x"}), "1:1: x\n  a??[31mb\n  ^~~~~~~~\n");
  Source wide{"", std::string(5000, 'a')};
  wide.text += '!';
  wide.text.append(5000, 'b');
  const std::string shown = render(wide, {5000, 1, "x"});
  EXPECT_LT(shown.size(), 400u);
  EXPECT_NE(shown.find("a!b"), std::string::npos);
}

TEST(Source, SuggestsOnlyWhatIsNear) {
  const std::vector<std::string> names = {"score", "post.text", "account.age_days", "x"};
  EXPECT_EQ(nearest("scroe", names), "score");
  EXPECT_EQ(nearest("post.txt", names), "post.text");
  EXPECT_EQ(nearest("acount.age_day", names), "account.age_days");
  EXPECT_EQ(nearest("y", names), "");
  EXPECT_EQ(nearest("zebra", names), "");
  EXPECT_EQ(nearest(std::string(100000, 'x'), names), "");
  EXPECT_EQ(did_you_mean("scor", names), "did you mean 'score'?");
  EXPECT_EQ(did_you_mean("zebra", names), "");
}

}  // namespace
}  // namespace heed::rule
