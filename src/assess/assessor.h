#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assess/assessment.h"
#include "base/clock.h"
#include "post/post.h"

namespace heed::assess {

/// Memory of one thread, reused from post to post.
class Scratch;
struct ScratchDeleter {
  void operator()(Scratch* scratch) const;
};

/// Post in, Assessment out. First stage: pure and parallel (fold → lists → rules without windows). Second: one
/// sequencer in arrival order (windows and the rules that use them), empty until src/stream exists. Immutable
/// after construction; swap a new one in to reload. No I/O, no clock: the same posts in the same order give the
/// same assessments on any number of threads.
class Assessor {
 public:
  /// `lists`: name → TSV text (policies/README.md); faults are collected with list and line.
  static Result<std::shared_ptr<const Assessor>> make(
      std::shared_ptr<const policy::Policy> policy,
      const std::vector<std::pair<std::string, std::string>>& lists);
  /// With the lists of the built-in policy.
  static std::shared_ptr<const Assessor> make_default(std::shared_ptr<const policy::Policy> policy);

  std::unique_ptr<Scratch, ScratchDeleter> scratch() const;
  void first_stage(const post::Post& post, Scratch& scratch, Assessment& out) const;
  /// In arrival order, one thread.
  void second_stage(const post::Post& post, Assessment& in_out) const;
  /// Text alone, for evidence from elsewhere and `POST /v1/assess`. List entries that expire count only where `when`
  /// is given and before their end.
  void assess_text(std::string_view text, Scratch& scratch, Assessment& out, Time when = Time::max()) const;
  const policy::Policy& policy() const;

  ~Assessor();

 private:
  Assessor();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heed::assess
