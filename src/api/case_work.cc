#include "api/resources.h"
#include "api/viewer.h"
#include "casework/notes.h"
#include "casework/relief.h"
#include "casework/sealed.h"

/// What a party or staff does in a case besides deciding: speak, ask for protection, hand it on.
namespace heed::api {
namespace {

using namespace casework;

std::string_view relief_word(ReliefKind kind) { return kind == ReliefKind::Autoblock ? "autoblock_pile" : "hide"; }

std::optional<ReliefKind> relief_kind(std::string_view word) {
  return word == "autoblock_pile" ? std::optional(ReliefKind::Autoblock)
         : word == "hide"         ? std::optional(ReliefKind::Hide)
                                  : std::nullopt;
}

// --- messages ---------------------------------------------------------------------------------------------

struct Words {
  CaseId case_id;
  std::string text;
  int to = 0;  ///< staff: to this party; 0: a note among staff
  Heard heard;
};

Result<Words> read_words(const Call& call) {
  Words out;
  out.case_id = TRY(call.desk.path_id<CaseId>(call));
  FieldReader in(TRY(body_json(call.request)), "");
  out.text = checked_text(in, "text", in.required_string("text", 1, 20'000));
  out.to = static_cast<int>(in.optional_int("to", 0, 1'000'000, 0));
  if (out.to != 0 && Desk::is_party(call.who)) {
    in.error("to", "is for staff; what you write goes to those who look after your case");
  }
  TRY(in.done());
  if (Desk::is_party(call.who)) {
    out.heard = call.desk.evidence().hear(out.text);  // a threat in it is nobody's to overlook
  }
  return out;
}

void post_message(Call call) {
  auto words = read_words(call);
  if (!words) {
    call.reply.send_error(words.error());
    return;
  }
  Desk& desk = call.desk;
  desk.create<Time>(
      std::move(call),
      [words = *std::move(words)](Call& c, Context& context) -> Result<Time> {
        Viewer viewer = TRY(Viewer::of(c, context.tx(), words.case_id));
        if (viewer.staff() && words.to != 0) {
          TRY(add_answer(context, words.case_id, StaffId{c.who.id}, words.to, words.text));
        } else if (viewer.staff()) {
          TRY(add_note(context, words.case_id, StaffId{c.who.id}, words.text));
        } else if (viewer.party().party == Viewer::kNoParty) {
          TRY(add_first_message(context, words.case_id, {c.who.person, c.who.account_id, c.who.handle, c.who.locale},
                                words.text, words.heard));
        } else {
          TRY(add_message(context, words.case_id, viewer.party().party, words.text, words.heard,
                          c.who.delegation.value));
        }
        return context.now();
      },
      [](Call&, Context&, const Made& made) -> Result<Time> { return made.at; },
      [](Call&, Time at) {
        JsonWriter out;
        out.begin_object().field("at", format_time(at)).end_object();
        return json_answer(201, out.take());
      },
      Wakes::Yes);
}

// --- relief -----------------------------------------------------------------------------------------------

/// Whom or what the relief reaches: the authors of the case's items who may be blocked, or the posts to hide.
Result<std::vector<std::string>> targets_of(const Desk& desk, ledger::View& view, const Viewer& viewer,
                                            ReliefKind kind) {
  Sealed sealed(view, desk.keys());
  std::vector<std::string> out;
  auto prefix = ledger::cells(viewer.row().id);
  if (kind == ReliefKind::Autoblock) {
    const std::string& owner = viewer.who().account_id;
    std::vector<PartyRow> authors;
    TRY(ledger::scan<PartyRow>(view, {.prefix = prefix}, [&](const PartyRow& row) {
      if ((row.roles & kAuthor) != 0 && row.party != viewer.party().party) {
        authors.push_back(row);
      }
    }));
    for (const PartyRow& author : authors) {
      auto identity = TRY(sealed.identity(author));
      if (identity && !identity->account.empty() && desk.evidence().blockable(owner, identity->account)) {
        out.push_back(identity->account);
      }
    }
    return out;
  }
  std::vector<ItemRow> items;
  TRY(ledger::scan<ItemRow>(view, {.index = ItemRow::kByCase, .prefix = prefix},
                            [&](const ItemRow& item) { items.push_back(item); }));
  for (const ItemRow& item : items) {
    if (TRY(viewer.sees(view, item))) {
      if (auto evidence = TRY(sealed.evidence(item)); evidence && !evidence->id.empty()) {
        out.push_back(evidence->id);
      }
    }
  }
  return out;
}

Result<bool> is_on(ledger::View& view, CaseId case_id, int party, ReliefKind kind) {
  for (const ReliefRow& row : TRY(relief_of(view, case_id))) {
    if (row.party == party && row.kind == kind) {
      return true;
    }
  }
  return false;
}

http::Response relief_answer(ReliefKind kind) {
  JsonWriter out;
  out.begin_object().field("kind", relief_word(kind)).field("state", "applied").end_object();
  return json_answer(200, out.take());
}

void post_relief(Call call) {
  auto decoded = [&]() -> Result<std::pair<CaseId, ReliefKind>> {
    CaseId id = TRY(call.desk.path_id<CaseId>(call));
    FieldReader in(TRY(body_json(call.request)), "");
    std::string_view word = in.required_string("kind", 1, 64);
    auto kind = relief_kind(word);
    if (!kind && !word.empty()) {
      in.error("kind", "must be one of: hide, autoblock_pile");
    }
    TRY(in.done());
    return std::pair(id, *kind);
  }();
  if (!decoded) {
    call.reply.send_error(decoded.error());
    return;
  }
  auto shared = std::make_shared<Call>(std::move(call));
  // Whom it reaches lies sealed in many events: read first, ordered then. What joins meanwhile is added as it joins.
  bool queued = shared->desk.plane().read([shared, id = decoded->first, kind = decoded->second](ledger::View& view) {
    auto order = [&]() -> Result<std::optional<ReliefOrder>> {
      Viewer viewer = TRY(Viewer::of(*shared, view, id));
      if (kind == ReliefKind::Autoblock && !viewer.is(kTarget)) {
        return fail(Code::Denied, "only the target of a pile can have its authors blocked");
      }
      ReliefOrder wanted{id, viewer.party().party, kind, {}};
      if (viewer.party().party == Viewer::kNoParty) {
        wanted.newcomer = {shared->who.person, shared->who.account_id, shared->who.handle, shared->who.locale};
      } else if (TRY(is_on(view, id, viewer.party().party, kind))) {
        return std::nullopt;
      }
      wanted.targets = TRY(targets_of(shared->desk, view, viewer, kind));
      return wanted;
    }();
    if (!order) {
      shared->reply.send_error(neutral(order.error()));
    } else if (!*order) {
      shared->reply.send(relief_answer(kind));
    } else {
      shared->desk.create<bool>(
          std::move(*shared),
          [order = **order](Call&, Context& context) mutable -> Result<bool> {
            if (order.newcomer && TRY(context.party_of(order.case_id, order.newcomer->person))) {
              return fail(Code::Conflict, "you have become a party of this case just now; ask again");
            }
            TRY(order_relief(context, order));
            return true;
          },
          [](Call&, Context&, const Made&) -> Result<bool> { return true; },
          [kind](Call&, bool) { return relief_answer(kind); }, Wakes::Yes);
    }
  });
  if (!queued) {
    shared->reply.send_error({Code::Unavailable, "too much waits to be read; try again shortly"});
  }
}

void delete_relief(Call call) {
  auto id = call.desk.path_id<CaseId>(call);
  auto kind = relief_kind(call.request.path_param("kind"));
  if (!id || !kind) {
    call.reply.send_error(not_found().value());
    return;
  }
  Desk& desk = call.desk;
  desk.command<bool>(
      std::move(call),
      [id = *id, kind = *kind](Call& c, Context& context) -> Result<bool> {
        Viewer viewer = TRY(Viewer::of(c, context.tx(), id));
        TRY(end_relief(context, id, viewer.party().party, kind));
        return true;
      },
      [](Call&, bool) { return nothing(); }, Wakes::Yes);
}

// --- handing on -------------------------------------------------------------------------------------------

void post_escalation(Call call) {
  struct Escalation {
    CaseId case_id;
    std::string queue, reason;
  };
  auto decoded = [&]() -> Result<Escalation> {
    Escalation out;
    out.case_id = TRY(call.desk.path_id<CaseId>(call));
    FieldReader in(TRY(body_json(call.request)), "");
    out.queue = in.optional_choice("queue", {"default", "lead", "sealed", "legal"}, "lead");
    out.reason = checked_text(in, "reason", in.required_string("reason", 1, 20'000));
    TRY(in.done());
    return out;
  }();
  if (!decoded) {
    call.reply.send_error(decoded.error());
    return;
  }
  Desk& desk = call.desk;
  std::string queue = decoded->queue;
  desk.create<bool>(
      std::move(call),
      [e = *std::move(decoded)](Call& c, Context& context) -> Result<bool> {
        TRY(escalate(context, e.case_id, StaffId{c.who.id}, e.queue, e.reason));
        return true;
      },
      [](Call&, Context&, const Made&) -> Result<bool> { return true; },
      [queue](Call&, bool) {
        JsonWriter out;
        out.begin_object().field("queue", queue).end_object();
        return json_answer(200, out.take());
      });
}

}  // namespace

Resource case_work_routes() {
  using namespace schema;
  const Text kind = words({"hide", "autoblock_pile"});
  return {{
      {http::Method::Post,
       "/v1/cases/{id}/messages",
       parties() | delegates(access::Delegated::Talk) | readers_of_cases(),
       "cases",
       "Say something in a case. A party speaks with those who look after it, under her own key; staff speaks to the "
       "party in `to`, or without it leaves a note among staff.",
       post_message,
       nullptr,
       {},
       takes_json(object({{"text", string(20'000, 1)}, {"to?", integer(0, 1'000'000)}}),
                  R"({"text":"He has written again today."})"),
       gives_json(object({{"at", time()}}), 201),
       /*idempotent_key=*/true},
      {http::Method::Post,
       "/v1/cases/{id}/relief",
       parties() | delegates(access::Delegated::Report),
       "cases",
       "Protection before any decision: hide the posts from me, block the pile's authors.",
       post_relief,
       nullptr,
       {},
       takes_json(object({{"kind", kind}}), R"({"kind":"hide"})"),
       gives_json(object({{"kind", kind}, {"state", constant("applied")}})),
       /*idempotent_key=*/true},
      {http::Method::Delete,
       "/v1/cases/{id}/relief/{kind}",
       parties(),
       "cases",
       "Undo it, exactly.",
       delete_relief,
       nullptr,
       {},
       {},
       gives_nothing()},
      {http::Method::Post,
       "/v1/cases/{id}/escalation",
       reviewers() | staff(access::Role::Legal),
       "cases",
       "Hand the case to another queue.",
       post_escalation,
       nullptr,
       {},
       takes_json(object({{"queue?", words({"default", "lead", "sealed", "legal"})}, {"reason", string(20'000, 1)}}),
                  R"({"queue":"lead","reason":"He names her street."})"),
       gives_json(object({{"queue", string()}})),
       /*idempotent_key=*/true},
  }};
}

}  // namespace heed::api
