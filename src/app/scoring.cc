#include "app/scoring.h"

#include <atomic>

#include "base/crypto.h"
#include "base/guarded.h"
#include "base/log.h"
#ifdef HEED_HAS_MODEL
#include "model/classifier.h"
#include "text/fold.h"
#include "text/language.h"
#include "text/token.h"
#include "text/unmask.h"
#endif

namespace heed::app {
namespace {

#ifdef HEED_HAS_MODEL
static_assert(adapters::kLabels == model::kLabels);

/// The one language of the model that ships; its card in models/ says what it was measured on.
constexpr std::string_view kModelLanguage = "en";

/// One thread's way from a text to what the classifier wants.
struct Desk {
  text::Folded folded;
  std::vector<text::Token> tokens;
  text::UnmaskScratch unmasking;
  text::Readings readings;
  const model::Classifier* of = nullptr;
  std::unique_ptr<model::Scratch> scratch;

  std::string read_text;

  /// The same text again costs a comparison: its language is asked for before its scores.
  void read(std::string_view text) {
    if (text != read_text || text.empty()) {
      text::fold(text, folded);
      text::tokenize(folded.text, tokens);
      read_text.assign(text);
    }
  }
  static Desk& here() {
    thread_local Desk desk;
    return desk;
  }
};
#endif

}  // namespace

struct AssessingScorer::Impl {
  std::shared_ptr<const assess::Assessor> assessor;
  std::uint64_t serial = 0;  ///< tells a new scorer from an old one at the same address
  std::string version = "heed-lists";
#ifdef HEED_HAS_MODEL
  std::shared_ptr<const model::Classifier> classifier;
#endif
};

namespace {

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> serials{0};
  return ++serials;
}

}  // namespace

AssessingScorer::AssessingScorer() : impl_(std::make_unique<Impl>()) {}
AssessingScorer::~AssessingScorer() = default;

std::shared_ptr<const AssessingScorer> AssessingScorer::make(std::shared_ptr<const assess::Assessor> assessor,
                                                             bool with_model) {
  std::shared_ptr<AssessingScorer> scorer(new AssessingScorer());
  scorer->impl_->assessor = std::move(assessor);
  scorer->impl_->serial = next_serial();
#ifdef HEED_HAS_MODEL
  if (with_model) {
    scorer->impl_->classifier = scorer->impl_->assessor->best_classifier();
    scorer->impl_->version = scorer->impl_->classifier->name();
  }
#else
  static_cast<void>(with_model);
#endif
  return scorer;
}

std::shared_ptr<const AssessingScorer> AssessingScorer::with(std::shared_ptr<const assess::Assessor> assessor) const {
  std::shared_ptr<AssessingScorer> scorer(new AssessingScorer());
  *scorer->impl_ = *impl_;
  scorer->impl_->assessor = std::move(assessor);
  scorer->impl_->serial = next_serial();
  return scorer;
}

bool AssessingScorer::stands_on(const assess::Assessor* assessor) const { return impl_->assessor.get() == assessor; }

const std::string& AssessingScorer::version() const { return impl_->version; }

#ifdef HEED_HAS_MODEL

bool AssessingScorer::serves(adapters::Label, std::string_view language) const {
  return impl_->classifier != nullptr && (language.empty() || language == kModelLanguage);
}

void AssessingScorer::detect(std::string_view text, std::vector<std::string>& out) const {
  out.clear();
  Desk& desk = Desk::here();
  desk.read(text);
  const text::LanguageGuess guess = text::guess_language(desk.folded.text, desk.tokens);
  if (guess.language != text::Language::Unknown) {
    out.emplace_back(text::language_name(guess.language));
  }
}

bool AssessingScorer::score(std::string_view text, adapters::Scores& out) const {
  out = {};
  if (impl_->classifier == nullptr) {
    return false;
  }
  Desk& desk = Desk::here();
  desk.read(text);
  text::unmask(desk.folded.text, desk.tokens, nullptr, desk.unmasking, desk.readings);
  if (desk.of != impl_->classifier.get()) {
    desk.scratch = impl_->classifier->make_scratch();
    desk.of = impl_->classifier.get();
  }
  model::Scores scores;
  // The language was decided by the caller, who may know better than the text.
  impl_->classifier->score({desk.folded, desk.tokens, desk.readings, text::Language::Unknown}, *desk.scratch, scores);
  if (scores.abstained != model::Abstention::None) {
    return false;
  }
  for (std::size_t i = 0; i < adapters::kLabels; ++i) {
    out.of[i] = static_cast<double>(scores.probability[i]);
  }
  return true;
}

#else

bool AssessingScorer::serves(adapters::Label, std::string_view) const { return false; }
void AssessingScorer::detect(std::string_view, std::vector<std::string>& out) const { out.clear(); }
bool AssessingScorer::score(std::string_view, adapters::Scores& out) const {
  out = {};
  return false;
}

#endif

adapters::Opinion AssessingScorer::judge(std::string_view text) const {
  struct Memory {
    std::uint64_t of = 0;
    std::shared_ptr<const assess::Assessor> assessor;  // outlives its scratch
    std::unique_ptr<assess::Scratch, assess::ScratchDeleter> scratch;
    assess::Assessment assessment;
  };
  thread_local Memory memory;
  if (memory.of != impl_->serial) {
    memory.scratch = impl_->assessor->scratch();
    memory.assessor = impl_->assessor;
    memory.of = impl_->serial;
  }
  impl_->assessor->assess_text(text, *memory.scratch, memory.assessment);
  const assess::Assessment& found = memory.assessment;
  adapters::Opinion opinion;
  if (found.verdict == assess::Verdict::Allow) {
    return opinion;
  }
  opinion.verdict =
      found.verdict == assess::Verdict::Act ? adapters::Opinion::Verdict::Act : adapters::Opinion::Verdict::Flag;
  opinion.review = found.review;
  opinion.actions = found.actions;
  opinion.clause = found.clause != nullptr ? found.clause->id : "";
  for (const assess::Signal& signal : found.signals) {
    if (signal.clause == opinion.clause && signal.category != assess::kWarningSign) {
      opinion.category = signal.category;
      break;
    }
  }
  return opinion;
}

void AssessingScorer::warm() const {
  // Words of many kinds and scripts; nothing depends on what is said of them.
  static constexpr std::string_view kLines[] = {
      "Good morning everyone, the meeting starts at 9:30 in room 12 and the minutes are at "
      "https://example.org/minutes.",
      "I d0n't agr33 with y0u, @someone, but th@nk you f\xC3\xB6r the l i n k!!! \xF0\x9F\x98\x80",
      "Der Zug hat heute wieder Versp\xC3\xA4tung, und niemand wei\xC3\x9F warum.",
      "\xD0\x94\xD0\xBE\xD0\xB1\xD1\x80\xD0\xBE\xD0\xB5 \xD1\x83\xD1\x82\xD1\x80\xD0\xBE",
      "\xE4\xBD\xA0\xE5\xA5\xBD\xE3\x80\x82"};
  std::string longest;
  std::vector<std::string> detected;
  adapters::Scores scores;
  auto once = [&](std::string_view text) {
    detect(text, detected);
    static_cast<void>(score(text, scores));
    static_cast<void>(judge(text));
  };
  for (std::string_view line : kLines) {
    once(line);
    longest.append(line).append(" ");
  }
  while (longest.size() < 20 * 1024) {
    longest += longest.substr(0, 4096);
  }
  once(longest);
}

adapters::ScorerNow scorer_of(std::function<std::shared_ptr<const assess::Assessor>()> assessor, bool with_model) {
  struct Held {
    std::function<std::shared_ptr<const assess::Assessor>()> assessor;
    Guarded<std::shared_ptr<const AssessingScorer>> scorer;
  };
  auto held = std::make_shared<Held>();
  held->scorer.with([&](auto& scorer) { scorer = AssessingScorer::make(assessor(), with_model); });
  held->assessor = std::move(assessor);
  return [held]() -> std::shared_ptr<const adapters::Scorer> {
    auto now = held->assessor();
    return held->scorer.with([&](auto& scorer) {
      if (!scorer->stands_on(now.get())) {
        scorer = scorer->with(std::move(now));
      }
      return scorer;
    });
  };
}

Result<std::uint64_t> ScopedKeys::caller(std::string_view credential) const {
  access::Principal who = TRY(authenticator_.platform(credential));
  if (!who.has(access::Scope::Assess)) {
    return fail(Code::Denied, "this key may not assess texts");
  }
  static constexpr std::string_view kCountingKey = "counting, no hide";
  const std::string id = who.rate_key();
  return siphash(kCountingKey.substr(0, 16), id);
}

}  // namespace heed::app
