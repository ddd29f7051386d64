#pragma once
#include "casework/events_parts.h"

/// Acting for somebody else. A delegation has a chain of its own, a case of the kind `record` with nothing to decide in
/// it: party 1 is the principal, party 2 the delegate, each sealed under a key of theirs, so that erasing either works
/// as in any case.
namespace heed::casework {

using access::DelegationId;

struct DelegationGranted {
  static constexpr std::string_view kKind = "delegation_granted";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "delegation_granted", {{shown::Audience::Reviewer, shown::kAll}}};
  DelegationId delegation;
  std::vector<Opening> opening;
  std::vector<NewParty> parties;
  DelegateKind as{};
  int scopes = 0;  ///< bits of access::Delegated
  Time until{};
  bool by_mail = false;      ///< known by a mail address: acts through a link
  bool by_platform = false;  ///< the platform's key gave it for her
  std::vector<QueuedNotice> notices;
  bool operator==(const DelegationGranted&) const = default;
  template <class V>
  void visit(V& v) {
    v("delegation", delegation), v("opening", opening), v("parties", parties), v("as", as), v("scopes", scopes),
        v("until", until), v("by_mail", by_mail), v("by_platform", by_platform), v("notices", notices);
  }
};

/// One more link for a delegate without an account: each opens once (api/delegate_link.h). The first comes with the
/// delegation.
struct DelegationLinkMade {
  static constexpr std::string_view kKind = "delegation_link_made";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "delegation_link_made", {{shown::Audience::Reviewer, shown::kAll}}};
  DelegationId delegation;
  int link = 0;  ///< 1 is the first
  std::vector<QueuedNotice> notices;
  bool operator==(const DelegationLinkMade&) const = default;
  template <class V>
  void visit(V& v) {
    v("delegation", delegation), v("link", link), v("notices", notices);
  }
};

/// A link was opened: it and all before it are spent, and what was opened with those is over.
struct DelegationOpened {
  static constexpr std::string_view kKind = "delegation_opened";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "delegation_opened", {{shown::Audience::Reviewer, shown::kAll}}};
  DelegationId delegation;
  int link = 0;
  bool operator==(const DelegationOpened&) const = default;
  template <class V>
  void visit(V& v) {
    v("delegation", delegation), v("link", link);
  }
};

struct DelegationEnded {
  static constexpr std::string_view kKind = "delegation_ended";
  static constexpr int kVersion = 2;  ///< 2: notices
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "delegation_ended", {{shown::Audience::Reviewer, shown::kAll}}};
  DelegationId delegation;
  DelegationEnd why{};
  std::vector<QueuedNotice> notices;
  bool operator==(const DelegationEnded&) const = default;
  template <class V>
  void visit(V& v) {
    v("delegation", delegation), v("why", why), v("notices", notices);
  }
};

}  // namespace heed::casework
