#pragma once
#include <optional>
#include <string>
#include <vector>

#include "casework/context.h"
#include "casework/ports.h"

/// A report comes in: joined to a case, evidence frozen, receipt made.
namespace heed::casework {

/// What is frozen with an item. Made before the command runs (it needs the recent posts and an evaluation); the
/// command only seals it.
struct Evidence {
  Provenance provenance{};
  std::string json;                     ///< versions, thread, profile, signals; becomes body "e<ord>"
  std::string author, author_handle;    ///< account id, "" unknown
  std::vector<std::string> targets;     ///< accounts it is aimed at
  std::vector<std::string> named = {};  ///< others whom an earlier version or the thread above it names; may repeat
  Time created_at{};
  bool edited = false, deleted = false;
  bool media = false;  ///< shows what no text says
  std::string text;    ///< newest text, only to be hashed and compared
  Evaluator::Finding finding;
};

struct ReportedItem {
  ItemKind kind{};
  std::string external_id;
  Evidence evidence;
  std::vector<std::string> symptoms = {};  ///< said of this item alone
};

struct PileSpec {
  std::string target;
  Time since{}, until{};            ///< until 0: open end
  std::vector<std::string> except;  ///< post ids
  std::uint64_t watermark = 0;
  std::uint64_t posts = 0;  ///< how many it takes, counted for the receipt
};

struct ReportCommand {
  std::string reporter;       ///< account id or mail address; after a line break, what makes it a person of its own
  bool by_mail = false;       ///< `reporter` is a mail address
  std::string identity_json;  ///< account, handle, name, mail: body "p<n>"
  std::string said_json;      ///< comment, legal claim, symptoms per item, urls: body "r"
  std::string locale, channel, group, on_behalf_of;
  std::vector<std::string> symptoms;
  About about{};
  Source source{};
  bool fears = false, legal_claim = false;
  bool limited = false;  ///< over a rate
  std::string words;     ///< the reporter's own: comment and explanation; whether many write the same
  std::vector<ReliefKind> relief;
  std::vector<ReportedItem> items;
  std::vector<RefusedItem> refused;
  std::optional<PileSpec> pile;
  access::DelegationId filed_by;  ///< a delegate filed it in the reporter's name
  Hash16 idempotency{}, body{};   ///< digests; zero: no key given
};

struct Receipt {
  ReportId report;
  CaseId case_id;
  PersonHash reporter{};
  std::int64_t number = 0;
  Time received_at{};
  int accepted = 0;
  std::vector<RefusedItem> refused;
  std::vector<ReliefKind> relief, relief_not_available;
  bool life = false;        ///< for priorities and the live queue; never told
  bool pile_grows = false;  ///< the freezer has work
  int party = 0;
  bool shield_present = false;  ///< autoblock was asked for on a pile that has members already
  int closed = 0, acted = 0, drawn = 0, proposed = 0,
      left = 0;  ///< items, by what a machine made of them; for metrics, never told
};

/// InvalidInput when the same idempotency key came with another body (422), or nothing at all was acceptable.
Result<Receipt> take_report(Context& context, const ReportCommand& command);

/// The receipt of an earlier report with this key; nothing when the key is new.
Result<std::optional<Receipt>> receipt_of_key(Context& context, const Hash16& key, const Hash16& body);

/// By the reporter only (checked by the caller through the party): items stay, the voice goes.
Result<void> withdraw_report(Context& context, ReportId report);

/// The open case of a pile by or for this person, if there is one.
Result<std::optional<CaseRow>> pile_case_of(ledger::View& view, const Environment& env, std::string_view target);
Hash16 pile_key(const Environment& env, std::string_view target);
/// The newest row of an item by its key.
Result<std::optional<ItemRow>> newest_item(ledger::View& view, const Hash16& key);

/// Parts that reports, piles and signals share.
/// Whom the item names, its author left out, each once, at most kNamedMax: those it is aimed at first.
std::vector<PersonHash> named_in(const access::Hasher& hasher, const Evidence& evidence);
NewItem make_item(Context& context, const ReportedItem& item, const Hash16& key, int ord, int author);
Urgency join_urgency(Context& context, const CaseRow* existing, policy::Lane lane, int severity,
                     std::string_view clause);

}  // namespace heed::casework
