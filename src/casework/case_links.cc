#include "casework/case_links.h"

#include <algorithm>
#include <map>
#include <set>

#include "casework/sealed.h"

namespace heed::casework {
namespace {

constexpr std::size_t kAuthorsMax = 200;
constexpr std::size_t kTextsMax = 2000;

struct Tally {
  int items = 0, open = 0, violations = 0, no_violations = 0;
};
using Tallies = std::map<int, Tally>;  // by party

/// What was asked once of a case stays the answer for the whole question.
class Known {
 public:
  Known(ledger::View& view, CaseId self, const MayKnow& may_know) : view_(view), self_(self), may_know_(may_know) {}
  /// Nothing for this case itself, for records, and for what the caller may not know of.
  Result<const CaseRow*> get(CaseId id) {
    auto [at, is_new] = rows_.try_emplace(id);
    if (is_new && id != self_) {
      auto row = TRY(ledger::get<CaseRow>(view_, id));
      if (row && row->kind != CaseKind::Record && row->route != kSealedQueue && TRY(may_know_(*row))) {
        at->second = std::move(row);
      }
    }
    return at->second ? &*at->second : nullptr;
  }

 private:
  ledger::View& view_;
  const CaseId self_;
  const MayKnow& may_know_;
  std::map<CaseId, std::optional<CaseRow>> rows_;
};

/// Counts a case's items by author, once.
class Counter {
 public:
  Counter(ledger::View& view, std::size_t rows) : view_(view), left_(rows) {}
  Result<const Tallies*> of(CaseId id) {
    auto [at, is_new] = cases_.try_emplace(id);
    if (is_new) {
      auto prefix = ledger::cells(id);
      TRY(ledger::scan<ItemRow>(view_, {.index = ItemRow::kByCase, .prefix = prefix}, [&](const ItemRow& item) {
        if (left_ == 0) {
          cut_ = true;
          return false;
        }
        --left_;
        Tally& tally = at->second[item.author];
        ++tally.items;
        if (item.state == ItemState::Open) {
          ++tally.open;
        } else if (item.outcome == Outcome::Violation) {
          ++tally.violations;
        } else {
          ++tally.no_violations;
        }
        return true;
      }));
    }
    return &at->second;
  }
  bool cut() const { return cut_; }

 private:
  ledger::View& view_;
  std::size_t left_;
  bool cut_ = false;
  std::map<CaseId, Tallies> cases_;
};

Result<std::vector<PartyRow>> authors_of(ledger::View& view, CaseId id, int after, std::size_t limit) {
  std::vector<PartyRow> out;
  auto prefix = ledger::cells(id);
  auto from = ledger::cells(after);
  TRY(ledger::scan<PartyRow>(view, {.prefix = prefix, .after = from}, [&](const PartyRow& party) {
    if (party.party != 0 && (party.roles & kAuthor) != 0) {
      out.push_back(party);
    }
    return out.size() < limit;
  }));
  return out;
}

/// The person's rows as author (or target) in other cases, newest first.
Result<std::vector<PartyRow>> elsewhere(ledger::View& view, const PersonHash& person, int role, CaseId self,
                                        std::size_t limit) {
  std::vector<PartyRow> out;
  auto prefix = ledger::cells(person);
  TRY(ledger::scan<PartyRow>(view, {.index = PartyRow::kByPerson, .prefix = prefix, .descending = true},
                             [&](const PartyRow& party) {
                               if (party.case_id != self && (party.roles & role) != 0) {
                                 out.push_back(party);
                               }
                               return out.size() < limit;
                             }));
  return out;
}

}  // namespace

Result<AuthorHistories> author_histories(ledger::View& view, ledger::KeyRing& keys, const CaseRow& row, int after,
                                         std::size_t limit, const MayKnow& may_know, const LinkBudget& budget) {
  AuthorHistories out;
  Known known(view, row.id, may_know);
  Counter counter(view, budget.rows);
  Sealed sealed(view, keys);
  std::vector<PartyRow> authors = TRY(authors_of(view, row.id, after, limit + 1));
  if (authors.size() > limit) {
    authors.resize(limit);
    out.after = authors.back().party;
  }
  for (const PartyRow& author : authors) {
    AuthorHistory history;
    history.party = author.party;
    const Tallies& here = *TRY(counter.of(row.id));
    if (auto own = here.find(author.party); own != here.end()) {
      history.items_here = own->second.items;
    }
    if (auto identity = TRY(sealed.identity(author))) {
      history.account = identity->account;
      history.handle = identity->handle;
    }
    if (author.person) {
      const std::vector<PartyRow> others = TRY(elsewhere(view, *author.person, kAuthor, row.id, budget.cases_each + 1));
      out.cut = out.cut || others.size() > budget.cases_each;
      for (std::size_t i = 0; i < std::min(others.size(), budget.cases_each); ++i) {
        const PartyRow& other = others[i];
        if (TRY(known.get(other.case_id)) == nullptr) {
          continue;
        }
        ++history.cases;
        if (history.newest.size() < 3) {
          history.newest.push_back(other.case_id);
        }
        const Tallies& there = *TRY(counter.of(other.case_id));
        if (auto tally = there.find(other.party); tally != there.end()) {
          history.items += tally->second.items, history.open += tally->second.open;
          history.violations += tally->second.violations, history.no_violations += tally->second.no_violations;
        }
      }
    }
    out.authors.push_back(std::move(history));
  }
  out.cut = out.cut || counter.cut();
  return out;
}

Result<CaseLinks> case_links(ledger::View& view, const access::Hasher& hasher, const CaseRow& row, std::size_t limit,
                             const MayKnow& may_know, const LinkBudget& budget) {
  CaseLinks out;
  Known known(view, row.id, may_know);
  std::map<CaseId, CaseLink> found;
  auto link = [&](CaseId id) -> Result<CaseLink*> {
    const CaseRow* other = TRY(known.get(id));
    if (other == nullptr) {
      return nullptr;
    }
    CaseLink& one = found[id];
    one = {id, other->state, other->route, other->opened_at, one.authors, one.same_text, one.target, one.earlier};
    return &one;
  };
  if (row.linked) {
    if (CaseLink* one = TRY(link(row.linked))) {
      one->earlier = true;
    }
  }
  if (row.target != PersonHash{}) {
    for (const PartyRow& party : TRY(elsewhere(view, row.target, kTarget, row.id, budget.cases_each))) {
      if (CaseLink* one = TRY(link(party.case_id))) {
        one->target = true;
      }
    }
    std::vector<CaseId> quiet;
    auto prefix = ledger::cells(row.target);
    TRY(ledger::scan<CaseRow>(
        view, {.index = CaseRow::kByTarget, .prefix = prefix, .descending = true, .limit = budget.cases_each},
        [&](const CaseRow& other) { quiet.push_back(other.id); }));
    for (CaseId id : quiet) {
      if (CaseLink* one = TRY(link(id))) {
        one->target = true;
      }
    }
  }
  std::vector<PartyRow> authors = TRY(authors_of(view, row.id, 0, kAuthorsMax + 1));
  out.cut = authors.size() > kAuthorsMax;
  authors.resize(std::min(authors.size(), kAuthorsMax));
  for (const PartyRow& author : authors) {
    if (!author.person) {
      continue;
    }
    std::set<CaseId> counted;
    for (const PartyRow& other : TRY(elsewhere(view, *author.person, kAuthor, row.id, budget.cases_each))) {
      if (!counted.insert(other.case_id).second) {
        continue;
      }
      if (CaseLink* one = TRY(link(other.case_id))) {
        ++one->authors;
      }
    }
  }
  // Words: the keyed hashes of the judged texts of this case, looked for among the newest posts.
  std::set<Hash16> texts;
  auto prefix = ledger::cells(row.id);
  TRY(ledger::scan<ItemRow>(view, {.index = ItemRow::kByCase, .prefix = prefix, .limit = kTextsMax},
                            [&](const ItemRow& item) {
                              if (item.text_key != Hash16{}) {
                                texts.insert(item.text_key);
                              }
                            }));
  texts.erase(hasher.item("text", ""));
  std::size_t left = texts.empty() ? 0 : budget.rows;
  std::map<CaseId, int> alike;
  if (left != 0) {
    TRY(ledger::scan<ItemRow>(view, {.descending = true}, [&](const ItemRow& item) {
      if (left == 0) {
        out.words_back_to = item.at;
        return false;
      }
      --left;
      if (item.case_id != row.id && texts.contains(item.text_key)) {
        ++alike[item.case_id];
      }
      return true;
    }));
  }
  for (const auto& [id, n] : alike) {
    if (CaseLink* one = TRY(link(id))) {
      one->same_text = n;
    }
  }
  for (auto& [id, one] : found) {
    out.links.push_back(std::move(one));
  }
  std::sort(out.links.begin(), out.links.end(), [](const CaseLink& a, const CaseLink& b) {
    const auto key = [](const CaseLink& l) { return std::tuple(-(l.authors + l.same_text), !l.target, l.case_id); };
    return key(b) > key(a);
  });
  if (out.links.size() > limit) {
    out.links.resize(limit);
    out.cut = true;
  }
  return out;
}

}  // namespace heed::casework
