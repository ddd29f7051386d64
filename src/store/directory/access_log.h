#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/function.h"
#include "base/id.h"
#include "ledger/store.h"

namespace heed::store {

/// One look that a member of staff took. `reason` is what they gave for it (unmasking demands one); it stays when a
/// person is erased, so forms ask for a ground, not for names.
struct Access {
  StaffId staff;
  std::string what;    ///< route or kind: "GET /v1/cases/{id}", "unmask"; at most 200 bytes
  std::string object;  ///< id of what was looked at, "" when that is the case itself; at most 200 bytes
  CaseId case_id;      ///< none: the look was at no case
  std::string reason;  ///< at most 2000 bytes
};

struct AccessEntry {
  std::uint64_t seq = 0;  ///< 1, 2, 3 …
  Time at{};
  Access access;
  Digest hash{};  ///< SHA-256(previous hash ‖ entry); the first one's previous is SHA-256("heed access log")
};

/// The end of the chain, to be noted elsewhere (a signed file, another machine): only so is a lost tail noticed.
struct AccessHead {
  std::uint64_t seq = 0;
  Digest hash{};
  bool operator==(const AccessHead&) const = default;
};

/// Who of the staff read what. Append-only, with a chain of its own: the ledger holds what happened to a case, this
/// holds who looked. Any thread; reads take a view, `append` only hands over.
class AccessLog {
 public:
  using Done = Function<void(Result<AccessHead>)>;
  struct Fault {
    std::uint64_t seq = 0;
    std::string what;
  };

  AccessLog(ledger::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  /// `done` comes on the store's writer thread once the entry is durable; whoever must not show before it is noted
  /// waits for it. TooLarge, at once, when a text is over its limit.
  void append(Access access, Done done);

  Result<AccessHead> head();
  /// Newest first. `before_seq` continues a listing; 0 begins it.
  Result<std::vector<AccessEntry>> newest(std::uint64_t before_seq, std::size_t limit);
  Result<std::vector<AccessEntry>> of_case(CaseId case_id, std::uint64_t before_seq, std::size_t limit);
  struct Ask {
    CaseId case_id{};  ///< none: of any
    StaffId staff{};   ///< none: by anybody
    std::string_view what{};
    Time since{};
    std::uint64_t before_seq = 0;
    std::size_t limit = 50;
  };
  /// Newest first, by every field that is given: along the case's index, else the member's, else all of them.
  Result<std::vector<AccessEntry>> find(const Ask& ask);
  /// Oldest first, from `since` on: what the morning's list is made of.
  Result<std::vector<AccessEntry>> since(Time since, std::size_t limit);

  /// Walks all entries: numbers without gaps, every hash, and that each of `anchors` lies on this chain. Empty: sound.
  Result<std::vector<Fault>> verify(const std::vector<AccessHead>& anchors = {});

 private:
  ledger::Store& store_;
  const Clock& clock_;
};

}  // namespace heed::store
