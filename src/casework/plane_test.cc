#include "casework/plane.h"

#include <gtest/gtest.h>

#include <future>
#include <set>

#include "casework/testing_room.h"
#include "store/recent/memory_posts.h"

namespace heed::casework {
namespace {

class FewAccounts final : public Accounts {
 public:
  Result<bool> is_friend(std::string_view, std::string_view other) override { return other == "friend"; }
  Result<bool> already_blocked(std::string_view, std::string_view other) override { return other == "blocked"; }
  Result<std::string> mail_of(std::string_view) override { return std::string(); }
  Result<std::string> profile_of(std::string_view) override { return std::string(); }
};

class House {
 public:
  House()
      : posts(std::make_unique<store::recent::MemoryPosts>()),
        plane({*room.store, *room.keys, room.hasher, *posts, room.evaluator, accounts, room.clock, metrics},
              options(room)) {
    auto started = plane.start();
    EXPECT_TRUE(started);
  }
  static Plane::Options options(TestingRoom& room) {
    Plane::Options options;
    options.environment.policy = room.env.policy;
    options.pile_chunk = 50;
    options.id_seed = 9;
    return options;
  }
  void post(const std::string& id, const std::string& author, const std::string& text,
            const std::string& target = "her") {
    JsonWriter json;
    json.begin_object()
        .field("id", id)
        .field("text", text)
        .key("author")
        .begin_object()
        .field("id", author)
        .end_object();
    json.key("mentions")
        .begin_array()
        .value(target)
        .end_array()
        .field("created_at", format_time(room.clock.now()))
        .end_object();
    std::string raw = json.take();
    std::vector<std::string_view> targets{target};
    post::PostRecord record;
    record.at = record.created_at = room.clock.now();
    record.id = id;
    record.author = author;
    record.json = raw;
    std::string signals = room.evaluator.evaluate(text).signals_json;
    record.signals = signals;
    record.targets = &targets;
    EXPECT_TRUE(posts->append(record));
    plane.on_post(targets, author, !signals.empty());
  }
  void remove(const std::string& id, const std::string& author) {
    post::PostRecord record;
    record.at = record.created_at = room.clock.now();
    record.change = post::StoredPost::Change::Delete;
    record.id = id;
    record.author = author;
    EXPECT_TRUE(posts->append(record));
  }
  Result<Receipt> report(ReportRequest request) {
    std::promise<Result<Receipt>> promise;
    plane.report(std::move(request), [&](Result<Receipt> receipt) { promise.set_value(std::move(receipt)); });
    return promise.get_future().get();
  }
  ReportRequest pile_of(const std::string& who) {
    ReportRequest request;
    request.command = room.report_by(who, {});
    request.command.about = About::Me;
    request.command.pile = PileSpec{who, room.clock.now() - std::chrono::hours(12), {}, {}, 0, 0};
    request.command.relief = {ReliefKind::Autoblock};
    request.rate_keys = {"u:" + who};
    return request;
  }
  void settle() {
    for (int i = 0; i < 3; ++i) {
      plane.settle();
    }
  }

  TestingRoom room;
  Metrics metrics;
  FewAccounts accounts;
  std::unique_ptr<post::RecentPosts> posts;
  Plane plane;
};

TEST(Plane, TakesAPileFreezesItAndLetsItGrowUnasked) {
  House house;
  for (int i = 0; i < 300; ++i) {
    house.post("p" + std::to_string(i), "b" + std::to_string(i % 40), i % 3 == 0 ? "[insult]" : "meh");
    if (i % 2 == 0) {
      house.remove("p" + std::to_string(i), "b" + std::to_string(i % 40));  // deleted at once
    }
  }
  house.post("quote", "friend", "do not give in");
  auto receipt = house.report(house.pile_of("her"));
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->accepted, 301);
  house.settle();
  CaseRow row = house.room.case_row(receipt->case_id);
  EXPECT_EQ(row.items, 301);
  EXPECT_EQ(row.pile, PileState::Open);
  auto relief = relief_of(*house.room.view(), receipt->case_id);
  ASSERT_EQ(relief->size(), 1u);
  EXPECT_EQ(relief->at(0).accounts, 40);  // the friend is exempt

  house.post("late1", "b3", "meh");
  house.post("late2", "stranger", "nice weather");
  house.post("late3", "stranger2", "[life] tonight");
  house.settle();
  row = house.room.case_row(receipt->case_id);
  EXPECT_EQ(row.items, 303);
  EXPECT_EQ(row.lane, policy::Lane::Life);
  EXPECT_EQ(house.room.check(), "");
}

/// Ids of the posts that orders in this case tell the platform to hide from her.
std::set<std::string> hidden_in(House& house, CaseId case_id) {
  std::set<std::string> ids;
  JsonParser parser(8);
  EXPECT_TRUE(house.room.view()->case_events(case_id, 0, [&](const ledger::StoredEvent& event) {
    auto bodies = ledger::split_bodies(event.bodies);
    for (const ledger::SealedBody& body : *bodies) {
      if (body.name == "b") {
        auto plain = ledger::open_body(*house.room.keys, event.case_id, event.seq, body);
        (*parser.parse(*plain))["posts"].each([&](Json id) { ids.emplace(*id.string()); });
      }
    }
    return true;
  }));
  return ids;
}

TEST(Plane, HidesAPileFromHerWhoeverFoundItsPostsAndWhateverComes) {
  House house;
  house.post("found", "b9", "[life] tonight");  // a case before she says anything
  house.settle();
  house.post("reported", "b8", "[insult]");  // a case of its own, by somebody else
  ReportRequest other;
  other.command = house.room.report_by("friend", {});
  other.items = {{ItemKind::Post, "reported"}};
  ASSERT_TRUE(house.report(std::move(other)));
  house.post("p1", "b1", "[insult]");
  house.post("p2", "b2", "meh");
  ReportRequest request = house.pile_of("her");
  request.command.relief = {ReliefKind::Hide};
  auto receipt = house.report(std::move(request));
  ASSERT_TRUE(receipt) << receipt.error().message;
  house.settle();
  EXPECT_EQ(hidden_in(house, receipt->case_id), (std::set<std::string>{"found", "reported", "p1", "p2"}));
  house.post("late", "b1", "meh");
  house.settle();
  EXPECT_TRUE(hidden_in(house, receipt->case_id).contains("late"));
  ASSERT_TRUE(house.room.run([&](Context& c) {
    return end_relief(c, receipt->case_id, receipt->party, ReliefKind::Hide).map([] { return 0; });
  }));
  EXPECT_TRUE(relief_of(*house.room.view(), receipt->case_id)->empty());
  EXPECT_EQ(house.room.check(), "");
}

TEST(Plane, KeepsTheEvidenceOfADeletedPost) {
  House house;
  house.post("p1", "b1", "[insult] words");
  house.room.clock.advance(std::chrono::seconds(40));
  house.remove("p1", "b1");
  ReportRequest request;
  request.command = house.room.report_by("her", {});
  request.items = {{ItemKind::Post, "p1"}, {ItemKind::Post, "unknown"}};
  auto receipt = house.report(std::move(request));
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->accepted, 1);
  ASSERT_EQ(receipt->refused.size(), 1u);
  EXPECT_EQ(receipt->refused[0].index, 1);
  std::string evidence;
  auto view = house.room.view();
  ASSERT_TRUE(view->case_events(receipt->case_id, 0, [&](const ledger::StoredEvent& event) {
    auto bodies = ledger::split_bodies(event.bodies);
    for (auto& body : *bodies) {
      if (body.name == "e1") {
        evidence = *ledger::open_body(*house.room.keys, event.case_id, event.seq, body);
      }
    }
    return true;
  }));
  EXPECT_NE(evidence.find("[insult] words"), std::string::npos);
  EXPECT_NE(evidence.find("\"delete\""), std::string::npos);
}

TEST(Plane, TakesUpAPileThatACrashLeftHalfTaken) {
  auto house = std::make_unique<House>();
  for (int i = 0; i < 120; ++i) {
    house->post("p" + std::to_string(i), "b" + std::to_string(i), "[insult]");
  }
  house->plane.stop();  // nothing runs by itself any more
  auto command = house->room.report_by("her", {});
  command.pile =
      PileSpec{"her", house->room.clock.now() - std::chrono::hours(1), {}, {}, house->posts->watermark(), 120};
  auto receipt = house->room.report(command);
  ASSERT_TRUE(receipt);
  EXPECT_EQ(house->room.case_row(receipt->case_id).items, 0);
  Plane again({*house->room.store, *house->room.keys, house->room.hasher, *house->posts, house->room.evaluator,
               house->accounts, house->room.clock, house->metrics},
              House::options(house->room));
  ASSERT_TRUE(again.start());
  for (int i = 0; i < 3; ++i) {
    again.settle();
  }
  EXPECT_EQ(house->room.case_row(receipt->case_id).items, 120);
}

TEST(Plane, ErasesAPersonEverywhere) {
  House house;
  house.post("p1", "b1", "[insult] words");
  ReportRequest request;
  request.command = house.room.report_by("her", {});
  request.items = {{ItemKind::Post, "p1"}};
  auto receipt = house.report(std::move(request));
  ASSERT_TRUE(receipt);
  std::promise<Result<int>> promise;
  house.plane.erase("b1", [&](Result<int> erased) { promise.set_value(erased); });
  auto erased = promise.get_future().get();
  ASSERT_TRUE(erased) << erased.error().message;
  EXPECT_EQ(*erased, 1);
  auto view = house.room.view();
  ASSERT_TRUE(view->case_events(receipt->case_id, 0, [&](const ledger::StoredEvent& event) {
    auto bodies = ledger::split_bodies(event.bodies);
    for (auto& body : *bodies) {
      auto opened = ledger::open_body(*house.room.keys, event.case_id, event.seq, body);
      EXPECT_EQ(opened.has_value(), body.name == "p1" || body.name == "r") << body.name;
    }
    return true;
  }));
  auto found = house.posts->find("p1");
  ASSERT_TRUE(found);
  for (auto& version : *found) {
    EXPECT_EQ(version.json, "");
  }
  EXPECT_EQ(house.room.check(), "");
}

TEST(Plane, ErasesWhatAHoldKeptOfAnAccountThatIsGoneWhenTheHoldEnds) {
  House house;
  house.post("p1", "b1", "[insult] words");
  ReportRequest request;
  request.command = house.room.report_by("her", {});
  request.items = {{ItemKind::Post, "p1"}};
  auto receipt = house.report(std::move(request));
  ASSERT_TRUE(receipt);
  const Time until = house.room.clock.now() + std::chrono::hours(24 * 90);
  ASSERT_TRUE(house.room.run(
      [&](Context& c) { return place_hold(c, receipt->case_id, until, "police", house.room.staff(1)); }));
  std::promise<Result<int>> promise;
  house.plane.erase("b1", [&](Result<int> erased) { promise.set_value(erased); });
  EXPECT_EQ(*promise.get_future().get(), 0);
  auto his_are_readable = [&] {
    int readable = 0;
    auto view = house.room.view();
    auto party =
        house.room.run([&](Context& c) { return c.party_of(receipt->case_id, house.room.hasher.account("b1")); });
    const std::string name = party && *party ? "p" + std::to_string((*party)->party) : "p2";
    EXPECT_TRUE(view->case_events(receipt->case_id, 0, [&](const ledger::StoredEvent& event) {
      auto bodies = ledger::split_bodies(event.bodies);
      for (auto& body : *bodies) {
        readable += body.name == name && ledger::open_body(*house.room.keys, event.case_id, event.seq, body) ? 1 : 0;
      }
      return true;
    }));
    return readable;
  };
  EXPECT_EQ(his_are_readable(), 1);
  house.room.clock.set(until - Millis(1));
  EXPECT_EQ(*house.plane.erase_what_is_due(house.room.clock.now()), 0);
  EXPECT_EQ(his_are_readable(), 1);
  house.room.clock.set(until + std::chrono::hours(1));
  EXPECT_EQ(*house.plane.erase_what_is_due(house.room.clock.now()), 1);
  EXPECT_EQ(his_are_readable(), 0);
  EXPECT_EQ(house.room.check(), "") << "the chains verify, and a replay gives the same";
}

TEST(Plane, ATwinWithTheSameKeyWaitsForTheFirstAndGetsItsAnswer) {
  House house;
  house.post("p1", "b1", "[insult] words");
  std::vector<std::future<Result<Receipt>>> twins;
  std::vector<std::promise<Result<Receipt>>> promises(16);
  for (auto& promise : promises) {
    ReportRequest request;
    request.command = house.room.report_by("her", {});
    request.command.idempotency.fill(3);
    request.command.body.fill(4);
    request.items = {{ItemKind::Post, "p1"}};
    twins.push_back(promise.get_future());
    house.plane.report(std::move(request),
                       [&promise](Result<Receipt> receipt) { promise.set_value(std::move(receipt)); });
  }
  auto first = twins[0].get();
  ASSERT_TRUE(first);
  for (std::size_t i = 1; i < twins.size(); ++i) {
    auto twin = twins[i].get();
    ASSERT_TRUE(twin);
    EXPECT_EQ(twin->report, first->report);
    EXPECT_EQ(twin->number, first->number);
    EXPECT_EQ(twin->received_at, first->received_at);
  }
  EXPECT_EQ(house.room.case_row(first->case_id).reports, 1);
}

TEST(Rates, GiveBurstThenRateAndForgetNobodyUnfairly) {
  RateBook book(10);
  Time now = from_ms(1'000'000);
  RateBook::Rule rule{.burst = 3, .per_minute = 1};
  EXPECT_TRUE(book.take("a", rule, now));
  EXPECT_TRUE(book.take("a", rule, now));
  EXPECT_TRUE(book.take("a", rule, now));
  EXPECT_FALSE(book.take("a", rule, now));
  EXPECT_TRUE(book.take("a", rule, now + std::chrono::minutes(1)));
  EXPECT_FALSE(book.take("a", rule, now + std::chrono::minutes(1)));
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(book.take(std::to_string(i), rule, now));
  }
}

}  // namespace
}  // namespace heed::casework
