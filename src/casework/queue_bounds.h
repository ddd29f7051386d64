#pragma once
#include <cstddef>

namespace heed::casework {

/// Places that one look at a queue passes by for a wall; whoever has more walled cases before them is given nothing.
inline constexpr std::size_t kWalledRowsMax = 2000;

}  // namespace heed::casework
