#pragma once
#include <string_view>

namespace heed::app {

/// As CMakeLists.txt of the project states it.
inline constexpr std::string_view kVersion = HEED_VERSION;

}  // namespace heed::app
