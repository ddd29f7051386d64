#include <algorithm>

#include "api/live.h"
#include "api/passed_places.h"
#include "api/queue_access.h"
#include "api/resources.h"
#include "casework/piles.h"
#include "casework/queue.h"

namespace heed::api {
namespace {

using namespace casework;

/// Walled places that one request passes by: a fifth of a second of a reader.
constexpr std::size_t kPassedAtOnceMax = 20'000;
constexpr std::string_view kQueues[] = {"default", "lead", "sealed", "legal", casework::kOverBudget};

/// An unknown queue and one that is not the caller's answer alike.
Result<std::string> queue_of(const Call& call) {
  std::string_view name = call.request.path_param("name");
  return may_work_in(call.who, name) ? Result<std::string>(std::string(name)) : not_found();
}

std::string claim_json(const Claim& claim) {
  JsonWriter out;
  out.begin_object()
      .field("claim_id", claim.id.text())
      .field("case_id", claim.case_id.text())
      .key("items")
      .begin_array();
  for (ItemId item : claim.items) {
    out.value(item.text());
  }
  out.end_array().field("single", claim.single).field("expires_at", format_time(claim.expires_at)).end_object();
  return out.take();
}

struct ClaimBody {
  int items_max = 200;
  std::optional<CaseId> case_id;
  Spared spared;
};

Result<ClaimBody> read_claim(const Call& call) {
  ClaimBody out;
  if (call.request.body.empty()) {
    return out;
  }
  FieldReader in(TRY(body_json(call.request)), "");
  out.items_max = static_cast<int>(in.optional_int("items_max", 1, 200, 200));
  if (std::string_view text = in.optional_string("case_id", 64); !text.empty()) {
    auto id = CaseId::parse(text);
    if (id) {
      out.case_id = *id;
    } else {
      in.error("case_id", "is not an id of a case");
    }
  }
  for (std::string_view category : in.optional_strings("avoid", 50, 100)) {
    out.spared.categories.emplace_back(category);
  }
  out.spared.severity_max = static_cast<int>(in.optional_int("severity_max", 1, 100, 100));
  TRY(in.done());
  return out;
}

void claim(Call call, const std::string& queue, const ClaimBody& body, Passed passed) {
  Desk& desk = call.desk;
  desk.create<std::optional<Claim>>(
      std::move(call),
      [queue, body, passed = std::move(passed)](Call& c, Context& context) -> Result<std::optional<Claim>> {
        const StaffId staff{c.who.id};
        if (body.case_id) {
          CaseRow* row = TRY(context.case_row(*body.case_id));
          if (row->route != queue || TRY(c.desk.hidden(c, context.tx(), *body.case_id))) {
            return not_found();
          }
          return TRY(claim_case(context, *body.case_id, staff, body.items_max));
        }
        return claim_next(context, {queue, staff, body.items_max, body.spared, c.wall.get(), passed});
      },
      [](Call&, Context& context, const Made& made) -> Result<std::optional<Claim>> {
        Claimed e = TRY(made.as<Claimed>());
        return std::optional(Claim{e.claim, made.case_id, std::move(e.items), e.single, made.at + context.env().lease});
      },
      [](Call& c, const std::optional<Claim>& claim) {
        if (!claim) {
          return nothing();
        }
        c.desk.note_read(c.who, claim->case_id, "claim");
        return json_answer(201, claim_json(*claim));
      });
}

/// What is behind the caller's wall is passed by on a reader: however much it is, the writer does not wait for it.
void claim_behind(Call call, std::string queue, ClaimBody body) {
  Desk& desk = call.desk;
  auto shared = std::make_shared<Call>(std::move(call));
  const bool queued = desk.plane().read([shared, queue = std::move(queue), body = std::move(body)](ledger::View& view) {
    const StaffId staff{shared->who.id};
    PassedPlaces& places = shared->desk.passed_places();
    Passed passed = places.take(staff, queue);
    auto there = pass_walled(view, queue, *shared->wall, kPassedAtOnceMax, passed);
    if (!there) {
      shared->reply.send_error(neutral(std::move(there).error()));
      return;
    }
    if (!*there) {
      places.keep(staff, queue, passed);
    }
    claim(std::move(*shared), queue, body, std::move(passed));
  });
  if (!queued) {
    shared->reply.send_error({Code::Unavailable, "too much waits to be read; try again shortly"});
  }
}

void post_claim(Call call) {
  auto queue = queue_of(call);
  auto body = read_claim(call);
  if (!queue || !body) {
    call.reply.send_error(queue ? body.error() : queue.error());
  } else if (body->case_id || call.wall == nullptr || call.wall->empty()) {
    claim(std::move(call), *queue, *body, {});
  } else {
    claim_behind(std::move(call), *std::move(queue), *std::move(body));
  }
}

void put_claim(Call call) {
  auto id = call.desk.path_id<ClaimId>(call);
  if (!id) {
    call.reply.send_error(id.error());
    return;
  }
  Desk& desk = call.desk;
  desk.command<Time>(
      std::move(call), [id = *id](Call& c, Context& context) { return heartbeat(context, id, StaffId{c.who.id}); },
      [id = *id](Call&, Time expires_at) {
        JsonWriter out;
        out.begin_object().field("claim_id", id.text()).field("expires_at", format_time(expires_at)).end_object();
        return json_answer(200, out.take());
      });
}

void delete_claim(Call call) {
  auto id = call.desk.path_id<ClaimId>(call);
  if (!id) {
    call.reply.send_error(id.error());
    return;
  }
  Desk& desk = call.desk;
  desk.command<bool>(
      std::move(call),
      [id = *id](Call& c, Context& context) -> Result<bool> {
        TRY(release(context, id, StaffId{c.who.id}));
        return true;
      },
      [](Call&, bool) { return nothing(); });
}

Result<std::string> head_json(ledger::View& view, const std::string& queue, int limit, const Wall* wall) {
  JsonWriter out;
  out.begin_object().field("queue", queue).key("items").begin_array();
  for (const QueueEntry& entry : TRY(queue_head(view, queue, limit, wall))) {
    out.begin_object().field("case_id", entry.case_id.text());
    if (entry.item) {
      out.field("item_id", entry.item.text());
    }
    out.field("lane", name_of(entry.lane)).field("severity", entry.severity);
    write_time(out, "deadline", entry.deadline);
    out.field("free_items", entry.free_items);
    if (auto row = TRY(ledger::get<CaseRow>(view, entry.case_id))) {
      out.field("kind", name_of(row->kind));
      write_time(out, "opened_at", row->opened_at);
      out.field("items_open", row->items_open).field("looked_at", row->looked);
    }
    out.end_object();
  }
  out.end_array().end_object();
  return out.take();
}

/// A page shows how much waits, not that it is 412,377: counting stops here.
constexpr std::size_t kCountedMax = 1000;

Result<void> write_lane(JsonWriter& out, ledger::View& view, const std::string& queue, policy::Lane lane,
                        const Wall* wall) {
  std::size_t cases = 0;
  Time deadline = Time::max();
  auto prefix = ledger::cells(queue, lane);
  Result<void> asked;
  TRY(ledger::scan<CaseRow>(view, {.index = CaseRow::kByQueue, .prefix = prefix}, [&](const CaseRow& row) {
    Result<bool> walled = wall == nullptr ? Result<bool>(false) : stands_before(view, *wall, row);
    if (!walled) {
      asked = tl::unexpected(walled.error());
      return false;
    }
    if (!*walled) {
      ++cases;
      deadline = std::min(deadline, row.deadline);
    }
    return cases <= kCountedMax;
  }));
  TRY(std::move(asked));
  out.begin_object()
      .field("lane", name_of(lane))
      .field("cases", static_cast<std::int64_t>(std::min(cases, kCountedMax)));
  out.field("more", cases > kCountedMax);
  write_time(out, "deadline", deadline);
  out.end_object();
  return {};
}

Result<http::Response> read_queues(Call& call, ledger::View& view) {
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const std::string_view name : kQueues) {
    if (!may_work_in(call.who, name)) {
      continue;
    }
    out.begin_object().field("queue", name).key("lanes").begin_array();
    const std::string queue(name);
    for (std::size_t lane = 0; lane < EnumNames<policy::Lane>::names.size(); ++lane) {
      TRY(write_lane(out, view, queue, static_cast<policy::Lane>(lane), call.wall.get()));
    }
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}

void get_queues(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_queues);
}

/// What is still the caller's own: a page that was loaded again goes on with it.
Result<http::Response> read_claims(Call& call, ledger::View& view) {
  std::vector<ClaimRow> rows;
  const StaffId staff{call.who.id};
  auto prefix = ledger::cells(staff);
  TRY(ledger::scan<ClaimRow>(view, {.index = ClaimRow::kByActive, .prefix = prefix, .limit = 50},
                             [&](const ClaimRow& row) { rows.push_back(row); }));
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const ClaimRow& row : rows) {
    if (TRY(call.desk.hidden(call, view, row.case_id))) {
      continue;
    }
    auto lease = TRY(ledger::get<LeaseRow>(view, row.id));
    Claim claim{row.id, row.case_id, {}, row.single, lease ? lease->expires_at : row.at};
    for (const ItemRow& item : TRY(items_of_claim(view, row.id))) {
      claim.items.push_back(item.id);
    }
    out.raw(claim_json(claim));
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}

void get_claims(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_claims);
}

void get_queue(Call call) {
  auto queue = queue_of(call);
  auto page = page_of(call.request);
  if (!queue || !page) {
    call.reply.send_error(queue ? page.error() : queue.error());
    return;
  }
  Desk& desk = call.desk;
  const int limit = static_cast<int>(page->limit);
  if (wants_events(call.request)) {
    access::Principal who = call.who;
    desk.live().open(std::move(call),
                     [&desk, who = std::move(who), queue = *queue, limit, last = std::string()](
                         ledger::View& view, http::BodyWriter& writer) mutable -> Result<void> {
                       const WallPtr wall = TRY(desk.wall_of(who));
                       std::string head = TRY(head_json(view, queue, limit, wall.get()));
                       if (head != last) {
                         writer.write(event_text("head", "", head));
                         last = std::move(head);
                       }
                       return {};
                     });
    return;
  }
  desk.read(std::move(call), [queue = *queue, limit](Call& c, ledger::View& view) -> Result<http::Response> {
    return json_answer(200, TRY(head_json(view, queue, limit, c.wall.get())));
  });
}

}  // namespace

bool may_work_in(const access::Principal& who, std::string_view queue) {
  using access::Role;
  const bool lead = who.is(Role::Lead);
  if (queue == "default" || queue == casework::kOverBudget) {
    return lead || who.is(Role::Reviewer) || who.is(Role::Triage);
  }
  return ((queue == "lead" || queue == "sealed") && lead) || (queue == "legal" && (lead || who.is(Role::Legal)));
}

Resource queue_routes() {
  using namespace schema;
  const Who who = reviewers() | staff(access::Role::Legal);
  const Text claim = object({{"claim_id", id("clm")},
                             {"case_id", id("cas")},
                             {"items", array(id("itm"), 200)},
                             {"single", boolean()},
                             {"expires_at", time()}});
  const Text head = object({{"queue", words({std::begin(kQueues), std::end(kQueues)})},
                            {"items", array(object({{"case_id", id("cas")},
                                                    {"item_id?", id("itm")},
                                                    {"lane", words(names_of<policy::Lane>())},
                                                    {"severity", integer(0, 100)},
                                                    {"deadline", R"({"type":["string","null"]})"},
                                                    {"free_items", integer()},
                                                    {"kind?", words(names_of<CaseKind>())},
                                                    {"opened_at?", R"({"type":["string","null"]})"},
                                                    {"items_open?", integer()},
                                                    {"looked_at?", boolean()}}))}});
  const Text lane = object({{"lane", words(names_of<policy::Lane>())},
                            {"cases", integer(0)},
                            {"more", boolean()},
                            {"deadline", R"({"type":["string","null"]})"}});
  const Text queue = object({{"queue", words({std::begin(kQueues), std::end(kQueues)})}, {"lanes", array(lane)}});
  return {{
              {http::Method::Get,
               "/v1/queues",
               who,
               "queue",
               "The queues that the caller may work on: cases that wait by lane, counted up to 1000, and the earliest "
               "clock.",
               get_queues,
               nullptr,
               {},
               {},
               gives_json(object({{"items", array(queue)}}))},
              {http::Method::Get,
               "/v1/claims",
               who,
               "queue",
               "The caller's own claims that are in force, with what is open of them.",
               get_claims,
               nullptr,
               {},
               {},
               gives_json(object({{"items", array(ref("Claim"))}}))},
              {http::Method::Get,
               "/v1/queues/{name}",
               who,
               "queue",
               "What waits, in the order of harm; as an event stream whenever it changes.",
               get_queue,
               nullptr,
               {{"limit", integer(1, 200), "So many places; 50 when not given."}},
               {},
               {.status = 200, .schema = head, .live = true}},
              {http::Method::Post,
               "/v1/queues/{name}/claims",
               who,
               "queue",
               "Take the most harmful unclaimed case, or at most 200 of its items, or one threat to life; or a "
               "particular case. `avoid` and `severity_max` leave out what the caller is to be spared; they are kept "
               "nowhere.",
               post_claim,
               nullptr,
               {},
               takes_json(object({{"items_max?", integer(1, 200)},
                                  {"case_id?", id("cas")},
                                  {"avoid?", array(string(100), 50)},
                                  {"severity_max?", integer(1, 100)}}),
                          R"({"items_max":50})"),
               {.status = 201, .schema = ref("Claim"), .empty_status = 204},
               /*idempotent_key=*/true},
              {http::Method::Put,
               "/v1/claims/{id}",
               who,
               "queue",
               "Still working on it: extends the lease.",
               put_claim,
               nullptr,
               {},
               {},
               gives_json(object({{"claim_id", id("clm")}, {"expires_at", time()}}))},
              {http::Method::Delete,
               "/v1/claims/{id}",
               who,
               "queue",
               "Give back what is left of it.",
               delete_claim,
               nullptr,
               {},
               {},
               gives_nothing()},
          },
          {{"Claim", claim}}};
}

}  // namespace heed::api
