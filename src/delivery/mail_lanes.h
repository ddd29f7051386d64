#pragma once
#include <memory>

#include "delivery/delivery.h"

namespace heed::delivery {

/// Mails on a few threads, one at a time each. Not in a multi handle: libcurl 7.88 waits for the server's verdict over
/// a message, and for its good-bye, inside calls that hold up everything else of that handle. `options` and `clock`
/// outlive it.
class MailLanes {
 public:
  MailLanes(const SenderOptions& options, const Clock& clock);
  ~MailLanes();
  void send(Mail mail, OnOutcome done);
  void stop();  ///< as WebhookLoop's; takes up to a second when a server is silent

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heed::delivery
