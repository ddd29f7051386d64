#include "access/visibility.h"

#include <gtest/gtest.h>

namespace heed::access {
namespace {

constexpr std::string_view kAll[] = {"*"};
constexpr std::string_view kSome[] = {"at", "items", "absent"};
constexpr VisibilityRow kRow("report_received", "report_received",
                             {{Audience::Reviewer, kAll}, {Audience::Reporter, kSome}, {Audience::Target, {}}});

constexpr std::string_view kHeader =
    R"({"kind":"report_received","at":"2026-11-21T18:00:00.000Z","actor":"x","items":[{"n":1},2,"\u00e9\""],"none":null})";

std::optional<std::string> seen_by(Audience audience) {
  JsonParser parser;
  JsonWriter out;
  Json header = parser.parse(kHeader).value();
  return project(kRow, audience, header, out) ? std::optional(out.take()) : std::nullopt;
}

TEST(Visibility, ShowsTheNamedFieldsInTheHeadersOrder) {
  EXPECT_EQ(seen_by(Audience::Reporter), "{\"at\":\"2026-11-21T18:00:00.000Z\",\"items\":[{\"n\":1},2,\"é\\\"\"]}");
}

TEST(Visibility, StarShowsAll) {
  std::string all = seen_by(Audience::Reviewer).value();
  EXPECT_NE(all.find("\"actor\":\"x\""), std::string::npos);
  EXPECT_NE(all.find("\"none\":null"), std::string::npos);
}

TEST(Visibility, AnAudienceWithoutARowSeesNothingAtAll) {
  EXPECT_EQ(seen_by(Audience::Author), std::nullopt);
  EXPECT_EQ(seen_by(Audience::Bystander), std::nullopt);
  EXPECT_EQ(seen_by(Audience::Platform), std::nullopt);
}

TEST(Visibility, ARowMayShowThatAndNothingMore) { EXPECT_EQ(seen_by(Audience::Target), "{}"); }

TEST(Visibility, FieldsJoinAnOpenObjectOrLeaveItAlone) {
  JsonParser parser;
  Json header = parser.parse(kHeader).value();
  JsonWriter out;
  out.begin_object().field("label", kRow.label);
  EXPECT_FALSE(project_fields(kRow, Audience::Author, header, out));
  EXPECT_TRUE(project_fields(kRow, Audience::Reporter, header, out));
  out.end_object();
  EXPECT_TRUE(out.str().starts_with(R"({"label":"report_received","at":)")) << out.str();
}

}  // namespace
}  // namespace heed::access
