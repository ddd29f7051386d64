#include "api/errands.h"
#include "api/resources.h"
#include "base/bytes.h"
#include "casework/queue.h"

/// What builds conflict walls: a member's own accounts on the platform, ties that they declare without a reason, and
/// for leads that a wall stands.
namespace heed::api {
namespace {

using namespace casework;

constexpr std::size_t kTiesMax = 500;
constexpr std::string_view kPrefix = "tie_";

std::string_view kind_word(access::TieKind kind) { return kind == access::TieKind::Own ? "own" : "declared"; }

std::string tie_id(const access::Tie& tie) {
  return std::string(kPrefix) +
         to_base64url(std::string(reinterpret_cast<const char*>(tie.person.data()), tie.person.size()) +
                      static_cast<char>(tie.kind));
}

SecretKey sealing(const Desk& desk, StaffId staff) {
  return *SecretKey::from_view(
      heed::view(hmac_sha256(heed::view(const_cast<Desk&>(desk).parts().token_key), "heed ties of " + staff.text())));
}

void write_tie(JsonWriter& out, const Desk& desk, const access::Tie& tie) {
  out.begin_object().field("tie_id", tie_id(tie)).field("kind", kind_word(tie.kind));
  out.field("account_id", unseal(sealing(desk, tie.staff), tie.sealed, "tie").value_or(""));
  out.field("at", format_time(tie.at)).end_object();
}

Result<http::Response> read_ties(Call& call, ledger::View&) {
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const access::Tie& tie : TRY(call.desk.parts().directory.ties_of(StaffId{call.who.id}))) {
    write_tie(out, call.desk, tie);
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}
void get_ties(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_ties);
}

/// What the caller holds of cases that have just gone behind a wall goes back to the queue, for somebody else.
void let_go(Call call, std::string answer) {
  auto wall = call.desk.wall_of(call.who);
  if (!wall) {
    call.reply.send_error(wall.error());
    return;
  }
  Desk& desk = call.desk;
  desk.command<bool>(
      std::move(call),
      [wall = *std::move(wall)](Call& c, Context& context) -> Result<bool> {
        std::vector<ClaimRow> held;
        const StaffId staff{c.who.id};
        auto prefix = ledger::cells(staff);
        TRY(ledger::scan<ClaimRow>(context.tx(), {.index = ClaimRow::kByActive, .prefix = prefix},
                                   [&](const ClaimRow& row) { held.push_back(row); }));
        for (const ClaimRow& claim : held) {
          if (wall != nullptr && TRY(stands_before(context.tx(), *wall, claim.case_id))) {
            TRY(release(context, claim.id, staff));
          }
        }
        return true;
      },
      [answer = std::move(answer)](Call&, bool) { return json_answer(201, answer); });
}

void post_tie(Call call) {
  auto tie = [&]() -> Result<access::Tie> {
    FieldReader in(TRY(body_json(call.request)), "");
    access::Tie out;
    out.staff = StaffId{call.who.id};
    out.kind = in.optional_choice("kind", {"own", "declared"}, "declared") == "own" ? access::TieKind::Own
                                                                                    : access::TieKind::Declared;
    const std::string_view account =
        checked_id(in, "account_id", in.required_string("account_id", 1, post::kIdBytesMax));
    out.person = call.desk.hasher().account(account);
    out.sealed = seal(sealing(call.desk, out.staff), account, "tie");
    out.at = call.desk.now();
    TRY(in.done());
    return out;
  }();
  if (!tie) {
    call.reply.send_error(tie.error());
    return;
  }
  auto shared = std::make_shared<Call>(std::move(call));
  const bool queued = shared->desk.errand([shared, tie = *std::move(tie)] {
    auto stored = [&]() -> Result<void> {
      if (TRY(shared->desk.parts().directory.ties_of(tie.staff)).size() >= kTiesMax) {
        return fail(Code::Conflict, "there are 500 already; take some out first");
      }
      return shared->desk.parts().directory.put_tie(tie);
    }();
    if (!stored) {
      shared->reply.send_error(stored.error());
      return;
    }
    JsonWriter out;
    write_tie(out, shared->desk, tie);
    let_go(std::move(*shared), out.take());
  });
  if (!queued) {
    shared->reply.send_error({Code::TooMany, "too much of this waits; try again shortly"});
  }
}

void delete_tie(Call call) {
  on_errand(std::move(call), [](Call& c) -> Result<http::Response> {
    const std::string_view wanted = c.request.path_param("id");
    for (const access::Tie& tie : TRY(c.desk.parts().directory.ties_of(StaffId{c.who.id}))) {
      if (tie_id(tie) == wanted) {
        TRY(c.desk.parts().directory.end_tie(tie));
        // Whoever tears a wall down to look behind it is seen: the time stands beside what they read next.
        c.desk.parts().staff_reads.note(tie.staff, CaseId{}, "took a tie out", c.desk.now());
        return nothing();
      }
    }
    return not_found();
  });
}

// --- for leads --------------------------------------------------------------------------------------------

void get_walls(Call call) {
  auto id = call.desk.path_id<CaseId>(call);
  if (!id) {
    call.reply.send_error(id.error());
    return;
  }
  Desk& desk = call.desk;
  desk.read(std::move(call), [id = *id](Call& c, ledger::View& view) -> Result<http::Response> {
    auto row = TRY(ledger::get<CaseRow>(view, id));
    if (!row || row->kind == CaseKind::Record) {
      return not_found();
    }
    c.desk.note_read(c.who, id, "walls");
    JsonWriter out;
    out.begin_object().key("items").begin_array();
    for (const access::Staff& staff : TRY(c.desk.parts().directory.all_staff())) {
      const WallPtr wall = staff.disabled ? nullptr : TRY(c.desk.wall_of(staff.id));
      if (wall != nullptr && TRY(stands_before(view, *wall, *row))) {
        out.begin_object().field("id", staff.id.text()).field("alias", staff.alias).end_object();
      }
    }
    out.end_array().end_object();
    return json_answer(200, out.take());
  });
}

}  // namespace

Resource tie_routes() {
  using namespace schema;
  const Text tie =
      object({{"tie_id", string()}, {"kind", words({"own", "declared"})}, {"account_id", string()}, {"at", time()}});
  return {{
              {http::Method::Get,
               "/v1/ties",
               any_staff(),
               "members",
               "The caller's own accounts on the platform and the ties they declared. Nobody else sees them.",
               get_ties,
               nullptr,
               {},
               {},
               gives_json(object({{"items", array(ref("Tie"))}}))},
              {http::Method::Post,
               "/v1/ties",
               any_staff(),
               "members",
               "Name an own account, or somebody on whom one will not judge; no reason is asked. Cases of theirs, and "
               "for an own account of whom it follows, blocks or knows, who blocks or knows it and who reported it, do "
               "not exist for the caller from then on; what was claimed of them goes back.",
               post_tie,
               nullptr,
               {},
               takes_json(object({{"kind?", words({"own", "declared"})}, {"account_id", string(post::kIdBytesMax, 1)}}),
                          R"({"kind":"own","account_id":"a17"})"),
               gives_json(ref("Tie"), 201)},
              {http::Method::Delete,
               "/v1/ties/{id}",
               any_staff(),
               "members",
               "Take one out. That is logged.",
               delete_tie,
               nullptr,
               {},
               {},
               gives_nothing()},
              {http::Method::Get,
               "/v1/cases/{id}/walls",
               staff(access::Role::Lead),
               "members",
               "Before whom of the staff this case is walled off; not why.",
               get_walls,
               nullptr,
               {},
               {},
               gives_json(object({{"items", array(object({{"id", id("stf")}, {"alias", string()}}))}}))},
          },
          {{"Tie", tie}}};
}

}  // namespace heed::api
