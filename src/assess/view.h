#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assess/address.h"
#include "assess/book.h"
#include "assess/context.h"
#include "match/scanner.h"
#include "model/classifier.h"
#include "post/post.h"
#include "rule/environment.h"
#include "stream/windows.h"
#include "text/language.h"

namespace heed::assess {

/// What a rule may name, in the order of the language's slots; docs/policy-author/rules.md says what each is. Neither
/// fame (followers, verification, reach) nor how often something was reported is among them, and never will be.
enum class Attribute : rule::Slot {
  Text,
  Folded,
  Kind,
  Lang,
  Language,
  At,
  Mentions,
  Links,
  LinkHosts,
  IsReply,
  IsQuote,
  Media,
  Words,
  Capitals,
  Stretched,
  Evasions,
  Addresses,
  Emoji,
  Attributes,
  AuthorAgeDays,
  AuthorKnown,
  ScoresKnown,
  FirstScore  ///< and six more, in the order of model::Label
};
inline constexpr std::size_t kAttributes = static_cast<std::size_t>(Attribute::FirstScore) + model::kLabels;
struct AttributeText {
  std::string_view name, sentence;
};
/// Name and meaning of every attribute, for help and documentation.
std::vector<AttributeText> attribute_texts();
/// "attribution", "objection", … as cue() takes them, and their numbers; context.h says what each is.
std::optional<Cue> cue_named(std::string_view name);
std::vector<std::string> cue_names();
/// Attributes and functions of rules; the functions' Call::context is a View.
std::shared_ptr<const rule::Environment> rule_environment();

/// One post as rules see it: filled by the assessor, read lazily. What it points to outlives the evaluation.
class View final : public rule::Activation {
 public:
  /// The weightiest find of a category after its context was judged; score 0: none.
  struct Best {
    double score = 0;
    std::string_view group;
    std::uint32_t begin = 0, end = 0;  ///< bytes of the folded text
  };
  struct PhraseHit {
    std::uint32_t phrase = 0, first_token = 0, last_token = 0, begin = 0, end = 0;
  };

  const Book* book = nullptr;
  const match::Prepared* prepared = nullptr;
  const match::Hits* hits = nullptr;
  const post::Post* post = nullptr;  ///< null for a text alone
  const model::Scores* scores = nullptr;
  const std::vector<Address>* addresses = nullptr;
  const stream::Seen* seen = nullptr;  ///< null in the first stage: what windows know comes later
  text::Language language = text::Language::Unknown;
  std::vector<Best> best;              ///< by category
  std::vector<std::uint8_t> lists;     ///< by list: whether any entry is in the post
  std::uint32_t cues = 0;              ///< bits by Cue: which stand in the post
  std::vector<PhraseHit> phrase_hits;  ///< in the order of the post

  /// Forgets the last post; sizes for `book`.
  void start(const Book& book);
  void note(std::uint32_t category, double score, std::string_view group, std::uint32_t begin, std::uint32_t end);

  rule::Value load(rule::Slot slot, rule::Arena& arena) const override;
  /// An integer or truth that rules are indexed by; 0 or 1 for a truth.
  std::int64_t count(Attribute attribute) const;
  const PhraseHit* find_phrase(std::uint32_t phrase) const;
  bool has_pattern(std::uint32_t number) const;
  bool near(std::uint32_t a, std::uint32_t b, std::int64_t words) const;

 private:
  rule::Value link_hosts(rule::Arena& arena) const;
  rule::Value attributes(rule::Arena& arena) const;
  std::int64_t age_days() const;
  std::int64_t tokens_of(text::Token::Kind kind) const;
  double capitals() const;
};

}  // namespace heed::assess
