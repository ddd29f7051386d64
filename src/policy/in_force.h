#pragma once
#include <atomic>
#include <memory>

#include "policy/policy.h"

namespace heed::policy {

/// The policy that is in force; it can be replaced while the house runs, and copies share it. Any thread. Whoever needs
/// it for more than one look takes it once (`get`) and keeps that, so that one command or one answer rests on one
/// version.
class InForce {
 public:
  InForce() : InForce(nullptr) {}
  InForce(std::shared_ptr<const Policy> policy)  // NOLINT(google-explicit-constructor)
      : slot_(std::make_shared<Slot>(std::move(policy))) {}

  std::shared_ptr<const Policy> get() const { return slot_->load(std::memory_order_acquire); }
  std::shared_ptr<const Policy> operator->() const { return get(); }
  void replace(std::shared_ptr<const Policy> policy) const {
    slot_->store(std::move(policy), std::memory_order_release);
  }

 private:
  using Slot = std::atomic<std::shared_ptr<const Policy>>;
  std::shared_ptr<Slot> slot_;
};

}  // namespace heed::policy
