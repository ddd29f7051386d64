// Posts stored and findable: how many a second one machine takes into the hour files, how long it takes to find one.
//
//   posts_bench [--posts=10000000] [--folder=FOLDER] [--run-records=262144]
//
// One thread appends posts of about 300 bytes with random ids, authors and targets into one hour, so that the last of
// them meet an hour that is already full; every thousandth is looked up at once. The generator's own cost is measured
// first and taken off. "CPU a post" is everything, also the threads that seal, flush and index: its inverse is what
// one core sustains.
//
// What bounds it: under the lock of append, cache misses of the in-memory index (four or five hash-table inserts of
// about 60 ns) and copying the record; on the writer's thread XChaCha20-Poly1305 (about 1 ns a byte) and one fdatasync
// a MiB; on the index thread sorting 256 k entries (0.3 us a post) and merging eight runs into one, each entry once a
// tier. The disk sees about 1.5 bytes of writing a byte of posts. find() is bounded by one filter block for each run of
// each hour, then three or four 4 KiB index pages, a block header, an 8 KiB chunk to decrypt.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/crypto.h"
#include "base/file.h"
#include "store/recent/hour_posts.h"

namespace {

using namespace heed;
using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point then) { return std::chrono::duration<double>(Steady::now() - then).count(); }
double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto of = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

/// Post number n, the same every time it is asked for.
class Generator {
 public:
  static constexpr std::uint64_t kPile = 600;  // posts aimed at "victim", spread evenly
  explicit Generator(std::uint64_t posts) : step_(std::max<std::uint64_t>(1, posts / kPile)) {}
  const post::PostRecord& make(std::uint64_t n) {
    std::uint64_t state = n * 0x9E3779B97F4A7C15ULL + 1;
    auto next = [&]() -> unsigned long long {
      state ^= state >> 27;
      return state *= 0xD1342543DE82EF95ULL;
    };
    id_size_ = std::snprintf(id_, sizeof id_, "post:%016llx", next());
    int author = std::snprintf(author_, sizeof author_, "acct:%llx", next() % 2000000);
    int target = std::snprintf(target_, sizeof target_, "acct:%llx", next() % 2000000);
    int other = std::snprintf(other_, sizeof other_, "acct:%llx", next() % 200);
    int json =
        std::snprintf(json_, sizeof json_,
                      "{\"id\":\"%s\",\"created_at\":\"2026-11-21T18:00:00.000Z\",\"author\":{\"id\":\"%s\"},"
                      "\"mentions\":[\"%s\",\"%s\"],\"text\":\"%016llx%016llx%016llx%016llx%016llx%016llx%016llx\"}",
                      id_, author_, target_, other_, next(), next(), next(), next(), next(), next(), next());
    targets_.assign({std::string_view(target_, static_cast<std::size_t>(target)),
                     std::string_view(other_, static_cast<std::size_t>(other))});
    if (n % step_ == 0 && n / step_ < kPile) {
      targets_[0] = "victim";
    }
    record_.at = record_.created_at = from_ms(1795284000000 + static_cast<std::int64_t>(n / 1000 % 3000000));
    record_.id = {id_, static_cast<std::size_t>(id_size_)};
    record_.author = {author_, static_cast<std::size_t>(author)};
    record_.json = {json_, static_cast<std::size_t>(json)};
    record_.targets = &targets_;
    return record_;
  }

 private:
  const std::uint64_t step_;
  int id_size_ = 0;
  char id_[32], author_[32], target_[32], other_[32], json_[512];
  std::vector<std::string_view> targets_;
  post::PostRecord record_;
};

void print_percentiles(const char* what, std::vector<double>& micros) {
  std::sort(micros.begin(), micros.end());
  auto at = [&](double p) { return micros[static_cast<std::size_t>(p * static_cast<double>(micros.size() - 1))]; };
  std::printf("%-42s p50 %8.1f us   p99 %8.1f us   max %8.1f us\n", what, at(0.5), at(0.99), at(1.0));
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t posts = 10000000;
  store::recent::HourPostsOptions options;
  TempFolder temp("posts_bench");
  std::filesystem::path folder = temp.path();
  for (int i = 1; i < argc; ++i) {
    std::string_view arg = argv[i];
    if (arg.starts_with("--posts=")) {
      posts = std::stoull(std::string(arg.substr(8)));
    } else if (arg.starts_with("--folder=")) {
      folder = arg.substr(9);
    } else if (arg.starts_with("--run-records=")) {
      options.run_records = std::stoull(std::string(arg.substr(14)));
    }
  }
  crypto_init();
  options.data_folder = folder / "data";
  options.keys_folder = folder / "keys";
  options.kek = SecretKey::generate();
  Result<std::unique_ptr<store::recent::HourPosts>> opened = store::recent::HourPosts::open(options);
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().message.c_str());
    return 1;
  }
  store::recent::HourPosts& store = **opened;
  Generator generator(posts);

  constexpr std::uint64_t kSample = 1000000;
  double cpu = cpu_seconds();
  std::size_t bytes = 0;
  for (std::uint64_t n = 0; n < kSample; ++n) {
    bytes += generator.make(n).json.size();
  }
  double generating = (cpu_seconds() - cpu) / kSample;
  std::printf("posts of %zu bytes of JSON; generating one costs %.2f us, taken off below\n", bytes / kSample,
              generating * 1e6);

  std::mt19937_64 random(1);
  std::uint64_t refused = 0, missing = 0;
  double slowest = 1e18;
  std::uint64_t part = std::max<std::uint64_t>(1, posts / 20);
  Steady::time_point began = Steady::now(), part_began = began;
  cpu = cpu_seconds();
  double part_cpu = cpu;
  for (std::uint64_t n = 0; n < posts; ++n) {
    const post::PostRecord& record = generator.make(n);
    while (!store.append(record)) {
      ++refused;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (n % 1000 == 999) {
      Result<std::vector<post::StoredPost>> found = store.find(record.id);
      missing += !found || found->empty() ? 1 : 0;
    }
    if ((n + 1) % part == 0) {
      double rate = static_cast<double>(part) / seconds_since(part_began);
      slowest = std::min(slowest, rate);
      std::printf("  %9llu posts held: %8.0f posts/s, %.2f us of CPU a post\n", static_cast<unsigned long long>(n + 1),
                  rate, ((cpu_seconds() - part_cpu) / static_cast<double>(part) - generating) * 1e6);
      part_began = Steady::now();
      part_cpu = cpu_seconds();
    }
  }
  double appended = seconds_since(began);
  if (Result<void> settled = store.settle(); !settled) {
    std::fprintf(stderr, "%s\n", settled.error().message.c_str());
    return 1;
  }
  double all = seconds_since(began);
  double cpu_a_post = (cpu_seconds() - cpu) / static_cast<double>(posts) - generating;
  std::printf("stored %.0f posts/s (slowest twentieth %.0f); with the index on disk %.0f posts/s\n",
              static_cast<double>(posts) / appended, slowest, static_cast<double>(posts) / all);
  std::printf(
      "CPU a post %.2f us: one core sustains %.0f posts/s. refusals waited out: %llu, not found at once: %llu\n",
      cpu_a_post * 1e6, 1 / cpu_a_post, static_cast<unsigned long long>(refused),
      static_cast<unsigned long long>(missing));

  auto time_finds = [&](const char* what, bool present) {
    std::vector<double> micros;
    for (int i = 0; i < 20000; ++i) {
      std::string id = present ? std::string(generator.make(random() % posts).id) : "post:none" + std::to_string(i);
      Steady::time_point start = Steady::now();
      Result<std::vector<post::StoredPost>> found = store.find(id);
      micros.push_back(seconds_since(start) * 1e6);
      if (!found || found->empty() == present) {
        std::printf("WRONG ANSWER for %s\n", id.c_str());
        return;
      }
    }
    print_percentiles(what, micros);
  };
  time_finds("find a post that is there", true);
  time_finds("find a post that is not there", false);
  std::vector<double> micros;
  for (int i = 0; i <= 50; ++i) {
    post::TargetRange range{"victim"};
    range.limit = 1000;
    Steady::time_point start = Steady::now();
    Result<post::TargetSlice> slice = store.by_target(range);
    double took = seconds_since(start) * 1e6;
    if (i == 0) {
      std::printf("%-42s %.0f us\n", "a pile of 600, the first time", took);
    } else {
      micros.push_back(took);
    }
    if (!slice || slice->posts.size() != std::min(posts, Generator::kPile)) {
      std::printf("WRONG PILE of %zu\n", slice ? slice->posts.size() : 0);
      break;
    }
  }
  print_percentiles("a pile of 600, again", micros);
  std::uint64_t disk = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(options.data_folder)) {
    disk += entry.is_regular_file() ? entry.file_size() : 0;
  }
  std::printf("on disk %.0f bytes a post\n", static_cast<double>(disk) / static_cast<double>(posts));
  Steady::time_point start = Steady::now();
  opened->reset();
  std::printf("close %.0f ms, ", seconds_since(start) * 1e3);
  start = Steady::now();
  opened = store::recent::HourPosts::open(options);
  std::printf("open %.0f ms%s\n", seconds_since(start) * 1e3, opened ? "" : " FAILED");
  return missing == 0 && opened ? 0 : 1;
}
