#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/alias.h"
#include "access/directory.h"
#include "access/grants.h"
#include "access/login_throttle.h"
#include "api/delegate_link.h"
#include "api/guest_link.h"
#include "api/hand_over.h"
#include "api/pack.h"
#include "api/ports.h"
#include "api/route.h"
#include "assess/assessor.h"
#include "base/json.h"
#include "base/metrics.h"
#include "casework/house_alarms.h"
#include "casework/notices.h"
#include "casework/plane.h"
#include "casework/repeat.h"
#include "http/jwt.h"
#include "http/rate_limit.h"
#include "stream/windows.h"

namespace heed {
class SideThread;
}

namespace heed::api {

enum class Wakes : bool { No, Yes };
class Desk;

/// The Idempotency-Key of this request as digests, scoped to principal and route; zero without one. InvalidInput when
/// it is not 1-255 visible characters. What the path names counts as part of the body.
struct Idempotency {
  ledger::Hash16 key{}, body{};
};
Result<Idempotency> idempotency_of(const Call& call);

class Live;
class RecentIds;
class EvenPace;
class PassedPlaces;
class PackVersions;

/// A setting as an administrator reads it.
struct ShownSetting {
  std::string name, value, source, meaning;  ///< value: "(set)" for a secret; source: default, file or environment
};

/// What the API stands on; all of it outlives the Api.
struct Parts {
  casework::Plane& plane;
  access::Authenticator& authenticator;
  access::Directory& directory;
  const access::Aliases& aliases;
  post::RecentPosts& posts;
  AccountBook& accounts;
  StaffReads& staff_reads;
  std::function<std::shared_ptr<const assess::Assessor>()> assessor;
  std::function<std::shared_ptr<const std::vector<http::JwtKey>>()> jwt_keys;
  Digest token_key{};          ///< ledger::Secrets::token: guest links
  SigningKey signing{};        ///< ledger::Secrets::signing: files that people take away
  casework::RenderEnv render;  ///< for notices and the actions feed
  const Clock& clock;
  casework::HouseAlarms* house_alarms = nullptr;  ///< null: none
  ManualClock* manual_clock = nullptr;            ///< only in test mode: POST /test/clock
  Metrics& metrics;
  std::function<Result<void>()> ready;          ///< /readyz; empty: always
  std::function<Result<PackFiles>()> pack;      ///< the policy pack in force, as files
  const PackVersions* pack_versions = nullptr;  ///< null: none are kept
};

struct Options {
  http::JwtRules jwt;
  std::string public_url;  ///< before links in answers; "" makes them relative. https: cookies are Secure
  std::size_t live_streams_max = 1000;
  /// Requests by one user, guest or address, reports not counted (those are never refused); 0: no limit.
  double requests_per_second = 50, requests_burst = 500;
  bool open_metrics = false;  ///< /metrics for everybody; else platform keys, staff, and the machine itself
  std::chrono::microseconds receipt_floor{4000};  ///< receipts to users and guests take at least as long
  bool public_by_address = true;                  ///< count reports by address and network
  Millis posts_keep{0};                           ///< how long recent posts stay; 0: not said
  std::vector<ShownSetting> settings = {};        ///< what holds, in the order of their names
};

/// "There is nothing here": the same words for what does not exist and for what is somebody else's.
tl::unexpected<Error> not_found();
Error neutral(Error error);  ///< a NotFound from within, in those words

http::Response json_answer(int status, std::string body);
http::Response nothing();  ///< 204
/// A value for Set-Cookie that no script reads and no other site sends; Secure where we are reached by https. Negative
/// `seconds`: until the browser is closed.
std::string set_cookie(const Desk& desk, std::string_view name, std::string_view value, std::string_view path,
                       int seconds);

/// What the handlers of all resources share. Any thread.
class Desk {
 public:
  Desk(Parts parts, Options options);
  ~Desk();

  Parts& parts() { return parts_; }
  const Options& options() const { return options_; }
  casework::Plane& plane() { return parts_.plane; }
  const access::Hasher& hasher() const { return parts_.plane.hasher(); }
  /// Taken once for an answer: the next call may give another version.
  std::shared_ptr<const policy::Policy> policy() const { return parts_.plane.policy(); }
  const access::Aliases& aliases() const { return parts_.aliases; }
  const casework::EvidenceRoom& evidence() const { return parts_.plane.evidence(); }
  ledger::KeyRing& keys() const { return parts_.plane.keys(); }
  Time now() const { return parts_.clock.now(); }
  Live& live() { return *live_; }
  RecentIds& recent_ids() { return *recent_ids_; }
  std::string& openapi() { return openapi_; }
  const GuestLinks& guests() const { return guests_; }
  HandOvers& hand_overs() { return hand_overs_; }
  const DelegateLinks& delegate_links() const { return delegate_links_; }
  /// Delegations in force; filled from the ledger when first asked.
  Result<access::Grants*> grants();
  /// The second stage of assessment and the order of arrival: one at a time.
  std::mutex& sequence() { return sequence_; }
  /// Under sequence(). Filled again after a start (windows_refill.h); they outlive a change of the pack.
  stream::Windows& windows() { return windows_; }
  /// Runs what is slow (password hashes, waiting for the clock) on a thread of its own; false when too much waits.
  bool errand(Function<void()> work);
  /// The same for trials of a pack, which take seconds of a processor: on a thread with little priority, so that nobody
  /// who signs in waits for one. One at a time, few may wait.
  bool trial(Function<void()> work);
  /// Codes that staff try at the desk, by person: who tries many is stopped long before meeting one.
  access::LoginThrottle& desk_tries() { return desk_tries_; }
  PassedPlaces& passed_places() { return *passed_places_; }
  /// For receipts that people get: they all take alike.
  EvenPace& pace() { return *pace_; }

  /// Who calls. Unauthorized for credentials that are not valid; nobody in particular without any.
  Result<access::Principal> authenticate(const http::Request& request, bool changes);
  /// Authenticated and admitted by the route. Denied names who may.
  /// TooMany for a user, guest or address that asks too often.
  Result<access::Principal> admit(const Route& route, const http::Request& request);

  /// Whom a member of staff may not judge, as of now: their own accounts, those whom these follow, block or know and
  /// who block or know them, who reported them, and declared ties. Takes views: any thread but the writer's.
  Result<WallPtr> wall_of(StaffId staff);
  Result<WallPtr> wall_of(const access::Principal& who);
  /// Does the caller's wall stand before the case? Every list and every id in a body is asked this; ids in paths are
  /// asked by read() and command() before the handler runs.
  Result<bool> hidden(const Call& call, ledger::View& view, CaseId case_id);
  /// NotFound when the path names something of a case before which the caller's wall stands; that is logged.
  Result<void> check_wall(const Call& call, ledger::View& view);

  /// Runs `f(call, view) → Result<Response>` on a reader thread and answers with what it gives.
  template <class F>
  void read(Call call, F f) {
    auto shared = std::make_shared<Call>(std::move(call));
    bool queued = plane().read([this, shared, f = std::move(f)](ledger::View& view) mutable {
      Result<void> open = check_wall(*shared, view);
      Result<http::Response> answer =
          open ? Result<http::Response>(f(*shared, view)) : tl::unexpected(std::move(open).error());
      if (answer) {
        shared->reply.send(*std::move(answer));
      } else {
        shared->reply.send_error(neutral(std::move(answer).error()));
      }
    });
    if (!queued) {
      shared->reply.send_error({Code::Unavailable, "too much waits to be read; try again shortly"});
    }
  }

  /// Runs `f(call, context) → Result<T>` as a command; when it is durable, answers with `encode(call, T) → Response`.
  /// What may have queued notices or orders wakes the outbox; the rest waits for its next second.
  template <class T, class F, class G>
  void command(Call call, F f, G encode, Wakes wakes_outbox = Wakes::No) {
    auto shared = std::make_shared<Call>(std::move(call));
    const bool wakes = wakes_outbox == Wakes::Yes;
    plane().command<T>(
        ledger::Priority::Normal,
        [this, shared, f = std::move(f)](casework::Context& context) mutable -> Result<T> {
          TRY(check_wall(*shared, context.tx()));
          return f(*shared, context);
        },
        [shared, wakes, encode = std::move(encode)](Result<T> result) mutable {
          if (result) {
            shared->reply.send(encode(*shared, *std::move(result)));
            if (wakes) {
              shared->desk.plane().poke();
            }
          } else {
            shared->reply.send_error(neutral(std::move(result).error()));
          }
        });
  }

  /// A command that creates, once for each Idempotency-Key: `f(call, context) → Result<T>` as above, and its first
  /// event carries the key. When the request comes again, `again(call, context, made) → Result<T>` tells from that
  /// event what was made, so that the answer is the same.
  template <class T, class F, class A, class G>
  void create(Call call, F f, A again, G encode, Wakes wakes_outbox = Wakes::No) {
    auto key = idempotency_of(call);
    if (!key) {
      call.reply.send_error(key.error());
      return;
    }
    command<T>(
        std::move(call),
        [key = *key, f = std::move(f), again = std::move(again)](Call& c,
                                                                 casework::Context& context) mutable -> Result<T> {
          if (key.key != ledger::Hash16{}) {
            if (auto made = TRY(casework::made_before(context, key.key, key.body))) {
              return again(c, context, *made);
            }
            context.remember(key.key, key.body);
          }
          return f(c, context);
        },
        std::move(encode), wakes_outbox);
  }

  /// Of a report without an account, by address and by mail address: 30 at once, one a minute after that. TooMany.
  Result<void> count_guest(const http::Request& request, std::string_view mail);

  // Ids as a caller sees them: a party's own aliases; the real ones for platform and staff.
  static bool is_party(const access::Principal& who) {
    return who.caller == access::Caller::User || who.caller == access::Caller::Guest;
  }
  template <class Tag>
  std::string id_out(const access::Principal& who, Id<Tag> id) const {
    return is_party(who) ? parts_.aliases.text(who.person, id) : id.text();
  }
  /// NotFound for what is no id at all: it is nobody's.
  template <class SomeId>
  Result<SomeId> id_in(const access::Principal& who, std::string_view text) const {
    auto id = is_party(who) ? parts_.aliases.parse<SomeId>(who.person, text) : SomeId::parse(text);
    if (!id) {
      return not_found();
    }
    return *id;
  }
  /// The id in the path, "{id}" unless named otherwise.
  template <class SomeId>
  Result<SomeId> path_id(const Call& call, std::string_view name = "id") const {
    return id_in<SomeId>(call.who, call.request.path_param(name));
  }
  std::string link(std::string_view path) const { return options_.public_url + std::string(path); }
  /// Where a person sees this case.
  std::string case_link(const access::PersonHash& person, CaseId case_id) const {
    return link("/v1/cases/" + parts_.aliases.text(person, case_id));
  }
  /// Notes that staff looked at a case; does nothing for others.
  void note_read(const access::Principal& who, CaseId case_id, std::string_view what);

 private:
  Result<access::Principal> user_of(std::string_view token);
  Result<access::Principal> handed_over(std::string_view token);
  Result<access::Principal> delegate_of(std::string_view token, std::string_view browser);
  Result<access::Principal> by_token(const http::Request& request, bool changes);
  Result<access::Principal> for_another(access::Principal who, std::string_view delegation);
  Result<void> count_request(const Route& route, const http::Request& request, const access::Principal& who);

  Parts parts_;
  const Options options_;
  const GuestLinks guests_;
  HandOvers hand_overs_;
  const DelegateLinks delegate_links_;
  access::Grants grants_;
  access::LoginThrottle desk_tries_{/*tries_per_minute=*/5};
  std::mutex filling_;  ///< of grants_
  std::unique_ptr<Live> live_;
  std::unique_ptr<RecentIds> recent_ids_;
  std::unique_ptr<SideThread> errand_, trials_;
  std::unique_ptr<EvenPace> pace_;
  std::unique_ptr<PassedPlaces> passed_places_;
  std::unique_ptr<http::RateLimiter> limiter_, guest_limiter_;  ///< none: no limit
  std::mutex sequence_;
  stream::Windows windows_;  ///< under sequence_
  std::string openapi_;      ///< constant once the routes are known
};

// --- decoding ---------------------------------------------------------------------------------------------

/// The body as a JSON object, in this thread's parser: good until the next call on this thread.
Result<Json> body_json(const http::Request& request);
/// Refuses text with a NUL, and ids with any control character.
std::string_view checked_text(FieldReader& in, std::string_view name, std::string_view value);
std::string_view checked_id(FieldReader& in, std::string_view name, std::string_view value);
/// A word of letters, digits, "_" and "-".
std::string_view checked_token(FieldReader& in, std::string_view name, std::string_view value);

/// The names of an enum whose names EnumNames has.
template <class E>
std::vector<std::string_view> names_of() {
  return {casework::EnumNames<E>::names.begin(), casework::EnumNames<E>::names.end()};
}
template <class E>
E choice(FieldReader& in, std::string_view name, E fallback) {
  return casework::value_of<E>(in.optional_choice(name, names_of<E>(), casework::name_of(fallback))).value_or(fallback);
}

/// ?limit= (1-200, default 50) and ?cursor=.
struct Page {
  std::size_t limit = 50;
  std::string_view cursor;
};
Result<Page> page_of(const http::Request& request, std::size_t most = 200, std::size_t fallback = 50);
Result<std::optional<Time>> query_time(const http::Request& request, std::string_view name);

/// A time for JSON, null when it is none.
void write_time(JsonWriter& out, std::string_view name, Time time);

}  // namespace heed::api
