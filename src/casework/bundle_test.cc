#include "casework/bundle.h"

#include <gmock/gmock.h>

#include <random>

#include "base/bytes.h"
#include "base/json.h"
#include "casework/testing_act.h"
#include "ledger/event.h"

namespace heed::casework {
namespace {

using testing::HasSubstr;

Digest leaf(int n) { return sha256("leaf " + std::to_string(n)); }
std::string hex(const Digest& d) { return to_hex(view(d)); }
std::string_view public_key(const SigningKey& key) {
  return {reinterpret_cast<const char*>(key.public_key.data()), key.public_key.size()};
}

TEST(InclusionPath, LeadsFromEveryLeafToTheRootAndFromNoOther) {
  for (int n = 1; n <= 70; ++n) {
    std::vector<Digest> leaves;
    for (int i = 0; i < n; ++i) {
      leaves.push_back(leaf(i));
    }
    const Digest root = ledger::merkle_root(leaves);
    for (int i = 0; i < n; ++i) {
      auto path = inclusion_path(leaves, static_cast<std::size_t>(i));
      EXPECT_EQ(root_of(leaves[static_cast<std::size_t>(i)], path), root) << i << " of " << n;
      EXPECT_NE(root_of(leaf(1000), path), root);
      for (PathStep& step : path) {
        step.left = !step.left;
        EXPECT_NE(root_of(leaves[static_cast<std::size_t>(i)], path), root) << "a step on the wrong side";
        step.left = !step.left;
        step.hash[7] ^= 1;
        EXPECT_NE(root_of(leaves[static_cast<std::size_t>(i)], path), root) << "another neighbour";
        step.hash[7] ^= 1;
      }
    }
  }
}

TEST(Prover, ProvesEveryEventOfALedgerWithManyCommits) {
  ActRoom room;
  std::vector<CaseId> cases;
  for (int i = 0; i < 40; ++i) {
    auto receipt = room.report(room.report_by("ann", {room.post("p" + std::to_string(i), "[insult] you", "bob")}));
    cases.push_back(receipt->case_id);
  }
  auto v = room.view();
  Prover prover(*v);
  std::size_t events = 0;
  std::mt19937 random(7);
  std::shuffle(cases.begin(), cases.end(), random);
  for (CaseId id : cases) {
    ASSERT_TRUE(v->case_events(id, 0, [&](const ledger::StoredEvent& event) {
      auto proof = prover.prove(event);
      EXPECT_TRUE(proof) << proof.error().message;
      EXPECT_EQ(proof->hash, event.hash);
      EXPECT_EQ(root_of(proof->hash, proof->path), proof->root);
      ++events;
      ledger::StoredEvent other = event;
      other.hash[0] ^= 1;
      EXPECT_FALSE(prover.prove(other)) << "what is not in the commit has no proof";
      other.pos = 100'000;
      EXPECT_FALSE(prover.prove(other));
      return true;
    }));
  }
  EXPECT_EQ(events, 40U);
}

/// A small file as api/case_file.cc makes it, with text that would be markup.
std::string payload() {
  std::vector<Digest> leaves = {leaf(1), leaf(2), leaf(3)};
  auto path = inclusion_path(leaves, 1);
  JsonWriter out;
  out.begin_object()
      .field("about", "heed evidence file")
      .field("version", 1)
      .field("platform", "Chirp")
      .field("made_at", "2026-11-21T18:00:00.000Z");
  out.key("case")
      .begin_object()
      .field("number", "H-7K3M-92QF")
      .key("roles")
      .begin_array()
      .value("target")
      .end_array()
      .end_object();
  out.key("items")
      .begin_array()
      .begin_object()
      .field("n", 1)
      .field("id", "p1")
      .field("provenance", "seen")
      .key("versions")
      .begin_array();
  out.begin_object().field("change", "new").field("received_at", "2026-11-21T17:00:00.000Z").key("post").begin_object();
  out.field("text", "</script><script>alert(1)</script><!-- heed bundle page 1 & \" ' \u0645\u0631\u062d\u0628\u0627")
      .end_object()
      .end_object();
  out.end_array().end_object().end_array();
  out.key("proof")
      .begin_object()
      .key("events")
      .begin_array()
      .begin_object()
      .field("hash", hex(leaves[1]))
      .field("root", hex(ledger::merkle_root(leaves)));
  out.key("path").begin_array();
  for (const PathStep& step : path) {
    out.begin_object().field("side", step.left ? "left" : "right").field("hash", hex(step.hash)).end_object();
  }
  out.end_array().end_object().end_array().end_object().end_object();
  return inert_json(out.take());
}

TEST(Bundle, SaysWhatIsProvenAndWhatIsNot) {
  const SigningKey key = SigningKey::generate();
  const std::string file = sign_bundle(payload(), key);
  BundleCheck check = verify_bundle(file);
  ASSERT_TRUE(check.sound) << check.fault;
  EXPECT_EQ(check.number, "H-7K3M-92QF");
  EXPECT_EQ(check.items, 1U);
  EXPECT_EQ(check.events, 1U);
  EXPECT_FALSE(check.key_given);
  EXPECT_THAT(check.not_proven, testing::Contains(HasSubstr("Whose key it is")));
  check = verify_bundle(file, public_key(key));
  ASSERT_TRUE(check.sound);
  EXPECT_TRUE(check.key_given);
  EXPECT_THAT(check.not_proven, testing::Not(testing::Contains(HasSubstr("Whose key it is"))));
  const SigningKey other = SigningKey::generate();
  EXPECT_THAT(verify_bundle(file, public_key(other)).fault, HasSubstr("another key"));
}

/// Every single bit of the file, one after the other, then cuts and additions.
void expect_every_change_found(std::string file) {
  ASSERT_TRUE(verify_bundle(file).sound) << verify_bundle(file).fault;
  int missed = 0;
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (int bit : {0, 3, 5, 7}) {  // 5: the case of letters
      file[i] = static_cast<char>(file[i] ^ (1 << bit));
      if (verify_bundle(file).sound) {
        ADD_FAILURE() << "bit " << bit << " of byte " << i << " near " << file.substr(i < 20 ? 0 : i - 20, 40);
        ++missed;
      }
      file[i] = static_cast<char>(file[i] ^ (1 << bit));
    }
    ASSERT_LT(missed, 3);
  }
  for (std::size_t n = 0; n < file.size(); n += 1 + file.size() / 97) {
    EXPECT_FALSE(verify_bundle(std::string_view(file).substr(0, n)).sound) << "cut after " << n;
    EXPECT_FALSE(verify_bundle(std::string_view(file).substr(n + 1)).sound) << "begun after " << n;
  }
  for (const char* more : {"\n", " ", "x"}) {
    EXPECT_FALSE(verify_bundle(file + more).sound);
    EXPECT_FALSE(verify_bundle(more + file).sound);
  }
}

TEST(Bundle, EveryFlippedByteOfTheJsonIsFound) {
  expect_every_change_found(sign_bundle(payload(), SigningKey::generate()));
}

TEST(Bundle, EveryFlippedByteOfThePageIsFound) {
  const SigningKey key = SigningKey::generate();
  expect_every_change_found(*bundle_page(sign_bundle(payload(), key), "en", key));
}

TEST(Bundle, ASoundSignatureOverAFalseProofIsFound) {
  const SigningKey key = SigningKey::generate();
  std::string text = payload();
  const std::string right = hex(leaf(2));
  text.replace(text.find(right), right.size(), hex(leaf(9)));
  EXPECT_THAT(verify_bundle(sign_bundle(text, key)).fault, HasSubstr("does not lie under"));
  EXPECT_FALSE(verify_bundle(sign_bundle(R"({"proof":{"events":[{"hash":"00","root":"","path":[]}]}})", key)).sound);
  EXPECT_FALSE(verify_bundle(sign_bundle("[]", key)).sound);
  EXPECT_FALSE(verify_bundle(sign_bundle("no JSON", key)).sound);
}

TEST(Bundle, AnAddedFileThatIsNotWhatItsHashNamesIsFound) {
  const SigningKey key = SigningKey::generate();
  const std::string hash = hex(sha256("a letter"));
  auto with = [&](std::string_view data) {
    std::string text = payload();
    text.pop_back();
    return sign_bundle(text + R"(,"added":[{"sha256":")" + hash + R"(","data":")" + std::string(data) + R"("}]})", key);
  };
  EXPECT_EQ(verify_bundle(with(to_base64("a letter"))).added, 1U);
  EXPECT_THAT(verify_bundle(with(to_base64("another letter"))).fault, HasSubstr("hash"));
  EXPECT_THAT(verify_bundle(with("no base64!")).fault, HasSubstr("hash"));
}

TEST(Bundle, NobodyElseCanSignItAgainUnnoticed) {
  const SigningKey key = SigningKey::generate(), other = SigningKey::generate();
  const std::string forged = sign_bundle(payload(), other);
  EXPECT_TRUE(verify_bundle(forged).sound) << "it is a sound file of somebody else's key";
  EXPECT_EQ(verify_bundle(forged).public_key, public_key(other));
  EXPECT_FALSE(verify_bundle(forged, public_key(key)).sound);
  // A page around a file of another key.
  const std::string file = sign_bundle(payload(), key);
  EXPECT_THAT(verify_bundle(*bundle_page(file, "en", other)).fault, HasSubstr("different keys"));
}

TEST(Bundle, WhatSomebodyWroteIsTextOnThePage) {
  const SigningKey key = SigningKey::generate();
  for (const char* locale : {"en", "de", "de-AT", "fr", ""}) {
    const std::string page = *bundle_page(sign_bundle(payload(), key), locale, key);
    EXPECT_EQ(page.find("<script>"), std::string::npos);
    EXPECT_EQ(page.find("<script", page.find("<script") + 1), std::string::npos) << "the one that holds the file";
    EXPECT_THAT(page, HasSubstr("&lt;/script&gt;&lt;script&gt;alert(1)"));
    EXPECT_THAT(page,
                HasSubstr(std::string_view(locale).substr(0, 2) == "de" ? "<html lang=\"de\">" : "<html lang=\"en\">"));
    EXPECT_TRUE(verify_bundle(page).sound) << verify_bundle(page).fault;
    EXPECT_TRUE(verify_bundle(page).page);
  }
}

TEST(Bundle, NoiseIsNoFile) {
  std::mt19937 random(3);
  for (int i = 0; i < 2000; ++i) {
    std::string noise = random_string(random() % 600);
    EXPECT_FALSE(verify_bundle(noise).sound);
    EXPECT_FALSE(verify_bundle(R"({"heed_bundle":1,"payload":)" + noise).sound);
    EXPECT_FALSE(verify_bundle(noise + "\"}}\n").sound);
    EXPECT_FALSE(verify_bundle(noise + " -->\n").sound);
    EXPECT_FALSE(payload_of(noise));
  }
}

}  // namespace
}  // namespace heed::casework
