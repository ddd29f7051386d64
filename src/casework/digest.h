#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "casework/context.h"
#include "policy/policy.h"

/// One mail a day instead of six hundred. Of each kind that the policy names a person gets so many mails at once in a
/// day; what comes beyond that waits for one mail at the time of the day that the person or the platform has chosen.
/// Only mail is gathered: pages show everything at once and webhooks bring it. The day is the person's, from one digest
/// to the next, so that nothing waits longer than a day. When a notice goes is fixed in the event that queues it; a
/// restart or a replay changes nothing.
namespace heed::casework {

inline constexpr int kMinutesOfDay = 24 * 60;

/// A time of the day where the person lives: it stays that hour when clocks are put forward or back.
struct DigestTime {
  int minute = 0;            ///< after midnight, 0 to 1439
  std::string zone = "UTC";  ///< "Europe/Berlin", "+05:30"
  bool operator==(const DigestTime&) const = default;
};

/// Is this the name of a zone that this machine's ICU knows, or an offset?
bool is_zone(std::string_view zone);

/// The first moment after `now` at which it is `at`. A time that a day lacks, because clocks go forward over it, is
/// when they have gone; of one that a day has twice, the first counts. A zone that is not known any more is UTC.
Time next_digest(Time now, const DigestTime& at);

/// What mails are counted by: the address, where the case holds one (each report without an account is a person of its
/// own, but a mailbox is one mailbox), else the account. Nothing for who was erased.
Result<std::optional<PersonHash>> mailbox_of(ledger::View& view, ledger::KeyRing& keys, const access::Hasher& hasher,
                                             const PartyRow& party);

/// Until when this notice waits; none: it goes at once. Counts it, so ask once for each notice that is queued. Notices
/// of a case in the lane for threats to life never wait.
Result<Time> gather_until(Context& context, const PersonHash& mailbox, NoticeKind kind, policy::Lane lane);

/// Nothing: the policy's, which is in UTC.
Result<std::optional<DigestTime>> digest_wish(ledger::View& view, const PersonHash& mailbox);
/// Nothing for the policy's again. What waits already goes when it was to go. InvalidInput, "/digest_at" and "/zone".
Result<void> wish_digest(Context& context, const PersonHash& mailbox, const std::optional<DigestTime>& at);

/// Counts and wish, of who is erased.
Result<void> forget_mail_habits(Context& context, const PersonHash& mailbox);

}  // namespace heed::casework
