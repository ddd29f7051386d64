#include <nlohmann/json.hpp>

#include "api/testing_house.h"

namespace heed::api {
namespace {

using nlohmann::json;

json body_of(const http::ClientResponse& answer) { return json::parse(answer.body, nullptr, false); }

TEST(Reports, AreAnsweredWithAReceipt) {
  TestingHouse house;
  house.tell("p1", "you are a fool", "a9", "a1");
  auto answer = house.call("POST", "/v1/reports", house.user("a1"), TestingHouse::report_json("a1", "p1"));
  ASSERT_EQ(answer.status, 201) << answer.body;
  json receipt = body_of(answer);
  EXPECT_EQ(receipt["items_accepted"], 1);
  EXPECT_TRUE(receipt["items_refused"].empty());
  EXPECT_TRUE(receipt["number"].get<std::string>().starts_with("H-"));
  EXPECT_FALSE(receipt.contains("case_id"));
}

}  // namespace
}  // namespace heed::api
