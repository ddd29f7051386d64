#include <algorithm>

#include "api/resources.h"

namespace heed::api {
namespace {

constexpr std::size_t kSampleMax = 10;

Result<http::Response> read_pile(Call& call, ledger::View&) {
  auto target = call.request.query_value("target");
  if (!target || target->empty() || target->size() > post::kIdBytesMax) {
    return invalid("?target", "is required: an account id");
  }
  auto since = TRY(query_time(call.request, "since"));
  auto until = TRY(query_time(call.request, "until"));
  if (!since) {
    return invalid("?since", "is required: an RFC 3339 time");
  }
  if (until && *until <= *since) {
    return invalid("?until", "must be after since");
  }
  if (call.who.caller == access::Caller::User && *target != call.who.account_id) {
    return not_found();
  }
  if (call.wall != nullptr && call.wall->has(call.desk.hasher().account(*target))) {
    return not_found();
  }
  post::RecentPosts& posts = call.desk.parts().posts;
  post::TargetRange range;
  range.target = *target;
  range.since = *since;
  range.until = until.value_or(Time::max());
  range.upto = posts.watermark();
  range.limit = kSampleMax;
  auto count = TRY(posts.count_target(range));
  auto sample = TRY(posts.by_target(range));
  JsonWriter out;
  out.begin_object().field("target", *target).field("since", format_time(*since));
  write_time(out, "until", until.value_or(Time{}));
  out.field("posts", count.posts).field("authors", count.authors).key("sample").begin_array();
  thread_local JsonParser parser(32);
  for (const post::StoredPost& post : sample.posts) {
    auto json = parser.parse(post.json);
    if (!json) {
      continue;
    }
    out.begin_object()
        .field("post_id", post.id)
        .field("author", post.author)
        .field("created_at", format_time(post.created_at));
    out.field("text", json->get_string("text")).end_object();
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}

void get_pile(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_pile);
}

}  // namespace

Resource pile_routes() {
  using namespace schema;
  return {
      {{http::Method::Get,
        "/v1/piles",
        key(access::Scope::ReportsWrite) | user() | delegates(access::Delegated::Report) | readers_of_cases(),
        "reports",
        "What a report of everything aimed at an account since a time would take.",
        get_pile,
        nullptr,
        {{"target", string(255, 1), "The account; a user's own.", true},
         {"since", time(), "From when on, by the posts' own time.", true},
         {"until", time(), "Before when; open when not given."}},
        {},
        gives_json(object(
            {{"target", string()},
             {"since", time()},
             {"until", R"({"type":["string","null"]})"},
             {"posts", integer()},
             {"authors", integer()},
             {"sample",
              array(object({{"post_id", string()}, {"author", string()}, {"created_at", time()}, {"text", string()}}),
                    kSampleMax)}}))}}};
}

}  // namespace heed::api
