#include "casework/plane.h"

/// Erasing: the events first, then the keys.
namespace heed::casework {

void Plane::erase(std::string account, Function<void(Result<int>)> done) {
  auto shared = std::make_shared<Function<void(Result<int>)>>(std::move(done));
  bool queued = read([this, account = std::move(account), shared](ledger::View&) {
    PersonHash person = parts_.hasher.account(account);
    int erased = 0;
    auto all = [&]() -> Result<int> {
      for (;;) {
        Erasure step = TRY(command_and_wait<Erasure>([&](Context& context) { return erase_person(context, person); }));
        erased += step.erased;
        TRY(destroy_doomed());
        if (!step.more) {
          break;
        }
      }
      TRY(parts_.posts.erase_author(account));
      return erased;
    }();
    (*shared)(std::move(all));
  });
  if (!queued) {
    (*shared)(fail(Code::Unavailable, "busy; try the erasure again"));
  }
}

void Plane::erase_asked(const access::PersonHash& person, Function<void(Result<AskedErasure>)> done) {
  auto shared = std::make_shared<Function<void(Result<AskedErasure>)>>(std::move(done));
  bool queued = read([this, person, shared](ledger::View&) {
    AskedErasure all;
    auto run = [&]() -> Result<AskedErasure> {
      for (;;) {
        AskedErasure step =
            TRY(command_and_wait<AskedErasure>([&](Context& context) { return ask_erasure(context, person); }));
        all.erased.insert(all.erased.end(), step.erased.begin(), step.erased.end());
        all.kept = std::move(step.kept);
        TRY(destroy_doomed());
        if (!step.more) {
          return std::move(all);
        }
      }
    };
    (*shared)(run());
  });
  if (!queued) {
    (*shared)(fail(Code::Unavailable, "busy; please try again in a moment"));
  }
}

Result<int> Plane::erase_what_is_due(Time now) {
  constexpr std::size_t kAtOnce = 10'000;
  if (now >= erasures_at_ && now < erasures_at_ + std::chrono::hours(1)) {
    return 0;
  }
  erasures_at_ = now;
  {
    auto view = TRY(parts_.store.view());
    for (const HoldRow& hold : TRY(holds_due(*view, now, kAtOnce))) {
      TRY(command_and_wait<bool>([&](Context& context) { return end_hold_due(context, Id<EventTag>{hold.id}); },
                                 ledger::Priority::Background));
    }
  }
  auto view = TRY(parts_.store.view());
  int erased = 0;
  for (const ErasureDueRow& due : TRY(erasures_due(*view, now, kAtOnce))) {
    const bool gone = TRY(command_and_wait<bool>(
        [&](Context& context) { return heed::casework::erase_due(context, due.case_id, due.party); },
        ledger::Priority::Background));
    erased += gone ? 1 : 0;
  }
  if (erased > 0) {
    TRY(destroy_doomed());
  }
  return erased;
}

Result<void> Plane::destroy_doomed() {
  std::vector<std::uint64_t> slots;
  {
    auto view = TRY(parts_.store.view());
    slots = TRY(doomed_slots(*view));
  }
  if (slots.empty()) {
    return {};
  }
  for (std::uint64_t slot : slots) {
    TRY(parts_.keys.destroy(slot));
  }
  TRY(ledger::execute_and_wait(parts_.store, [slots](ledger::Tx& tx) { return forget_slots(tx, slots); }));
  return {};
}

}  // namespace heed::casework
