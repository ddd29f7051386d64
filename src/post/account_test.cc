#include "post/account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heed::post {
namespace {

using ::testing::UnorderedElementsAre;

std::vector<std::string> pointers(const Error& error) {
  std::vector<std::string> out;
  for (const FieldError& field : error.fields) {
    out.push_back(field.pointer);
  }
  return out;
}

TEST(Account, SurvivesWritingAndReading) {
  JsonParser parser;
  Result<Account> read =
      parse_account(parser, "a1", R"({"handle":"h","display_name":"D é","avatar_hash":"ff","country":"DE",
    "locale":"de","state":"suspended","earlier_names":["x","y"],"verified":true,"created_at":"2020-01-01T00:00:00Z",
    "followers":0,"email":"a@example.org","karma":4})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->id, "a1");
  EXPECT_EQ(read->ignored_fields, 1u);
  Result<Account> again = account_from_json(parser, account_json(*read));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->id, "a1");
  EXPECT_EQ(again->display_name, "D é");
  EXPECT_EQ(again->earlier_names, read->earlier_names);
  EXPECT_EQ(again->created_at, read->created_at);
  EXPECT_EQ(again->followers, 0);
  EXPECT_EQ(again->state, "suspended");
  EXPECT_TRUE(again->verified);
  EXPECT_EQ(again->email, "a@example.org");
  EXPECT_EQ(account_json(*again), account_json(*read));
}

TEST(Account, IsActiveUnlessToldOtherwise) {
  JsonParser parser;
  Result<Account> account = parse_account(parser, "a1", "{}");
  ASSERT_TRUE(account);
  EXPECT_EQ(account->state, "active");
  EXPECT_EQ(account->followers, -1);
}

TEST(Account, NamesEveryFault) {
  JsonParser parser;
  Result<Account> account = parse_account(parser, "a1", R"({"id":"a2","handle":1,"state":"gone","earlier_names":[1],
    "verified":"yes","created_at":3,"followers":-1,"email":"a@b\r\nBcc: c@d","country":"a","country":"b"})");
  ASSERT_FALSE(account);
  EXPECT_THAT(pointers(account.error()),
              UnorderedElementsAre("/id", "/handle", "/state", "/earlier_names/0", "/verified", "/created_at",
                                   "/followers", "/email", "/country"));
  EXPECT_FALSE(parse_account(parser, "a1", "[]"));
  EXPECT_FALSE(parse_account(parser, "", "{}"));
  EXPECT_FALSE(account_from_json(parser, "{}"));
}

TEST(Account, TakesOnlyWhatCanBeAMailAddress) {
  JsonParser parser;
  for (const char* bad : {"x", "@x", "x@", "a@b@c", "a b@c", "a@b,c@d", "<a@b>"}) {
    EXPECT_FALSE(parse_account(parser, "a", std::string(R"({"email":")") + bad + "\"}")) << bad;
  }
  EXPECT_TRUE(parse_account(parser, "a", R"({"email":""})"));
}

TEST(Relation, ReadsALine) {
  JsonParser parser;
  Result<Relation> relation =
      parse_relation(parser, R"({"from":"a1","to":"a2","kind":"blocks","state":false,"since":1})");
  ASSERT_TRUE(relation);
  EXPECT_EQ(relation->from, "a1");
  EXPECT_EQ(relation->to, "a2");
  EXPECT_EQ(relation->kind, Relation::Kind::Blocks);
  EXPECT_FALSE(relation->state);
}

TEST(Relation, NamesEveryFault) {
  JsonParser parser;
  auto faults = [&](const char* line) {
    Result<Relation> relation = parse_relation(parser, line);
    return relation ? std::vector<std::string>() : pointers(relation.error());
  };
  EXPECT_THAT(faults("{}"), UnorderedElementsAre("/from", "/to", "/kind"));
  EXPECT_THAT(faults(R"({"from":"a","to":"a","kind":"likes","state":1})"),
              UnorderedElementsAre("/to", "/kind", "/state"));
  EXPECT_THAT(faults(R"({"from":"a","to":"b","kind":"follows","from":"c"})"), UnorderedElementsAre("/from"));
  EXPECT_THAT(faults("7"), UnorderedElementsAre(""));
}

}  // namespace
}  // namespace heed::post
