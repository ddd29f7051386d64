#include "api/even_pace.h"
#include "api/live.h"
#include "api/resources.h"
#include "base/log.h"
#include "casework/delegations.h"

/// Coming in with a delegate's link, and asking for another: see delegate_link.h. Reading the page spends nothing, so
/// neither does a mail scanner that follows links.
namespace heed::api {
namespace {

using namespace casework;

constexpr std::size_t kLinkBytesMax = 300;

Result<std::string> read_link(const Call& call) {
  FieldReader in(TRY(body_json(call.request)), "");
  std::string link(in.required_string("link", 1, kLinkBytesMax));
  TRY(in.done());
  return link;
}

Error refused() { return {Code::Unauthorized, "credentials are missing or not valid"}; }

void post_opening(Call call) {
  auto text = read_link(call);
  auto named = text ? call.desk.delegate_links().open(*text) : tl::unexpected(text.error());
  if (!named) {
    call.reply.send_error(named.error());
    return;
  }
  if (auto grants = call.desk.grants(); !grants) {
    call.reply.send_error(grants.error());
    return;
  }
  auto shared = std::make_shared<Call>(std::move(call));
  shared->desk.plane().command<DelegationRow>(
      ledger::Priority::Normal,
      [named = *named](Context& context) { return open_delegate_link(context, named.delegation, named.link); },
      [shared](Result<DelegationRow> row) {
        Desk& desk = shared->desk;
        if (!row) {
          shared->reply.send_error(row.error().code == Code::NotFound ? refused() : row.error());
          return;
        }
        if (auto grants = desk.grants()) {
          (*grants)->opened(row->id, row->opened);
        }
        desk.errand([&desk] { desk.live().tick(desk.now()); });  // what an earlier link opened closes now
        // Two tabs of one browser share the cookie.
        std::string browser(shared->request.cookie(DelegateLinks::kCookie));
        if (!DelegateLinks::is_browser(browser)) {
          browser = DelegateLinks::draw_browser();
        }
        const Time now = desk.now();
        JsonWriter out;
        out.begin_object().field("token", desk.delegate_links().make_token({row->id, row->opened}, browser, now));
        out.field("expires_at", format_time(now + DelegateLinks::kTokenLife)).end_object();
        http::Response response = json_answer(200, out.take());
        constexpr auto kSeconds = std::chrono::duration_cast<std::chrono::seconds>(DelegateLinks::kTokenLife).count();
        response.headers.emplace_back(
            "Set-Cookie", set_cookie(desk, DelegateLinks::kCookie, browser, "/", static_cast<int>(kSeconds)));
        shared->reply.send(std::move(response));
      });
}

/// Answered alike and alike soon, whatever becomes of it: nobody learns from it what stands.
void post_request(Call call) {
  const auto arrived = EvenPace::Steady::now();
  auto text = read_link(call);
  if (!text) {
    call.reply.send_error(text.error());
    return;
  }
  Desk& desk = call.desk;
  if (auto named = desk.delegate_links().open(*text)) {
    desk.plane().command<DelegationRow>(
        ledger::Priority::Normal,
        [named = *named](Context& context) { return make_delegate_link(context, named.delegation, {}); },
        [&desk](Result<DelegationRow> row) {
          if (row) {
            desk.plane().poke();
          } else if (row.error().code != Code::NotFound && row.error().code != Code::TooMany) {
            log::error("delegate_link", {{"what", log::safe(row.error().message)}});
          }
        });
  }
  desk.pace().after(arrived, [reply = std::move(call.reply)]() mutable { reply.send(json_answer(202, "{}")); });
}

}  // namespace

Resource delegate_opening_routes() {
  using namespace schema;
  const Text link = object({{"link", string(kLinkBytesMax, 1)}});
  return {{
      {http::Method::Post,
       "/v1/delegate-links/openings",
       everybody(),
       "delegations",
       "For the page: gives a delegate's link, once, for a token of eight hours, which works only with the cookie that "
       "comes with it. A newer link ends what an older one opened.",
       post_opening,
       nullptr,
       {},
       takes_json(link, R"({"link":"hd_0"})"),
       gives_json(object({{"token", string()}, {"expires_at", time()}}))},
      {http::Method::Post,
       "/v1/delegate-links",
       everybody(),
       "delegations",
       "For the page: mails a new link to the delegate's address, at most every ten minutes, for a link that is spent "
       "and whose delegation is in force. The answer is the same for every other.",
       post_request,
       nullptr,
       {},
       takes_json(link, R"({"link":"hd_0"})"),
       gives_json(object({}), 202)},
  }};
}

}  // namespace heed::api
