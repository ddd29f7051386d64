#include <gtest/gtest.h>

#include "policy/policy.h"

namespace heed::policy {
namespace {

TEST(Render, FillsPlaceholdersAndLeavesUnknownOnesEmpty) {
  EXPECT_EQ(render("Case {{number}}: {{ title }}{{nobody}}.", {{"number", "H-1"}, {"title", "a pile"}}),
            "Case H-1: a pile.");
}

TEST(Render, InsertsValuesAsTheyAre) { EXPECT_EQ(render("{{a}}{{b}}", {{"a", "{{b}}"}, {"b", "x"}}), "{{b}}x"); }

TEST(Render, LeavesOutConditionalLinesWhoseValueIsEmpty) {
  const char* text = "one\n{{?gone}}two {{gone}}\n{{?here}}three {{here}}\nfour";
  EXPECT_EQ(render(text, {{"here", "now"}, {"gone", ""}}), "one\nthree now\nfour");
}

TEST(Render, KeepsTextWithoutClosingBraces) {
  EXPECT_EQ(render("a {{b", {{"b", "x"}}), "a {{b");
  EXPECT_EQ(render("{{?b", {{"b", "x"}}), "{{?b");
  EXPECT_EQ(render("", {}), "");
  EXPECT_EQ(render("\n\n", {}), "\n\n");
}

}  // namespace
}  // namespace heed::policy
