#include "api/case_file_people.h"

#include "base/bytes.h"
#include "casework/contacts.h"
#include "casework/delegations.h"
#include "casework/pieces.h"

namespace heed::api {
namespace {

using namespace casework;

template <class Tag>
std::string alias(const FilePeople& people, Id<Tag> id) {
  return people.room.aliases.text(people.viewer.who().person, id);
}

/// The event in the story and in the proof that this was told by.
void write_event_hash(JsonWriter& out, const FilePeople& people, std::int64_t seq) {
  if (auto event = people.shown.find(seq); event != people.shown.end()) {
    out.field("event", event->second.first);
  }
}

}  // namespace

Result<void> write_added(JsonWriter& out, const FilePeople& people) {
  const PartyRow& her = people.viewer.party();
  if (her.party == Viewer::kNoParty) {
    return {};
  }
  Bodies bodies(people.view, people.room.keys);
  const bool may_hear = people.viewer.who().may(access::Delegated::Talk);
  std::int64_t within = 0;
  out.key("added").begin_array();
  for (const PieceRow& row : TRY(pieces_of(people.view, her.case_id, her.party))) {
    out.begin_object().field("piece_id", alias(people, PieceId{row.id})).field("at", format_time(row.at));
    out.field("form", name_of(row.form)).field_unless_empty("type", row.type).field("size", row.size);
    write_event_hash(out, people, row.seq);
    auto said = bodies.get(row.case_id, row.seq, "n");
    if (said && may_hear) {
      out.key("said").raw(*said);
    }
    if (row.form == PieceForm::File) {
      auto file = bodies.get(row.case_id, row.seq, "blob");
      if (file) {
        out.field("sha256", to_hex(heed::view(sha256(*file))));
        within += row.size;
        if (within <= kAddedBytesMax) {
          out.field("data", to_base64(*file));
        } else {
          out.field("left_out", true);
        }
      }
    }
    out.end_object();
  }
  out.end_array();
  return {};
}

Result<void> write_talks(JsonWriter& out, const FilePeople& people) {
  const PartyRow& her = people.viewer.party();
  std::vector<ContactRow> talks;
  auto prefix = ledger::cells(people.viewer.row().id);
  TRY(ledger::scan<ContactRow>(people.view, {.index = ContactRow::kByCase, .prefix = prefix},
                               [&](const ContactRow& row) {
                                 if (row.party != 0 && row.party == her.party) {
                                   talks.push_back(row);
                                 }
                               }));
  std::sort(talks.begin(), talks.end(), [](const ContactRow& a, const ContactRow& b) { return a.id < b.id; });
  Bodies bodies(people.view, people.room.keys);
  const bool may_hear = people.viewer.who().may(access::Delegated::Talk);
  out.key("talks").begin_array();
  for (const ContactRow& row : talks) {
    out.begin_object().field("at", format_time(row.at)).field("channel", name_of(row.channel));
    out.field("as", staff_pseudonym(people.room.hasher, row.staff, row.case_id)).field("by_code", row.opening);
    out.field_unless_empty("clause", row.clause).field_unless_empty("clause_version", row.clause_version);
    write_event_hash(out, people, row.seq);
    auto said = row.opening || !may_hear ? Result<std::string>(not_found()) : bodies.get(row.case_id, row.seq, "n");
    if (said) {
      out.field("said", *said);
    }
    out.end_object();
  }
  out.end_array();
  return {};
}

Result<void> write_delegates(JsonWriter& out, const FilePeople& people) {
  const Viewer& viewer = people.viewer;
  struct Deed {
    std::string what, hash;
    Time at{};
  };
  std::map<access::DelegationId, std::vector<Deed>> deeds;
  JsonParser parser(64);
  TRY(people.view.case_events(viewer.row().id, 0, [&](const ledger::StoredEvent& event) {
    auto shown = people.shown.find(static_cast<std::int64_t>(event.seq));
    auto header = shown == people.shown.end() ? Result<Json>(not_found()) : parser.parse(event.header);
    if (!header) {
      return true;
    }
    auto by = access::DelegationId::parse(header->get_string("filed_by"));
    auto actor = Ulid::parse(header->get_string("actor"));
    const auto* row = visibility_of(header->get_string("kind"));
    if (row != nullptr && (by || actor)) {
      deeds[by ? *by : access::DelegationId{*actor}].push_back(
          {std::string(row->label), shown->second.first, shown->second.second});
    }
    return true;
  }));
  out.key("delegates").begin_array();
  for (const DelegationRow& row : TRY(delegations_by(people.view, viewer.who().person))) {
    const Time ended = row.ended_at == Time{} ? row.until : std::min(row.until, row.ended_at);
    const bool meanwhile = ended >= viewer.row().opened_at;
    if (!(meanwhile || deeds.contains(row.id)) ||
        (viewer.who().acts_for_another() && row.id != viewer.who().delegation)) {
      continue;
    }
    auto who = TRY(people_of(people.view, people.room.keys, row));
    out.begin_object()
        .field("delegation_id", people.room.aliases.text(viewer.who().person, row.id))
        .field("as", name_of(row.as));
    if (who.delegate) {
      out.field_unless_empty("account_id", who.delegate->account)
          .field_unless_empty("email", who.delegate->mail)
          .field_unless_empty("name", who.delegate->name);
    }
    out.key("scopes").begin_array();
    for (std::uint32_t bit = 1; bit <= access::kDelegatedAll; bit <<= 1) {
      if ((static_cast<std::uint32_t>(row.scopes) & bit) != 0) {
        out.value(access::delegated_name(static_cast<access::Delegated>(bit)));
      }
    }
    out.end_array().field("since", format_time(row.at)).field("until", format_time(row.until));
    if (row.ended_at != Time{}) {
      out.field("ended_at", format_time(row.ended_at)).field("ended", name_of(row.why));
    }
    out.key("did").begin_array();
    for (const Deed& deed : deeds[row.id]) {
      out.begin_object()
          .field("at", format_time(deed.at))
          .field("what", deed.what)
          .field("event", deed.hash)
          .end_object();
    }
    out.end_array().end_object();
  }
  out.end_array();
  return {};
}

}  // namespace heed::api
