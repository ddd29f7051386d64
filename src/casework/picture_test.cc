#include "casework/picture.h"

#include <gtest/gtest.h>

#include <random>

#include "casework/pieces.h"

namespace heed::casework {
namespace {

std::string big32(std::uint32_t n) {
  return {static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8), static_cast<char>(n)};
}
std::string big16(unsigned n) { return {static_cast<char>(n >> 8), static_cast<char>(n)}; }

std::uint32_t crc(std::string_view bytes) {  // bit by bit: not the code under test
  std::uint32_t c = 0xFFFFFFFFU;
  for (char b : bytes) {
    c ^= static_cast<std::uint8_t>(b);
    for (int k = 0; k < 8; ++k) {
      c = (c >> 1) ^ ((c & 1) != 0 ? 0xEDB88320U : 0);
    }
  }
  return ~c;
}

std::string chunk(std::string_view kind, std::string_view body) {
  std::string typed = std::string(kind) + std::string(body);
  return big32(static_cast<std::uint32_t>(body.size())) + typed + big32(crc(typed));
}
const std::string kHead = "\x89PNG\r\n\x1a\n";
std::string header(std::uint32_t width, std::uint32_t height,
                   std::string_view rest = std::string_view("\x08\x02\0\0\0", 5)) {
  return chunk("IHDR", big32(width) + big32(height) + std::string(rest));
}
const std::string kData = chunk("IDAT", "not looked into here"), kEnd = chunk("IEND", "");

std::string segment(int marker, std::string_view body) {
  return std::string{'\xFF', static_cast<char>(marker)} + big16(static_cast<unsigned>(body.size() + 2)) +
         std::string(body);
}
std::string frame(unsigned height, unsigned width) {
  return segment(0xC0, std::string("\x08") + big16(height) + big16(width) + std::string("\x01\x01\x11\x00", 4));
}
const std::string kScan =
    segment(0xDA, std::string("\x01\x01\x00\x00\x3F\x00", 6)) + std::string("\x12\xFF\x00\x34\xFF\xD0\x56", 7);
const std::string kSoi = "\xFF\xD8", kEoi = "\xFF\xD9";
std::string jpeg(std::string_view extra = {}) {
  return kSoi + std::string(extra) + segment(0xDB, std::string(65, 'q')) + frame(20, 30) + segment(0xC4, "huff") +
         kScan + kEoi;
}

TEST(Picture, KeepsOfAPngOnlyWhatDrawsIt) {
  const std::string wanted = kHead + header(30, 20) + kData + kEnd;
  const std::string sent = kHead + header(30, 20) + chunk("tEXt", "Author\0Mary") + chunk("eXIf", "GPS 52.5 13.4") +
                           chunk("acTL", "12345678") + kData + chunk("tIME", "1234567") + kEnd +
                           "<script>alert(1)</script>";
  auto out = rewrite_picture(sent);
  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(out->bytes, wanted);
  EXPECT_EQ(out->type, "image/png");
  EXPECT_EQ(out->width, 30);
  EXPECT_EQ(out->height, 20);
  EXPECT_EQ(rewrite_picture(out->bytes)->bytes, wanted) << "writing it anew changes nothing more";
}

TEST(Picture, KeepsOfAJpegOnlyWhatDrawsIt) {
  const std::string sent =
      jpeg(segment(0xE0, "JFIF") + segment(0xE1, "Exif GPS 52.5 13.4") + segment(0xFE, "a comment")) +
      "PK\x03\x04 and an archive";
  auto out = rewrite_picture(sent);
  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(out->bytes, jpeg());
  EXPECT_EQ(out->width, 30);
  EXPECT_EQ(out->height, 20);
}

TEST(Picture, RefusesWhatIsDamagedTooLargeOrOutOfOrder) {
  std::string damaged = kHead + header(30, 20) + kData + kEnd;
  damaged[damaged.size() - 20] ^= 1;
  for (const std::string& bad : {damaged,
                                 kHead,
                                 kHead + kData + kEnd,
                                 kHead + header(30, 20) + kEnd,
                                 kHead + header(30, 20) + kData,
                                 kHead + header(0, 20) + kData + kEnd,
                                 kHead + header(20'000, 20'000) + kData + kEnd,
                                 kHead + header(10'000, 10'000) + kData + kEnd,
                                 kHead + header(30, 20) + header(30, 20) + kData + kEnd,
                                 kHead + header(30, 20) + kData + chunk("tEXt", "x") + kData + kEnd,
                                 kHead + header(30, 20) + chunk("EVIL", "x") + kData + kEnd,
                                 kHead + header(30, 20, std::string_view("\x08\x03\0\0\0", 5)) + kData + kEnd,
                                 kHead + header(30, 20, std::string_view("\x07\x02\0\0\0", 5)) + kData + kEnd,
                                 kSoi + kEoi,
                                 kSoi + kScan + kEoi,
                                 kSoi + frame(20, 30) + kEoi,
                                 kSoi + frame(20, 30) + kScan,
                                 kSoi + frame(20, 30) + frame(20, 30) + kScan + kEoi,
                                 kSoi + segment(0xC9, "arithmetic") + kScan + kEoi,
                                 kSoi + frame(60'000, 60'000) + kScan + kEoi,
                                 std::string("GIF89a"),
                                 std::string()}) {
    EXPECT_FALSE(rewrite_picture(bad));
  }
}

TEST(Picture, EveryCutAndEveryChangedByteIsRefusedOrWrittenCleanly) {
  const std::string png = kHead + header(30, 20) + chunk("tEXt", "hidden words") + kData + kEnd;
  const std::string photo = jpeg(segment(0xE1, "hidden words"));
  std::mt19937 random(7);
  for (const std::string& whole : {png, photo}) {
    for (std::size_t n = 0; n < whole.size(); ++n) {
      EXPECT_FALSE(rewrite_picture(whole.substr(0, n))) << n;
      std::string changed = whole;
      changed[n] = static_cast<char>(random());
      if (auto out = rewrite_picture(changed)) {
        EXPECT_EQ(rewrite_picture(out->bytes)->bytes, out->bytes) << "what is written can be read and is written alike";
        EXPECT_LE(out->bytes.size(), changed.size());
      }
    }
  }
}

TEST(File, IsKnownByWhatItHolds) {
  EXPECT_EQ(file_of("Dear all,\n\tHe wrote again: \xC3\xBC \xF0\x9F\x98\x80\n")->type, "text/plain");
  EXPECT_EQ(file_of(jpeg())->type, "image/jpeg");
  for (const std::string& bad :
       {std::string("%PDF-1.7"), std::string("PK\x03\x04"), std::string("MZ\x90\0\x03", 5), std::string("<html><b>hi"),
        std::string("  <SVG onload=alert(1)>"), std::string("#!/bin/sh\nls"), std::string("hello <script>"),
        std::string("GIF89a;"
                    "\x01"),
        std::string("\xC0\xAF"), std::string("\xED\xA0\x80"), std::string("\xF4\x90\x80\x80"), std::string("\xE2\x82"),
        std::string("a\0b", 3),
        std::string("\x7F"
                    "ELF"),
        std::string("<?xml version=\"1.0\"?>")}) {
    auto out = file_of(bad);
    EXPECT_FALSE(out) << bad;
    if (!out) {
      EXPECT_NE(out.error().message.find("picture"), std::string::npos);
    }
  }
  EXPECT_EQ(file_of("").error().code, Code::TooLarge);
  EXPECT_EQ(file_of(std::string(kPieceBytesMax + 1, 'a')).error().code, Code::TooLarge);
}

}  // namespace
}  // namespace heed::casework
