#include "http/loop.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include "http/router.h"

namespace heed::http::detail {
namespace {

/// Spins until the loop's sweep is due, then passes a place in line `turns` times, so that the context looks at its
/// timers before, between and after; then tells the loop to finish.
void finish_when_due(Loop& loop, SteadyTime due, int turns) {
  while (std::chrono::steady_clock::now() < due) {
  }
  if (turns == 0) {
    loop.finish();
    return;
  }
  asio::post(loop.context(), [&loop, due, turns] { finish_when_due(loop, due, turns - 1); });
}

/// A sweep that stands in line already when finish() cancels it comes all the same; if it armed itself again run()
/// would never return.
TEST(Loop, EndsThoughItsSweepWasDueWhenItWasToldTo) {
  ServerOptions options;
  options.head_timeout = std::chrono::milliseconds(1);  // a sweep every ten milliseconds, the least
  Router::Impl router;
  Metrics metrics;
  for (int turns = 0; turns < 6; ++turns) {
    for (int posts = 1; posts <= 3; ++posts) {
      auto loop = std::make_shared<Loop>(std::make_shared<Shared>(options, router, metrics));
      const auto due = std::chrono::steady_clock::now() + std::chrono::milliseconds(12);
      for (int i = 1; i < posts; ++i) {
        asio::post(loop->context(), [due] {
          while (std::chrono::steady_clock::now() < due) {
          }
        });
      }
      asio::post(loop->context(), [&] { finish_when_due(*loop, due, turns); });
      loop->run();
    }
  }
}

/// Whom loop 0 lets in while this one, not yet run, has finish() in its mailbox already, comes too late: a connection
/// added then would keep run() for ever.
TEST(Loop, RunsNothingOnceItHasFinished) {
  Router::Impl router;
  Metrics metrics;
  auto loop = std::make_shared<Loop>(std::make_shared<Shared>(ServerOptions(), router, metrics));
  bool before = false, after = false;
  loop->post([&] { before = true; });
  loop->post([&] { loop->finish(); });
  loop->post([&] { after = true; });
  loop->run();
  EXPECT_TRUE(before);
  EXPECT_FALSE(after);
}

}  // namespace
}  // namespace heed::http::detail
