#include "casework/contacts.h"

#include "api/own_case.h"
#include "api/resources.h"

/// The desk: who comes with a code is talked with about exactly that case; everybody else hears one and the same
/// answer.
namespace heed::api {
namespace {

using namespace casework;

constexpr std::string_view kNeutralClause = "the_same_for_everybody";

Who desk_staff() { return readers_of_cases(); }

void write_clause(JsonWriter& out, const policy::DisclosureClause& clause, std::string_view locale) {
  out.begin_object()
      .field("clause", clause.id)
      .field("version", clause.version)
      .field("question", clause.question.in(locale));
  out.field("answer", clause.answer.in(locale)).end_object();
}

/// What may be told about giving things to others: the same clauses as on the public page, with their versions.
void write_answers(JsonWriter& out, const policy::Policy& policy, std::string_view locale) {
  out.key("answers").begin_array();
  for (const policy::DisclosureClause& clause : policy.disclosure) {
    write_clause(out, clause, locale);
  }
  out.end_array();
}

// --- the code ---------------------------------------------------------------------------------------------

void post_code(Call call) {
  auto id = call.desk.path_id<CaseId>(call);
  if (!id) {
    call.reply.send_error(id.error());
    return;
  }
  Desk& desk = call.desk;
  desk.command<DeskCode>(
      std::move(call),
      [id = *id](Call& c, Context& context) -> Result<DeskCode> {
        Viewer viewer = TRY(Viewer::of(c, context.tx(), id));
        if (viewer.party().party == Viewer::kNoParty) {
          return fail(Code::Conflict, "write to us on this page first; then there is something to open at the desk");
        }
        return make_desk_code(context, id, viewer.party().party);
      },
      [](Call&, const DeskCode& code) {
        JsonWriter out;
        out.begin_object().field("code", code.code).field("until", format_time(code.until)).end_object();
        return json_answer(201, out.take());
      });
}

struct Opened {
  DeskOpening opening;
  std::string json;
};

Result<Opened> opened(Call& call, Context& context, DeskOpening opening, std::string_view locale) {
  // Exactly what this person sees on her own page is what may be said to her.
  access::Principal person;
  person.caller = access::Caller::User;
  person.person = *opening.party.person;
  person.locale = opening.party.locale;
  Call as_party{call.desk, {}, {}, person, nullptr, nullptr};
  if (TRY(call.desk.hidden(call, context.tx(), opening.case_id))) {
    return not_found();  // as a code that opens nothing
  }
  Viewer viewer = TRY(Viewer::of(as_party, context.tx(), opening.case_id));
  const auto policy = call.desk.policy();
  JsonWriter out;
  out.begin_object().field("contact_id", opening.contact.text()).field("case_id", opening.case_id.text());
  out.field("party", opening.party.party).field("as", opening.as).key("they_see");
  TRY(write_own_case(out, call.desk, context.tx(), viewer));
  write_answers(out, *policy, locale);
  out.end_object();
  return Opened{std::move(opening), out.take()};
}

void post_opening(Call call) {
  struct Wanted {
    std::optional<Hash16> code;
    ContactChannel channel{};
    std::string locale;
  };
  auto wanted = [&]() -> Result<Wanted> {
    Wanted out;
    FieldReader in(TRY(body_json(call.request)), "");
    out.code = desk_code_key(call.desk.hasher(), in.required_string("code", 1, 64));
    out.channel = choice(in, "channel", ContactChannel::Visit);
    out.locale = checked_token(in, "locale", in.optional_string("locale", 35));
    TRY(in.done());
    if (!call.desk.desk_tries().take(call.who.id.text(), call.desk.now())) {
      return fail(Code::TooMany, "too many codes were tried from this desk; wait a minute");
    }
    return out;
  }();
  if (!wanted) {
    call.reply.send_error(wanted.error());
    return;
  }
  Desk& desk = call.desk;
  desk.command<Opened>(
      std::move(call),
      [wanted = *std::move(wanted)](Call& c, Context& context) -> Result<Opened> {
        return opened(c, context, TRY(open_at_desk(context, wanted.code, StaffId{c.who.id}, wanted.channel)),
                      wanted.locale);
      },
      [](Call& c, Opened made) {
        c.desk.desk_tries().give_back(c.who.id.text());
        c.desk.note_read(c.who, made.opening.case_id, "desk");
        return json_answer(201, std::move(made.json));
      });
}

// --- what is said -----------------------------------------------------------------------------------------

void get_answers(Call call) {
  const auto policy = call.desk.policy();
  const std::string_view locale = call.request.query_value("locale").value_or("en").substr(0, 35);
  JsonWriter out;
  out.begin_object().key("neutral");
  const policy::DisclosureClause* neutral = policy->find_disclosure(kNeutralClause);
  if (neutral == nullptr) {
    out.null();
  } else {
    out.begin_object()
        .field("clause", neutral->id)
        .field("version", neutral->version)
        .field("text", neutral->refusal.in(locale))
        .end_object();
  }
  write_answers(out, *policy, locale);
  out.end_object();
  call.reply.send(json_answer(200, out.take()));
}

Result<ContactCommand> read_contact(const Call& call) {
  FieldReader in(TRY(body_json(call.request)), "");
  ContactCommand out;
  out.staff = StaffId{call.who.id};
  if (std::string_view text = in.optional_string("case_id", 64); !text.empty()) {
    auto id = CaseId::parse(text);
    if (id) {
      out.case_id = *id;
    } else {
      in.error("case_id", "is no case's id");
    }
  }
  out.party = static_cast<int>(in.optional_int("party", 0, 1'000'000, 0));
  out.channel = choice(in, "channel", ContactChannel::Visit);
  out.neutral = in.optional_bool("neutral");
  out.clause = checked_token(in, "clause", in.optional_string("clause", 100));
  if (out.neutral && out.clause.empty()) {
    out.clause = kNeutralClause;
  }
  if (out.clause.empty()) {
    in.error("clause", "is required: what the answer rests on");
  }
  out.said = checked_text(in, "said", in.required_string("said", 1, 20'000));
  if (out.party != 0 && !out.case_id) {
    in.error("case_id", "is required with a party");
  }
  if (out.neutral && out.case_id) {
    in.error("neutral", "an answer that names no case is logged without one");
  }
  TRY(in.done());
  return out;
}

void post_contact(Call call) {
  auto contact = read_contact(call);
  if (!contact) {
    call.reply.send_error(contact.error());
    return;
  }
  Desk& desk = call.desk;
  desk.create<ContactId>(
      std::move(call),
      [contact = *std::move(contact)](Call& c, Context& context) -> Result<ContactId> {
        if (contact.case_id && TRY(c.desk.hidden(c, context.tx(), *contact.case_id))) {
          return not_found();
        }
        return log_contact(context, contact);
      },
      [](Call&, Context&, const Made& made) -> Result<ContactId> { return TRY(made.as<ContactLogged>()).contact; },
      [](Call&, ContactId id) {
        JsonWriter out;
        out.begin_object().field("contact_id", id.text()).end_object();
        return json_answer(201, out.take());
      });
}

/// Newest first. What was said is in the case's timeline; of talks without a case it is here.
Result<http::Response> read_contacts(Call& call, ledger::View& view) {
  const Page page = TRY(page_of(call.request));
  std::array<ledger::Cell, 1> after{};
  ContactId last{};
  if (!page.cursor.empty()) {
    last = TRY(call.desk.id_in<ContactId>(call.who, page.cursor));
    after[0] = ledger::to_cell(last.value);
  }
  std::vector<ContactRow> rows;
  TRY(ledger::scan<ContactRow>(view,
                               {.after = page.cursor.empty() ? ledger::Cells{} : ledger::Cells(after),
                                .descending = true,
                                .limit = page.limit + 1},
                               [&](const ContactRow& row) { rows.push_back(row); }));
  const bool more = rows.size() > page.limit;
  rows.resize(std::min(rows.size(), page.limit));
  Bodies bodies(view, call.desk.keys());
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const ContactRow& row : rows) {
    if (TRY(call.desk.hidden(call, view, row.case_id))) {
      continue;
    }
    auto home = TRY(ledger::get<CaseRow>(view, row.case_id));
    const bool no_case = home && home->kind == CaseKind::Record;
    out.begin_object()
        .field("contact_id", ContactId{row.id}.text())
        .field("at", format_time(row.at))
        .field("staff", row.staff.text());
    out.field("channel", name_of(row.channel)).field("opened_with_code", row.opening).field("neutral", row.neutral);
    out.field_unless_empty("clause", row.clause).field_unless_empty("clause_version", row.clause_version);
    if (!no_case) {
      out.field("case_id", row.case_id.text()).field("party", row.party);
    } else if (auto said = bodies.get(row.case_id, row.seq, "n")) {
      out.field("said", *said);
    }
    out.end_object();
  }
  out.end_array();
  if (more) {
    out.field("next_cursor", ContactId{rows.back().id}.text());
  }
  out.end_object();
  return json_answer(200, out.take());
}

void get_contacts(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_contacts);
}

}  // namespace

Resource contact_routes() {
  using namespace schema;
  const Text channel = words(names_of<ContactChannel>());
  const Text answers =
      array(object({{"clause", string()}, {"version", string()}, {"question", string()}, {"answer", string()}}));
  const Text neutral =
      R"({"type":["object","null"],"additionalProperties":false,"properties":{"clause":{"type":"string"},"version":{"type":"string"},"text":{"type":"string"}}})";
  const Text contact = object({{"contact_id", id("con")},
                               {"at", time()},
                               {"staff", id("stf")},
                               {"channel", channel},
                               {"opened_with_code", boolean()},
                               {"neutral", boolean()},
                               {"clause?", string()},
                               {"clause_version?", string()},
                               {"case_id?", id("cas")},
                               {"party?", integer()},
                               {"said?", string()}});
  return {
      {
          {http::Method::Post,
           "/v1/cases/{id}/desk-code",
           parties() | delegates(access::Delegated::Talk),
           "desk",
           "A code to read out at the desk or on the telephone: opens this case for talk, once, within fifteen "
           "minutes.",
           post_code,
           nullptr,
           {},
           {},
           gives_json(object({{"code", string()}, {"until", time()}}), 201)},
          {http::Method::Post,
           "/v1/desk/openings",
           desk_staff(),
           "desk",
           "Give the code that somebody read out. One that is wrong, used or too old is answered as if there were "
           "nothing.",
           post_opening,
           nullptr,
           {},
           takes_json(object({{"code", string(64, 1)}, {"channel?", channel}, {"locale?", string(35)}}),
                      R"({"code":"7K3M-92QF","channel":"telephone"})"),
           gives_json(object({{"contact_id", id("con")},
                              {"case_id", id("cas")},
                              {"party", integer()},
                              {"as", string()},
                              {"they_see", ref("OwnCase")},
                              {"answers", answers}}),
                      201)},
          {http::Method::Get,
           "/v1/desk/answers",
           desk_staff(),
           "desk",
           "What is said to whoever comes without a code, and what may be told about giving things to others, with "
           "clause and version.",
           get_answers,
           nullptr,
           {{"locale", string(35), "en when not given."}},
           {},
           gives_json(object({{"neutral", neutral}, {"answers", answers}}))},
          {http::Method::Post,
           "/v1/contacts",
           desk_staff(),
           "desk",
           "Log what was said to whom over which channel, and the clause it rests on.",
           post_contact,
           nullptr,
           {},
           takes_json(
               object({{"case_id?", id("cas")},
                       {"party?", integer(0, 1'000'000)},
                       {"channel?", channel},
                       {"clause?", string(100)},
                       {"neutral?", boolean()},
                       {"said", string(20'000, 1)}}),
               R"({"channel":"telephone","neutral":true,"said":"Asked about a case by its number; gave the answer that everybody gets."})"),
           gives_json(object({{"contact_id", id("con")}}), 201),
           /*idempotent_key=*/true},
          {http::Method::Get,
           "/v1/contacts",
           staff(access::Role::Lead) | staff(access::Role::Legal),
           "desk",
           "Every talk, newest first.",
           get_contacts,
           nullptr,
           paged(),
           {},
           gives_json(page(ref("Contact")))},
      },
      {{"Contact", contact}}};
}

}  // namespace heed::api
