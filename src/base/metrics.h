#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heed {

/// Only grows. Any thread, no lock.
class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void set(std::int64_t v) { value_.store(v, std::memory_order_relaxed); }
  void add(std::int64_t v) { value_.fetch_add(v, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

/// Counts of observations in fixed buckets of seconds, 50 µs to 60 s in steps of about 2.
class Histogram {
 public:
  static constexpr int kBuckets = 21;
  static double bound_seconds(int bucket);
  void observe_seconds(double seconds);
  std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  std::uint64_t bucket(int i) const { return buckets_[i].load(std::memory_order_relaxed); }
  double sum_seconds() const { return static_cast<double>(sum_us_.load(std::memory_order_relaxed)) / 1e6; }

 private:
  std::atomic<std::uint64_t> buckets_[kBuckets + 1]{};
  std::atomic<std::uint64_t> count_{0};
  std::atomic<std::uint64_t> sum_us_{0};
};

/// The registry, one per process, built by app and handed down. References stay valid for its life. Names follow
/// the Prometheus convention (heed_reports_total, heed_commit_seconds); labels are fixed at registration.
class Metrics {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;
  /// Same name and labels: same object.
  Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, Labels labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, Labels labels = {});
  /// Prometheus text exposition format 0.0.4, families sorted by name.
  std::string text() const;

 private:
  template <class T>
  struct Series {
    std::string name, help;
    Labels labels;
    T value;
  };
  mutable std::mutex mutex_;
  std::deque<Series<Counter>> counters_;
  std::deque<Series<Gauge>> gauges_;
  std::deque<Series<Histogram>> histograms_;
};

}  // namespace heed
