#include <gtest/gtest.h>

#include "base/bytes.h"
#include "delivery/delivery.h"

namespace heed::delivery {
namespace {

Result<SenderOptions> from(const std::vector<std::string>& environment) {
  Settings settings = Settings::load(SenderOptions::settings(), "", environment).value();
  return SenderOptions::from(settings);
}

TEST(SenderOptions, DefaultsSendNoMail) {
  SenderOptions options = from({}).value();
  EXPECT_TRUE(options.smtp_url.empty());
  EXPECT_TRUE(options.allow_private_addresses);
  EXPECT_EQ(options.timeout, std::chrono::seconds(20));
}

TEST(SenderOptions, ReadsEverySetting) {
  std::string one = "whsec_" + to_base64(std::string(32, 'a')), two = "whsec_" + to_base64(std::string(32, 'b'));
  SenderOptions options =
      from({"HEED_MAIL_SMTP_URL=smtps://mail.example:465", "HEED_MAIL_SMTP_USER=heed", "HEED_MAIL_SMTP_PASSWORD=secret",
            "HEED_MAIL_FROM=Heed <no-reply@forum.example>", "HEED_MAIL_TLS=require",
            "HEED_WEBHOOKS_SECRETS=" + one + "," + two, "HEED_WEBHOOKS_ALLOW_PRIVATE_ADDRESSES=false",
            "HEED_DELIVERY_TIMEOUT_MS=500", "HEED_DELIVERY_IN_FLIGHT_MAX=3"})
          .value();
  EXPECT_EQ(options.smtp_url, "smtps://mail.example:465");
  EXPECT_EQ(options.mail_from, "Heed <no-reply@forum.example>");
  EXPECT_EQ(options.mail_tls, SenderOptions::MailTls::Require);
  EXPECT_EQ(options.webhook_secrets, (std::vector<std::string>{one, two}));
  EXPECT_FALSE(options.allow_private_addresses);
  EXPECT_EQ(options.timeout, Millis(500));
  EXPECT_EQ(options.in_flight_max, 3U);
}

TEST(SenderOptions, NamesEveryFault) {
  auto result = from({"HEED_MAIL_SMTP_URL=http://mail.example", "HEED_MAIL_FROM=nobody", "HEED_MAIL_SMTP_USER=heed",
                      "HEED_MAIL_TLS=off", "HEED_WEBHOOKS_SECRETS=whsec_AAAA"});
  ASSERT_FALSE(result);
  std::vector<std::string> names;
  for (const FieldError& fault : result.error().fields) {
    names.push_back(fault.pointer);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"mail.smtp_url", "mail.from", "mail.tls", "webhooks.secrets"}));
}

}  // namespace
}  // namespace heed::delivery
