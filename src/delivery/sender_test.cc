#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "base/bytes.h"
#include "delivery/delivery.h"
#include "delivery/testing_receivers.h"

namespace heed::delivery {
namespace {

using Kind = Outcome::Kind;
using How = TestingAnswer::How;
using Stage = TestingSmtpReceiver::Stage;
constexpr auto kLong = std::chrono::seconds(30);
const std::string kSecret(32, 'k');

SenderOptions quick() {
  SenderOptions options;
  options.webhook_secrets = {"whsec_" + to_base64(kSecret)};
  options.timeout = Millis(5000);
  options.mail_from = "Forum <no-reply@forum.example>";
  return options;
}

class SenderTest : public ::testing::Test {
 protected:
  void start(SenderOptions options) { sender = std::make_unique<Sender>(std::move(options), clock, metrics); }
  template <class T>
  std::future<Outcome> post(T what) {
    if (!sender) {
      start(quick());
    }
    std::promise<Outcome> promise;
    std::future<Outcome> future = promise.get_future();
    sender->send(std::move(what),
                 [p = std::move(promise)](Outcome outcome) mutable { p.set_value(std::move(outcome)); });
    return future;
  }
  template <class T>
  Outcome send(T what) {
    std::future<Outcome> future = post(std::move(what));
    EXPECT_EQ(future.wait_for(kLong), std::future_status::ready);
    return future.get();
  }
  static Webhook hook(std::string url, std::string id = "msg_1") {
    return {std::move(url), std::move(id), R"({"a":"ü"})", ""};
  }
  static Mail mail(std::string to = "ann@example.org") {
    return {std::move(to), "Hello", ".dot\nline\n", "", "ntc_1", ""};
  }

  Metrics metrics;
  ManualClock clock{from_ms(1795284000123)};
  std::unique_ptr<Sender> sender;
};
using Webhooks = SenderTest;
using Mails = SenderTest;
using SenderLife = SenderTest;

TEST_F(Webhooks, ArriveSignedAndDated) {
  TestingHttpReceiver receiver;
  Outcome out = send(hook(receiver.url("/in?a=b")));
  EXPECT_EQ(out.kind, Kind::Delivered);
  EXPECT_EQ(out.status, 200);
  ASSERT_EQ(receiver.received().size(), 1U);
  ReceivedRequest request = receiver.received()[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/in?a=b");
  EXPECT_EQ(request.body, R"({"a":"ü"})");
  EXPECT_EQ(request.headers["content-type"], "application/json");
  EXPECT_EQ(request.headers["webhook-id"], "msg_1");
  EXPECT_EQ(request.headers["webhook-timestamp"], "1795284000");
  EXPECT_EQ(request.headers["webhook-signature"], webhook_signature("msg_1", 1795284000, request.body, {kSecret}));
  EXPECT_EQ(request.headers.count("expect"), 0U);
}

TEST_F(Webhooks, AreSignedByAllSecretsDuringRotationAndByTheirOwnWhenTheyHaveOne) {
  TestingHttpReceiver receiver;
  SenderOptions options = quick();
  std::string newer(32, 'n'), own(32, 'o');
  options.webhook_secrets.push_back("whsec_" + to_base64(newer));
  start(options);
  send(hook(receiver.url()));
  Webhook with_own = hook(receiver.url());
  with_own.secret = own;
  send(with_own);
  auto signature = [&](std::size_t n) { return receiver.received()[n].headers["webhook-signature"]; };
  EXPECT_EQ(signature(0), webhook_signature("msg_1", 1795284000, R"({"a":"ü"})", {kSecret, newer}));
  EXPECT_EQ(signature(1), webhook_signature("msg_1", 1795284000, R"({"a":"ü"})", {own}));
}

TEST_F(Webhooks, StatusDecidesTheOutcome) {
  TestingHttpReceiver receiver;
  const std::vector<std::pair<int, Kind>> expected = {
      {200, Kind::Delivered}, {202, Kind::Delivered}, {204, Kind::Delivered}, {299, Kind::Delivered},
      {400, Kind::Retry},     {401, Kind::Retry},     {404, Kind::Retry},     {408, Kind::Retry},
      {409, Kind::Retry},     {410, Kind::Dead},      {413, Kind::Retry},     {422, Kind::Retry},
      {429, Kind::Retry},     {500, Kind::Retry},     {501, Kind::Retry},     {502, Kind::Retry},
      {503, Kind::Retry},     {504, Kind::Retry},     {599, Kind::Retry}};
  for (auto [status, kind] : expected) {
    receiver.answer_with({.status = status});
    Outcome out = send(hook(receiver.url()));
    EXPECT_EQ(out.kind, kind) << status;
    EXPECT_EQ(out.status, status);
    EXPECT_EQ(out.retry_after, Millis(0));
  }
  EXPECT_EQ(receiver.received().size(), expected.size());
}

TEST_F(Webhooks, HonourRetryAfterUpToADay) {
  TestingHttpReceiver receiver;
  auto asked = [&](int status, std::string value) {
    receiver.answer_with({.status = status, .headers = {"Retry-After: " + value}});
    return send(hook(receiver.url())).retry_after;
  };
  EXPECT_EQ(asked(429, "7"), std::chrono::seconds(7));
  EXPECT_EQ(asked(503, "120"), std::chrono::seconds(120));
  EXPECT_EQ(asked(503, "99999999"), std::chrono::hours(24));
  EXPECT_EQ(asked(503, "-5"), Millis(0));
  EXPECT_EQ(asked(503, "soon"), Millis(0));
  EXPECT_EQ(asked(503, "Wed, 21 Oct 2015 07:28:00 GMT"), Millis(0));
  EXPECT_EQ(asked(200, "7"), Millis(0));
  EXPECT_EQ(asked(410, "7"), Millis(0));
}

TEST_F(Webhooks, RedirectsAreNotFollowed) {
  TestingHttpReceiver receiver, elsewhere;
  for (int status : {301, 302, 303, 307, 308}) {
    receiver.answer_with({.status = status, .headers = {"Location: " + elsewhere.url()}});
    Outcome out = send(hook(receiver.url()));
    EXPECT_EQ(out.kind, Kind::Retry) << status;
    EXPECT_EQ(out.status, status);
  }
  EXPECT_TRUE(elsewhere.received().empty());
}

TEST_F(Webhooks, ReceiversThatMisbehaveAreTriedAgain) {
  TestingHttpReceiver receiver;
  SenderOptions options = quick();
  options.timeout = Millis(300);
  start(options);
  for (How how : {How::Silence, How::HangUp, How::HalfHead, How::Garbage}) {
    receiver.answer_with({.how = how});
    Outcome out = send(hook(receiver.url()));
    EXPECT_EQ(out.kind, Kind::Retry) << static_cast<int>(how);
    EXPECT_EQ(out.status, 0);
    EXPECT_NE(out.detail, "");
  }
}

TEST_F(Webhooks, TheBodyOfAnAnswerIsNotWaitedFor) {
  TestingHttpReceiver receiver;
  SenderOptions options = quick();
  options.timeout = Millis(500);
  start(options);
  receiver.answer_next_with({{.body = std::string(50 << 20, 'x')}, {.status = 503, .body = std::string(8192, 'x')}});
  EXPECT_EQ(send(hook(receiver.url())).kind, Kind::Delivered);
  EXPECT_EQ(send(hook(receiver.url())).status, 503);
  receiver.answer_next_with({{.how = How::SlowBody}, {.status = 410, .how = How::SlowBody}});
  EXPECT_EQ(send(hook(receiver.url())).kind, Kind::Delivered);
  EXPECT_EQ(send(hook(receiver.url())).kind, Kind::Dead);
}

TEST_F(Webhooks, ADownReceiverGetsEverythingWhenItIsBack) {
  TestingHttpReceiver receiver;
  EXPECT_EQ(send(hook(receiver.url())).kind, Kind::Delivered);
  receiver.down();
  Outcome out = send(hook(receiver.url()));
  EXPECT_EQ(out.kind, Kind::Retry);
  EXPECT_EQ(out.status, 0);
  receiver.up();
  EXPECT_EQ(send(hook(receiver.url())).kind, Kind::Delivered);
  EXPECT_EQ(receiver.received().size(), 2U);
}

TEST_F(Webhooks, KeepTheirConnection) {
  TestingHttpReceiver receiver;
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(send(hook(receiver.url())).kind, Kind::Delivered);
  }
  EXPECT_EQ(receiver.connections(), 1U);
}

TEST_F(Webhooks, ImpossibleOnesAreDead) {
  TestingHttpReceiver receiver;
  for (const char* url : {"", "localhost", "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "http://",
                          "http://a b/", "http://[::1/", "http://x:99999/"}) {
    EXPECT_EQ(send(hook(url)).kind, Kind::Dead) << url;
  }
  for (std::string id :
       {std::string(), std::string("a b"), std::string("a\r\nX-Evil: 1"), std::string("ü"), std::string(256, 'a')}) {
    EXPECT_EQ(send(hook(receiver.url(), id)).kind, Kind::Dead) << id;
  }
  EXPECT_TRUE(receiver.received().empty());
}

TEST_F(Webhooks, WithoutASecretNothingIsSent) {
  TestingHttpReceiver receiver;
  start({});
  EXPECT_EQ(send(hook(receiver.url())).kind, Kind::Retry);
  EXPECT_TRUE(receiver.received().empty());
}

TEST_F(Webhooks, PrivateAddressesAreRefusedOnceNamesAreResolved) {
  TestingHttpReceiver receiver;
  SenderOptions options = quick();
  options.allow_private_addresses = false;
  start(options);
  std::string port = std::to_string(receiver.port());
  for (std::string host : std::vector<std::string>{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]",
                                                   "0x7f000001", "2130706433", "127.1"}) {
    Outcome out = send(hook("http://" + host + ":" + port + "/"));
    EXPECT_EQ(out.kind, Kind::Retry) << host;
    EXPECT_NE(out.detail.find("private"), std::string::npos) << host << ": " << out.detail;
  }
  EXPECT_EQ(receiver.connections(), 0U);
}

TEST_F(Webhooks, ManyAtOnceAreAllAnsweredAndCounted) {
  TestingHttpReceiver receiver;
  SenderOptions options = quick();
  options.in_flight_max = 8;
  start(options);
  std::vector<std::future<Outcome>> outcomes;
  for (int i = 0; i < 120; ++i) {
    outcomes.push_back(post(hook(receiver.url(), "msg_" + std::to_string(i))));
  }
  for (auto& outcome : outcomes) {
    ASSERT_EQ(outcome.wait_for(kLong), std::future_status::ready);
    EXPECT_EQ(outcome.get().kind, Kind::Delivered);
  }
  EXPECT_EQ(receiver.received().size(), 120U);
  EXPECT_LE(receiver.connections(), 8U);
  EXPECT_EQ(sender->in_flight(), 0U);
  EXPECT_NE(metrics.text().find(R"(heed_delivery_tries_total{channel="webhook",outcome="delivered"} 120)"),
            std::string::npos);
}

TEST_F(Webhooks, TooManyWaitingAreSentBack) {
  TestingHttpReceiver receiver;
  receiver.answer_with({.how = How::Silence});
  SenderOptions options = quick();
  options.in_flight_max = 1;
  start(options);
  std::vector<std::future<Outcome>> outcomes;
  for (int i = 0; i < 40; ++i) {
    outcomes.push_back(post(hook(receiver.url())));
  }
  // The last is beyond one under way and sixteen waiting; it does not wait for those before it.
  ASSERT_EQ(outcomes.back().wait_for(std::chrono::seconds(3)), std::future_status::ready);
  EXPECT_EQ(outcomes.back().get().kind, Kind::Retry);
}

TEST_F(Mails, ArriveAsWritten) {
  TestingSmtpReceiver receiver;
  SenderOptions options = quick();
  options.smtp_url = receiver.url();
  start(options);
  Outcome out = send(mail());
  EXPECT_EQ(out.kind, Kind::Delivered) << out.detail;
  EXPECT_EQ(out.status, 250);
  ASSERT_EQ(receiver.received().size(), 1U);
  ReceivedMail got = receiver.received()[0];
  EXPECT_EQ(got.from, "no-reply@forum.example");
  EXPECT_EQ(got.to, std::vector<std::string>{"ann@example.org"});
  EXPECT_EQ(got.data, mail_message(mail(), options.mail_from, clock.now()));
}

TEST_F(Mails, AnswersDecideTheOutcome) {
  TestingSmtpReceiver receiver;
  SenderOptions options = quick();
  options.smtp_url = receiver.url();
  options.timeout = Millis(1000);
  start(options);
  struct Case {
    Stage stage;
    std::string answer;
    Kind kind;
  };
  const std::vector<Case> cases = {{Stage::Greeting, "421 4.3.2 busy", Kind::Retry},
                                   {Stage::Greeting, "554 5.7.1 not you", Kind::Retry},
                                   {Stage::Mail, "451 4.3.0 later", Kind::Retry},
                                   {Stage::Mail, "550 5.7.1 no", Kind::Dead},
                                   {Stage::Mail, "530 5.7.0 log in first", Kind::Retry},
                                   {Stage::Recipient, "450 4.2.1 greylisted", Kind::Retry},
                                   {Stage::Recipient, "550 5.1.1 nobody", Kind::Dead},
                                   {Stage::Data, "452 4.3.1 full", Kind::Retry},
                                   {Stage::Data, "554 5.5.1 no", Kind::Dead},
                                   {Stage::Message, "451 4.7.1 later", Kind::Retry},
                                   {Stage::Message, "554 5.7.1 spam", Kind::Dead},
                                   {Stage::Message, "552 5.3.4 too big", Kind::Dead},
                                   {Stage::Recipient, "what", Kind::Retry}};
  for (const Case& c : cases) {
    receiver.answer_with(c.stage, c.answer);
    Outcome out = send(mail());
    EXPECT_EQ(out.kind, c.kind) << c.answer << " at " << static_cast<int>(c.stage) << ": " << out.detail;
    EXPECT_EQ(out.detail.find("ann@"), std::string::npos);
    receiver.answer_with(c.stage, "");
  }
  EXPECT_EQ(send(mail()).kind, Kind::Delivered);
  EXPECT_EQ(receiver.received().size(), 1U);
}

TEST_F(Mails, SilenceAndAbsenceAreTriedAgain) {
  TestingSmtpReceiver receiver;
  SenderOptions options = quick();
  options.smtp_url = receiver.url();
  options.timeout = Millis(300);
  start(options);
  for (Stage stage : {Stage::Greeting, Stage::Recipient, Stage::Message}) {
    receiver.answer_with(stage, "silence");
    EXPECT_EQ(send(mail()).kind, Kind::Retry) << static_cast<int>(stage);
    receiver.answer_with(stage, "");
  }
  receiver.down();
  EXPECT_EQ(send(mail()).kind, Kind::Retry);
  receiver.up();
  EXPECT_EQ(send(mail()).kind, Kind::Delivered);
}

TEST_F(Mails, ASilentMailServerHoldsUpNoWebhook) {
  TestingSmtpReceiver silent;
  TestingHttpReceiver receiver;
  silent.answer_with(Stage::Message, "silence");
  SenderOptions options = quick();
  options.smtp_url = silent.url();
  start(options);
  std::vector<std::future<Outcome>> mails;
  for (int i = 0; i < 20; ++i) {
    mails.push_back(post(mail()));
  }
  EXPECT_EQ(send(hook(receiver.url())).kind, Kind::Delivered);
  EXPECT_EQ(mails.front().wait_for(Millis(0)), std::future_status::timeout);
  sender.reset();
  for (auto& outcome : mails) {
    ASSERT_EQ(outcome.wait_for(Millis(0)), std::future_status::ready);
    EXPECT_EQ(outcome.get().kind, Kind::Retry);
  }
}

TEST_F(Mails, ImpossibleOnesAreDead) {
  TestingSmtpReceiver receiver;
  SenderOptions options = quick();
  options.smtp_url = receiver.url();
  start(options);
  for (const char* to : {"", "ann", "ann@b\r\nRCPT TO:<c@d>", "ann@b> SIZE=1", "ünn@example.org"}) {
    EXPECT_EQ(send(mail(to)).kind, Kind::Dead) << to;
  }
  EXPECT_TRUE(receiver.received().empty());
  start(quick());
  EXPECT_EQ(send(mail()).kind, Kind::Dead) << "no mail server is configured";
}

TEST_F(Mails, RequiredTlsIsNotDoneWithout) {
  TestingSmtpReceiver receiver;
  SenderOptions options = quick();
  options.smtp_url = receiver.url();
  options.mail_tls = SenderOptions::MailTls::Require;
  start(options);
  EXPECT_EQ(send(mail()).kind, Kind::Retry);
  options.mail_tls = SenderOptions::MailTls::Auto;
  options.smtp_user = "heed";
  options.smtp_password = "secret";
  start(options);
  EXPECT_EQ(send(mail()).kind, Kind::Retry) << "a password never goes in clear";
  EXPECT_TRUE(receiver.received().empty());
}

TEST_F(SenderLife, StopAnswersEverything) {
  TestingHttpReceiver receiver;
  receiver.answer_with({.how = How::Silence});
  SenderOptions options = quick();
  options.in_flight_max = 4;
  start(options);
  std::vector<std::future<Outcome>> outcomes;
  for (int i = 0; i < 50; ++i) {
    outcomes.push_back(post(hook(receiver.url())));
  }
  ASSERT_TRUE(receiver.wait_for(4));
  sender.reset();
  for (auto& outcome : outcomes) {
    ASSERT_EQ(outcome.wait_for(Millis(0)), std::future_status::ready);
    EXPECT_EQ(outcome.get().kind, Kind::Retry);
  }
}

TEST_F(SenderLife, AnAnswerMaySendTheNext) {
  TestingHttpReceiver receiver;
  start(quick());
  std::promise<Outcome> last;
  std::future<Outcome> future = last.get_future();
  sender->send(hook(receiver.url(), "msg_1"), [&](Outcome) {
    sender->send(hook(receiver.url(), "msg_2"), [&](Outcome out) { last.set_value(std::move(out)); });
  });
  ASSERT_EQ(future.wait_for(kLong), std::future_status::ready);
  EXPECT_EQ(receiver.received().back().headers["webhook-id"], "msg_2");
}

TEST_F(SenderLife, AnyThreadMaySend) {
  TestingHttpReceiver receiver;
  start(quick());
  std::atomic<int> answers = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 25; ++i) {
          sender->send(hook(receiver.url()), [&](Outcome) { ++answers; });
        }
      });
    }
  }
  ASSERT_TRUE(receiver.wait_for(100));
  sender.reset();
  EXPECT_EQ(answers, 100);
}

}  // namespace
}  // namespace heed::delivery
