#include <gtest/gtest.h>

#include "base/bytes.h"
#include "delivery/delivery.h"

namespace heed::delivery {
namespace {

// The vector that the reference implementations of Standard Webhooks test against.
constexpr std::string_view kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::int64_t kAt = 1614265330;
constexpr std::string_view kBody = R"({"test": 2432232314})";
constexpr std::string_view kSigned = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

TEST(WebhookSignature, IsThePublishedOne) {
  std::string secret = parse_webhook_secret(kSecret).value();
  EXPECT_EQ(webhook_signature(kId, kAt, kBody, {secret}), kSigned);
}

TEST(WebhookSignature, SeveralSecretsSignSideBySide) {
  std::string old_secret = parse_webhook_secret(kSecret).value(), new_secret(32, '\x07');
  std::string both = webhook_signature(kId, kAt, kBody, {new_secret, old_secret});
  std::size_t space = both.find(' ');
  ASSERT_NE(space, both.npos);
  EXPECT_EQ(both.substr(space + 1), kSigned);
  EXPECT_EQ(both.substr(0, space), webhook_signature(kId, kAt, kBody, {new_secret}));
}

TEST(WebhookSignature, CoversIdTimeAndBody) {
  std::string secret = parse_webhook_secret(kSecret).value();
  EXPECT_NE(webhook_signature("msg_x", kAt, kBody, {secret}), kSigned);
  EXPECT_NE(webhook_signature(kId, kAt + 1, kBody, {secret}), kSigned);
  EXPECT_NE(webhook_signature(kId, kAt, "{}", {secret}), kSigned);
  EXPECT_EQ(webhook_signature(kId, kAt, kBody, {}), "");
}

TEST(WebhookSecret, BadOnesAreRefusedAndNotEchoed) {
  std::string short_secret = "whsec_" + to_base64(std::string(23, 'x'));
  std::string long_secret = "whsec_" + to_base64(std::string(65, 'x'));
  for (std::string text : {std::string(), std::string("whsec_"), std::string("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                           std::string("whsec_not base64 but long enough to be one!"), short_secret, long_secret}) {
    auto result = parse_webhook_secret(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, Code::InvalidInput);
    EXPECT_TRUE(text.size() < 10 || result.error().message.find(text.substr(6)) == std::string::npos);
  }
}

}  // namespace
}  // namespace heed::delivery
