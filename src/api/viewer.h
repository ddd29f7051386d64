#pragma once
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "access/visibility.h"
#include "api/desk.h"

/// Who somebody is in one case, and so what of it they see. Every case route asks this and nothing else.
namespace heed::api {

class Viewer {
 public:
  static constexpr int kNoParty =
      std::numeric_limits<int>::max();  ///< party number of a target whom others' reports are about
  /// NotFound for a case that does not exist and for one that is not the caller's. An author sees a case only once a
  /// statement of reasons has reached them; until then it does not exist for them. Nor does one before which a wall of
  /// a member of staff stands: ask with the call, which knows the wall.
  static Result<Viewer> of(const Call& call, ledger::View& view, CaseId case_id);
  static Result<Viewer> of(const access::Principal& who, Time now, ledger::View& view, CaseId case_id);

  /// The same question for lists: asked of every case before anything of it is opened. Lives as long as both arguments.
  static std::function<Result<bool>(const casework::CaseRow&)> may_know(const Call& call, ledger::View& view);

  bool staff() const { return staff_; }
  bool platform() const { return platform_; }
  bool is(casework::Role role) const { return (party_.roles & role) != 0; }
  const casework::CaseRow& row() const { return row_; }
  const casework::PartyRow& party() const { return party_; }
  const access::Principal& who() const { return who_; }
  /// Own reports in this case, oldest first; without withdrawn ones.
  const std::vector<casework::ReportRow>& reports() const { return reports_; }
  bool whole_pile() const;

  /// The audience as which an event of this row is shown to the viewer; nothing when it is not shown at all.
  std::optional<access::Audience> audience(const access::VisibilityRow& row) const;
  /// Of an `own_only` event: is it about this person?
  Result<bool> own(ledger::View& view, const ledger::StoredEvent& event, std::string_view kind, Json header) const;
  /// Is the item among those this person may see?
  Result<bool> sees(ledger::View& view, const casework::ItemRow& item) const;
  /// Has the decision reached this person (for authors: has the statement)?
  bool told(const casework::DecisionRow& decision, const casework::ItemRow& item) const;
  /// Has the statement of reasons about this decision reached this person, as its author?
  bool told_author(const casework::DecisionRow& decision) const { return told_seqs_.contains(decision.seq); }

 private:
  Result<bool> covered(ledger::View& view, ItemId item) const;

  access::Principal who_;
  bool staff_ = false, platform_ = false;
  casework::CaseRow row_;
  casework::PartyRow party_;
  std::vector<casework::ReportRow> reports_;
  std::set<std::int64_t> told_seqs_;  ///< events whose statement of reasons has reached this person
  std::set<Ulid> orders_;             ///< orders for this person's own relief
};

/// The party of a person in a case, if it has one.
Result<std::optional<casework::PartyRow>> party_of(ledger::View& view, CaseId case_id,
                                                   const access::PersonHash& person);

/// Bodies of events, unsealed; remembers the event read last, since a page of items mostly lies in one.
class Bodies {
 public:
  Bodies(ledger::View& view, ledger::KeyRing& keys) : view_(view), keys_(keys) {}
  /// NotFound when there is none, or the person was erased.
  Result<std::string> get(CaseId case_id, std::int64_t seq, std::string_view name);

 private:
  ledger::View& view_;
  ledger::KeyRing& keys_;
  ledger::StoredEvent event_;
  bool loaded_ = false;
};

/// One event as the viewer sees it: {"at","kind","fields"}, for staff with seq, actor and what was said; false, and
/// nothing written, when it is not shown.
Result<bool> write_event(JsonWriter& out, const Desk& desk, const Viewer& viewer, ledger::View& view, Bodies& bodies,
                         const ledger::StoredEvent& event);
Result<bool> write_event(JsonWriter& out, const access::Aliases& aliases, ledger::KeyRing& keys, const Viewer& viewer,
                         ledger::View& view, const ledger::StoredEvent& event);

/// A place in a case's timeline as an opaque cursor, and back; 0 for "".
std::string seq_cursor(const Desk& desk, const access::Principal& who, std::int64_t seq);
Result<std::int64_t> seq_of_cursor(const Desk& desk, const access::Principal& who, std::string_view cursor);

}  // namespace heed::api
