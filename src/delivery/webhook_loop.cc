#include "delivery/webhook_loop.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/thread_name.h"
#include "delivery/address.h"
#include "delivery/backlog.h"
#include "delivery/curl_handles.h"

namespace heed::delivery {
namespace {

using Kind = Outcome::Kind;
constexpr std::size_t kAnswerBytesMax = 4096;  // of a body that nobody reads
constexpr std::size_t kWaitingPerSlot = 16;
constexpr curl_off_t kRetryAfterMax_s = 24 * 3600;
constexpr std::size_t kIdBytesMax = 255;
constexpr const char* kNoUrl = "the webhook's address is no http or https URL";

/// One webhook on its way. Stays where it is: libcurl holds pointers into it.
struct Transfer {
  Webhook hook;
  OnOutcome done;
  List headers = {};
  std::size_t received = 0;  // bytes of the answer's body
  bool private_address = false;
  Easy easy = {};  // last: goes before what it points to
};

std::size_t on_body(char*, std::size_t size, std::size_t n, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.received += size * n;
  return transfer.received > kAnswerBytesMax ? 0 : size * n;  // 0 ends the transfer; its status stands
}

curl_socket_t on_open_socket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (is_private_address(&address->addr)) {
    transfer.private_address = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

bool valid_id(std::string_view id) {
  return !id.empty() && id.size() <= kIdBytesMax &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

Outcome outcome_of(const Transfer& transfer, CURLcode code) {
  CURL* easy = transfer.easy.get();
  long status = 0;
  curl().easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  if (status >= 200) {
    // The status line is there; whatever then went wrong with the rest does not matter.
    Outcome out = make_outcome(Kind::Retry, fmt::format("the receiver answered {}", status), static_cast<int>(status));
    if (status < 300) {
      out.kind = Kind::Delivered;
    } else if (status == 410) {
      out.kind = Kind::Dead;
    } else {
      curl_off_t seconds = 0;
      curl().easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
      out.retry_after = std::chrono::seconds(std::clamp<curl_off_t>(seconds, 0, kRetryAfterMax_s));
      out.detail += status < 400 ? "; redirects are not followed: set the address it should go to" : "";
    }
    return out;
  }
  if (code == CURLE_URL_MALFORMAT) {
    return make_outcome(Kind::Dead, kNoUrl);
  }
  if (transfer.private_address) {
    return make_outcome(Kind::Retry,
                        "the webhook's address is private or special; webhooks.allow_private_addresses forbids it");
  }
  return make_outcome(Kind::Retry, fmt::format("no answer: {}", curl().easy_strerror(code)));
}

}  // namespace

struct WebhookLoop::Impl {
  Impl(const SenderOptions& o, const Clock& c) : options(o), clock(c), backlog(o.in_flight_max * kWaitingPerSlot) {
    for (const std::string& text : options.webhook_secrets) {
      Result<std::string> secret = parse_webhook_secret(text);
      HEED_ASSERT(secret.has_value());  // SenderOptions::from has checked them
      secrets.push_back(*std::move(secret));
    }
    thread = std::thread([this] {
      name_thread("webhooks");
      run();
    });
  }

  /// After something was put into the backlog, or it was stopped. `thread` looks there again once it can be woken.
  void wake() {
    if (CURLM* handle = wakeable.load()) {
      curl().multi_wakeup(handle);
    }
  }

  // --- on `thread` only ---

  void run() {
    backlog.wait();
    if (!backlog.stopping() && curl_library()) {
      multi.reset(curl().multi_init());
      HEED_ASSERT(multi != nullptr);
      curl().multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(options.in_flight_max));
      wakeable.store(multi.get());
    }
    while (!backlog.stopping()) {
      if (!multi) {
        backlog.wait();
        for (auto left = backlog.take(); left; left = backlog.take()) {
          (*left)->done(make_outcome(Kind::Retry, curl_library().error().message));
        }
      }
      while (auto refused = backlog.take_refused()) {
        (*refused)->done(too_many());
      }
      while (active.size() < options.in_flight_max) {
        auto next = backlog.take();
        if (!next) {
          break;
        }
        begin(*std::move(next));
      }
      if (!multi) {
        continue;
      }
      int running = 0;
      curl().multi_perform(multi.get(), &running);
      if (!take_finished()) {
        curl().multi_poll(multi.get(), nullptr, 0, /*timeout_ms=*/60000, nullptr);
      }
    }
    while (!active.empty()) {
      auto node = active.extract(active.begin());
      curl().multi_remove_handle(multi.get(), node.mapped()->easy.get());
      node.mapped()->done(stopped());
    }
    for (auto left = backlog.drain(); !left.empty(); left = backlog.drain()) {  // an answer may send again
      for (auto& transfer : left) {
        transfer->done(stopped());
      }
    }
  }

  void begin(std::unique_ptr<Transfer> transfer) {
    const Webhook& hook = transfer->hook;
    if (!valid_id(hook.id)) {
      transfer->done(make_outcome(Kind::Dead, "the webhook's id must be 1 to 255 visible ASCII characters"));
      return;
    }
    if (!hook.url.starts_with("http://") && !hook.url.starts_with("https://")) {
      transfer->done(make_outcome(Kind::Dead, kNoUrl));
      return;
    }
    if (hook.secret.empty() && secrets.empty()) {
      transfer->done(make_outcome(Kind::Retry, "there is no secret to sign with; set webhooks.secrets"));
      return;
    }
    prepare(*transfer);
    CURL* easy = transfer->easy.get();
    CURLMcode added = curl().multi_add_handle(multi.get(), easy);
    HEED_ASSERT(added == CURLM_OK);
    active.emplace(easy, std::move(transfer));
  }

  void prepare(Transfer& transfer) {
    const Webhook& hook = transfer.hook;
    std::int64_t now_s = to_ms(clock.now()) / 1000;
    std::string signature = hook.secret.empty() ? webhook_signature(hook.id, now_s, hook.body, secrets)
                                                : webhook_signature(hook.id, now_s, hook.body, {hook.secret});
    append(transfer.headers, "content-type: application/json");
    append(transfer.headers, "webhook-id: " + hook.id);
    append(transfer.headers, fmt::format("webhook-timestamp: {}", now_s));
    append(transfer.headers, "webhook-signature: " + signature);
    append(transfer.headers, "expect:");  // no 100-continue: it costs a second with receivers that ignore it
    transfer.easy.reset(curl().easy_init());
    CURL* easy = transfer.easy.get();
    HEED_ASSERT(easy != nullptr);
    curl().easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl().easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl().easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl().easy_setopt(easy, CURLOPT_URL, hook.url.c_str());
    curl().easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl().easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl().easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
    curl().easy_setopt(easy, CURLOPT_POST, 1L);
    curl().easy_setopt(easy, CURLOPT_POSTFIELDS, hook.body.data());
    curl().easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(hook.body.size()));
    curl().easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers.get());
    curl().easy_setopt(easy, CURLOPT_USERAGENT, "Heed");
    curl().easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl().easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    if (!options.allow_private_addresses) {
      curl().easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
      curl().easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer);
    }
  }

  bool take_finished() {
    bool any = false;
    int left = 0;
    while (CURLMsg* message = curl().multi_info_read(multi.get(), &left)) {
      if (message->msg != CURLMSG_DONE) {
        continue;
      }
      any = true;
      CURLcode code = message->data.result;  // `message` dies with the handle's removal
      auto node = active.extract(message->easy_handle);
      HEED_ASSERT(!node.empty());
      Transfer& transfer = *node.mapped();
      curl().multi_remove_handle(multi.get(), transfer.easy.get());
      transfer.done(outcome_of(transfer, code));
    }
    return any;
  }

  // Constant after construction.
  const SenderOptions& options;
  const Clock& clock;
  std::vector<std::string> secrets;

  Backlog<std::unique_ptr<Transfer>> backlog;
  Multi multi;                                                  // made by `thread` for the first webhook
  std::atomic<CURLM*> wakeable = nullptr;                       // `multi`, once it is there
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> active;  // on `thread` only
  std::once_flag stopped_once;
  std::thread thread;
};

WebhookLoop::WebhookLoop(const SenderOptions& options, const Clock& clock)
    : impl_(std::make_unique<Impl>(options, clock)) {}
WebhookLoop::~WebhookLoop() { stop(); }

void WebhookLoop::send(Webhook webhook, OnOutcome done) {
  auto transfer = std::make_unique<Transfer>();
  transfer->hook = std::move(webhook);
  transfer->done = std::move(done);
  if (!impl_->backlog.add(transfer)) {
    transfer->done(stopped());
    return;
  }
  impl_->wake();
}

void WebhookLoop::stop() {
  std::call_once(impl_->stopped_once, [&] {
    impl_->backlog.stop();
    impl_->wake();
    impl_->thread.join();
  });
}

}  // namespace heed::delivery
