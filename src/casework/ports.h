#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/function.h"
#include "base/result.h"
#include "casework/terms.h"
#include "policy/policy.h"

/// What casework needs from outside; app wires it.
namespace heed::casework {

/// "Evaluate again": one text → what a queue has to know. Any thread.
class Evaluator {
 public:
  static constexpr std::size_t kSourcesMax = 8;
  struct Finding {
    std::string category, clause;
    policy::Lane lane = policy::Lane::Rest;
    int severity = 0;
    bool any = false;          ///< a signal of some kind
    std::string signals_json;  ///< array, as API.md shows it
    // What settling asks besides; only `evaluate` fills it.
    bool judged = false;  ///< a model has read it; false: it knows neither language nor script, or there is none
    double highest = 1;   ///< its highest score among what a clause may forbid (friendly swearing is not)
    bool acts = false;    ///< what the clause permits a machine is due, by the clause's own thresholds
    std::vector<policy::ActionKind> actions = {};  ///< if so
    std::string rule = {};                         ///< source and version of what was found, "list:slurs@2026-11-01"
    std::vector<std::string> sources =
        {};  ///< all of them, each once, the gravest first, at most kSourcesMax; also from_signals
    std::vector<std::pair<std::uint32_t, std::uint32_t>> spans = {};  ///< bytes of the text it rests on
  };
  /// A text with what a report adds to it.
  struct Asked {
    std::string_view text;
    std::string_view author, target;  ///< account ids, "" unknown; the target is whom the reporter says it is aimed at
  };
  virtual ~Evaluator() = default;
  virtual Finding evaluate(std::string_view text) const = 0;
  virtual Finding evaluate_report(const Asked& asked) const { return evaluate(asked.text); }
  /// The same from signals that were stored with the post (JSON array).
  virtual Finding from_signals(std::string_view signals_json) const = 0;
};

/// What the platform told us about accounts: for "friends exempt" and mail addresses. Any thread.
class Accounts {
 public:
  virtual ~Accounts() = default;
  /// True when `owner` follows or is in contact with `other`: never blocked by a shield.
  virtual Result<bool> is_friend(std::string_view owner_account, std::string_view other_account) = 0;
  /// True when `owner` already blocks `other`: an undo must leave that block alone.
  virtual Result<bool> already_blocked(std::string_view owner_account, std::string_view other_account) = 0;
  /// The profile as JSON, to be frozen with what the account wrote; "" when the platform told nothing of it.
  virtual Result<std::string> profile_of(std::string_view account) = 0;
  /// Mail address for notices, "" when the platform gave none.
  virtual Result<std::string> mail_of(std::string_view account) = 0;
};

/// Sends one notice on its way; app implements it over delivery::Sender. `done` may come on any thread.
struct Parcel {
  Channel channel{};
  std::string id;                         ///< constant over retries
  std::string type;                       ///< "notification.outcome", "action.ordered", "alarm.clock"
  std::string json;                       ///< webhook body
  std::string to, subject, text, locale;  ///< mail
};
struct ParcelOutcome {
  enum class Kind : std::uint8_t { Delivered, Retry, Dead } kind = Kind::Retry;
  int status = 0;
  Millis retry_after{0};
};
class Carrier {
 public:
  virtual ~Carrier() = default;
  virtual void carry(Parcel parcel, Function<void(ParcelOutcome)> done) = 0;
};

}  // namespace heed::casework
