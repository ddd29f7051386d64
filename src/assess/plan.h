#pragma once
#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "assess/assessment.h"
#include "assess/book.h"
#include "assess/need.h"
#include "assess/rule_file.h"
#include "assess/view.h"
#include "rule/eval.h"

namespace heed::assess {

/// Memory of one thread for evaluating rules, reused from post to post.
struct RuleScratch {
  RuleScratch();
  rule::Evaluator evaluator;
  std::vector<std::uint32_t> candidates, fired, failed;
  bool waiting = false;             ///< a rule needs what windows know to be decided
  std::vector<std::uint64_t> seen;  ///< by rule: stamp of the latest post that made it a candidate
  std::uint64_t stamp = 0;
};

/// The rules of a pack, compiled once. A post pays only for rules that it can fire: each rule is filed under the rarest
/// thing that its condition needs at the top (a phrase, a pattern, a list, a category, a score, a count above 0), and
/// is evaluated only where that is in the post. Rules do not see one another's signals, so their order does not matter.
/// Immutable but for counters; any number of threads.
class Plan {
 public:
  struct Out {
    std::string category, group;
    std::shared_ptr<const rule::Program> group_program, score_program;  ///< null: as it stands
    double score = 0;
  };
  struct Rule {
    RuleText text;
    std::string source;  ///< "rule:<id>", as in signals
    std::shared_ptr<const rule::Program> when;
    std::vector<Out> signals;
    Need need;
  };
  struct Figures {
    std::string id;
    RuleMode mode = RuleMode::Off;
    std::uint64_t fired = 0, errors = 0;
    std::string first_error;
  };

  /// `book` knows the pack's lists and categories. Faults are collected with file, line, column, caret and what might
  /// have been meant; InvalidInput when there are any.
  static Result<std::shared_ptr<const Plan>> make(const policy::Policy& policy, Book book,
                                                  const std::vector<std::pair<std::string, std::string>>& files);

  const Book& book() const { return book_; }
  const std::vector<Rule>& rules() const { return rules_; }
  bool empty() const { return rules_.empty(); }

  /// Fills scratch.fired with the rules that are true of the post, in order; errors are counted and are no truth.
  void run(const View& view, RuleScratch& scratch) const;
  /// Counts what run() put into scratch.fired and .failed, once for every post that is answered.
  void tally(const RuleScratch& scratch) const;
  /// Whether any rule asks what happened lately.
  bool asks_windows() const { return asks_windows_; }
  /// The same without the index; what run() is tested against.
  void run_all(const View& view, RuleScratch& scratch) const;
  /// One rule, whatever its mode; nothing is counted.
  bool holds(std::uint32_t rule, const View& view, RuleScratch& scratch) const;
  /// Score and group of a signal for the post at hand; 0 where the expression fails. The group lives as long as the
  /// view and the next evaluation.
  double score_of(const Out& out, const View& view, RuleScratch& scratch) const;
  std::string_view group_of(const Out& out, const View& view, RuleScratch& scratch) const;

  std::vector<Figures> figures() const;

  /// How far rules may go, whatever the pack says: in effect for the next post, on every thread. Rules that are not
  /// named go as far as the pack lets them; no rule goes further.
  void limit(const std::map<std::string, RuleMode>& modes) const;
  /// What holds now.
  RuleMode mode(std::uint32_t rule) const { return modes_[rule].load(std::memory_order_relaxed); }

  /// A rule but for which the post would open no case, and how many cases a day it may open so.
  struct CaseBudget {
    const Rule* rule = nullptr;
    int cases = 0;
  };
  /// Empty when anything else asks for the case: a list, a rule without a budget, a machine's act.
  void case_budgets(const policy::Policy& policy, const Assessment& assessment, std::vector<CaseBudget>& out) const;
  /// How a rule is filed, in words: "phrase \"kill\" or threat score of at least 0.9".
  std::string filed_under(std::uint32_t rule) const;

 private:
  struct Counters {
    std::atomic<std::uint64_t> fired{0}, errors{0};
  };
  struct Filed {
    double least = 0;
    std::uint32_t rule = 0;
  };
  Plan() = default;
  void file(std::uint32_t rule);
  bool evaluate(std::uint32_t rule, const View& view, RuleScratch& scratch) const;

  Book book_;
  std::vector<Rule> rules_;
  bool asks_windows_ = false;
  std::unique_ptr<Counters[]> counters_;
  std::unique_ptr<std::atomic<RuleMode>[]> modes_;
  mutable std::mutex mutex_;
  mutable std::vector<std::string> first_errors_;  ///< by rule, under mutex_
  // The index: rules by what they need; those with a least value sorted by it.
  std::vector<std::uint32_t> always_;
  std::vector<std::vector<std::uint32_t>> by_list_, by_phrase_, by_folded_, by_original_;
  std::array<std::vector<std::uint32_t>, kAttributes> by_count_;
  std::vector<Attribute> counted_;  ///< attributes that any rule is filed under
  std::vector<std::vector<Filed>> by_signal_;
  std::array<std::vector<Filed>, model::kLabels> by_score_;
};

}  // namespace heed::assess
