#include "base/bytes.h"

#include <gtest/gtest.h>

#include <random>

namespace heed {
namespace {

using namespace std::literals;

std::string random_text(std::mt19937_64& random, std::size_t size_max) {
  std::string text(random() % (size_max + 1), '\0');
  for (char& c : text) {
    c = static_cast<char>(random());
  }
  return text;
}

TEST(Bytes, EncodingsRoundTrip) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 5000; ++i) {
    std::string raw = random_text(random, 100);
    ASSERT_EQ(from_hex(to_hex(raw)), raw);
    ASSERT_EQ(from_base64(to_base64(raw)), raw);
    ASSERT_EQ(from_base64url(to_base64url(raw)), raw);
  }
  std::string big(10'000'000, '\xFF');
  EXPECT_EQ(from_base64(to_base64(big)), big);
}

TEST(Bytes, EncodingsAgreeWithRfc4648) {
  EXPECT_EQ(to_hex("\x00\xAF\xFF"sv), "00afff");
  EXPECT_EQ(from_hex("00AFff"), "\x00\xAF\xFF"s);
  EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
  EXPECT_EQ(to_base64url("foob"), "Zm9vYg");
  EXPECT_EQ(to_base64("\xFB\xFF"), "+/8=");
  EXPECT_EQ(to_base64url("\xFB\xFF"), "-_8");
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(from_base64(""), "");
}

TEST(Bytes, RefusesMalformedEncodings) {
  for (std::string_view text : std::vector<std::string_view>{"0", "0g", "00 ", "\0\0"sv, "0x00", "\xC3\xA4"}) {
    EXPECT_FALSE(from_hex(text)) << text;
  }
  for (std::string_view text : std::vector<std::string_view>{
           "Z", "Zm9vYg", "Zm9vYg=", "Zm9vYh==", "Zm9vYg===", "Zm9v Yg==", "Zm9v\nYg==", "-_8=", "====", "Zm9vYg==Zm9v",
           "Zm9\0"sv}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
  for (std::string_view text : std::vector<std::string_view>{"Z", "Zm9vYg==", "Zm9vYh", "+/8", "Zm9v.", "Zm9\0"sv}) {
    EXPECT_FALSE(from_base64url(text)) << text;
  }
}

TEST(Utf8, KnowsTheBorders) {
  for (std::string_view good : {""sv, "a"sv, "\0"sv, "\xC2\x80"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv, "\xED\x9F\xBF"sv,
                                "\xEE\x80\x80"sv, "\xEF\xBF\xBF"sv, "\xF0\x90\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv}) {
    EXPECT_TRUE(valid_utf8(good)) << to_hex(good);
  }
  for (std::string_view bad :
       {"\x80"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xC2"sv, "\xE0\x9F\xBF"sv, "\xED\xA0\x80"sv, "\xED\xBF\xBF"sv,
        "\xE2\x82"sv, "\xF0\x8F\xBF\xBF"sv, "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xFF"sv, "a\xC2"sv}) {
    EXPECT_FALSE(valid_utf8(bad)) << to_hex(bad);
  }
}

TEST(Utf8, PrefixNeverSplitsACodePoint) {
  std::string text = "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z";
  for (std::size_t n = 0; n <= text.size() + 2; ++n) {
    std::string_view cut = utf8_prefix(text, n);
    EXPECT_TRUE(valid_utf8(cut));
    EXPECT_LE(cut.size(), n);
    EXPECT_GT(cut.size() + 4, std::min(n, text.size()));
  }
  EXPECT_EQ(utf8_prefix(std::string(100, '\x80'), 50), "");
}

TEST(ByteReader, ReadsWhatTheWriterWrote) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string out;
    ByteWriter writer(out);
    std::uint64_t a = random() >> (random() % 64);
    std::string text = random_text(random, 300);
    writer.u8(7);
    writer.u32(static_cast<std::uint32_t>(a));
    writer.u64(a);
    writer.varint(a);
    writer.bytes(text);
    writer.append("xy");
    ByteReader reader(out);
    ASSERT_EQ(reader.u8(), 7);
    ASSERT_EQ(reader.u32(), static_cast<std::uint32_t>(a));
    ASSERT_EQ(reader.u64(), a);
    ASSERT_EQ(reader.varint(), a);
    ASSERT_EQ(reader.bytes(), text);
    ASSERT_EQ(reader.left(), 2u);
    ASSERT_EQ(reader.raw(2), "xy");
    ASSERT_TRUE(reader.ok() && reader.at_end());
  }
}

TEST(ByteReader, StaysBrokenAfterAnyOverrun) {
  std::string out;
  ByteWriter writer(out);
  writer.u64(1);
  writer.bytes("hello");
  for (std::size_t n = 0; n < out.size(); ++n) {
    ByteReader reader(std::string_view(out).substr(0, n));
    reader.u64();
    EXPECT_EQ(reader.bytes(), "");
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.u8(), 0);
    EXPECT_EQ(reader.varint(), 0u);
  }
  std::string endless(20, '\xFF');
  ByteReader too_long(endless);
  EXPECT_EQ(too_long.varint(), 0u);
  EXPECT_FALSE(too_long.ok());
  std::string huge("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01 abc");
  EXPECT_EQ(ByteReader(huge).bytes(), "");
}

}  // namespace
}  // namespace heed
