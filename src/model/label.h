#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace heed::model {

/// What a post is judged for; the order is that of every array of seven here, in files and in training data.
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
/// Labels that ask which words a post has, and not what is meant by them: they hold for words in quotation
/// marks, too.
inline constexpr bool is_literal(std::size_t label) {
  return label == static_cast<std::size_t>(Label::Profanity) ||
         label == static_cast<std::size_t>(Label::SexuallyExplicit);
}
inline constexpr std::array<std::string_view, kLabels> kLabelNames = {
    "toxicity", "severe_toxicity", "identity_attack", "insult", "profanity", "threat", "sexually_explicit"};

inline constexpr std::size_t index(Label label) { return static_cast<std::size_t>(label); }
inline constexpr std::string_view label_name(Label label) { return kLabelNames[index(label)]; }

}  // namespace heed::model
