#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "match/matcher.h"
#include "match/pattern_set.h"
#include "text/fold.h"
#include "text/token.h"
#include "text/unmask.h"

namespace heed::match {

/// A post made ready once for everything that reads its words. One a thread, reused: no allocation in steady
/// state.
struct Prepared {
  std::string_view original;
  text::Folded folded;
  std::vector<text::Token> tokens;
  text::Readings readings;
  text::UnmaskScratch scratch;
};

/// What one scan found.
struct Hits {
  std::vector<Match> terms;                    ///< of the lists; ordered as Matcher::scan says
  std::vector<std::uint32_t> folded_patterns;  ///< numbers, ascending
  std::vector<std::uint32_t> original_patterns;
};

/// The one scan: all lists, and all literals and patterns that rules registered, over one post. Rules ask in
/// numbers: the pattern they gave as n-th of a view is n in Hits. Immutable; any number of threads; swap a
/// new one in to reload.
class Scanner {
 public:
  struct Needs {
    std::vector<TermList> lists;
    std::vector<Pattern> folded;    ///< matched against folded text (lower case, no diacritics)
    std::vector<Pattern> original;  ///< matched against the post's own bytes
  };
  /// InvalidInput collects the faults of all three; pointers "list:line", "folded:number", "original:number".
  static Result<std::shared_ptr<const Scanner>> make(Needs needs);

  /// Fold, split, unmask. `text` must outlive what is done with `out`.
  void prepare(std::string_view text, Prepared& out) const;
  void scan(const Prepared& post, Time when, Hits& out) const;
  /// Before the first post: touches every table and fills RE2's caches.
  void warm() const;

  const Matcher& terms() const { return *terms_; }
  const PatternSet& folded_patterns() const { return *folded_; }
  const PatternSet& original_patterns() const { return *original_; }

 private:
  Scanner() = default;
  std::shared_ptr<const Matcher> terms_;
  std::shared_ptr<const PatternSet> folded_, original_;
};

}  // namespace heed::match
