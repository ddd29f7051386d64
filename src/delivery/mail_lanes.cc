#include "delivery/mail_lanes.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "base/thread_name.h"
#include "delivery/backlog.h"
#include "delivery/curl_handles.h"

namespace heed::delivery {
namespace {

using Kind = Outcome::Kind;
using Steady = std::chrono::steady_clock;
constexpr std::size_t kLanes = 8;
constexpr std::size_t kWaitingPerSlot = 16;

struct Waiting {
  Mail mail;
  OnOutcome done;
};

struct Transfer {
  std::string message;
  std::size_t sent = 0;  // bytes of it
  Steady::time_point deadline;
  const Backlog<Waiting>* backlog = nullptr;
};

std::size_t on_read(char* out, std::size_t size, std::size_t n, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  std::size_t count = std::min(size * n, transfer.message.size() - transfer.sent);
  transfer.message.copy(out, count, transfer.sent);
  transfer.sent += count;
  return count;
}

// Also called, once a second, where libcurl forgets its own timeout: while it waits for the server's good-bye.
int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(user);
  return transfer.backlog->stopping() || Steady::now() > transfer.deadline ? 1 : 0;
}

Outcome outcome_of(const Transfer& transfer, CURL* easy, CURLcode code) {
  long answered = 0;
  curl().easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answered);
  auto status = static_cast<int>(answered);
  if (code == CURLE_OK) {
    return make_outcome(Kind::Delivered, "the mail server took it", status);
  }
  if (code == CURLE_LOGIN_DENIED || code == CURLE_USE_SSL_FAILED) {
    return make_outcome(Kind::Retry, "the mail server refuses the log-in or TLS; see mail.smtp_user and mail.tls",
                        status);
  }
  // 530 to 539 ask for a log-in (RFC 4954). A greeting that refuses us comes as WEIRD_SERVER_REPLY before any byte of
  // the message was read, the verdict over the message after.
  bool about_log_in = status >= 530 && status < 540;
  bool about_this_mail = code == CURLE_SEND_ERROR || (code == CURLE_WEIRD_SERVER_REPLY && transfer.sent > 0);
  if (status >= 400 && status < 600) {
    bool dead = status >= 500 && about_this_mail && !about_log_in;
    return make_outcome(dead ? Kind::Dead : Kind::Retry, fmt::format("the mail server answered {}", status), status);
  }
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
    return make_outcome(Kind::Dead, "mail.smtp_url is no smtp or smtps URL");
  }
  return make_outcome(Kind::Retry, fmt::format("the mail server did not take it: {}", curl().easy_strerror(code)));
}

std::string_view envelope(std::string_view from) {
  std::size_t open = from.rfind('<');
  return open != from.npos && from.ends_with('>') ? from.substr(open + 1, from.size() - open - 2) : from;
}

}  // namespace

struct MailLanes::Impl {
  Impl(const SenderOptions& o, const Clock& c)
      : options(o), clock(c), from(envelope(o.mail_from)), backlog(o.in_flight_max * kWaitingPerSlot) {
    std::size_t lanes = options.smtp_url.empty() ? 1 : std::min(kLanes, options.in_flight_max);
    for (std::size_t i = 0; i < lanes; ++i) {
      threads.emplace_back([this] {
        name_thread("mail");
        run();
      });
    }
  }

  void run() {
    while (!backlog.stopping()) {
      auto next = backlog.wait_and_take();
      if (next) {
        next->done(deliver(next->mail));
      } else if (auto refused = backlog.take_refused()) {
        refused->done(too_many());
      }
    }
  }

  Outcome deliver(const Mail& mail) {
    if (options.smtp_url.empty() || !valid_mail_address(from)) {
      return make_outcome(Kind::Dead, "no mail server is configured; set mail.smtp_url and mail.from");
    }
    if (!valid_mail_address(mail.to)) {
      return make_outcome(Kind::Dead, "the recipient's address is none that mail can be sent to");
    }
    if (!curl_library()) {
      return make_outcome(Kind::Retry, curl_library().error().message);
    }
    Transfer transfer;
    transfer.message = mail_message(mail, options.mail_from, clock.now());
    transfer.deadline = Steady::now() + options.timeout;
    transfer.backlog = &backlog;
    List recipients;
    append(recipients, mail.to);
    Easy handle(curl().easy_init());
    CURL* easy = handle.get();
    HEED_ASSERT(easy != nullptr);
    curl().easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl().easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl().easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl().easy_setopt(easy, CURLOPT_URL, options.smtp_url.c_str());
    curl().easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
    curl().easy_setopt(easy, CURLOPT_MAIL_FROM, from.c_str());
    curl().easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients.get());
    curl().easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl().easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    curl().easy_setopt(easy, CURLOPT_READDATA, &transfer);
    // Closed by this handle, with its progress function; a kept one would be closed by a handle without.
    curl().easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl().easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl().easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl().easy_setopt(easy, CURLOPT_XFERINFODATA, &transfer);
    bool log_in = !options.smtp_user.empty();
    using MailTls = SenderOptions::MailTls;
    long tls = CURLUSESSL_TRY;
    if (log_in || options.mail_tls == MailTls::Require) {
      tls = CURLUSESSL_ALL;
    } else if (options.mail_tls == MailTls::Off) {
      tls = CURLUSESSL_NONE;
    }
    curl().easy_setopt(easy, CURLOPT_USE_SSL, tls);
    if (log_in) {
      curl().easy_setopt(easy, CURLOPT_USERNAME, options.smtp_user.c_str());
      curl().easy_setopt(easy, CURLOPT_PASSWORD, options.smtp_password.c_str());
    }
    auto timeout_s = std::chrono::ceil<std::chrono::seconds>(options.timeout).count();
    curl().easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(timeout_s));
    CURLcode code = curl().easy_perform(easy);
    return outcome_of(transfer, easy, code);
  }

  // Constant after construction.
  const SenderOptions& options;
  const Clock& clock;
  const std::string from;

  Backlog<Waiting> backlog;
  std::once_flag stopped_once;
  std::vector<std::thread> threads;
};

MailLanes::MailLanes(const SenderOptions& options, const Clock& clock)
    : impl_(std::make_unique<Impl>(options, clock)) {}
MailLanes::~MailLanes() { stop(); }

void MailLanes::send(Mail mail, OnOutcome done) {
  Waiting waiting{std::move(mail), std::move(done)};
  if (!impl_->backlog.add(waiting)) {
    waiting.done(stopped());
  }
}

void MailLanes::stop() {
  std::call_once(impl_->stopped_once, [&] {
    impl_->backlog.stop();
    for (std::thread& thread : impl_->threads) {
      thread.join();
    }
    for (auto left = impl_->backlog.drain(); !left.empty(); left = impl_->backlog.drain()) {
      for (Waiting& waiting : left) {
        waiting.done(stopped());
      }
    }
  });
}

}  // namespace heed::delivery
