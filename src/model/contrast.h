#pragma once
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/sample.h"

namespace heed::model {

/// Samples from wordings that differ in little else than whether they attack people: models/contrast.tsv,
/// three columns label, kind, text. A text with {groups}, {a_group} or {adj} ("muslims", "a muslim",
/// "muslim") becomes twenty samples, each about another of forty groups, so that which group it is tells
/// nothing. A text with {claim} frames lines of label 1 that name a group ("nobody should believe that
/// {claim}"): sixty of them. Lines `slot name one|two|…` give values for {name}: a text with such slots
/// becomes 24 samples. All is drawn the same way every time. Toxicity, identity_attack and threat are known,
/// insult and severe_toxicity where the kind says so ("menace" threatens whoever it is, "threat" a group);
/// the rest is not. InvalidInput names the line.
Result<std::vector<Sample>> parse_contrast(std::string_view tsv);

}  // namespace heed::model
