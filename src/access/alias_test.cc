#include "access/alias.h"

#include <gtest/gtest.h>

#include <bitset>
#include <set>

namespace heed::access {
namespace {

Digest key(std::string_view name) { return sha256(name); }
PersonHash random_person() {
  PersonHash person;
  random_bytes(person.data(), person.size());
  return person;
}
Ulid random_ulid() {
  Ulid id;
  random_bytes(id.bytes.data(), id.bytes.size());
  return id;
}

TEST(Aliases, RoundTripThroughText) {
  Aliases aliases(key("a"));
  IdSource ids(1);
  for (int i = 0; i < 2000; ++i) {
    PersonHash person = random_person();
    auto real = ids.mint<CaseId>(from_ms(1795284000000 + i));
    std::string text = aliases.text(person, real);
    EXPECT_EQ(text.size(), real.text().size());
    EXPECT_NE(text, real.text());
    EXPECT_EQ(aliases.parse<CaseId>(person, text).value(), real);
  }
}

TEST(Aliases, TwoPersonsNeverShareOneAndOnePersonNeverHasTwoAlike) {
  Aliases aliases(key("a"));
  IdSource ids(2);
  std::set<Ulid> seen;
  std::vector<PersonHash> persons;
  for (int p = 0; p < 50; ++p) {
    persons.push_back(random_person());
  }
  for (int i = 0; i < 200; ++i) {
    Ulid real = ids.next(from_ms(1795284000000));
    for (const PersonHash& person : persons) {
      EXPECT_TRUE(seen.insert(aliases.out(person, real)).second);
    }
  }
}

TEST(Aliases, AnothersAliasAndGarbageAreFoundNowhere) {
  Aliases aliases(key("a"));
  IdSource ids(3);
  std::set<Ulid> real;
  for (int i = 0; i < 1000; ++i) {
    real.insert(ids.next(from_ms(1795284000000 + i)));
  }
  PersonHash one = random_person(), other = random_person();
  for (Ulid id : real) {
    EXPECT_FALSE(real.contains(aliases.in(other, aliases.out(one, id))));
    EXPECT_FALSE(real.contains(aliases.in(other, id))) << "a real id must not open as an alias";
    EXPECT_FALSE(real.contains(aliases.in(one, random_ulid())));
  }
}

// Ids of one millisecond differ in a few low bits; half of the bits of their aliases should differ.
TEST(Aliases, TellNeitherTimeNorNeighbourhood) {
  Aliases aliases(key("a"));
  PersonHash person = random_person();
  IdSource ids(4);
  int flipped = 0, before = 0;
  constexpr int kPairs = 1000;
  for (int i = 0; i < kPairs; ++i) {
    Ulid a = aliases.out(person, ids.next(from_ms(1795284000000)));
    Ulid b = aliases.out(person, ids.next(from_ms(1795284000000)));
    for (std::size_t n = 0; n < a.bytes.size(); ++n) {
      flipped += static_cast<int>(std::bitset<8>(static_cast<unsigned>(a.bytes[n] ^ b.bytes[n])).count());
    }
    before += a < b;
  }
  EXPECT_NEAR(flipped / static_cast<double>(kPairs), 64, 2);
  EXPECT_NEAR(before / static_cast<double>(kPairs), 0.5, 0.08);
}

TEST(Aliases, DependOnTheInstallationsKey) {
  PersonHash person = random_person();
  Ulid real = random_ulid();
  EXPECT_NE(Aliases(key("a")).out(person, real), Aliases(key("b")).out(person, real));
  EXPECT_EQ(Aliases(key("a")).out(person, real), Aliases(key("a")).out(person, real));
}

TEST(Aliases, MalformedTextIsRefused) {
  Aliases aliases(key("a"));
  PersonHash person = random_person();
  for (std::string_view text : {"", "cas_", "cas_XYZ", "rpt_01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                                "cas_01ARZ3NDEKTSV4RRFFQ69G5FAVV", "cas_8ZZZZZZZZZZZZZZZZZZZZZZZZZ"}) {
    EXPECT_FALSE(aliases.parse<CaseId>(person, text)) << text;
  }
}

TEST(Hasher, KeepsKindsOfPersonsAndItemsApart) {
  Hasher hasher(key("p"), key("i"));
  EXPECT_NE(hasher.account("a@b.example"), hasher.mail("a@b.example"));
  EXPECT_NE(hasher.item("post", "1"), hasher.item("message", "1"));
  EXPECT_NE(hasher.item("post", "1"), hasher.item("pos", "t1"));
  EXPECT_NE(hasher.account("A1"), hasher.account("a1"));
  EXPECT_EQ(hasher.mail("Ann@Example.ORG"), hasher.mail("ann@example.org"));
  EXPECT_NE(hasher.account("a1"), Hasher(key("q"), key("i")).account("a1"));
}

TEST(Hasher, NumbersAreAPermutationThatLooksRandom) {
  const Hasher hasher(key("p"), key("i")), other(key("p"), key("j"));
  std::set<std::uint64_t> seen;
  int rising = 0, shared = 0;
  std::uint64_t last = 0;
  for (std::uint64_t ordinal = 0; ordinal < 20'000; ++ordinal) {
    const std::uint64_t number = hasher.number(ordinal);
    ASSERT_LT(number, Hasher::kNumbers);
    ASSERT_EQ(hasher.ordinal(number), ordinal);
    ASSERT_TRUE(seen.insert(number).second);
    rising += number > last ? 1 : 0;
    shared += number == other.number(ordinal) ? 1 : 0;
    last = number;
  }
  EXPECT_NEAR(rising, 10'000, 500) << "a number tells whether it was minted later";
  EXPECT_EQ(shared, 0);
  EXPECT_GT(*seen.rbegin(), Hasher::kNumbers / 100 * 99);
  EXPECT_EQ(hasher.ordinal(hasher.number(Hasher::kNumbers - 1)), Hasher::kNumbers - 1);
}

}  // namespace
}  // namespace heed::access
