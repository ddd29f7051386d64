#include "adapters/scorer.h"

#include <gtest/gtest.h>

namespace heed::adapters {
namespace {

TEST(PrimaryLanguage, IsTheFirstSubtagInLowerCase) {
  EXPECT_EQ(primary_language("en"), "en");
  EXPECT_EQ(primary_language("EN-us"), "en");
  EXPECT_EQ(primary_language("hi-Latn"), "hi");
  EXPECT_EQ(primary_language("pt_BR"), "pt");
}

TEST(PrimaryLanguage, IsNothingForWhatIsNoTag) {
  for (std::string_view tag : {"", "e", "-en", "e n", "12", "abcdefghi", "\xC3\xA9\xC3\xA9"}) {
    EXPECT_EQ(primary_language(tag), "") << tag;
  }
}

}  // namespace
}  // namespace heed::adapters
