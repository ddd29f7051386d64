#pragma once
#include <string>
#include <vector>

#include "casework/intake.h"
#include "post/recent_posts.h"

/// The whole pile since …: freezing what a report took, in chunks; joining what comes later; and posts that a clause
/// says a person must see without any report.
namespace heed::casework {

/// One post on its way into a pile; made outside the command from the recent posts.
struct PileCandidate {
  ReportedItem item;
  bool blockable = false;  ///< author is no friend of the target's and not blocked already
};

/// A chunk: everything that arrived in (after, done].
struct PileChunk {
  CaseId case_id;
  std::vector<PileCandidate> posts;
  std::uint64_t done = 0;
  std::uint64_t upto = 0;  ///< new end of what is to be frozen (a joiner moves it); 0: unchanged
  bool joining = false;    ///< later posts: only those with a signal or by authors already in the pile
  bool signal = false;     ///< what the stream raised; joins also where nobody has taken a pile yet
};

struct PileProgress {
  int joined = 0;
  bool more = false;  ///< done < upto still
  bool life = false;
};

/// Posts already in the case are passed over; posts open or judged elsewhere are referred to; excepted ones are left
/// out; the target's own are never taken. Blocks go with it while her shield is on.
Result<PileProgress> join_pile(Context& context, const PileChunk& chunk);

/// What is to be read next for a case, from its row and its `pile_taken` events.
struct PileWork {
  CaseId case_id;
  std::string target;  ///< account id, unsealed from the target's identity
  Time since{}, until{};
  std::uint64_t after = 0, upto = 0;
  bool open_end = false;
};
Result<std::optional<PileWork>> pile_work(ledger::View& view, ledger::KeyRing& keys, CaseId case_id);

/// A post whose clause is `review: always`, or on which a machine acts: joins the case that holds it or the target's
/// open one, else opens one. That case has the target's pile key: when she reports, her pile is taken into it, so that
/// what was found for her and what she brings is one case.
struct SignalCommand {
  ReportedItem item;
  bool machine_acts = false;
  std::vector<policy::ActionKind> actions;  ///< what the machine orders
  bool blockable = false;                   ///< for her shield, as in PileCandidate; the plane fills it in
  struct Budget {
    std::string rule;  ///< "rule:a"
    int cases = 0;     ///< a day
  };
  /// The rules but for which no case would be opened; empty: something else asks for it. When all have spent their
  /// day's budget, the case is opened in a queue of its own, kOverBudget, from which it comes to the others' when it is
  /// reported; a threat to life is not, but the rota is called as well.
  std::vector<Budget> budgets;
};
inline constexpr std::string_view kOverBudget = "over_budget";
struct SignalPlace {
  CaseId case_id;
  bool opened = false;
  bool over_budget = false;
};
Result<SignalPlace> raise_signal(Context& context, const SignalCommand& command);

/// The platform told of an edit or deletion of an item that is under report. False when it is not.
Result<bool> item_changed(Context& context, const ReportedItem& item, bool deleted);

}  // namespace heed::casework
