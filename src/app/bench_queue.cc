#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <optional>

#include "app/adapters.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/rooms.h"
#include "base/json.h"
#include "casework/context.h"
#include "casework/intake.h"
#include "simulate/texts.h"

/// heed bench queue: a data folder with very many open cases, each of one invented post that one account reported. To
/// measure with: what the console, a claim or a start costs then.
namespace heed::app {
namespace {

using namespace casework;

constexpr int kAuthors = 100'000;
constexpr std::size_t kUnderWayMax = 2000;

/// One report each, given to the writer as the server gives them: many at once, so that they share flushes.
class QueueFill {
 public:
  QueueFill(Rooms& rooms, std::shared_ptr<const policy::Policy> policy)
      : rooms_(rooms), evaluator_(assess::Assessor::make_default(policy)), now_(rooms.clock().now()) {
    env_.policy = policy;
    env_.keys = &rooms.ring();
    env_.hasher = &rooms.hasher();
    env_.ids = &ids_;
    const simulate::Texts texts = simulate::sample_texts();
    for (const auto& [from, symptom] : {std::pair{&texts.insult, "harassment"},
                                        {&texts.insult, "harassment"},
                                        {&texts.benign, "other"},
                                        {&texts.threat, "threat_of_violence"}}) {
      for (const std::string& text : *from) {
        words_.push_back({simulate::expand(text, words_.size()), symptom});
      }
    }
    for (Words& one : words_) {
      one.finding = evaluator_.evaluate_report({one.text, "author", ""});
    }
  }

  Result<void> run(int cases) {
    for (int i = 0; i < cases; ++i) {
      {
        std::unique_lock lock(mutex_);
        fewer_.wait(lock, [&] { return under_way_ < kUnderWayMax; });
        if (failed_) {
          break;
        }
        ++under_way_;
      }
      rooms_.store().execute(
          ledger::Priority::Normal,
          [this, i](ledger::Tx& tx) -> Result<void> {
            Context context(tx, env_, now_ - std::chrono::seconds(i % 3600));
            const Receipt receipt = TRY(take_report(context, report(i)));
            closed_ += receipt.closed + receipt.acted;
            return context.finish();
          },
          [this](Result<ledger::Committed> done) {
            std::lock_guard lock(mutex_);
            --under_way_;
            if (!done && !failed_) {
              failed_ = std::move(done).error();
            }
            fewer_.notify_one();
          });
    }
    std::unique_lock lock(mutex_);
    fewer_.wait(lock, [&] { return under_way_ == 0; });  // they know this object
    if (failed_) {
      return tl::unexpected(*failed_);
    }
    return {};
  }
  /// Reports that a machine settled: of these no case is open. Asked when run() is over.
  int closed() const { return closed_; }

 private:
  struct Words {
    std::string text, symptom;
    Evaluator::Finding finding = {};
  };

  ReportCommand report(int i) const {
    const Words& words = words_[static_cast<std::size_t>(i) % words_.size()];
    const std::string n = std::to_string(i), id = "bench-post-" + n;
    const std::string author = "bench-author-" + std::to_string(i % kAuthors), at = format_time(now_);
    ReportCommand command;
    command.reporter = "bench-reporter-" + n;
    command.identity_json = R"({"account":")" + command.reporter + R"("})";
    command.said_json = "{}";
    command.channel = "bench";
    command.about = About::Me;
    command.symptoms = {words.symptom};
    ReportedItem item;
    item.kind = ItemKind::Post;
    item.external_id = id;
    Evidence& evidence = item.evidence;
    evidence.provenance = Provenance::Seen;
    evidence.author = author;
    evidence.targets = {command.reporter};
    evidence.created_at = now_;
    evidence.text = words.text + " (" + n + ")";
    evidence.finding = words.finding;
    JsonWriter out;
    out.begin_object().field("kind", "post").field("id", id).field("provenance", "seen").key("versions").begin_array();
    out.begin_object().field("at", at).field("change", "new").key("post").begin_object();
    out.field("id", id).field("text", evidence.text).field("created_at", at);
    out.key("author").begin_object().field("id", author).end_object();
    out.key("mentions").begin_array().value(command.reporter).end_array().end_object().end_object().end_array();
    if (!words.finding.signals_json.empty()) {
      out.key("signals").raw(words.finding.signals_json);
    }
    out.end_object();
    evidence.json = out.take();
    command.items.push_back(std::move(item));
    return command;
  }

  Rooms& rooms_;
  const AssessingEvaluator evaluator_;
  const Time now_;
  IdSource ids_;
  Environment env_;
  std::vector<Words> words_;
  int closed_ = 0;  ///< on the writer's thread
  std::mutex mutex_;
  std::condition_variable fewer_;
  // Guarded by mutex_:
  std::size_t under_way_ = 0;
  std::optional<Error> failed_;  ///< the first
};

Result<Output> fill(const Arguments& arguments) {
  const Settings settings = TRY(load_settings(arguments));
  const SystemClock clock;
  auto rooms = TRY(Rooms::open(settings, clock, /*create=*/true));
  bool used = false;
  auto view = TRY(rooms->store().view());
  TRY(ledger::scan<CaseRow>(*view, {.limit = 1}, [&](const CaseRow&) { used = true; }));
  view.reset();
  if (used) {
    return fail(Code::Conflict, "this folder holds cases already; invented ones are not mixed with them", {});
  }
  const int cases = static_cast<int>(arguments.integer("--cases"));
  const auto began = std::chrono::steady_clock::now();
  QueueFill run(*rooms, policy::default_policy());
  TRY(run.run(cases));
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  Output out;
  out.fact("reports", "Reports", cell(static_cast<std::uint64_t>(cases)))
      .fact("settled", "Of these settled by machine", cell(static_cast<std::uint64_t>(run.closed())))
      .fact("seconds", "Seconds", static_cast<std::int64_t>(seconds))
      .fact("per_second", "A second", static_cast<std::int64_t>(cases / std::max(seconds, 0.001)));
  return out;
}

int run(const Arguments& arguments) {
  auto out = fill(arguments);
  return out ? print(*out, arguments) : complain(out.error());
}

}  // namespace

Command bench_queue_command() {
  using Kind = Option::Kind;
  return {.name = "queue",
          .sentence = "Fill an empty data folder with open cases of invented posts, to measure the console with",
          .options = with_settings({{.name = "--cases",
                                     .sentence = "How many",
                                     .kind = Kind::Int,
                                     .fallback = "100000",
                                     .min = 1,
                                     .max = 10'000'000},
                                    json_option()}),
          .run = run};
}

}  // namespace heed::app
