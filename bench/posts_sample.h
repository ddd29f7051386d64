#pragma once
#include <x86intrin.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "policy/sample.h"

namespace heed::bench {

/// Real posts, or samples; whole ones, so many that their mean is kMeanBytes.
struct Posts {
  std::vector<std::string> texts;
  double mean_bytes = 0;
  std::string source;
};

constexpr double kMeanBytes = 106;

/// `file` is gzip: source, id, text, … separated by tabs, below a header line.
inline Posts read_posts(const std::string& file) {
  Posts out;
  if (gzFile in = gzopen(file.c_str(), "rb")) {
    out.source = file;
    std::vector<char> line(1 << 20);
    bool header = true;
    while (gzgets(in, line.data(), static_cast<int>(line.size())) != nullptr) {
      std::string_view rest(line.data());
      for (int column = 0; column < 2; ++column) {
        rest.remove_prefix(std::min(rest.find('\t'), rest.size() - 1) + 1);
      }
      if (!header) {
        out.texts.emplace_back(rest.substr(0, rest.find('\t')));
      }
      header = false;
    }
    gzclose(in);
  } else {
    out.source = "samples/";
    for (const char* name : {"benign.tsv", "support.tsv", "campaigner_abuse.tsv"}) {
      for (const policy::Sample& sample : policy::samples(name)) {
        out.texts.emplace_back(sample.text);
      }
    }
  }
  // The longest or shortest go until the mean is that of posts on a platform; their order stays.
  double bytes = 0;
  for (const std::string& text : out.texts) {
    bytes += static_cast<double>(text.size());
  }
  for (std::size_t limit = 4096; limit > 100 && bytes > kMeanBytes * static_cast<double>(out.texts.size());
       limit -= 8) {
    std::erase_if(out.texts, [&](const std::string& text) {
      bytes -= text.size() > limit ? static_cast<double>(text.size()) : 0;
      return text.size() > limit;
    });
  }
  for (std::size_t limit = 1; limit < 80 && bytes < kMeanBytes * static_cast<double>(out.texts.size()); ++limit) {
    std::erase_if(out.texts, [&](const std::string& text) {
      bytes -= text.size() < limit ? static_cast<double>(text.size()) : 0;
      return text.size() < limit;
    });
  }
  out.mean_bytes = bytes / static_cast<double>(std::max<std::size_t>(1, out.texts.size()));
  return out;
}

struct Cost {
  double ns = 0, cycles = 0;
};

/// f(text) over all texts, best of five rounds of at least seconds / 5, after one to warm up.
template <class F>
Cost measure(const std::vector<std::string>& texts, double seconds, F f) {
  using Steady = std::chrono::steady_clock;
  constexpr int kRounds = 5;
  for (const std::string& text : texts) {
    f(text);
  }
  Cost best{1e18, 1e18};
  for (int round = 0; round < kRounds; ++round) {
    const auto began = Steady::now();
    const std::uint64_t cycle = __rdtsc();
    double calls = 0;
    double passed = 0;
    do {
      for (const std::string& text : texts) {
        f(text);
      }
      calls += static_cast<double>(texts.size());
      passed = std::chrono::duration<double>(Steady::now() - began).count();
    } while (passed < seconds / kRounds);
    best.ns = std::min(best.ns, passed * 1e9 / calls);
    best.cycles = std::min(best.cycles, static_cast<double>(__rdtsc() - cycle) / calls);
  }
  return best;
}

inline void print(const std::string& name, Cost cost) {
  std::printf("%-44s %8.0f ns a post %8.0f cycles\n", name.c_str(), cost.ns, cost.cycles);
}

}  // namespace heed::bench
