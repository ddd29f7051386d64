#include "match/pattern_set.h"

#include <fmt/format.h>
#include <re2/filtered_re2.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <numeric>

#include "base/bytes.h"
#include "match/gram_index.h"

namespace heed::match {
namespace {

constexpr double kRareShare = 1e-5;        ///< of the bytes of ordinary text: one post in a thousand
constexpr std::size_t kAtomBytesMax = 64;  ///< more of an atom is not looked at; the pattern itself decides
constexpr std::size_t kLongAtom = 4;
constexpr std::size_t kAtomsMax = 64;      ///< of one pattern; with more it goes into a set
constexpr std::uint32_t kClausesMax = 4;   ///< of one pattern; more tell little
constexpr std::size_t kDoublesMax = 4096;  ///< candidates before doubles are taken out

/// Ordinary text, for RE2 to build the states that ordinary text needs.
constexpr std::array<std::string_view, 6> kOrdinary = {
    "i think we should all go home now and talk about this tomorrow, what do you say? it's 5pm and i'm tired "
    "of it all.",
    "the new update is great but why would you remove the dark mode... please bring it back!! #feedback "
    "@support 100%",
    "you are so stupid, nobody wants you here. go back to where you came from and never post again, you "
    "absolute clown",
    "check https://www.example.org/page?id=12345&ref=abc for the details; call +1 555-0100 or mail "
    "info@example.org today",
    "Ich weiss nicht, was das soll. Warum schreibst du so etwas? Je ne comprends pas du tout; no entiendo "
    "nada, amigo.",
    "lol omg that was funny 😂😂 can't wait for next week's game vs. the others (2-1), $20 says we win it "
    "again, haha"};

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

RE2::Options options(std::int64_t memory) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(memory);
  return options;
}

/// Letters above ASCII whose lower case or case twin is in ASCII, k and s: RE2's atoms hold the twin.
bool hides_letters(std::string_view text) {
  return text.find("\xC5\xBF") != std::string_view::npos || text.find("\xE2\x84\xAA") != std::string_view::npos;
}

/// Whether a pattern may match one of these: it has flags, or names letters above ASCII.
bool may_name_twins(std::string_view pattern) {
  return pattern.find("(?") != std::string_view::npos || pattern.find("\\x") != std::string_view::npos ||
         std::any_of(pattern.begin(), pattern.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

bool is_usable(std::string_view atom) {
  return atom.size() >= GramIndex::kAtomBytesMin &&
         std::all_of(atom.begin(), atom.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// What RE2 knows of a pattern's letters, as clauses: every text that it matches has an atom of each clause.
class Needs {
 public:
  using Clause = std::vector<std::string>;

  explicit Needs(const std::string& regex) : filter_(static_cast<int>(GramIndex::kAtomBytesMin)) {
    int id = 0;
    if (filter_.Add(piece(regex), options(PatternSet::kMemoryPerPattern), &id) == RE2::NoError) {
      filter_.Compile(&atoms_);
    }
  }

  /// At most kClausesMax, the ones that ordinary text has least; none when RE2 knows no letters.
  std::vector<Clause> clauses() {
    std::vector<Clause> out;
    if (atoms_.empty() || atoms_.size() > kAtomsMax) {
      return out;
    }
    std::vector<bool> left(atoms_.size());
    for (std::size_t a = 0; a < atoms_.size(); ++a) {
      left[a] = is_usable(atoms_[a]);
    }
    std::vector<double> shares;
    while (out.size() < kAtomsMax) {
      kept_ = left;
      if (!needed()) {
        break;
      }
      shrink();
      Clause& clause = out.emplace_back();
      double share = 0;
      for (std::size_t a = 0; a < atoms_.size(); ++a) {
        if (kept_[a]) {
          left[a] = false;
          clause.push_back(atoms_[a].substr(0, kAtomBytesMax));
          share += GramIndex::share(clause.back());
        }
      }
      shares.push_back(share);
    }
    std::vector<std::size_t> order(out.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return shares[a] < shares[b]; });
    // Short atoms are in most texts; they are looked for only where a pattern has nothing better.
    const auto is_long = [&](std::size_t c) {
      return std::all_of(out[c].begin(), out[c].end(),
                         [](const std::string& atom) { return atom.size() >= kLongAtom; });
    };
    if (std::any_of(order.begin(), order.end(), is_long)) {
      std::erase_if(order, [&](std::size_t c) { return !is_long(c); });
    }
    std::vector<Clause> best;
    for (std::size_t at = 0; at < order.size() && at < kClausesMax; ++at) {
      // Beside rare letters, common ones spare hardly a trial, and finding them in every post for every pattern costs.
      if (at > 0 && shares[order[0]] < kRareShare) {
        break;
      }
      best.push_back(std::move(out[order[at]]));
    }
    return best;
  }

 private:
  /// Whether no text matches that has none of the kept atoms, and all others.
  bool needed() {
    present_.clear();
    for (std::size_t a = 0; a < atoms_.size(); ++a) {
      if (!kept_[a]) {
        present_.push_back(static_cast<int>(a));
      }
    }
    possible_.clear();
    filter_.AllPotentials(present_, &possible_);
    return possible_.empty();
  }
  /// Leaves out of kept_ what can be left out, the commonest first.
  void shrink() {
    std::vector<std::size_t> order;
    for (std::size_t a = 0; a < atoms_.size(); ++a) {
      if (kept_[a]) {
        order.push_back(a);
      }
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return GramIndex::share(atoms_[a]) > GramIndex::share(atoms_[b]);
    });
    for (std::size_t a : order) {
      kept_[a] = false;
      kept_[a] = !needed();
    }
  }

  re2::FilteredRE2 filter_;
  std::vector<std::string> atoms_;
  std::vector<bool> kept_;
  std::vector<int> present_, possible_;
};

/// What GramIndex tells: a pattern and one of its clauses.
std::uint32_t mark(std::uint32_t number, std::size_t clause) {
  return number * kClausesMax + static_cast<std::uint32_t>(clause);
}

}  // namespace

struct PatternSet::Impl {
  /// Patterns that need no letters.
  struct Set {
    std::unique_ptr<RE2::Set> set;
    std::vector<std::uint32_t> numbers;
  };
  std::vector<std::unique_ptr<RE2>> regexes;  ///< by number; null for literals
  std::vector<std::uint32_t> alone;           ///< tried at every text: no set could hold them
  std::vector<std::uint32_t> case_blind;      ///< have atoms, which a text may hide
  std::vector<std::uint8_t> clauses;          ///< by number: how many
  std::vector<Set> sets;
  GramIndex grams;
  std::uint64_t splits = 0;
  mutable std::atomic<std::uint64_t> exhausted = 0;

  void put_sets(const std::vector<Pattern>& patterns, std::vector<std::uint32_t> numbers);
};

PatternSet::PatternSet() : impl_(std::make_unique<Impl>()) {}
PatternSet::~PatternSet() = default;

void PatternSet::Impl::put_sets(const std::vector<Pattern>& patterns, std::vector<std::uint32_t> numbers) {
  if (numbers.size() < 2) {
    alone.insert(alone.end(), numbers.begin(), numbers.end());
    return;
  }
  bool holds = numbers.size() <= kSetMax;
  if (holds) {
    Set set{std::make_unique<RE2::Set>(options(kMemoryPerSet), RE2::UNANCHORED), numbers};
    for (std::uint32_t number : numbers) {
      holds = holds && set.set->Add(piece(patterns[number].text), nullptr) >= 0;
    }
    holds = holds && set.set->Compile();
    std::vector<int> fired;
    for (std::string_view text : kOrdinary) {
      RE2::Set::ErrorInfo error{RE2::Set::kNoError};
      if (holds && !set.set->Match(piece(text), &fired, &error)) {
        holds = error.kind == RE2::Set::kNoError;
      }
    }
    if (holds) {
      sets.push_back(std::move(set));
      return;
    }
  }
  ++splits;
  const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
  put_sets(patterns, {numbers.begin(), middle});
  put_sets(patterns, {middle, numbers.end()});
}

Result<std::shared_ptr<const PatternSet>> PatternSet::make(std::vector<Pattern> patterns) {
  if (patterns.size() > kPatternsMax) {
    return fail(Code::TooLarge, fmt::format("more than {} patterns", kPatternsMax));
  }
  std::shared_ptr<PatternSet> out(new PatternSet());
  Impl& impl = *out->impl_;
  std::vector<FieldError> faults;
  std::vector<std::uint32_t> unfiltered;
  for (std::uint32_t number = 0; number < patterns.size(); ++number) {
    const Pattern& pattern = patterns[number];
    const auto fault = [&](std::string detail) { faults.push_back({std::to_string(number), std::move(detail)}); };
    auto& regex = impl.regexes.emplace_back();
    impl.clauses.push_back(0);
    if (pattern.text.empty() || pattern.text.size() > kPatternBytesMax || !valid_utf8(pattern.text)) {
      fault(fmt::format("must be UTF-8 of 1 to {} bytes", kPatternBytesMax));
      continue;
    }
    if (pattern.kind == Pattern::Kind::Literal) {
      if (pattern.text.size() < GramIndex::kAtomBytesMin) {
        impl.alone.push_back(number);
      } else {
        impl.grams.add(std::string_view(pattern.text).substr(0, kAtomBytesMax), mark(number, 0));
        impl.clauses.back() = 1;
      }
      continue;
    }
    regex = std::make_unique<RE2>(pattern.text, options(kMemoryPerPattern));
    if (!regex->ok()) {
      fault(regex->error());
      continue;
    }
    const std::vector<Needs::Clause> clauses = Needs(pattern.text).clauses();
    for (std::size_t c = 0; c < clauses.size(); ++c) {
      for (const std::string& atom : clauses[c]) {
        impl.grams.add(atom, mark(number, c));
      }
    }
    impl.clauses.back() = static_cast<std::uint8_t>(clauses.size());
    if (clauses.empty()) {
      unfiltered.push_back(number);
    } else if (may_name_twins(pattern.text)) {
      impl.case_blind.push_back(number);
    }
  }
  if (!faults.empty()) {
    std::string message = "patterns have faults:";
    for (const FieldError& found : faults) {
      message += fmt::format("\n{}: {}", found.pointer, found.detail);
    }
    return fail(Code::InvalidInput, std::move(message), std::move(faults));
  }
  impl.grams.finish();
  impl.put_sets(patterns, std::move(unfiltered));
  out->patterns_ = std::move(patterns);
  return std::shared_ptr<const PatternSet>(std::move(out));
}

bool PatternSet::matches(std::uint32_t pattern, std::string_view text) const {
  const auto& regex = impl_->regexes[pattern];
  return regex != nullptr ? regex->Match(piece(text), 0, text.size(), RE2::UNANCHORED, nullptr, 0)
                          : text.find(patterns_[pattern].text) != std::string_view::npos;
}

void PatternSet::scan(std::string_view text, std::vector<std::uint32_t>& fired) const {
  fired.clear();
  if (patterns_.empty()) {
    return;
  }
  const auto drop_doubles = [&] {
    std::sort(fired.begin(), fired.end());
    fired.erase(std::unique(fired.begin(), fired.end()), fired.end());
  };
  std::size_t bound = kDoublesMax;
  impl_->grams.scan(text, [&](std::uint32_t number) {
    if (fired.empty() || fired.back() != number) {
      fired.push_back(number);
    }
    if (fired.size() >= bound) {
      drop_doubles();
      bound = 2 * fired.size() + kDoublesMax;
    }
  });
  drop_doubles();
  // Patterns of which every clause was seen.
  std::size_t kept = 0;
  for (std::size_t at = 0; at < fired.size();) {
    const std::uint32_t number = fired[at] / kClausesMax;
    std::size_t end = at;
    while (end < fired.size() && fired[end] / kClausesMax == number) {
      ++end;
    }
    if (end - at == impl_->clauses[number]) {
      fired[kept++] = number;
    }
    at = end;
  }
  fired.resize(kept);
  fired.insert(fired.end(), impl_->alone.begin(), impl_->alone.end());
  if (!impl_->case_blind.empty() && hides_letters(text)) [[unlikely]] {
    fired.insert(fired.end(), impl_->case_blind.begin(), impl_->case_blind.end());
  }
  if (fired.size() > kept) {
    drop_doubles();
  }
  fired.erase(std::remove_if(fired.begin(), fired.end(), [&](std::uint32_t number) { return !matches(number, text); }),
              fired.end());
  const std::size_t filtered = fired.size();
  for (const Impl::Set& set : impl_->sets) {
    RE2::Set::ErrorInfo error{RE2::Set::kNoError};
    // Without a vector RE2 stops at the first match and allocates nothing; most texts match none.
    if (set.set->Match(piece(text), nullptr, &error)) {
      std::vector<int> found;
      if (set.set->Match(piece(text), &found, &error)) {
        for (int index : found) {
          fired.push_back(set.numbers[static_cast<std::size_t>(index)]);
        }
        continue;
      }
    }
    if (error.kind != RE2::Set::kNoError) {
      impl_->exhausted.fetch_add(1, std::memory_order_relaxed);
      for (std::uint32_t number : set.numbers) {
        if (matches(number, text)) {
          fired.push_back(number);
        }
      }
    }
  }
  if (fired.size() > filtered) {
    std::sort(fired.begin(), fired.end());
  }
}

bool PatternSet::find(std::uint32_t pattern, std::string_view text, std::size_t from, Span& out) const {
  if (from > text.size()) {
    return false;
  }
  if (const auto& regex = impl_->regexes[pattern]) {
    re2::StringPiece match;
    if (!regex->Match(piece(text), from, text.size(), RE2::UNANCHORED, &match, 1)) {
      return false;
    }
    out.begin = static_cast<std::size_t>(match.data() - text.data());
    out.end = out.begin + match.size();
    return true;
  }
  const std::size_t at = text.find(patterns_[pattern].text, from);
  out = {at, at + patterns_[pattern].text.size()};
  return at != std::string_view::npos;
}

void PatternSet::warm() const {
  std::vector<std::uint32_t> fired;
  for (std::string_view text : kOrdinary) {
    scan(text, fired);
    for (std::uint32_t number = 0; number < patterns_.size(); ++number) {
      (void)matches(number, text);
    }
  }
}

PatternSet::Counters PatternSet::counters() const {
  return {impl_->exhausted.load(std::memory_order_relaxed), impl_->splits};
}

}  // namespace heed::match
