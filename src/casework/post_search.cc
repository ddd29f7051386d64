#include "casework/post_search.h"

#include <algorithm>
#include <memory>

#include "base/json.h"
#include "casework/sealed.h"
#include "text/fold.h"

namespace heed::casework {
namespace {

constexpr std::size_t kEventsKept = 256;  // pieces of evidence between two forgettings: a pile's events are large

bool is_word_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (static_cast<unsigned char>(c) & 0x80) != 0;
}
bool is_ascii(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return (static_cast<unsigned char>(c) & 0x80) == 0; });
}

std::size_t find_word(std::string_view text, std::string_view word) {
  const bool at_start = is_ascii(word);
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    if (!at_start || at == 0 || !is_word_byte(text[at - 1])) {
      return at;
    }
  }
  return std::string_view::npos;
}

/// Calls `each(row, first_ord)` for every case that may be known, newest first, until it returns false or the budget
/// of rows is spent. `next` is where to go on, none at the end.
template <class F>
Result<void> walk_cases(ledger::View& view, const SearchAsk& ask, const MayKnow& may_know, SearchPlace& next,
                        Time& back_to, F&& each) {
  std::size_t looked = 0;
  bool stopped = false;
  auto visit = [&](const CaseRow& row, int after_ord) -> Result<bool> {
    if (looked == ask.budget.cases) {
      next = {row.id, after_ord};
      return false;
    }
    ++looked;
    back_to = row.opened_at;
    if (row.kind == CaseKind::Record || row.route == kSealedQueue || (ask.open_only && !row.open()) ||
        !TRY(may_know(row))) {
      return true;
    }
    return each(row, after_ord);
  };
  std::array<ledger::Cell, 1> after{};
  const bool goes_on = static_cast<bool>(ask.after.case_id);
  if (goes_on) {
    after[0] = ledger::to_cell(ask.after.case_id);
    if (auto row = TRY(ledger::get<CaseRow>(view, ask.after.case_id))) {
      stopped = !TRY(visit(*row, ask.after.ord));
    }
  }
  Result<void> inner;
  if (!stopped) {
    TRY(ledger::scan<CaseRow>(view, {.after = goes_on ? ledger::Cells(after) : ledger::Cells{}, .descending = true},
                              [&](const CaseRow& row) {
                                auto more = visit(row, 0);
                                if (!more) {
                                  inner = tl::unexpected(more.error());
                                  return false;
                                }
                                return *more;
                              }));
  }
  return inner;
}

/// The newest text that was frozen, and the bytes it came in; "" for an item without words.
std::string newest_text(Json evidence) {
  std::string text(evidence["snapshot"].get_string("text"));
  evidence["versions"].each([&](Json version) {
    if (Json post = version["post"]; post.is_object()) {
      text = post.get_string("text");
    }
  });
  return text;
}

std::string folded(std::string_view text) {
  thread_local text::Folded scratch;
  text::fold(text, scratch);
  return scratch.text;
}

}  // namespace

Result<SearchWords> SearchWords::of(std::string_view asked) {
  SearchWords out;
  const std::string text = folded(asked);
  for (std::size_t at = 0; at < text.size();) {
    if (!is_word_byte(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_word_byte(text[end])) {
      ++end;
    }
    if (end - at >= 2) {
      out.words_.push_back(text.substr(at, end - at));
    }
    at = end;
  }
  if (out.words_.empty()) {
    return invalid("/words", "has no word of two characters or more");
  }
  if (out.words_.size() > kWordsMax) {
    return invalid("/words", "has more than 8 words");
  }
  return out;
}

std::optional<SearchWords::Match> SearchWords::in(std::string_view text) const {
  thread_local text::Folded scratch;
  text::fold(text, scratch);
  std::optional<Match> first;
  for (const std::string& word : words_) {
    const std::size_t at = find_word(scratch.text, word);
    if (at == std::string_view::npos) {
      return std::nullopt;
    }
    if (!first) {
      const auto [start, end] =
          scratch.original(static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + word.size()));
      first = Match{start, end};
    }
  }
  return first;
}

Result<bool> is_sealed(ledger::View& view, const policy::Policy& policy, const ItemRow& item, Json evidence) {
  auto sealed = [&](const policy::Clause* clause) { return clause != nullptr && clause->sealed; };
  if (sealed(policy.for_category(item.category))) {
    return true;
  }
  if (item.decision) {
    auto decision = TRY(ledger::get<DecisionRow>(view, item.decision));
    if (decision && sealed(policy.find(decision->clause))) {
      return true;
    }
  }
  bool found = false;
  evidence["signals"].each([&](Json signal) {
    found = found || sealed(policy.find(signal.get_string("clause"))) ||
            sealed(policy.for_category(signal.get_string("category")));
  });
  return found;
}

Result<PostsFound> search_posts(ledger::View& view, ledger::KeyRing& keys, const policy::Policy& policy,
                                const SearchWords& words, const SearchAsk& ask, const MayKnow& may_know) {
  PostsFound out;
  auto sealed = std::make_unique<Sealed>(view, keys);
  std::size_t in_memory = 0;
  JsonParser parser(64);
  auto look = [&](const ItemRow& item) -> Result<void> {
    ++out.posts_read;
    if (++in_memory > kEventsKept) {
      sealed = std::make_unique<Sealed>(view, keys);
      in_memory = 0;
    }
    auto plain = TRY(sealed->body(item.case_id, item.seq, "e" + std::to_string(item.ord)));
    if (!plain) {
      return {};  // erased
    }
    Json evidence = TRY(parser.parse(*plain));
    std::string text = newest_text(evidence);
    auto match = words.in(text);
    if (match && !TRY(is_sealed(view, policy, item, evidence))) {
      out.hits.push_back({item, std::move(text), *match});
    }
    return {};
  };
  TRY(walk_cases(view, ask, may_know, out.next, out.back_to, [&](const CaseRow& row, int after_ord) -> Result<bool> {
    auto prefix = ledger::cells(row.id);
    auto from = ledger::cells(after_ord);
    Result<void> inner;
    int last = after_ord;
    bool full = false;
    TRY(ledger::scan<ItemRow>(view, {.index = ItemRow::kByCase, .prefix = prefix, .after = from},
                              [&](const ItemRow& item) {
                                if (out.posts_read == ask.budget.posts || out.hits.size() == ask.budget.hits) {
                                  full = true;
                                  return false;
                                }
                                inner = look(item);
                                last = item.ord;
                                return inner.has_value();
                              }));
    TRY(std::move(inner));
    if (full) {
      out.next = {row.id, last};
    }
    return !full;
  }));
  return out;
}

Result<PeopleFound> search_people(ledger::View& view, ledger::KeyRing& keys, const access::Hasher& hasher,
                                  std::string_view asked, const SearchAsk& ask, const MayKnow& may_know) {
  PeopleFound out;
  if (asked.starts_with('@')) {
    asked.remove_prefix(1);
  }
  constexpr int kTold = kAuthor | kTarget;
  // By account id: whatever is there, from the index. Asked once: a place to go on from belongs to the walk.
  const PersonHash person = hasher.account(asked);
  auto by_person = ledger::cells(person);
  auto known = [&](CaseId id) -> Result<bool> {
    auto row = TRY(ledger::get<CaseRow>(view, id));
    return row && row->kind != CaseKind::Record && row->route != kSealedQueue && (!ask.open_only || row->open()) &&
           TRY(may_know(*row));
  };
  Sealed identities(view, keys);
  if (!ask.after.case_id) {
    std::vector<PartyRow> parties;
    TRY(ledger::scan<PartyRow>(
        view, {.index = PartyRow::kByPerson, .prefix = by_person, .descending = true, .limit = ask.budget.cases},
        [&](const PartyRow& row) {
          if ((row.roles & kTold) != 0) {
            parties.push_back(row);
          }
          return parties.size() < ask.budget.hits;
        }));
    for (const PartyRow& party : parties) {
      if (TRY(known(party.case_id))) {
        auto identity = TRY(identities.identity(party));
        out.hits.push_back({party.case_id, party.party, party.roles & kTold, std::string(asked),
                            identity ? identity->handle : std::string()});
      }
    }
    std::vector<CaseId> targeted;
    TRY(ledger::scan<CaseRow>(
        view, {.index = CaseRow::kByTarget, .prefix = by_person, .descending = true, .limit = ask.budget.hits},
        [&](const CaseRow& row) { targeted.push_back(row.id); }));
    for (CaseId id : targeted) {
      if (TRY(known(id))) {
        out.hits.push_back({id, 0, kTarget, std::string(asked), {}});
      }
    }
    if (!out.hits.empty()) {
      return out;
    }
  }
  // By handle: as posts, from the newest case back.
  const std::string wanted = folded(asked);
  TRY(walk_cases(view, ask, may_know, out.next, out.back_to, [&](const CaseRow& row, int after) -> Result<bool> {
    auto prefix = ledger::cells(row.id);
    auto from = ledger::cells(after);
    Sealed sealed(view, keys);
    Result<void> inner;
    int last = after;
    bool full = false;
    auto look = [&](const PartyRow& party) -> Result<void> {
      ++out.people_read;
      auto identity = TRY(sealed.identity(party));
      if (identity && !identity->handle.empty() && folded(identity->handle) == wanted) {
        out.hits.push_back({row.id, party.party, party.roles & kTold, identity->account, identity->handle});
      }
      return {};
    };
    TRY(ledger::scan<PartyRow>(view, {.prefix = prefix, .after = from}, [&](const PartyRow& party) {
      if (out.people_read == ask.budget.posts || out.hits.size() == ask.budget.hits) {
        full = true;
        return false;
      }
      last = party.party;
      if (party.party != 0 && (party.roles & kTold) != 0) {
        inner = look(party);
      }
      return inner.has_value();
    }));
    TRY(std::move(inner));
    if (full) {
      out.next = {row.id, last};
    }
    return !full;
  }));
  return out;
}

}  // namespace heed::casework
