#include "adapters/perspective/suggestion_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace heed::adapters::perspective {
namespace {

TEST(SuggestionFile, AppendsLinesThatItsOwnerAloneReads) {
  TempFolder folder;
  const auto path = folder.path() / "suggested.ndjson";
  for (int run = 0; run < 2; ++run) {
    auto file = SuggestionFile::open(path, 1 << 20);
    ASSERT_TRUE(file);
    EXPECT_TRUE((*file)->append("{}"));
  }
  EXPECT_EQ(*read_file(path), "{}\n{}\n");
  struct stat facts {};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST(SuggestionFile, StartsAnewWhenItWasMovedAway) {
  TempFolder folder;
  const auto path = folder.path() / "suggested.ndjson";
  auto file = SuggestionFile::open(path, 1 << 20);
  ASSERT_TRUE((*file)->append("1"));
  std::filesystem::rename(path, folder.path() / "yesterday.ndjson");
  ASSERT_TRUE((*file)->append("2"));
  EXPECT_EQ(*read_file(path), "2\n");
  EXPECT_EQ(*read_file(folder.path() / "yesterday.ndjson"), "1\n");
}

TEST(SuggestionFile, RefusesWhatDoesNotFit) {
  TempFolder folder;
  auto file = SuggestionFile::open(folder.path() / "s", 8);
  ASSERT_TRUE((*file)->append("12345"));
  EXPECT_EQ((*file)->append("678").error().code, Code::Unavailable);
  EXPECT_TRUE((*file)->append("6"));
  EXPECT_EQ(*read_file(folder.path() / "s"), "12345\n6\n");
  EXPECT_FALSE(SuggestionFile::open(folder.path() / "no" / "such" / "folder", 8));
}

}  // namespace
}  // namespace heed::adapters::perspective
