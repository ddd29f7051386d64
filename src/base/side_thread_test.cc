#include "base/side_thread.h"

#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace heed {
namespace {

TEST(SideThread, RunsInOrderAndRefusesWhatIsTooMuch) {
  std::vector<int> order;
  std::promise<void> entered, go, last_done;
  SideThread side(2);
  ASSERT_TRUE(side.run([&] {
    entered.set_value();
    go.get_future().wait();
    order.push_back(1);
  }));
  entered.get_future().wait();
  EXPECT_TRUE(side.run([&] { order.push_back(2); }));
  EXPECT_TRUE(side.run([&] { last_done.set_value(); }));
  EXPECT_FALSE(side.run([] {})) << "two wait already";
  go.set_value();
  last_done.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

}  // namespace
}  // namespace heed
