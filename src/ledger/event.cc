#include "ledger/event.h"

#include "base/bytes.h"
#include "ledger/keyring.h"

namespace heed::ledger {
namespace {

constexpr std::size_t kBodiesMax = 4096;
constexpr std::string_view kMissing = "the key of this body was destroyed: its person was erased from the case";

std::string associated_data(CaseId case_id, std::uint64_t seq, std::string_view name) {
  std::string out;
  out.reserve(9 + 16 + 8 + name.size());
  ByteWriter w(out);
  w.append("heed body");
  w.append(case_id.view());
  w.u64(seq);
  w.append(name);
  return out;
}

/// Root of leaves[first, first+n). RFC 6962 §2.1: the left subtree has the largest power of two below n leaves.
Digest subtree(const std::vector<Digest>& leaves, std::size_t first, std::size_t n) {
  if (n == 1) {
    return sha256(std::string_view("\0", 1), view(leaves[first]));
  }
  std::size_t left = 1;
  while (left * 2 < n) {
    left *= 2;
  }
  Digest l = subtree(leaves, first, left);
  Digest r = subtree(leaves, first + left, n - left);
  return sha256(std::string_view("\1", 1), view(l), view(r));
}

}  // namespace

Digest chain_start(CaseId case_id) { return sha256("heed case", case_id.view()); }

Digest event_hash(const Digest& previous, std::string_view header, std::string_view bodies) {
  Digest sealed = sha256(bodies);
  return sha256(view(previous), header, view(sealed));
}

Digest merkle_root(const std::vector<Digest>& leaves) {
  return leaves.empty() ? sha256("") : subtree(leaves, 0, leaves.size());
}

Digest commit_hash(const Digest& previous, const CommitRow& row) {
  std::string numbers;
  ByteWriter w(numbers);
  w.u64(row.number);
  w.u64(row.first_pos);
  w.u64(row.last_pos);
  return sha256(view(previous), numbers, view(row.root));
}

Result<std::string> seal_bodies(KeyRing& keys, CaseId case_id, std::uint64_t seq, const std::vector<Body>& bodies) {
  if (bodies.empty()) {
    return std::string();
  }
  if (bodies.size() > kBodiesMax) {
    return fail(Code::TooLarge, "an event carries at most 4096 bodies");
  }
  std::string out;
  std::size_t size = 8;
  for (const Body& body : bodies) {
    size += body.name.size() + body.plain.size() + kSealOverhead + 20;
  }
  out.reserve(size);
  ByteWriter w(out);
  w.varint(bodies.size());
  for (const Body& body : bodies) {
    Result<SecretKey> key = keys.key(body.slot);
    if (!key) {
      return fail(key.error().code == Code::NotFound ? Code::Conflict : Code::Unavailable,
                  "the key ring has no key for slot " + std::to_string(body.slot) + ": " + key.error().message);
    }
    w.bytes(body.name);
    w.varint(body.slot);
    w.varint(body.plain.size() + kSealOverhead);
    seal_to(out, *key, body.plain, associated_data(case_id, seq, body.name));
  }
  return out;
}

Result<std::vector<SealedBody>> split_bodies(std::string_view bodies) {
  std::vector<SealedBody> out;
  if (bodies.empty()) {
    return out;
  }
  ByteReader r(bodies);
  std::uint64_t n = r.varint();
  if (!r.ok() || n == 0 || n > kBodiesMax) {
    return fail(Code::Corrupt, "the stored bodies do not begin with their number");
  }
  for (std::uint64_t i = 0; i < n; ++i) {
    SealedBody body;
    body.name = r.bytes();
    body.slot = r.varint();
    body.sealed = r.bytes();
    if (!r.ok() || body.sealed.size() < kSealOverhead) {
      return fail(Code::Corrupt, "stored body " + std::to_string(i) + " is cut off");
    }
    out.push_back(body);
  }
  if (!r.at_end()) {
    return fail(Code::Corrupt, "bytes follow the last stored body");
  }
  return out;
}

Result<std::string> open_body(KeyRing& keys, CaseId case_id, std::uint64_t seq, const SealedBody& body) {
  Result<SecretKey> key = keys.key(body.slot);
  if (!key) {
    if (key.error().code == Code::NotFound) {
      return fail(Code::NotFound, std::string(kMissing));
    }
    return tl::unexpected(std::move(key).error());
  }
  return unseal(*key, body.sealed, associated_data(case_id, seq, body.name));
}

}  // namespace heed::ledger
