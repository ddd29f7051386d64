#pragma once
#include <functional>
#include <memory>
#include <string>

#include "access/directory.h"
#include "adapters/gate.h"
#include "adapters/scorer.h"
#include "assess/assessor.h"

/// What the adapters ask for, answered by the planes.
namespace heed::app {

/// Scores by the classifier that ships, opinions by the policy in force. Any thread; each has memory of its
/// own.
class AssessingScorer final : public adapters::Scorer {
 public:
  /// `with_model` false: no attribute is served, opinions rest on lists and rules alone.
  static std::shared_ptr<const AssessingScorer> make(std::shared_ptr<const assess::Assessor> assessor, bool with_model);
  ~AssessingScorer() override;
  /// The same model over another policy.
  std::shared_ptr<const AssessingScorer> with(std::shared_ptr<const assess::Assessor> assessor) const;
  bool stands_on(const assess::Assessor* assessor) const;

  const std::string& version() const override;
  bool serves(adapters::Label label, std::string_view language) const override;
  void detect(std::string_view text, std::vector<std::string>& out) const override;
  bool score(std::string_view text, adapters::Scores& out) const override;
  adapters::Opinion judge(std::string_view text) const override;

  /// Once on each thread before it serves: touches the model's pages, grows the thread's memory to what a
  /// long comment needs.
  void warm() const;

 private:
  AssessingScorer();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Follows the assessor that is in force.
adapters::ScorerNow scorer_of(std::function<std::shared_ptr<const assess::Assessor>()> assessor, bool with_model);

/// Keys of the installation with the scope `assess`.
class ScopedKeys final : public adapters::Gate {
 public:
  explicit ScopedKeys(access::Authenticator& authenticator) : authenticator_(authenticator) {}
  Result<std::uint64_t> caller(std::string_view credential) const override;

 private:
  access::Authenticator& authenticator_;
};

}  // namespace heed::app
