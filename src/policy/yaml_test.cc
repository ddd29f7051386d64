#include "policy/yaml.h"

#include <gtest/gtest.h>

#include "policy/builtin.h"
#include "policy/policy.h"
#include "policy/tree_bytes.h"

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

TEST(Yaml, KnowsTheFilesThatTheBinaryCarriesAsIfItHadReadThem) {
  int files = 0;
  for (const BuiltinFile& file : default_policy_files("")) {
    if (file.name.ends_with(".yaml")) {
      ++files;
      const auto known = parse_yaml(file.name, file.bytes);
      const auto read = read_yaml(file.name, file.bytes);
      ASSERT_TRUE(known && read) << file.name;
      EXPECT_EQ(tree_bytes(*known), tree_bytes(*read)) << file.name;
    }
  }
  EXPECT_GT(files, 30);
}

TEST(Yaml, ReadsAChangedFileAnew) {
  std::string text(default_policy_file("policy.yaml"));
  const std::size_t at = text.find("version:");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 8, "verslon:");
  EXPECT_EQ(tree_bytes(*parse_yaml("policy.yaml", text)), tree_bytes(*read_yaml("policy.yaml", text)));
  EXPECT_NE(tree_bytes(*parse_yaml("policy.yaml", text)),
            tree_bytes(*parse_yaml("policy.yaml", default_policy_file("policy.yaml"))));
}

TEST(Yaml, SurvivesItsBytes) {
  const auto root = read_yaml("x.yaml", "a: 1\nb: [2, {c: ~}, \"\"]\nd: |\n  long\n  text\ne: {}\n");
  ASSERT_TRUE(root);
  const YamlNode again = tree_of(tree_bytes(*root));
  ASSERT_EQ(again.keys.size(), 4u);
  EXPECT_EQ(again.items[1].items[1].keys[0].scalar, "c");
  EXPECT_EQ(again.items[1].items[1].items[0].kind, YamlNode::Kind::Null);
  EXPECT_EQ(again.items[1].items[2].kind, YamlNode::Kind::Scalar);
  EXPECT_EQ(again.items[2].scalar, "long\ntext\n");
  EXPECT_EQ(again.items[2].line, root->items[2].line);
  EXPECT_EQ(tree_bytes(again), tree_bytes(*root));
}

TEST(NearestName, FindsSlipsAndRefusesWildGuesses) {
  EXPECT_EQ(nearest_name("severty", {"severity", "lane"}), "severity");
  EXPECT_EQ(nearest_name("zzzzzzzz", {"severity", "lane"}), "");
}

}  // namespace
}  // namespace heed::policy
