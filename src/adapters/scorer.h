#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "policy/policy.h"

/// What every adapter asks of the planes: how likely is this text to be what, and what does the policy say of
/// it.
namespace heed::adapters {

/// What the classifier was trained to tell, in the order of its table.
enum class Label : std::uint8_t {
  Toxicity,
  SevereToxicity,
  IdentityAttack,
  Insult,
  Profanity,
  Threat,
  SexuallyExplicit
};
inline constexpr std::size_t kLabels = 7;
std::string_view label_name(Label label);  ///< "severe_toxicity"

/// Calibrated probabilities in [0, 1]: of a hundred texts with 0.8, eighty are so called by people.
struct Scores {
  std::array<double, kLabels> of{};
  double operator[](Label label) const { return of[static_cast<std::size_t>(label)]; }
  double& operator[](Label label) { return of[static_cast<std::size_t>(label)]; }
};

/// What the platform's policy makes of a text: a verdict, never a number alone.
struct Opinion {
  enum class Verdict : std::uint8_t { None, Flag, Act };
  Verdict verdict = Verdict::None;
  bool review = false;                           ///< the clause wants a person to look, report or not
  std::vector<policy::ActionKind> actions = {};  ///< what the clause lets a machine order by itself; with Act
  std::string clause = {}, category = {};        ///< of the gravest finding
};

/// Any thread; immutable. Implemented by app over the planes; by FakeScorer in tests.
class Scorer {
 public:
  virtual ~Scorer() = default;
  /// Name and version of what gives the scores, for answers that name a model.
  virtual const std::string& version() const = 0;
  /// Whether it was trained and measured for this language (primary subtag in lower case: "en"); "": for any.
  virtual bool serves(Label label, std::string_view language) const = 0;
  /// Languages of the text by falling likelihood, primary subtags; none when nobody can tell.
  virtual void detect(std::string_view text, std::vector<std::string>& out) const = 0;
  /// `text` is taken to be in a language that is served. False when it abstains all the same (no words,
  /// letters it was not trained on): nobody judged the text, and `out` is all 0. Linear in its length.
  virtual bool score(std::string_view text, Scores& out) const = 0;
  virtual Opinion judge(std::string_view text) const = 0;
};

/// The scorer of the moment; null while it is being made ready.
using ScorerNow = std::function<std::shared_ptr<const Scorer>()>;

/// The primary subtag of a BCP 47 tag in lower case: "pt-BR" → "pt"; "" for what is no tag.
std::string primary_language(std::string_view tag);

}  // namespace heed::adapters
