#include "policy/yaml.h"

#include <gtest/gtest.h>

namespace heed::policy {
namespace {

TEST(Yaml, KeepsOrderAndPositions) {
  auto root = parse_yaml("x.yaml", "b: 1\na:\n  - one\n  - two\nc:\n");
  ASSERT_TRUE(root);
  ASSERT_EQ(root->keys.size(), 3u);
  EXPECT_EQ(root->keys[0].scalar, "b");
  EXPECT_EQ(root->keys[1].line, 2u);
  EXPECT_EQ(root->items[1].items[1].scalar, "two");
  EXPECT_EQ(root->items[1].items[1].line, 4u);
  EXPECT_EQ(root->items[1].items[1].column, 5u);
  EXPECT_EQ(root->items[2].kind, YamlNode::Kind::Null);
}

std::string fault_of(std::string_view text) {
  auto root = parse_yaml("x.yaml", text);
  return root ? "none" : root.error().fields.at(0).pointer + ": " + root.error().fields.at(0).detail;
}

TEST(Yaml, NamesFileLineAndColumnOfAFault) {
  EXPECT_EQ(fault_of("a: 1\nb: [1, 2\n").substr(0, 9), "x.yaml:3:");
  EXPECT_EQ(fault_of("a: 1\nb: 2\na: 3\n"), "x.yaml:3:1: 'a' is given twice, first in line 1");
  EXPECT_EQ(fault_of("a: &x 1\nb: *x\n"), "x.yaml:1:4: anchors are not allowed; write the value out");
  EXPECT_EQ(fault_of("? [a]\n: 1\n"), "x.yaml:1:3: a key must be a plain name");
  EXPECT_EQ(fault_of("a: \xff\n"), "x.yaml:1:1: the file is not valid UTF-8");
  EXPECT_EQ(fault_of(""), "x.yaml:1:1: the file is empty");
  EXPECT_EQ(fault_of("a: 1\n---\nb: 2\n"), "x.yaml:1:1: the file holds more than one document");
  EXPECT_EQ(fault_of(std::string(kYamlBytesMax + 1, ' ')).substr(0, 11), "x.yaml:1:1:");
}

TEST(Yaml, SurvivesDeepNesting) {
  EXPECT_NE(fault_of(std::string(100000, '[')), "none");
  EXPECT_NE(fault_of(std::string(100000, '{')), "none");
}

TEST(NearestName, FindsSlipsAndRefusesWildGuesses) {
  EXPECT_EQ(nearest_name("severty", {"severity", "lane"}), "severity");
  EXPECT_EQ(nearest_name("zzzzzzzz", {"severity", "lane"}), "");
}

}  // namespace
}  // namespace heed::policy
