#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "access/principal.h"
#include "base/clock.h"
#include "casework/settle_alike.h"

/// Who writes to us in the words of many. Ten thousand reports or appeals out of one template are taken and answered
/// each, and stand together behind whoever wrote in words of their own: what a template declares moves nothing, what
/// the posts themselves say moves as ever. Numbers never decide (docs/moderator/queue.md).
namespace heed::casework {

/// From so many people on, the same words within a day are a template. Few enough that those before cannot hide
/// anybody, many enough for a family, a class or an office that helps one person.
inline constexpr int kTemplatePeople = 20;

/// Remembers the texts of a day by their shingles (Sketch), so that another name, number or link in a template makes no
/// new text. Counts people, not texts: whoever pastes one sentence into sixty reports is one. Bounded: the oldest text
/// is forgotten; of each at most kTemplatePeople people are remembered. Nothing is stored: after a start the count
/// begins anew. The writer's thread only.
class SameWords {
 public:
  explicit SameWords(std::size_t texts_max = 20'000) : texts_max_(texts_max), book_(texts_max) {}

  /// How many have written `text` or nearly that in the 24 hours since the first of them, this one included; 0 unless
  /// it is a template by now. A text of fewer than AlikeBook::kShinglesMin shingles (seven words) never is: few words
  /// that many people say are no template.
  int count(std::string_view text, const access::PersonHash& person, Time now);
  std::size_t size() const { return texts_.size(); }

 private:
  struct Text {
    Time since{};
    int people = 0;
    std::vector<access::PersonHash> first;  ///< the first kTemplatePeople; who comes later counts each time
  };
  struct Hash {
    std::size_t operator()(const ItemId& id) const;
  };
  const std::size_t texts_max_;
  std::uint64_t next_ = 0;
  AlikeBook book_;  ///< under ids of our own that count up
  std::unordered_map<ItemId, Text, Hash> texts_;
  std::deque<ItemId> order_;
};

}  // namespace heed::casework
