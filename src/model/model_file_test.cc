#include "model/model_file.h"

#include <gmock/gmock.h>

#include "base/crypto.h"

namespace heed::model {
namespace {

using testing::HasSubstr;

std::string small_model() {
  ModelFile file;
  file.name = "small";
  file.lines_log2 = 4;
  auto& lines = file.make_lines(4);
  lines[3].tags[2] = 7;
  lines[3].weights[2][6] = -5;
  file.labels[1].slope = 2;
  return file.write();
}

/// Changed bytes with a checksum that fits them.
std::string sealed(std::string bytes) {
  bytes.resize(bytes.size() - 32);
  const Digest digest = sha256(bytes);
  bytes.append(view(digest));
  return bytes;
}

std::string refusal(std::string_view bytes) {
  auto file = ModelFile::read(bytes);
  return file ? "" : file.error().message;
}

TEST(ModelFile, ReadsWhatItWrote) {
  const std::string bytes = small_model();
  const auto file = ModelFile::read(bytes);
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ((*file)->name, "small");
  EXPECT_EQ((*file)->lines()[3].weights[2][6], -5);
  EXPECT_EQ((*file)->labels[1].slope, 2);
  EXPECT_EQ((*file)->write(), bytes);
}

TEST(ModelFile, RefusesEveryLengthButItsOwn) {
  const std::string bytes = small_model();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(ModelFile::read(std::string_view(bytes).substr(0, length)).has_value()) << length;
  }
  EXPECT_THAT(refusal(bytes + "x"), HasSubstr("something was appended"));
}

TEST(ModelFile, RefusesAnyChangedByte) {
  std::string bytes = small_model();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(bytes[i] ^ 0x20);
    EXPECT_FALSE(ModelFile::read(bytes).has_value()) << i;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x20);
  }
}

TEST(ModelFile, SaysWhatIsWrong) {
  std::string bytes = small_model();
  EXPECT_THAT(refusal("GIF89a"), HasSubstr("does not begin like a model"));
  std::string later = bytes;
  later[7] = '2';
  EXPECT_THAT(refusal(later), HasSubstr("version"));
  std::string huge = bytes;
  huge[12] = 60;
  EXPECT_THAT(refusal(sealed(huge)), HasSubstr("impossible sizes"));
  std::string infinite = bytes;
  infinite[82] = static_cast<char>(0x80);
  infinite[83] = 0x7f;
  EXPECT_THAT(refusal(sealed(infinite)), HasSubstr("out of range"));
  std::string flipped = bytes;
  flipped[400] = static_cast<char>(flipped[400] ^ 1);
  EXPECT_THAT(refusal(flipped), HasSubstr("checksum"));
}

TEST(ModelFile, TheShippedOneIsWholeAndUsedWhereItLies) {
  const auto whole = ModelFile::read(builtin_model());  // everything is looked at here, as it is not at a start
  ASSERT_TRUE(whole.has_value()) << whole.error().message;
  const auto file = ModelFile::read(builtin_model(), /*linked=*/true);
  ASSERT_TRUE(file.has_value());
  const char* table = reinterpret_cast<const char*>((*file)->lines());
  EXPECT_TRUE(table > builtin_model().data() && table < builtin_model().data() + builtin_model().size());
  EXPECT_EQ((*file)->line_count() * sizeof(Line), std::size_t{2} << 20);
}

}  // namespace
}  // namespace heed::model
