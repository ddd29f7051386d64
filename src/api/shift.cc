#include <algorithm>

#include "api/errands.h"
#include "api/queue_access.h"
#include "api/resources.h"

/// What a shift has asked of a member of staff: time at work, posts seen, by category. Counted across browsers and
/// sessions, for themselves: nobody else can ask for it, and no figure is made of it.
namespace heed::api {
namespace {

using access::ShiftCount;

constexpr Millis kNewShiftAfter = std::chrono::hours(4);
constexpr std::int64_t kDayMs = 24 * 3600'000, kCountMax = 100'000;
constexpr std::size_t kCategoriesMax = 60, kCategoryBytes = 64;

http::Response shift_json(const ShiftCount& count, Time now) {
  JsonWriter out;
  const bool over = count.last_at == Time{} || now - count.last_at >= kNewShiftAfter;
  const ShiftCount held = over ? ShiftCount{.began = now, .last_at = now} : count;
  out.begin_object().field("began_at", format_time(held.began)).field("active_ms", held.active_ms);
  out.field("since_break_ms", held.since_break_ms).field("seen", held.seen).field("decided", held.decided);
  out.field("grave", held.grave).key("by_category").begin_object();
  for (const auto& [category, n] : held.by_category) {
    out.field(category, n);
  }
  out.end_object().end_object();
  return json_answer(200, out.take());
}

Result<http::Response> read_shift(Call& call) {
  auto count = TRY(call.desk.parts().directory.shift(StaffId{call.who.id}));
  return shift_json(count ? *count : ShiftCount{}, call.desk.now());
}
void get_shift(Call call) { on_errand(std::move(call), read_shift); }

struct Added {
  ShiftCount more;
  bool rested = false, milder = false, anew = false;
};

Result<Added> read_added(const Call& call) {
  Added out;
  FieldReader in(TRY(body_json(call.request)), "");
  out.more.active_ms = in.optional_int("active_ms", 0, kDayMs, 0);
  out.more.seen = in.optional_int("seen", 0, kCountMax, 0);
  out.more.decided = in.optional_int("decided", 0, kCountMax, 0);
  out.more.grave = in.optional_int("grave", 0, kCountMax, 0);
  const Json categories = in.optional_object("by_category");
  categories.members([&](std::string_view category, Json n) {
    const auto count = n.integer();
    if (!count || *count < 0 || *count > kCountMax || category.empty() || category.size() > kCategoryBytes ||
        category.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string_view::npos) {
      in.error("by_category", "names categories, each with a count of 0 to 100000");
    } else if (out.more.by_category.size() >= kCategoriesMax) {
      in.error("by_category", "names at most 60 categories");
    } else {
      out.more.by_category[std::string(category)] += *count;
    }
  });
  out.rested = in.optional_bool("rested");
  out.milder = in.optional_bool("milder");
  out.anew = in.optional_bool("anew");
  TRY(in.done());
  return out;
}

/// Two browsers at once are one person: nobody works longer than the shift is old.
void add(ShiftCount& count, const Added& added, Time now) {
  if (added.anew || count.last_at == Time{} || now - count.last_at >= kNewShiftAfter) {
    count = {.began = now - Millis(added.anew ? 0 : added.more.active_ms)};
  }
  count.last_at = now;
  if (added.anew) {
    return;
  }
  const std::int64_t old = std::max<std::int64_t>(0, (now - count.began).count());
  count.active_ms = std::min(count.active_ms + added.more.active_ms, old);
  count.since_break_ms = added.rested ? 0 : std::min(count.since_break_ms + added.more.active_ms, old);
  count.seen += added.more.seen;
  count.decided += added.more.decided;
  count.grave = added.milder ? added.more.grave : count.grave + added.more.grave;
  for (const auto& [category, n] : added.more.by_category) {
    if (count.by_category.size() < kCategoriesMax || count.by_category.contains(category)) {
      count.by_category[category] += n;
    }
  }
}

void post_shift(Call call) {
  on_errand(std::move(call), read_added, [](Call& c, const Added& added) -> Result<http::Response> {
    const Time now = c.desk.now();
    return shift_json(TRY(c.desk.parts().directory.change_shift(StaffId{c.who.id},
                                                                [&](ShiftCount& count) { add(count, added, now); })),
                      now);
  });
}

}  // namespace

Resource shift_routes() {
  using namespace schema;
  const Text categories = R"({"type":"object","additionalProperties":{"type":"integer","minimum":0}})";
  const Who who = reviewers() | staff(access::Role::Legal);
  const Gives shift = gives_json(ref("Shift"));
  return {
      {{http::Method::Get,
        "/v1/shift",
        who,
        "session",
        "What the shift has asked of the caller so far, whatever browser they worked in. A shift is over four hours "
        "after its last count. Nobody else can ask for it.",
        get_shift,
        nullptr,
        {},
        {},
        shift},
       {http::Method::Post,
        "/v1/shift",
        who,
        "session",
        "Add what was seen and done since the last call. `rested`: a break was taken; `milder`: a milder case was, "
        "so grave posts are counted anew; `anew`: the shift begins anew and nothing is added.",
        post_shift,
        nullptr,
        {},
        takes_json(object({{"active_ms?", integer(0, kDayMs)},
                           {"seen?", integer(0, kCountMax)},
                           {"decided?", integer(0, kCountMax)},
                           {"grave?", integer(0, kCountMax)},
                           {"by_category?", categories},
                           {"rested?", boolean()},
                           {"milder?", boolean()},
                           {"anew?", boolean()}}),
                   R"({"active_ms":15000,"seen":3,"by_category":{"insult":3}})"),
        shift}},
      {{"Shift", object({{"began_at", time()},
                         {"active_ms", integer()},
                         {"since_break_ms", integer()},
                         {"seen", integer()},
                         {"decided", integer()},
                         {"grave", integer()},
                         {"by_category", categories}})}}};
}

}  // namespace heed::api
