#include "assess/assessor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assess/address.h"
#include "assess/context.h"
#include "match/matcher.h"
#include "policy/builtin.h"
#include "text/fold.h"
#include "text/token.h"
#include "text/unmask.h"

namespace heed::assess {
namespace {

/// More findings than this in one post change nothing.
constexpr std::size_t kSignalsMax = 64;
/// Words that are quoted, attributed or spoken against: a threat stays visible to whoever gets a report about it, but
/// opens nothing by itself; any other find counts for little.
constexpr double kReportedThreatMax = 0.6;
constexpr double kReportedFactor = 0.4;
constexpr double kPlayMax = 0.6;
constexpr double kNegatedFactor = 0.3;
/// A threat with a warning sign beside it.
constexpr double kConcreteBonus = 0.02;

constexpr std::string_view kAddressCategory = "private_information";
constexpr std::string_view kAddressGroup = "home_address";
constexpr std::string_view kAddressSource = "detector:address";
constexpr std::string_view kAddressVersion = "1";
constexpr double kAddressAtHome = 0.9, kAddressWithPostcode = 0.95, kAddressUnclear = 0.6;
constexpr std::uint32_t kHomeReach = 15, kOwnReach = 8, kBareAddressTokens = 14;

double rounded(double score) { return std::round(score * 1000) / 1000; }

}  // namespace

class Scratch {
 public:
  text::Folded folded;
  std::vector<text::Token> tokens;
  text::Readings readings;
  text::UnmaskScratch unmasking;
  std::vector<match::Match> matches;
  std::vector<Address> addresses;
  Context context;
  std::vector<std::size_t> last_of_clause;  ///< index + 1 of the clause's newest signal; by clause
  std::vector<std::uint32_t> signs;         ///< indices into matches
};

void ScratchDeleter::operator()(Scratch* scratch) const { delete scratch; }

struct Assessor::Impl {
  struct Meaning {
    const policy::Clause* clause = nullptr;
    std::size_t clause_index = 0;
    Cue cue = Cue::None;
    bool finds = false;  ///< becomes a signal
  };
  struct Source {
    std::string name, version;
    std::vector<Meaning> meanings;  ///< by entry
  };

  std::shared_ptr<const policy::Policy> policy;
  std::shared_ptr<const match::Matcher> matcher;
  std::vector<Source> sources;  ///< by list
  const policy::Clause* address_clause = nullptr;

  void assess(std::string_view text, Time when, bool aimed, Scratch& s, Assessment& out) const;
  void judge(const match::Match& match, Scratch& s, Assessment& out) const;
  void put_signs(Scratch& s, Assessment& out) const;
  void put_addresses(bool aimed, Scratch& s, Assessment& out) const;
};

Assessor::Assessor() : impl_(std::make_unique<Impl>()) {}
Assessor::~Assessor() = default;

Result<std::shared_ptr<const Assessor>> Assessor::make(
    std::shared_ptr<const policy::Policy> policy, const std::vector<std::pair<std::string, std::string>>& lists) {
  std::vector<FieldError> faults;
  std::vector<match::TermList> parsed;
  for (const auto& [name, tsv] : lists) {
    auto list = match::parse_term_list(name, tsv);
    if (list) {
      parsed.push_back(*std::move(list));
    } else {
      std::move(list.error().fields.begin(), list.error().fields.end(), std::back_inserter(faults));
    }
  }
  std::shared_ptr<Assessor> assessor(new Assessor());
  Impl& impl = *assessor->impl_;
  impl.policy = std::move(policy);
  const auto& clauses = impl.policy->clauses;
  for (const match::TermList& list : parsed) {
    Impl::Source& source = impl.sources.emplace_back();
    source.name = "list:" + list.name;
    source.version = list.version;
    for (const match::TermEntry& entry : list.entries) {
      Impl::Meaning& meaning = source.meanings.emplace_back();
      const std::string pointer = fmt::format("{}:{}", list.name, entry.line);
      if (entry.category.substr(0, 8) == "context.") {
        meaning.cue = cue_of(entry.category);
        if (meaning.cue == Cue::None && entry.category != match::Matcher::kFiller) {
          faults.push_back({pointer, "category: no such context; see policies/README.md"});
        }
        continue;
      }
      meaning.finds = true;
      meaning.clause = entry.clause.empty() ? impl.policy->for_category(entry.category) : impl.policy->find(entry.clause);
      if (meaning.clause == nullptr) {
        faults.push_back({pointer, entry.clause.empty() ? "category: no clause of the policy lists it; name a clause"
                                                        : "clause: the policy has no such clause"});
        continue;
      }
      meaning.clause_index = static_cast<std::size_t>(meaning.clause - clauses.data());
    }
  }
  if (faults.empty()) {
    auto matcher = match::Matcher::make(std::move(parsed));
    if (matcher) {
      impl.matcher = *std::move(matcher);
    } else {
      faults = std::move(matcher.error().fields);
      if (faults.empty()) {
        return tl::unexpected(std::move(matcher).error());
      }
    }
  }
  if (!faults.empty()) {
    std::string message = "the term lists have faults:";
    for (const FieldError& fault : faults) {
      message += "\n" + fault.pointer + ": " + fault.detail;
    }
    return fail(Code::InvalidInput, std::move(message), std::move(faults));
  }
  impl.address_clause = impl.policy->for_category(kAddressCategory);
  return std::shared_ptr<const Assessor>(std::move(assessor));
}

std::shared_ptr<const Assessor> Assessor::make_default(std::shared_ptr<const policy::Policy> policy) {
  std::vector<std::pair<std::string, std::string>> lists;
  for (const policy::BuiltinFile& file : policy::default_policy_files("lists/")) {
    const std::string_view name = file.name.substr(6, file.name.size() - 6 - 4);  // "lists/", ".tsv"
    lists.emplace_back(std::string(name), std::string(file.bytes));
  }
  auto assessor = make(std::move(policy), lists);
  HEED_ASSERT(assessor && "the built-in lists fit the policy; the test of the default pack says what is wrong");
  return *std::move(assessor);
}

std::unique_ptr<Scratch, ScratchDeleter> Assessor::scratch() const {
  return std::unique_ptr<Scratch, ScratchDeleter>(new Scratch());
}

void Assessor::first_stage(const post::Post& post, Scratch& scratch, Assessment& out) const {
  const bool aimed = !post.mentions.empty() || post.reply_to.present() || post.quote_of.present();
  impl_->assess(post.text, post.created_at, aimed, scratch, out);
}

void Assessor::second_stage(const post::Post&, Assessment&) const {}

void Assessor::assess_text(std::string_view text, Scratch& scratch, Assessment& out, Time when) const {
  impl_->assess(text, when, false, scratch, out);
}

const policy::Policy& Assessor::policy() const { return *impl_->policy; }

void Assessor::Impl::assess(std::string_view text, Time when, bool aimed, Scratch& s, Assessment& out) const {
  out.clear();
  text::fold(text, s.folded);
  text::tokenize(s.folded.text, s.tokens);
  text::unmask(s.folded.text, s.tokens, &matcher->vocabulary(), s.unmasking, s.readings);
  matcher->scan(s.folded.text, s.tokens, s.readings, when, s.matches);
  find_addresses(s.folded.text, s.tokens, s.addresses);
  if (s.matches.empty() && s.addresses.empty()) {
    return;
  }
  s.context.start(s.folded.text, s.tokens);
  s.signs.clear();
  s.last_of_clause.assign(policy->clauses.size(), 0);
  for (std::uint32_t m = 0; m < s.matches.size(); ++m) {
    const match::Match& match = s.matches[m];
    const Cue cue = sources[match.list].meanings[match.entry].cue;
    if (cue != Cue::None) {
      s.context.put(cue, match.first_token, match.last_token);
      if (cue == Cue::Sign) {
        s.signs.push_back(m);
      }
    }
  }
  for (const match::Match& match : s.matches) {
    if (sources[match.list].meanings[match.entry].finds && out.signals.size() < kSignalsMax) {
      judge(match, s, out);
    }
  }
  put_signs(s, out);
  put_addresses(aimed, s, out);
  conclude(*policy, out);
}

void Assessor::Impl::judge(const match::Match& match, Scratch& s, Assessment& out) const {
  const Source& source = sources[match.list];
  const Meaning& meaning = source.meanings[match.entry];
  const match::TermEntry& entry = matcher->lists()[match.list].entries[match.entry];
  const bool threat = meaning.clause->lane == policy::Lane::Life;
  double score = entry.score;
  if (s.context.idiom(match.first_token, match.last_token)) {
    return;
  }
  if (s.context.negated(match.first_token)) {
    score *= kNegatedFactor;
  } else if (s.context.reported(match.first_token, match.last_token)) {
    score = threat ? std::min(score, kReportedThreatMax) : score * kReportedFactor;
  } else if (threat && s.context.has(Cue::Play)) {
    score = std::min(score, kPlayMax);
  }
  if (score < meaning.clause->flag_at) {
    return;
  }
  const std::uint32_t start = s.folded.original_start(match.begin);
  const std::uint32_t end = s.folded.original_end(match.end);
  // Of finds that lie inside one another only the weightier is told.
  std::size_t& last = s.last_of_clause[meaning.clause_index];
  Signal* signal = nullptr;
  if (last != 0) {
    Signal& before = out.signals[last - 1];
    if (before.start <= start && end <= before.end && score <= before.score) {
      return;
    }
    if (start <= before.start && before.end <= end && before.score <= score) {
      signal = &before;
    }
  }
  if (signal == nullptr) {
    signal = &out.add();
    last = out.signals.size();
  }
  signal->category = entry.category;
  signal->group = entry.group;
  signal->score = score;
  signal->source = source.name;
  signal->version = source.version;
  signal->clause = meaning.clause->id;
  signal->start = start;
  signal->end = end;
}

void Assessor::Impl::put_signs(Scratch& s, Assessment& out) const {
  // Signs count beside a finding that would open a case, and only where the clause asks for them.
  const policy::Clause* clause = nullptr;
  for (const Signal& signal : out.signals) {
    const policy::Clause* candidate = policy->find(signal.clause);
    if (candidate->severity_concrete > 0 && signal.score >= candidate->review_at &&
        (clause == nullptr || candidate->severity > clause->severity)) {
      clause = candidate;
    }
  }
  if (clause == nullptr || s.signs.empty()) {
    return;
  }
  for (Signal& signal : out.signals) {
    if (signal.clause == clause->id && signal.score >= clause->review_at) {
      signal.score = rounded(std::min(1.0, signal.score + kConcreteBonus));
    }
  }
  for (std::uint32_t m : s.signs) {
    if (out.signals.size() >= kSignalsMax) {
      break;
    }
    const match::Match& match = s.matches[m];
    const match::TermEntry& entry = matcher->lists()[match.list].entries[match.entry];
    Signal& signal = out.add();
    signal.category = kWarningSign;
    signal.group = entry.group;
    signal.score = entry.score;
    signal.source = sources[match.list].name;
    signal.version = sources[match.list].version;
    signal.clause = clause->id;
    signal.start = s.folded.original_start(match.begin);
    signal.end = s.folded.original_end(match.end);
  }
}

void Assessor::Impl::put_addresses(bool aimed, Scratch& s, Assessment& out) const {
  if (s.addresses.empty() || address_clause == nullptr) {
    return;
  }
  bool threat = false;
  for (const Signal& signal : out.signals) {
    const policy::Clause* clause = policy->find(signal.clause);
    threat = threat || (clause->lane == policy::Lane::Life && signal.score >= clause->review_at);
  }
  for (const Address& address : s.addresses) {
    const bool home = s.context.near(Cue::Home, address.first, address.last, kHomeReach);
    const bool own = s.context.near(Cue::Own, address.first, address.last, kOwnReach);
    double score = 0;
    if ((home || threat) && !own) {
      score = address.postcode ? kAddressWithPostcode : kAddressAtHome;
    } else if ((home && own) || (aimed && !own && s.tokens.size() <= kBareAddressTokens)) {
      score = kAddressUnclear;
    }
    if (score < address_clause->flag_at || out.signals.size() >= kSignalsMax) {
      continue;
    }
    Signal& signal = out.add();
    signal.category = kAddressCategory;
    signal.group = kAddressGroup;
    signal.score = score;
    signal.source = kAddressSource;
    signal.version = kAddressVersion;
    signal.clause = address_clause->id;
    signal.start = s.folded.original_start(s.tokens[address.first].begin);
    signal.end = s.folded.original_end(s.tokens[address.last].end);
  }
}

}  // namespace heed::assess
