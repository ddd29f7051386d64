#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assess/assessment.h"
#include "base/clock.h"
#include "post/post.h"

namespace heed::stream {
class Windows;
}

namespace heed::assess {

class Plan;

/// Memory of one thread, reused from post to post.
class Scratch;
struct ScratchDeleter {
  void operator()(Scratch* scratch) const;
};

/// Name and text of files.
using Files = std::vector<std::pair<std::string, std::string>>;

/// Which posts the second, slower model looks at (model/second_classifier.h). Both mean the same by a score; of two
/// scores for a threat the higher one stands. Reports is the default everywhere: here, for a pack that a command loads,
/// and of the setting assess.second_look.
enum class SecondLook : std::uint8_t {
  Never,
  Reports,  ///< what somebody reported
  Near      ///< that, and posts that the first look does not leave alone, or almost not
};

/// "never", "reports", "near": the values of assess.second_look.
std::string_view second_look_name(SecondLook look);
SecondLook second_look_of(std::string_view name);

/// Post in, Assessment out. First stage: pure and parallel (fold → split → language → undo evasions → one scan → model
/// → lists → rules). Second: one sequencer in arrival order (windows and the rules that use them). Immutable after
/// construction but for the rules' counters; swap a new one in to reload. No I/O, no clock: the same posts in the same
/// order give the same assessments on any number of threads.
class Assessor {
 public:
  /// `lists`: name → TSV text (policies/README.md). `rules`: file → YAML (docs/policy-author/rules.md). Faults are
  /// collected with file and line. Examples of rules are not run here: check_examples() does.
  static Result<std::shared_ptr<const Assessor>> make(std::shared_ptr<const policy::Policy> policy, const Files& lists,
                                                      const Files& rules = {}, SecondLook second = SecondLook::Reports);
  /// With the lists and rules of the built-in policy.
  static std::shared_ptr<const Assessor> make_default(std::shared_ptr<const policy::Policy> policy,
                                                      SecondLook second = SecondLook::Reports);

  std::unique_ptr<Scratch, ScratchDeleter> scratch() const;
  void first_stage(const post::Post& post, Scratch& scratch, Assessment& out) const;
  /// The same for a post under report, which gets the second look whatever the first says (but for SecondLook::Never).
  void first_stage_reported(const post::Post& post, Scratch& scratch, Assessment& out) const;
  /// In arrival order, one at a time: takes the post into the windows, and decides the rules that wait for them.
  /// `in_out` is what the first stage made of this post. Costs next to nothing where no rule asks what happened lately;
  /// where one does, the rules are decided again on what the scratch still holds of the post; only a scratch that has
  /// read others since reads it anew.
  void second_stage(const post::Post& post, stream::Windows& windows, Scratch& scratch, Assessment& in_out) const;
  /// Text alone, for evidence from elsewhere and `POST /v1/assess`. List entries that expire count only where `when`
  /// is given and before their end.
  void assess_text(std::string_view text, Scratch& scratch, Assessment& out, Time when = Time::max()) const;
  const policy::Policy& policy() const;
  SecondLook second_look() const;
  /// What posts under report are judged by: the second model, or the first where there is no second look.
  const std::shared_ptr<const model::Classifier>& best_classifier() const;
  /// Its rules, with what they counted.
  const Plan& plan() const;
  /// Before the first post: touches every table, fills the caches of the patterns' automata, runs the first model. The
  /// first posts after it cost what the others do; the second model comes from the program's file with the first
  /// report.
  void warm() const;
  /// Every example of every rule that does not do what it should: pointer "file:line:1".
  std::vector<FieldError> check_examples() const;
  /// Rules that were true of the post that `scratch` last saw, also those in shadow.
  static const std::vector<std::uint32_t>& fired(const Scratch& scratch);
  /// The same found by trying every rule; what the index is tested against.
  const std::vector<std::uint32_t>& fired_without_index(Scratch& scratch) const;

  ~Assessor();

 private:
  Assessor();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heed::assess
