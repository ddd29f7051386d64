#include "api/identity.h"
#include "api/own_case.h"
#include "api/own_order.h"
#include "api/resources.h"
#include "casework/delegations.h"
#include "casework/language.h"
#include "casework/pieces.h"
#include "casework/telling_order.h"

/// GET /v1/me/data: what cases, delegations and the profile hold about the caller, in one document. It goes through the
/// same gate as every page (Viewer, write_event), so nothing of anybody else is in it: an author finds no trace of who
/// reported, how many, or when.
namespace heed::api {
namespace {

using namespace casework;

constexpr std::size_t kCasesMax = 2000, kItemsMax = 1000;
constexpr double kCost = 25;  // everything that somebody has here: twenty times at once, then twice a second

Result<void> write_timeline(JsonWriter& out, const Desk& desk, ledger::View& view, const Viewer& viewer) {
  out.key("timeline").begin_array();
  Bodies bodies(view, desk.keys());
  Result<void> inner;
  TRY(view.case_events(viewer.row().id, 0, [&](const ledger::StoredEvent& event) {
    auto written = write_event(out, desk, viewer, view, bodies, event);
    if (!written) {
      inner = tl::unexpected(written.error());
    }
    return inner.has_value();
  }));
  TRY(std::move(inner));
  out.end_array();
  return {};
}

Result<void> write_items(JsonWriter& out, const Desk& desk, ledger::View& view, const Viewer& viewer) {
  Sealed sealed(view, desk.keys());
  std::vector<ItemRow> items;
  auto prefix = ledger::cells(viewer.row().id);
  TRY(ledger::scan<ItemRow>(view, {.index = ItemRow::kByCase, .prefix = prefix, .limit = kItemsMax},
                            [&](const ItemRow& item) { items.push_back(item); }));
  in_own_order(viewer.party(), items);
  out.key("items").begin_array();
  for (const ItemRow& item : items) {
    if (!TRY(viewer.sees(view, item))) {
      continue;
    }
    const bool wrote = item.author != 0 && item.author == viewer.party().party;
    out.begin_object().field("item_id", desk.id_out(viewer.who(), item.id)).field("kind", name_of(item.kind));
    if (auto evidence = TRY(sealed.evidence(item))) {
      out.field("id", evidence->id);
      if (wrote) {
        out.field("text", evidence->text);
      }
    }
    out.field("written_by_you", wrote);
    auto decision = item.decision ? TRY(ledger::get<DecisionRow>(view, item.decision)) : std::optional<DecisionRow>{};
    if (decision && viewer.told(*decision, item)) {
      out.key("decision").begin_object().field("outcome", name_of(decision->outcome));
      out.field("at", format_time(decision->at)).field_unless_empty("clause", decision->clause);
      out.field_unless_empty("clause_version", decision->clause_version)
          .field("reversed", decision->reversed_seq != 0)
          .end_object();
    }
    out.end_object();
  }
  out.end_array();
  return {};
}

Result<void> write_notices(JsonWriter& out, Desk& desk, ledger::View& view, const Viewer& viewer) {
  std::vector<NoticeRow> notices;
  auto prefix = ledger::cells(viewer.row().id);
  TRY(ledger::scan<NoticeRow>(view, {.index = NoticeRow::kByCase, .prefix = prefix}, [&](const NoticeRow& notice) {
    if (notice.party == viewer.party().party) {
      notices.push_back(notice);
    }
  }));
  out.key("notices").begin_array();
  for (NoticeRow& notice : notices) {
    if (!TRY(is_readable(view, notice, desk.now()))) {
      continue;
    }
    notice.channel = Channel::Page;
    if (auto parcel = render(view, desk.parts().render, notice)) {
      out.begin_object()
          .field("kind", name_of(notice.kind))
          .field("at", format_time(notice.at))
          .field("subject", parcel->subject);
      out.field("text", parcel->text).end_object();
    }
  }
  out.end_array();
  return {};
}

Result<void> write_pieces(JsonWriter& out, const Desk& desk, ledger::View& view, const Viewer& viewer) {
  Bodies bodies(view, desk.keys());
  out.key("evidence").begin_array();
  for (const PieceRow& row : TRY(pieces_of(view, viewer.row().id, viewer.party().party))) {
    out.begin_object().field("piece_id", desk.id_out(viewer.who(), PieceId{row.id})).field("at", format_time(row.at));
    out.field("form", name_of(row.form)).field_unless_empty("type", row.type).field("size", row.size);
    if (auto said = bodies.get(row.case_id, row.seq, "n")) {
      out.field("said", *said);
    }
    out.end_object();
  }
  out.end_array();
  return {};
}

Result<void> write_case(JsonWriter& out, Desk& desk, ledger::View& view, const Viewer& viewer) {
  out.begin_object().key("case");
  TRY(write_own_case(out, desk, view, viewer));
  if (viewer.party().party != Viewer::kNoParty) {
    Sealed sealed(view, desk.keys());
    if (auto identity = TRY(sealed.identity(viewer.party()))) {
      out.key("identity")
          .begin_object()
          .field_unless_empty("account_id", identity->account)
          .field_unless_empty("handle", identity->handle);
      out.field_unless_empty("name", identity->name).field_unless_empty("email", identity->mail).end_object();
    }
    TRY(write_pieces(out, desk, view, viewer));
    TRY(write_notices(out, desk, view, viewer));
  }
  TRY(write_timeline(out, desk, view, viewer));
  TRY(write_items(out, desk, view, viewer));
  out.end_object();
  return {};
}

/// Cases in which the caller is a party, or which others opened about the caller; newest first.
Result<std::vector<CaseId>> cases_of(ledger::View& view, const access::PersonHash& person) {
  std::vector<CaseId> ids;
  auto prefix = ledger::cells(person);
  TRY(ledger::scan<PartyRow>(view,
                             {.index = PartyRow::kByPerson, .prefix = prefix, .descending = true, .limit = kCasesMax},
                             [&](const PartyRow& row) { ids.push_back(row.case_id); }));
  TRY(ledger::scan<CaseRow>(view,
                            {.index = CaseRow::kByTarget, .prefix = prefix, .descending = true, .limit = kCasesMax},
                            [&](const CaseRow& row) { ids.push_back(row.id); }));
  std::sort(ids.begin(), ids.end(), std::greater<>());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

Result<void> write_delegations(JsonWriter& out, const Desk& desk, ledger::View& view,
                               const access::PersonHash& person) {
  out.key("delegations").begin_array();
  for (bool given : {true, false}) {
    for (const DelegationRow& row : TRY(given ? delegations_by(view, person) : delegations_to(view, person))) {
      auto people = TRY(people_of(view, desk.keys(), row));
      const auto& other = given ? people.delegate : people.principal;
      out.begin_object().field("role", given ? "principal" : "delegate").field("as", name_of(row.as));
      if (other) {
        out.field_unless_empty("account_id", other->account)
            .field_unless_empty("email", other->mail)
            .field_unless_empty("name", other->name);
      }
      out.field("since", format_time(row.at))
          .field("until", format_time(row.until))
          .field("in_force", in_force(row, desk.now()))
          .end_object();
    }
  }
  out.end_array();
  return {};
}

/// A link opens one case. Whoever has shown besides that the mailbox is theirs sees all that it is known in.
access::Principal in_case(access::Principal who, CaseId case_id) {
  if (who.caller == access::Caller::Guest) {
    who.guest_case = case_id;
  }
  return who;
}

Result<http::Response> read_my_data(Call& call, ledger::View& view) {
  Desk& desk = call.desk;
  JsonWriter out;
  out.begin_object().field_unless_empty("account_id", call.who.account_id).field("at", format_time(desk.now()));
  out.key("profile");
  casework::Accounts* accounts = desk.parts().render.accounts;
  const std::string profile = accounts == nullptr || call.who.account_id.empty()
                                  ? std::string()
                                  : TRY(accounts->profile_of(call.who.account_id));
  if (profile.empty()) {
    out.null();
  } else {
    out.raw(profile);
  }
  TRY(write_delegations(out, desk, view, call.who.person));
  out.key("cases").begin_array();
  for (CaseId id : TRY(cases_of(view, call.who.person))) {
    auto viewer = Viewer::of(in_case(call.who, id), desk.now(), view, id);
    if (viewer) {
      TRY(write_case(out, desk, view, *viewer));
    } else if (viewer.error().code != Code::NotFound) {
      return tl::unexpected(viewer.error());
    }
  }
  out.end_array().end_object();
  http::Response response = json_answer(200, out.take());
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"my-data.json\"");
  return response;
}

void get_my_data(Call call) {
  with_identity(std::move(call), [](Call known) {
    Desk& desk = known.desk;
    desk.read(std::move(known), read_my_data);
  });
}

// --- erasure ----------------------------------------------------------------------------------------------

/// The cases that the person can see before: of others nothing is said, not even how many there are.
struct Seen {
  std::map<CaseId, std::string> numbers;
  std::string locale;  ///< of the answer: as asked for, else as the person last spoke with us, else the token's
};

Result<Seen> seen_cases(const Call& call, ledger::View& view) {
  Seen seen;
  seen.locale = call.request.query_value("locale").value_or("");
  if (seen.locale.empty()) {
    seen.locale = TRY(language_of(view, call.who.person));
  }
  if (seen.locale.empty()) {
    seen.locale = call.who.locale;
  }
  for (CaseId id : TRY(cases_of(view, call.who.person))) {
    auto viewer = Viewer::of(in_case(call.who, id), call.desk.now(), view, id);
    if (viewer) {
      const auto& number = viewer->party().number;
      seen.numbers[id] = number ? format_case_number(static_cast<std::uint64_t>(*number)) : "";
    } else if (viewer.error().code != Code::NotFound) {
      return tl::unexpected(viewer.error());
    }
  }
  return seen;
}

http::Response erasure_answer(const Call& call, const Seen& seen, const AskedErasure& done) {
  const Desk& desk = call.desk;
  const auto policy = desk.policy();
  const std::string& locale = seen.locale;
  int erased = 0;
  for (CaseId id : done.erased) {
    erased += seen.numbers.contains(id) ? 1 : 0;
  }
  JsonWriter out;
  out.begin_object().field("at", format_time(desk.now()));
  out.key("erased").begin_object().field("cases", erased).end_object().key("stays").begin_array();
  auto stays = [&](std::string_view what, std::string_view why, Time until) {
    out.begin_object()
        .field("what", what)
        .field("why", why)
        .field("text", policy->word("kept." + std::string(why), locale));
    if (until != Time{}) {
      out.field("until", format_time(until));
    }
  };
  for (const KeptParty& kept : done.kept) {
    auto number = seen.numbers.find(kept.case_id);
    if (number == seen.numbers.end()) {
      continue;
    }
    stays("case", kept.why == Kept::Open ? "open" : kept.why == Kept::Judged ? "judged" : "must", kept.until);
    out.field("case_id", desk.id_out(call.who, kept.case_id)).field_unless_empty("number", number->second).end_object();
  }
  if (call.who.caller == access::Caller::User) {
    const Millis keep = desk.options().posts_keep;
    stays("recent_posts", "recent", keep == Millis(0) ? Time{} : desk.now() + keep);
    out.end_object();
    stays("profile", "profile", {});
    out.end_object();
  }
  out.end_array().field("rule", policy->word("kept.rule", locale)).end_object();
  return json_answer(200, out.take());
}

void delete_my_data(Call call) {
  with_identity(std::move(call), [](Call known) {
    Desk& desk = known.desk;
    auto shared = std::make_shared<Call>(std::move(known));
    const bool queued = desk.plane().read([shared](ledger::View& view) {
      auto seen = seen_cases(*shared, view);
      if (!seen) {
        shared->reply.send_error(neutral(seen.error()));
        return;
      }
      shared->desk.plane().erase_asked(shared->who.person, [shared, seen = *seen](Result<AskedErasure> done) {
        if (!done) {
          shared->reply.send_error(done.error());
          return;
        }
        if (auto grants = shared->desk.grants()) {
          (*grants)->forget(shared->who.person);
        }
        shared->reply.send(erasure_answer(*shared, seen, *done));
      });
    });
    if (!queued) {
      shared->reply.send_error({Code::Unavailable, "too much waits to be read; try again shortly"});
    }
  });
}

}  // namespace

Resource my_data_routes() {
  using namespace schema;
  const Text own = object({{"case", ref("OwnCase")},
                           {"identity?", open_object({})},
                           {"evidence?", array(open_object({}))},
                           {"notices?", array(open_object({}))},
                           {"timeline", array(ref("TimelineEvent"))},
                           {"items", array(open_object({}))}});
  const Text stays = object({{"what", words({"case", "recent_posts", "profile"})},
                             {"why", words({"open", "judged", "must", "recent", "profile"})},
                             {"text", string()},
                             {"until?", time()},
                             {"case_id?", id("cas")},
                             {"number?", string()}});
  return {
      {{http::Method::Get,
        "/v1/me/data",
        parties(),
        "me",
        "What cases, delegations and the profile hold about the caller, with nothing about anybody else in it. Not "
        "for delegates. With a token issued in the last 15 minutes, or a code by mail in the header Heed-Code.",
        get_my_data,
        nullptr,
        {},
        {},
        gives_json(object({{"account_id?", string()},
                           {"at", time()},
                           {"profile", R"({"type":["object","null"]})"},
                           {"delegations", array(open_object({}))},
                           {"cases", array(own)}})),
        /*idempotent_key=*/false,
        64 * 1024,
        /*unlimited=*/false,
        /*identity=*/true,
        kCost},
       {http::Method::Delete,
        "/v1/me/data",
        parties(),
        "me",
        "Erase what is held about the caller: what may go goes now, the rest as soon as it may, without being asked "
        "again. The answer says what stays, until when and why. Not for delegates; identity is shown as above.",
        delete_my_data,
        nullptr,
        {{"locale", string(35), "Of the words; else the language in which the person last had to do with us."}},
        {},
        gives_json(object(
            {{"at", time()}, {"erased", object({{"cases", integer()}})}, {"stays", array(stays)}, {"rule", string()}})),
        /*idempotent_key=*/false,
        64 * 1024,
        /*unlimited=*/false,
        /*identity=*/true,
        kCost}}};
}

}  // namespace heed::api
