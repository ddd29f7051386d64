#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/alias.h"
#include "casework/tables.h"
#include "ledger/keyring.h"
#include "ledger/store.h"
#include "policy/policy.h"

/// Finding cases by the words of their posts and by the people in them.
///
/// There is no index of words. One would hold, beside the sealed evidence, what the evidence says: in clear, or as
/// hashes that a dictionary turns back; and it would outlive the key that an erasure destroys. So the newest cases are
/// opened one after another and read, as far as a request may go (SearchBudget), and the next request goes on from
/// there: the answer says how far it came. What was erased cannot be opened and so is not found from that moment on.
///
/// Never found: what is in the sealed queue, and what touches a sealed clause by its decision, its category or any
/// signal.
namespace heed::casework {

inline constexpr std::string_view kSealedQueue = "sealed";

/// Where a search goes on: after this item of this case. None: from the newest case.
struct SearchPlace {
  CaseId case_id{};
  int ord = 0;
};

struct SearchBudget {
  std::size_t cases = 20'000;  ///< rows looked at, also of those that are left out
  std::size_t posts = 5'000;   ///< pieces of evidence opened, or people
  std::size_t hits = 50;
};

/// Words in any order. Compared as folded text (text::fold): case, marks and styled letters do not count. A word of
/// ASCII letters matches where a word begins; any other wherever it stands, since not every script has spaces.
class SearchWords {
 public:
  static constexpr std::size_t kWordsMax = 8;
  /// InvalidInput (field `words`) when nothing of it can be looked for: no word of two characters or more, or more than
  /// kWordsMax.
  static Result<SearchWords> of(std::string_view asked);
  struct Match {
    std::size_t start = 0, end = 0;  ///< bytes of the text as it was written; of the first word
  };
  /// Every word is in the text.
  std::optional<Match> in(std::string_view text) const;

 private:
  std::vector<std::string> words_;
};

struct PostHit {
  ItemRow item;
  std::string text;  ///< as it was written, the newest version that was frozen with it
  SearchWords::Match match;
};
struct PostsFound {
  std::vector<PostHit> hits;
  std::size_t posts_read = 0;
  SearchPlace next{};  ///< none: everything has been looked at
  Time back_to{};      ///< the case looked at last was opened then; 0: none was
};
/// Whether the one who asks may know of this case: asked before anything of it is opened.
using MayKnow = std::function<Result<bool>(const CaseRow&)>;

struct SearchAsk {
  bool open_only = true;
  SearchPlace after{};
  SearchBudget budget{};
};

Result<PostsFound> search_posts(ledger::View& view, ledger::KeyRing& keys, const policy::Policy& policy,
                                const SearchWords& words, const SearchAsk& ask, const MayKnow& may_know);

struct PersonHit {
  CaseId case_id{};
  int party = 0;  ///< 0: the target, who is no party
  int roles = 0;  ///< of kAuthor and kTarget; that somebody reported is not told
  std::string account, handle;
};
struct PeopleFound {
  std::vector<PersonHit> hits;
  std::size_t people_read = 0;
  SearchPlace next{};
  Time back_to{};
};
/// Authors and targets; never who reported and was nothing else. By account id at once, from an index; by handle
/// (without "@", folded, whole) as posts are searched, from the newest case back.
Result<PeopleFound> search_people(ledger::View& view, ledger::KeyRing& keys, const access::Hasher& hasher,
                                  std::string_view asked, const SearchAsk& ask, const MayKnow& may_know);

/// Touches a sealed clause: by its decision, its category, or a signal in its evidence (JSON; may be missing).
Result<bool> is_sealed(ledger::View& view, const policy::Policy& policy, const ItemRow& item, Json evidence);

}  // namespace heed::casework
