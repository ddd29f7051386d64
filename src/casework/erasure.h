#pragma once
#include <string>
#include <vector>

#include "casework/context.h"

/// Erasing a person: every case's key of theirs is destroyed; only a recorded hold stops it.
namespace heed::casework {

Result<Id<EventTag>> place_hold(Context& context, CaseId case_id, Time until, std::string_view reason, StaffId staff);
Result<void> release_hold(Context& context, CaseId case_id, Id<EventTag> hold, StaffId staff);

struct Erasure {
  std::vector<std::uint64_t> slots;  ///< to be destroyed once the events are on stable storage
  int erased = 0, held = 0;
  bool more = false;  ///< call again: a person in very many cases goes in chunks
};
/// Appends `person_erased` to every case of the person that no hold protects, at most `max` of them, and records the
/// slots as operational rows, so that a crash between commit and destruction is made good at the next start.
Result<Erasure> erase_person(Context& context, const PersonHash& person, int max = 100);
/// Slots recorded for destruction; after destroying them, `forget_slots`.
Result<std::vector<std::uint64_t>> doomed_slots(ledger::View& view);
Result<void> forget_slots(ledger::Tx& tx, const std::vector<std::uint64_t>& slots);

}  // namespace heed::casework
