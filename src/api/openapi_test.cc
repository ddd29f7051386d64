#include <cstdlib>
#include <fstream>
#include <set>

#include "api/testing_desk.h"
#include "base/file.h"
#include "http/router.h"

namespace heed::api {
namespace {

using nlohmann::json;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  return out;
}

TEST(OpenApi, HasEveryRouteOfTheRouterAndNoOther) {
  TestingDesk house;
  std::set<std::string> served, written;
  for (const http::Route* route : house.router.impl().all) {
    served.insert(lower(http::method_name(route->method)) + " " + route->pattern);
  }
  for (const auto& [path, methods] : house.contract.document()["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      written.insert(method + " " + path);
    }
  }
  EXPECT_EQ(served, written);
}

TEST(OpenApi, LeavesTheClockOfTestsOutOfAnOrdinaryServer) {
  TestingDesk house({.manual_clock = false});
  EXPECT_FALSE(house.contract.document()["paths"].contains("/test/clock"));
  EXPECT_EQ(house.call("POST", "/test/clock", house.platform(), R"({"advance_ms":1})").status, 404);
}

void find_refs(const json& value, std::set<std::string>& refs) {
  if (value.is_object() && value.contains("$ref")) {
    refs.insert(value["$ref"].get<std::string>());
  }
  for (const json& child : value) {
    if (child.is_structured()) {
      find_refs(child, refs);
    }
  }
}

TEST(OpenApi, RefersToNothingThatIsMissing) {
  TestingDesk house;
  std::set<std::string> refs, ids;
  find_refs(house.contract.document(), refs);
  EXPECT_GT(refs.size(), 5U);
  for (const std::string& ref : refs) {
    EXPECT_TRUE(house.contract.document().contains(json::json_pointer(ref.substr(1)))) << ref;
  }
  for (const auto& [path, methods] : house.contract.document()["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      EXPECT_TRUE(ids.insert(operation["operationId"].get<std::string>()).second)
          << "twice: " << operation["operationId"];
      EXPECT_FALSE(operation["summary"].get<std::string>().empty()) << path;
    }
  }
}

TEST(OpenApi, GivesExamplesThatFitTheirSchemas) {
  TestingDesk house;
  int examples = 0;
  for (const auto& [path, methods] : house.contract.document()["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      if (!operation.contains("requestBody")) {
        continue;
      }
      for (const auto& [type, content] : operation["requestBody"]["content"].items()) {
        ASSERT_TRUE(content.contains("example")) << method << " " << path;
        EXPECT_EQ(house.contract.fault(content["schema"], content["example"]), "") << method << " " << path;
        ++examples;
      }
    }
  }
  EXPECT_GT(examples, 15);
}

/// What needs nothing to exist before it is taken as it stands.
TEST(OpenApi, GivesExamplesThatTheServerTakes) {
  TestingDesk house;
  for (auto [method, target, who] : std::vector<std::tuple<std::string, std::string, TestingHouse::Who>>{
           {"POST", "/v1/posts", house.platform()},
           {"PUT", "/v1/posts/p1", house.platform()},
           {"POST", "/v1/assess", house.platform()},
           {"POST", "/v1/reports", house.platform()},
           {"PUT", "/v1/accounts/a9", house.platform()},
           {"PUT", "/v1/relations", house.platform()},
           {"POST", "/v1/queues/default/claims", house.staff({"reviewer"})},
           {"POST", "/test/clock", house.platform()}}) {
    const json& op = *house.contract.operation(method, target);
    for (const auto& [type, content] : op["requestBody"]["content"].items()) {
      auto answer = house.ask(method, target, who, content["example"].dump(), {{"Content-Type", type}});
      EXPECT_GE(answer.status, 200) << target;
      EXPECT_LT(answer.status, 300) << target << answer.raw.body;
      for (const json& line : answer.lines) {
        EXPECT_FALSE(line.contains("problem")) << target << line.dump();
      }
    }
  }
}

/// docs/reference/openapi.json is the generated document; HEED_UPDATE=1 writes it anew.
TEST(OpenApi, IsWhatTheDocumentationSays) {
  TestingDesk house({.manual_clock = false});
  const std::string text = house.contract.document().dump(1) + "\n";
  const std::filesystem::path path = "docs/reference/openapi.json";
  if (std::getenv("HEED_UPDATE") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  auto written = read_file(path.string());
  ASSERT_TRUE(written.has_value()) << written.error().message;
  EXPECT_TRUE(*written == text) << "run the test with HEED_UPDATE=1 and commit docs/reference/openapi.json";
}

TEST(OpenApi, IsServed) {
  TestingDesk house;
  auto answer = house.ask("GET", "/openapi.json");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, house.contract.document());
}

}  // namespace
}  // namespace heed::api
