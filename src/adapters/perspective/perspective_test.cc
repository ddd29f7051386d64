#include "adapters/perspective/perspective.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/testing_scorer.h"
#include "http/testing.h"

namespace heed::adapters::perspective {
namespace {

using ::testing::HasSubstr;
const std::string kKey = "a-key-of-the-tests";
const std::string kBody = R"({"comment":{"text":"so toxic"},"requestedAttributes":{"TOXICITY":{}}})";

class PerspectiveRoutes : public ::testing::Test {
 protected:
  PerspectiveRoutes()
      : keys(*ListedKeys::make({kKey})), turnstile(keys, 5, clock), scorer(std::make_shared<testing::FakeScorer>()) {
    suggestions = *SuggestionFile::open(folder.path() / "suggested.ndjson", 1 << 20);
    add_routes(server.router, {.scorer = [this] { return scorer; },
                               .turnstile = turnstile,
                               .suggestions = suggestions.get(),
                               .clock = clock,
                               .metrics = server.metrics});
    port = server.start();
  }
  http::testing::Answer call(std::string_view target, std::string_view body = kBody, std::string_view headers = "") {
    http::testing::RawSocket socket(port);
    socket.send(http::testing::post(target, body, headers));
    return socket.read_answer();
  }
  TempFolder folder;
  ManualClock clock{from_ms(1795284000000)};
  ListedKeys keys;
  Turnstile turnstile;
  std::shared_ptr<const Scorer> scorer;
  std::unique_ptr<SuggestionFile> suggestions;
  http::testing::TestServer server;
  std::uint16_t port = 0;
};

TEST_F(PerspectiveRoutes, TakeTheKeyWhereClientsPutIt) {
  EXPECT_EQ(call("/v1alpha1/comments:analyze?key=" + kKey).status, 200);
  EXPECT_EQ(call("/v1alpha1/comments:analyze", kBody, "X-Goog-Api-Key: " + kKey + "\r\n").status, 200);
  EXPECT_EQ(call("/v1alpha1/comments:analyze", kBody, "Authorization: Bearer " + kKey + "\r\n").status, 200);
}

TEST_F(PerspectiveRoutes, TolerateTheStandardParameters) {
  auto got = call("/v1alpha1/comments:analyze?key=" + kKey +
                  "&alt=json&prettyPrint=false&fields=attributeScores&quotaUser=u&callback=f&access_token=x&"
                  "oauth_token=y&%24.xgafv=2&uploadType=media&upload_protocol=raw");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body.front(), '{');
}

TEST_F(PerspectiveRoutes, RefuseUnknownKeys) {
  for (std::string_view target :
       {"/v1alpha1/comments:analyze", "/v1alpha1/comments:analyze?key=", "/v1alpha1/comments:analyze?key=guessed",
        "/v1alpha1/comments:suggestscore?key=guessed"}) {
    auto got = call(target);
    EXPECT_EQ(got.status, 403) << target;
    EXPECT_THAT(got.body, HasSubstr(R"("status":"PERMISSION_DENIED")"));
  }
}

TEST_F(PerspectiveRoutes, AnswerRatesWith429) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(call("/v1alpha1/comments:analyze?key=" + kKey).status, 200);
  }
  auto got = call("/v1alpha1/comments:analyze?key=" + kKey);
  EXPECT_EQ(got.status, 429);
  EXPECT_THAT(got.body, HasSubstr(R"("status":"RESOURCE_EXHAUSTED")"));
  EXPECT_EQ(got.header("retry-after"), "1");
}

TEST_F(PerspectiveRoutes, SayThatTheyAreStarting) {
  scorer = nullptr;
  auto got = call("/v1alpha1/comments:analyze?key=" + kKey);
  EXPECT_EQ(got.status, 503);
  EXPECT_THAT(got.body, HasSubstr(R"("status":"UNAVAILABLE")"));
}

TEST_F(PerspectiveRoutes, KeepSuggestionsButNoAnalyses) {
  EXPECT_EQ(call("/v1alpha1/comments:analyze?key=" + kKey).status, 200);
  EXPECT_EQ(*read_file(folder.path() / "suggested.ndjson"), "");
  auto got = call(
      "/v1alpha1/comments:suggestscore?key=" + kKey,
      R"({"comment":{"text":"so toxic"},"attributeScores":{"TOXICITY":{"summaryScore":{"value":0}}},"clientToken":"comment:1"})");
  EXPECT_EQ(got.status, 200);
  EXPECT_THAT(got.body, HasSubstr(R"("clientToken":"comment:1")"));
  EXPECT_THAT(*read_file(folder.path() / "suggested.ndjson"), HasSubstr(R"("TOXICITY":{"summary":0})"));
}

TEST_F(PerspectiveRoutes, DescribeThemselvesToWhoeverAsks) {
  http::testing::RawSocket socket(port);
  socket.send("GET /$discovery/rest?version=v1alpha1 HTTP/1.1\r\nHost: heed.example:81\r\n\r\n");
  auto got = socket.read_answer();
  EXPECT_EQ(got.status, 200);
  EXPECT_THAT(got.body, HasSubstr(R"("rootUrl":"http://heed.example:81/")"));
  socket.send("GET /$discovery/rest?version=v2 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(socket.read_answer().status, 404);
}

}  // namespace
}  // namespace heed::adapters::perspective
