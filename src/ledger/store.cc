#include "ledger/store.h"

#include <condition_variable>
#include <mutex>
#include <optional>

namespace heed::ledger {

Result<Committed> execute_and_wait(Store& store, Store::Work work, Priority priority) {
  struct Answer {
    std::mutex mutex;
    std::condition_variable arrived;
    std::optional<Result<Committed>> result;
  };
  // Shared, because the writer may still be inside notify when this function returns.
  auto answer = std::make_shared<Answer>();
  store.execute(priority, std::move(work), [answer](Result<Committed> result) {
    std::lock_guard lock(answer->mutex);
    answer->result = std::move(result);
    answer->arrived.notify_one();
  });
  std::unique_lock lock(answer->mutex);
  answer->arrived.wait(lock, [&] { return answer->result.has_value(); });
  return std::move(*answer->result);
}

}  // namespace heed::ledger
