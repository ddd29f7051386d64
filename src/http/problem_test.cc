#include "http/problem.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace heed::http {
namespace {

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) {
      return value;
    }
  }
  return "";
}

TEST(Problem, NamesTypeStatusAndFields) {
  Error error{Code::InvalidInput, "two faults", {{"/items/0/id", "is missing"}, {"/locale", "is unknown"}}};
  Response response = problem(error, "req_1");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"type":"/docs/problems#invalid","title":"The request has no valid meaning","status":422,)"
            R"("detail":"two faults","errors":[{"pointer":"/items/0/id","detail":"is missing"},)"
            R"({"pointer":"/locale","detail":"is unknown"}],"request_id":"req_1"})");
}

TEST(Problem, WithoutAFieldIsMalformed) {
  EXPECT_EQ(problem(Error{Code::InvalidInput, "no JSON"}, "").status, 400);
  EXPECT_EQ(problem(Error{Code::InvalidInput, "no object", {{"", "no object"}}}, "").status, 400);
}

TEST(Problem, EveryCodeHasItsStatus) {
  EXPECT_EQ(status_of(Code::NotFound), 404);
  EXPECT_EQ(status_of(Code::Conflict), 409);
  EXPECT_EQ(status_of(Code::Denied), 403);
  EXPECT_EQ(status_of(Code::Unauthorized), 401);
  EXPECT_EQ(status_of(Code::TooLarge), 413);
  EXPECT_EQ(status_of(Code::TooMany), 429);
  EXPECT_EQ(status_of(Code::Timeout), 504);
  EXPECT_EQ(status_of(Code::Unavailable), 503);
  EXPECT_EQ(status_of(Code::Corrupt), 500);
  EXPECT_EQ(status_of(Code::Internal), 500);
}

TEST(Problem, TellsWhenToComeBack) {
  EXPECT_NE(header(problem(Error{Code::Unavailable, ""}, ""), "Retry-After"), "");
  EXPECT_NE(header(problem(Error{Code::TooMany, ""}, ""), "Retry-After"), "");
  EXPECT_EQ(header(problem(Error{Code::Conflict, ""}, ""), "Retry-After"), "");
}

TEST(Problem, KeepsInnerFaultsToItself) {
  Response response = problem(Error{Code::Internal, "row 7 of /var/lib/x", {{"/a", "secret"}}}, "req_1");
  EXPECT_EQ(response.body.find("row 7"), std::string::npos);
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
}

TEST(Problem, OfAStatusIsJson) {
  for (int status : {400, 404, 405, 408, 413, 414, 417, 431, 500, 501, 503, 505}) {
    Response response = detail::problem_of_status(status, "why \"so\"", "req_1");
    JsonParser parser;
    auto json = parser.parse(response.body);
    ASSERT_TRUE(json) << response.body;
    EXPECT_EQ(json->get_int("status"), status);
    EXPECT_EQ(json->get_string("detail"), "why \"so\"");
    EXPECT_FALSE(detail::reason_phrase(status).empty());
  }
}

}  // namespace
}  // namespace heed::http
