#include "casework/sealed.h"

#include "ledger/event.h"

namespace heed::casework {

Result<const ledger::StoredEvent*> Sealed::event(CaseId case_id, std::int64_t seq) {
  auto key = std::pair(case_id, seq);
  if (auto it = events_.find(key); it != events_.end()) {
    return &it->second;
  }
  std::optional<ledger::StoredEvent> found;
  TRY(view_.case_events(case_id, static_cast<std::uint64_t>(seq - 1), [&](const ledger::StoredEvent& stored) {
    found = stored;
    return false;
  }));
  if (!found || static_cast<std::int64_t>(found->seq) != seq) {
    return fail(Code::Corrupt, "an event of " + case_id.text() + " is missing; run heed ledger verify");
  }
  return &events_.emplace(key, std::move(*found)).first->second;
}

Result<std::string> Sealed::header(CaseId case_id, std::int64_t seq) { return TRY(event(case_id, seq))->header; }

Result<std::optional<std::string>> Sealed::body(CaseId case_id, std::int64_t seq, std::string_view name) {
  const ledger::StoredEvent* stored = TRY(event(case_id, seq));
  if (stored->bodies.empty()) {
    return std::nullopt;
  }
  for (const ledger::SealedBody& sealed : TRY(ledger::split_bodies(stored->bodies))) {
    if (sealed.name == name) {
      auto plain = ledger::open_body(keys_, case_id, stored->seq, sealed);
      if (!plain && plain.error().code == Code::NotFound) {
        return std::nullopt;
      }
      return TRY(std::move(plain));
    }
  }
  return std::nullopt;
}

Result<std::optional<Identity>> Sealed::identity(const PartyRow& party) {
  if (!party.person || party.slot == 0) {
    return std::nullopt;
  }
  return identity_sealed(party);
}

Result<std::optional<Identity>> Sealed::identity_kept(const PartyRow& party) {
  return party.party == 0 || party.seq == 0 ? std::optional<Identity>() : TRY(identity_sealed(party));
}

Result<std::optional<Identity>> Sealed::identity_sealed(const PartyRow& party) {
  auto text = TRY(body(party.case_id, party.seq, "p" + std::to_string(party.party)));
  if (!text) {
    return std::nullopt;
  }
  JsonParser parser(64);
  Json json = TRY(parser.parse(*text));
  auto mail = json.get_string("mail");
  return Identity{std::string(json.get_string("account")), std::string(json.get_string("handle")),
                  std::string(json.get_string("name")), std::string(mail.empty() ? json.get_string("email") : mail)};
}

Result<std::optional<EvidenceText>> Sealed::evidence(const ItemRow& item) {
  auto text = TRY(body(item.case_id, item.seq, "e" + std::to_string(item.ord)));
  if (!text) {
    return std::nullopt;
  }
  JsonParser parser(64);
  Json json = TRY(parser.parse(*text));
  EvidenceText out{std::string(name_of(item.kind)), std::string(json.get_string("id")),
                   std::string(json.get_string("text"))};
  json["versions"].each([&](Json version) {
    auto post = version["post"]["text"].string();
    if (post) {
      out.text = *post;
    }
  });
  const bool snapshot = item.provenance == Provenance::Platform || item.provenance == Provenance::Party;
  if (snapshot && out.text.empty()) {
    out.text = json["snapshot"].get_string("text");
  }
  if (item.provenance == Provenance::Reporter) {
    out.text.clear();
  }
  return out;
}

}  // namespace heed::casework
