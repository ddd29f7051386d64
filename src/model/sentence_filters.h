#pragma once
#include "model/sentence_net.h"

/// The network's inner loop: every filter over every place where it touches a word.
///
/// One loop for each width of register, as it is nearly all of what a second look costs. Lanes never mix and nothing is
/// fused, so all give the same bits.
namespace heed::model {

enum class Lanes : std::uint8_t { Four, Eight, Sixteen };
inline constexpr Lanes kLanes[] = {Lanes::Four, Lanes::Eight, Lanes::Sixteen};

/// Whether this machine has them.
bool has(Lanes lanes);
/// The most that this machine has.
Lanes best_lanes();

/// Fills `found`, before bias, and `at` out of `x`. The machine has the lanes.
void find_most(const SentenceWeights& weights, SentencePass& pass, Lanes lanes);

}  // namespace heed::model
