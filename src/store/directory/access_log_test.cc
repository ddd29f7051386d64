#include "store/directory/access_log.h"

#include "store/directory/testing_stores.h"

namespace heed::store {
namespace {

class AccessLogTest : public BothStores {
 protected:
  AccessLog log() { return AccessLog(*store, clock); }
  AccessHead append(Access access) {
    AccessLog l = log();
    return wait_for<AccessHead>([&](auto done) { l.append(std::move(access), done); }).value();
  }
  /// `count` entries, over two cases and none, a minute apart.
  void fill(int count) {
    for (int i = 0; i < count; ++i) {
      append(
          {staff, "GET /v1/cases/{id}", "itm_" + std::to_string(i), cases[i % 3], i % 2 == 0 ? "" : "asked by lead"});
      clock.advance(std::chrono::minutes(1));
    }
  }
  void change(std::uint64_t seq, const std::function<void(AccessRow&)>& how) {
    auto done = ledger::execute_and_wait(*store, [&](ledger::Tx& tx) -> Result<void> {
      std::optional<AccessRow> row = TRY(ledger::get<AccessRow>(tx, seq));
      TRY(ledger::erase<AccessRow>(tx, seq));
      how(*row);
      return row->seq == 0 ? Result<void>{} : ledger::put(tx, *row);
    });
    ASSERT_TRUE(done);
  }
  std::vector<std::uint64_t> faults(const std::vector<AccessHead>& anchors = {}) {
    std::vector<std::uint64_t> seqs;
    std::vector<AccessLog::Fault> found = log().verify(anchors).value();  // a temporary would die before the loop
    for (const AccessLog::Fault& fault : found) {
      seqs.push_back(fault.seq);
    }
    return seqs;
  }

  IdSource ids{1};
  StaffId staff = ids.mint<StaffId>(clock.now());
  CaseId cases[3] = {ids.mint<CaseId>(clock.now()), ids.mint<CaseId>(clock.now()), CaseId{}};
};

TEST_P(AccessLogTest, KeepsEveryFieldInOrder) {
  EXPECT_EQ(log().head().value().seq, 0U);
  fill(7);
  std::vector<AccessEntry> all = log().newest(0, 100).value();
  ASSERT_EQ(all.size(), 7U);
  EXPECT_EQ(all[0].seq, 7U);
  EXPECT_EQ(all[5].access.what, "GET /v1/cases/{id}");
  EXPECT_EQ(all[5].access.object, "itm_1");
  EXPECT_EQ(all[5].access.reason, "asked by lead");
  EXPECT_EQ(all[5].access.staff, staff);
  EXPECT_EQ(all[5].access.case_id, cases[1]);
  EXPECT_EQ(all[6].at, from_ms(1795284000000));
  EXPECT_EQ(log().head().value(), (AccessHead{7, all[0].hash}));
  EXPECT_EQ(faults(), std::vector<std::uint64_t>{});
}

TEST_P(AccessLogTest, IsListedByPageByCaseAndByTime) {
  fill(10);
  auto seqs = [](const std::vector<AccessEntry>& entries) {
    std::vector<std::uint64_t> out;
    for (const AccessEntry& entry : entries) {
      out.push_back(entry.seq);
    }
    return out;
  };
  using Seqs = std::vector<std::uint64_t>;
  EXPECT_EQ(seqs(log().newest(0, 3).value()), (Seqs{10, 9, 8}));
  EXPECT_EQ(seqs(log().newest(8, 3).value()), (Seqs{7, 6, 5}));
  EXPECT_EQ(seqs(log().newest(1, 3).value()), Seqs{});
  EXPECT_EQ(seqs(log().of_case(cases[0], 0, 3).value()), (Seqs{10, 7, 4}));
  EXPECT_EQ(seqs(log().of_case(cases[0], 4, 3).value()), (Seqs{1}));
  Time start = from_ms(1795284000000);
  EXPECT_EQ(seqs(log().since(start + std::chrono::minutes(8), 100).value()), (Seqs{9, 10}));
  EXPECT_EQ(seqs(log().since(start + std::chrono::minutes(7) + Millis(1), 100).value()), (Seqs{9, 10}));
  EXPECT_EQ(seqs(log().since(start, 2).value()), (Seqs{1, 2}));
  EXPECT_EQ(seqs(log().since(start + std::chrono::hours(1), 2).value()), Seqs{});
}

TEST_P(AccessLogTest, IsFoundByCaseByMemberByKindAndSince) {
  fill(10);
  const auto other = ids.mint<StaffId>(clock.now());
  ASSERT_TRUE(wait_for<AccessHead>([&](auto done) {
    log().append({other, "unmask", "2", cases[0], "she asked us to call"}, [done](Result<AccessHead> r) { done(r); });
  }));
  auto seqs = [&](const AccessLog::Ask& ask) {
    std::vector<std::uint64_t> out;
    const auto found = log().find(ask).value();
    for (const AccessEntry& entry : found) {
      out.push_back(entry.seq);
    }
    return out;
  };
  using Seqs = std::vector<std::uint64_t>;
  EXPECT_EQ(seqs({.limit = 3}), (Seqs{11, 10, 9}));
  EXPECT_EQ(seqs({.before_seq = 9, .limit = 2}), (Seqs{8, 7}));
  EXPECT_EQ(seqs({.case_id = cases[0]}), (Seqs{11, 10, 7, 4, 1}));
  EXPECT_EQ(seqs({.case_id = cases[0], .before_seq = 7, .limit = 1}), (Seqs{4}));
  EXPECT_EQ(seqs({.staff = other}), (Seqs{11}));
  EXPECT_EQ(seqs({.staff = staff, .limit = 2}), (Seqs{10, 9}));
  EXPECT_EQ(seqs({.case_id = cases[0], .staff = other}), (Seqs{11}));
  EXPECT_EQ(seqs({.what = "unmask"}), (Seqs{11}));
  EXPECT_EQ(seqs({.since = from_ms(1795284000000) + std::chrono::minutes(9)}), (Seqs{11, 10}));
  EXPECT_EQ(seqs({.staff = ids.mint<StaffId>(clock.now())}), Seqs{});
}

TEST_P(AccessLogTest, AnyChangedFieldIsLocated) {
  fill(5);
  AccessRow before;
  const std::vector<std::function<void(AccessRow&)>> changes = {
      [](AccessRow& r) { r.at += Millis(1); },
      [&](AccessRow& r) { r.staff = ids.mint<StaffId>(clock.now()); },
      [](AccessRow& r) { r.what += "x"; },
      [](AccessRow& r) { r.object.clear(); },
      [](AccessRow& r) { r.case_id = CaseId{}; },
      [](AccessRow& r) { r.reason = "no reason"; },
      [](AccessRow& r) { r.what += r.object, r.object.clear(); }};
  for (const auto& how : changes) {
    change(4, [&](AccessRow& row) {
      before = row;
      how(row);
    });
    EXPECT_EQ(faults(), std::vector<std::uint64_t>{4});
    change(4, [&](AccessRow& row) { row = before; });
    EXPECT_EQ(faults(), std::vector<std::uint64_t>{});
  }
  change(4, [](AccessRow& r) { r.hash[3] = static_cast<char>(r.hash[3] ^ 1); });
  EXPECT_EQ(faults(), (std::vector<std::uint64_t>{4, 5}));
}

TEST_P(AccessLogTest, RemovalAndSwapAreLocated) {
  fill(6);
  change(3, [](AccessRow& r) { r.seq = 0; });
  EXPECT_EQ(faults(), std::vector<std::uint64_t>{3});
  AccessRow four;
  change(4, [&](AccessRow& r) {
    four = r;
    r.seq = 3;
  });
  EXPECT_EQ(faults(), (std::vector<std::uint64_t>{3, 4}));
}

TEST_P(AccessLogTest, ALostTailAndARewrittenChainAreNoticedByANotedHead) {
  fill(5);
  AccessHead third = {3, log().newest(4, 1).value()[0].hash}, last = log().head().value();
  EXPECT_EQ(faults({third, last, AccessHead{0, sha256("heed access log")}}), std::vector<std::uint64_t>{});
  change(5, [](AccessRow& r) { r.seq = 0; });
  EXPECT_EQ(faults({third}), std::vector<std::uint64_t>{});
  EXPECT_EQ(faults({third, last}), std::vector<std::uint64_t>{5});
  // Somebody with the whole folder writes the end anew: sound in itself, but not the chain that was noted.
  append({staff, "nothing to see", "", CaseId{}, ""});
  EXPECT_EQ(faults(), std::vector<std::uint64_t>{});
  EXPECT_EQ(faults({third, last}), std::vector<std::uint64_t>{5});
}

TEST_P(AccessLogTest, ManyAtOnceMakeOneChain) {
  AccessLog l = log();
  std::promise<void> all;
  std::atomic<int> left = 300;
  for (int i = 0; i < 300; ++i) {
    l.append({staff, "GET", std::to_string(i), cases[0], ""}, [&](Result<AccessHead> head) {
      EXPECT_TRUE(head);
      if (--left == 0) {
        all.set_value();
      }
    });
  }
  all.get_future().wait();
  EXPECT_EQ(l.head().value().seq, 300U);
  EXPECT_EQ(faults(), std::vector<std::uint64_t>{});
}

TEST_P(AccessLogTest, GoesOnAfterARestart) {
  if (!keeps_data()) {
    GTEST_SKIP() << "keeps nothing";
  }
  fill(3);
  AccessHead before = log().head().value();
  reopen();
  EXPECT_EQ(log().head().value(), before);
  fill(2);
  EXPECT_EQ(log().head().value().seq, 5U);
  EXPECT_EQ(faults({before}), std::vector<std::uint64_t>{});
}

TEST_P(AccessLogTest, TextsHaveBounds) {
  AccessLog l = log();
  const std::vector<Access> all = {{staff, std::string(201, 'x'), "", {}, ""},
                                   {staff, "", std::string(201, 'x'), {}, ""},
                                   {staff, "", "", {}, std::string(2001, 'x')}};
  for (const Access& access : all) {
    auto result = wait_for<AccessHead>([&](auto done) { l.append(access, done); });
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::TooLarge);
  }
}

HEED_OVER_BOTH_STORES(AccessLogTest);

}  // namespace
}  // namespace heed::store
