#include "api/hand_over.h"

#include <gtest/gtest.h>

namespace heed::api {
namespace {

const Time kNow = from_ms(1'700'000'000'000);
const HandOver kAda{"a1", "ada", "de-AT", R"({"items":[]})"};

TEST(HandOvers, OpenACodeOnceWithinItsTime) {
  HandOvers doors(sha256("token"));
  const std::string code = doors.make_code(kAda, kNow);
  auto opened = doors.open_code(code, kNow + std::chrono::minutes(9));
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->account, "a1");
  EXPECT_EQ(opened->handle, "ada");
  EXPECT_EQ(opened->locale, "de-AT");
  EXPECT_EQ(opened->page_json, R"({"items":[]})");
  EXPECT_EQ(doors.open_code(code, kNow).error().code, Code::Unauthorized);
  EXPECT_FALSE(doors.open_code(doors.make_code(kAda, kNow), kNow + HandOvers::kCodeLife).has_value());
}

TEST(HandOvers, OpenNoCodeOfAnotherProcess) {
  HandOvers before(sha256("token")), after(sha256("token"));
  EXPECT_FALSE(after.open_code(before.make_code(kAda, kNow), kNow).has_value());
}

TEST(HandOvers, KeepTokensOverARestartAndNoLongerThanAnHour) {
  HandOvers before(sha256("token")), after(sha256("token")), elsewhere(sha256("other"));
  const std::string token = before.make_token(kAda, kNow);
  auto opened = after.open_token(token, kNow + std::chrono::minutes(59));
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->account, "a1");
  EXPECT_EQ(opened->page_json, "");
  EXPECT_FALSE(after.open_token(token, kNow + HandOvers::kTokenLife).has_value());
  EXPECT_FALSE(elsewhere.open_token(token, kNow).has_value());
}

TEST(HandOvers, TakeNeitherCodesForTokensNorAnythingTamperedWith) {
  HandOvers doors(sha256("token"));
  const std::string code = doors.make_code(kAda, kNow), token = doors.make_token(kAda, kNow);
  EXPECT_FALSE(doors.open_token("hu_" + code.substr(3), kNow).has_value());
  EXPECT_FALSE(doors.open_code("hc_" + token.substr(3), kNow).has_value());
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(doors.open_token(other, kNow).has_value()) << i;
  }
  for (std::string_view none : {"", "hu_", "hc_", "hu_AAAA", "hu_%%%"}) {
    EXPECT_FALSE(doors.open_token(none, kNow).has_value());
    EXPECT_FALSE(doors.open_code(none, kNow).has_value());
  }
}

}  // namespace
}  // namespace heed::api
