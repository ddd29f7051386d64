#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/crypto.h"
#include "delivery/delivery.h"

namespace heed::delivery {
namespace {

constexpr std::size_t kLineMax = 76;      // RFC 2045: quoted-printable
constexpr std::size_t kSubjectMax = 400;  // bytes of UTF-8
constexpr std::size_t kWordBytes = 39;    // → 52 characters of base64: with "Subject: =?UTF-8?B?" and "?=" under 76
constexpr std::string_view kEol = "\r\n";

bool visible(char c) { return c > ' ' && c < 0x7F; }

/// Text for a header: one line, valid UTF-8.
std::string one_line(std::string_view text, std::size_t bytes_max) {
  bool utf8 = valid_utf8(text);
  std::string out(utf8 ? utf8_prefix(text, bytes_max) : text.substr(0, bytes_max));
  for (char& c : out) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      c = ' ';
    } else if (byte >= 0x80 && !utf8) {
      c = '?';
    }
  }
  return out;
}

/// RFC 2047 §2: encoded words of whole characters, a line each.
std::string encoded_words(std::string_view line) {
  std::string out;
  while (!line.empty()) {
    std::string_view word = utf8_prefix(line, kWordBytes);
    line.remove_prefix(word.size());
    out += (out.empty() ? "" : "\r\n ") + fmt::format("=?UTF-8?B?{}?=", to_base64(word));
  }
  return out;
}

/// As it is when short and plain, else encoded.
std::string unstructured(std::string_view line) {
  bool plain = line.size() <= 64 && line.find("=?") == line.npos &&
               std::all_of(line.begin(), line.end(), [](char c) { return c == ' ' || visible(c); });
  return plain ? std::string(line) : encoded_words(line);
}

struct Mailbox {
  std::string name, address;
};
Mailbox split_from(std::string_view from) {
  std::size_t open = from.rfind('<');
  if (open == from.npos || !from.ends_with('>')) {
    return {"", std::string(from)};
  }
  std::string name = one_line(from.substr(0, open), 120);
  while (name.ends_with(' ')) {
    name.pop_back();
  }
  return {name, std::string(from.substr(open + 1, from.size() - open - 2))};
}

std::string mailbox_header(const Mailbox& box) {
  if (!valid_mail_address(box.address)) {
    return "undisclosed-recipients:;";  // nothing is sent with it: Sender refuses first
  }
  if (box.name.empty()) {
    return box.address;
  }
  bool atoms = std::all_of(box.name.begin(), box.name.end(), [](char c) {
    return c == ' ' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
  });
  // An encoded word may stand for a phrase; it needs no quoting rules.
  std::string name = atoms ? box.name : encoded_words(box.name);
  return name + (name.size() + box.address.size() > 64 ? "\r\n <" : " <") + box.address + ">";
}

std::string message_id(std::string_view id, std::string_view from_address) {
  std::string out;
  bool at = false;
  for (char c : id.substr(0, 200)) {
    bool keep = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' ||
                c == '-' || (c == '@' && !at && !out.empty());
    at = at || (keep && c == '@');
    if (keep) {
      out += c;
    }
  }
  if (out.empty()) {
    out = "none";
  }
  if (!at || out.ends_with('@')) {
    std::size_t sign = from_address.find('@');
    bool usable = valid_mail_address(from_address);
    out += at ? "" : "@";
    out += usable ? from_address.substr(sign + 1) : std::string_view("localhost");
  }
  return "<" + out + ">";
}

std::string rfc5322_date(Time date) {
  auto day = std::chrono::floor<std::chrono::days>(date);
  std::chrono::year_month_day ymd(day);
  std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(date - day));
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday(day).c_encoding()],
                     static_cast<unsigned>(ymd.day()), kMonths[static_cast<unsigned>(ymd.month()) - 1],
                     static_cast<int>(ymd.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

/// RFC 2045 §6.7. Line breaks of any kind become CRLF; nothing but printable ASCII comes out.
void quoted_printable(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\r' || c == '\n') {
      i += c == '\r' && i + 1 < text.size() && text[i + 1] == '\n' ? 1 : 0;
      out.append(kEol);
      column = 0;
      continue;
    }
    bool at_end = i + 1 == text.size() || text[i + 1] == '\r' || text[i + 1] == '\n';
    if (column + 3 > kLineMax - 1) {  // room for the soft break's "="
      out.append("=").append(kEol);
      column = 0;
    }
    // A dot that begins a line means something to SMTP, "From " to old mailboxes: neither survives as such.
    bool starts_badly = column == 0 && (c == '.' || c == 'F');
    if (((visible(c) && c != '=') || (c == ' ' && !at_end)) && !starts_badly) {
      out += c;
      column += 1;
    } else {
      auto byte = static_cast<unsigned char>(c);
      out.append({'=', kHex[byte >> 4], kHex[byte & 15]});
      column += 3;
    }
  }
  out.append(kEol);
}

void part(std::string& out, std::string_view type, std::string_view text) {
  out +=
      fmt::format("Content-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", type);
  quoted_printable(out, text);
}

}  // namespace

bool valid_mail_address(std::string_view address) {
  std::size_t at = address.find('@');
  if (address.size() > 254 || at == address.npos || at == 0 || at > 64 || at + 1 == address.size() ||
      address.starts_with('.') || address.starts_with('-')) {
    return false;
  }
  auto alphanumeric = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  constexpr std::string_view kLocalMarks = "!#$%&'*+-/=?^_`{|}~.";
  auto local = [&](char c) { return alphanumeric(c) || kLocalMarks.find(c) != kLocalMarks.npos; };
  auto domain = [&](char c) { return alphanumeric(c) || c == '-' || c == '.'; };
  std::string_view name = address.substr(0, at), host = address.substr(at + 1);
  return std::all_of(name.begin(), name.end(), local) && std::all_of(host.begin(), host.end(), domain) &&
         !name.ends_with('.') && name.find("..") == name.npos && host.find("..") == host.npos &&
         alphanumeric(host.front()) && alphanumeric(host.back());
}

std::string mail_message(const Mail& mail, std::string_view from, Time date) {
  Mailbox sender = split_from(from);
  std::string out;
  out.reserve(1024 + mail.text.size() * 2 + mail.html.size() * 2);
  auto header = [&](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append(kEol);
  };
  header("From", mailbox_header(sender));
  header("To", mailbox_header({"", mail.to}));
  header("Subject", unstructured(one_line(mail.subject, kSubjectMax)));
  header("Date", rfc5322_date(date));
  header("Message-ID", message_id(mail.message_id, sender.address));
  header("MIME-Version", "1.0");
  header("Auto-Submitted", "auto-generated");  // RFC 3834: no out-of-office answers, please
  const std::string& url = mail.list_unsubscribe;
  if (url.starts_with("https://") && url.size() <= 900 && std::all_of(url.begin(), url.end(), visible) &&
      url.find_first_of("<>") == url.npos) {
    header("List-Unsubscribe", "<" + url + ">");
  }
  if (mail.html.empty()) {
    part(out, "plain", mail.text);
    return out;
  }
  // Quoted-printable never contains "=_", so no part can contain the boundary.
  std::string boundary = "=_" + to_hex(view(sha256(mail.message_id))).substr(0, 24);
  header("Content-Type", fmt::format("multipart/alternative; boundary=\"{}\"", boundary));
  out += fmt::format("\r\n--{}\r\n", boundary);
  part(out, "plain", mail.text);
  out += fmt::format("\r\n--{}\r\n", boundary);
  part(out, "html", mail.html);
  out += fmt::format("\r\n--{}--\r\n", boundary);
  return out;
}

}  // namespace heed::delivery
