#include "casework/picture.h"

#include <array>

namespace heed::casework {
namespace {

constexpr std::string_view kPng = "\x89PNG\r\n\x1a\n";

tl::unexpected<Error> broken(std::string why) { return fail(Code::InvalidInput, "this picture " + std::move(why)); }

std::uint32_t big32(std::string_view in) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    out = out << 8 | static_cast<std::uint8_t>(in[i]);
  }
  return out;
}
std::uint32_t big16(std::string_view in) {
  return static_cast<std::uint32_t>(static_cast<std::uint8_t>(in[0])) << 8 | static_cast<std::uint8_t>(in[1]);
}

std::uint32_t crc32_of(std::string_view bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> t{};
    for (std::uint32_t n = 0; n < 256; ++n) {
      std::uint32_t c = n;
      for (int k = 0; k < 8; ++k) {
        c = (c & 1) != 0 ? 0xEDB88320U ^ (c >> 1) : c >> 1;
      }
      t[n] = c;
    }
    return t;
  }();
  std::uint32_t crc = 0xFFFFFFFFU;
  for (char c : bytes) {
    crc = table[(crc ^ static_cast<std::uint8_t>(c)) & 0xFF] ^ (crc >> 8);
  }
  return crc ^ 0xFFFFFFFFU;
}

Result<void> check_size(std::uint32_t width, std::uint32_t height) {
  if (width == 0 || height == 0 || width > kPictureSideMax || height > kPictureSideMax ||
      static_cast<std::int64_t>(width) * height > kPicturePixelsMax) {
    return broken("is too large, or has no size");
  }
  return {};
}

bool png_header_is_good(std::string_view data) {
  const int depth = data[8], colour = data[9];
  const bool depth_fits = colour == 0   ? depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16
                          : colour == 3 ? depth == 1 || depth == 2 || depth == 4 || depth == 8
                                        : (colour == 2 || colour == 4 || colour == 6) && (depth == 8 || depth == 16);
  return depth_fits && data[10] == 0 && data[11] == 0 && (data[12] == 0 || data[12] == 1);
}

Result<Picture> rewrite_png(std::string_view in) {
  Picture out{"image/png", std::string(kPng), 0, 0};
  std::size_t at = kPng.size();
  enum { Header, Palette, Data, AfterData } stage = Header;
  int colour = 0;
  bool palette = false, transparency = false, data = false;
  for (;;) {
    if (in.size() - at < 12) {
      return broken("is cut off");
    }
    const std::uint32_t size = big32(in.substr(at));
    if (size > in.size() - at - 12) {
      return broken("is cut off");
    }
    const std::string_view chunk = in.substr(at, size + 12), kind = chunk.substr(4, 4), body = chunk.substr(8, size);
    if (crc32_of(chunk.substr(4, size + 4)) != big32(chunk.substr(8 + size))) {
      return broken("is damaged: a check sum is wrong");
    }
    at += size + 12;
    bool keep = true;
    if (kind == "IHDR") {
      if (stage != Header || out.width != 0 || size != 13 || !png_header_is_good(body)) {
        return broken("has a header that is not as it should be");
      }
      TRY(check_size(big32(body), big32(body.substr(4))));
      out.width = static_cast<int>(big32(body));
      out.height = static_cast<int>(big32(body.substr(4)));
      colour = body[9];
      stage = Palette;
    } else if (out.width == 0) {
      return broken("does not begin with its header");
    } else if (kind == "PLTE") {
      if (stage != Palette || palette || transparency || size == 0 || size % 3 != 0 || size > 768 || colour == 0 ||
          colour == 4) {
        return broken("has a palette where none belongs");
      }
      palette = true;
    } else if (kind == "tRNS") {
      if (stage != Palette || transparency || size == 0 || size > 256 || colour == 4 || colour == 6 ||
          (colour == 3 && !palette)) {
        return broken("says oddly what is transparent");
      }
      transparency = true;
    } else if (kind == "IDAT") {
      if (stage == AfterData || (colour == 3 && !palette)) {
        return broken("has its parts in the wrong order");
      }
      stage = Data;
      data = data || size > 0;
    } else if (kind == "IEND") {
      if (!data || size != 0) {
        return broken("holds no picture");
      }
      out.bytes.append(chunk);
      return out;  // what hangs behind is left behind
    } else {
      const bool critical = (kind[0] & 0x20) == 0;
      if (critical) {
        return broken("needs something that is not known here");
      }
      keep = false;
      stage = stage == Data ? AfterData : stage;
    }
    if (keep) {
      out.bytes.append(chunk);
    }
  }
}

/// A frame header of one of the kinds that everybody can draw: 8 bits, 1 to 4 components, sampling 1 to 4.
Result<void> check_frame(std::string_view body, Picture& out) {
  if (body.size() < 6 || body[0] != 8) {
    return broken("is of a kind that is not taken here");
  }
  const std::uint32_t height = big16(body.substr(1)), width = big16(body.substr(3));
  const auto parts = static_cast<std::size_t>(static_cast<std::uint8_t>(body[5]));
  if (out.width != 0 || parts < 1 || parts > 4 || body.size() != 6 + 3 * parts) {
    return broken("has a header that is not as it should be");
  }
  for (std::size_t i = 0; i < parts; ++i) {
    const auto sampling = static_cast<std::uint8_t>(body[7 + 3 * i]);
    if ((sampling >> 4) < 1 || (sampling >> 4) > 4 || (sampling & 15) < 1 || (sampling & 15) > 4) {
      return broken("has a header that is not as it should be");
    }
  }
  TRY(check_size(width, height));
  out.width = static_cast<int>(width);
  out.height = static_cast<int>(height);
  return {};
}

Result<Picture> rewrite_jpeg(std::string_view in) {
  Picture out{"image/jpeg", std::string(in.substr(0, 2)), 0, 0};
  std::size_t at = 2;
  bool scanned = false;
  for (;;) {
    if (in.size() - at < 2) {
      return broken("is cut off");
    }
    if (static_cast<std::uint8_t>(in[at]) != 0xFF) {
      return broken("is damaged: a part does not begin where it should");
    }
    const auto marker = static_cast<std::uint8_t>(in[at + 1]);
    if (marker == 0xFF) {  // fill bytes before a marker
      ++at;
      continue;
    }
    if (marker == 0xD9) {
      if (!scanned) {
        return broken("holds no picture");
      }
      out.bytes += "\xFF\xD9";
      return out;
    }
    if (in.size() - at < 4) {
      return broken("is cut off");
    }
    const std::size_t size = big16(in.substr(at + 2));
    if (size < 2 || size > in.size() - at - 2) {
      return broken("is cut off");
    }
    const std::string_view segment = in.substr(at, size + 2), body = segment.substr(4);
    at += size + 2;
    switch (marker) {
      case 0xC0:
      case 0xC1:
      case 0xC2:  // baseline, extended, progressive
        TRY(check_frame(body, out));
        [[fallthrough]];
      case 0xC4:
      case 0xDB:
      case 0xDD:  // tables
        out.bytes.append(segment);
        break;
      case 0xDA: {  // a scan: its header, then entropy-coded bytes until the next marker that is none of its own
        if (out.width == 0) {
          return broken("has its parts in the wrong order");
        }
        std::size_t end = at;
        while (end + 1 < in.size() &&
               !(static_cast<std::uint8_t>(in[end]) == 0xFF && in[end + 1] != 0 &&
                 (static_cast<std::uint8_t>(in[end + 1]) < 0xD0 || static_cast<std::uint8_t>(in[end + 1]) > 0xD7))) {
          ++end;
        }
        if (end + 1 >= in.size() || end == at) {
          return broken("is cut off");
        }
        out.bytes.append(segment).append(in.substr(at, end - at));
        at = end;
        scanned = true;
        break;
      }
      default:
        // Comments and what programs add (place, camera, previews, profiles) are left out; anything else is not drawn
        // alike by all.
        if (marker != 0xFE && (marker < 0xE0 || marker > 0xEF)) {
          return broken("is of a kind that is not taken here");
        }
    }
  }
}

}  // namespace

Result<Picture> rewrite_picture(std::string_view bytes) {
  if (bytes.starts_with(kPng)) {
    return rewrite_png(bytes);
  }
  if (bytes.starts_with("\xFF\xD8\xFF")) {
    return rewrite_jpeg(bytes);
  }
  return fail(Code::InvalidInput, "this is neither a PNG nor a JPEG picture");
}

}  // namespace heed::casework
