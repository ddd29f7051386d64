#include "base/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/result.h"

namespace heed {
namespace {

constexpr double kBounds[Histogram::kBuckets] = {
    0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 45, 60};

std::string escaped(std::string_view text, bool quotes) {
  std::string out;
  for (char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quotes) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
  return out;
}

std::string braces(const Metrics::Labels& labels, std::string_view more = {}) {
  std::string out;
  for (const auto& [name, value] : labels) {
    out += fmt::format("{}{}=\"{}\"", out.empty() ? "" : ",", name, escaped(value, true));
  }
  if (!more.empty()) {
    out += fmt::format("{}{}", out.empty() ? "" : ",", more);
  }
  return out.empty() ? out : "{" + out + "}";
}

template <class Scalar>
void append(std::string& out, const std::string& name, const Metrics::Labels& labels, const Scalar& metric) {
  out += fmt::format("{}{} {}\n", name, braces(labels), metric.value());
}

void append(std::string& out, const std::string& name, const Metrics::Labels& labels, const Histogram& h) {
  std::uint64_t below = 0;  // counted here, so that +Inf equals the sum of what was read
  for (int i = 0; i < Histogram::kBuckets; ++i) {
    below += h.bucket(i);
    std::string bound = fmt::format("le=\"{}\"", Histogram::bound_seconds(i));
    out += fmt::format("{}_bucket{} {}\n", name, braces(labels, bound), below);
  }
  below += h.bucket(Histogram::kBuckets);
  out += fmt::format("{}_bucket{} {}\n", name, braces(labels, "le=\"+Inf\""), below);
  out += fmt::format("{}_sum{} {}\n", name, braces(labels), h.sum_seconds());
  out += fmt::format("{}_count{} {}\n", name, braces(labels), below);
}

template <class Deque>
auto& registered(Deque& series, std::string_view name, std::string_view help, Metrics::Labels labels) {
  for (auto& one : series) {
    if (one.name == name && one.labels == labels) {
      return one.value;
    }
  }
  return series.emplace_back(std::string(name), std::string(help), std::move(labels)).value;
}

template <class Deque>
bool holds(const Deque& series, std::string_view name) {
  return std::any_of(series.begin(), series.end(), [&](const auto& one) { return one.name == name; });
}

}  // namespace

double Histogram::bound_seconds(int bucket) { return kBounds[bucket]; }

void Histogram::observe_seconds(double seconds) {
  seconds = seconds > 0 ? std::min(seconds, 1e9) : 0;  // NaN and clocks that jump count as 0
  auto bucket = std::lower_bound(std::begin(kBounds), std::end(kBounds), seconds) - std::begin(kBounds);
  buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
  count_.fetch_add(1, std::memory_order_relaxed);
  sum_us_.fetch_add(static_cast<std::uint64_t>(seconds * 1e6), std::memory_order_relaxed);
}

Counter& Metrics::counter(std::string_view name, std::string_view help, Labels labels) {
  std::lock_guard lock(mutex_);
  HEED_ASSERT(!holds(gauges_, name) && !holds(histograms_, name));
  return registered(counters_, name, help, std::move(labels));
}
Gauge& Metrics::gauge(std::string_view name, std::string_view help, Labels labels) {
  std::lock_guard lock(mutex_);
  HEED_ASSERT(!holds(counters_, name) && !holds(histograms_, name));
  return registered(gauges_, name, help, std::move(labels));
}
Histogram& Metrics::histogram(std::string_view name, std::string_view help, Labels labels) {
  std::lock_guard lock(mutex_);
  HEED_ASSERT(!holds(counters_, name) && !holds(gauges_, name));
  return registered(histograms_, name, help, std::move(labels));
}

std::string Metrics::text() const {
  std::lock_guard lock(mutex_);
  std::map<std::string, std::string> families;
  auto collect = [&](const auto& series, std::string_view type) {
    for (const auto& one : series) {
      std::string& family = families[one.name];
      if (family.empty()) {
        family = fmt::format("# HELP {} {}\n# TYPE {} {}\n", one.name, escaped(one.help, false), one.name, type);
      }
      append(family, one.name, one.labels, one.value);
    }
  };
  collect(counters_, "counter");
  collect(gauges_, "gauge");
  collect(histograms_, "histogram");
  std::string out;
  for (const auto& [name, family] : families) {
    out += family;
  }
  return out;
}

}  // namespace heed
