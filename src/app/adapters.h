#pragma once
#include <memory>
#include <string>
#include <vector>

#include "access/alias.h"
#include "api/guest_link.h"
#include "assess/assessor.h"
#include "base/guarded.h"
#include "casework/notices.h"
#include "casework/ports.h"
#include "delivery/delivery.h"

/// What casework asks for, answered by its neighbours; only the wiring knows both.
namespace heed::app {

/// The finding is the gravest signal's. Any thread: each call borrows scratch memory that others have used before.
class AssessingEvaluator final : public casework::Evaluator {
 public:
  explicit AssessingEvaluator(std::shared_ptr<const assess::Assessor> assessor) : assessor_(std::move(assessor)) {}
  Finding evaluate(std::string_view text) const override;
  Finding from_signals(std::string_view signals_json) const override;

 private:
  struct Desk {
    std::unique_ptr<assess::Scratch, assess::ScratchDeleter> scratch;
    assess::Assessment assessment;
  };
  std::unique_ptr<Desk> borrow() const;
  void give_back(std::unique_ptr<Desk> desk) const;

  std::shared_ptr<const assess::Assessor> assessor_;
  mutable Guarded<std::vector<std::unique_ptr<Desk>>> desks_;
};

/// Notices and orders to the platform's webhook, alarms to the rota's, the rest by mail.
class SendingCarrier final : public casework::Carrier {
 public:
  struct Addresses {
    std::string platform_url, alarm_url;
  };
  SendingCarrier(delivery::Sender& sender, Addresses addresses) : sender_(sender), addresses_(std::move(addresses)) {}
  void carry(casework::Parcel parcel, Function<void(casework::ParcelOutcome)> done) override;

 private:
  delivery::Sender& sender_;
  const Addresses addresses_;
};

/// <page_url>#case=…&key=…: what follows the # stays in the reader's browser and in no server's log.
class GuestPages final : public casework::Links {
 public:
  GuestPages(std::string page_url, const access::Aliases& aliases, const Digest& token_key, const Clock& clock)
      : page_url_(std::move(page_url)), aliases_(aliases), guests_(token_key), clock_(clock) {}
  std::string case_page(const access::PersonHash& person, CaseId case_id) const override;
  std::string appeal_page(const access::PersonHash& person, CaseId case_id, DecisionId decision) const override;

 private:
  const std::string page_url_;
  const access::Aliases& aliases_;
  const api::GuestLinks guests_;
  const Clock& clock_;
};

}  // namespace heed::app
