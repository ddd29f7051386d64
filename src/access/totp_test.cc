#include "access/totp.h"

#include <gtest/gtest.h>

#include <set>

namespace heed::access {
namespace {

Time at_second(std::int64_t seconds) { return from_ms(seconds * 1000); }

// RFC 6238 appendix B, SHA-1, the last six of its eight digits.
TEST(Totp, GivesTheCodesOfTheStandard) {
  const std::string secret = "12345678901234567890";
  const std::pair<std::int64_t, const char*> rows[] = {{59, "287082"},         {1111111109, "081804"},
                                                       {1111111111, "050471"}, {1234567890, "005924"},
                                                       {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& [second, code] : rows) {
    EXPECT_EQ(totp_code(secret, totp_step(at_second(second))), code) << second;
  }
}

// RFC 4648 §10, without padding.
TEST(Totp, WritesBase32AsTheStandardDoes) {
  const std::pair<const char*, const char*> rows[] = {{"", ""},
                                                      {"f", "MY"},
                                                      {"fo", "MZXQ"},
                                                      {"foo", "MZXW6"},
                                                      {"foob", "MZXW6YQ"},
                                                      {"fooba", "MZXW6YTB"},
                                                      {"foobar", "MZXW6YTBOI"}};
  for (const auto& [raw, text] : rows) {
    EXPECT_EQ(to_base32(raw), text);
  }
}

TEST(Totp, TakesTheNeighboursOfThisHalfMinuteAndEachOnce) {
  const std::string secret = new_totp_secret();
  const Time now = at_second(1'800'000'015);
  const std::int64_t step = totp_step(now);
  for (std::int64_t near : {step - 1, step, step + 1}) {
    EXPECT_EQ(totp_match(secret, totp_code(secret, near), now, 0), near);
    EXPECT_FALSE(totp_match(secret, totp_code(secret, near), now, near)) << "used once is used up";
  }
  EXPECT_FALSE(totp_match(secret, totp_code(secret, step - 2), now, 0));
  EXPECT_FALSE(totp_match(secret, totp_code(secret, step + 2), now, 0));
  for (const char* wrong : {"", "0", "1234567", "abcdef", "12345\0"}) {
    EXPECT_FALSE(totp_match(secret, wrong, now, 0));
  }
}

TEST(Totp, TellsAnAppWhoseCodeItIs) {
  EXPECT_EQ(totp_uri("Heed: Chirp", "kim@desk", "foobar"),
            "otpauth://totp/Heed%3A%20Chirp:kim%40desk?secret=MZXW6YTBOI&issuer=Heed%3A%20Chirp");
}

TEST(RecoveryCodes, AreReadOutAndTypedInAnyCase) {
  std::set<std::string> drawn;
  for (int i = 0; i < 200; ++i) {
    const std::string code = new_recovery_code();
    ASSERT_EQ(code.size(), 11U) << code;
    ASSERT_EQ(code[5], '-');
    drawn.insert(code);
    std::string typed = code;
    typed[0] = static_cast<char>(std::toupper(typed[0]));
    typed[5] = ' ';
    EXPECT_EQ(plain_recovery_code(typed), plain_recovery_code(code));
    EXPECT_EQ(plain_recovery_code(code).size(), 10U);
  }
  EXPECT_EQ(drawn.size(), 200U);
  for (const char* wrong : {"", "-", "abcde", "abcde-fghjk-m", "abcde-fghj0", "123456"}) {
    EXPECT_EQ(plain_recovery_code(wrong), "");
  }
}

}  // namespace
}  // namespace heed::access
