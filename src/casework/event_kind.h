#pragma once
#include <concepts>
#include <string_view>

#include "access/visibility.h"
#include "casework/codec.h"

namespace heed::casework {

/// What may go into the ledger: a kind, a schema version, a field list, and a row that says who sees what of it. A
/// struct without a visibility row does not satisfy this, so it cannot be appended: it does not build.
template <class E>
concept LedgerEvent = Visitable<E> && std::equality_comparable<E> && requires {
  { E::kKind } -> std::convertible_to<std::string_view>;
  { E::kVersion } -> std::convertible_to<int>;
  { E::kVisibility } -> std::convertible_to<const access::VisibilityRow&>;
};

}  // namespace heed::casework
