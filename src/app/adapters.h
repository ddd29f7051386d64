#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "access/alias.h"
#include "api/delegate_link.h"
#include "api/guest_link.h"
#include "api/ports.h"
#include "assess/assessor.h"
#include "base/guarded.h"
#include "casework/notices.h"
#include "casework/ports.h"
#include "delivery/delivery.h"
#include "delivery/program.h"
#include "store/directory/access_log.h"
#include "store/directory/accounts.h"

/// What casework asks for, answered by its neighbours; only the wiring knows both.
namespace heed::app {

/// The finding is the gravest signal's. Any thread: each call borrows scratch memory that others have used before.
class AssessingEvaluator final : public casework::Evaluator {
 public:
  explicit AssessingEvaluator(std::shared_ptr<const assess::Assessor> assessor) : assessor_(std::move(assessor)) {}
  /// From the next call on; calls under way end with the one they began with.
  void replace(std::shared_ptr<const assess::Assessor> assessor) { assessor_.store(std::move(assessor)); }
  std::shared_ptr<const assess::Assessor> current() const { return assessor_.load(); }
  Finding evaluate(std::string_view text) const override;
  /// As a post that mentions the target: what is said to somebody weighs otherwise than what is said of nobody.
  Finding evaluate_report(const Asked& asked) const override;
  Finding from_signals(std::string_view signals_json) const override;

 private:
  struct Desk {
    std::shared_ptr<const assess::Assessor> assessor;
    std::unique_ptr<assess::Scratch, assess::ScratchDeleter> scratch;
    assess::Assessment assessment;
  };
  std::unique_ptr<Desk> borrow() const;
  void give_back(std::unique_ptr<Desk> desk) const;

  std::atomic<std::shared_ptr<const assess::Assessor>> assessor_;
  mutable Guarded<std::vector<std::unique_ptr<Desk>>> desks_;
};

/// Notices and orders to the platform's webhook, alarms to the rota's (webhook, mail or program), the rest by mail.
class SendingCarrier final : public casework::Carrier {
 public:
  struct Addresses {
    std::string platform_url, alarm_url;
  };
  SendingCarrier(delivery::Sender& sender, Addresses addresses) : sender_(sender), addresses_(std::move(addresses)) {}
  void carry(casework::Parcel parcel, Function<void(casework::ParcelOutcome)> done) override;

 private:
  delivery::Sender& sender_;
  delivery::Programs programs_;
  const Addresses addresses_;
};

/// <page_url>#case=…&key=…: what follows the # stays in the reader's browser and in no server's log.
class GuestPages final : public casework::Links {
 public:
  GuestPages(std::string page_url, const access::Aliases& aliases, const Digest& token_key, const Clock& clock)
      : page_url_(std::move(page_url)), aliases_(aliases), guests_(token_key), delegates_(token_key), clock_(clock) {}
  std::string case_page(const access::PersonHash& person, CaseId case_id) const override;
  std::string appeal_page(const access::PersonHash& person, CaseId case_id, DecisionId decision) const override;
  std::string delegation_page(access::DelegationId delegation, int link) const override;

 private:
  const std::string page_url_;
  const access::Aliases& aliases_;
  const api::GuestLinks guests_;
  const api::DelegateLinks delegates_;
  const Clock& clock_;
};

/// Account ids become keyed hashes on the way to the store; nothing behind this knows an id.
class HashedAccounts final : public casework::Accounts, public api::AccountBook {
 public:
  HashedAccounts(store::Accounts& accounts, const access::Hasher& hasher) : accounts_(accounts), hasher_(hasher) {}

  Result<bool> is_friend(std::string_view owner, std::string_view other) override;
  Result<bool> already_blocked(std::string_view owner, std::string_view other) override;
  Result<std::string> profile_of(std::string_view account) override;
  Result<std::string> mail_of(std::string_view account) override;

  void put(post::Account account, Function<void(Result<void>)> done) override;
  void remove(std::string account_id, Function<void(Result<void>)> done) override;
  /// Stored in pieces; `done` comes after the last, with the first failure.
  void relate(std::vector<post::Relation> relations, Function<void(Result<void>)> done) override;
  Result<std::vector<access::PersonHash>> close_to(const access::PersonHash& person) override {
    return accounts_.close_to(person);
  }

 private:
  store::Accounts& accounts_;
  const access::Hasher& hasher_;
};

/// Looks of staff go to the access log. What cannot be stored is an error line: nobody waits for it.
class LoggedReads final : public api::StaffReads {
 public:
  explicit LoggedReads(store::AccessLog& log) : log_(log) {}
  void note(StaffId staff, CaseId case_id, std::string_view what, Time at) override;
  void log(api::Look look, Function<void(Result<void>)> done) override;
  Result<std::vector<api::Look>> looks(const Ask& ask) override;

 private:
  store::AccessLog& log_;
};

}  // namespace heed::app
