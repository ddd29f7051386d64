#pragma once
#include <algorithm>
#include <tuple>
#include <vector>

#include "casework/tables.h"

namespace heed::api {

/// For whoever is nothing but the author of the items: in the order in which they were written. That in which they lie
/// in the case tells which was reported first, and which came with it.
inline void in_own_order(const casework::PartyRow& viewer, std::vector<casework::ItemRow>& items) {
  if ((viewer.roles & casework::kAuthor) == 0 || (viewer.roles & (casework::kReporter | casework::kTarget)) != 0) {
    return;
  }
  std::sort(items.begin(), items.end(), [](const casework::ItemRow& a, const casework::ItemRow& b) {
    return std::tie(a.created_at, a.key) < std::tie(b.created_at, b.key);
  });
}

}  // namespace heed::api
