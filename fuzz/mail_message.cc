// Any bytes in any field of a mail: what comes out is 7-bit, has CRLF lines, and no header but our own.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "delivery/delivery.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace heed;
  // Fields are separated by 0x1E; those that are missing are empty.
  std::string fields[7];
  std::size_t field = 0;
  for (std::size_t i = 0; i < size && field < 7; ++i) {
    if (data[i] == 0x1E) {
      ++field;
    } else {
      fields[field].push_back(static_cast<char>(data[i]));
    }
  }
  delivery::Mail mail{fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]};
  std::string message = delivery::mail_message(mail, fields[6], from_ms(1795284000000));
  std::string_view head(message.data(), message.find("\r\n\r\n") + 2);
  for (std::size_t i = 0; i < message.size(); ++i) {
    auto byte = static_cast<unsigned char>(message[i]);
    bool cr_before = i > 0 && message[i - 1] == '\r';
    if (byte >= 0x7F || (byte < 0x20 && byte != '\r' && byte != '\n') || (byte == '\n') != cr_before) {
      std::abort();
    }
  }
  constexpr std::string_view kKnown[] = {"From: ",
                                         "To: ",
                                         "Subject: ",
                                         "Date: ",
                                         "Message-ID: ",
                                         "MIME-Version: ",
                                         "Auto-Submitted: ",
                                         "List-Unsubscribe: ",
                                         "Content-Type: ",
                                         "Content-Transfer-Encoding: ",
                                         " "};
  while (!head.empty()) {
    std::size_t end = head.find("\r\n");
    std::string_view line = head.substr(0, end);
    bool known = false;
    for (std::string_view name : kKnown) {
      known = known || line.starts_with(name);
    }
    if (!known || line.size() > 998) {
      std::abort();
    }
    head.remove_prefix(end + 2);
  }
  if (message.find("\r\n.") != message.npos) {
    std::abort();
  }
  (void)delivery::parse_webhook_secret(fields[0]);
  return 0;
}
