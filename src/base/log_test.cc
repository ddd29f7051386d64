#include "base/log.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>
#include <thread>

#include "base/json.h"

namespace heed {
namespace {

template <class F>
std::string written(F&& f) {
  testing::internal::CaptureStderr();
  f();
  log::flush();
  return testing::internal::GetCapturedStderr();
}

TEST(Log, WritesOneJsonObjectALine) {
  CaseId id{*Ulid::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV")};
  std::string out = written([&] {
    log::warn("case_opened", {{"case", id},
                              {"n", -3},
                              {"size", std::size_t{7}},
                              {"ok", true},
                              {"share", 0.5},
                              {"kind", "literal \"quoted\"\n"},
                              {"path", log::safe("/etc/heed.toml")},
                              {"due", from_ms(0)},
                              {"error", Error{Code::Internal, "the \xFF disk", {}}}});
  });
  ASSERT_EQ(out.back(), '\n');
  ASSERT_EQ(out.find('\n'), out.size() - 1);
  JsonParser parser;
  Result<Json> line = parser.parse(out);
  ASSERT_TRUE(line) << out;
  EXPECT_TRUE(parse_time(line->get_string("at")));
  EXPECT_EQ(line->get_string("level"), "warn");
  EXPECT_EQ(line->get_string("event"), "case_opened");
  EXPECT_EQ(line->get_string("case"), "cas_01ARZ3NDEKTSV4RRFFQ69G5FAV");
  EXPECT_EQ(line->get_int("n"), -3);
  EXPECT_EQ(line->get_int("size"), 7);
  EXPECT_TRUE(line->get_bool("ok"));
  EXPECT_EQ((*line)["share"].number(), 0.5);
  EXPECT_EQ(line->get_string("kind"), "literal \"quoted\"\n");
  EXPECT_EQ(line->get_string("path"), "/etc/heed.toml");
  EXPECT_EQ(line->get_string("due"), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(line->get_string("error"), "the \xEF\xBF\xBD disk");
}

TEST(Log, LevelDecides) {
  std::string out = written([] {
    log::set_level(log::Level::Warn);
    log::debug("no");
    log::info("no");
    log::warn("yes");
    log::error("yes");
    log::set_level(log::Level::Info);
    log::debug("no");
    log::info("yes");
  });
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 3);
  EXPECT_EQ(out.find("\"no\""), std::string::npos);
}

TEST(Log, BracesArePlainText) {
  std::string out = written([] { log::info("e", {{"text", log::safe("{} {0} %v %%")}}); });
  EXPECT_NE(out.find("{} {0} %v %%"), std::string::npos);
}

TEST(Log, LinesOfThreadsDoNotMix) {
  std::string out = written([] {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([t] {
        for (int i = 0; i < 200; ++i) {
          log::info("tick", {{"thread", t}, {"i", i}});
        }
      });
    }
  });
  JsonParser parser;
  int lines = 0;
  std::istringstream in(out);
  for (std::string line; std::getline(in, line); ++lines) {
    ASSERT_TRUE(parser.parse(line)) << line;
  }
  EXPECT_EQ(lines, 800);
}

// What a person wrote has no way in.
static_assert(!std::is_constructible_v<log::Field, const char (&)[4], PersonalText>);
static_assert(!std::is_constructible_v<log::Field, const char (&)[4], std::string>);
static_assert(!std::is_constructible_v<log::Field, const char (&)[4], std::string_view>);
static_assert(!std::is_constructible_v<log::Field, const char (&)[4], const char*>);
static_assert(!fmt::is_formattable<PersonalText>::value);

}  // namespace
}  // namespace heed
