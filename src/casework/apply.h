#pragma once
#include <map>
#include <vector>

#include "casework/events.h"
#include "casework/tables.h"
#include "ledger/replay.h"
#include "ledger/store.h"

/// Event → row writes: a function of the event and the rows alone. The live path and replay run the same code.
namespace heed::casework {

struct EventInfo {
  CaseId case_id;
  std::int64_t seq = 0;
  Time at{};
  Ulid actor{};
  Hash16 idempotency{}, body{};  ///< digests of the request's key and body; zero without a key
};

/// Rows with the case rows of this command cached, since every event touches its case.
class Rows {
 public:
  explicit Rows(ledger::Tx& tx) : tx_(tx) {}
  ledger::Tx& tx() { return tx_; }
  /// NotFound when there is none. The pointer is good until flush; changes are written by flush.
  Result<CaseRow*> case_row(CaseId id);
  Result<CaseRow*> find_case(CaseId id);  ///< nullptr when there is none
  CaseRow* open_case(CaseRow row);
  Result<void> flush();
  template <class Row, class... Key>
  Result<std::optional<Row>> get(const Key&... key) {
    return ledger::get<Row>(tx_, key...);
  }
  template <class Row>
  Result<void> put(const Row& row) {
    return ledger::put(tx_, row);
  }

 private:
  ledger::Tx& tx_;
  std::map<CaseId, CaseRow> cases_;
};

// It never settles on a layout of this.
// clang-format off
#define HEED_EVENTS(X)                                                                                                \
  X(ReportReceived)                                                                                                   \
  X(ReportRepeated)                                                                                                   \
  X(ReportWithdrawn)                                                                                                  \
  X(PileTaken)                                                                                                        \
  X(ItemsJoined)                                                                                                      \
  X(SignalRaised)                                                                                                     \
  X(Claimed)                                                                                                          \
  X(ClaimEnded)                                                                                                       \
  X(Decided) X(ItemsSettled) X(Reversed) X(ActionConfirmed) X(Notified) X(ReliefOrdered) X(ReliefEnded) X(ClockFired) \
      X(ItemChanged) X(HoldPlaced) X(HoldReleased) X(PersonErased) X(NoteAdded) X(Escalated) X(AppealFiled)           \
          X(AppealDecided) X(MeasureRecorded) X(AlarmAcknowledged) X(AlarmEscalated) X(RuleSwitched)                  \
              X(DelegationGranted) X(DelegationEnded) X(DeskCodeMade) X(DeskOpened) X(ContactLogged) X(PieceAdded)    \
                  X(QuestionAsked) X(QuestionEnded) X(HandoverOffered) X(HandoverAnswered) X(ErasureAsked)            \
                      X(IdentityCodeMade) X(DelegationLinkMade) X(DelegationOpened) X(DecisionProposed)               \
                          X(ProposalAnswered) X(ProposalSeen)
// clang-format on

#define HEED_DECLARE_APPLY(E) Result<void> apply_event(Rows& rows, const EventInfo& info, const E& event);
HEED_EVENTS(HEED_DECLARE_APPLY)
#undef HEED_DECLARE_APPLY

/// What every event does besides: a request's key is remembered with the event that it made.
Result<void> remember_key(Rows& rows, const EventInfo& info);

/// The visibility row of an event kind; nullptr for a kind of a newer release.
const access::VisibilityRow* visibility_of(std::string_view kind);

class CaseProjector final : public ledger::Projector {
 public:
  std::vector<const ledger::TableDef*> tables() const override { return projection_tables(); }
  Result<void> apply(ledger::Tx& tx, const ledger::StoredEvent& event) override;

 private:
  JsonParser parser_{64};
};

}  // namespace heed::casework
