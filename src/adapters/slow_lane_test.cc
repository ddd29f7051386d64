#include "adapters/slow_lane.h"

#include <gtest/gtest.h>

#include <future>

namespace heed::adapters {
namespace {

TEST(SlowLane, RunsInOrderAndRefusesWhatIsTooMuch) {
  SlowLane lane(2);
  std::promise<void> started, go;
  std::vector<int> order;
  std::promise<void> done;
  ASSERT_TRUE(lane.run([&] {
    started.set_value();
    go.get_future().wait();
    order.push_back(1);
  }));
  started.get_future().wait();
  EXPECT_TRUE(lane.run([&] { order.push_back(2); }));
  EXPECT_TRUE(lane.run([&] {
    order.push_back(3);
    done.set_value();
  }));
  EXPECT_FALSE(lane.run([] {}));
  go.set_value();
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(SlowLane, HoldsNothingOnceItHasEnded) {
  std::promise<void> started, go;
  auto held = std::make_shared<int>(1);
  std::weak_ptr<int> watched = held;
  {
    SlowLane lane;
    lane.run([&] {
      started.set_value();
      go.get_future().wait();
    });
    started.get_future().wait();
    lane.run([held] {});
    held.reset();
    EXPECT_FALSE(watched.expired());
    go.set_value();
  }
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace heed::adapters
