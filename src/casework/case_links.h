#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "casework/post_search.h"
#include "casework/tables.h"
#include "ledger/keyring.h"
#include "ledger/store.h"

/// What else is known of the people and words of a case: for whoever decides it. Only what the one who asks may know
/// of, and never who reported.
namespace heed::casework {

/// Rows that one question may read; what lies beyond is said to be cut.
struct LinkBudget {
  std::size_t rows = 20'000;
  std::size_t cases_each = 20;  ///< newest other cases of one person
};

/// One author of the case. The counts are of posts that came to a case, here and elsewhere.
struct AuthorHistory {
  int party = 0;
  std::string account, handle;  ///< "" once erased
  int items_here = 0;
  int cases = 0;                                               ///< others
  int items = 0, open = 0, violations = 0, no_violations = 0;  ///< in those
  std::vector<CaseId> newest;                                  ///< of those, at most three
};
struct AuthorHistories {
  std::vector<AuthorHistory> authors;  ///< by party number
  int after = 0;                       ///< go on after this party; 0: that was all
  bool cut = false;                    ///< the budget ended before everything was counted
};
Result<AuthorHistories> author_histories(ledger::View& view, ledger::KeyRing& keys, const CaseRow& row, int after,
                                         std::size_t limit, const MayKnow& may_know, const LinkBudget& budget = {});

struct CaseLink {
  CaseId case_id{};
  CaseState state{};
  std::string route;
  Time opened_at{};
  int authors = 0;    ///< that both have
  int same_text = 0;  ///< posts there whose words, as they were judged, stand here, too
  bool target = false, earlier = false;
};
struct CaseLinks {
  std::vector<CaseLink> links;  ///< most in common first
  bool cut = false;             ///< people or words were left out
  Time words_back_to{};         ///< words are compared with posts since then; 0: with all
};
/// Other cases with the same target, the same authors (the first 200 of them), or the same words.
/// Posts without words are alike to none.
Result<CaseLinks> case_links(ledger::View& view, const access::Hasher& hasher, const CaseRow& row, std::size_t limit,
                             const MayKnow& may_know, const LinkBudget& budget = {});

}  // namespace heed::casework
