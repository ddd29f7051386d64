#pragma once
#include <map>
#include <tuple>

#include "access/directory.h"
#include "base/guarded.h"

namespace heed::access {

/// A Directory in memory, for tests; counts key reads and touches. Outlives the Authenticator, as a data folder
/// outlives a process.
class TestingDirectory final : public Directory {
 public:
  Result<std::optional<ApiKey>> key_by_hash(const TokenHash& hash) override {
    return state_.with([&](State& s) {
      ++s.key_reads;
      return find_if(s.keys, [&](const ApiKey& k) { return k.hash == hash; });
    });
  }
  Result<std::vector<ApiKey>> keys() override {
    return state_.with([](State& s) { return values(s.keys); });
  }
  Result<void> put_key(const ApiKey& key) override {
    state_.with([&](State& s) { s.keys[key.id] = key; });
    return {};
  }
  void touch_key(KeyId id, Time used_at) override {
    state_.with([&](State& s) {
      ++s.key_touches;
      if (auto it = s.keys.find(id); it != s.keys.end()) {
        it->second.used_at = used_at;
      }
    });
  }
  int key_touches() {
    return state_.with([](State& s) { return s.key_touches; });
  }
  Result<std::optional<ShiftCount>> shift(StaffId staff) override {
    return state_.with([&](State& s) -> std::optional<ShiftCount> {
      auto found = s.shifts.find(staff);
      return found == s.shifts.end() ? std::nullopt : std::optional(found->second);
    });
  }
  Result<ShiftCount> change_shift(StaffId staff, const std::function<void(ShiftCount&)>& change) override {
    return state_.with([&](State& s) {
      change(s.shifts[staff]);
      return s.shifts[staff];
    });
  }
  Result<void> prune_shifts(Time before) override {
    state_.with([&](State& s) { std::erase_if(s.shifts, [&](const auto& x) { return x.second.last_at < before; }); });
    return {};
  }
  Result<std::optional<Staff>> staff_by_name(std::string_view name) override {
    return state_.with([&](State& s) { return find_if(s.staff, [&](const Staff& p) { return p.name == name; }); });
  }
  Result<std::optional<Staff>> staff(StaffId id) override {
    return state_.with([&](State& s) { return find_if(s.staff, [&](const Staff& p) { return p.id == id; }); });
  }
  Result<std::vector<Staff>> all_staff() override {
    return state_.with([](State& s) { return values(s.staff); });
  }
  Result<void> put_staff(const Staff& staff) override {
    return state_.with([&](State& s) -> Result<void> {
      for (const auto& [id, other] : s.staff) {
        if (other.name == staff.name && id != staff.id) {
          return fail(Code::Conflict, "the name is taken");
        }
      }
      s.staff[staff.id] = staff;
      return {};
    });
  }
  Result<std::optional<Session>> session(const TokenHash& hash) override {
    return state_.with([&](State& s) { return find_if(s.sessions, [&](const Session& x) { return x.hash == hash; }); });
  }
  Result<void> put_session(const Session& session) override {
    state_.with([&](State& s) { s.sessions[session.hash] = session; });
    return {};
  }
  Result<void> end_session(const TokenHash& hash) override {
    state_.with([&](State& s) { s.sessions.erase(hash); });
    return {};
  }
  void touch_session(const TokenHash& hash, Time seen_at) override {
    state_.with([&](State& s) {
      ++s.touches;
      if (auto it = s.sessions.find(hash); it != s.sessions.end()) {
        it->second.seen_at = seen_at;
      }
    });
  }
  Result<void> end_sessions_of(StaffId staff) override {
    state_.with([&](State& s) { std::erase_if(s.sessions, [&](const auto& x) { return x.second.staff == staff; }); });
    return {};
  }
  Result<void> prune_sessions(Time before) override {
    state_.with([&](State& s) { std::erase_if(s.sessions, [&](const auto& x) { return x.second.seen_at < before; }); });
    return {};
  }

  Result<std::vector<Session>> sessions_of(StaffId staff) override {
    return state_.with([&](State& s) {
      std::vector<Session> all = values(s.sessions);
      std::erase_if(all, [&](const Session& x) { return x.staff != staff; });
      return all;
    });
  }
  Result<std::optional<SecondFactor>> second_factor(StaffId staff) override {
    return state_.with(
        [&](State& s) { return find_if(s.factors, [&](const SecondFactor& x) { return x.staff == staff; }); });
  }
  Result<void> put_second_factor(const SecondFactor& factor) override {
    state_.with([&](State& s) { s.factors[factor.staff] = factor; });
    return {};
  }
  Result<void> end_second_factor(StaffId staff) override {
    state_.with([&](State& s) { s.factors.erase(staff); });
    return {};
  }
  Result<bool> change_second_factor(StaffId staff, const std::function<bool(SecondFactor&)>& change) override {
    return state_.with([&](State& s) {
      auto found = s.factors.find(staff);
      SecondFactor factor = found == s.factors.end() ? SecondFactor{} : found->second;
      const bool changed = found != s.factors.end() && change(factor);
      if (changed) {
        found->second = factor;
      }
      return changed;
    });
  }
  Result<void> put_invitation(const Invitation& invitation) override {
    state_.with([&](State& s) { s.invitations[invitation.id] = invitation; });
    return {};
  }
  Result<std::vector<Invitation>> invitations() override {
    return state_.with([](State& s) { return values(s.invitations); });
  }
  Result<void> end_invitation(InvitationId id) override {
    state_.with([&](State& s) { s.invitations.erase(id); });
    return {};
  }
  Result<std::vector<Tie>> ties_of(StaffId staff) override {
    return state_.with([&](State& s) {
      std::vector<Tie> all = values(s.ties);
      std::erase_if(all, [&](const Tie& x) { return x.staff != staff; });
      return all;
    });
  }
  Result<void> put_tie(const Tie& tie) override {
    state_.with([&](State& s) { s.ties[{tie.staff, tie.person, tie.kind}] = tie; });
    return {};
  }
  Result<void> end_tie(const Tie& tie) override {
    state_.with([&](State& s) { s.ties.erase({tie.staff, tie.person, tie.kind}); });
    return {};
  }

  int key_reads() const {
    return state_.with([](const State& s) { return s.key_reads; });
  }
  int touches() const {
    return state_.with([](const State& s) { return s.touches; });
  }
  std::size_t sessions() const {
    return state_.with([](const State& s) { return s.sessions.size(); });
  }

 private:
  struct State {
    std::map<KeyId, ApiKey> keys;
    std::map<StaffId, Staff> staff;
    std::map<TokenHash, Session> sessions;
    std::map<StaffId, SecondFactor> factors;
    std::map<InvitationId, Invitation> invitations;
    std::map<std::tuple<StaffId, PersonHash, TieKind>, Tie> ties;
    std::map<StaffId, ShiftCount> shifts;
    int key_reads = 0, touches = 0, key_touches = 0;
  };
  template <class Map, class F>
  static std::optional<typename Map::mapped_type> find_if(const Map& map, F&& matches) {
    for (const auto& [id, value] : map) {
      if (matches(value)) {
        return value;
      }
    }
    return std::nullopt;
  }
  template <class Map>
  static std::vector<typename Map::mapped_type> values(const Map& map) {
    std::vector<typename Map::mapped_type> all;
    for (const auto& [id, value] : map) {
      all.push_back(value);
    }
    return all;
  }
  Guarded<State> state_;
};

}  // namespace heed::access
