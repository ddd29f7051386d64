#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "access/alias.h"
#include "casework/house_alarms.h"
#include "casework/ports.h"
#include "casework/tables.h"
#include "ledger/keyring.h"
#include "ledger/store.h"
#include "policy/in_force.h"

/// What a notice says, made when it is sent or read, never stored: from rows, events and the bodies its receiver may
/// see.
///
/// To a party nothing of the other side is shown: no word of a post to a reporter, no trace of reporters (who, how
/// many, when) to an author. Ids are that person's aliases. Orders to the platform carry real ids, alarms nothing
/// personal.
namespace heed::casework {

/// Addresses of pages; app knows them. Any thread.
class Links {
 public:
  virtual ~Links() = default;
  virtual std::string case_page(const PersonHash& person, CaseId case_id) const = 0;
  /// For a delegate: with the secret of this link, which opens once; 0: without, for who has an account.
  virtual std::string delegation_page(access::DelegationId, int /*link*/) const { return {}; }
  virtual std::string appeal_page(const PersonHash& person, CaseId case_id, DecisionId decision) const = 0;
};

struct RenderEnv {
  ledger::KeyRing* keys = nullptr;
  const access::Aliases* aliases = nullptr;
  policy::InForce policy;
  const Links* links = nullptr;      ///< null: no links
  Accounts* accounts = nullptr;      ///< mail addresses of accounts; null: only those in the case
  std::string platform;              ///< its name, for {{platform}}
  std::string alarm_to;              ///< mail address or program of the first in the rota; "" for the webhook
  std::vector<std::string> rota_to;  ///< of the others: URL, mail address or program
};

/// `locale` "" is the receiver's own. NotFound when the person was erased, there is no address, or the evidence is
/// gone: it can never be sent. Any thread; `view` is this thread's.
Result<Parcel> render(ledger::View& view, const RenderEnv& env, const NoticeRow& notice, std::string_view locale = {});

/// Many notices to one person as one mail: their numbers, what kind of news there is, and the pages; nothing that
/// anybody wrote. NotFound when the person was erased or has no address.
struct DigestParcel {
  Parcel parcel;
  std::set<NoticeId> left_out;  ///< of these the case knows the person no more
};
Result<DigestParcel> render_digest(ledger::View& view, const RenderEnv& env, const std::vector<NoticeRow>& notices);

/// One order as webhooks and GET /v1/actions show it, one JSON object.
Result<std::string> action_json(ledger::View& view, const RenderEnv& env, const ActionRow& action);

/// What concerns the house itself and no case; `channel` is that of the alarm's level in the rota.
Parcel house_alarm(const RenderEnv& env, Channel channel, const HouseAlarms::Alarm& alarm);

/// The daily proof that alarms arrive.
Parcel test_alarm(const RenderEnv& env, Channel channel, Time now);

}  // namespace heed::casework
