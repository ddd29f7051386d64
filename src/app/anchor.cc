#include "app/anchor.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"

namespace heed::app {
namespace {

std::string signed_text(const Anchor& anchor) {
  return "heed head\n" + std::to_string(anchor.head.commit) + "\n" + std::to_string(anchor.head.pos) + "\n" +
         to_hex(view(anchor.head.hash)) + "\n" + std::to_string(anchor.access.seq) + "\n" +
         to_hex(view(anchor.access.hash)) + "\n" + format_time(anchor.at);
}

}  // namespace

std::string anchor_text(const Anchor& anchor, const SigningKey& key) {
  JsonWriter out;
  out.begin_object();
  out.field("commit", anchor.head.commit).field("pos", anchor.head.pos).field("hash", to_hex(view(anchor.head.hash)));
  out.key("access")
      .begin_object()
      .field("seq", anchor.access.seq)
      .field("hash", to_hex(view(anchor.access.hash)))
      .end_object();
  out.field("at", format_time(anchor.at)).field("signature", to_base64(sign(key, signed_text(anchor))));
  out.end_object();
  return out.take() + "\n";
}

Result<void> write_anchor(const std::filesystem::path& path, const Anchor& anchor, const SigningKey& key) {
  return write_file_atomically(path, anchor_text(anchor, key), 0600);
}

Result<std::optional<Anchor>> read_anchor(const std::filesystem::path& path, std::string_view public_key) {
  if (!std::filesystem::exists(path)) {
    return std::optional<Anchor>();
  }
  auto corrupt = [&](std::string_view what) { return fail(Code::Corrupt, path.string() + ": " + std::string(what)); };
  std::string text = TRY(read_file(path));
  JsonParser parser;
  auto json = parser.parse(text);
  if (!json) {
    return corrupt("is not JSON");
  }
  Anchor anchor;
  anchor.head.commit = (*json)["commit"].unsigned_integer().value_or(0);
  anchor.head.pos = (*json)["pos"].unsigned_integer().value_or(0);
  auto hash = from_hex(json->get_string("hash"));
  Json access = (*json)["access"];
  anchor.access.seq = access["seq"].unsigned_integer().value_or(0);
  auto access_hash = from_hex(access.get_string("hash"));
  auto at = parse_time(json->get_string("at"));
  auto signature = from_base64(json->get_string("signature"));
  if (!hash || hash->size() != anchor.head.hash.size() || !access_hash ||
      access_hash->size() != anchor.access.hash.size() || !at || !signature) {
    return corrupt("a member is missing or malformed");
  }
  anchor.head.hash = digest_from_view(*hash);
  anchor.access.hash = digest_from_view(*access_hash);
  anchor.at = *at;
  if (!verify_signature(public_key, signed_text(anchor), *signature)) {
    return corrupt("its signature does not verify");
  }
  return std::optional<Anchor>(anchor);
}

}  // namespace heed::app
