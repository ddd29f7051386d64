#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "casework/context.h"
#include "casework/ports.h"

/// What parties write to us is assessed as posts are. Words that threaten life become an item of a case of their own:
/// claimable by itself, with the clock of a threat, seen by one reviewer at once. Whoever the words were about is no
/// party of that case, and no page, notice or file of anybody else leads to it.
namespace heed::casework {

/// What the assessment says of them; made before the command (EvidenceRoom::hear), since commands do not evaluate.
using Heard = Evaluator::Finding;

enum class WordsAs : std::uint8_t { Message, Appeal, Evidence };

struct Spoken {
  CaseId said_in;
  int party = 0;
  WordsAs as{};
  std::string_view text;
  const Heard& heard;
};

/// Open items of one person's words at most; more change nothing about who looks first.
inline constexpr int kWordsItemsMax = 50;

/// The queue of cases that only few may open; what is said in one is looked at there, too.
inline constexpr char kSealedRoute[] = "sealed";

/// The case that holds the words now. Nothing when they are no threat, or when they bring forward the case that they
/// were said in. One person's words share one open case; the same words again change nothing.
Result<std::optional<CaseId>> raise_words(Context& context, const Spoken& spoken);

/// Do these words bring the case forward that they were said in, rather than open one of their own? Those of a reporter
/// or target do, while that case can be claimed. Not those of whoever is an author in it, and no appeal: that comes
/// when the case is decided.
bool brings_forward(const CaseRow& row, const PartyRow& party, const Heard& heard);

}  // namespace heed::casework
