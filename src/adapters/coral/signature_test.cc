#include "adapters/coral/signature.h"

#include <gtest/gtest.h>

namespace heed::adapters::coral {
namespace {

const std::string kBody = R"({"action":"NEW"})";

TEST(CoralSignature, IsTheHexHmacOfTheBody) {
  // RFC 4231, test case 2.
  EXPECT_EQ(signature_of("what do ya want for nothing?", "Jefe"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(CoralSignature, IsTakenFromAListByAnySecret) {
  const std::string a = signature_of(kBody, "a"), b = signature_of(kBody, "b");
  EXPECT_TRUE(signed_by(a, kBody, {"a"}));
  EXPECT_TRUE(signed_by(a + "," + b, kBody, {"b"}));
  EXPECT_TRUE(signed_by("sha1=00, " + b + " ", kBody, {"a", "b"}));
}

TEST(CoralSignature, IsRefusedWhenWrong) {
  const std::string good = signature_of(kBody, "a");
  std::string flipped = good;
  flipped.back() = flipped.back() == '0' ? '1' : '0';
  for (std::string_view header :
       {std::string_view(""), std::string_view(","), std::string_view("sha256="), std::string_view(good).substr(7),
        std::string_view(good).substr(0, 40), std::string_view(flipped), std::string_view("sha256=zz")}) {
    EXPECT_FALSE(signed_by(header, kBody, {"a"})) << header;
  }
  EXPECT_FALSE(signed_by(good, kBody + " ", {"a"}));
  EXPECT_FALSE(signed_by(good, kBody, {"b"}));
  EXPECT_FALSE(signed_by(good, kBody, {}));
  EXPECT_FALSE(signed_by(signature_of(kBody, ""), kBody, {""}));
}

}  // namespace
}  // namespace heed::adapters::coral
