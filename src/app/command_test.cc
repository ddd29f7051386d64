#include "app/command.h"

#include <gtest/gtest.h>

namespace heed::app {
namespace {

const std::vector<Option> kOptions = {
    {.name = "name", .sentence = "", .required = true},
    {.name = "--scope", .sentence = "", .kind = Option::Kind::Texts, .fallback = "all"},
    {.name = "--flag", .sentence = "", .kind = Option::Kind::Flag},
};

TEST(Arguments, GoToAServerAndComeBack) {
  Arguments there;
  there.set("name", {"shop \"1\""}, true);
  there.set("--scope", {"a", "b"}, true);
  there.set("--flag", {"true"}, true);
  there.set("--data", {"x"}, false);
  auto back = Arguments::from_json(there.json(), kOptions);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->text("name"), "shop \"1\"");
  EXPECT_EQ(back->texts("--scope"), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(back->flag("--flag"));
}

TEST(Arguments, WhatWasNotGivenHasItsFallback) {
  auto back = Arguments::from_json(R"({"name":["x"]})", kOptions);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->texts("--scope"), std::vector<std::string>{"all"});
  EXPECT_FALSE(back->given("--scope"));
  EXPECT_FALSE(back->flag("--flag"));
}

TEST(Arguments, RefuseWhatIsNoArrayOfStrings) {
  for (const char* json :
       {"", "[]", "{}", R"({"name":"x"})", R"({"name":[1]})", R"({"name":[["x"]]})", R"({"name":null})"}) {
    EXPECT_FALSE(Arguments::from_json(json, kOptions)) << json;
  }
}

}  // namespace
}  // namespace heed::app
