// Builds the automaton: a term becomes a small graph whose edges are words; the graphs of all terms are made
// deterministic together by the subset construction (Rabin and Scott 1959).
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <future>
#include <unordered_map>

#include "match/matcher.h"
#include "text/fold.h"

namespace heed::match {
namespace {

/// Words of context are read where they stand, but a slip is not taken for one.
constexpr std::string_view kContext = "context.";

struct Word {
  std::uint64_t hash;
  std::uint32_t index;
};
struct Step {
  std::uint64_t hash;
  std::uint32_t word, to;
  std::uint32_t next;  ///< the point's next step, in step_pool_; 0: none
};
struct Free {
  std::uint32_t to, next;  ///< as Step::next, in free_pool_
};
/// A point in a term's graph: tens of thousands, most of them with one step.
struct Point {
  std::uint32_t step = 0;  ///< in step_pool_
  std::uint32_t free = 0;  ///< in free_pool_: points reached without a word
  std::uint32_t end = 0;   ///< in ends_: what is found here; 0: nothing
};
/// The points that are one state, sorted, in set_pool_.
struct Set {
  std::uint32_t begin, size;
};

}  // namespace

class MatcherBuilder {
 public:
  explicit MatcherBuilder(Matcher& out) : out_(out) {
    points_.emplace_back();
    step_pool_.emplace_back();
    free_pool_.emplace_back();
    ends_.emplace_back();
  }

  std::vector<FieldError> faults;

  void add(std::uint32_t list, std::uint32_t entry) {
    const TermEntry& term = out_.lists_[list].entries[entry];
    const auto fault = [&](std::string detail) {
      faults.push_back({fmt::format("{}:{}", out_.lists_[list].name, term.line), "term: " + std::move(detail)});
    };
    auto parts = parse_term(term.term);
    if (!parts) {
      return fault(parts.error().message);
    }
    std::size_t shortest = 0;
    std::size_t longest = 0;
    std::uint32_t at = new_point();
    const std::uint32_t start = at;
    for (const auto& choices : *parts) {
      const std::uint32_t end = new_point();
      std::size_t least = SIZE_MAX;
      std::size_t most = 0;
      for (const std::string& choice : choices) {
        split(choice, term.category.substr(0, kContext.size()) != kContext);
        least = std::min(least, sequence_.size());
        most = std::max(most, sequence_.size());
        if (term.category == Matcher::kFiller) {
          for (const Word& word : sequence_) {
            out_.fillers_.push_back(word.hash);
          }
        }
        std::uint32_t from = at;
        for (std::size_t i = 0; i < sequence_.size(); ++i) {
          const std::uint32_t to = i + 1 == sequence_.size() ? end : new_point();
          add_step(from, sequence_[i], to);
          from = to;
        }
        if (sequence_.empty()) {
          add_free(at, end);
        }
      }
      shortest += least;
      longest += most;
      at = end;
    }
    if (shortest == 0 || longest > kPhraseTokensMax) {
      return fault(fmt::format("a phrase has 1 to {} words", kPhraseTokensMax));
    }
    if (term.category == Matcher::kFiller) {
      if (longest != 1) {
        fault("a filler is a single word");
      }
      return;
    }
    add_free(0, start);
    points_[at].end = static_cast<std::uint32_t>(ends_.size());
    ends_.push_back({list, entry, term.expires.value_or(Matcher::kNever)});
  }

  Result<void> determinise() {
    // Most steps become an edge each: room for them at once, instead of moving all of them a dozen times.
    const std::size_t steps = step_pool_.size() - 1;
    out_.edges_.resize(
        std::bit_ceil(std::max<std::size_t>(out_.edges_.size(), 2 * std::min(steps, Matcher::kEdgesMax))));
    alone_.assign(points_.size(), kNone);
    table_.assign(std::bit_ceil(std::max<std::size_t>(64, steps)), kNone);
    reached_.assign(1, 0);
    state_of_reached();
    for (std::size_t s = 0; s < sets_.size(); ++s) {
      steps_.clear();
      for (std::uint32_t i = 0; i < sets_[s].size; ++i) {
        for (std::uint32_t at = points_[set_pool_[sets_[s].begin + i]].step; at != 0; at = step_pool_[at].next) {
          steps_.push_back(step_pool_[at]);
        }
      }
      std::sort(steps_.begin(), steps_.end(),
                [](const Step& a, const Step& b) { return std::pair(a.word, a.to) < std::pair(b.word, b.to); });
      for (const Step& step : steps_) {
        out_.states_[s].next |= Matcher::next_bit(step.hash);
      }
      for (std::size_t i = 0; i < steps_.size();) {
        reached_.clear();
        const Step& step = steps_[i];
        for (; i < steps_.size() && steps_[i].word == step.word; ++i) {
          reached_.push_back(steps_[i].to);
        }
        put_edge({Matcher::edge_key(static_cast<std::uint32_t>(s), step.hash), 0, state_of_reached(), step.word});
        if (out_.edge_count_ > Matcher::kEdgesMax) {
          return fail(Code::TooLarge, fmt::format("the term lists give more than {} edges", Matcher::kEdgesMax));
        }
        if (s == 0) {
          const std::uint64_t bit = step.hash & (Matcher::kFirstBits - 1);
          out_.first_[bit / 64] |= 1ull << (bit % 64);
        }
      }
    }
    if (const std::size_t enough = std::bit_ceil(std::max<std::size_t>(1024, 2 * (out_.edge_count_ + 1)));
        enough < out_.edges_.size()) {
      move_edges(enough);  // phrases that begin alike share edges; scans want the table small
    }
    // States are known by now; a walk then sees at an edge whether its next word can go on, without a look at
    // the table.
    out_.edge_bits_.assign(std::bit_ceil(std::max<std::size_t>(64, 16 * out_.edge_count_)) / 64, 0);
    for (Matcher::Edge& edge : out_.edges_) {
      if (edge.key != 0) {
        edge.next = out_.states_[edge.to].next;
        const std::uint64_t bit = edge.key >> 24 & (out_.edge_bits_.size() * 64 - 1);
        out_.edge_bits_[bit / 64] |= 1ull << (bit % 64);
      }
    }
    return {};
  }

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  std::uint32_t new_point() {
    points_.emplace_back();
    return static_cast<std::uint32_t>(points_.size() - 1);
  }
  void add_step(std::uint32_t from, const Word& word, std::uint32_t to) {
    step_pool_.push_back({word.hash, word.index, to, points_[from].step});
    points_[from].step = static_cast<std::uint32_t>(step_pool_.size() - 1);
  }
  void add_free(std::uint32_t from, std::uint32_t to) {
    if (points_[from].free != 0 && free_pool_[points_[from].free].to == to) {
      return;  // two empty choices: ways would double at every part of the term
    }
    free_pool_.push_back({to, points_[from].free});
    points_[from].free = static_cast<std::uint32_t>(free_pool_.size() - 1);
  }

  /// The words of one choice, into sequence_.
  void split(std::string choice, bool weighty) {
    // A lone "@" is no handle; in a term it stands for any.
    for (std::size_t at = choice.find('@'); at != std::string::npos; at = choice.find('@', at + 1)) {
      if (at + 1 == choice.size() || choice[at + 1] == ' ') {
        choice.insert(at + 1, "x");
      }
    }
    text::fold(choice, folded_);
    text::tokenize(folded_.text, tokens_);
    sequence_.clear();
    for (const text::Token& token : tokens_) {
      std::string word =
          token.kind == text::Token::Kind::Handle ? "@" : folded_.text.substr(token.begin, token.end - token.begin);
      word.erase(std::remove(word.begin(), word.end(), '\''), word.end());
      auto [found, fresh] = word_index_.try_emplace(word, static_cast<std::uint32_t>(out_.words_.size()));
      if (token.kind == text::Token::Kind::Word) {
        out_.vocabulary_.add(word, weighty);
      }
      if (fresh) {
        out_.words_.push_back(std::move(word));
      }
      sequence_.push_back({token.hash, found->second});
    }
  }

  /// The state of the points in reached_ and all that are reached from them without a word.
  std::uint32_t state_of_reached() {
    if (reached_.size() == 1 && points_[reached_[0]].free == 0) {
      return state_of_one();
    }
    for (std::size_t i = 0; i < reached_.size(); ++i) {
      for (std::uint32_t at = points_[reached_[i]].free; at != 0; at = free_pool_[at].next) {
        reached_.push_back(free_pool_[at].to);
      }
    }
    std::sort(reached_.begin(), reached_.end());
    reached_.erase(std::unique(reached_.begin(), reached_.end()), reached_.end());
    if (reached_.size() == 1) {
      return state_of_one();
    }
    if (2 * (states_in_table_ + 1) > table_.size()) {
      grow_table();
    }
    std::size_t at = hash_of(reached_.data(), reached_.size()) & (table_.size() - 1);
    for (; table_[at] != kNone; at = (at + 1) & (table_.size() - 1)) {
      const Set& set = sets_[table_[at]];
      if (std::equal(reached_.begin(), reached_.end(), set_pool_.begin() + set.begin,
                     set_pool_.begin() + set.begin + set.size)) {
        return table_[at];
      }
    }
    ++states_in_table_;
    return table_[at] = new_state();
  }

  /// The tails of phrases: most states of all.
  std::uint32_t state_of_one() {
    std::uint32_t& known = alone_[reached_[0]];
    if (known == kNone) {
      known = new_state();
    }
    return known;
  }

  /// Of the points in reached_, sorted.
  std::uint32_t new_state() {
    Matcher::State& state = out_.states_.emplace_back();
    state.finds_begin = static_cast<std::uint32_t>(out_.finds_.size());
    for (std::uint32_t point : reached_) {
      if (points_[point].end != 0) {
        out_.finds_.push_back(ends_[points_[point].end]);
      }
    }
    state.finds_end = static_cast<std::uint32_t>(out_.finds_.size());
    std::sort(out_.finds_.begin() + state.finds_begin, out_.finds_.end());
    sets_.push_back({static_cast<std::uint32_t>(set_pool_.size()), static_cast<std::uint32_t>(reached_.size())});
    set_pool_.insert(set_pool_.end(), reached_.begin(), reached_.end());
    return static_cast<std::uint32_t>(out_.states_.size() - 1);
  }

  static std::size_t hash_of(const std::uint32_t* points, std::size_t size) {
    std::uint64_t hash = 0xcbf29ce484222325ull;
    for (std::size_t i = 0; i < size; ++i) {
      hash = (hash ^ points[i]) * 0x100000001b3ull;
    }
    return hash ^ hash >> 29;
  }
  void grow_table() {
    std::vector<std::uint32_t> old(table_.size() * 2, kNone);
    old.swap(table_);
    for (std::uint32_t state : old) {
      if (state != kNone) {
        std::size_t at = hash_of(set_pool_.data() + sets_[state].begin, sets_[state].size) & (table_.size() - 1);
        while (table_[at] != kNone) {
          at = (at + 1) & (table_.size() - 1);
        }
        table_[at] = state;
      }
    }
  }

  void put_edge(Matcher::Edge edge) {
    if (2 * (out_.edge_count_ + 1) > out_.edges_.size()) {
      move_edges(out_.edges_.size() * 2);
    }
    place(edge);
    ++out_.edge_count_;
  }
  void move_edges(std::size_t size) {
    std::vector<Matcher::Edge> old(size);
    old.swap(out_.edges_);
    for (const Matcher::Edge& moved : old) {
      if (moved.key != 0) {
        place(moved);
      }
    }
  }
  void place(const Matcher::Edge& edge) {
    const std::size_t mask = out_.edges_.size() - 1;
    std::size_t at = edge.key & mask;
    while (out_.edges_[at].key != 0) {
      at = (at + 1) & mask;
    }
    out_.edges_[at] = edge;
  }

  Matcher& out_;
  std::vector<Point> points_;  ///< 0 leads to the start of every term
  std::vector<Step> step_pool_;
  std::vector<Free> free_pool_;
  std::vector<Matcher::Find> ends_;
  std::vector<Set> sets_;  ///< by state
  std::vector<std::uint32_t> set_pool_;
  std::vector<std::uint32_t> alone_;  ///< by point: the state that is this point and no other; kNone: not yet
  std::vector<std::uint32_t> table_;  ///< states of several points, open addressing, a power of two
  std::size_t states_in_table_ = 0;
  std::vector<std::uint32_t> reached_;  ///< the points that a state is asked for
  std::unordered_map<std::string, std::uint32_t> word_index_;
  std::vector<Step> steps_;
  std::vector<Word> sequence_;
  text::Folded folded_;
  std::vector<text::Token> tokens_;
};

Result<std::shared_ptr<const Matcher>> Matcher::make(std::vector<TermList> lists) {
  auto matcher = std::shared_ptr<Matcher>(new Matcher());
  matcher->lists_ = std::move(lists);
  matcher->edges_.resize(1024);
  matcher->first_.resize(kFirstBits / 64);
  MatcherBuilder builder(*matcher);
  for (std::uint32_t list = 0; list < matcher->lists_.size(); ++list) {
    for (std::uint32_t entry = 0; entry < matcher->lists_[list].entries.size(); ++entry) {
      builder.add(list, entry);
    }
  }
  if (!builder.faults.empty()) {
    std::string message = "the term lists have faults:";
    for (const FieldError& fault : builder.faults) {
      message += "\n" + fault.pointer + ": " + fault.detail;
    }
    return fail(Code::InvalidInput, std::move(message), std::move(builder.faults));
  }
  // The two share nothing, and somebody waits for the lists to be ready.
  auto finished = std::async(std::launch::async, [&] { matcher->vocabulary_.finish(); });
  Result<void> determinised = builder.determinise();
  finished.get();
  TRY(std::move(determinised));
  std::sort(matcher->fillers_.begin(), matcher->fillers_.end());
  for (std::uint64_t hash : matcher->fillers_) {
    matcher->filler_bits_[hash >> 58] |= 1ull << (hash >> 52 & 63);
  }
  return std::shared_ptr<const Matcher>(std::move(matcher));
}

}  // namespace heed::match
