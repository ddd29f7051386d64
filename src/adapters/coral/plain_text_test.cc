#include "adapters/coral/plain_text.h"

#include <gtest/gtest.h>

#include <random>

#include "base/bytes.h"

namespace heed::adapters::coral {
namespace {

TEST(PlainText, IsWhatAReaderSees) {
  EXPECT_EQ(plain_text("<div>You <b>all</b></div><div>there</div>"), "You all\nthere");
  EXPECT_EQ(plain_text("one<br>two<br/>three"), "one\ntwo\nthree");
  EXPECT_EQ(plain_text("Tom &amp; Jerry&nbsp;&#39;s &#x1F600;"), "Tom & Jerry 's \xF0\x9F\x98\x80");
  EXPECT_EQ(plain_text("k<i></i>ill"), "kill");
  EXPECT_EQ(plain_text("&lt;b&gt; is text"), "<b> is text");
}

TEST(PlainText, LeavesOrdinaryTextAlone) {
  for (std::string_view text : {"", "plain", "1 < 2 & 3 > 2", "a <3 b", "AT&T; R&D",
                                "&unknown; &#0; &#xD800; &#99999999;", "ends with <", "ends with <a", "ends with &"}) {
    EXPECT_EQ(plain_text(text), text);
  }
}

TEST(PlainText, NeverGrowsAndStaysValid) {
  const std::string pieces[] = {"<", ">", "&", ";", "#", "x", "1", "br", "/", "!", "\xC3\xA9", " ", "&#233;", "<p>"};
  std::mt19937 random(3);
  for (int round = 0; round < 5000; ++round) {
    std::string html;
    for (int i = 0; i < 20; ++i) {
      html += pieces[random() % std::size(pieces)];
    }
    const std::string text = plain_text(html);
    ASSERT_LE(text.size(), html.size());
    ASSERT_TRUE(valid_utf8(text));
  }
}

TEST(PlainText, IsLinearInTagsThatNeverEnd) {
  std::string html;
  for (int i = 0; i < 300'000; ++i) {
    html += "<a";
  }
  EXPECT_EQ(plain_text(html), html);
}

}  // namespace
}  // namespace heed::adapters::coral
