#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

/// Pictures from outside, written anew before anybody sees them: a strict reader takes the format apart and writes only
/// what is needed to draw the picture. Place and camera, previews, comments, colour programs, animation, and whatever
/// hangs behind the end or between the parts is left out. The picture itself is neither decoded nor drawn here: what
/// its compressed data does is bounded by its stated size. Pure; any thread.
namespace heed::casework {

struct Picture {
  std::string type;  ///< "image/png", "image/jpeg"
  std::string bytes;
  int width = 0, height = 0;
};

inline constexpr int kPictureSideMax = 12'000;
inline constexpr std::int64_t kPicturePixelsMax = 50'000'000;

/// PNG (W3C, 3rd edition: IHDR PLTE tRNS IDAT IEND with right check sums, in their order) or JPEG (ITU T.81: baseline
/// and progressive, 8 bits, up to 4 components). InvalidInput says what is wrong in words for whoever sent it.
Result<Picture> rewrite_picture(std::string_view bytes);

}  // namespace heed::casework
