#pragma once
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/sample.h"

namespace heed::model {

/// Samples from wordings that differ in little else than whether they attack people: models/contrast.tsv,
/// three columns label, kind, text. A text with {groups} becomes a sample for each of some twenty groups, so
/// that which group it is tells nothing. A text with {claim} frames lines of label 1 that have {groups}
/// ("nobody should believe that {claim}"): sixty of them, drawn with their groups the same way every time.
/// Toxicity and identity_attack are known, threat and insult where the kind says so; the rest is not.
/// InvalidInput names the line.
Result<std::vector<Sample>> parse_contrast(std::string_view tsv);

}  // namespace heed::model
