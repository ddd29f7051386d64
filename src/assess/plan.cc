#include "assess/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "rule/compile.h"
#include "rule/parser.h"
#include "rule/patterns.h"

namespace heed::assess {
namespace {

constexpr std::size_t kRulesMax = 5000;

rule::Limits limits() {
  rule::Limits limits;
  limits.steps = 100'000;
  limits.memory_bytes = 256 << 10;
  return limits;
}

/// Compiles expressions of rules, and collects what they need and what is wrong with them.
class RuleCompiler {
 public:
  RuleCompiler(Book& book, std::vector<FieldError>& faults) : book_(book), faults_(faults) {}

  std::shared_ptr<const rule::Program> compile(const rule::Source& source, rule::Kind wanted, Need& need) {
    rule::CompileOptions options;
    options.limits = limits();
    options.wanted = rule::Type::of(wanted);
    options.patterns = &patterns_;
    rule::Compiled compiled = rule::compile(source, rule_environment(), options);
    const rule::Parsed parsed = rule::parse(source, options.limits);
    std::vector<rule::Issue> issues = std::move(compiled.issues);
    if (parsed.issues.empty()) {
      need = need_of(parsed.ast, book_);
      for (rule::Issue& mine : need.issues) {  // says more than "unknown name"
        std::erase_if(issues, [&](const rule::Issue& other) {
          return other.offset <= mine.offset + mine.length && mine.offset <= other.offset + other.length;
        });
      }
      issues.insert(issues.end(), need.issues.begin(), need.issues.end());
      std::stable_sort(issues.begin(), issues.end(), [](const auto& a, const auto& b) { return a.offset < b.offset; });
    }
    for (const rule::Issue& issue : issues) {
      const rule::Position at = rule::position_of(source, issue.offset);
      std::string pointer = fmt::format("{}:{}:{}", source.name, at.line, at.column);
      std::string text = rule::render(source, issue);
      text.erase(0, std::min(text.size(), pointer.size() + 2));
      while (!text.empty() && text.back() == '\n') {
        text.pop_back();
      }
      faults_.push_back({std::move(pointer), std::move(text)});
    }
    return issues.empty() ? std::move(compiled.program) : nullptr;
  }

 private:
  Book& book_;
  std::vector<FieldError>& faults_;
  rule::PatternPool patterns_;
};

void append(std::vector<std::uint32_t>& to, const std::vector<std::uint32_t>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

RuleScratch::RuleScratch() : evaluator(limits()) {}

Result<std::shared_ptr<const Plan>> Plan::make(const policy::Policy& policy, Book book,
                                               const std::vector<std::pair<std::string, std::string>>& files) {
  std::shared_ptr<Plan> plan(new Plan());
  plan->book_ = std::move(book);
  std::vector<FieldError> faults;
  RuleCompiler compiler(plan->book_, faults);
  std::map<std::string, std::string> places;
  for (const auto& [name, text] : files) {
    for (RuleText& text_of_rule : read_rule_file(name, text, policy, faults)) {
      Rule rule;
      const std::string place = fmt::format("{}:{}:1", text_of_rule.file, text_of_rule.line);
      if (const auto [before, fresh] = places.emplace(text_of_rule.id, place); !fresh && !text_of_rule.id.empty()) {
        faults.push_back({place, fmt::format("id: '{}' is taken by the rule at {}", text_of_rule.id, before->second)});
      }
      rule.source = "rule:" + text_of_rule.id;
      if (!text_of_rule.when.name.empty()) {
        rule.when = compiler.compile(text_of_rule.when, rule::Kind::Bool, rule.need);
      }
      for (const RuleText::Out& out : text_of_rule.signals) {
        Out& to = rule.signals.emplace_back();
        to.category = out.category;
        to.group = out.group;
        to.score = out.score;
        Need need;
        if (out.group_source) {
          to.group_program = compiler.compile(*out.group_source, rule::Kind::String, need);
        }
        if (out.score_source) {
          to.score_program = compiler.compile(*out.score_source, rule::Kind::Double, need);
        }
        append(rule.need.categories, need.categories);
      }
      rule.text = std::move(text_of_rule);
      plan->rules_.push_back(std::move(rule));
    }
  }
  if (plan->rules_.size() > kRulesMax) {
    faults.push_back(
        {"rules:1:1", fmt::format("there are {} rules; at most {} are taken", plan->rules_.size(), kRulesMax)});
  }
  if (!faults.empty()) {
    std::string message = fmt::format("the rules have {} fault{}:", faults.size(), faults.size() == 1 ? "" : "s");
    for (const FieldError& fault : faults) {
      message += "\n" + fault.pointer + ": " + fault.detail;
    }
    return fail(Code::InvalidInput, std::move(message), std::move(faults));
  }
  plan->counters_ = std::make_unique<Counters[]>(plan->rules_.size());
  plan->modes_ = std::make_unique<std::atomic<RuleMode>[]>(plan->rules_.size());
  plan->limit({});
  plan->first_errors_.resize(plan->rules_.size());
  plan->by_list_.resize(plan->book_.lists.size());
  plan->by_phrase_.resize(plan->book_.phrases.size());
  plan->by_folded_.resize(plan->book_.folded.size());
  plan->by_original_.resize(plan->book_.original.size());
  plan->by_signal_.resize(plan->book_.categories.size());
  for (std::uint32_t i = 0; i < plan->rules_.size(); ++i) {
    if (plan->rules_[i].text.mode != RuleMode::Off) {
      plan->file(i);
      plan->asks_windows_ = plan->asks_windows_ || plan->rules_[i].need.windows;
    }
  }
  const auto by_least = [](const Filed& a, const Filed& b) {
    return a.least < b.least || (a.least == b.least && a.rule < b.rule);
  };
  for (auto& filed : plan->by_signal_) {
    std::sort(filed.begin(), filed.end(), by_least);
  }
  for (auto& filed : plan->by_score_) {
    std::sort(filed.begin(), filed.end(), by_least);
  }
  for (std::size_t i = 0; i < kAttributes; ++i) {
    if (!plan->by_count_[i].empty()) {
      plan->counted_.push_back(static_cast<Attribute>(i));
    }
  }
  return std::shared_ptr<const Plan>(std::move(plan));
}

void Plan::file(std::uint32_t rule) {
  const Need& need = rules_[rule].need;
  if (need.always) {
    always_.push_back(rule);
    return;
  }
  for (const Trigger& trigger : need.any) {
    switch (trigger.kind) {
      case Trigger::Kind::List:
        by_list_[trigger.number].push_back(rule);
        break;
      case Trigger::Kind::Phrase:
        by_phrase_[trigger.number].push_back(rule);
        break;
      case Trigger::Kind::Folded:
        by_folded_[trigger.number].push_back(rule);
        break;
      case Trigger::Kind::Original:
        by_original_[trigger.number].push_back(rule);
        break;
      case Trigger::Kind::Signal:
        by_signal_[trigger.number].push_back({trigger.least, rule});
        break;
      case Trigger::Kind::Score:
        by_score_[trigger.number].push_back({trigger.least, rule});
        break;
      case Trigger::Kind::Count:
        by_count_[trigger.number].push_back(rule);
        break;
    }
  }
}

void Plan::run(const View& view, RuleScratch& scratch) const {
  scratch.candidates.clear();
  scratch.fired.clear();
  scratch.failed.clear();
  scratch.waiting = false;
  scratch.evaluator.remember(view.prepared->folded.text);
  if (scratch.seen.size() < rules_.size()) {
    scratch.seen.resize(rules_.size(), 0);
  }
  ++scratch.stamp;
  const auto take = [&](std::uint32_t rule) {
    if (scratch.seen[rule] != scratch.stamp) {
      scratch.seen[rule] = scratch.stamp;
      scratch.candidates.push_back(rule);
    }
  };
  const auto take_all = [&](const std::vector<std::uint32_t>& rules) {
    std::for_each(rules.begin(), rules.end(), take);
  };
  const auto take_up_to = [&](const std::vector<Filed>& filed, double value) {
    for (const Filed& one : filed) {
      if (one.least > value) {
        break;
      }
      take(one.rule);
    }
  };
  take_all(always_);
  if (!view.hits->terms.empty()) {
    for (std::size_t i = 0; i < by_list_.size(); ++i) {
      if (view.lists[i] != 0) {
        take_all(by_list_[i]);
      }
    }
    for (const View::PhraseHit& hit : view.phrase_hits) {
      take_all(by_phrase_[hit.phrase]);
    }
  }
  if (!view.hits->terms.empty() || !view.addresses->empty()) {
    for (std::size_t i = 0; i < by_signal_.size(); ++i) {
      if (view.best[i].score > 0) {
        take_up_to(by_signal_[i], view.best[i].score);
      }
    }
  }
  for (const std::uint32_t pattern : view.hits->folded_patterns) {
    take_all(by_folded_[pattern]);
  }
  for (const std::uint32_t pattern : view.hits->original_patterns) {
    take_all(by_original_[pattern]);
  }
  for (std::size_t i = 0; i < model::kLabels; ++i) {
    take_up_to(by_score_[i], static_cast<double>(view.scores->probability[i]));
  }
  for (const Attribute attribute : counted_) {
    if (view.count(attribute) > 0) {
      take_all(by_count_[static_cast<std::size_t>(attribute)]);
    }
  }
  std::sort(scratch.candidates.begin(), scratch.candidates.end());
  for (const std::uint32_t rule : scratch.candidates) {
    if (mode(rule) != RuleMode::Off && evaluate(rule, view, scratch)) {
      scratch.fired.push_back(rule);
    }
  }
}

void Plan::run_all(const View& view, RuleScratch& scratch) const {
  scratch.fired.clear();
  for (std::uint32_t rule = 0; rule < rules_.size(); ++rule) {
    if (mode(rule) != RuleMode::Off && evaluate(rule, view, scratch)) {
      scratch.fired.push_back(rule);
    }
  }
}

bool Plan::evaluate(std::uint32_t rule, const View& view, RuleScratch& scratch) const {
  const rule::Program& program = *rules_[rule].when;
  const rule::Value value = scratch.evaluator.run(program, view, const_cast<View*>(&view));
  if (value.is_error() && rules_[rule].need.windows && view.seen == nullptr) {
    scratch.waiting = true;
    return false;
  }
  if (value.is_error()) {
    scratch.failed.push_back(rule);
    if (counters_[rule].errors.load(std::memory_order_relaxed) == 0) {
      const std::lock_guard lock(mutex_);
      first_errors_[rule] = rule::error_text(program, value);
    }
  }
  return value.is_true();
}

void Plan::tally(const RuleScratch& scratch) const {
  for (const std::uint32_t rule : scratch.fired) {
    counters_[rule].fired.fetch_add(1, std::memory_order_relaxed);
  }
  for (const std::uint32_t rule : scratch.failed) {
    counters_[rule].errors.fetch_add(1, std::memory_order_relaxed);
  }
}

bool Plan::holds(std::uint32_t rule, const View& view, RuleScratch& scratch) const {
  return scratch.evaluator.run(*rules_[rule].when, view, const_cast<View*>(&view)).is_true();
}

double Plan::score_of(const Out& out, const View& view, RuleScratch& scratch) const {
  if (out.score_program == nullptr) {
    return out.score;
  }
  const rule::Value value = scratch.evaluator.run(*out.score_program, view, const_cast<View*>(&view));
  const double score = value.is(rule::Kind::Double) ? value.as_double() : 0;
  return score > 0 ? std::min(score, 1.0) : 0;  // NaN becomes 0
}

std::string_view Plan::group_of(const Out& out, const View& view, RuleScratch& scratch) const {
  if (out.group_program == nullptr) {
    return out.group;
  }
  const rule::Value value = scratch.evaluator.run(*out.group_program, view, const_cast<View*>(&view));
  return value.is(rule::Kind::String) ? value.text() : std::string_view();
}

std::vector<Plan::Figures> Plan::figures() const {
  std::vector<Figures> out;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Counters& counters = counters_[i];
    out.push_back({rules_[i].text.id, mode(static_cast<std::uint32_t>(i)),
                   counters.fired.load(std::memory_order_relaxed), counters.errors.load(std::memory_order_relaxed),
                   first_errors_[i]});
  }
  return out;
}

void Plan::limit(const std::map<std::string, RuleMode>& modes) const {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const auto most = modes.find(rules_[i].text.id);
    modes_[i].store(most == modes.end() ? rules_[i].text.mode : std::min(rules_[i].text.mode, most->second),
                    std::memory_order_relaxed);
  }
}

void Plan::case_budgets(const policy::Policy& policy, const Assessment& assessment,
                        std::vector<CaseBudget>& out) const {
  out.clear();
  if (assessment.verdict == Verdict::Act) {
    return;
  }
  for (const Signal& signal : assessment.signals) {
    const policy::Clause* clause = policy.find(signal.clause);
    if (clause == nullptr || !clause->review_always || signal.score < clause->review_at ||
        signal.category == kWarningSign) {
      continue;
    }
    const auto rule =
        std::find_if(rules_.begin(), rules_.end(), [&](const Rule& one) { return one.source == signal.source; });
    if (rule == rules_.end() || rule->text.daily_case_budget == 0) {
      out.clear();
      return;
    }
    if (std::none_of(out.begin(), out.end(), [&](const CaseBudget& known) { return known.rule == &*rule; })) {
      out.push_back({&*rule, rule->text.daily_case_budget});
    }
  }
}

std::string Plan::filed_under(std::uint32_t rule) const {
  const Need& need = rules_[rule].need;
  if (need.always) {
    return "every post";
  }
  std::vector<std::string> words;
  for (const Trigger& trigger : need.any) {
    switch (trigger.kind) {
      case Trigger::Kind::List:
        words.push_back(fmt::format("a find of list {}", book_.lists.all()[trigger.number]));
        break;
      case Trigger::Kind::Phrase:
        words.push_back(fmt::format("the phrase \"{}\"", book_.phrases.all()[trigger.number]));
        break;
      case Trigger::Kind::Folded:
        words.push_back(fmt::format("\"{}\" in the folded text", book_.folded.all()[trigger.number]));
        break;
      case Trigger::Kind::Original:
        words.push_back(fmt::format("\"{}\" in the text", book_.original.all()[trigger.number]));
        break;
      case Trigger::Kind::Signal:
        words.push_back(
            fmt::format("a find of category {} of at least {}", book_.categories.all()[trigger.number], trigger.least));
        break;
      case Trigger::Kind::Score:
        words.push_back(fmt::format("{} of at least {}", model::kLabelNames[trigger.number], trigger.least));
        break;
      case Trigger::Kind::Count:
        words.push_back(fmt::format("{} above 0", attribute_texts()[trigger.number].name));
        break;
    }
  }
  return fmt::format("{}", fmt::join(words, " or "));
}

}  // namespace heed::assess
