#include "adapters/coral/coral.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/coral/phase.h"
#include "adapters/coral/signature.h"
#include "adapters/testing_scorer.h"
#include "http/testing.h"

namespace heed::adapters::coral {
namespace {

using ::testing::HasSubstr;

std::string request(std::string_view comment) {
  return R"({"action":"NEW","comment":{"body":")" + std::string(comment) +
         R"(","parentID":null},"author":{"id":"u1","role":"COMMENTER"},"story":{"id":"s1","url":"https://site.example/a"},"site":{"id":"site"},"tenantID":"t","tenantDomain":"coral.example"})";
}

TEST(CoralPhase, SaysWhatThePolicySays) {
  const testing::FakeScorer scorer;
  auto answer = [&](std::string_view text) { return phase_answer(scorer.judge(text)); };
  EXPECT_EQ(answer("fine"), "");
  EXPECT_EQ(answer("remove"),
            R"({"status":"REJECTED","actions":[{"actionType":"FLAG","reason":"COMMENT_DETECTED_TOXIC"}]})");
  EXPECT_THAT(answer("hide"), HasSubstr(R"("status":"SYSTEM_WITHHELD")"));
  EXPECT_THAT(answer("look"), HasSubstr(R"("status":"SYSTEM_WITHHELD")"));
  EXPECT_THAT(answer("label"), HasSubstr(R"("status":"NONE")"));
  EXPECT_THAT(answer("dubious"), HasSubstr(R"("status":"NONE")"));
  EXPECT_EQ(answer("buy"), R"({"status":"NONE","actions":[{"actionType":"FLAG","reason":"COMMENT_DETECTED_SPAM"}]})");
}

class CoralRoute : public ::testing::Test {
 protected:
  CoralRoute() : scorer(std::make_shared<testing::FakeScorer>()) {
    add_routes(
        server.router,
        {.scorer = [this] { return scorer; }, .secrets = {"new secret", "old secret"}, .metrics = server.metrics});
    port = server.start();
  }
  http::testing::Answer call(std::string_view body, std::string_view signature) {
    http::testing::RawSocket socket(port);
    socket.send(http::testing::post(kPath, body, "X-Coral-Signature: " + std::string(signature) + "\r\n"));
    return socket.read_answer();
  }
  std::shared_ptr<const Scorer> scorer;
  http::testing::TestServer server;
  std::uint16_t port = 0;
};

TEST_F(CoralRoute, AnswersWithADecisionOrWithNone) {
  const std::string calm = request("fine"), bad = request("<div>please re<b>move</b></div>");
  auto none = call(calm, signature_of(calm, "new secret"));
  EXPECT_EQ(none.status, 204);
  EXPECT_EQ(none.body, "");
  auto rejected = call(bad, signature_of(bad, "gone") + "," + signature_of(bad, "old secret"));
  EXPECT_EQ(rejected.status, 200);
  EXPECT_THAT(rejected.body, HasSubstr("REJECTED"));
}

TEST_F(CoralRoute, RefusesWhatIsNotSigned) {
  const std::string body = request("fine");
  EXPECT_EQ(call(body, "sha256=00").status, 401);
  EXPECT_EQ(call(body, signature_of(body, "another")).status, 401);
  EXPECT_EQ(call(body + " ", signature_of(body, "new secret")).status, 401);
}

TEST_F(CoralRoute, RefusesWhatHasNoComment) {
  for (std::string body : {"{}", "[]", "not json", R"({"comment":{"body":7}})"}) {
    const int status = call(body, signature_of(body, "new secret")).status;
    EXPECT_TRUE(status == 400 || status == 422) << body << " " << status;
  }
  const std::string long_one = request(std::string(300 << 10, 'a'));
  EXPECT_EQ(call(long_one, signature_of(long_one, "new secret")).status, 413);
}

TEST_F(CoralRoute, SaysThatItIsStarting) {
  scorer = nullptr;
  const std::string body = request("fine");
  EXPECT_EQ(call(body, signature_of(body, "new secret")).status, 503);
}

}  // namespace
}  // namespace heed::adapters::coral
