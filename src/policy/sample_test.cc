#include "policy/sample.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/bytes.h"

namespace heed::policy {
namespace {

TEST(Samples, AreEnoughForTheStory) {
  std::map<std::string_view, std::uint64_t> templates;
  std::set<std::string> texts;
  for (const Sample& sample : samples("campaigner_abuse.tsv")) {
    ++templates[sample.kind];
    for (std::uint64_t n = 0; n < variants(sample.text); ++n) {
      texts.insert(vary(sample.text, n));
    }
  }
  EXPECT_EQ(templates.size(), 4u);
  EXPECT_GE(templates["threat"] + templates["sexual"] + templates["insult"] + templates["address"], 120u);
  EXPECT_GE(templates["address"], 3u);
  EXPECT_GE(texts.size(), 600u);
  EXPECT_GE(samples("benign.tsv").size(), 200u);
  EXPECT_GE(samples("support.tsv").size(), 20u);
  EXPECT_TRUE(samples("no_such.tsv").empty());
}

TEST(Samples, AreValidAndHoldNoBracesOnceVaried) {
  for (const char* file : {"campaigner_abuse.tsv", "benign.tsv", "support.tsv"}) {
    for (const Sample& sample : samples(file)) {
      const std::string text = vary(sample.text, 1);
      EXPECT_FALSE(text.empty());
      EXPECT_TRUE(valid_utf8(text));
      EXPECT_EQ(text.find_first_of("{}|\t"), std::string::npos) << text;
    }
  }
}

TEST(Vary, MakesEveryChoiceByItsNumber) {
  EXPECT_EQ(variants("{a|b} c {d|e|}"), 6u);
  EXPECT_EQ(vary("{a|b} c {d|e|}", 0), "a c d");
  EXPECT_EQ(vary("{a|b} c {d|e|}", 5), "b c ");
  EXPECT_EQ(vary("{a|b} c {d|e|}", 6), vary("{a|b} c {d|e|}", 0));
  EXPECT_EQ(vary("plain {open", 3), "plain {open");
}

}  // namespace
}  // namespace heed::policy
