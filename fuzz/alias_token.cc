// Any text as an alias, a key, a session cookie and a log-in: what outsiders send to prove who they are. Nothing of it
// may open anything, and an alias that parses must be the only text for what it stands for.
#include <cstdint>
#include <cstdlib>

#include "access/alias.h"
#include "access/testing_directory.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace heed;
  static const Digest key = sha256("key");
  static const access::Aliases aliases(key);
  static access::TestingDirectory directory;
  static ManualClock clock(from_ms(1795284000000));
  static access::Authenticator who(directory, key, clock, {});
  std::string_view text(reinterpret_cast<const char*>(data), size);
  access::PersonHash person = keyed_hash(key, "account", text.substr(0, size / 2));

  if (auto real = aliases.parse<CaseId>(person, text)) {
    std::string again = aliases.text(person, *real);
    auto twice = aliases.parse<CaseId>(person, again);
    if (!twice || *twice != *real || again.size() != text.size()) {
      std::abort();
    }
  }
  if (who.platform(text) || who.staff(text, text, true) || who.staff(text.substr(0, size / 2), "", false)) {
    std::abort();
  }
  std::string name(text.substr(0, size / 2));
  if (who.log_in(name, std::string(2000, 'x'))) {  // too long for the slow hash
    std::abort();
  }
  clock.advance(Millis(60000));
  return 0;
}
