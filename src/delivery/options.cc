#include "delivery/delivery.h"

namespace heed::delivery {
namespace {

std::string_view address_of(std::string_view from) {
  std::size_t open = from.rfind('<');
  return open != from.npos && from.ends_with('>') ? from.substr(open + 1, from.size() - open - 2) : from;
}

}  // namespace

std::vector<SettingDef> SenderOptions::settings() {
  using Type = SettingDef::Type;
  return {
      {.name = "mail.smtp_url",
       .fallback = "",
       .sentence = "Mail server: smtp://host:25 or smtps://host:465; empty: no mail is sent",
       .address = true},
      {"mail.smtp_user", Type::Text, "", "Name to log in with at the mail server; empty: no log-in"},
      {.name = "mail.smtp_password", .fallback = "", .sentence = "Password for it", .secret = true},
      {"mail.from", Type::Text, "", "Sender of mails: address, or Name <address>"},
      {.name = "mail.tls",
       .fallback = "auto",
       .sentence = "STARTTLS with smtp://: auto uses it where offered, and always before a log-in",
       .choices = {"auto", "require", "off"}},
      {.name = "webhooks.secrets",
       .type = Type::List,
       .fallback = "",
       .sentence = "Secrets that sign webhooks, whsec_ and base64; all of them sign, so that one can be rotated",
       .secret = true},
      {"webhooks.allow_private_addresses", Type::Bool, "true",
       "Whether webhooks may go to loopback and private networks"},
      {"delivery.timeout_ms", Type::Int, "20000", "Longest time for one delivery, in milliseconds", 100, 600000},
      {"delivery.in_flight_max", Type::Int, "64", "Deliveries under way at once", 1, 1000},
  };
}

Result<SenderOptions> SenderOptions::from(const Settings& settings) {
  SenderOptions options;
  std::vector<FieldError> faults;
  options.smtp_url = settings.text("mail.smtp_url");
  options.smtp_user = settings.text("mail.smtp_user");
  options.smtp_password = settings.text("mail.smtp_password");
  options.mail_from = settings.text("mail.from");
  const std::string& tls = settings.text("mail.tls");
  options.mail_tls = tls == "require" ? MailTls::Require : tls == "off" ? MailTls::Off : MailTls::Auto;
  options.webhook_secrets = settings.list("webhooks.secrets");
  options.allow_private_addresses = settings.boolean("webhooks.allow_private_addresses");
  options.timeout = Millis(settings.integer("delivery.timeout_ms"));
  options.in_flight_max = static_cast<std::size_t>(settings.integer("delivery.in_flight_max"));
  if (!options.smtp_url.empty()) {
    if (!options.smtp_url.starts_with("smtp://") && !options.smtp_url.starts_with("smtps://")) {
      faults.push_back({"mail.smtp_url", "must begin with smtp:// or smtps://"});
    }
    if (!valid_mail_address(address_of(options.mail_from))) {
      faults.push_back({"mail.from", "must be an address, or Name <address>, when mail.smtp_url is set"});
    }
    if (options.mail_tls == MailTls::Off && !options.smtp_user.empty()) {
      faults.push_back({"mail.tls", "must not be off when there is a mail.smtp_user: the password would go in clear"});
    }
  }
  for (const std::string& secret : options.webhook_secrets) {
    if (auto parsed = parse_webhook_secret(secret); !parsed) {
      faults.push_back({"webhooks.secrets", parsed.error().message});
    }
  }
  if (!faults.empty()) {
    std::string message = faults.front().pointer + ": " + faults.front().detail;
    return fail(Code::InvalidInput, std::move(message), std::move(faults));
  }
  return options;
}

}  // namespace heed::delivery
