#include <algorithm>
#include <atomic>
#include <cmath>
#include <tuple>

#include "assess/assessor_parts.h"

namespace heed::assess {
namespace {

/// More findings than this in one post change nothing; each source leaves room for the next: lists, addresses, rules,
/// signs.
constexpr std::size_t kListSignalsMax = 44, kAddressSignalsMax = 48, kRuleSignalsMax = 56, kSignalsMax = 64;
/// Words that are quoted, attributed or spoken against: a threat stays visible to whoever gets a report about it, but
/// opens nothing by itself; any other find counts for little.
constexpr double kReportedThreatMax = 0.6;
constexpr double kReportedFactor = 0.4;
constexpr double kPlayMax = 0.6;
constexpr double kNegatedFactor = 0.3;
/// A threat with a warning sign beside it.
constexpr double kConcreteBonus = 0.02;

constexpr std::string_view kAddressGroup = "home_address";
constexpr std::string_view kAddressSource = "detector:address";
constexpr std::string_view kAddressVersion = "1";
/// Rules without actions stay this far below the score from which a machine acts.
constexpr double kBelowAct = 0.001;
constexpr double kAddressAtHome = 0.9, kAddressWithPostcode = 0.95, kAddressUnclear = 0.6;
constexpr std::uint32_t kHomeReach = 15, kOwnReach = 8, kBareAddressTokens = 14;

constexpr int kReadingsBits = 40;  // a scratch that reads a million posts a second would take twelve days

double rounded(double score) { return std::round(score * 1000) / 1000; }

std::pair<std::uint32_t, std::uint32_t> span_in(const text::Folded& folded, std::uint32_t begin, std::uint32_t end) {
  const auto [start, stop] = folded.original(begin, end);
  return {start, stop};
}

std::uint64_t first_reading() {
  static std::atomic<std::uint64_t> scratches{0};
  return ++scratches << kReadingsBits;
}

}  // namespace

Scratch::Scratch() : reading(first_reading()) {}

void ScratchDeleter::operator()(Scratch* scratch) const { delete scratch; }

Assessor::Assessor() : impl_(std::make_unique<Impl>()) {}
Assessor::~Assessor() = default;

std::unique_ptr<Scratch, ScratchDeleter> Assessor::scratch() const {
  std::unique_ptr<Scratch, ScratchDeleter> scratch(new Scratch());
  scratch->classifying = impl_->classifier->make_scratch();
  scratch->looking_again = impl_->second->make_scratch();
  return scratch;
}

void Assessor::first_stage(const post::Post& post, Scratch& scratch, Assessment& out) const {
  impl_->assess_in_stream(post.text, &post, post.created_at, scratch, out);
}

void Assessor::first_stage_reported(const post::Post& post, Scratch& scratch, Assessment& out) const {
  impl_->assess(post.text, &post, post.created_at, nullptr, scratch, out);
  if (impl_->look != SecondLook::Never) {
    impl_->assess_again(&post, scratch, out);
  }
  impl_->conclude_stage(scratch, out);
}

void Assessor::second_stage(const post::Post& post, stream::Windows& windows, Scratch& scratch,
                            Assessment& in_out) const {
  if (!impl_->plan->asks_windows() || post.author.id.empty()) {
    return;
  }
  post.targets(scratch.targets);
  stream::Seen* seen = in_out.windows_decide ? &scratch.seen : nullptr;
  windows.add({post.author.id, scratch.targets, post.created_at, in_out.hostile}, seen);
  if (seen == nullptr) {
    return;
  }
  const bool hostile = in_out.hostile;
  scratch.again = in_out.scores;
  const bool held = in_out.reading == scratch.reading && scratch.post.original.data() == post.text.data() &&
                    scratch.post.original.size() == post.text.size();
  if (!held) {
    impl_->read(post.text, post.created_at, scratch);
  }
  impl_->weigh(&post, &scratch.again, scratch, in_out, seen);
  in_out.hostile = hostile;
  in_out.windows_decide = false;
  for (std::vector<std::uint32_t>* rules : {&scratch.rules.fired, &scratch.rules.failed}) {
    std::erase_if(*rules, [&](std::uint32_t rule) { return !impl_->plan->rules()[rule].need.windows; });
  }
  impl_->plan->tally(scratch.rules);  // the others were counted in the first stage
}

void Assessor::assess_text(std::string_view text, Scratch& scratch, Assessment& out, Time when) const {
  impl_->assess_in_stream(text, nullptr, when, scratch, out);
}

const policy::Policy& Assessor::policy() const { return *impl_->policy; }
SecondLook Assessor::second_look() const { return impl_->look; }
const std::shared_ptr<const model::Classifier>& Assessor::best_classifier() const {
  return impl_->look == SecondLook::Never ? impl_->classifier : impl_->second;
}
const Plan& Assessor::plan() const { return *impl_->plan; }
const std::vector<std::uint32_t>& Assessor::fired(const Scratch& scratch) { return scratch.rules.fired; }

const std::vector<std::uint32_t>& Assessor::fired_without_index(Scratch& scratch) const {
  plan().run_all(scratch.view, scratch.rules);
  return scratch.rules.fired;
}

void Assessor::Impl::assess_in_stream(std::string_view text, const post::Post* post, Time when, Scratch& s,
                                      Assessment& out) const {
  assess(text, post, when, nullptr, s, out);
  if (look == SecondLook::Near && (out.verdict != Verdict::Allow || almost(out.scores))) {
    assess_again(post, s, out);
  }
  conclude_stage(s, out);
}

/// What holds of a post whichever look was the last.
void Assessor::Impl::conclude_stage(const Scratch& s, Assessment& out) const {
  plan->tally(s.rules);
  out.hostile =
      !out.signals.empty() || out.scores[model::Label::Toxicity] >= classifier->threshold(model::Label::Toxicity);
  out.windows_decide = s.rules.waiting;
}

/// `out` is what the first look made of the same text, and `s` still holds it.
void Assessor::Impl::assess_again(const post::Post* post, Scratch& s, Assessment& out) const {
  if (out.scores.abstained == model::Abstention::None) {
    second->score({s.post.folded, s.post.tokens, s.post.readings, s.language}, *s.looking_again, s.again);
    // Real threats are rare in what either learned from: where one hears one, a second opinion does not unhear it.
    float& threat = s.again.probability[model::index(model::Label::Threat)];
    threat = std::max(threat, out.scores[model::Label::Threat]);
    weigh(post, &s.again, s, out);
  }
}

/// Whether the first look is so near to a threshold that the second might be beyond it.
bool Assessor::Impl::almost(const model::Scores& scores) const {
  using model::Label;
  for (const Label label : {Label::Toxicity, Label::IdentityAttack, Label::Threat, Label::SexuallyExplicit}) {
    if (scores[label] >= classifier->threshold(label)) {
      return true;
    }
  }
  return false;
}

void Assessor::Impl::assess(std::string_view text, const post::Post* post, Time when, const model::Scores* given,
                            Scratch& s, Assessment& out, const stream::Seen* seen) const {
  read(text, when, s);
  weigh(post, given, s, out, seen);
}

void Assessor::Impl::read(std::string_view text, Time when, Scratch& s) const {
  ++s.reading;
  scanner->prepare(text, s.post);
  s.language = text::guess_language(s.post.folded.text, s.post.tokens).language;
  scanner->scan(s.post, when, s.hits);
  find_addresses(s.post.folded.text, s.post.tokens, s.addresses);
}

void Assessor::Impl::weigh(const post::Post* post, const model::Scores* given, Scratch& s, Assessment& out,
                           const stream::Seen* seen) const {
  out.clear();
  out.reading = s.reading;
  s.acting.clear();
  if (given != nullptr) {
    out.scores = *given;
  } else {
    classifier->score({s.post.folded, s.post.tokens, s.post.readings, s.language}, *s.classifying, out.scores);
  }
  s.view.start(plan->book());
  s.view.prepared = &s.post;
  s.view.hits = &s.hits;
  s.view.post = post;
  s.view.scores = &out.scores;
  s.view.addresses = &s.addresses;
  s.view.seen = seen;
  s.view.language = s.language;
  s.signs.clear();
  if (!s.hits.terms.empty() || !s.addresses.empty()) {
    s.context.start(s.post.folded.text, s.post.tokens);
    s.last_of_clause.assign(policy->clauses.size(), 0);
    note_hits(s);
    for (const match::Match& match : s.hits.terms) {
      if (match.list != phrase_list && sources[match.list].meanings[match.entry].finds) {
        judge(match, s, out);
      }
    }
    put_addresses(post != nullptr && (!post->mentions.empty() || post->reply_to.present() || post->quote_of.present()),
                  s, out);
  }
  put_rules(s, out);
  put_signs(s, out);
  if (!out.signals.empty()) {
    conclude(*policy, out);
    conclude_acts(s, out);
  }
}

/// Where cues stand, and what lists and phrases the rules may ask about.
void Assessor::Impl::note_hits(Scratch& s) const {
  for (std::uint32_t m = 0; m < s.hits.terms.size(); ++m) {
    const match::Match& match = s.hits.terms[m];
    if (match.list == phrase_list) {
      s.view.phrase_hits.push_back({match.entry, match.first_token, match.last_token, match.begin, match.end});
      continue;
    }
    s.view.lists[match.list] = 1;
    const Cue cue = sources[match.list].meanings[match.entry].cue;
    if (cue != Cue::None) {
      s.context.put(cue, match.first_token, match.last_token);
      s.view.cues |= 1u << static_cast<unsigned>(cue);
      if (cue == Cue::Sign) {
        const match::TermEntry& entry = scanner->terms().lists()[match.list].entries[match.entry];
        s.view.note(sign_category, entry.score, entry.group, match.begin, match.end);
        s.signs.push_back(m);
      }
    }
  }
}

void Assessor::Impl::put_rules(Scratch& s, Assessment& out) const {
  plan->run(s.view, s.rules);
  for (const std::uint32_t number : s.rules.fired) {
    if (plan->mode(number) == RuleMode::On) {
      put_rule(number, s, out);
    }
  }
}

void Assessor::Impl::put_rule(std::uint32_t number, Scratch& s, Assessment& out) const {
  const Plan::Rule& rule = plan->rules()[number];
  const policy::Clause& clause = *rule.text.clause;
  for (const Plan::Out& from : rule.signals) {
    double score = rounded(plan->score_of(from, s.view, s.rules));
    if (rule.text.actions.empty() && clause.machine_may_act) {
      score = std::min(score, clause.act_at - kBelowAct);
    }
    // What is known already is not told again.
    const bool known = std::any_of(out.signals.begin(), out.signals.end(), [&](const Signal& other) {
      return other.clause == clause.id && other.category == from.category && other.score >= score;
    });
    if (known || score < clause.flag_at || out.signals.size() >= kRuleSignalsMax) {
      continue;
    }
    const auto [begin, end] = span_of(rule, s);
    Signal& signal = out.add();
    signal.category = from.category;
    signal.group = plan->group_of(from, s.view, s.rules);
    signal.score = score;
    signal.source = rule.source;
    signal.version = rule.text.version;
    signal.clause = clause.id;
    signal.start = begin;
    signal.end = end;
    s.acting.push_back({out.signals.size() - 1, number});
  }
}

/// What the rule looked at: the weightiest find that it names, or a phrase; else the whole post.
std::pair<std::uint32_t, std::uint32_t> Assessor::Impl::span_of(const Plan::Rule& rule, const Scratch& s) const {
  const View::Best* best = nullptr;
  for (const std::uint32_t category : rule.need.categories) {
    const View::Best& one = s.view.best[category];
    best = category != sign_category && one.score > (best == nullptr ? 0 : best->score) ? &one : best;
  }
  if (best != nullptr) {
    return span_in(s.post.folded, best->begin, best->end);
  }
  for (const std::uint32_t phrase : rule.need.phrases) {
    if (const View::PhraseHit* hit = s.view.find_phrase(phrase)) {
      return span_in(s.post.folded, hit->begin, hit->end);
    }
  }
  return {0, static_cast<std::uint32_t>(s.post.original.size())};
}

/// A rule may allow less than its clause does: an act that only rests on rules is made of what they name.
void Assessor::Impl::conclude_acts(const Scratch& s, Assessment& out) const {
  if (out.verdict != Verdict::Act || s.acting.empty()) {
    return;
  }
  out.actions.clear();
  for (std::size_t i = 0; i < out.signals.size(); ++i) {
    const policy::Clause* clause = policy->find(out.signals[i].clause);
    if (clause == nullptr || !clause->machine_may_act || out.signals[i].score < clause->act_at ||
        out.signals[i].category == kWarningSign) {
      continue;
    }
    const auto of_rule =
        std::find_if(s.acting.begin(), s.acting.end(), [&](const Scratch::Acting& one) { return one.signal == i; });
    const auto& actions =
        of_rule == s.acting.end() ? clause->machine_actions : plan->rules()[of_rule->rule].text.actions;
    out.actions.insert(out.actions.end(), actions.begin(), actions.end());
  }
  std::sort(out.actions.begin(), out.actions.end());
  out.actions.erase(std::unique(out.actions.begin(), out.actions.end()), out.actions.end());
}

void Assessor::Impl::judge(const match::Match& match, Scratch& s, Assessment& out) const {
  const Source& source = sources[match.list];
  const Meaning& meaning = source.meanings[match.entry];
  const match::TermEntry& entry = scanner->terms().lists()[match.list].entries[match.entry];
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
  s.view.note(meaning.category, score, entry.group, match.begin, match.end);
  if (score < meaning.clause->flag_at || out.signals.size() >= kListSignalsMax) {
    return;
  }
  const auto [start, end] = s.post.folded.original(match.begin, match.end);
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
    const match::Match& match = s.hits.terms[m];
    const match::TermEntry& entry = scanner->terms().lists()[match.list].entries[match.entry];
    Signal& signal = out.add();
    signal.category = kWarningSign;
    signal.group = entry.group;
    signal.score = entry.score;
    signal.source = sources[match.list].name;
    signal.version = sources[match.list].version;
    signal.clause = clause->id;
    std::tie(signal.start, signal.end) = span_in(s.post.folded, match.begin, match.end);
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
    } else if ((home && own) || (aimed && !own && s.post.tokens.size() <= kBareAddressTokens)) {
      score = kAddressUnclear;
    }
    const std::uint32_t begin = s.post.tokens[address.first].begin, end = s.post.tokens[address.last].end;
    s.view.note(address_category, score, kAddressGroup, begin, end);
    if (score < address_clause->flag_at || out.signals.size() >= kAddressSignalsMax) {
      continue;
    }
    Signal& signal = out.add();
    signal.category = kAddressCategory;
    signal.group = kAddressGroup;
    signal.score = score;
    signal.source = kAddressSource;
    signal.version = kAddressVersion;
    signal.clause = address_clause->id;
    std::tie(signal.start, signal.end) = span_in(s.post.folded, begin, end);
  }
}

}  // namespace heed::assess
