#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "casework/events.h"
#include "casework/tables.h"
#include "ledger/keyring.h"
#include "ledger/store.h"

/// Opening what is sealed beside events, for whoever may read it. One thread, one view.
namespace heed::casework {

struct Identity {
  std::string account, handle, name, mail;
};
struct EvidenceText {
  std::string kind, id, text;  ///< newest version; `text` only from a source the reporter does not control
};

class Sealed {
 public:
  Sealed(ledger::View& view, ledger::KeyRing& keys) : view_(view), keys_(keys) {}

  /// Nothing when the event has no such body or its key was destroyed.
  Result<std::optional<std::string>> body(CaseId case_id, std::int64_t seq, std::string_view name);
  /// The event's header, as JSON text.
  Result<std::string> header(CaseId case_id, std::int64_t seq);
  /// Nothing for an erased person.
  Result<std::optional<Identity>> identity(const PartyRow& party);
  /// Also of somebody whom all else has forgotten while a silent hold keeps the key (erasure.h). For those whom the
  /// order concerns.
  Result<std::optional<Identity>> identity_kept(const PartyRow& party);
  Result<std::optional<EvidenceText>> evidence(const ItemRow& item);

 private:
  Result<std::optional<Identity>> identity_sealed(const PartyRow& party);
  Result<const ledger::StoredEvent*> event(CaseId case_id, std::int64_t seq);
  ledger::View& view_;
  ledger::KeyRing& keys_;
  std::map<std::pair<CaseId, std::int64_t>, ledger::StoredEvent> events_;
};

/// An event read back from its header.
template <class E>
Result<E> read_event(std::string_view header) {
  JsonParser parser(64);
  Json json = TRY(parser.parse(header));
  if (json.get_string("kind") != E::kKind) {
    return fail(Code::Corrupt, "the event is no " + std::string(E::kKind));
  }
  E event;
  HeaderReader reader(json);
  event.visit(reader);
  return event;
}

}  // namespace heed::casework
