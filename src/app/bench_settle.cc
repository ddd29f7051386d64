#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <random>

#include "app/adapters.h"
#include "app/commands.h"
#include "app/output.h"
#include "casework/decisions.h"
#include "casework/queue.h"
#include "casework/settle_alike.h"
#include "casework/settle_copy.h"
#include "casework/settle_machine.h"
#include "model/sample.h"
#include "store/memory/memory_store.h"

/// heed bench settle: how much of a day's reports a machine settles, how often it is wrong, what is left for people.
namespace heed::app {
namespace {

using namespace casework;

std::string percent(std::int64_t part, std::int64_t whole) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%",
                whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole));
  return whole == 0 ? "-" : text;
}

/// A post of the labelled set and what people said of it.
struct Labelled {
  std::string text, symptom;
  bool violation = false, threat = false;
};

/// What the reports are made of, in percent. Nobody has published such a mix for a large platform: these are
/// assumptions, and the answer says so.
struct Mix {
  int upheld = 25, mistaken = 25, threats = 2, again = 24, copies = 12, brigade = 12;
};
/// What a report is, by the part of the mix that it comes from.
enum class Part : std::uint8_t { Upheld, Mistaken, Threat, Again, Copy, Brigade };
constexpr std::array<std::string_view, 6> kPartNames = {"upheld", "mistaken", "threats", "again", "copies", "brigades"};
constexpr std::array<std::string_view, 6> kPartTitles = {"first reports of posts against the rules",
                                                         "first reports of harmless posts",
                                                         "first reports of threats",
                                                         "posts reported again",
                                                         "copies",
                                                         "brigades against a harmless post"};

constexpr int kBrigade = 40;          // reports in one brigade
constexpr double kCloseBelow = 0.05;  // of the default pack
constexpr int kClearEvery = 400;      // reports that come in between two rounds of the reviewers

class Bench {
 public:
  Bench(std::shared_ptr<const policy::Policy> policy, std::vector<Labelled> posts, unsigned seed,
        assess::SecondLook look, double act_at = 0)
      : policy_(std::move(policy)),
        look_(look),
        act_at_(act_at),
        evaluator_(assess::Assessor::make_default(policy_, look)),
        hasher_(sha256("bench person"), sha256("bench item")),
        ids_(seed),
        posts_(std::move(posts)),
        random_(seed) {
    std::vector<const ledger::TableDef*> tables = projection_tables();
    for (const ledger::TableDef* table : operational_tables()) {
      tables.push_back(table);
    }
    store_ = store::open_memory_store(std::move(tables));
    keys_ = ledger::memory_key_ring();
    env_.policy = policy_;
    env_.keys = keys_.get();
    env_.hasher = &hasher_;
    env_.ids = &ids_;
    env_.alike = &alike_;
    std::shuffle(posts_.begin(), posts_.end(), random_);
    for (std::size_t i = 0; i < posts_.size(); ++i) {
      (posts_[i].threat ? threats_ : posts_[i].violation ? harmful_ : harmless_).push_back(i);
    }
  }

  Result<void> run(int reports) {
    const Mix mix;
    for (reports_ = 0; reports_ < reports;) {
      // One drawn brigade is kBrigade reports.
      const int of = kBrigade * (mix.upheld + mix.mistaken + mix.threats + mix.again + mix.copies) + mix.brigade;
      int lot = static_cast<int>(random_() % static_cast<unsigned>(of));
      if (auto is = [&](int share) { return (lot -= kBrigade * share) < 0; }; is(mix.upheld)) {
        TRY(report(fresh(harmful_), Part::Upheld));
      } else if (is(mix.mistaken)) {
        TRY(report(fresh(harmless_), Part::Mistaken));
      } else if (is(mix.threats)) {
        TRY(report(fresh(threats_), Part::Threat));
      } else if (is(mix.again) && !items_.empty()) {
        TRY(report(any_item(), Part::Again));
      } else if (is(mix.copies) && !items_.empty()) {
        TRY(report(copy_of(any_item()), Part::Copy));
      } else {  // many at once against one harmless post, for its author's opinion
        const std::size_t item = fresh(harmless_);
        for (int i = 0; i < kBrigade && reports_ < reports; ++i) {
          TRY(report(item, Part::Brigade));
        }
      }
    }
    return clear();
  }

  /// One line of a sweep.
  void row(Output& out, std::string who, double close_below) const {
    const auto [checked, overturned] = blind();
    char threshold[16];
    std::snprintf(threshold, sizeof threshold, "%.2f", close_below);
    std::int64_t clean = 0, clean_wrong = 0;
    for (const auto& [key, tally] : by_clause_) {
      clean += std::get<2>(key) == "clean" ? tally.first : 0;
      clean_wrong += std::get<2>(key) == "clean" ? tally.second : 0;
    }
    out.row({std::move(who), std::string(threshold), percent(closed_ + acted_, reports_),
             percent(confirmed_ + read_, reports_), percent(clean, reports_), percent(clean_wrong, clean),
             percent(wrong_, closed_ + acted_), checked, percent(overturned, checked)});
  }

  Output answer(std::string_view data) const {
    Output out;
    out.fact("data", "Posts and labels", std::string(data))
        .fact("second_look", "Posts under report judged by",
              std::string("the first model") + (look_ == assess::SecondLook::Never ? "" : " and the second"))
        .fact("reports", "Reports", cell(static_cast<std::uint64_t>(reports_)));
    out.fact("first", "Reports of a post that nobody had reported before",
             percent(static_cast<std::int64_t>(items_.size()), reports_));
    out.fact("by_machine", "Settled by machine", percent(closed_ + acted_, reports_));
    out.fact("joined", "Joined what waits already: one look answers them", percent(joined_, reports_));
    out.fact("confirmed", "Decided by a person who was shown a like case's decision", percent(confirmed_, reports_));
    out.fact("read", "Read by a person without that", percent(read_, reports_));
    out.fact("people", "Looked at by people, of all reports", percent(confirmed_ + read_, reports_));
    for (std::size_t i = 0; i < kPartNames.size(); ++i) {
      out.fact("people_" + std::string(kPartNames[i]), "… " + std::string(kPartTitles[i]),
               percent(looks_[i], reports_));
    }
    out.fact("against_labels", "Settled by machine against the labels", percent(wrong_, closed_ + acted_));
    const auto [checked, overturned] = blind();
    out.fact("drawn", "Closures drawn and decided blind", cell(static_cast<std::uint64_t>(checked)));
    out.fact("overturned", "Overturned of these", percent(overturned, checked));
    out.columns({{"clause", "Clause"},
                 {"step", "Step"},
                 {"basis", "Basis"},
                 {"reports", "Reports"},
                 {"share", "Of all"},
                 {"wrong", "Against the labels"}});
    for (const auto& [key, tally] : by_clause_) {
      out.row({std::get<0>(key), std::get<1>(key), std::get<2>(key), tally.first, percent(tally.first, reports_),
               percent(tally.second, tally.first)});
    }
    return out;
  }

 private:
  /// Closures that were drawn and decided by a person; of these otherwise than the machine would have.
  std::pair<std::int64_t, std::int64_t> blind() const {
    std::pair<std::int64_t, std::int64_t> out;
    auto view = store_->view();
    const auto figures = settle_figures(**view, now_ - std::chrono::hours(24), now_ + std::chrono::hours(24));
    for (const SettleFigure& f : figures ? *figures : std::vector<SettleFigure>{}) {
      out.first += f.checked, out.second += f.overturned;
    }
    return out;
  }

  struct Known {
    std::string id, text, symptom;
    bool violation = false;
    int target = 0;  ///< whom it is aimed at
  };

  std::size_t fresh(std::vector<std::size_t>& from) {
    const std::vector<std::size_t>& pool = from.empty() ? harmless_ : from;
    const Labelled& post = posts_[pool[next_[&from]++ % pool.size()]];
    return add({"p" + std::to_string(items_.size()), post.text, post.symptom, post.violation, someone()});
  }
  std::size_t add(Known item) {
    by_key_.emplace(hasher_.item("post", item.id), items_.size());
    items_.push_back(std::move(item));
    return items_.size() - 1;
  }
  /// What is reported again is mostly of the last days.
  std::size_t any_item() { return items_.size() - 1 - random_() % std::min<std::size_t>(items_.size(), 2000); }
  int someone() { return static_cast<int>(random_() % 100'000); }
  /// Half of them aimed at the one whom the original was aimed at.
  std::size_t copy_of(std::size_t original) {
    static constexpr std::array<std::string_view, 4> kTails = {"", " !!", " lol", " @everyone"};
    Known copy = items_[original];
    copy.id = "p" + std::to_string(items_.size());
    copy.text =
        "@user" + std::to_string(random_() % 1000) + " " + copy.text + std::string(kTails[random_() % kTails.size()]);
    if (random_() % 2 == 0) {
      copy.target = someone();
    }
    return add(std::move(copy));
  }

  template <class F>
  auto run_command(F f) -> decltype(f(std::declval<Context&>())) {
    decltype(f(std::declval<Context&>())) out = fail(Code::Internal, "did not run");
    TRY(ledger::execute_and_wait(*store_, [&](ledger::Tx& tx) -> Result<void> {
      Context context(tx, env_, now_);
      out = f(context);
      if (!out) {
        return tl::unexpected(out.error());
      }
      return context.finish();
    }));
    return out;
  }

  /// As if a machine might act on the model's word alone, for a curve.
  void act_by_score(const std::string& symptom, Evaluator::Finding& finding) const {
    const policy::Clause* clause = policy_->for_symptom(symptom);
    if (act_at_ > 0 && finding.judged && finding.highest >= act_at_ && !finding.acts && clause->machine_may_act) {
      finding.any = finding.acts = true;
      finding.clause = clause->id;
      finding.actions = clause->machine_actions;
    }
  }

  Result<void> report(std::size_t which, Part part) {
    const Known& item = items_[which];
    ReportCommand command;
    command.reporter = "r" + std::to_string(reports_);
    command.identity_json = R"({"account":")" + command.reporter + R"("})";
    command.said_json = "{}";
    command.channel = "bench";
    command.about = random_() % 3 == 0 ? About::Me : About::SomeoneElse;
    command.symptoms = {item.symptom};
    ReportedItem reported;
    reported.kind = ItemKind::Post;
    reported.external_id = item.id;
    Evidence& evidence = reported.evidence;
    evidence.provenance = Provenance::Seen;
    evidence.author = "author of " + item.id;
    evidence.created_at = now_;
    evidence.text = item.text;
    evidence.finding =
        evaluator_.evaluate_report({item.text, evidence.author, command.about == About::Me ? command.reporter : ""});
    act_by_score(item.symptom, evidence.finding);
    evidence.targets = {"t" + std::to_string(item.target)};
    evidence.json = "{}";
    command.items.push_back(std::move(reported));
    // Read within the command: a snapshot of the memory store is a copy of all of it.
    struct Seen {
      Receipt receipt;
      std::optional<DecisionRow> decision;
      bool copy = false;
    };
    const Seen seen = TRY(run_command([&](Context& c) -> Result<Seen> {
      Seen out;
      out.receipt = TRY(take_report(c, command));
      auto row = TRY(newest_item(c.tx(), hasher_.item("post", item.id)));
      out.decision = row ? TRY(ledger::get<DecisionRow>(c.tx(), row->decision)) : std::optional<DecisionRow>{};
      if (row) {
        parts_.try_emplace(row->id, part);
        auto made = TRY(ledger::get<SettlementRow>(c.tx(), row->id));
        out.copy = made && made->basis == SettleBasis::Copy;
      }
      return out;
    }));
    const Receipt& receipt = seen.receipt;
    const std::optional<DecisionRow>& decision = seen.decision;
    joined_ += receipt.closed + receipt.acted + receipt.drawn + receipt.proposed + receipt.left == 0 ? 1 : 0;
    closed_ += receipt.closed;
    acted_ += receipt.acted;
    if (receipt.closed + receipt.acted > 0) {
      const bool wrong = decision && (decision->outcome == Outcome::Violation) != item.violation;
      wrong_ += wrong ? 1 : 0;
      const bool judged = decision && decision->staff;
      auto& tally = by_clause_[{decision ? decision->clause : "", receipt.acted > 0 ? "act" : "close",
                                judged              ? "judged"
                                : seen.copy         ? "copy"
                                : receipt.acted > 0 ? "finding"
                                                    : "clean"}];
      ++tally.first;
      tally.second += wrong ? 1 : 0;
    }
    ++reports_;
    now_ += Millis(50);
    return reports_ % kClearEvery == 0 ? clear() : Result<void>{};
  }

  /// Reviewers who decide as the labels say, until nothing waits.
  Result<void> clear() {
    StaffId staff;
    staff.value.bytes[15] = 1;
    while (TRY(run_command([&](Context& c) { return decide_next(c, staff); }))) {
    }
    return {};
  }

  /// False when nothing waits.
  Result<bool> decide_next(Context& context, StaffId staff) {
    const auto claim = TRY(claim_next(context, {"default", staff, 200}));
    if (!claim) {
      return false;
    }
    TRY(context.finish());
    DecideCommand command;
    command.staff = staff;
    command.case_id = claim->case_id;
    command.claim = claim->id;
    for (ItemId id : claim->items) {
      auto row = TRY(ledger::get<ItemRow>(context.tx(), id));
      auto proposal = TRY(proposal_of(context.tx(), *row));
      (proposal && proposal->basis == SettleBasis::Alike ? confirmed_ : read_) += 1;
      ++looks_[static_cast<std::size_t>(parts_.at(id))];
      const Known* known = &items_[by_key_.at(*row->key)];
      ItemVerdict verdict;
      verdict.item = id;
      verdict.outcome = known->violation ? Outcome::Violation : Outcome::NoViolation;
      const policy::Clause* clause = policy_->for_symptom(known->symptom);
      verdict.clause = clause->id;
      if (known->violation) {
        verdict.facts = "as labelled";
        verdict.actions.push_back({policy::ActionKind::Hide, {}});
      }
      command.items.push_back(std::move(verdict));
    }
    TRY(decide(context, command));
    return true;
  }

  std::shared_ptr<const policy::Policy> policy_;
  assess::SecondLook look_;
  const double act_at_;
  AssessingEvaluator evaluator_;
  access::Hasher hasher_;
  IdSource ids_;
  std::vector<Labelled> posts_;
  std::mt19937 random_;
  std::unique_ptr<ledger::Store> store_;
  std::unique_ptr<ledger::KeyRing> keys_;
  AlikeBook alike_;
  Environment env_;
  Time now_ = *parse_time("2026-07-01T00:00:00.000Z");
  std::vector<std::size_t> harmful_, harmless_, threats_;
  std::map<const void*, std::size_t> next_;
  std::vector<Known> items_;
  std::map<Hash16, std::size_t> by_key_;
  std::map<ItemId, Part> parts_;
  std::array<std::int64_t, kPartNames.size()> looks_{};
  std::int64_t reports_ = 0, closed_ = 0, acted_ = 0, joined_ = 0, confirmed_ = 0, read_ = 0, wrong_ = 0;
  std::map<std::tuple<std::string, std::string, std::string>, std::pair<std::int64_t, std::int64_t>> by_clause_;
};

/// The symptom that somebody who reports this post would choose; for a harmless one any, mostly the common ones.
std::string symptom_of(const model::Sample& sample, std::mt19937& random) {
  using model::Label;
  auto has = [&](Label label) { return sample.labels[model::index(label)] == 1; };
  if (has(Label::Threat)) {
    return "threat_of_violence";
  }
  if (has(Label::IdentityAttack)) {
    return "hate";
  }
  if (has(Label::SexuallyExplicit)) {
    return "sexual_content";
  }
  if (has(Label::Toxicity)) {
    return "harassment";
  }
  static constexpr std::array<std::string_view, 8> kMistaken = {"harassment", "harassment", "harassment", "hate",
                                                                "hate",       "spam",       "other",      "other"};
  return std::string(kMistaken[random() % kMistaken.size()]);
}

Result<std::vector<Labelled>> labelled(const std::filesystem::path& path, std::mt19937& random) {
  std::vector<Labelled> out;
  for (model::Sample& sample : TRY(model::read_samples(path)).all) {
    const auto toxic = sample.labels[model::index(model::Label::Toxicity)];
    const auto attack = sample.labels[model::index(model::Label::IdentityAttack)];
    const auto threat = sample.labels[model::index(model::Label::Threat)];
    if (toxic < 0 && attack != 1 && threat != 1) {
      continue;  // nobody has said what it is
    }
    Labelled post;
    post.symptom = symptom_of(sample, random);
    post.text = std::move(sample.text);
    post.violation = toxic == 1 || attack == 1 || threat == 1;
    post.threat = threat == 1;
    out.push_back(std::move(post));
  }
  return out;
}

/// Of the pairs of posts with the same words, how many have one label for both.
std::pair<std::int64_t, std::int64_t> same_words(const std::vector<Labelled>& posts) {
  std::map<std::uint64_t, std::array<std::int64_t, 2>> by_words;
  for (const Labelled& post : posts) {
    const Sketch sketch = Sketch::of(post.text, 0);
    if (sketch.size() >= kCopyShinglesMin) {
      ++by_words[sketch.words()][post.violation ? 1 : 0];
    }
  }
  std::pair<std::int64_t, std::int64_t> out;
  for (const auto& [words, n] : by_words) {
    const std::int64_t pairs = (n[0] + n[1]) * (n[0] + n[1] - 1) / 2;
    out.first += pairs;
    out.second += n[0] * n[1];
  }
  return out;
}

/// What the clauses outside the lane of threats to life would come to if they let a machine close.
std::shared_ptr<policy::Policy> permissive(const policy::Policy& from, double close_below) {
  auto out = std::make_shared<policy::Policy>(from);
  for (policy::Clause& clause : out->clauses) {
    if (clause.lane == policy::Lane::Rest) {
      clause.machine_may_close = clause.machine_may_repeat = true;
      clause.close_below = close_below;
    }
  }
  return out;
}

Result<Output> measure(const Arguments& arguments) {
  std::mt19937 random(1);
  const std::string data = arguments.text("--data");
  std::vector<Labelled> posts = TRY(labelled(data, random));
  auto policy = policy::default_policy();
  if (arguments.given("--close-below")) {
    policy = permissive(*policy, static_cast<double>(arguments.integer("--close-below")) / 100);
  }
  const auto [pairs, differ] = same_words(posts);
  Bench bench(policy, std::move(posts), 7, assess::second_look_of(arguments.text("--second-look")));
  TRY(bench.run(static_cast<int>(arguments.integer("--reports"))));
  Output out = bench.answer(data);
  out.fact("same_words", "Pairs of labelled posts with the same words", cell(static_cast<std::uint64_t>(pairs)));
  out.fact("same_words_differ", "… labelled otherwise", percent(differ, pairs));
  out.note(
      "The mix is assumed: 25 % upheld, 25 % mistaken, 2 % threats, 24 % again, 12 % copies (half of them aimed at the "
      "same account again), 12 % brigades. A copy has its original's label, so its error is zero by the mix, not by "
      "measurement; \"same words\" says how often these posts' own labels differ for the same words. Labels "
      "that are weak count as labels. What is reported for the first time is looked at by people unless a machine "
      "finds it plainly nothing or may act, so that share bounds what repeats can save.");
  return out;
}

/// Where a clause may close, at which score it should: shares settled, left to people, and wrong, for each.
Result<Output> sweep(const Arguments& arguments) {
  std::mt19937 random(1);
  const std::vector<Labelled> posts = TRY(labelled(arguments.text("--data"), random));
  auto policy = policy::default_policy();
  Output out;
  out.columns({{"clauses", "Clauses"},
               {"close_below", "close_below"},
               {"by_machine", "By machine"},
               {"people", "Looked at by people"},
               {"clean", "Closed as clean"},
               {"clean_wrong", "Of these against labels"},
               {"wrong", "Of all by machine"},
               {"drawn", "Drawn"},
               {"overturned", "Overturned"}});
  const assess::SecondLook look = assess::second_look_of(arguments.text("--second-look"));
  const auto reports = static_cast<int>(arguments.integer("--reports"));
  for (const bool every : {false, true}) {
    for (const double close_below : {0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3}) {
      auto changed = std::make_shared<policy::Policy>(*policy);
      for (policy::Clause& clause : changed->clauses) {
        clause.close_below = close_below;
      }
      Bench bench(every ? permissive(*policy, close_below) : changed, posts, 7, look);
      TRY(bench.run(reports));
      bench.row(out, every ? "all but threats to life" : "those that may", close_below);
    }
  }
  // What no pack allows: hiding on the word of the model alone.
  for (const double act_at : {0.99, 0.98, 0.95, 0.9}) {
    auto changed = permissive(*policy, kCloseBelow);
    for (policy::Clause& clause : changed->clauses) {
      if (clause.lane == policy::Lane::Rest) {
        clause.machine_may_act = true;
        clause.machine_actions = {policy::ActionKind::Hide};
      }
    }
    Bench bench(changed, posts, 7, look, act_at);
    TRY(bench.run(reports));
    bench.row(out, fmt::format("all, and hide from {:.2f}", act_at), kCloseBelow);
  }
  return out;
}

int bench_settle(const Arguments& arguments) {
  if (arguments.flag("--sweep")) {
    return print(sweep(arguments), arguments);
  }
  return print(measure(arguments), arguments);
}

}  // namespace

Command bench_settle_command() {
  using Kind = Option::Kind;
  return {
      .name = "settle",
      .sentence =
          "A labelled mix of reports: how many a machine settles, how often against the labels, what is left for "
          "people",
      .options = {{.name = "--data",
                   .sentence = "Labelled posts, tab-separated, plain or gzipped",
                   .fallback = "../shared/data/dev.tsv.gz"},
                  {.name = "--reports",
                   .sentence = "How many",
                   .kind = Kind::Int,
                   .fallback = "10000",
                   .min = 100,
                   .max = 10'000'000},
                  {.name = "--close-below",
                   .sentence = "As if every clause but those for threats to life let a machine close when all scores "
                               "are below so many hundredths",
                   .kind = Kind::Int,
                   .fallback = "5",
                   .min = 1,
                   .max = 50},
                  {.name = "--sweep",
                   .sentence = "A line for each of eight scores below which a machine closes, for four from which it "
                               "might hide: settled, left to people, wrong",
                   .kind = Kind::Flag},
                  {.name = "--second-look",
                   .sentence = "Who is judged by the second model, too, as the setting assess.second_look says",
                   .fallback = "reports",
                   .choices = {"never", "reports", "near"}},
                  json_option()},
      .run = bench_settle};
}

}  // namespace heed::app
