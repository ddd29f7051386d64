#include "api/desk.h"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>

#include "api/even_pace.h"
#include "api/live.h"
#include "api/passed_places.h"
#include "api/recent_ids.h"
#include "base/side_thread.h"
#include "casework/delegations.h"
#include "casework/proposal_rows.h"
#include "casework/second_looks.h"

namespace heed::api {

tl::unexpected<Error> not_found() { return fail(Code::NotFound, "there is nothing here that you may see"); }

Error neutral(Error error) { return error.code == Code::NotFound ? not_found().value() : error; }

http::Response json_answer(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

http::Response nothing() {
  http::Response response;
  response.status = 204;
  response.content_type.clear();
  return response;
}

std::string set_cookie(const Desk& desk, std::string_view name, std::string_view value, std::string_view path,
                       int seconds) {
  std::string out(name);
  out.append("=").append(value).append("; Path=").append(path).append("; HttpOnly; SameSite=Strict");
  if (desk.options().public_url.starts_with("https://")) {
    out += "; Secure";
  }
  return seconds >= 0 ? out + "; Max-Age=" + std::to_string(seconds) : out;
}

Desk::Desk(Parts parts, Options options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      guests_(parts_.token_key),
      hand_overs_(parts_.token_key),
      delegate_links_(parts_.token_key),
      live_(std::make_unique<Live>(*this, options_.live_streams_max)),
      recent_ids_(std::make_unique<RecentIds>(parts_.clock.now())),
      errand_(std::make_unique<SideThread>(32)),
      trials_(std::make_unique<SideThread>(4)),
      pace_(std::make_unique<EvenPace>(options_.receipt_floor)),
      passed_places_(std::make_unique<PassedPlaces>()) {
  if (options_.requests_per_second > 0) {
    limiter_ = std::make_unique<http::RateLimiter>(
        http::RateLimiter::Options{.per_second = options_.requests_per_second, .burst = options_.requests_burst});
    guest_limiter_ =
        std::make_unique<http::RateLimiter>(http::RateLimiter::Options{.per_second = 1.0 / 60, .burst = 30});
  }
}
Desk::~Desk() = default;

bool Desk::trial(Function<void()> work) {
  return trials_->run([work = std::move(work)]() mutable {
    (void)::setpriority(PRIO_PROCESS, 0, 10);  // Linux: of this thread alone
    work();
  });
}
bool Desk::errand(Function<void()> work) { return errand_->run(std::move(work)); }

void Desk::note_read(const access::Principal& who, CaseId case_id, std::string_view what) {
  if (who.caller == access::Caller::Staff) {
    parts_.staff_reads.note(StaffId{who.id}, case_id, what, now());
  }
}

// --- who calls --------------------------------------------------------------------------------------------

bool Who::admits(const access::Principal& who) const {
  if (who.acts_for_another()) {
    return (who.delegated & delegated) != 0;
  }
  switch (who.caller) {
    case access::Caller::Public:
      return everybody;
    case access::Caller::Platform:
      return everybody || (who.scopes & scopes) != 0;
    case access::Caller::User:
      return everybody || users;
    case access::Caller::Guest:
      return everybody || guests;
    case access::Caller::Staff:
      return everybody || (who.roles & roles) != 0 || unready;
  }
  return false;
}

std::string Who::sentence() const {
  if (everybody) {
    return "everybody";
  }
  std::string out;
  auto add = [&](std::string_view word) { out.append(out.empty() ? "" : "; ").append(word); };
  if (scopes != 0) {
    std::string list = "platform keys with ";
    for (std::uint32_t bit = 1; bit <= scopes && bit != 0; bit <<= 1) {
      if ((scopes & bit) != 0) {
        list += std::string(list.ends_with(' ') ? "" : " or ") +
                std::string(access::scope_name(static_cast<access::Scope>(bit)));
      }
    }
    add(list);
  }
  if (users) {
    add("the platform's users");
  }
  if (guests) {
    add("holders of a link to the case");
  }
  if (delegated != 0) {
    std::string list = "delegates with ";
    for (std::uint32_t bit = 1; bit <= access::kDelegatedAll; bit <<= 1) {
      if ((delegated & bit) != 0) {
        list += std::string(list.ends_with("with ") ? "" : " or ") +
                std::string(access::delegated_name(static_cast<access::Delegated>(bit)));
      }
    }
    add(delegated == access::kDelegatedAll ? std::string("delegates") : list);
  }
  if (roles == any_staff().roles) {
    add("staff");
  } else if (roles != 0) {
    std::string list = "staff: ";
    for (std::uint32_t bit = 1; bit <= roles; bit <<= 1) {
      if ((roles & bit) != 0) {
        list += std::string(list.ends_with(' ') ? "" : ", ") +
                std::string(access::role_name(static_cast<access::Role>(bit)));
      }
    }
    add(list);
  }
  return out;
}

std::vector<Param> paged(std::vector<Param> more) {
  more.push_back({"limit", schema::integer(1, 200), "At most so many; 50 when not given."});
  more.push_back({"cursor", schema::string(200), "`next_cursor` of the page before."});
  return more;
}

Result<access::Principal> Desk::user_of(std::string_view token) {
  auto keys = parts_.jwt_keys ? parts_.jwt_keys() : nullptr;
  if (!keys || keys->empty()) {
    return fail(Code::Unauthorized, "credentials are missing or not valid");
  }
  auto claims = http::verify_jwt(token, *keys, options_.jwt, now());
  if (!claims || claims->subject.empty() || claims->subject.size() > post::kIdBytesMax) {
    return fail(Code::Unauthorized, "credentials are missing or not valid");
  }
  access::Principal who;
  who.caller = access::Caller::User;
  who.account_id = std::move(claims->subject);
  who.person = hasher().account(who.account_id);
  who.handle = std::move(claims->handle);
  who.locale = std::move(claims->locale);
  who.signed_in_at = claims->issued_at;
  return who;
}

Result<access::Principal> Desk::handed_over(std::string_view token) {
  HandOver to = TRY(hand_overs_.open_token(token, now()));
  access::Principal who;
  who.caller = access::Caller::User;
  who.account_id = std::move(to.account);
  who.person = hasher().account(who.account_id);
  who.handle = std::move(to.handle);
  who.locale = std::move(to.locale);
  who.signed_in_at = to.made_at;
  return who;
}

Result<access::Principal> Desk::delegate_of(std::string_view token, std::string_view browser) {
  const DelegateLinks::Opened opened = TRY(delegate_links_.open_token(token, browser, now()));
  auto grant = TRY(grants())->find(opened.delegation, now());
  if (!grant || !grant->by_mail || grant->opened != opened.link) {
    return fail(Code::Unauthorized, "credentials are missing or not valid");
  }
  return access::acting(*grant, {});
}

Result<access::Grants*> Desk::grants() {
  if (grants_.filled()) {
    return &grants_;
  }
  std::lock_guard lock(filling_);
  if (!grants_.filled()) {
    auto view = TRY(plane().store().view());
    std::vector<access::Grant> all;
    for (const casework::DelegationRow& row : TRY(casework::all_delegations(*view))) {
      auto people = TRY(casework::people_of(*view, keys(), row));
      if (casework::in_force(row, now()) && people.principal) {
        all.push_back({row.id, *row.principal, *row.delegate, people.principal->account,
                       static_cast<std::uint32_t>(row.scopes), row.until, row.by_mail, row.opened});
      }
    }
    grants_.fill(std::move(all));
  }
  return &grants_;
}

/// A user who says in On-Behalf-Of by which delegation they act. One that is over, another's and none at all read the
/// same.
Result<access::Principal> Desk::for_another(access::Principal who, std::string_view delegation) {
  auto id = id_in<access::DelegationId>(who, delegation);
  auto grant = id ? TRY(grants())->find(*id, now()) : std::optional<access::Grant>{};
  if (who.caller != access::Caller::User || !grant || grant->delegate != who.person) {
    return fail(Code::Denied, "this delegation is not in force");
  }
  return access::acting(*grant, std::move(who.locale));
}

Result<access::Principal> Desk::authenticate(const http::Request& request, bool changes) {
  access::Principal who = TRY(by_token(request, changes));
  std::string_view delegation = request.header("on-behalf-of");
  if (delegation.empty() || who.acts_for_another()) {
    return who;
  }
  return for_another(std::move(who), delegation);
}

Result<access::Principal> Desk::by_token(const http::Request& request, bool changes) {
  if (!request.header("authorization").empty()) {
    std::string_view token = request.bearer();
    if (token.starts_with("hk_")) {
      return parts_.authenticator.platform(token);
    }
    if (token.starts_with("hu_")) {
      return handed_over(token);
    }
    if (token.starts_with("ht_")) {
      return delegate_of(token, request.cookie(DelegateLinks::kCookie));
    }
    return token.starts_with("hg_") ? guests_.open(token, now()) : user_of(token);
  }
  if (std::string_view cookie = request.cookie("heed_session"); !cookie.empty()) {
    return parts_.authenticator.staff(cookie, request.header("x-heed-csrf"), changes);
  }
  return access::Principal{};
}

namespace {

std::uint64_t bucket_of(const ledger::Hash16& hash) {
  std::uint64_t key = 0;
  std::copy_n(hash.begin(), sizeof key, reinterpret_cast<std::uint8_t*>(&key));
  return key;
}

/// By real time, whatever the house's clock says: it is the machine that is to be spared.
Time real_time() {
  return Time(std::chrono::time_point_cast<Millis>(std::chrono::steady_clock::now()).time_since_epoch());
}

}  // namespace

Result<void> Desk::count_guest(const http::Request& request, std::string_view mail) {
  const Time now = real_time();
  const bool allowed =
      guest_limiter_ == nullptr ||
      (guest_limiter_->take(bucket_of(hasher().item("address", request.remote_address)), now).allowed &&
       (mail.empty() || guest_limiter_->take(bucket_of(hasher().mail(mail)), now).allowed));
  return allowed ? Result<void>{}
                 : Result<void>(fail(Code::TooMany, "too many reports came from here; please try again in a minute"));
}

Result<void> Desk::count_request(const Route& route, const http::Request& request, const access::Principal& who) {
  const bool counted =
      who.caller == access::Caller::User || who.caller == access::Caller::Guest || who.caller == access::Caller::Public;
  if (limiter_ == nullptr || !counted || route.unlimited) {
    return {};
  }
  ledger::Hash16 hash = who.caller == access::Caller::Public ? hasher().item("address", request.remote_address)
                        : who.acts_for_another()             ? who.delegate
                                                             : who.person;
  if (!limiter_->take(bucket_of(hash), real_time(), route.cost).allowed) {
    return fail(Code::TooMany, "too many requests; slow down");
  }
  return {};
}

Result<access::Principal> Desk::admit(const Route& route, const http::Request& request) {
  const bool changes = route.method != http::Method::Get;
  if (route.who.everybody) {
    auto who = authenticate(request, /*changes=*/false);
    access::Principal caller = who ? *std::move(who) : access::Principal{};  // public things need no good credentials
    if (caller.acts_for_another() && !route.who.admits(caller)) {
      caller = {};
    }
    TRY(count_request(route, request, caller));
    return caller;
  }
  access::Principal who = TRY(authenticate(request, changes));
  if (who.caller == access::Caller::Public) {
    return fail(Code::Unauthorized, "credentials are missing or not valid");
  }
  if (!route.who.admits(who)) {
    return fail(Code::Denied, "this is for " + route.who.sentence());
  }
  TRY(count_request(route, request, who));
  return who;
}

// --- walls ------------------------------------------------------------------------------------------------

Result<WallPtr> Desk::wall_of(const access::Principal& who) {
  return who.caller == access::Caller::Staff ? wall_of(StaffId{who.id}) : Result<WallPtr>(nullptr);
}

Result<WallPtr> Desk::wall_of(StaffId staff) {
  const std::vector<access::Tie> ties = TRY(parts_.directory.ties_of(staff));
  if (ties.empty()) {
    return nullptr;
  }
  auto wall = std::make_shared<casework::Wall>();
  for (const access::Tie& tie : ties) {
    if (tie.kind != access::TieKind::Own) {
      wall->add(tie.person);
      continue;
    }
    wall->add_own(tie.person);
    for (const access::PersonHash& close : TRY(parts_.accounts.close_to(tie.person))) {
      wall->add(close);
    }
  }
  if (!wall->own().empty()) {
    auto view = TRY(plane().store().view());
    TRY(casework::add_who_reported(*view, *wall));
  }
  wall->seal();
  return wall;
}

namespace {

/// The case of what a path names: "/v1/claims/{id}" and the like.
template <class Row, class SomeId>
Result<CaseId> home_of(ledger::View& view, std::string_view text) {
  auto id = SomeId::parse(text);
  if (!id) {
    return CaseId{};
  }
  std::optional<Row> row;
  if constexpr (std::is_same_v<Row, casework::HandoverRow>) {
    row = TRY(ledger::get<Row>(view, id->value));
  } else {
    row = TRY(ledger::get<Row>(view, *id));
  }
  return row ? row->case_id : CaseId{};
}

Result<CaseId> case_of_path(const Call& call, ledger::View& view) {
  using namespace casework;
  if (call.route == nullptr) {
    return CaseId{};
  }
  const std::string_view pattern = call.route->pattern, id = call.request.path_param("id");
  auto begins = [&](std::string_view with) { return pattern.starts_with(with); };
  if (begins("/v1/cases/{id}")) {
    auto found = CaseId::parse(id);
    return found ? *found : CaseId{};
  }
  return begins("/v1/claims/{id}")         ? home_of<ClaimRow, ClaimId>(view, id)
         : begins("/v1/decisions/{id}")    ? home_of<DecisionRow, DecisionId>(view, id)
         : begins("/v1/appeals/{id}")      ? home_of<AppealRow, AppealId>(view, id)
         : begins("/v1/deliveries/{id}")   ? home_of<NoticeRow, NoticeId>(view, id)
         : begins("/v1/alarms/{id}")       ? home_of<AlarmRow, NoticeId>(view, id)
         : begins("/v1/second-looks/{id}") ? home_of<SecondLookRow, LookId>(view, id)
         : begins("/v1/proposals/{id}")    ? home_of<ProposalRow, ProposalId>(view, id)
         : begins("/v1/handovers/{id}")    ? home_of<HandoverRow, Id<EventTag>>(view, id)
                                           : Result<CaseId>(CaseId{});
}

}  // namespace

Result<void> Desk::check_wall(const Call& call, ledger::View& view) {
  if (call.wall == nullptr) {
    return {};
  }
  const CaseId id = TRY(case_of_path(call, view));
  if (id && TRY(hidden(call, view, id))) {
    note_read(call.who, id, "refused by a wall");
    return not_found();
  }
  return {};
}

Result<bool> Desk::hidden(const Call& call, ledger::View& view, CaseId case_id) {
  return call.wall != nullptr ? casework::stands_before(view, *call.wall, case_id) : Result<bool>(false);
}

// --- decoding ---------------------------------------------------------------------------------------------

Result<Json> body_json(const http::Request& request) {
  thread_local JsonParser parser(32);
  Json json = TRY(parser.parse(request.body));
  if (!json.is_object()) {
    return fail(Code::InvalidInput, "the body must be a JSON object", {{"", "must be an object"}});
  }
  return json;
}

std::string_view checked_text(FieldReader& in, std::string_view name, std::string_view value) {
  if (value.find('\0') != std::string_view::npos) {
    in.error(name, "must not contain NUL");
    return {};
  }
  return value;
}

std::string_view checked_id(FieldReader& in, std::string_view name, std::string_view value) {
  if (std::any_of(value.begin(), value.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; })) {
    in.error(name, "must not contain control characters");
    return {};
  }
  return value;
}

std::string_view checked_token(FieldReader& in, std::string_view name, std::string_view value) {
  auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  if (!std::all_of(value.begin(), value.end(), good)) {
    in.error(name, "must be a word of letters, digits, '_' and '-'");
    return {};
  }
  return value;
}

Result<Page> page_of(const http::Request& request, std::size_t most, std::size_t fallback) {
  Page page;
  page.limit = fallback;
  if (auto text = request.query_value("limit")) {
    std::size_t n = 0;
    auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), n);
    if (ec != std::errc() || end != text->data() + text->size() || n < 1 || n > most) {
      return invalid("?limit", "must be a whole number from 1 to " + std::to_string(most));
    }
    page.limit = n;
  }
  page.cursor = request.query_value("cursor").value_or("");
  if (page.cursor.size() > 200) {
    return invalid("?cursor", "is not one of ours");
  }
  return page;
}

Result<std::optional<Time>> query_time(const http::Request& request, std::string_view name) {
  auto text = request.query_value(name);
  if (!text || text->empty()) {
    return std::nullopt;
  }
  auto time = parse_time(*text);
  if (!time) {
    return invalid("?" + std::string(name), time.error().message);
  }
  return *time;
}

Result<Idempotency> idempotency_of(const Call& call) {
  Idempotency out;
  std::string_view key = call.request.header("idempotency-key");
  if (key.empty()) {
    return out;
  }
  if (key.size() > 255 || std::any_of(key.begin(), key.end(), [](char c) { return c < 0x21 || c > 0x7E; })) {
    return fail(Code::InvalidInput, "Idempotency-Key must be 1 to 255 visible characters");
  }
  std::string scoped = call.who.rate_key();
  scoped.append("\n")
      .append(http::method_name(call.route->method))
      .append(" ")
      .append(call.route->pattern)
      .append("\n")
      .append(key);
  out.key = call.desk.hasher().item("idempotency", scoped);
  const bool place = call.route->pattern.find('{') != std::string::npos;
  out.body = call.desk.hasher().item("body", place ? call.request.path + "\n" + call.request.body : call.request.body);
  return out;
}

void write_time(JsonWriter& out, std::string_view name, Time time) {
  out.key(name);
  if (time == Time{} || time == Time::max()) {
    out.null();
  } else {
    out.value(format_time(time));
  }
}

}  // namespace heed::api
