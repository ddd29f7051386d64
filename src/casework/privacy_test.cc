#include "casework/privacy.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/file.h"
#include "casework/apply.h"

namespace heed::casework {
namespace {

/// docs/privacy.md is the generated page; HEED_UPDATE=1 writes it anew.
TEST(Privacy, ThePageIsCurrent) {
  const std::string page = privacy_page();
  if (std::getenv("HEED_UPDATE") != nullptr) {
    std::ofstream("docs/privacy.md") << page;
  }
  auto written = read_file("docs/privacy.md");
  ASSERT_TRUE(written.has_value()) << written.error().message;
  EXPECT_TRUE(*written == page) << "run the test with HEED_UPDATE=1 and commit docs/privacy.md";
}

TEST(Privacy, EveryKindOfEventIsInIt) {
  const std::string page = privacy_page();
#define HEED_NAMED(E) EXPECT_NE(page.find("| `" + std::string(E::kKind) + "` |"), std::string::npos) << E::kKind;
  HEED_EVENTS(HEED_NAMED)
#undef HEED_NAMED
  for (const Holding& h : holdings()) {
    EXPECT_FALSE(h.data.empty() || h.purpose.empty() || h.term.empty() || h.seen_by.empty());
  }
}

/// The promise behind the page: no event ever shows an author a field that tells of a report.
TEST(Privacy, NoEventShowsAnAuthorWhoReported) {
#define HEED_AUTHOR(E)                                                                                            \
  for (std::string_view field : E::kVisibility.fields[static_cast<std::size_t>(access::Audience::Author)]) {      \
    for (std::string_view telling : {"*", "report", "reports", "party", "parties", "covers", "symptoms", "fears", \
                                     "channel_of_report", "filed_by", "staff", "actor"}) {                        \
      EXPECT_NE(field, telling) << E::kKind;                                                                      \
    }                                                                                                             \
  }
  HEED_EVENTS(HEED_AUTHOR)
#undef HEED_AUTHOR
}

}  // namespace
}  // namespace heed::casework
