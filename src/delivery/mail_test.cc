#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/bytes.h"
#include "delivery/delivery.h"

namespace heed::delivery {
namespace {

const Time kDate = from_ms(1795284000000);
constexpr std::string_view kFrom = "Forum <no-reply@forum.example>";

struct Parsed {
  std::vector<std::pair<std::string, std::string>> headers;  // unfolded
  std::string body;
  std::string at(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) {
        return value;
      }
    }
    return "(none)";
  }
};
Parsed parse(std::string_view message) {
  Parsed out;
  std::size_t head_end = message.find("\r\n\r\n");
  std::string_view head = message.substr(0, head_end + 2);
  out.body = message.substr(head_end + 4);
  while (!head.empty()) {
    std::size_t end = head.find("\r\n");
    std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (line.starts_with(' ')) {
      out.headers.back().second += line;
    } else {
      std::size_t colon = line.find(':');
      out.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
  }
  return out;
}

std::string decode_quoted_printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out += text[i];
    } else if (text.substr(i + 1).starts_with("\r\n")) {
      i += 2;
    } else {
      out +=
          from_hex([&] {
            std::string hex(text.substr(i + 1, 2));
            std::transform(hex.begin(), hex.end(), hex.begin(), [](char c) { return static_cast<char>(tolower(c)); });
            return hex;
          }())
              .value();
      i += 2;
    }
  }
  return out;
}

std::string decode_words(std::string_view value) {
  std::string out;
  for (std::size_t at; (at = value.find("=?UTF-8?B?")) != value.npos;) {
    value.remove_prefix(at + 10);
    std::size_t end = value.find("?=");
    std::string word = from_base64(value.substr(0, end)).value();
    EXPECT_TRUE(valid_utf8(word)) << "a word holds whole characters";
    out += word;
    value.remove_prefix(end + 2);
  }
  return out;
}

void expect_clean(std::string_view message) {
  const std::set<std::string> known = {"From",
                                       "To",
                                       "Subject",
                                       "Date",
                                       "Message-ID",
                                       "MIME-Version",
                                       "Content-Type",
                                       "Auto-Submitted",
                                       "List-Unsubscribe",
                                       "Content-Transfer-Encoding"};
  for (std::size_t i = 0; i < message.size(); ++i) {
    auto byte = static_cast<unsigned char>(message[i]);
    ASSERT_TRUE((byte >= 0x20 && byte < 0x7F) || byte == '\r' || byte == '\n') << static_cast<int>(byte);
    ASSERT_EQ(message[i] == '\n', i > 0 && message[i - 1] == '\r') << "bare CR or LF at " << i;
  }
  std::set<std::string> seen;
  for (const auto& [name, value] : parse(message).headers) {
    EXPECT_TRUE(known.contains(name)) << name;
    EXPECT_TRUE(seen.insert(name).second) << name;
  }
}

TEST(MailMessage, IsPlainWhereItCanBe) {
  Mail mail{"ann@example.org", "Your report H-7K3M-92QF", "Hello Ann,\nwe have it.\n", "", "ntc_1@forum.example", ""};
  EXPECT_EQ(mail_message(mail, kFrom, kDate),
            "From: Forum <no-reply@forum.example>\r\n"
            "To: ann@example.org\r\n"
            "Subject: Your report H-7K3M-92QF\r\n"
            "Date: Sat, 21 Nov 2026 18:00:00 +0000\r\n"
            "Message-ID: <ntc_1@forum.example>\r\n"
            "MIME-Version: 1.0\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
            "Hello Ann,\r\nwe have it.\r\n\r\n");
}

TEST(MailMessage, TextInAnyLanguageComesBack) {
  for (const std::string& text : std::vector<std::string>{"Grüße aus Köln, Straße 5 = 5€", "ваша жалоба получена",
                                                          "あなたの報告を受け取りました。", "😀😀"}) {
    std::string subject, body;
    for (int i = 0; i < 7; ++i) {
      subject += text;
      body += text + text + text + "\n";
    }
    Mail mail{"ann@example.org", subject, body, "", "1", ""};
    std::string message = mail_message(mail, kFrom, kDate);
    expect_clean(message);
    Parsed parsed = parse(message);
    std::string decoded = decode_words(parsed.at("Subject"));
    EXPECT_TRUE(decoded == subject || (decoded.size() > 390 && subject.starts_with(decoded)));
    std::string lf = decode_quoted_printable(parsed.body);
    lf.erase(std::remove(lf.begin(), lf.end(), '\r'), lf.end());
    EXPECT_EQ(lf, body + "\n");
    std::string_view left = message;
    for (std::size_t end; (end = left.find("\r\n")) != left.npos; left.remove_prefix(end + 2)) {
      EXPECT_LE(end, 78U) << left.substr(0, end);
    }
  }
}

TEST(MailMessage, HeadersCannotBeInjected) {
  std::string evil = "x\r\nBcc: all@example.org\r\n\r\n<script>\nX-A: b\rX-C: d";
  evil.push_back('\0');
  const std::vector<std::string> all = {evil, "ann@example.org>\r\nBcc: x@y.example", evil + "ü",
                                        "=?UTF-8?B?DQpCY2M6?=", "\n.\n"};
  for (const std::string& bad : all) {
    Mail mail{bad, bad, bad, bad, bad, "https://x.example/" + bad};
    for (const std::string& from : {std::string(kFrom), bad, bad + " <no-reply@forum.example>"}) {
      std::string message = mail_message(mail, from, kDate);
      expect_clean(message);
      std::string url = parse(message).at("List-Unsubscribe");
      EXPECT_TRUE(url == "(none)" || url == "<https://x.example/" + bad + ">") << url;
      EXPECT_EQ(parse(message).at("To"), "undisclosed-recipients:;");
    }
  }
}

TEST(MailMessage, MessageIdIsConstantAndWellFormed) {
  Mail mail{"ann@example.org", "s", "t", "", "ntc_01ABC", ""};
  EXPECT_EQ(parse(mail_message(mail, kFrom, kDate)).at("Message-ID"), "<ntc_01ABC@forum.example>");
  EXPECT_EQ(parse(mail_message(mail, kFrom, kDate + Millis(86400000))).at("Message-ID"), "<ntc_01ABC@forum.example>");
  mail.message_id = "";
  EXPECT_EQ(parse(mail_message(mail, kFrom, kDate)).at("Message-ID"), "<none@forum.example>");
  mail.message_id = "a@";
  EXPECT_EQ(parse(mail_message(mail, kFrom, kDate)).at("Message-ID"), "<a@forum.example>");
  mail.message_id = "@a@b@c> <x";
  EXPECT_EQ(parse(mail_message(mail, kFrom, kDate)).at("Message-ID"), "<a@bcx>");
}

TEST(MailMessage, HtmlGoesAsTheSecondAlternative) {
  Mail mail{"ann@example.org", "s", "plain --=_ text", "<p>rich --=_ text</p>", "1", "https://forum.example/u?t=abc"};
  std::string message = mail_message(mail, kFrom, kDate);
  expect_clean(message);
  Parsed parsed = parse(message);
  EXPECT_EQ(parsed.at("List-Unsubscribe"), "<https://forum.example/u?t=abc>");
  std::string type = parsed.at("Content-Type");
  std::size_t quote = type.find('"');
  std::string boundary = "--" + type.substr(quote + 1, type.size() - quote - 2);
  std::vector<std::size_t> marks;
  for (std::size_t at = parsed.body.find(boundary); at != std::string::npos; at = parsed.body.find(boundary, at + 1)) {
    marks.push_back(at);
  }
  ASSERT_EQ(marks.size(), 3U);
  std::string plain = parsed.body.substr(marks[0], marks[1] - marks[0]);
  std::string html = parsed.body.substr(marks[1], marks[2] - marks[1]);
  EXPECT_NE(plain.find("text/plain"), plain.npos);
  EXPECT_NE(plain.find("plain --=3D_ text"), plain.npos);
  EXPECT_NE(html.find("text/html"), html.npos);
  EXPECT_TRUE(parsed.body.substr(marks[2]).starts_with(boundary + "--"));
}

TEST(MailMessage, AnyBytesStayCleanAndComeBack) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (unsigned i = random() % 400; i > 0; --i) {
      const char* favourites = "\r\n =.F\t";
      text += random() % 3 == 0 ? favourites[random() % 7] : static_cast<char>(random());
    }
    Mail mail{"ann@example.org", text, text, random() % 2 == 0 ? "" : text, text, text};
    std::string message = mail_message(mail, kFrom, kDate);
    expect_clean(message);
    EXPECT_EQ(message.find("\r\n."), message.npos);
    if (mail.html.empty()) {
      std::string want;
      for (std::size_t i = 0; i < text.size(); ++i) {
        bool break_here = text[i] == '\r' || text[i] == '\n';
        i += text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
        want += break_here ? "\r\n" : std::string(1, text[i]);
      }
      EXPECT_EQ(decode_quoted_printable(parse(message).body), want + "\r\n");
    }
  }
}

TEST(MailAddress, AcceptsOrdinaryOnesOnly) {
  for (const char* good :
       {"a@b", "ann.lee+heed@mail.example.org", "o'neil@example.org", "x_y-z@xn--mller-kva.example"}) {
    EXPECT_TRUE(valid_mail_address(good)) << good;
  }
  const std::vector<std::string> bad = {"",
                                        "a",
                                        "@b",
                                        "a@",
                                        "a@b@c",
                                        "a b@c",
                                        "a@b c",
                                        "<a@b>",
                                        "a@b\r\nRCPT TO:<c@d>",
                                        "\"a b\"@c",
                                        "a@[127.0.0.1]",
                                        ".a@b",
                                        "a.@b",
                                        "a..b@c",
                                        "a@b..c",
                                        "a@-b",
                                        "a@b.",
                                        "-a@b",
                                        "é@b",
                                        "a@é",
                                        std::string("a@b\0c", 5),
                                        std::string(65, 'a').append("@b"),
                                        std::string("a@").append(254, 'b')};
  for (const std::string& address : bad) {
    EXPECT_FALSE(valid_mail_address(address)) << address;
  }
}

}  // namespace
}  // namespace heed::delivery
