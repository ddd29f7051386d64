#include "simulate/texts.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/file.h"

namespace heed::simulate {
namespace {

TEST(Texts, TheSamplesHaveEverySort) {
  Texts texts = sample_texts();
  EXPECT_GE(texts.threat.size(), 20u);
  EXPECT_GE(texts.sexual.size(), 10u);
  EXPECT_GE(texts.insult.size(), 20u);
  EXPECT_GE(texts.address.size(), 3u);
  EXPECT_GE(texts.benign.size(), 200u);
  EXPECT_GE(texts.support.size(), 10u);
}

TEST(Texts, ExpandPicksOneOfEachChoice) {
  EXPECT_EQ(expand("plain", 5), "plain");
  for (std::uint64_t pick = 0; pick < 20; ++pick) {
    std::string text = expand("{a|b} c{|!}", pick);
    EXPECT_TRUE(text == "a c" || text == "b c" || text == "a c!" || text == "b c!") << text;
  }
  EXPECT_EQ(expand("open {brace", 1), "open {brace");
}

TEST(Texts, ReadsLabelledPostsPlainAndZipped) {
  TempFolder folder;
  const std::string bytes =
      "source\tid\ttext\ttoxicity\tidentity_attack\tinsult\tthreat\tsexually_explicit\n"
      "s\t1\tgood day\t0\t0\t0\t0\t0\ns\t2\tbad you\t1\t0\t1\t0\t0\ns\t3\tI come for "
      "you\t1\t0\t0\t1\t0\ns\t4\tlewd\t1\t0\t0\t0\t1\n";
  std::string plain = (folder.path() / "a.tsv").string(), zipped = (folder.path() / "a.tsv.gz").string();
  ASSERT_TRUE(write_file_atomically(plain, bytes));
  gzFile file = gzopen(zipped.c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
  for (const std::string& path : {plain, zipped}) {
    auto texts = texts_from(path);
    ASSERT_TRUE(texts) << texts.error().message;
    EXPECT_EQ(texts->threat, std::vector<std::string>{"I come for you"});
    EXPECT_EQ(texts->benign, std::vector<std::string>{"good day"});
  }
}

TEST(Texts, SaysWhatAFileLacks) {
  TempFolder folder;
  std::string path = (folder.path() / "b.tsv").string();
  ASSERT_TRUE(write_file_atomically(path, "text\ttoxicity\nx\t0\n"));
  auto texts = texts_from(path);
  ASSERT_FALSE(texts);
  EXPECT_NE(texts.error().message.find("identity_attack"), std::string::npos);
  EXPECT_EQ(texts_from("/nowhere").error().code, Code::NotFound);
}

}  // namespace
}  // namespace heed::simulate
