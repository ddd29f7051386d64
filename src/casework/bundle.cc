#include "casework/bundle.h"

#include "base/bytes.h"
#include "base/json.h"
#include "casework/bundle_page.h"

namespace heed::casework {
namespace {

constexpr std::string_view kBegin = R"({"heed_bundle":1,"payload":)";
constexpr std::string_view kKey = R"(,"signature":{"algorithm":"Ed25519","public_key":")";
constexpr std::string_view kValue = R"(","value":")";
constexpr std::string_view kEnd = "\"}}\n";
constexpr std::size_t kKeyHex = 64, kValueHex = 128;
constexpr std::size_t kTail = kKey.size() + kKeyHex + kValue.size() + kValueHex + kEnd.size();

constexpr std::string_view kPageMark = "<!-- heed bundle page 1 ";
constexpr std::string_view kPageEnd = " -->\n";
constexpr std::size_t kPageTail = kPageMark.size() + kKeyHex + 1 + kValueHex + kPageEnd.size();

std::string signed_json(std::string_view payload) { return "heed bundle 1\n" + std::string(payload); }
std::string signed_page(std::string_view page) { return "heed bundle page 1\n" + std::string(page); }

std::string_view public_key_of(const SigningKey& key) {
  return {reinterpret_cast<const char*>(key.public_key.data()), key.public_key.size()};
}

/// Lower-case hex only: another spelling of the same bytes is another file.
std::optional<std::string> strict_hex(std::string_view text) {
  auto raw = from_hex(text);
  return raw && to_hex(*raw) == text ? std::optional(*std::move(raw)) : std::nullopt;
}

struct Frame {
  std::string_view payload;
  std::string key, value;
};

std::optional<Frame> open_frame(std::string_view file) {
  if (file.size() < kBegin.size() + kTail || !file.starts_with(kBegin) || !file.ends_with(kEnd)) {
    return std::nullopt;
  }
  std::string_view tail = file.substr(file.size() - kTail);
  std::string_view after_key = tail.substr(std::min(tail.size(), kKey.size() + kKeyHex));
  if (!tail.starts_with(kKey) || !after_key.starts_with(kValue)) {
    return std::nullopt;
  }
  auto key = strict_hex(tail.substr(kKey.size(), kKeyHex));
  auto value = strict_hex(after_key.substr(kValue.size(), kValueHex));
  if (!key || !value) {
    return std::nullopt;
  }
  return Frame{file.substr(kBegin.size(), file.size() - kBegin.size() - kTail), *key, *value};
}

std::optional<Frame> open_page(std::string_view file) {
  if (file.size() < kPageTail || !file.ends_with(kPageEnd)) {
    return std::nullopt;
  }
  std::string_view tail = file.substr(file.size() - kPageTail);
  if (!tail.starts_with(kPageMark) || tail[kPageMark.size() + kKeyHex] != ' ') {
    return std::nullopt;
  }
  auto key = strict_hex(tail.substr(kPageMark.size(), kKeyHex));
  auto value = strict_hex(tail.substr(kPageMark.size() + kKeyHex + 1, kValueHex));
  if (!key || !value) {
    return std::nullopt;
  }
  return Frame{file.substr(0, file.size() - kPageTail), *key, *value};
}

std::optional<Digest> digest_of(std::string_view hex) {
  auto raw = from_hex(hex);
  return raw && raw->size() == sizeof(Digest) ? std::optional(digest_from_view(*raw)) : std::nullopt;
}

/// How many of the proofs lead from their event to their root, or what is wrong.
Result<std::size_t> check_proofs(Json proof) {
  std::size_t good = 0;
  std::string fault;
  proof["events"].each([&](Json event) {
    auto hash = digest_of(event.get_string("hash"));
    auto root = digest_of(event.get_string("root"));
    std::vector<PathStep> path;
    bool whole = hash && root;
    event["path"].each([&](Json step) {
      auto other = digest_of(step.get_string("hash"));
      const std::string_view side = step.get_string("side");
      whole = whole && other && (side == "left" || side == "right");
      path.push_back({side == "left", other.value_or(Digest{})});
    });
    if (!whole) {
      fault = "a proof is malformed";
    } else if (root_of(*hash, path) != *root) {
      fault = "the event " + to_hex(view(*hash)) + " does not lie under its commit's root";
    } else {
      ++good;
    }
  });
  if (!fault.empty()) {
    return fail(Code::Corrupt, fault);
  }
  return good;
}

void say(BundleCheck& check) {
  const std::string key = to_hex(check.public_key);
  check.proven.push_back("Not a byte of this file has changed since the holder of the key " + key + " signed it.");
  check.proven.push_back("The file says that it was made at " + check.made_at +
                         (check.platform.empty() ? "" : " by " + check.platform) +
                         ": the signer vouches for that, and for everything else in it.");
  if (check.events > 0) {
    check.proven.push_back("Each of its " + std::to_string(check.events) +
                           " events lies, by its hash, under the root of the commit that wrote it: none can be "
                           "exchanged later without changing that root.");
  }
  if (check.added > 0) {
    check.proven.push_back("Each of its " + std::to_string(check.added) +
                           " added files is the one whose SHA-256 stands beside it.");
  }
  if (check.key_given) {
    check.proven.push_back("The key is the one that you gave.");
  } else {
    check.not_proven.push_back(
        "Whose key it is. Compare it with the one that the platform publishes (GET /v1/signing-key), or give that one "
        "with --key.");
  }
  check.not_proven.push_back(
      "What the events' hashes stand for: the originals stay sealed with the platform, because others are named in "
      "them. "
      "It can be made to open them, and they must then give these hashes.");
  check.not_proven.push_back(
      "That the roots are in the platform's ledger: whoever holds its signed heads can ask it to show that.");
  check.not_proven.push_back(
      "That a text was written by the account it is shown under: where it says \"seen\" the platform received it so; "
      "where it says \"reporter\" only the person who reported says so.");
  check.not_proven.push_back(
      "That nothing else happened: the file holds what this person may see. All times are the platform's clocks.");
}

}  // namespace

std::vector<PathStep> inclusion_path(const std::vector<Digest>& leaves, std::size_t index) {
  std::vector<PathStep> path;
  std::size_t first = 0, n = leaves.size();
  auto root = [&](std::size_t from, std::size_t count) {
    return ledger::merkle_root({leaves.begin() + static_cast<std::ptrdiff_t>(from),
                                leaves.begin() + static_cast<std::ptrdiff_t>(from + count)});
  };
  while (n > 1) {
    std::size_t left = 1;
    while (left * 2 < n) {
      left *= 2;
    }
    if (index < first + left) {
      path.push_back({false, root(first + left, n - left)});
      n = left;
    } else {
      path.push_back({true, root(first, left)});
      first += left;
      n -= left;
    }
  }
  return {path.rbegin(), path.rend()};
}

Digest root_of(const Digest& leaf, const std::vector<PathStep>& path) {
  Digest at = sha256(std::string_view("\0", 1), view(leaf));
  for (const PathStep& step : path) {
    at = step.left ? sha256(std::string_view("\1", 1), view(step.hash), view(at))
                   : sha256(std::string_view("\1", 1), view(at), view(step.hash));
  }
  return at;
}

Result<void> Prover::load(std::uint64_t pos) {
  std::uint64_t low = 1, high = TRY(view_.head()).commit;
  while (low <= high && high != 0) {
    const std::uint64_t middle = low + (high - low) / 2;
    std::optional<ledger::CommitRow> row;
    TRY(view_.commits(middle - 1, [&](const ledger::CommitRow& found) {
      row = found;
      return false;
    }));
    if (!row) {
      break;
    }
    if (pos < row->first_pos) {
      high = middle - 1;
    } else if (pos > row->last_pos) {
      low = middle + 1;
    } else {
      row_ = *row;
      leaves_.clear();
      return view_.events(row_.first_pos - 1, [&](const ledger::StoredEvent& event) {
        if (event.pos > row_.last_pos) {
          return false;
        }
        leaves_.push_back(event.hash);
        return event.pos < row_.last_pos;
      });
    }
  }
  return fail(Code::Corrupt, "an event lies in no commit; run heed ledger verify");
}

Result<EventProof> Prover::prove(const ledger::StoredEvent& event) {
  if (leaves_.empty() || event.pos < row_.first_pos || event.pos > row_.last_pos) {
    TRY(load(event.pos));
  }
  const std::size_t index = event.pos - row_.first_pos;
  if (index >= leaves_.size() || leaves_[index] != event.hash) {
    return fail(Code::Corrupt, "a commit and its events differ; run heed ledger verify");
  }
  return EventProof{event.hash, row_.root, inclusion_path(leaves_, index)};
}

std::string inert_json(std::string_view json) {
  std::string out;
  out.reserve(json.size() + json.size() / 16);
  for (char c : json) {
    switch (c) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string sign_bundle(std::string_view payload, const SigningKey& key) {
  std::string out;
  out.reserve(kBegin.size() + payload.size() + kTail);
  out.append(kBegin).append(payload).append(kKey).append(to_hex(public_key_of(key))).append(kValue);
  out.append(to_hex(sign(key, signed_json(payload)))).append(kEnd);
  return out;
}

Result<std::string> bundle_page(std::string_view bundle, std::string_view locale, const SigningKey& key) {
  JsonParser parser(64);
  Json payload = TRY(parser.parse(TRY(payload_of(bundle))));
  std::string page = render_page(payload, bundle, locale);
  std::string value = to_hex(sign(key, signed_page(page)));
  return page.append(kPageMark).append(to_hex(public_key_of(key))).append(" ").append(value).append(kPageEnd);
}

Result<std::string_view> payload_of(std::string_view bundle) {
  auto frame = open_frame(bundle);
  if (!frame) {
    return fail(Code::Corrupt, "this is no file of heed's, or its frame was changed");
  }
  return frame->payload;
}

namespace {

/// How many files are within; each must be what its hash names.
Result<std::size_t> check_added(Json added) {
  std::size_t files = 0;
  bool same = true;
  added.each([&](Json piece) {
    if (auto data = piece["data"].string()) {
      auto bytes = from_base64(*data);
      same = same && bytes && to_hex(view(sha256(*bytes))) == piece.get_string("sha256");
      ++files;
    }
  });
  return same ? Result<std::size_t>(files) : fail(Code::Corrupt, "an added file is not the one that its hash names");
}

}  // namespace

BundleCheck verify_bundle(std::string_view file, std::optional<std::string_view> key) {
  BundleCheck check;
  auto wrong = [&](std::string what) {
    check.fault = std::move(what);
    return check;
  };
  std::string_view json = file;
  if (auto page = open_page(file)) {
    check.page = true;
    check.public_key = page->key;
    if (!verify_signature(page->key, signed_page(page->payload), page->value)) {
      return wrong("the page has changed since it was signed, or the signature is not this key's");
    }
    auto within = json_in_page(page->payload);
    if (!within) {
      return wrong("the page does not hold the file that it was made of");
    }
    json = *within;
  }
  auto frame = open_frame(json);
  if (!frame) {
    return wrong("this is no file of heed's, or its frame was changed");
  }
  if (check.page && frame->key != check.public_key) {
    return wrong("the page and the file within it are signed with different keys");
  }
  check.public_key = frame->key;
  if (!verify_signature(frame->key, signed_json(frame->payload), frame->value)) {
    return wrong("the file has changed since it was signed, or the signature is not this key's");
  }
  if (key && *key != frame->key) {
    return wrong("it is signed with another key than the one you gave");
  }
  check.key_given = key.has_value();
  JsonParser parser(64);
  auto payload = parser.parse(frame->payload);
  if (!payload || !payload->is_object()) {
    return wrong("it is signed, but is no JSON object");
  }
  check.made_at = payload->get_string("made_at");
  check.platform = payload->get_string("platform");
  check.number = (*payload)["case"].get_string("number");
  check.items = (*payload)["items"].size();
  auto proofs = check_proofs((*payload)["proof"]);
  if (!proofs) {
    return wrong(proofs.error().message);
  }
  check.events = *proofs;
  auto added = check_added((*payload)["added"]);
  if (!added) {
    return wrong(added.error().message);
  }
  check.added = *added;
  check.sound = true;
  say(check);
  return check;
}

}  // namespace heed::casework
