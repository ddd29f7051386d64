#pragma once
#include "casework/events_parts.h"

/// Showing who one is before anything is given out or erased.
namespace heed::casework {

/// A code went to the mail address that we know of a party. The code is body "m", under the party's key; what is
/// compared is a keyed hash in a row that is no projection (IdentityCodeRow).
struct IdentityCodeMade {
  static constexpr std::string_view kKind = "identity_code_made";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"until"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "identity_code_made", {{shown::Audience::Reviewer, kOwn}}};
  int party = 0;
  Time until{};
  std::vector<QueuedNotice> notices;
  bool operator==(const IdentityCodeMade&) const = default;
  template <class V>
  void visit(V& v) {
    v("party", party), v("until", until), v("notices", notices);
  }
};

}  // namespace heed::casework
