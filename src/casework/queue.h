#pragma once
#include <optional>
#include <string>
#include <vector>

#include "casework/context.h"
#include "casework/walls.h"

/// What waits, in the order of harm, and the leases of those who work on it.
namespace heed::casework {

/// What somebody chose to be spared. Asked with every claim and kept nowhere: how much a person can bear is nobody
/// else's business. What nobody takes rings by its clock.
struct Spared {
  std::vector<std::string> categories;  ///< of items, by their gravest signal
  int severity_max = 100;               ///< milder work for a while; never holds back a threat to life
  bool any() const { return !categories.empty() || severity_max < 100; }
  bool takes(const ItemRow& item) const;
};

/// How far in a queue nothing but what a wall stands before was found: a claim begins behind it.
struct Passed {
  std::optional<CaseRow> last_case;
  std::optional<ItemRow> last_single;
};
/// Goes on from `passed`, past at most `most` rows behind the wall; false when even behind these nothing free came and
/// the queue goes on: then ask again. For readers: the writer looks at kWalledRowsMax rows from there.
Result<bool> pass_walled(ledger::View& view, const std::string& queue, const Wall& wall, std::size_t most,
                         Passed& passed);

struct ClaimCommand {
  std::string queue = "default";
  StaffId staff;
  int items_max = 200;
  Spared spared = {};
  const Wall* wall = nullptr;  ///< what it stands before is not offered
  Passed passed = {};          ///< begins behind this
};
struct Claim {
  ClaimId id;
  CaseId case_id;
  std::vector<ItemId> items;
  bool single = false;  ///< one threat to life, whoever holds the case
  Time expires_at{};
};
/// The most harmful unclaimed case (or a slice of it) or threat to life of the queue; nothing when it is empty. Of what
/// holds items that the claimant is spared, the rest is taken; nothing when that is all that is found among the first
/// kSparedCasesMax cases.
inline constexpr std::size_t kSparedCasesMax = 200;
Result<std::optional<Claim>> claim_next(Context& context, const ClaimCommand& command);

/// A slice of a particular case, for a reviewer who came to it by another way. Conflict when nothing in it is free.
Result<Claim> claim_case(Context& context, CaseId case_id, StaffId staff, int items_max);

/// Extends the lease. NotFound when the claim is not this person's or no longer active (expired: taken away).
Result<Time> heartbeat(Context& context, ClaimId claim, StaffId staff);
/// Gives back what is left of it.
Result<void> release(Context& context, ClaimId claim, StaffId staff);
/// Ends a claim whose lease has run out and frees its items; false when the lease still holds or is gone.
Result<bool> expire_lease(Context& context, ClaimId claim);
/// All whose time is up, at most `max`; returns how many.
Result<int> expire_leases(Context& context, int max);

/// What is in force of a claim, with its items still open.
Result<std::vector<ItemRow>> items_of_claim(ledger::View& view, ClaimId claim);

struct QueueEntry {
  CaseId case_id;
  ItemId item{};  ///< set for a single
  policy::Lane lane{};
  int severity = 0;
  Time deadline{};
  int free_items = 0;
};
/// The first `limit` places, singles and cases merged, as claim_next would take them.
Result<std::vector<QueueEntry>> queue_head(ledger::View& view, const std::string& queue, int limit,
                                           const Wall* wall = nullptr);

}  // namespace heed::casework
