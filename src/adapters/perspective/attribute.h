#pragma once
#include <optional>
#include <string_view>

#include "adapters/scorer.h"

namespace heed::adapters::perspective {

/// The label that answers an attribute; nothing for one that no label of ours means. A name may carry
/// "@version". Served: TOXICITY, SEVERE_TOXICITY, IDENTITY_ATTACK, INSULT, PROFANITY, THREAT, each also with
/// _EXPERIMENTAL; SEXUALLY_EXPLICIT; TOXICITY_FAST, which was the same question answered faster.
std::optional<Label> label_of(std::string_view attribute);

}  // namespace heed::adapters::perspective
