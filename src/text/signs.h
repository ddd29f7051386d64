#pragma once
#include <string_view>
#include <vector>

#include "text/token.h"
#include "text/unmask.h"

namespace heed::text {

/// Appends echo marks and number codes. Linear.
void find_signs(std::string_view folded, const std::vector<Token>& tokens, std::vector<Sign>& out);

}  // namespace heed::text
