#pragma once
#include "casework/events_parts.h"

/// Evidence from elsewhere that a party adds to her case.
namespace heed::casework {

struct PieceTag {
  static constexpr std::string_view prefix = "evd_";
};
using PieceId = Id<PieceTag>;

/// Sealed under the party's key: body "n" is JSON (text or link, name, what she says about it), body "blob" a file's
/// bytes as they were written anew. For reviewers and for whoever added it, nobody else.
struct PieceAdded {
  static constexpr std::string_view kKind = "evidence_added";
  static constexpr int kVersion = 2;  ///< 2: urgency
  static constexpr std::string_view kOwn[] = {"piece", "form", "type", "size", "provenance"};
  inline static constexpr access::VisibilityRow kVisibility{kKind,
                                                            "evidence_added",
                                                            {{shown::Audience::Reviewer, shown::kAll},
                                                             {shown::Audience::Target, kOwn},
                                                             {shown::Audience::Reporter, kOwn},
                                                             {shown::Audience::Bystander, kOwn},
                                                             {shown::Audience::Author, kOwn}}};
  PieceId piece;
  int party = 0;
  PieceForm form{};
  std::string type;       ///< media type, by content
  std::int64_t size = 0;  ///< bytes
  Provenance provenance{};
  std::vector<NewParty> parties;
  Urgency urgency;  ///< what the words in it say of danger
  bool operator==(const PieceAdded&) const = default;
  template <class V>
  void visit(V& v) {
    v("piece", piece), v("party", party), v("form", form), v("type", type), v("size", size),
        v("provenance", provenance), v("parties", parties), v("urgency", urgency);
  }
};

}  // namespace heed::casework
