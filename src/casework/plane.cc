#include "casework/plane.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/log.h"
#include "base/thread_name.h"
#include "casework/clocks.h"
#include "casework/erasure.h"
#include "casework/relief.h"
#include "casework/second_person.h"

namespace heed::casework {
namespace {

constexpr std::size_t kReadsWaitingMax = 10'000;
constexpr std::size_t kItemsGatheredInline = 4;
constexpr int kBackgroundNice = 5;
constexpr std::size_t kChunkBesideOthers = 20;  ///< posts; a command of a millisecond
constexpr std::chrono::milliseconds kPauseMax{20};
constexpr RateBook::Rule kReportRate{.burst = 120, .per_minute = 20};
constexpr RateBook::Rule kNetworkRate{.burst = 3000, .per_minute = 1000};

std::string pin_holder(const Environment& env, std::string_view target) {
  Hash16 key = pile_key(env, target);
  return "pile-" + to_hex({reinterpret_cast<const char*>(key.data()), key.size()});
}

constexpr Millis kFiguresEvery = std::chrono::minutes(1);
constexpr Millis kFiguresOf = std::chrono::hours(24 * 30);

Counter& settled_by(Metrics& metrics, std::string step) {
  return metrics.counter("heed_settled_total",
                         "Reported items by what a machine made of them; drawn: would have been closed.",
                         {{"step", std::move(step)}});
}

}  // namespace

Plane::Plane(Parts parts, Options options)
    : parts_(parts),
      options_(std::move(options)),
      pile_chunk_(std::min(options_.pile_chunk, kChunkBesideOthers)),
      environment_(options_.environment),
      ids_(options_.id_seed == 0 ? IdSource() : IdSource(options_.id_seed)),
      evidence_(parts.posts, parts.evaluator, parts.accounts),
      reports_(parts.metrics.counter("heed_reports_total", "Reports taken and answered with a receipt.")),
      repeats_limited_(parts.metrics.counter("heed_reports_limited_total",
                                             "Reports over a rate: taken, marked, not counted as independent.")),
      over_budget_(parts.metrics.counter("heed_signal_cases_over_budget_total",
                                         "Cases opened from the stream beyond a clause's daily budget.")),
      background_errors_(parts.metrics.counter("heed_background_errors_total",
                                               "Steps of the background thread that failed and are tried again.")),
      machine_closed_(settled_by(parts.metrics, "closed")),
      machine_acted_(settled_by(parts.metrics, "acted")),
      machine_drawn_(settled_by(parts.metrics, "drawn")),
      machine_proposed_(settled_by(parts.metrics, "proposed")),
      for_people_(settled_by(parts.metrics, "none")),
      checked_(parts.metrics.gauge("heed_settled_checked",
                                   "Closures drawn for a person and decided by now, of the last 30 days' reports.")),
      overturned_(parts.metrics.gauge("heed_settled_overturned",
                                      "Of heed_settled_checked, decided otherwise than the machine would have.")),
      proposals_(parts.metrics.gauge("heed_proposals_waiting", "Decisions that wait for a second person.")),
      proposals_oldest_(parts.metrics.gauge("heed_proposals_oldest_seconds",
                                            "For how long the oldest decision has waited for a second person.")),
      piles_open_(parts.metrics.gauge("heed_piles_open", "Piles being taken or still growing.")) {
  environment_.keys = &parts_.keys;
  environment_.hasher = &parts_.hasher;
  environment_.ids = &ids_;
  environment_.alike = &alike_;
  environment_.same_words = &same_words_;
}

Plane::~Plane() { stop(); }

Result<void> Plane::start() {
  TRY(recover());
  stopping_ = false;
  for (int i = 0; i < options_.reader_threads; ++i) {
    readers_.emplace_back([this] {
      name_thread("reader");
      for (;;) {
        Function<void(ledger::View&)> job;
        {
          std::unique_lock lock(read_mutex_);
          read_ready_.wait(lock, [this] { return stopping_ || !reads_.empty(); });
          if (reads_.empty()) {
            return;
          }
          job = std::move(reads_.front());
          reads_.pop_front();
        }
        auto view = parts_.store.view();
        if (!view) {
          log::error("read_failed", {{"error", view.error()}});
          continue;  // the reply inside answers for itself when it is dropped
        }
        job(**view);
      }
    });
  }
  background_ = std::thread([this] {
    name_thread("plane");
    run_background();
  });
  return {};
}

void Plane::stop() {
  {
    std::scoped_lock lock(mutex_, read_mutex_);
    if (stopping_) {
      return;
    }
    stopping_ = true;
  }
  wake_.notify_all();
  settled_.notify_all();
  read_ready_.notify_all();
  if (background_.joinable()) {
    background_.join();
  }
  for (std::thread& reader : readers_) {
    reader.join();
  }
  readers_.clear();
}

bool Plane::read(Function<void(ledger::View&)> f) {
  {
    std::lock_guard lock(read_mutex_);
    if (stopping_ || reads_.size() >= kReadsWaitingMax) {
      return false;
    }
    reads_.push_back(std::move(f));
  }
  read_ready_.notify_one();
  return true;
}

// --- reports ----------------------------------------------------------------------------------------------

void Plane::report(ReportRequest request, Function<void(Result<Receipt>)> done) {
  if (request.items.size() <= kItemsGatheredInline && !request.command.pile) {
    prepare_and_submit(std::move(request), std::move(done));
    return;
  }
  auto shared = std::make_shared<Function<void(Result<Receipt>)>>(std::move(done));
  bool queued = read([this, request = std::move(request), shared](ledger::View&) mutable {
    prepare_and_submit(std::move(request), std::move(*shared));
  });
  if (!queued) {
    (*shared)(fail(Code::Unavailable, "too many reports wait to be read; try again shortly"));
  }
}

void Plane::prepare_and_submit(ReportRequest request, Function<void(Result<Receipt>)> done) {
  ReportCommand& command = request.command;
  const Time now = parts_.clock.now();
  command.items.reserve(request.items.size());
  bool life = false;
  for (std::size_t i = 0; i < request.items.size(); ++i) {
    if (request.items[i].target.empty()) {
      request.items[i].target =
          command.about == About::Me && !command.by_mail ? command.reporter : command.on_behalf_of;
    }
    auto item = evidence_.gather(request.items[i], request.from_platform, now);
    if (item) {
      item->symptoms = request.items[i].symptoms;
      life = life || item->evidence.finding.lane == policy::Lane::Life;
      command.items.push_back(*std::move(item));
    } else if (item.error().code == Code::Unavailable) {
      done(tl::unexpected(std::move(item).error()));
      return;
    } else {
      command.refused.push_back(
          {static_cast<int>(i), item.error().code == Code::NotFound ? "unknown_item" : "unreadable_item"});
    }
  }
  if (command.pile) {
    post::TargetRange range{command.pile->target,
                            command.pile->since,
                            command.pile->until == Time{} ? Time::max() : command.pile->until,
                            0,
                            parts_.posts.watermark(),
                            200};
    auto count = parts_.posts.count_target(range);
    command.pile->watermark = range.upto;
    command.pile->posts = count ? count->posts : 0;
    // Before the receipt: what it promises to take must not be forgotten meanwhile.
    if (auto pinned = parts_.posts.pin(pin_holder(environment_, command.pile->target), command.pile->since); !pinned) {
      done(tl::unexpected(std::move(pinned).error()));
      return;
    }
  }
  auto keys = std::make_shared<std::vector<std::string>>(std::move(request.rate_keys));
  auto shared = std::make_shared<ReportCommand>(std::move(command));
  this->command<Receipt>(
      life ? ledger::Priority::LifeThreat : ledger::Priority::Receipt,
      [this, shared, keys](Context& context) -> Result<Receipt> {
        for (std::size_t i = 0; i < keys->size(); ++i) {  // the writer's thread owns the book
          if (!rates_.take((*keys)[i], i == 0 ? kReportRate : kNetworkRate, context.now())) {
            shared->limited = true;
          }
        }
        return take_report(context, *shared);
      },
      [this, shared, done = std::move(done)](Result<Receipt> receipt) mutable {
        if (receipt) {
          reports_.add();
          machine_closed_.add(static_cast<std::uint64_t>(receipt->closed));
          machine_acted_.add(static_cast<std::uint64_t>(receipt->acted));
          machine_drawn_.add(static_cast<std::uint64_t>(receipt->drawn));
          machine_proposed_.add(static_cast<std::uint64_t>(receipt->proposed));
          for_people_.add(static_cast<std::uint64_t>(receipt->left));
          if (shared->limited) {
            repeats_limited_.add();
          }
          if (receipt->pile_grows) {
            pile_started(receipt->case_id);
            // What was in the pile before she asked is covered, too: its authors, its posts.
            std::vector<ReliefKind> wanted = receipt->relief;
            if (!receipt->shield_present) {
              std::erase(wanted, ReliefKind::Autoblock);
            }
            for (ReliefKind kind : wanted) {
              give_relief(receipt->case_id, receipt->party, shared->reporter, kind, [](Result<void> given) {
                if (!given) {
                  log::warn("relief_failed", {{"error", given.error()}});
                }
              });
            }
          }
        }
        done(std::move(receipt));
      });
}

void Plane::give_relief(CaseId case_id, int party, std::string account, ReliefKind kind,
                        Function<void(Result<void>)> done) {
  auto shared = std::make_shared<Function<void(Result<void>)>>(std::move(done));
  bool queued = read([this, case_id, party, account = std::move(account), kind, shared](ledger::View& view) {
    auto targets = relief_targets(view, parts_.keys, case_id, party, kind);
    if (!targets) {
      (*shared)(tl::unexpected(targets.error()));
      return;
    }
    if (kind == ReliefKind::Autoblock) {
      std::erase_if(*targets, [&](const std::string& author) {
        return author == account || !evidence_.blockable(account, author);
      });
    }
    if (targets->empty()) {  // it is on, and grows with the pile
      (*shared)({});
      return;
    }
    command<int>(
        ledger::Priority::Receipt,
        [order = ReliefOrder{case_id, party, kind, *std::move(targets)}](Context& context) -> Result<int> {
          TRY(order_relief(context, order));
          return 0;
        },
        [shared](Result<int> result) {
          (*shared)(result ? Result<void>{} : Result<void>(tl::unexpected(std::move(result).error())));
        });
  });
  if (!queued) {
    (*shared)(fail(Code::Unavailable, "busy; ask for the relief again"));
  }
}

// --- from the stream --------------------------------------------------------------------------------------

void Plane::on_post(const std::vector<std::string_view>& targets, std::string_view author, bool has_signal) {
  (void)author;
  (void)has_signal;
  if (targets.empty() || !any_pile_.load(std::memory_order_acquire)) {
    return;
  }
  bool woke = false;
  {
    std::lock_guard lock(mutex_);
    for (std::string_view target : targets) {
      auto found = pile_by_target_.find(std::string(target));
      if (found != pile_by_target_.end()) {
        piles_[found->second].dirty = true;
        woke = true;
      }
    }
    pokes_ += woke ? 1 : 0;
  }
  if (woke) {
    wake_.notify_one();
  }
}

void Plane::on_signal(SignalCommand signal, Function<void(Result<SignalPlace>)> done) {
  const Evidence& evidence = signal.item.evidence;
  if (any_pile_.load(std::memory_order_acquire) && !evidence.targets.empty()) {
    signal.blockable = evidence_.blockable(evidence.targets.front(), evidence.author);
  }
  auto shared = std::make_shared<SignalCommand>(std::move(signal));
  command<SignalPlace>(
      shared->item.evidence.finding.lane == policy::Lane::Life ? ledger::Priority::LifeThreat
                                                               : ledger::Priority::Normal,
      [shared](Context& context) { return raise_signal(context, *shared); },
      [this, done = std::move(done)](Result<SignalPlace> place) mutable {
        if (place && place->over_budget) {
          over_budget_.add();
        }
        done(std::move(place));
      });
}

void Plane::on_changed(ReportedItem item, bool deleted) {
  auto shared = std::make_shared<ReportedItem>(std::move(item));
  command<bool>(
      ledger::Priority::Normal, [shared, deleted](Context& context) { return item_changed(context, *shared, deleted); },
      [this](Result<bool> changed) {
        if (!changed) {
          background_errors_.add();
          log::warn("item_change_failed", {{"error", changed.error()}});
        }
      });
}

// --- erasure ----------------------------------------------------------------------------------------------

// --- what runs by itself ----------------------------------------------------------------------------------

Result<void> Plane::recover() {
  TRY(destroy_doomed());
  auto view = TRY(parts_.store.view());
  std::vector<CaseId> cases;
  TRY(ledger::scan<CaseRow>(*view, {.index = CaseRow::kByOpenKey}, [&](const CaseRow& row) {
    if (row.pile == PileState::Taking || row.pile == PileState::Open) {
      cases.push_back(row.id);
    }
  }));
  for (CaseId id : cases) {
    auto work = TRY(pile_work(*view, parts_.keys, id));
    if (work) {
      std::lock_guard lock(mutex_);
      piles_[id] = {id, work->target, work->upto, true};
      pile_by_target_[work->target] = id;
      any_pile_.store(true, std::memory_order_release);
    }
  }
  return {};
}

void Plane::pile_started(CaseId case_id) {
  {
    std::lock_guard lock(mutex_);
    piles_[case_id].case_id = case_id;
    piles_[case_id].dirty = true;
    ++pokes_;
  }
  wake_.notify_one();
}

void Plane::every_tick(Function<void(Time)> job) {
  std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
}

void Plane::poke() {
  {
    std::lock_guard lock(mutex_);
    ++pokes_;
  }
  wake_.notify_one();
}

void Plane::settle() {
  std::unique_lock lock(mutex_);
  std::uint64_t wanted = ++pokes_;
  wake_.notify_one();
  settled_.wait(lock, [&] { return stopping_ || pokes_done_ >= wanted; });
  lock.unlock();
  // What was handed to the writer before is done when this is: it waits behind everything.
  static_cast<void>(command_and_wait<int>([](Context&) -> Result<int> { return 0; }, ledger::Priority::Background));
}

void Plane::run_background() {
  // Whoever waits for an answer goes first; what runs here has seconds.
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kBackgroundNice);
  for (;;) {
    std::uint64_t seen = 0;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, std::chrono::seconds(1), [&] { return stopping_ || pokes_ != pokes_done_; });
      if (stopping_) {
        return;
      }
      seen = pokes_;
    }
    for (;;) {
      const std::uint64_t reports = reports_.value();
      const auto began = std::chrono::steady_clock::now();
      if (!freeze_some()) {
        break;
      }
      // Whoever reports meanwhile goes first: then chunks are small, and the background works a third of the time.
      const bool shared = reports_.value() != reports;
      pile_chunk_ =
          shared ? std::min(options_.pile_chunk, kChunkBesideOthers) : std::min(options_.pile_chunk, pile_chunk_ * 2);
      std::unique_lock lock(mutex_);
      if (shared) {
        wake_.wait_for(
            lock,
            std::min<std::chrono::steady_clock::duration>(2 * (std::chrono::steady_clock::now() - began), kPauseMax),
            [&] { return stopping_; });
      }
      if (stopping_) {
        return;
      }
    }
    note_figures(parts_.clock.now());
    for (Function<void(Time)>& job : jobs_) {
      job(parts_.clock.now());
    }
    {
      std::lock_guard lock(mutex_);
      pokes_done_ = std::max(pokes_done_, seen);
      piles_open_.set(static_cast<std::int64_t>(piles_.size()));
    }
    settled_.notify_all();
  }
}

Result<std::vector<SettleFigure>> Plane::figures(Time from, Time to) {
  auto view = TRY(parts_.store.view());
  return settle_figures(*view, from, to);
}

void Plane::note_figures(Time now) {
  if (now < figures_at_) {
    return;
  }
  figures_at_ = now + kFiguresEvery;
  auto all = figures(now - kFiguresOf, now + std::chrono::hours(24));
  std::int64_t checked = 0, overturned = 0;
  for (const SettleFigure& figure : all ? *all : std::vector<SettleFigure>{}) {
    checked += figure.checked;
    overturned += figure.overturned;
  }
  checked_.set(checked);
  overturned_.set(overturned);
  auto view = parts_.store.view();
  auto waiting = view ? waiting_figures(**view, now) : Result<WaitingFigures>(tl::unexpected(view.error()));
  if (waiting) {
    proposals_.set(waiting->waiting);
    proposals_oldest_.set(std::chrono::duration_cast<std::chrono::seconds>(waiting->oldest).count());
  }
}

bool Plane::freeze_some() {
  std::vector<CaseId> dirty;
  {
    std::lock_guard lock(mutex_);
    for (auto& [id, pile] : piles_) {
      if (pile.dirty) {
        pile.dirty = false;
        dirty.push_back(id);
      }
    }
  }
  bool again = false;
  for (CaseId id : dirty) {
    auto more = freeze_step(id);
    if (!more) {
      background_errors_.add();
      log::warn("pile_step_failed", {{"case", id}, {"error", more.error()}});
    }
    // A step that failed is tried again with the next wake-up, at the latest in a second.
    if (!more || *more) {
      std::lock_guard lock(mutex_);
      auto pile = piles_.find(id);
      if (pile != piles_.end()) {
        pile->second.dirty = true;
      }
      again = again || more.has_value();
    }
  }
  return again;
}

/// One chunk of one pile; true when more waits.
Result<bool> Plane::freeze_step(CaseId case_id) {
  std::optional<PileWork> work;
  {
    auto view = TRY(parts_.store.view());
    work = TRY(pile_work(*view, parts_.keys, case_id));
  }
  std::uint64_t read_upto = 0;
  std::string ended;
  {
    std::lock_guard lock(mutex_);
    if (!work) {
      if (auto pile = piles_.find(case_id); pile != piles_.end() && !pile->second.target.empty()) {
        ended = pile->second.target;
      }
      std::erase_if(pile_by_target_, [&](const auto& entry) { return entry.second == case_id; });
      piles_.erase(case_id);
      any_pile_.store(!piles_.empty(), std::memory_order_release);
    } else {
      OpenPile& pile = piles_[case_id];
      pile.target = work->target;
      pile_by_target_[work->target] = case_id;
      any_pile_.store(true, std::memory_order_release);
      read_upto = pile.read_upto;
    }
  }
  if (!work) {
    if (!ended.empty()) {
      TRY(parts_.posts.unpin(pin_holder(environment_, ended)));
    }
    // A window that has ended with nothing in it (any more) closes now; nobody walks all piles for it.
    TRY(command_and_wait<Fired>(
        [case_id](Context& context) {
          return fire(context, {Due::What::Pile, case_id.value});
        },
        ledger::Priority::Background));
    return false;
  }
  const bool joining = work->after >= work->upto;
  PileChunk chunk;
  chunk.case_id = case_id;
  chunk.joining = joining;
  post::TargetRange range;
  range.target = work->target;
  range.since = work->since;
  range.until = work->until == Time{} ? Time::max() : work->until;
  range.after = joining ? std::max(work->upto, read_upto) : work->after;
  range.upto = joining ? parts_.posts.watermark() : work->upto;
  range.limit = pile_chunk_;
  if (joining && (!work->open_end || range.after >= range.upto)) {
    return false;
  }
  post::TargetSlice slice = TRY(parts_.posts.by_target(range));
  bool life = false;
  for (const post::StoredPost& found : slice.posts) {
    if (found.change == post::StoredPost::Change::Delete) {
      continue;
    }
    // All versions: an edit or a deletion that came meanwhile belongs to the evidence.
    auto versions = parts_.posts.find(found.id);
    auto item = versions && !versions->empty() ? evidence_.from_versions(ItemKind::Post, found.id, *versions)
                                               : evidence_.from_versions(ItemKind::Post, found.id, {found});
    if (!item) {
      continue;  // forgotten between the two reads
    }
    life = life || item->evidence.finding.lane == policy::Lane::Life;
    PileCandidate candidate;
    candidate.blockable = evidence_.blockable(work->target, item->evidence.author);
    candidate.item = *std::move(item);
    chunk.posts.push_back(std::move(candidate));
  }
  chunk.done = slice.done ? range.upto : slice.next_after;
  chunk.upto = joining ? chunk.done : 0;
  PileProgress progress =
      TRY(command_and_wait<PileProgress>([&](Context& context) { return join_pile(context, chunk); },
                                         life ? ledger::Priority::LifeThreat : ledger::Priority::Background));
  if (joining) {
    std::lock_guard lock(mutex_);
    piles_[case_id].read_upto = chunk.done;
  }
  return progress.more || !slice.done;
}

}  // namespace heed::casework
