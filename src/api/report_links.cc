#include "api/report_form.h"
#include "api/resources.h"

/// Handing a signed-in person over to a page in a web view: see hand_over.h.
namespace heed::api {
namespace {

constexpr std::size_t kItemsMax = 20;

struct Wanted {
  HandOver to;
  std::string page;
};

Result<Wanted> read_wanted(const Call& call) {
  Wanted out;
  FieldReader in(TRY(body_json(call.request)), "");
  out.to.account = checked_id(in, "account_id", in.required_string("account_id", 1, post::kIdBytesMax));
  out.to.handle = checked_id(in, "handle", in.optional_string("handle", 255));
  out.to.locale = checked_token(in, "locale", in.optional_string("locale", 35));
  out.page = in.optional_choice("page", {"report", "case", "my-data"}, "report");
  JsonWriter page;
  page.begin_object().field("account_id", out.to.account).field("locale", out.to.locale);
  page.field("channel", in.optional_choice("channel", channel_words(), "mobile_web")).key("items").begin_array();
  std::size_t index = 0;
  in.optional_array("items", kItemsMax).each([&](Json json) {
    FieldReader item(json, "/items/" + std::to_string(index++));
    const std::string_view kind = item.required_string("kind", 1, 64);
    if (!kind.empty() && !casework::value_of<casework::ItemKind>(kind)) {
      item.error("kind", "must be one of: post, message, profile, account, media, url");
    }
    page.begin_object()
        .field("kind", kind)
        .field("id", checked_id(item, "id", item.required_string("id", 1, post::kIdBytesMax)))
        .end_object();
    in.merge(item.take_errors());
  });
  page.end_array().end_object();
  out.to.page_json = page.take();
  TRY(in.done());
  return out;
}

void post_link(Call call) {
  auto wanted = read_wanted(call);
  if (!wanted) {
    call.reply.send_error(wanted.error());
    return;
  }
  Desk& desk = call.desk;
  const Time now = desk.now();
  JsonWriter out;
  // Behind the #: it stays in the web view and in no server's log.
  out.begin_object().field("url",
                           desk.link("/" + wanted->page + "#code=" + desk.hand_overs().make_code(wanted->to, now)));
  out.field("expires_at", format_time(now + HandOvers::kCodeLife)).end_object();
  call.reply.send(json_answer(201, out.take()));
}

Result<std::string> read_code(const Call& call) {
  FieldReader in(TRY(body_json(call.request)), "");
  std::string code(in.required_string("code", 1, 32 * 1024));
  TRY(in.done());
  return code;
}

void post_opening(Call call) {
  auto code = read_code(call);
  if (!code) {
    call.reply.send_error(code.error());
    return;
  }
  Desk& desk = call.desk;
  const Time now = desk.now();
  auto to = desk.hand_overs().open_code(*code, now);
  if (!to) {
    call.reply.send_error(to.error());
    return;
  }
  JsonWriter out;
  out.begin_object().field("token", desk.hand_overs().make_token(*to, now));
  out.field("expires_at", format_time(now + HandOvers::kTokenLife)).key("page").raw(to->page_json).end_object();
  call.reply.send(json_answer(200, out.take()));
}

}  // namespace

Resource report_link_routes() {
  using namespace schema;
  const Text items =
      array(object({{"kind", words(names_of<casework::ItemKind>())}, {"id", string(post::kIdBytesMax, 1)}}), kItemsMax);
  const Text page =
      object({{"account_id", string()}, {"locale", string()}, {"channel", words(channel_words())}, {"items", items}});
  return {{
      {http::Method::Post,
       "/v1/report-links",
       key(access::Scope::ReportsWrite),
       "reports",
       "A link to the report flow, the case page or the page of what is held about a person, for an app's web view. It "
       "works once, within ten minutes.",
       post_link,
       nullptr,
       {},
       takes_json(
           object({{"account_id", string(post::kIdBytesMax, 1)},
                   {"handle?", string(255)},
                   {"locale?", string(35)},
                   {"page?", words({"report", "case", "my-data"})},
                   {"channel?", words(channel_words())},
                   {"items?", items}}),
           R"({"account_id":"a1","locale":"de","page":"report","channel":"ios","items":[{"kind":"post","id":"p1"}]})"),
       gives_json(object({{"url", string()}, {"expires_at", time()}}), 201)},
      {http::Method::Post,
       "/v1/report-links/openings",
       everybody(),
       "reports",
       "For the page: gives the link's code, once, for a user's token of an hour.",
       post_opening,
       nullptr,
       {},
       takes_json(object({{"code", string(32 * 1024, 1)}}), R"({"code":"hc_0"})"),
       gives_json(object({{"token", string()}, {"expires_at", time()}, {"page", page}}))},
  }};
}

}  // namespace heed::api
