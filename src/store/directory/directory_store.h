#pragma once
#include "access/directory.h"
#include "ledger/store.h"

namespace heed::store {

/// access::Directory over a ledger store that was opened with directory_tables(). Reads take a view each. Writes wait
/// for the disk, all but touch_session and touch_key: never on an I/O thread, never on the store's writer thread. Any
/// other thread.
class DirectoryStore final : public access::Directory {
 public:
  explicit DirectoryStore(ledger::Store& store) : store_(store) {}

  Result<std::optional<access::ApiKey>> key_by_hash(const access::TokenHash& hash) override;
  Result<std::vector<access::ApiKey>> keys() override;
  Result<void> put_key(const access::ApiKey& key) override;
  void touch_key(KeyId id, Time used_at) override;
  Result<std::optional<access::Staff>> staff_by_name(std::string_view name) override;
  Result<std::optional<access::Staff>> staff(StaffId id) override;
  Result<std::vector<access::Staff>> all_staff() override;
  Result<void> put_staff(const access::Staff& staff) override;
  Result<std::optional<access::Session>> session(const access::TokenHash& hash) override;
  Result<void> put_session(const access::Session& session) override;
  Result<void> end_session(const access::TokenHash& hash) override;
  void touch_session(const access::TokenHash& hash, Time seen_at) override;
  Result<void> end_sessions_of(StaffId staff) override;
  Result<void> prune_sessions(Time seen_before) override;
  Result<std::vector<access::Session>> sessions_of(StaffId staff) override;
  Result<std::optional<access::SecondFactor>> second_factor(StaffId staff) override;
  Result<void> put_second_factor(const access::SecondFactor& factor) override;
  Result<void> end_second_factor(StaffId staff) override;
  Result<bool> change_second_factor(StaffId staff, const std::function<bool(access::SecondFactor&)>& change) override;
  Result<void> put_invitation(const access::Invitation& invitation) override;
  Result<std::vector<access::Invitation>> invitations() override;
  Result<void> end_invitation(access::InvitationId id) override;
  Result<std::vector<access::Tie>> ties_of(StaffId staff) override;
  Result<void> put_tie(const access::Tie& tie) override;
  Result<void> end_tie(const access::Tie& tie) override;
  Result<std::optional<access::ShiftCount>> shift(StaffId staff) override;
  Result<access::ShiftCount> change_shift(StaffId staff,
                                          const std::function<void(access::ShiftCount&)>& change) override;
  Result<void> prune_shifts(Time last_before) override;

 private:
  ledger::Store& store_;
};

}  // namespace heed::store
