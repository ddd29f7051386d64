#include "api/even_pace.h"

#include <gtest/gtest.h>

#include <future>

namespace heed::api {
namespace {

using Steady = EvenPace::Steady;

TEST(EvenPace, SendsNoSoonerThanTheFloor) {
  EvenPace pace(std::chrono::milliseconds(20));
  const auto arrived = Steady::now();
  std::promise<Steady::time_point> sent;
  pace.after(arrived, [&] { sent.set_value(Steady::now()); });
  EXPECT_GE(sent.get_future().get() - arrived, std::chrono::milliseconds(20));
}

TEST(EvenPace, WhatIsLateGoesAtOnceAndOnTheCallersThread) {
  EvenPace pace(std::chrono::milliseconds(20));
  std::thread::id by;
  pace.after(Steady::now() - std::chrono::seconds(1), [&] { by = std::this_thread::get_id(); });
  EXPECT_EQ(by, std::this_thread::get_id());
}

TEST(EvenPace, SendsInTheOrderOfArrival) {
  std::vector<int> order;
  {
    EvenPace pace(std::chrono::hours(1));
    const auto now = Steady::now();
    for (int i : {2, 0, 1}) {
      pace.after(now + std::chrono::seconds(i), [&order, i] { order.push_back(i); });
    }
  }
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2})) << "and nothing is lost at the end";
}

}  // namespace
}  // namespace heed::api
