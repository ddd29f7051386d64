#include <algorithm>

#include "api/resources.h"
#include "api/viewer.h"
#include "casework/sealed.h"

/// Reporters are numbers to those who review. To learn who one is takes a reason, is logged before it is shown, and is
/// listed for leads; who looked at what, and why, is one search.
namespace heed::api {
namespace {

using namespace casework;

constexpr std::string_view kUnmask = "unmask";
constexpr std::size_t kReasonMax = 500, kCasesOfPersonMax = 200, kExportMax = 20'000;

// --- unmasking --------------------------------------------------------------------------------------------

struct Unmasking {
  CaseId case_id;
  int party = 0;
  std::string reason;
};

Result<Unmasking> read_unmasking(const Call& call) {
  Unmasking out;
  out.case_id = TRY(call.desk.path_id<CaseId>(call));
  FieldReader in(TRY(body_json(call.request)), "");
  out.party = static_cast<int>(in.optional_int("party", 1, 1'000'000, 0));
  if (out.party == 0) {
    in.error("party", "is required: the number of somebody in this case");
  }
  out.reason = checked_text(in, "reason", in.required_string("reason", 10, kReasonMax));
  TRY(in.done());
  return out;
}

/// Does the case touch a sealed clause: by its queue, or by what was found in an item?
Result<bool> is_sealed(ledger::View& view, const policy::Policy& policy, const CaseRow& row) {
  if (row.route == "sealed") {
    return true;
  }
  std::set<std::string> categories;
  for (const policy::Clause& clause : policy.clauses) {
    if (clause.sealed) {
      categories.insert(clause.categories.begin(), clause.categories.end());
    }
  }
  bool found = false;
  auto prefix = ledger::cells(row.id);
  TRY(ledger::scan<ItemRow>(view, {.index = ItemRow::kByCase, .prefix = prefix}, [&](const ItemRow& item) {
    found = categories.contains(item.category);
    return !found;
  }));
  return found;
}

Result<std::string> identity_json(Call& call, ledger::View& view, const Unmasking& wanted) {
  const Viewer viewer = TRY(Viewer::of(call, view, wanted.case_id));
  if (!call.who.is(access::Role::Lead) && TRY(is_sealed(view, *call.desk.policy(), viewer.row()))) {
    return fail(Code::Denied, "this case touches a sealed clause: only a lead may unmask in it");
  }
  auto party = TRY(ledger::get<PartyRow>(view, wanted.case_id, wanted.party));
  if (!party || party->party == 0) {
    return invalid("/party", "is nobody in this case");
  }
  Sealed sealed(view, call.desk.keys());
  auto identity = TRY(sealed.identity(*party));
  if (!identity && (call.who.is(access::Role::Lead) || call.who.is(access::Role::Legal))) {
    identity = TRY(sealed.identity_kept(*party));
  }
  if (!identity) {
    return fail(Code::Conflict, "this person was erased; nobody can be shown any more");
  }
  JsonWriter out;
  out.begin_object().field("party", wanted.party).field_unless_empty("account_id", identity->account);
  out.field_unless_empty("handle", identity->handle).field_unless_empty("name", identity->name);
  out.field_unless_empty("mail", identity->mail).end_object();
  return out.take();
}

void post_unmasking(Call call) {
  auto wanted = read_unmasking(call);
  if (!wanted) {
    call.reply.send_error(wanted.error());
    return;
  }
  auto shared = std::make_shared<Call>(std::move(call));
  const bool queued = shared->desk.plane().read([shared, wanted = *std::move(wanted)](ledger::View& view) {
    auto shown = identity_json(*shared, view, wanted);
    if (!shown) {
      shared->reply.send_error(neutral(std::move(shown).error()));
      return;
    }
    // Logged first, shown then.
    Look look{0,
              shared->desk.now(),
              StaffId{shared->who.id},
              wanted.case_id,
              std::string(kUnmask),
              std::to_string(wanted.party),
              wanted.reason};
    shared->desk.parts().staff_reads.log(std::move(look), [shared, shown = *std::move(shown)](Result<void> logged) {
      if (logged) {
        shared->reply.send(json_answer(200, shown));
      } else {
        shared->reply.send_error(std::move(logged).error());
      }
    });
  });
  if (!queued) {
    shared->reply.send_error({Code::Unavailable, "too much waits to be read; try again shortly"});
  }
}

// --- who looked -------------------------------------------------------------------------------------------

struct Question {
  CaseId case_id{};
  StaffId staff{};
  std::string account, what;
  Time since{};
  std::uint64_t before = 0;
  std::size_t limit = 50;
};

Result<Question> read_question(const Call& call) {
  Question out;
  FieldReader in(TRY(body_json(call.request)), "");
  auto id = [&](std::string_view name, auto& into) {
    if (const std::string_view text = in.optional_string(name, 64); !text.empty()) {
      auto parsed = std::decay_t<decltype(into)>::parse(text);
      if (parsed) {
        into = *parsed;
      } else {
        in.error(name, "is not an id of this kind");
      }
    }
  };
  id("case_id", out.case_id);
  id("staff_id", out.staff);
  out.account = checked_id(in, "account_id", in.optional_string("account_id", post::kIdBytesMax));
  out.what = in.optional_choice("what", {"everything", "unmask"}, "everything");
  out.since = in.optional_time("since").value_or(Time{});
  out.limit = static_cast<std::size_t>(in.optional_int("limit", 1, 200, 50));
  out.before = static_cast<std::uint64_t>(in.optional_int("before", 1, INT64_MAX, 0));
  TRY(in.done());
  return out;
}

/// Newest first: along the case, the member, or every case in which the person is a party.
Result<std::vector<Look>> find_looks(Call& call, ledger::View& view, const Question& asked, std::size_t limit) {
  StaffReads& log = call.desk.parts().staff_reads;
  StaffReads::Ask ask{asked.case_id, asked.staff, asked.what == "unmask" ? kUnmask : std::string_view(),
                      asked.before,  asked.since, limit};
  std::vector<Look> found;
  if (asked.account.empty()) {
    found = TRY(log.looks(ask));
  } else {
    const access::PersonHash person = call.desk.hasher().account(asked.account);
    std::vector<CaseId> cases;
    auto prefix = ledger::cells(person);
    TRY(ledger::scan<PartyRow>(
        view, {.index = PartyRow::kByPerson, .prefix = prefix, .descending = true, .limit = kCasesOfPersonMax},
        [&](const PartyRow& row) { cases.push_back(row.case_id); }));
    for (CaseId id : cases) {
      if (asked.case_id && id != asked.case_id) {
        continue;
      }
      ask.case_id = id;
      std::vector<Look> more = TRY(log.looks(ask));
      found.insert(found.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }
    std::sort(found.begin(), found.end(), [](const Look& a, const Look& b) { return a.seq > b.seq; });
    found.resize(std::min(found.size(), limit));
  }
  std::vector<Look> out;
  for (Look& look : found) {
    if (!look.case_id || !TRY(call.desk.hidden(call, view, look.case_id))) {
      out.push_back(std::move(look));
    }
  }
  return out;
}

/// Text for a cell that no spreadsheet runs: quoted, and what begins like a formula begins with an apostrophe.
std::string cell(std::string_view text) {
  std::string out = "\"";
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) {
    out += '\'';
  }
  for (char c : text) {
    out += c == '"' ? "\"\"" : std::string(1, c);
  }
  return out + "\"";
}

/// RFC 4180. Every line says who took it away and when.
http::Response csv_answer(const Call& call, const std::vector<Look>& looks) {
  const std::string mark = StaffId{call.who.id}.text() + "," + format_time(call.desk.now());
  http::Response response;
  response.content_type = "text/csv; charset=utf-8";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = "at,staff_id,case_id,what,object,reason,exported_by,exported_at\r\n";
  for (const Look& look : looks) {
    response.body += format_time(look.at) + "," + look.staff.text() + "," +
                     (look.case_id ? look.case_id.text() : std::string()) + "," + cell(look.what) + "," +
                     cell(look.object) + "," + cell(look.reason) + "," + mark + "\r\n";
  }
  return response;
}

Result<http::Response> search(Call& call, ledger::View& view, const Question& asked) {
  const bool csv = call.request.header("accept").find("text/csv") != std::string_view::npos;
  const std::vector<Look> looks = TRY(find_looks(call, view, asked, csv ? kExportMax : asked.limit));
  call.desk.parts().staff_reads.note(StaffId{call.who.id}, asked.case_id,
                                     csv ? "exported the access log" : "searched the access log", call.desk.now());
  if (csv) {
    return csv_answer(call, looks);
  }
  std::map<StaffId, std::string> aliases;
  for (const access::Staff& staff : TRY(call.desk.parts().directory.all_staff())) {
    aliases[staff.id] = staff.alias;
  }
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const Look& look : looks) {
    out.begin_object().field("seq", static_cast<std::int64_t>(look.seq)).field("at", format_time(look.at));
    out.field("staff_id", look.staff.text()).field("alias", aliases[look.staff]).field("what", look.what);
    if (look.case_id) {
      out.field("case_id", look.case_id.text());
    }
    out.field_unless_empty("object", look.object).field_unless_empty("reason", look.reason).end_object();
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}

void post_search(Call call) {
  auto asked = read_question(call);
  if (!asked) {
    call.reply.send_error(asked.error());
    return;
  }
  Desk& desk = call.desk;
  desk.read(std::move(call),
            [asked = *std::move(asked)](Call& c, ledger::View& view) { return search(c, view, asked); });
}

}  // namespace

Resource look_routes() {
  using namespace schema;
  const Text who = object({{"party", integer(1)},
                           {"account_id?", string()},
                           {"handle?", string()},
                           {"name?", string()},
                           {"mail?", string()}});
  const Text look = object({{"seq", integer(1)},
                            {"at", time()},
                            {"staff_id", id("stf")},
                            {"alias", string()},
                            {"what", string()},
                            {"case_id?", id("cas")},
                            {"object?", string()},
                            {"reason?", string()}});
  Gives found = gives_json(object({{"items", array(ref("Look"))}}));
  found.csv = true;
  return {{
              {http::Method::Post,
               "/v1/cases/{id}/unmaskings",
               staff(access::Role::Reviewer) | staff(access::Role::Lead) | staff(access::Role::Legal),
               "cases",
               "Who a party is. Needs a reason; it is logged before the answer goes out and listed for leads. Where "
               "the case touches a sealed clause only a lead may.",
               post_unmasking,
               nullptr,
               {},
               takes_json(object({{"party", integer(1, 1'000'000)}, {"reason", string(kReasonMax, 10)}}),
                          R"({"party":1,"reason":"The threat names a street; the police ask for a call."})"),
               gives_json(who)},
              {http::Method::Post,
               "/v1/access-log/searches",
               staff(access::Role::Lead) | staff(access::Role::Admin),
               "members",
               "Who of the staff looked, at what and why: of a case, by a member, or at any case of a person (of the "
               "newest 200), newest first. As text/csv at most 20,000 lines, each with who took it away and when. "
               "Every search stands in the log itself.",
               post_search,
               nullptr,
               {},
               takes_json(object({{"case_id?", id("cas")},
                                  {"staff_id?", id("stf")},
                                  {"account_id?", string(post::kIdBytesMax)},
                                  {"what?", words({"everything", "unmask"})},
                                  {"since?", time()},
                                  {"before?", integer(1)},
                                  {"limit?", integer(1, 200)}}),
                          R"({"what":"unmask","since":"2026-11-21T00:00:00.000Z"})"),
               std::move(found)},
          },
          {{"Look", look}}};
}

}  // namespace heed::api
