#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "ledger/table.h"

/// Which reported texts are the same or nearly the same: copied abuse, copied replies, one joke in a hundred posts.
namespace heed::casework {

/// What a text is compared by: keyed hashes of its shingles (three words in a row; fewer where it has fewer), the
/// smallest kKept of them. Words are folded (text::fold) and so without case, marks, styled letters; handles, links and
/// punctuation do not count, so the same words at somebody else are the same. Up to kKept shingles the Jaccard
/// coefficient of two sketches is exact, beyond that the usual estimate of the bottom-k sketch (Broder 1997).
class Sketch {
 public:
  static constexpr std::size_t kKept = 96;

  /// Linear. Empty for a text without words.
  static Sketch of(std::string_view text, std::uint64_t key);
  bool empty() const { return shingles_.empty(); }
  std::size_t size() const { return shingles_.size(); }
  const std::vector<std::uint32_t>& shingles() const { return shingles_; }
  /// All words in their order; equal for the same words, zero without any.
  std::uint64_t words() const { return words_; }
  /// 0 to 1: shared shingles of all shingles.
  double likeness(const Sketch& other) const;

 private:
  std::vector<std::uint32_t> shingles_;  ///< ascending, each once
  std::uint64_t words_ = 0;
};

/// The newest reported texts of this process, to find near copies among. Candidates come from eight bands of two
/// minima each (at a likeness of 0.7 a copy is found with 99.5 %, at 0.3 one in two is looked at in vain) and are
/// compared. Bounded; the oldest is forgotten; nothing is stored. The writer's thread only.
class AlikeBook {
 public:
  explicit AlikeBook(std::size_t items_max = 50'000) : items_max_(items_max) {}

  struct Match {
    ItemId item;
    double likeness = 0;
  };
  /// The most like text of at least kNear; none for a text of fewer than kShinglesMin shingles: three words that two
  /// people say are no copy.
  std::optional<Match> find(const Sketch& sketch) const;
  void add(ItemId item, Sketch sketch);
  void forget(ItemId item);
  std::size_t size() const { return items_.size(); }

  static constexpr double kNear = 0.7;
  static constexpr std::size_t kShinglesMin = 5;

 private:
  static constexpr std::size_t kBands = 8, kRows = 2;
  using Bands = std::array<std::uint64_t, kBands>;
  static Bands bands_of(const Sketch& sketch);
  struct Hash {
    std::size_t operator()(const ItemId& id) const;
  };

  const std::size_t items_max_;
  std::unordered_map<ItemId, Sketch, Hash> items_;
  std::unordered_multimap<std::uint64_t, ItemId> by_band_;
  std::deque<ItemId> order_;
};

}  // namespace heed::casework
