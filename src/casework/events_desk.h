#pragma once
#include "casework/events_parts.h"

/// Talking with people who come, ring or write: the code that opens one case at the desk, and what was said to whom.
namespace heed::casework {

struct ContactTag {
  static constexpr std::string_view prefix = "con_";
};
using ContactId = Id<ContactTag>;

/// A party made a code to read out; one that was made before and not used is void.
struct DeskCodeMade {
  static constexpr std::string_view kKind = "desk_code_made";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"until"};
  inline static constexpr access::VisibilityRow kVisibility{kKind,
                                                            "desk_code_made",
                                                            {{shown::Audience::Reviewer, kOwn},
                                                             {shown::Audience::Target, kOwn},
                                                             {shown::Audience::Reporter, kOwn},
                                                             {shown::Audience::Bystander, kOwn},
                                                             {shown::Audience::Author, kOwn}}};
  int party = 0;
  Hash16 key{};  ///< keyed hash of the code
  Time until{};
  bool operator==(const DeskCodeMade&) const = default;
  template <class V>
  void visit(V& v) {
    v("party", party), v("key", key), v("until", until);
  }
};

/// Staff opened the case with the code that a person read out. The code is used up.
struct DeskOpened {
  static constexpr std::string_view kKind = "desk_opened";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"channel", "as"};
  inline static constexpr access::VisibilityRow kVisibility{kKind,
                                                            "desk_opened",
                                                            {{shown::Audience::Reviewer, shown::kAll},
                                                             {shown::Audience::Target, kOwn},
                                                             {shown::Audience::Reporter, kOwn},
                                                             {shown::Audience::Bystander, kOwn},
                                                             {shown::Audience::Author, kOwn}}};
  ContactId contact;
  int party = 0;
  StaffId staff{};
  std::string as;  ///< the pseudonym staff has in this case
  ContactChannel channel{};
  Hash16 key{};
  bool operator==(const DeskOpened&) const = default;
  template <class V>
  void visit(V& v) {
    v("contact", contact), v("party", party), v("staff", staff), v("as", as), v("channel", channel), v("key", key);
  }
};

/// What was said to whom, and the clause it rests on: body "n", under the party's key, else the case's own. A talk that
/// concerns no case, such as the one answer everybody gets, has a chain of its own.
struct ContactLogged {
  static constexpr std::string_view kKind = "contact_logged";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"channel", "as", "clause", "clause_version"};
  inline static constexpr access::VisibilityRow kVisibility{kKind,
                                                            "contact_logged",
                                                            {{shown::Audience::Reviewer, shown::kAll},
                                                             {shown::Audience::Target, kOwn},
                                                             {shown::Audience::Reporter, kOwn},
                                                             {shown::Audience::Bystander, kOwn},
                                                             {shown::Audience::Author, kOwn}}};
  ContactId contact;
  int party = 0;  ///< 0: somebody who is none, or the case is none
  StaffId staff{};
  std::string as;
  ContactChannel channel{};
  std::string clause, clause_version;
  bool neutral = false;  ///< who asked was told neither that there is a case nor that there is none
  std::vector<Opening> opening;
  std::vector<NewParty> parties;
  bool operator==(const ContactLogged&) const = default;
  template <class V>
  void visit(V& v) {
    v("contact", contact), v("party", party), v("staff", staff), v("as", as), v("channel", channel),
        v("clause", clause), v("clause_version", clause_version), v("neutral", neutral), v("opening", opening),
        v("parties", parties);
  }
};

}  // namespace heed::casework
