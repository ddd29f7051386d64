#include "app/anchor.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace heed::app {
namespace {

std::string_view public_key(const SigningKey& key) {
  return {reinterpret_cast<const char*>(key.public_key.data()), key.public_key.size()};
}

Anchor example() {
  return {.head = {12, 40, sha256("head")}, .access = {3, sha256("access")}, .at = from_ms(1795284000000)};
}

TEST(Anchor, ComesBackAsWritten) {
  TempFolder folder;
  SigningKey key = SigningKey::generate();
  ASSERT_TRUE(write_anchor(folder.path() / "head", example(), key));
  auto read = read_anchor(folder.path() / "head", public_key(key));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_TRUE(*read);
  EXPECT_EQ((*read)->head, example().head);
  EXPECT_EQ((*read)->access, example().access);
  EXPECT_EQ((*read)->at, example().at);
}

TEST(Anchor, MayBeAbsent) {
  TempFolder folder;
  auto read = read_anchor(folder.path() / "head", "");
  ASSERT_TRUE(read);
  EXPECT_FALSE(*read);
}

TEST(Anchor, AnyChangedByteIsNoticed) {
  TempFolder folder;
  SigningKey key = SigningKey::generate();
  const std::string text = anchor_text(example(), key);
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'a' ? 'b' : 'a';
    ASSERT_TRUE(write_file_atomically(folder.path() / "head", changed));
    auto read = read_anchor(folder.path() / "head", public_key(key));
    EXPECT_FALSE(read && *read && (*read)->head == example().head && changed != text) << changed;
  }
}

TEST(Anchor, IsThisInstallationsOwn) {
  TempFolder folder;
  ASSERT_TRUE(write_anchor(folder.path() / "head", example(), SigningKey::generate()));
  auto read = read_anchor(folder.path() / "head", public_key(SigningKey::generate()));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::Corrupt);
}

}  // namespace
}  // namespace heed::app
