#include "casework/digest.h"

#include "casework/sealed.h"

namespace heed::casework {

Time next_digest(Time now, int minute) {
  const Time midnight = std::chrono::floor<std::chrono::days>(now);
  const Time today = midnight + std::chrono::minutes(minute);
  return today > now ? today : today + std::chrono::hours(24);
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
  const Time day_ends = next_digest(context.now(), wish.value_or(digest.minute));
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

Result<std::optional<int>> digest_wish(ledger::View& view, const PersonHash& mailbox) {
  auto row = TRY(ledger::get<MailWishRow>(view, mailbox));
  return row ? std::optional(row->minute) : std::nullopt;
}

Result<void> wish_digest(Context& context, const PersonHash& mailbox, std::optional<int> minute) {
  if (!minute) {
    return ledger::erase<MailWishRow>(context.tx(), mailbox);
  }
  if (*minute < 0 || *minute >= kMinutesOfDay) {
    return invalid("/digest_at", "must be a time of the day");
  }
  return ledger::put(context.tx(), MailWishRow{mailbox, *minute});
}

Result<void> forget_mail_habits(Context& context, const PersonHash& mailbox) {
  for (std::size_t kind = 0; kind < EnumNames<NoticeKind>::names.size(); ++kind) {
    TRY(ledger::erase<MailCountRow>(context.tx(), mailbox, static_cast<NoticeKind>(kind)));
  }
  return ledger::erase<MailWishRow>(context.tx(), mailbox);
}

}  // namespace heed::casework
