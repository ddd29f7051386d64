#pragma once
#include <string>
#include <vector>

#include "casework/context.h"

/// Erasing a person: every case's key of theirs is destroyed; only a recorded hold stops it.
namespace heed::casework {

/// `silent`: an order forbids to tell anybody outside that it exists. Then nothing that a person concerned can see or
/// cause differs from what it would be without the hold: whoever would be erased is forgotten by everything but the
/// key of what was sealed, which goes with the hold. A hold that may be told of goes before: it keeps everything.
Result<Id<EventTag>> place_hold(Context& context, CaseId case_id, Time until, std::string_view reason, StaffId staff,
                                bool silent = false);
/// Conflict for one that is not in force on this case.
Result<void> release_hold(Context& context, CaseId case_id, Id<EventTag> hold, StaffId staff);
/// Those whose time is up, the earliest first; and ending one. False when it is over or its time is not up.
Result<std::vector<HoldRow>> holds_due(ledger::View& view, Time now, std::size_t max);
Result<bool> end_hold_due(Context& context, Id<EventTag> hold);

struct Erasure {
  std::vector<std::uint64_t> slots;  ///< to be destroyed once the events are on stable storage
  int erased = 0, held = 0;
  bool more = false;  ///< call again: a person in very many cases goes in chunks
};
/// Appends `person_erased` to every case of the person that no hold protects, at most `max` of them, and records the
/// slots as operational rows, so that a crash between commit and destruction is made good at the next start. What a
/// hold protects is noted and goes when the last hold of its case ends (erase_due).
Result<Erasure> erase_person(Context& context, const PersonHash& person, int max = 100);

// --- asked by the person ------------------------------------------------------------------------------------

/// Why something of theirs stays for now. Open: they wrote a post in it that is not decided, or an appeal about it
/// waits. Judged: a post of theirs was found against the rules (policy::Retention). Must: a hold that may be told of;
/// nobody is told more.
enum class Kept : std::uint8_t { Open, Judged, Must };
struct KeptParty {
  CaseId case_id;
  int party = 0;
  Kept why{};
  Time until{};  ///< none: not known
};
/// Nothing: it may go.
Result<std::optional<KeptParty>> kept_of(Context& context, const PartyRow& party);

struct AskedErasure {
  std::vector<CaseId> erased;
  std::vector<KeptParty> kept;
  bool more = false;  ///< call again; `kept` is whole in the last answer
};
/// Erases what may go, at most `max` cases, as erase_person does, and notes the rest to be erased as soon as it may
/// (erase_due). What somebody else's safety rests on cannot be made to vanish by asking.
Result<AskedErasure> ask_erasure(Context& context, const PersonHash& person, int max = 100);

/// One that was asked for, or whose account is gone, and is due: erases it if it may go by now. False when it still
/// stays.
Result<bool> erase_due(Context& context, CaseId case_id, int party);
/// Those to be looked at, oldest first.
Result<std::vector<ErasureDueRow>> erasures_due(ledger::View& view, Time now, std::size_t max);

/// Slots recorded for destruction; after destroying them, `forget_slots`.
Result<std::vector<std::uint64_t>> doomed_slots(ledger::View& view);
Result<void> forget_slots(ledger::Tx& tx, const std::vector<std::uint64_t>& slots);

}  // namespace heed::casework
