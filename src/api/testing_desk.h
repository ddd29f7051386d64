#pragma once
#include <gtest/gtest.h>

#include "api/testing_contract.h"
#include "api/testing_house.h"

/// Test support: a house whose every answer is held against its OpenAPI document.
namespace heed::api {

struct Answer {
  int status = 0;
  nlohmann::json body;                ///< discarded when it is none
  std::vector<nlohmann::json> lines;  ///< of NDJSON
  http::ClientResponse raw;
};

class TestingDesk : public TestingHouse {
 public:
  explicit TestingDesk(Choices choices = {}) : TestingHouse(std::move(choices)), contract(api->openapi()) {}
  Answer ask(std::string_view method, std::string_view target, const Who& who = {}, std::string_view body = {},
             http::HeaderList more = {}) {
    Answer out;
    out.raw = call(method, target, who, body, std::move(more));
    out.status = out.raw.status;
    std::string why = contract.check(method, target, out.raw);
    EXPECT_EQ(why, "") << method << " " << target << " " << out.status << " " << out.raw.body.substr(0, 500);
    if (out.raw.header("content-type").starts_with("application/x-ndjson")) {
      std::size_t at = 0;
      for (std::size_t end; (end = out.raw.body.find('\n', at)) != std::string::npos; at = end + 1) {
        out.lines.push_back(nlohmann::json::parse(out.raw.body.substr(at, end - at), nullptr, false));
      }
    } else {
      out.body = nlohmann::json::parse(out.raw.body, nullptr, false);
    }
    return out;
  }
  Answer tell_all(const std::string& ndjson) {
    return ask("POST", "/v1/posts", platform(), ndjson, {{"Content-Type", "application/x-ndjson"}});
  }
  /// A report of this post by this user's own token.
  Answer report(std::string_view account, std::string_view post_id, std::string_view symptom = "harassment") {
    return ask("POST", "/v1/reports", user(account), report_json(account, post_id, symptom));
  }
  /// The secret of a delegation's link.
  static std::string link_of(const nlohmann::json& delegation) {
    const std::string link = delegation.at("link");
    return link.substr(link.find("key=") + 4);
  }
  /// As the browser in which somebody opened the link; nobody when it does not open.
  Who opened(std::string_view link) {
    const Answer in = ask("POST", "/v1/delegate-links/openings", {}, nlohmann::json{{"link", link}}.dump());
    if (in.status != 200) {
      return {};
    }
    const std::string_view cookie = in.raw.header("set-cookie");
    Who who = bearer(in.body.at("token").get<std::string>());
    who.emplace_back("Cookie", cookie.substr(0, cookie.find(';')));
    return who;
  }
  /// The case behind a report, by its status_url.
  static std::string case_of(const Answer& receipt) {
    const std::string url = receipt.body.at("status_url");
    return url.substr(url.rfind('/') + 1);
  }
  /// The real id of the case behind an alias.
  CaseId real_case(std::string_view account, const Answer& receipt) {
    return *aliases.parse<CaseId>(hasher.account(account), case_of(receipt));
  }
  Contract contract;
};

}  // namespace heed::api
