#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "text/token.h"

namespace heed::assess {

/// What reads like a postal address: tokens first to last, inclusive.
struct Address {
  std::uint32_t first = 0, last = 0;
  bool postcode = false;  ///< a British, American or German postcode belongs to it
};

/// Finds addresses by their shape: "12 Elm Road", "Lindenstraße 12", "8 rue des Lilas", "calle Mayor 3", with what
/// postcode follows, and British postcodes alone. Shape only: whether it is anybody's home is the caller's to judge.
/// Linear in the tokens.
void find_addresses(std::string_view folded, const std::vector<text::Token>& tokens, std::vector<Address>& out);

}  // namespace heed::assess
