#pragma once
#include <memory>
#include <string>
#include <vector>

#include "delivery/delivery.h"

namespace heed::delivery {

/// All webhooks on one thread, through libcurl's multi interface: nothing there blocks, names are resolved by threads
/// of libcurl's. `options` and `clock` outlive it.
class WebhookLoop {
 public:
  WebhookLoop(const SenderOptions& options, const Clock& clock);
  ~WebhookLoop();
  void send(Webhook webhook, OnOutcome done);
  void stop();  ///< answers everything; what is sent later is answered at once, on the caller's thread

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heed::delivery
