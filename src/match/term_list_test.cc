#include "match/term_list.h"

#include <gtest/gtest.h>

#include <random>

namespace heed::match {
namespace {

constexpr std::string_view kHeader = "id\tterm\tcategory\tgroup\tscore\tclause\twho\twhy\texpires\n";

std::vector<std::string> faults_of(const std::string& body) {
  auto list = parse_term_list("x", std::string(kHeader) + body);
  std::vector<std::string> out;
  if (!list) {
    for (const FieldError& fault : list.error().fields) {
      out.push_back(fault.pointer + ": " + fault.detail);
    }
  }
  return out;
}

TEST(TermList, ReadsEveryColumn) {
  auto list =
      parse_term_list("x", "# version 7\n# a remark\n\n" + std::string(kHeader) +
                               "a1\tkill (you|u)\tthreat\twomen\t0.75\tthreats_to_life\tanna\twhy not\t2027-01-31\r\n");
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->version, "7");
  ASSERT_EQ(list->entries.size(), 1u);
  const TermEntry& entry = list->entries[0];
  EXPECT_EQ(entry.id, "a1");
  EXPECT_EQ(entry.term, "kill (you|u)");
  EXPECT_EQ(entry.group, "women");
  EXPECT_EQ(entry.score, 0.75);
  EXPECT_EQ(entry.clause, "threats_to_life");
  EXPECT_EQ(entry.who, "anna");
  EXPECT_EQ(entry.why, "why not");
  EXPECT_EQ(format_time(*entry.expires), "2027-01-31T00:00:00.000Z");
  EXPECT_EQ(entry.line, 5u);
}

TEST(TermList, TakesColumnsInAnyOrderAndLeavesOutTheOptional) {
  auto list = parse_term_list("x", "score\tid\tcategory\tterm\n0.5\t1\tspam\tfree cards\n");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->entries[0].term, "free cards");
}

TEST(TermList, NamesListAndLineOfEveryFault) {
  using F = std::vector<std::string>;
  EXPECT_EQ(faults_of("1\ta\tc\t\t2\t\t\t\t\n1\ta\t\t\tx\t\t\t\tsoon\n"),
            (F{"x:2: score: must be a number from 0 to 1", "x:3: id: must be there and unlike every other in the list",
               "x:3: category: must be there", "x:3: score: must be a number from 0 to 1",
               "x:3: expires: must be a date (2027-01-31) or an RFC 3339 time"}));
  EXPECT_EQ(faults_of("1\t\tc\t\t1\t\t\t\t\n"), (F{"x:2: term: must have 1 to 2000 bytes"}));
  EXPECT_EQ(faults_of("1\ta\tc\t\t1\t\t\t\t\tmore\n"), (F{"x:2: has more cells than the header"}));
  EXPECT_EQ(faults_of("1\t(a\tc\t\tnan\t\t\t\t\n").size(), 2u);
  EXPECT_FALSE(parse_term_list("x", "a\tb\n1\t2\n"));
  EXPECT_FALSE(parse_term_list("x", ""));
  EXPECT_FALSE(parse_term_list("x", "\xff"));
}

TEST(TermList, ComesBackAsItWasWritten) {
  std::mt19937 random(3);
  for (int i = 0; i < 200; ++i) {
    TermList list{"x", i % 3 == 0 ? "" : "2026", {}};
    for (unsigned e = 0; e < random() % 5; ++e) {
      TermEntry entry;
      entry.id = std::to_string(e);
      entry.term = random() % 2 == 0 ? "wörter (a|b|) 🔪" : "x";
      entry.category = "c";
      entry.group = random() % 2 == 0 ? "" : "g g";
      entry.score = static_cast<double>(random() % 1001) / 1000;
      entry.why = random() % 2 == 0 ? "" : "so # \"quoted\"";
      if (random() % 2 == 0) {
        entry.expires = from_ms(static_cast<std::int64_t>(random()) * 1000 + (random() % 2 == 0 ? 7 : 0));
      }
      entry.line = e + (list.version.empty() ? 2 : 3);
      list.entries.push_back(entry);
    }
    auto back = parse_term_list("x", write_term_list(list));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->entries, list.entries);
    EXPECT_EQ(back->version, list.version);
  }
}

TEST(ExpandTerm, GivesEveryAlternativeAsWholeWords) {
  using P = std::vector<std::string>;
  EXPECT_EQ(*expand_term("plain"), P{" plain"});
  EXPECT_EQ(*expand_term("(a|b) c (d|)"), (P{" a  c  d", " b  c  d", " a  c  ", " b  c  "}));
}

TEST(ExpandTerm, RefusesWhatItCannotRead) {
  for (const char* term : {"(a", "a)", "a|b", "((a)|b)", "(a|(b))", ""}) {
    EXPECT_FALSE(parse_term(term)) << term;
    EXPECT_FALSE(expand_term(term)) << term;
  }
  std::string many;
  for (int i = 0; i < 20; ++i) {
    many += "(a|b) ";
  }
  EXPECT_TRUE(parse_term(many));
  EXPECT_FALSE(expand_term(many));
}

}  // namespace
}  // namespace heed::match
