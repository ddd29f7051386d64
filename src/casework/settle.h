#pragma once
#include <map>
#include <string>
#include <vector>

#include "casework/context.h"

/// Steps that decisions and reversals share: which reports an item concerns and in which case, who is told, what a case
/// that only refers to an item learns. Internal to casework's commands.
namespace heed::casework {

/// Cases and reports that one act concerns; reads each case's reports once.
class Coverage {
 public:
  explicit Coverage(Context& context) : context_(context) {}

  struct Of {
    std::vector<ReportRow>
        reports;                 ///< not withdrawn, oldest first: those that name the item and whole piles that hold it
    std::vector<CaseId> others;  ///< cases, not the home, that contain the item
  };
  Result<Of> of(const ItemRow& item);
  /// Reports of whole piles in this case, not withdrawn.
  Result<const std::vector<ReportRow>*> whole_piles(CaseId case_id);

 private:
  Context& context_;
  std::map<CaseId, std::vector<ReportRow>> piles_;
};

/// Collects what an event says to parties: numbers for those told for the first time, and the notices.
class Telling {
 public:
  Telling(Context& context, CaseId case_id) : context_(context), case_(case_id) {}

  /// Queues a notice. False, and nothing queued, when the person was erased.
  Result<bool> tell(int party, NoticeKind kind, Channel channel, Ulid about, Time not_before = {});
  /// Mails about a whole pile after the first are gathered for a day.
  Result<bool> tell(const ReportRow& report, NoticeKind kind);
  /// A webhook for the platform, where it has one.
  void order(const OrderedAction& action);
  /// Rings the first in the rota; who is next is called when nobody acknowledges.
  void alarm(Ulid about);
  /// By when these notices are to have arrived; none when nothing has to be sent now.
  Time inform_by() const;
  /// Slot of the case's own key; made when there is none.
  Result<std::uint64_t> case_slot();

  std::vector<NewParty>& parties() { return parties_; }
  std::vector<QueuedNotice>& notices() { return notices_; }

 private:
  Context& context_;
  CaseId case_;
  std::uint64_t case_slot_ = 0;
  std::vector<NewParty> parties_;
  std::vector<QueuedNotice> notices_;
};

/// How an author is told: through the platform, or on the page.
inline Channel author_channel(const Environment& env) { return env.platform_channel; }

/// True while the case refers to an item that is open elsewhere, `besides` the given ones.
Result<bool> open_elsewhere(Context& context, CaseId case_id, const std::vector<ItemId>& besides);

inline bool pile_grows(const CaseRow& row) {
  return row.pile == PileState::Taking || row.pile == PileState::Open || row.pile == PileState::Watching;
}

/// Tells the cases that contain these items and are not their home. Reports name their items or are whole piles; with
/// `reversed` they hear that an earlier decision was changed. `skip_case`, `skip_party`: hears of it otherwise.
Result<void> settle_elsewhere(Context& context, Coverage& coverage, const std::vector<SettledItem>& items,
                              bool reversed, CaseId skip_case = {}, int skip_party = 0);

/// Kind and header of one event, read once.
struct EventView {
  std::string kind;
  bool joined_later = false;
  std::vector<std::string> symptoms;
};
Result<EventView> event_view(ledger::View& view, CaseId case_id, std::int64_t seq);

/// Characters of UTF-8 text.
std::size_t characters(std::string_view text);

}  // namespace heed::casework
