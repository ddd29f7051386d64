#pragma once
#include <cstddef>

namespace heed::casework {

/// Places that one look at a queue passes by for a wall. Whoever has more walled cases before them is given what
/// stands behind them only when pass_walled() went ahead.
inline constexpr std::size_t kWalledRowsMax = 2000;

}  // namespace heed::casework
