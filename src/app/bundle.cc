#include <cstdio>

#include "app/commands.h"
#include "app/output.h"
#include "base/bytes.h"
#include "base/file.h"
#include "casework/bundle.h"

namespace heed::app {
namespace {

constexpr std::size_t kKeyBytes = 32;

/// As GET /v1/signing-key and `heed ledger head` print it.
Result<std::string> read_key(const std::string& text) {
  for (const auto& key : {from_hex(text), from_base64(text)}) {
    if (key && key->size() == kKeyBytes) {
      return *key;
    }
  }
  return invalid("--key", "must be 32 bytes in base64 or hex");
}

Result<std::string> read_input(const std::string& path) {
  if (path != "-") {
    return read_file(path);
  }
  std::string out;
  char buffer[65536];
  while (std::size_t n = std::fread(buffer, 1, sizeof buffer, stdin)) {
    out.append(buffer, n);
  }
  return out;
}

Result<Output> check(const Arguments& arguments) {
  std::optional<std::string> key;
  if (arguments.given("--key")) {
    key = TRY(read_key(arguments.text("--key")));
  }
  const std::string file = TRY(read_input(arguments.text("file")));
  const casework::BundleCheck found = casework::verify_bundle(file, key);
  Output out;
  out.fact("sound", "Sound", found.sound);
  if (!found.sound) {
    out.fact("fault", "What is wrong", found.fault);
    out.exit = kFaults;
    return out;
  }
  out.fact("form", "Form", std::string(found.page ? "html" : "json"))
      .fact("number", "Number", found.number)
      .fact("made_at", "Made at", found.made_at);
  out.fact("items", "Items", cell(std::uint64_t{found.items}))
      .fact("events", "Events", cell(std::uint64_t{found.events}));
  out.fact("public_key", "Signed by", to_base64(found.public_key))
      .fact("key_given", "The key you gave", found.key_given);
  out.columns({{"proven", "Proven"}, {"what", "What"}}, "statements");
  for (const std::string& sentence : found.proven) {
    out.row({true, sentence});
  }
  for (const std::string& sentence : found.not_proven) {
    out.row({false, sentence});
  }
  return out;
}

}  // namespace

Command bundle_command() {
  Command verify{
      .name = "verify",
      .sentence =
          "Say what an evidence file proves and what not; needs no installation and no network; exit 3 when it was "
          "changed",
      .options =
          {{.name = "file",
            .sentence = "The file as it was saved, JSON or HTML; - for standard input",
            .required = true},
           {.name = "--key",
            .sentence =
                "The platform's public key (GET /v1/signing-key), base64 or hex: it must be signed with this one"},
           json_option()},
      .run = [](const Arguments& arguments) { return print(check(arguments), arguments); }};
  return {.name = "bundle", .sentence = "Check a file that somebody took away from a case", .commands = {verify}};
}

}  // namespace heed::app
