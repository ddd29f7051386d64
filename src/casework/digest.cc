#include "casework/digest.h"

#include "casework/sealed.h"
#include "rule/instant.h"

namespace heed::casework {

namespace {

constexpr std::size_t kZoneBytesMax = 64;

Millis ahead_of_utc(const std::string& zone, Time at) {
  return std::chrono::seconds(rule::zone_offset(zone, to_ms(at) / 1000).value_or(0));
}

/// When it is `at` on the day that begins at `midnight`, both as clocks there show it.
Time moment_of(Time midnight, const DigestTime& at) {
  const Time shown = midnight + std::chrono::minutes(at.minute);
  const Millis day = std::chrono::hours(24);
  const Time before = shown - ahead_of_utc(at.zone, shown - day), after = shown - ahead_of_utc(at.zone, shown + day);
  auto right = [&](Time moment) { return moment + ahead_of_utc(at.zone, moment) == shown; };
  return right(before) ? before : right(after) ? after : before;
}

}  // namespace

bool is_zone(std::string_view zone) {
  return !zone.empty() && zone.size() <= kZoneBytesMax && rule::zone_offset(zone, 0).has_value();
}

Time next_digest(Time now, const DigestTime& at) {
  const Time there = now + ahead_of_utc(at.zone, now);
  const Time today = std::chrono::floor<std::chrono::days>(there);
  Time next = now;
  for (int day = -1; next <= now; ++day) {
    next = moment_of(today + std::chrono::days(day), at);
  }
  return next;
}

Result<std::optional<PersonHash>> mailbox_of(ledger::View& view, ledger::KeyRing& keys, const access::Hasher& hasher,
                                             const PartyRow& party) {
  Sealed sealed(view, keys);
  auto identity = TRY(sealed.identity(party));
  if (!identity) {
    return std::nullopt;
  }
  return identity->mail.empty() ? *party.person : hasher.mail(identity->mail);
}

Result<Time> gather_until(Context& context, const PersonHash& mailbox, NoticeKind kind, policy::Lane lane) {
  const policy::Digest& digest = context.policy().digest;
  auto at_once = digest.at_once.find(name_of(kind));
  if (lane == policy::Lane::Life || at_once == digest.at_once.end()) {
    return Time{};
  }
  const auto wish = TRY(digest_wish(context.tx(), mailbox));
  const Time day_ends = next_digest(context.now(), wish.value_or(DigestTime{digest.minute}));
  auto known = TRY(ledger::get<MailCountRow>(context.tx(), mailbox, kind));
  MailCountRow row{mailbox, kind, day_ends, 0};
  if (known && known->day_ends > context.now()) {
    row = *known;
  }
  if (row.count < at_once->second) {
    ++row.count;
    TRY(ledger::put(context.tx(), row));
    return Time{};
  }
  return day_ends;
}

Result<std::optional<DigestTime>> digest_wish(ledger::View& view, const PersonHash& mailbox) {
  auto row = TRY(ledger::get<MailWishRow>(view, mailbox));
  return row ? std::optional(DigestTime{row->minute, row->zone.value_or("UTC")}) : std::nullopt;
}

Result<void> wish_digest(Context& context, const PersonHash& mailbox, const std::optional<DigestTime>& at) {
  if (!at) {
    return ledger::erase<MailWishRow>(context.tx(), mailbox);
  }
  if (at->minute < 0 || at->minute >= kMinutesOfDay) {
    return invalid("/digest_at", "must be a time of the day");
  }
  if (!is_zone(at->zone)) {
    return invalid("/zone", "must be a time zone such as Europe/Berlin, or +05:30");
  }
  return ledger::put(context.tx(), MailWishRow{mailbox, at->minute, at->zone});
}

Result<void> forget_mail_habits(Context& context, const PersonHash& mailbox) {
  for (std::size_t kind = 0; kind < EnumNames<NoticeKind>::names.size(); ++kind) {
    TRY(ledger::erase<MailCountRow>(context.tx(), mailbox, static_cast<NoticeKind>(kind)));
  }
  return ledger::erase<MailWishRow>(context.tx(), mailbox);
}

}  // namespace heed::casework
