#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "base/bytes.h"
#include "base/file.h"
#include "ledger/keyring.h"

namespace heed::ledger {
namespace {

constexpr std::string_view kSecretsName = "heed secrets 1";

Result<SecretKey> parse_master(std::string_view text, const std::filesystem::path& path) {
  if (text.size() == SecretKey::kBytes) {
    return SecretKey::from_view(text);
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
    text.remove_suffix(1);
  }
  if (text.size() == 2 * SecretKey::kBytes) {
    if (Result<std::string> raw = from_hex(text)) {
      return SecretKey::from_view(*raw);
    }
  }
  return fail(Code::InvalidInput, path.string() + " is no master key: it must hold 64 hexadecimal digits or 32 bytes");
}

std::string encode(const Secrets& s) {
  std::string out;
  for (const Digest* d : {&s.person_hash, &s.item_hash, &s.alias, &s.token}) {
    out.append(view(*d));
  }
  out.append(reinterpret_cast<const char*>(s.signing.seed.data()), s.signing.seed.size());
  return out;
}

Result<Secrets> decode(std::string_view plain, const std::filesystem::path& path) {
  if (plain.size() != 5 * 32) {
    return fail(Code::Corrupt, path.string() + " holds secrets of another release");
  }
  Secrets s;
  std::size_t at = 0;
  for (Digest* d : {&s.person_hash, &s.item_hash, &s.alias, &s.token}) {
    *d = digest_from_view(plain.substr(at, 32));
    at += 32;
  }
  s.signing = SigningKey::from_seed(plain.substr(at, 32));
  return s;
}

Result<SecretKey> master_key(const std::filesystem::path& path, bool make) {
  if (!std::filesystem::exists(path)) {
    if (!make) {
      return fail(Code::NotFound, "the master key " + path.string() +
                                      " is missing, but there are secrets under it; "
                                      "put the file back or name it in the configuration");
    }
    SecretKey key = SecretKey::generate();
    TRY(write_file_atomically(path, to_hex(key.reveal()) + "\n", 0600));
    return key;
  }
  std::string text = TRY(read_file(path));
  return parse_master(text, path);
}

}  // namespace

Result<KeyFolder> open_key_folder(const std::filesystem::path& folder, const std::filesystem::path& master_key_file) {
  std::error_code error;
  if (!std::filesystem::exists(folder)) {
    std::filesystem::create_directories(folder, error);
    if (error || ::chmod(folder.c_str(), 0700) != 0) {
      return io_error("creating the key folder", folder, error ? error.value() : errno);
    }
  }
  std::filesystem::path secrets_path = folder / "secrets";
  bool first_start = !std::filesystem::exists(secrets_path) && !std::filesystem::exists(folder / "keys.db");
  bool own_master = master_key_file.empty();
  KeyFolder out;
  out.master = TRY(master_key(own_master ? folder / "master" : master_key_file, own_master && first_start));
  if (!std::filesystem::exists(secrets_path)) {
    if (!first_start) {
      return fail(Code::NotFound,
                  secrets_path.string() + " is missing beside keys.db; restore it from the backup of the keys");
    }
    Secrets& s = out.secrets;
    for (Digest* d : {&s.person_hash, &s.item_hash, &s.alias, &s.token}) {
      random_bytes(d->data(), d->size());
    }
    s.signing = SigningKey::generate();
    TRY(write_file_atomically(secrets_path, seal(out.master, encode(s), kSecretsName), 0600));
    return out;
  }
  std::string sealed = TRY(read_file(secrets_path));
  Result<std::string> plain = unseal(out.master, sealed, kSecretsName);
  if (!plain) {
    return fail(Code::Corrupt, secrets_path.string() + " does not open with this master key");
  }
  out.secrets = TRY(decode(*plain, secrets_path));
  return out;
}

}  // namespace heed::ledger
