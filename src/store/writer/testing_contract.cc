#include "store/writer/testing_contract.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>

#include "base/bytes.h"
#include "ledger/replay.h"

namespace heed::store::testing {

using namespace heed::ledger;
using heed::ledger::testing::append_and_apply;
using heed::ledger::testing::case_number;
using heed::ledger::testing::CaseRow;
using heed::ledger::testing::CountRow;
using heed::ledger::testing::TestProjector;

namespace {

const std::string kRed = "red", kBlue = "blue", kEven = "even", kOdd = "odd",
                  kA = "a";  ///< cells only refer to their bytes

Result<void> run(Store& store, Store::Work work) {
  TRY(execute_and_wait(store, std::move(work)));
  return {};
}

void put_things(Store& store, const std::vector<ThingRow>& rows) {
  auto done = run(store, [&](Tx& tx) -> Result<void> {
    for (const ThingRow& row : rows) {
      TRY(put(tx, row));
    }
    return {};
  });
  ASSERT_TRUE(done) << done.error().message;
}

/// The `size` column of what a scan gives; tests choose it to tell rows apart.
std::vector<std::int64_t> sizes(Store& store, Scan how) {
  std::vector<std::int64_t> out;
  auto view = store.view();
  EXPECT_TRUE(view);
  EXPECT_TRUE(scan<ThingRow>(**view, how, [&](const ThingRow& row) { out.push_back(row.size); }));
  return out;
}

Scan by(int index, Cells prefix = {}, Cells after = {}, bool descending = false, std::size_t limit = SIZE_MAX) {
  return {index, prefix, after, descending, limit};
}

using Sizes = std::vector<std::int64_t>;

}  // namespace

TEST_P(StoreContract, GivesBackWhatWasPut) {
  ThingRow row{"k", 7, 5, std::nullopt, std::string("\0\xFFx", 3), -9};
  put_things(*store_, {row});
  auto view = *store_->view();
  auto found = *get<ThingRow>(*view, std::string("k"), std::int64_t{7});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->due, 5);
  EXPECT_EQ(found->group, std::nullopt);
  EXPECT_EQ(found->colour, row.colour);
  EXPECT_EQ(found->size, -9);
  EXPECT_FALSE(*get<ThingRow>(*view, std::string("k"), std::int64_t{8}));
}

TEST_P(StoreContract, EmptyBytesAreNotNull) {
  put_things(*store_, {{"", 1, std::nullopt, std::string(), "", 1}});
  auto view = *store_->view();
  auto found = *get<ThingRow>(*view, std::string(), std::int64_t{1});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->group, std::string());
  EXPECT_EQ(found->due, std::nullopt);
  EXPECT_EQ(sizes(*store_, by(kThingByGroup)), (Sizes{1}));
}

TEST_P(StoreContract, KeepsTheExtremesOfNumbers) {
  auto low = std::numeric_limits<std::int64_t>::min(), high = std::numeric_limits<std::int64_t>::max();
  ASSERT_TRUE(run(*store_, [&](Tx& tx) -> Result<void> {
    for (std::int64_t id : {high, std::int64_t{0}, low, std::int64_t{-1}}) {
      TRY(put(tx, NumberRow{id, std::to_string(id)}));
    }
    return {};
  }));
  auto view = *store_->view();
  std::vector<std::int64_t> ids;
  ASSERT_TRUE(scan<NumberRow>(*view, {}, [&](const NumberRow& row) { ids.push_back(row.id); }));
  EXPECT_EQ(ids, (std::vector<std::int64_t>{low, -1, 0, high}));
}

TEST_P(StoreContract, PutReplacesByPrimaryKeyAndMovesIndexEntries) {
  put_things(*store_, {{"k", 1, 10, "g", "red", 1}});
  put_things(*store_, {{"k", 1, std::nullopt, std::nullopt, "blue", 2}});
  EXPECT_EQ(sizes(*store_, {}), (Sizes{2}));
  EXPECT_EQ(sizes(*store_, by(kThingByDue)), Sizes{});
  EXPECT_EQ(sizes(*store_, by(kThingByGroup)), Sizes{});
  EXPECT_EQ(sizes(*store_, by(kThingByColour, cells(kRed))), Sizes{});
  EXPECT_EQ(sizes(*store_, by(kThingByColour, cells(kBlue))), Sizes{2});
}

TEST_P(StoreContract, ErasesAndDoesNotMindAnAbsentRow) {
  put_things(*store_, {{"k", 1, 10, "g", "red", 1}, {"k", 2, 10, "h", "red", 2}});
  ASSERT_TRUE(run(*store_, [](Tx& tx) -> Result<void> {
    TRY(erase<ThingRow>(tx, std::string("k"), std::int64_t{1}));
    return erase<ThingRow>(tx, std::string("z"), std::int64_t{9});
  }));
  EXPECT_EQ(sizes(*store_, {}), Sizes{2});
  EXPECT_EQ(sizes(*store_, by(kThingByDue)), Sizes{2});
}

TEST_P(StoreContract, ScansInIndexOrderThenPrimaryKey) {
  put_things(*store_, {{"b", 1, 3, {}, "red", 20},
                       {"a", 2, 3, {}, "blue", 20},
                       {"a", 1, 2, {}, "red", 40},
                       {"c", 1, {}, {}, "blue", 10}});
  EXPECT_EQ(sizes(*store_, {}), (Sizes{40, 20, 20, 10}));
  EXPECT_EQ(sizes(*store_, by(kThingByDue)), (Sizes{40, 20, 20})) << "the row without a due time is not in it";
  EXPECT_EQ(sizes(*store_, by(kThingByColour)), (Sizes{10, 20, 20, 40}));
  std::vector<std::string> keys;
  auto view = *store_->view();
  ASSERT_TRUE(
      scan<ThingRow>(*view, by(kThingByDue, cells(std::int64_t{3})), [&](const ThingRow& r) { keys.push_back(r.a); }));
  EXPECT_EQ(keys, (std::vector<std::string>{"a", "b"})) << "equal index values follow the primary key";
}

TEST_P(StoreContract, ScansPrefixAfterDescendingAndLimit) {
  std::vector<ThingRow> rows;
  for (int i = 0; i < 10; ++i) {
    rows.push_back({i % 2 ? "odd" : "even", i, i / 2, {}, i < 5 ? "red" : "blue", i});
  }
  put_things(*store_, rows);
  auto odd = cells(kOdd);
  EXPECT_EQ(sizes(*store_, by(-1, odd)), (Sizes{1, 3, 5, 7, 9}));
  EXPECT_EQ(sizes(*store_, by(-1, odd, {}, true)), (Sizes{9, 7, 5, 3, 1}));
  EXPECT_EQ(sizes(*store_, by(-1, odd, cells(std::int64_t{3}))), (Sizes{5, 7, 9}));
  EXPECT_EQ(sizes(*store_, by(-1, odd, cells(std::int64_t{4}))), (Sizes{5, 7, 9})) << "after need not exist";
  EXPECT_EQ(sizes(*store_, by(-1, odd, cells(std::int64_t{5}), true)), (Sizes{3, 1}));
  EXPECT_EQ(sizes(*store_, by(-1, odd, {}, false, 2)), (Sizes{1, 3}));
  EXPECT_EQ(sizes(*store_, by(-1, odd, {}, false, 0)), Sizes{});
  EXPECT_EQ(sizes(*store_, by(-1, {}, cells(kEven))), (Sizes{1, 3, 5, 7, 9}))
      << "after a part of the key is after all of it";
  EXPECT_EQ(sizes(*store_, by(-1, {}, cells(kOdd), true)), (Sizes{8, 6, 4, 2, 0}));
  EXPECT_EQ(sizes(*store_, by(-1, {}, cells(kEven, std::int64_t{6}))), (Sizes{8, 1, 3, 5, 7, 9}));
  auto blue = cells(kBlue);
  EXPECT_EQ(sizes(*store_, by(kThingByColour, blue, cells(std::int64_t{7}))), (Sizes{8, 9}));
  EXPECT_EQ(sizes(*store_, by(kThingByColour, blue, cells(std::int64_t{7}), true)), (Sizes{6, 5}));
  // Through the whole index and on into the primary key.
  EXPECT_EQ(sizes(*store_, by(kThingByDue, cells(std::int64_t{2}), cells(std::int64_t{4}, kEven, std::int64_t{4}))),
            (Sizes{5}));
  EXPECT_EQ(sizes(*store_, by(kThingByDue, {}, cells(std::int64_t{2}), true)), (Sizes{3, 2, 1, 0}));
  EXPECT_EQ(sizes(*store_, by(kThingBySize, {}, cells(std::int64_t{7}, kBlue, std::int64_t{7}, kOdd))), (Sizes{8, 9}))
      << "a unique index too continues into the primary key";
}

TEST_P(StoreContract, AScanStopsWhenTold) {
  put_things(*store_, {{"a", 1, {}, {}, "", 1}, {"a", 2, {}, {}, "", 2}, {"a", 3, {}, {}, "", 3}});
  auto view = *store_->view();
  int seen = 0;
  ASSERT_TRUE(scan<ThingRow>(*view, {}, [&](const ThingRow&) { return ++seen < 2; }));
  EXPECT_EQ(seen, 2);
}

TEST_P(StoreContract, ScansMayNest) {
  put_things(*store_, {{"a", 1, 1, {}, "", 1}, {"a", 2, 1, {}, "", 2}, {"a", 3, 1, {}, "", 3}});
  auto view = *store_->view();
  int seen = 0;
  ASSERT_TRUE(scan<ThingRow>(*view, by(-1, cells(kA)), [&](const ThingRow&) {
    ASSERT_TRUE(scan<ThingRow>(*view, by(-1, cells(kA)), [&](const ThingRow& inner) {
      ASSERT_TRUE(*get<ThingRow>(*view, inner.a, inner.b));
      ++seen;
    }));
  }));
  EXPECT_EQ(seen, 9);
}

TEST_P(StoreContract, RefusesASecondRowInAUniqueIndex) {
  put_things(*store_, {{"a", 1, {}, "g", "", 1}});
  auto done = run(*store_, [](Tx& tx) { return put(tx, ThingRow{"a", 2, {}, "g", "", 2}); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::Conflict);
  EXPECT_EQ(sizes(*store_, {}), Sizes{1});
  // The same row may be put again, and nulls never meet.
  put_things(*store_, {{"a", 1, {}, "g", "x", 1}, {"a", 3, {}, {}, "", 3}, {"a", 4, {}, {}, "", 4}});
  EXPECT_EQ(sizes(*store_, {}), (Sizes{1, 3, 4}));
}

TEST_P(StoreContract, AConflictInsideACommandMayBeHandled) {
  put_things(*store_, {{"a", 1, {}, "g", "", 1}});
  ASSERT_TRUE(run(*store_, [](Tx& tx) -> Result<void> {
    TRY(put(tx, ThingRow{"a", 2, {}, "h", "", 2}));
    Result<void> refused = put(tx, ThingRow{"a", 3, {}, "g", "", 3});
    EXPECT_FALSE(refused);
    return put(tx, ThingRow{"a", 4, {}, "k", "", 4});
  }));
  EXPECT_EQ(sizes(*store_, {}), (Sizes{1, 2, 4}));
}

TEST_P(StoreContract, ACommandReadsItsOwnWrites) {
  ASSERT_TRUE(run(*store_, [](Tx& tx) -> Result<void> {
    TRY(put(tx, NumberRow{1, "one"}));
    EXPECT_EQ((*get<NumberRow>(tx, std::int64_t{1}))->text, "one");
    TRY(tx.append({case_number(1), 1, ledger::testing::header("opened", case_number(1), 1), "b"}));
    int events = 0;
    TRY(tx.case_events(case_number(1), 0, [&](const StoredEvent& e) { return e.pos == 1 && ++events > 0; }));
    EXPECT_EQ(events, 1);
    TRY(erase<NumberRow>(tx, std::int64_t{1}));
    EXPECT_FALSE(*get<NumberRow>(tx, std::int64_t{1}));
    return {};
  }));
}

TEST_P(StoreContract, AnErrorUndoesItsCommandAloneInTheGroup) {
  open({.group_time = std::chrono::minutes(10)});  // one group, however slow the machine
  std::vector<std::optional<Result<Committed>>> answers(7);
  std::mutex mutex;
  std::condition_variable changed;
  {
    Gate gate(*store_);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      store_->execute(
          Priority::Normal,
          [i](Tx& tx) -> Result<void> {
            TRY(append_and_apply(tx, "noted", case_number(1), {}, static_cast<std::int64_t>(i)));
            TRY(append_and_apply(tx, "opened", case_number(10 + i)));
            TRY(put(tx, NumberRow{0, "last was " + std::to_string(i)}));
            TRY(put(tx, NumberRow{static_cast<std::int64_t>(i) + 1, "x"}));
            TRY(erase<NumberRow>(tx, static_cast<std::int64_t>(i)));
            return i % 2 == 1 ? fail(Code::Conflict, "no") : Result<void>();
          },
          [&, i](Result<Committed> result) {
            std::lock_guard lock(mutex);
            answers[i] = std::move(result);
            changed.notify_all();
          });
    }
  }
  std::unique_lock lock(mutex);
  changed.wait(lock,
               [&] { return std::all_of(answers.begin(), answers.end(), [](auto& a) { return a.has_value(); }); });
  auto view = *store_->view();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i]->has_value(), i % 2 == 0);
    EXPECT_EQ((*get<CaseRow>(*view, case_number(10 + i))).has_value(), i % 2 == 0);
  }
  EXPECT_EQ((*get<CaseRow>(*view, case_number(1)))->seq, 4u);
  EXPECT_EQ((*get<NumberRow>(*view, std::int64_t{1}))->text, "x");
  EXPECT_FALSE(*get<NumberRow>(*view, std::int64_t{2}));
  EXPECT_EQ((*view->head()).pos, 8u);
  EXPECT_EQ((*verify_chains(*view)).size(), 0u);
  EXPECT_EQ((*view->head()).commit, 1u) << "they shared a group";
}

TEST_P(StoreContract, AViewIsASnapshot) {
  put_things(*store_, {{"a", 1, 1, {}, "", 1}});
  ASSERT_TRUE(run(*store_, [](Tx& tx) -> Result<void> {
    TRY(append_and_apply(tx, "opened", case_number(1)));
    return {};
  }));
  auto before = *store_->view();
  put_things(*store_, {{"a", 1, 1, {}, "", 100}, {"a", 2, 1, {}, "", 2}});
  ASSERT_TRUE(run(*store_, [](Tx& tx) -> Result<void> {
    TRY(append_and_apply(tx, "noted", case_number(1)));
    return {};
  }));
  auto after = *store_->view();
  auto count = [](View& view) {
    std::int64_t sum = 0, events = 0, commits = 0;
    EXPECT_TRUE(scan<ThingRow>(view, by(kThingByDue), [&](const ThingRow& row) { sum += row.size; }));
    EXPECT_TRUE(view.events(0, [&](const StoredEvent&) { return ++events > 0; }));
    EXPECT_TRUE(view.commits(0, [&](const CommitRow&) { return ++commits > 0; }));
    return std::vector<std::int64_t>{sum, events, commits, static_cast<std::int64_t>((*view.head()).pos)};
  };
  EXPECT_EQ(count(*before), (std::vector<std::int64_t>{1, 1, 1, 1}));
  EXPECT_EQ(count(*after), (std::vector<std::int64_t>{102, 2, 2, 2}));
  EXPECT_EQ(count(*before), (std::vector<std::int64_t>{1, 1, 1, 1}));
}

TEST_P(StoreContract, ManyViewsMayBeOpenAtOnce) {
  std::vector<std::unique_ptr<View>> views;
  for (std::int64_t i = 0; i < 40; ++i) {
    ASSERT_TRUE(run(*store_, [i](Tx& tx) { return put(tx, NumberRow{1, std::to_string(i)}); }));
    views.push_back(*store_->view());
  }
  for (std::size_t i = 0; i < views.size(); ++i) {
    EXPECT_EQ((*get<NumberRow>(*views[i], std::int64_t{1}))->text, std::to_string(i));
  }
}

TEST_P(StoreContract, AppendRefusesAnyOtherThanTheNextSeq) {
  CaseId id = case_number(1);
  auto append = [&](std::uint64_t seq) {
    return run(*store_, [&](Tx& tx) -> Result<void> {
      TRY(tx.append({id, seq, ledger::testing::header("opened", id, seq), ""}));
      return {};
    });
  };
  EXPECT_EQ(append(2).error().code, Code::Conflict);
  ASSERT_TRUE(append(1));
  EXPECT_EQ(append(1).error().code, Code::Conflict);
  EXPECT_EQ(append(3).error().code, Code::Conflict);
  EXPECT_EQ(append(0).error().code, Code::Conflict);
  ASSERT_TRUE(append(2));
}

TEST_P(StoreContract, GivesEventsOfACaseAndOfAll) {
  for (std::uint64_t i = 0; i < 6; ++i) {
    ASSERT_TRUE(run(*store_, [&](Tx& tx) -> Result<void> {
      TRY(append_and_apply(tx, "noted", case_number(i % 2), {}, 0, "body" + std::to_string(i)));
      return {};
    }));
  }
  auto view = *store_->view();
  std::vector<std::uint64_t> positions;
  ASSERT_TRUE(view->case_events(case_number(1), 1, [&](const StoredEvent& e) {
    EXPECT_EQ(e.case_id, case_number(1));
    EXPECT_EQ(e.bodies, "body" + std::to_string(e.pos - 1));
    positions.push_back(e.pos);
    return true;
  }));
  EXPECT_EQ(positions, (std::vector<std::uint64_t>{4, 6}));
  positions.clear();
  ASSERT_TRUE(view->events(2, [&](const StoredEvent& e) {
    positions.push_back(e.pos);
    return positions.size() < 3;
  }));
  EXPECT_EQ(positions, (std::vector<std::uint64_t>{3, 4, 5}));
  EXPECT_TRUE(view->case_events(case_number(77), 0, [](const StoredEvent&) {
    ADD_FAILURE();
    return true;
  }));
}

TEST_P(StoreContract, CommitRowsChainAndCoverEverything) {
  auto empty = *store_->view();
  EXPECT_EQ(*empty->head(), ChainHead{});
  for (std::uint64_t i = 0; i < 5; ++i) {
    auto committed = execute_and_wait(*store_, [&](Tx& tx) -> Result<void> {
      for (std::uint64_t n = 0; n <= i; ++n) {
        TRY(append_and_apply(tx, "noted", case_number(n)));
      }
      return {};
    });
    ASSERT_TRUE(committed);
    EXPECT_EQ(committed->last_pos, (i + 1) * (i + 2) / 2);
  }
  put_things(*store_, {{"a", 1, {}, {}, "", 1}});  // A group without events appends no row.
  auto view = *store_->view();
  std::vector<CommitRow> rows;
  ASSERT_TRUE(view->commits(0, [&](const CommitRow& row) {
    rows.push_back(row);
    return true;
  }));
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[4].first_pos, 11u);
  EXPECT_EQ(rows[4].last_pos, 15u);
  EXPECT_EQ(*view->head(), (ChainHead{5, 15, rows[4].hash}));
  EXPECT_EQ((*verify_chains(*view, {{3, 6, rows[2].hash}})).size(), 0u);
}

TEST_P(StoreContract, HigherPrioritiesOvertakeButBackgroundIsServedInTheEnd) {
  std::mutex mutex;
  std::condition_variable changed;
  std::string order;
  std::size_t expected = 0, answered = 0;
  {
    Gate gate(*store_);
    auto submit = [&](Priority priority, char mark) {
      ++expected;
      store_->execute(
          priority,
          [&, mark](Tx&) -> Result<void> {
            std::lock_guard lock(mutex);
            order.push_back(mark);
            return {};
          },
          [&](Result<Committed>) {
            std::lock_guard lock(mutex);
            ++answered;
            changed.notify_all();
          });
    };
    for (int i = 0; i < 3; ++i) {
      submit(Priority::Background, 'b');
    }
    for (int i = 0; i < 200; ++i) {
      submit(Priority::Normal, 'n');
    }
    for (int i = 0; i < 300; ++i) {
      submit(Priority::Receipt, 'r');
    }
    submit(Priority::LifeThreat, 'L');
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return answered == expected; });
  EXPECT_EQ(order.front(), 'L');
  EXPECT_EQ(order.substr(1, 63), std::string(63, 'r'));
  EXPECT_EQ(order[64], 'n') << "after 64 others one of these";
  EXPECT_LT(order.find('b'), 300u);
  EXPECT_GT(order.find('b'), 250u);
}

TEST_P(StoreContract, RefusesAtOnceWhenTheQueueIsFullAndKeepsRoomForWhatMatters) {
  open({.queue_max = 40});
  std::atomic<int> refused{0}, done{0};
  auto count = [&](Result<Committed> result) {
    if (result) {
      ++done;
    } else {
      EXPECT_EQ(result.error().code, Code::Unavailable);
      ++refused;
    }
  };
  {
    Gate gate(*store_);
    auto flood = [&](Priority priority) {
      refused = 0;
      for (int i = 0; i < 100; ++i) {
        store_->execute(
            priority, [](Tx&) -> Result<void> { return {}; }, count);
      }
      return 100 - refused.load();
    };
    EXPECT_EQ(flood(Priority::Background), 20);
    EXPECT_EQ(flood(Priority::Normal), 10);
    EXPECT_EQ(flood(Priority::Receipt), 6);
    EXPECT_EQ(flood(Priority::LifeThreat), 4);
  }
  store_.reset();  // Runs what was accepted.
  EXPECT_EQ(done.load(), 40);
}

TEST_P(StoreContract, CommandsShareFlushes) {
  std::atomic<int> left{200};
  {
    Gate gate(*store_);
    for (int i = 0; i < 200; ++i) {
      store_->execute(
          Priority::Normal,
          [i](Tx& tx) {
            return put(tx, NumberRow{i, "x"});
          },
          [&](Result<Committed> r) {
            EXPECT_TRUE(r);
            --left;
          });
    }
  }
  ASSERT_TRUE(run(*store_, [](Tx&) -> Result<void> { return {}; }));
  while (left > 0) {
    std::this_thread::yield();
  }
  EXPECT_GE(store_->figures().commands, 201u);
  EXPECT_LE(store_->figures().groups, 20u);
}

TEST_P(StoreContract, ReplayRebuildsTheSameProjections) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 300; ++i) {
    CaseId id = case_number(random() % 40);
    const char* kind = std::array{"opened", "noted", "closed"}[random() % 3];
    std::string group = random() % 2 ? "g" + std::to_string(random() % 20) : "";
    (void)run(*store_, [&](Tx& tx) -> Result<void> {
      TRY(append_and_apply(tx, kind, id, group, static_cast<std::int64_t>(random() % 1000)));
      return {};
    });
  }
  auto copy = GetParam().open({});
  auto view = *store_->view();
  TestProjector projector;
  EXPECT_EQ(*compare_replay(*view, *copy, projector), "");
  auto copied = *copy->view();
  EXPECT_EQ(*dump(*view, projector.tables()), *dump(*copied, projector.tables()));
  EXPECT_GT((*view->head()).pos, 100u);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StoreContract);

}  // namespace heed::store::testing
