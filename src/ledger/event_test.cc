#include "ledger/event.h"

#include <gtest/gtest.h>

#include <random>

#include "base/bytes.h"
#include "ledger/keyring.h"
#include "ledger/testing_projector.h"

namespace heed::ledger {

using testing::case_number;

Digest leaf(std::string_view data) { return sha256(std::string_view("\0", 1), data); }
Digest node(const Digest& l, const Digest& r) { return sha256(std::string_view("\1", 1), view(l), view(r)); }

TEST(MerkleRoot, FollowsRfc6962) {
  std::vector<Digest> d;
  for (int i = 0; i < 7; ++i) {
    d.push_back(sha256(std::to_string(i)));
  }
  auto l = [&](std::size_t i) { return leaf(view(d[i])); };
  EXPECT_EQ(merkle_root({}), sha256(""));
  EXPECT_EQ(merkle_root({d[0]}), l(0));
  EXPECT_EQ(merkle_root({d[0], d[1], d[2]}), node(node(l(0), l(1)), l(2)));
  EXPECT_EQ(merkle_root(d), node(node(node(l(0), l(1)), node(l(2), l(3))), node(node(l(4), l(5)), l(6))));
}

TEST(EventHash, DependsOnEveryPart) {
  Digest a = chain_start(case_number(1)), b = chain_start(case_number(2));
  EXPECT_NE(a, b);
  Digest h = event_hash(a, "header", "bodies");
  EXPECT_EQ(h, event_hash(a, "header", "bodies"));
  EXPECT_NE(h, event_hash(b, "header", "bodies"));
  EXPECT_NE(h, event_hash(a, "headerb", "odies"));
  EXPECT_NE(h, event_hash(a, "Header", "bodies"));
  EXPECT_EQ(h, sha256(view(a), "header", view(sha256("bodies"))));
}

TEST(CommitHash, DependsOnEveryField) {
  CommitRow row{3, 10, 12, sha256("root"), {}};
  Digest previous = sha256("previous");
  Digest h = commit_hash(previous, row);
  CommitRow other = row;
  ++other.number;
  EXPECT_NE(h, commit_hash(previous, other));
  other = row;
  ++other.first_pos;
  EXPECT_NE(h, commit_hash(previous, other));
  other = row;
  ++other.last_pos;
  EXPECT_NE(h, commit_hash(previous, other));
  other = row;
  other.root = sha256("other");
  EXPECT_NE(h, commit_hash(previous, other));
  EXPECT_NE(h, commit_hash(row.root, row));
}

TEST(Bodies, ComeBackAsTheyWentIn) {
  auto keys = memory_key_ring();
  std::vector<Body> bodies = {{"comment", *keys->allocate(), "you will"},
                              {"", *keys->allocate(), ""},
                              {"evidence", *keys->allocate(), std::string(5000, 'x')}};
  std::string sealed = *seal_bodies(*keys, case_number(1), 7, bodies);
  EXPECT_EQ(sealed.find("you will"), std::string::npos);
  auto found = *split_bodies(sealed);
  ASSERT_EQ(found.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(found[i].name, bodies[i].name);
    EXPECT_EQ(found[i].slot, bodies[i].slot);
    EXPECT_EQ(*open_body(*keys, case_number(1), 7, found[i]), bodies[i].plain);
  }
  EXPECT_EQ(*seal_bodies(*keys, case_number(1), 7, {}), "");
  EXPECT_TRUE((*split_bodies("")).empty());
}

TEST(Bodies, AreBoundToCaseSeqNameAndSlot) {
  auto keys = memory_key_ring();
  std::uint64_t slot = *keys->allocate(), other = *keys->allocate();
  std::string sealed = *seal_bodies(*keys, case_number(1), 7, {{"comment", slot, "text"}});
  SealedBody body = (*split_bodies(sealed))[0];
  EXPECT_EQ(open_body(*keys, case_number(2), 7, body).error().code, Code::Corrupt);
  EXPECT_EQ(open_body(*keys, case_number(1), 8, body).error().code, Code::Corrupt);
  SealedBody renamed = body;
  renamed.name = "evidence";
  EXPECT_EQ(open_body(*keys, case_number(1), 7, renamed).error().code, Code::Corrupt);
  SealedBody moved = body;
  moved.slot = other;
  EXPECT_EQ(open_body(*keys, case_number(1), 7, moved).error().code, Code::Corrupt);
}

TEST(Bodies, OfAnErasedPersonAreGoneAndSayHow) {
  auto keys = memory_key_ring();
  std::uint64_t slot = *keys->allocate();
  std::string sealed = *seal_bodies(*keys, case_number(1), 1, {{"comment", slot, "text"}});
  ASSERT_TRUE(keys->destroy(slot));
  EXPECT_EQ(open_body(*keys, case_number(1), 1, (*split_bodies(sealed))[0]).error().code, Code::NotFound);
  EXPECT_EQ(seal_bodies(*keys, case_number(1), 2, {{"comment", slot, "text"}}).error().code, Code::Conflict);
  EXPECT_EQ(seal_bodies(*keys, case_number(1), 2, {{"comment", 999, "text"}}).error().code, Code::Unavailable);
}

TEST(Bodies, EveryCutOrChangedByteIsCorruptNeverACrash) {
  auto keys = memory_key_ring();
  std::string sealed =
      *seal_bodies(*keys, case_number(1), 1, {{"a", *keys->allocate(), "one"}, {"b", *keys->allocate(), "two"}});
  for (std::size_t n = 1; n < sealed.size(); ++n) {
    EXPECT_EQ(split_bodies(sealed.substr(0, n)).error().code, Code::Corrupt) << n;
  }
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 0x41);
    auto found = split_bodies(changed);
    bool all = found && found->size() == 2;
    for (std::size_t b = 0; all && b < 2; ++b) {
      auto plain = open_body(*keys, case_number(1), 1, (*found)[b]);
      all = plain && *plain == (b == 0 ? "one" : "two");
    }
    EXPECT_FALSE(all) << "byte " << i;
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string noise(random() % 120, '\0');
    for (char& c : noise) {
      c = static_cast<char>(random());
    }
    (void)split_bodies(noise);
  }
}

}  // namespace heed::ledger
