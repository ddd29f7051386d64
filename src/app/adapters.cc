#include "app/adapters.h"

#include <algorithm>

#include "base/log.h"
#include "post/post.h"

namespace heed::app {
namespace {

// An appeal may be lodged for six months after a decision (DSA Art. 20), and a decision takes its time.
constexpr Millis kGuestLinkLife = std::chrono::hours(24 * 400);

/// What fired, by name and version: so that each rule's word can be held against what people decide.
void add_sources(const assess::Assessment& assessment, casework::Evaluator::Finding& finding) {
  std::vector<const assess::Signal*> signals;
  for (const assess::Signal& signal : assessment.signals) {
    if (signal.category != assess::kWarningSign) {
      signals.push_back(&signal);
    }
  }
  std::stable_sort(signals.begin(), signals.end(), [](const auto* a, const auto* b) { return a->score > b->score; });
  for (const assess::Signal* signal : signals) {
    std::string source = signal->source + "@" + signal->version;
    if (finding.sources.size() < casework::Evaluator::kSourcesMax &&
        std::find(finding.sources.begin(), finding.sources.end(), source) == finding.sources.end()) {
      finding.sources.push_back(std::move(source));
    }
  }
}

casework::Evaluator::Finding finding_of(const assess::Assessment& assessment) {
  casework::Evaluator::Finding finding;
  finding.any = !assessment.signals.empty();
  finding.lane = assessment.lane;
  finding.severity = assessment.severity;
  const assess::Signal* gravest = nullptr;
  for (const assess::Signal& signal : assessment.signals) {
    bool of_clause = assessment.clause == nullptr || signal.clause == assessment.clause->id;
    if (of_clause && signal.category != assess::kWarningSign && (gravest == nullptr || signal.score > gravest->score)) {
      gravest = &signal;
    }
  }
  if (assessment.clause != nullptr) {
    finding.clause = assessment.clause->id;
  }
  if (gravest != nullptr) {
    finding.category = gravest->category;
  }
  if (finding.any) {
    JsonWriter out;
    assess::write_signals(out, assessment.signals);
    finding.signals_json = out.take();
    add_sources(assessment, finding);
  }
  return finding;
}

/// What settling asks besides: the model's highest score, what a clause lets a machine do, what the finding rests on.
void add_settling(const assess::Assessment& assessment, casework::Evaluator::Finding& finding) {
  using model::Label;
  finding.judged = assessment.scores.abstained == model::Abstention::None;
  finding.highest = 0;
  for (Label label : {Label::Toxicity, Label::SevereToxicity, Label::IdentityAttack, Label::Insult, Label::Threat,
                      Label::SexuallyExplicit}) {
    finding.highest = std::max(finding.highest, static_cast<double>(assessment.scores[label]));
  }
  finding.acts = assessment.verdict == assess::Verdict::Act;
  if (finding.acts) {
    finding.actions = assessment.actions;
  }
  double gravest = -1;
  for (const assess::Signal& signal : assessment.signals) {
    if (assessment.clause == nullptr || signal.clause != assessment.clause->id) {
      continue;
    }
    if (signal.end > signal.start) {
      finding.spans.emplace_back(signal.start, signal.end);
    }
    if (signal.score > gravest && signal.category != assess::kWarningSign) {
      gravest = signal.score;
      finding.rule = signal.source + "@" + signal.version;
    }
  }
  std::sort(finding.spans.begin(), finding.spans.end());
  finding.spans.erase(std::unique(finding.spans.begin(), finding.spans.end()), finding.spans.end());
}

casework::ParcelOutcome outcome_of(const delivery::Outcome& outcome) {
  using To = casework::ParcelOutcome::Kind;
  To kind = outcome.kind == delivery::Outcome::Kind::Delivered ? To::Delivered
            : outcome.kind == delivery::Outcome::Kind::Dead    ? To::Dead
                                                               : To::Retry;
  return {kind, outcome.status, outcome.retry_after};
}

}  // namespace

// --- evaluator --------------------------------------------------------------------------------------------

std::unique_ptr<AssessingEvaluator::Desk> AssessingEvaluator::borrow() const {
  auto desk = desks_.with([](auto& desks) -> std::unique_ptr<Desk> {
    if (desks.empty()) {
      return nullptr;
    }
    auto last = std::move(desks.back());
    desks.pop_back();
    return last;
  });
  auto assessor = current();
  if (desk == nullptr || desk->assessor != assessor) {
    desk = std::make_unique<Desk>();
    desk->scratch = assessor->scratch();
    desk->assessor = std::move(assessor);
  }
  return desk;
}

void AssessingEvaluator::give_back(std::unique_ptr<Desk> desk) const {
  desks_.with([&](auto& desks) { desks.push_back(std::move(desk)); });
}

casework::Evaluator::Finding AssessingEvaluator::evaluate(std::string_view text) const {
  auto desk = borrow();
  desk->assessor->assess_text(text, *desk->scratch, desk->assessment);
  Finding finding = finding_of(desk->assessment);
  give_back(std::move(desk));
  return finding;
}

casework::Evaluator::Finding AssessingEvaluator::evaluate_report(const Asked& asked) const {
  auto desk = borrow();
  post::Post post;
  post.text = asked.text;
  post.author.id = asked.author;
  if (!asked.target.empty() && asked.target != asked.author) {
    post.mentions.push_back(asked.target);
  }
  desk->assessor->first_stage_reported(post, *desk->scratch, desk->assessment);
  Finding finding = finding_of(desk->assessment);
  add_settling(desk->assessment, finding);
  give_back(std::move(desk));
  return finding;
}

casework::Evaluator::Finding AssessingEvaluator::from_signals(std::string_view signals_json) const {
  if (signals_json.empty()) {
    return {};
  }
  JsonParser parser;
  auto array = parser.parse(signals_json);
  if (!array) {
    return {};
  }
  auto signals = assess::read_signals(*array);
  if (!signals) {
    return {};
  }
  assess::Assessment assessment;
  for (assess::Signal& signal : *signals) {
    assessment.add() = std::move(signal);
  }
  const auto assessor = current();
  assess::conclude(assessor->policy(), assessment);
  Finding finding = finding_of(assessment);
  finding.signals_json = signals_json;
  return finding;
}

// --- carrier ----------------------------------------------------------------------------------------------

void SendingCarrier::carry(casework::Parcel parcel, Function<void(casework::ParcelOutcome)> done) {
  auto on_outcome = [done = std::move(done)](delivery::Outcome outcome) mutable { done(outcome_of(outcome)); };
  if (parcel.channel == casework::Channel::Mail) {
    delivery::Mail mail;
    mail.to = std::move(parcel.to);
    mail.subject = std::move(parcel.subject);
    mail.text = std::move(parcel.text);
    mail.message_id = std::move(parcel.id);
    sender_.send(std::move(mail), std::move(on_outcome));
    return;
  }
  if (parcel.channel == casework::Channel::Command) {
    programs_.run(std::move(parcel.to), std::move(parcel.json), std::move(on_outcome));
    return;
  }
  delivery::Webhook webhook;
  const bool alarm = parcel.type.starts_with("alarm.");
  webhook.url = !alarm ? addresses_.platform_url : parcel.to.empty() ? addresses_.alarm_url : std::move(parcel.to);
  webhook.id = std::move(parcel.id);
  webhook.body = std::move(parcel.json);
  sender_.send(std::move(webhook), std::move(on_outcome));
}

// --- links ------------------------------------------------------------------------------------------------

std::string GuestPages::case_page(const access::PersonHash& person, CaseId case_id) const {
  return page_url_ + "#case=" + aliases_.text(person, case_id) +
         "&key=" + guests_.make(person, case_id, clock_.now() + kGuestLinkLife);
}

std::string GuestPages::appeal_page(const access::PersonHash& person, CaseId case_id, DecisionId decision) const {
  return case_page(person, case_id) + "&appeal=" + aliases_.text(person, decision);
}

std::string GuestPages::delegation_page(access::DelegationId delegation, int link) const {
  return page_url_ + "#delegation" + (link > 0 ? "&key=" + delegates_.make(delegation, link) : std::string());
}

// --- accounts ---------------------------------------------------------------------------------------------

Result<bool> HashedAccounts::is_friend(std::string_view owner, std::string_view other) {
  access::PersonHash from = hasher_.account(owner), to = hasher_.account(other);
  if (TRY(accounts_.has(from, to, store::RelationKind::Follows))) {
    return true;
  }
  return accounts_.has(from, to, store::RelationKind::Contact);
}

Result<bool> HashedAccounts::already_blocked(std::string_view owner, std::string_view other) {
  return accounts_.has(hasher_.account(owner), hasher_.account(other), store::RelationKind::Blocks);
}

Result<std::string> HashedAccounts::profile_of(std::string_view account) {
  return TRY(accounts_.get(hasher_.account(account))).value_or("");
}

Result<std::string> HashedAccounts::mail_of(std::string_view account) {
  std::string profile = TRY(profile_of(account));
  if (profile.empty()) {
    return profile;
  }
  JsonParser parser;
  post::Account read = TRY(post::account_from_json(parser, profile));
  return read.email;
}

void HashedAccounts::put(post::Account account, Function<void(Result<void>)> done) {
  accounts_.put(hasher_.account(account.id), post::account_json(account), std::move(done));
}

void HashedAccounts::remove(std::string account_id, Function<void(Result<void>)> done) {
  accounts_.erase(hasher_.account(account_id), std::move(done));
}

void HashedAccounts::relate(std::vector<post::Relation> relations, Function<void(Result<void>)> done) {
  struct Pieces {
    Function<void(Result<void>)> done;
    Result<void> result;
    std::size_t left;
  };
  if (relations.empty()) {
    Result<void> nothing;
    done(nothing);
    return;
  }
  const std::size_t step = store::Accounts::kChangesMax;
  auto pieces = std::make_shared<Guarded<Pieces>>(Pieces{std::move(done), {}, (relations.size() + step - 1) / step});
  for (std::size_t first = 0; first < relations.size(); first += step) {
    std::vector<store::RelationChange> changes;
    for (std::size_t i = first; i < std::min(relations.size(), first + step); ++i) {
      const post::Relation& r = relations[i];
      changes.push_back(
          {hasher_.account(r.from), hasher_.account(r.to), static_cast<store::RelationKind>(r.kind), r.state});
    }
    accounts_.put_relations(std::move(changes), [pieces](Result<void> stored) {
      std::optional<Result<void>> all = pieces->with([&](Pieces& p) -> std::optional<Result<void>> {
        if (!stored && p.result) {
          p.result = std::move(stored);
        }
        return --p.left == 0 ? std::optional(p.result) : std::nullopt;
      });
      if (all) {
        pieces->with([](Pieces& p) { return std::move(p.done); })(*std::move(all));
      }
    });
  }
}

void LoggedReads::note(StaffId staff, CaseId case_id, std::string_view what, Time) {
  log_.append({.staff = staff, .what = std::string(what), .object = {}, .case_id = case_id, .reason = {}},
              [](Result<store::AccessHead> head) {
                if (!head) {
                  log::error("access_not_logged", {{"error", head.error()}});
                }
              });
}

void LoggedReads::log(api::Look look, Function<void(Result<void>)> done) {
  log_.append({look.staff, std::move(look.what), std::move(look.object), look.case_id, std::move(look.reason)},
              [done = std::move(done)](Result<store::AccessHead> head) mutable {
                done(head ? Result<void>() : tl::unexpected(std::move(head).error()));
              });
}

Result<std::vector<api::Look>> LoggedReads::looks(const Ask& ask) {
  std::vector<api::Look> out;
  for (store::AccessEntry& entry : TRY(log_.find({.case_id = ask.case_id,
                                   .staff = ask.staff,
                                   .what = ask.what,
                                   .since = ask.since,
                                   .before_seq = ask.before_seq,
                                   .limit = ask.limit}))) {
    out.push_back({entry.seq, entry.at, entry.access.staff, entry.access.case_id, std::move(entry.access.what),
                   std::move(entry.access.object), std::move(entry.access.reason)});
  }
  return out;
}

}  // namespace heed::app
