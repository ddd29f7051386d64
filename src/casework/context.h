#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "access/alias.h"
#include "base/clock.h"
#include "base/id.h"
#include "casework/apply.h"
#include "casework/events.h"
#include "casework/tables.h"
#include "ledger/keyring.h"
#include "ledger/store.h"
#include "policy/in_force.h"

namespace heed::casework {

class AlikeBook;
class SameWords;

/// What commands need besides the rows; constant while the plane runs, used on the writer's thread only.
struct Environment {
  policy::InForce policy;
  ledger::KeyRing* keys = nullptr;
  const access::Hasher* hasher = nullptr;
  IdSource* ids = nullptr;
  /// How notices leave: to the platform as webhooks, or only as pages it polls.
  Channel platform_channel = Channel::Page;
  Channel alarm_channel = Channel::Page;  ///< of the first in the rota
  std::vector<Channel> rota_next;         ///< of those who are called when nobody acknowledges
  Millis alarm_escalates = std::chrono::minutes(10);
  bool mail = false;
  AlikeBook* alike = nullptr;       ///< near copies are found in it; null: only the same words are
  SameWords* same_words = nullptr;  ///< who writes to us in the words of many; null: nobody is asked
  double blind_share = 0.04;        ///< of a machine's closures, how many a person decides without knowing
  double second_look_share = 0.05;  ///< of what people decide, how many a second person looks at blind (second_looks.h)
  double golden_share = 0.03;       ///< of second looks, how many have an answer already
  int fear_budget_per_day = 3;      ///< declarations of fear by one person that use the fear lane on their own
  int slice_items_max = 200;
  Millis lease = std::chrono::minutes(5);
  Millis pile_idle = std::chrono::hours(24), pile_life = std::chrono::hours(72);
  Millis autoblock = std::chrono::hours(24 * 7);
};

/// One command: reads rows, appends events, and each event's row writes follow at once, so that later steps of the
/// command see them. Decisions are made here and in the functions that take a Context; applying is a function of
/// the event alone (apply.h), the same in replay.
class Context {
 public:
  Context(ledger::Tx& tx, const Environment& env, Time now)
      : tx_(tx), env_(env), policy_(env.policy.get()), now_(now), rows_(tx) {}

  ledger::Tx& tx() { return tx_; }
  const Environment& env() const { return env_; }
  const policy::Policy& policy() const { return *policy_; }  ///< one version for the whole command
  Time now() const { return now_; }
  Rows& rows() { return rows_; }
  /// The next event to be appended carries these digests: a repeat of the request finds it by them.
  void remember(const Hash16& idempotency, const Hash16& body) { idempotency_ = idempotency, body_ = body; }
  template <class Id>
  Id mint() {
    return env_.ids->mint<Id>(now_);
  }
  struct Number {
    std::int64_t number = 0;
    bool by_slot = false;
  };
  /// 35 bits to read out, random to look at, no other party's: the slot's by permutation.
  Number mint_number(std::int64_t slot);

  /// Appends `event` to `case_id` (seq 1 opens it) and applies it. `bodies` are sealed under their slots.
  /// Returns the event's seq.
  template <LedgerEvent E>
  Result<std::int64_t> append(CaseId case_id, const E& event, const std::vector<ledger::Body>& bodies = {},
                              Ulid actor = {}) {
    std::int64_t seq = TRY(next_seq(case_id));
    JsonWriter out;
    const EventInfo info{case_id, seq, now_, actor, std::exchange(idempotency_, Hash16{}), body_};
    begin_header(out, E::kKind, E::kVersion, info);
    HeaderWriter fields(out);
    const_cast<E&>(event).visit(fields);
    out.end_object();
    TRY(store(case_id, seq, out.take(), bodies));
    TRY(apply_event(rows_, info, event));
    TRY(remember_key(rows_, info));
    return seq;
  }
  /// Writes cached rows; the plane calls it at the end of every command.
  Result<void> finish() { return rows_.flush(); }

  Result<CaseRow*> case_row(CaseId id) { return rows_.case_row(id); }  ///< NotFound when there is none
  /// The party of `person` in the case, if it has one.
  Result<std::optional<PartyRow>> party_of(CaseId case_id, const PersonHash& person);
  Result<std::optional<PartyRow>> party(CaseId case_id, int party);

 private:
  Result<std::int64_t> next_seq(CaseId case_id);
  void begin_header(JsonWriter& out, std::string_view kind, int version, const EventInfo& info);
  Result<void> store(CaseId case_id, std::int64_t seq, std::string header, const std::vector<ledger::Body>& bodies);

  ledger::Tx& tx_;
  const Environment& env_;
  std::shared_ptr<const policy::Policy> policy_;
  Time now_;
  Rows rows_;
  Hash16 idempotency_{}, body_{};
};

/// Whose number it is, old or new.
Result<std::optional<PartyRow>> party_with_number(ledger::View& view, const access::Hasher& hasher,
                                                  std::uint64_t number);

/// Adds parties to an event that is being made: finds the ones the case has, gives new ones a number and a key.
class PartyBook {
 public:
  PartyBook(Context& context, CaseId case_id, int parties_so_far)
      : context_(context), case_(case_id), next_(parties_so_far) {}
  struct Entry {
    int party = 0;
    std::int64_t slot = 0;
    bool is_new = false;  ///< by this very call
  };
  /// `identity` (JSON) becomes body "p<party>" for a new party; `roles` are added to what it is already.
  Result<Entry> add(const PersonHash& person, int roles, std::string identity, bool with_number,
                    Channel channel = Channel::Page, std::string_view locale = {});
  std::vector<NewParty>& parties() { return parties_; }
  std::vector<ledger::Body>& bodies() { return bodies_; }

 private:
  struct Known {
    PersonHash person;
    Entry entry;
    int roles;
    Context::Number number;
  };
  Context& context_;
  CaseId case_;
  int next_;
  std::vector<Known> known_;
  std::vector<NewParty> parties_;
  std::vector<ledger::Body> bodies_;
};

}  // namespace heed::casework
