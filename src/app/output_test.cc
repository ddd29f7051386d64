#include "app/output.h"

#include <gtest/gtest.h>

namespace heed::app {
namespace {

Output example() {
  Output out;
  out.fact("name", "Name", std::string("kim")).fact("open", "Open", std::int64_t{3});
  out.columns({{"id", "Id"}, {"n", "Count"}, {"ok", "Fine"}});
  out.row({std::string("a"), std::int64_t{7}, true});
  out.row({std::string("längere"), std::int64_t{1234}, Output::Cell{}});
  return out;
}

TEST(Output, AlignsFactsAndColumnsByCharacters) {
  EXPECT_EQ(example().text(),
            "Name  kim\n"
            "Open  3\n"
            "\n"
            "Id       Count  Fine\n"
            "a            7   yes\n"
            "längere   1234     -\n");
}

TEST(Output, IsOneJsonObject) {
  EXPECT_EQ(example().json(),
            "{\"name\":\"kim\",\"open\":3,\"items\":[{\"id\":\"a\",\"n\":7,\"ok\":true},{\"id\":\"längere\",\"n\":1234,"
            "\"ok\":null}]}\n");
}

TEST(Output, AnEmptyTableIsAnEmptyArrayAndNoText) {
  Output out;
  out.columns({{"id", "Id"}}, "keys");
  EXPECT_EQ(out.text(), "");
  EXPECT_EQ(out.json(), "{\"keys\":[]}\n");
}

TEST(Output, ATerminalDoesNotObeyWhatANameHolds) {
  Output out;
  out.fact("name", "Name", std::string("a\x1b[2Jb\n"));
  EXPECT_EQ(out.text(), "Name  a?[2Jb?\n");
}

TEST(Output, ADocumentIsPrintedAsItIs) {
  Output out;
  out.document("dump", "# cases\n1\n");
  EXPECT_EQ(out.text(), "# cases\n1\n");
  EXPECT_EQ(out.json(), "{\"dump\":\"# cases\\n1\\n\"}\n");
}

}  // namespace
}  // namespace heed::app
