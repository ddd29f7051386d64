#include "base/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

namespace heed {
namespace {

TEST(Metrics, WritesThePrometheusTextFormat) {
  Metrics metrics;
  metrics.gauge("heed_open_cases", "Cases open").set(-4);
  metrics.counter("heed_reports_total", "Reports by \\ outcome\nso far", {{"outcome", "a\"b\\c\nd"}}).add(3);
  metrics.gauge("heed_build", "Build", {{"version", "1"}, {"os", "x"}}).set(1);
  metrics.counter("heed_reports_total", "Reports", {{"outcome", "ok"}}).add();
  EXPECT_EQ(metrics.text(),
            "# HELP heed_build Build\n"
            "# TYPE heed_build gauge\n"
            "heed_build{version=\"1\",os=\"x\"} 1\n"
            "# HELP heed_open_cases Cases open\n"
            "# TYPE heed_open_cases gauge\n"
            "heed_open_cases -4\n"
            "# HELP heed_reports_total Reports by \\\\ outcome\\nso far\n"
            "# TYPE heed_reports_total counter\n"
            "heed_reports_total{outcome=\"a\\\"b\\\\c\\nd\"} 3\n"
            "heed_reports_total{outcome=\"ok\"} 1\n");
}

TEST(Metrics, SameNameAndLabelsAreTheSameObject) {
  Metrics metrics;
  Counter& first = metrics.counter("a", "", {{"k", "v"}});
  for (int i = 0; i < 1000; ++i) {
    metrics.counter("a", "", {{"k", std::to_string(i)}});
  }
  EXPECT_EQ(&metrics.counter("a", "", {{"k", "v"}}), &first);
  EXPECT_NE(&metrics.counter("a", ""), &first);
}

TEST(MetricsDeathTest, OneNameHasOneType) {
  Metrics metrics;
  metrics.counter("a", "");
  EXPECT_DEATH(metrics.gauge("a", ""), "broken invariant");
}

TEST(Histogram, CountsIntoCumulativeBuckets) {
  Metrics metrics;
  Histogram& h = metrics.histogram("heed_commit_seconds", "Commit", {{"file", "main"}});
  h.observe_seconds(0.00005);
  h.observe_seconds(0.00006);
  h.observe_seconds(61);
  std::string text = metrics.text();
  EXPECT_NE(text.find("heed_commit_seconds_bucket{file=\"main\",le=\"5e-05\"} 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("heed_commit_seconds_bucket{file=\"main\",le=\"0.0001\"} 2\n"), std::string::npos);
  EXPECT_NE(text.find("heed_commit_seconds_bucket{file=\"main\",le=\"60\"} 2\n"), std::string::npos);
  EXPECT_NE(text.find("heed_commit_seconds_bucket{file=\"main\",le=\"+Inf\"} 3\n"), std::string::npos);
  EXPECT_NE(text.find("heed_commit_seconds_sum{file=\"main\"} 61.00011\n"), std::string::npos);
  EXPECT_NE(text.find("heed_commit_seconds_count{file=\"main\"} 3\n"), std::string::npos);
}

TEST(Histogram, BoundsGrowAndEveryBoundIsInItsOwnBucket) {
  for (int i = 0; i < Histogram::kBuckets; ++i) {
    Histogram h;
    h.observe_seconds(Histogram::bound_seconds(i));
    EXPECT_EQ(h.bucket(i), 1u) << i;
    EXPECT_TRUE(i == 0 || Histogram::bound_seconds(i) > Histogram::bound_seconds(i - 1));
  }
}

TEST(Histogram, SurvivesNonsense) {
  Histogram h;
  for (double d : {-1.0, std::nan(""), HUGE_VAL, -HUGE_VAL, 1e300}) {
    h.observe_seconds(d);
  }
  EXPECT_EQ(h.count(), 5u);
  EXPECT_EQ(h.bucket(0), 3u);
  EXPECT_EQ(h.bucket(Histogram::kBuckets), 2u);
}

TEST(Metrics, ThreadsLoseNothing) {
  Metrics metrics;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        Counter& counter = metrics.counter("a", "");
        Histogram& histogram = metrics.histogram("b", "");
        for (int i = 0; i < 10000; ++i) {
          counter.add();
          histogram.observe_seconds(0.001);
        }
        metrics.text();
      });
    }
  }
  EXPECT_EQ(metrics.counter("a", "").value(), 40000u);
  EXPECT_EQ(metrics.histogram("b", "").count(), 40000u);
}

}  // namespace
}  // namespace heed
