#include "app/scorer.h"

#include <gtest/gtest.h>

#include "app/settings.h"
#include "http/testing.h"

namespace heed::app {
namespace {

Result<Settings> settings(std::vector<std::string> environment) {
  environment.push_back("HEED_HTTP_PORT=0");
  environment.push_back("HEED_SCORER_MODEL=false");
  return Settings::load(all_settings(), "", environment);
}

std::string fault(std::vector<std::string> environment) {
  auto given = settings(std::move(environment));
  auto house = given ? ScorerHouse::open(*given) : tl::unexpected(given.error());
  return house ? "" : house.error().message;
}

TEST(ScorerHouse, WantsToKnowWhoMayCall) {
  EXPECT_NE(fault({}).find("scorer.keys"), std::string::npos);
  EXPECT_NE(fault({"HEED_SCORER_KEYS=short"}).find("scorer.keys"), std::string::npos);
  EXPECT_NE(fault({"HEED_SCORER_KEYS=a-key-of-the-tests", "HEED_SCORER_OPEN=true"}).find("scorer.open"),
            std::string::npos);
}

TEST(ScorerHouse, NamesTheSettingThatIsWrong) {
  EXPECT_NE(fault({"HEED_SCORER_OPEN=true", "HEED_CORAL_SECRETS=short"}).find("coral.secrets"), std::string::npos);
  EXPECT_NE(
      fault({"HEED_SCORER_OPEN=true", "HEED_ADAPTERS_ASSUMED_LANGUAGE=not a tag"}).find("adapters.assumed_language"),
      std::string::npos);
  EXPECT_NE(fault({"HEED_SCORER_OPEN=true", "HEED_SUGGESTIONS_FILE=/no/such/folder/s.ndjson"}).find("suggestions.file"),
            std::string::npos);
}

TEST(ScorerHouse, SaysWhatKeptItFromBeingReady) {
  auto given = settings({"HEED_SCORER_OPEN=true", "HEED_POLICY_DIR=/no/such/folder"});
  ASSERT_TRUE(given);
  auto house = ScorerHouse::open(*given);
  ASSERT_TRUE(house);
  EXPECT_FALSE((*house)->wait());
  http::testing::RawSocket socket((*house)->port());
  socket.send(http::testing::get("/readyz"));
  EXPECT_EQ(socket.read_answer().status, 503);
  socket.send(http::testing::get("/healthz"));
  EXPECT_EQ(socket.read_answer().status, 200);
}

TEST(ScorerHouse, IsReadyOnceItIsWarm) {
  auto given = settings({"HEED_SCORER_OPEN=true"});
  auto house = ScorerHouse::open(*given);
  ASSERT_TRUE(house && (*house)->wait());
  http::testing::RawSocket socket((*house)->port());
  socket.send(http::testing::get("/readyz"));
  EXPECT_EQ(socket.read_answer().status, 200);
}

}  // namespace
}  // namespace heed::app
