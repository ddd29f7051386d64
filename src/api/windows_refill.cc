#include "api/windows_refill.h"

#include <sys/resource.h>

#include "base/log.h"
#include "base/thread_name.h"

namespace heed::api {
namespace {

constexpr int kNice = 10;

}  // namespace

WindowsRefill::WindowsRefill(Desk& desk, Options options)
    : desk_(desk), options_(options), upto_(desk.parts().posts.watermark()), thread_([this] { run(); }) {}

WindowsRefill::~WindowsRefill() {
  stopping_ = true;
  if (thread_.joinable()) {
    thread_.join();
  }
}

WindowsRefill::Result WindowsRefill::wait() {
  if (thread_.joinable()) {
    thread_.join();
  }
  return result_;
}

void WindowsRefill::run() {
  name_thread("refill");
  (void)::setpriority(PRIO_PROCESS, 0, kNice);  // Linux: of this thread alone
  const auto began = std::chrono::steady_clock::now();
  const Time now = desk_.now();
  const auto spent = [&] {
    return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - began) >= options_.budget;
  };
  std::uint64_t upto = upto_;
  bool stopped = false;
  const Millis hour = std::chrono::hours(1);
  for (Millis back(0); upto > 0 && back < options_.reach && !stopped; back += hour) {
    // Hours of arrival that end after `since`; those after it were walked and lie beyond `upto`.
    post::ArrivalRange range{.after = 0, .upto = upto, .since = now - std::min(back, options_.reach)};
    std::uint64_t first = upto + 1;
    for (bool done = false; !done && !stopped;) {
      auto slice = desk_.parts().posts.by_arrival(range);
      if (!slice) {
        log::error("windows_not_refilled", {{"error", slice.error()}});
        stopped = true;
        break;
      }
      result_.damaged += slice->damaged;
      if (!slice->posts.empty()) {
        first = std::min(first, slice->posts.front().arrival);
        add(slice->posts);
      }
      done = slice->done;
      range.after = slice->next_after;
      stopped = stopping_ || (!done && spent());
    }
    result_.hours += stopped ? 0 : 1;
    upto = first - 1;
    stopped = stopped || spent();
  }
  result_.complete = !stopped;
  log::info("windows_refilled",
            {{"posts", result_.posts},
             {"hostile", result_.hostile},
             {"hours", result_.hours},
             {"complete", result_.complete},
             {"damaged_blocks", result_.damaged},
             {"ms", std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - began).count()}});
  done_ = true;
}

void WindowsRefill::add(const std::vector<post::StoredPost>& posts) {
  struct Known {
    const post::StoredPost* stored;
    std::vector<std::string> targets;
    bool hostile;
  };
  std::vector<Known> known;
  known.reserve(posts.size());
  std::vector<std::string_view> targets;
  for (const post::StoredPost& stored : posts) {
    if (stored.change == post::StoredPost::Change::Delete || stored.author.empty()) {
      continue;
    }
    Known& one = known.emplace_back(Known{&stored, {}, !stored.signals.empty()});
    // Only hostile posts count at their targets, so the others need not be read.
    if (one.hostile && post::parse_post(parser_, stored.json, Time::max() - std::chrono::hours(1), post_)) {
      post_.targets(targets);
      one.targets.assign(targets.begin(), targets.end());
    }
    ++result_.posts;
    result_.hostile += one.hostile ? 1 : 0;
  }
  for (std::size_t i = 0; i < known.size(); i += kHeldAtOnce) {
    std::lock_guard lock(desk_.sequence());
    for (std::size_t j = i; j < std::min(known.size(), i + kHeldAtOnce); ++j) {
      const Known& one = known[j];
      targets.assign(one.targets.begin(), one.targets.end());
      desk_.windows().add({one.stored->author, targets, one.stored->created_at, one.hostile}, nullptr);
    }
  }
}

}  // namespace heed::api
