#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/function.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/settings.h"

/// Sending: one webhook or one mail, once, asynchronously, through libcurl. Knows nothing of cases;
/// retries, order and dead letters are casework's outbox. Why it is made so: docs/adr/0005-delivery-room.md.
namespace heed::delivery {

struct Webhook {
  std::string url;
  std::string id;      ///< constant over retries: `webhook-id`
  std::string body;    ///< JSON
  std::string secret;  ///< raw bytes; "": signed with every one of SenderOptions::webhook_secrets (rotation)
};
struct Mail {
  std::string to, subject, text, html;  ///< html may be "": then there is one part
  std::string message_id;               ///< constant over retries; without "@" it gets the sender's domain
  std::string list_unsubscribe;         ///< URL, optional
};
/// What became of one try.
///  webhook  2xx Delivered. 410 Dead: the receiver says that this address is gone for good. Anything else Retry: 429,
///           5xx, timeouts and connections that fail, but also 3xx (redirects are not followed: a signed notice goes
///           where the operator said) and the other 4xx. Those are a receiver's fault that gets mended (a wrong path
///           after a release, a secret not yet rotated); taking them for final would lose for good what arrives an
///           hour later, and the outbox's back-off bounds what it costs.
///  mail     accepted Delivered; an answer 5xx to sender, recipient or message Dead; 4xx and everything else, a failed
///           log-in included (ours to mend), Retry.
///  Dead also: a request that no receiver can take (malformed URL or address, no mail server configured).
struct Outcome {
  enum class Kind : std::uint8_t { Delivered, Retry, Dead } kind = Kind::Retry;
  int status = 0;         ///< HTTP or SMTP status, 0 when none came
  std::string detail;     ///< ours, no personal data
  Millis retry_after{0};  ///< asked for by the receiver (Retry-After), at most a day; 0: nothing asked
};
using OnOutcome = Function<void(Outcome)>;

/// Standard Webhooks (standardwebhooks.com): "v1,<base64 HMAC-SHA256(id.timestamp.body)>", space-separated.
std::string webhook_signature(std::string_view id, std::int64_t timestamp_s, std::string_view body,
                              const std::vector<std::string>& secrets);
/// "whsec_<base64>" → raw bytes, 24 to 64 of them as the standard has it. InvalidInput, never echoing the text.
Result<std::string> parse_webhook_secret(std::string_view text);
/// An address that mail can be sent to: local part and domain in visible ASCII without quoting, at most 254 bytes
/// (RFC 5321). What needs SMTPUTF8 (RFC 6531) is refused.
bool valid_mail_address(std::string_view address);
/// RFC 5322 message with CRLF lines, 7-bit clean, lines of at most 78 bytes but for long addresses, ids and URLs;
/// header injection impossible. Subjects and names are RFC 2047 encoded words where they have to be, bodies
/// quoted-printable (RFC 2045). `from` is "address" or "Name <address>". The same mail gives the same bytes, but for
/// `date`.
std::string mail_message(const Mail& mail, std::string_view from, Time date);

struct SenderOptions {
  std::string smtp_url;  ///< smtp://host:25, smtps://…; empty: no mail
  std::string smtp_user, smtp_password, mail_from;
  std::vector<std::string> webhook_secrets;  ///< "whsec_…"
  Millis timeout = std::chrono::seconds(20);
  std::size_t in_flight_max = 64;
  /// Webhooks to loopback, private, link-local and other special ranges. Checked on the address that is connected to,
  /// after the name was resolved. The mail server may stand anywhere.
  bool allow_private_addresses = true;
  enum class MailTls : std::uint8_t { Auto, Require, Off } mail_tls = MailTls::Auto;  ///< of smtp:// by STARTTLS
  static std::vector<SettingDef> settings();
  static Result<SenderOptions> from(const Settings& settings);
};

/// Any thread; never blocks. Runs threads of its own (one for all webhooks, up to eight for mails), on which `done` is
/// called, exactly once, also at stop (Retry); it must only hand over. `in_flight_max` webhooks are under way at once,
/// 16 times as many wait, of mails too; beyond that the answer is Retry. Proxies named in the environment are not used.
/// Timeouts are real time; `clock` only dates what is sent. Stopping takes up to two seconds with a silent mail server,
/// longer while a name is being resolved.
class Sender {
 public:
  Sender(SenderOptions options, const Clock& clock, Metrics& metrics);
  ~Sender();
  void send(Webhook webhook, OnOutcome done);
  void send(Mail mail, OnOutcome done);
  std::size_t in_flight() const;  ///< sent and not yet answered

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heed::delivery
