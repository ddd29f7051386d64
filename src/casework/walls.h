#pragma once
#include <vector>

#include "access/principal.h"
#include "casework/tables.h"
#include "ledger/store.h"

/// Conflict walls: whom a member of staff may not judge, and so which cases do not exist for them.
namespace heed::casework {

/// Sorted and unique once `seal` was called. Empty for whoever has named no account and no tie: then nothing is asked.
class Wall {
 public:
  void add(const PersonHash& person) { persons_.push_back(person); }
  void add_own(const PersonHash& person) {
    own_.push_back(person);
    add(person);
  }
  void seal();
  bool empty() const { return persons_.empty(); }
  bool has(const PersonHash& person) const;
  const std::vector<PersonHash>& persons() const { return persons_; }
  const std::vector<PersonHash>& own() const { return own_; }  ///< accounts of the member of staff

 private:
  std::vector<PersonHash> persons_, own_;
};

/// Adds whoever reported posts of the wall's own accounts: every reporter of a case in which one of them is an author.
Result<void> add_who_reported(ledger::View& view, Wall& wall);

/// Does the wall stand before this case? It does when one of its persons is a party of the case (reporter, target,
/// author), its target without being a party, named in one of its posts or in the thread above it (mentioned, answered,
/// quoted, an author there), or author of, target of or named in an item of another case that this one refers to.
/// Costs the smaller of the case's people and the wall's. A case that does not exist: false.
/// Of one post the first kNamedMax whom it names count; a name that is only written in a text is nobody's account.
Result<bool> stands_before(ledger::View& view, const Wall& wall, const CaseRow& row);
Result<bool> stands_before(ledger::View& view, const Wall& wall, CaseId case_id);

}  // namespace heed::casework
