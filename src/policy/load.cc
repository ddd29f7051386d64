#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "base/file.h"
#include "policy/dsa_names.h"
#include "policy/map_reader.h"
#include "policy/policy.h"
#include "policy/read_parts.h"
#include "policy/yaml.h"

namespace heed::policy {
namespace {

using ReadFile = std::function<Result<std::string>(const std::string& name)>;

constexpr std::size_t kClausesMax = 200;
constexpr std::size_t kMacrosMax = 50, kMacroBytesMax = 2000;
constexpr std::string_view kMacroUses[] = {"message", "question"};

// What a notice may say to whom. The reporter's side never gets the author's words or the facts that cite them; the
// author's side never gets anything about reporters.
const Names kCommon = {"platform", "number", "title", "status_url", "date", "clause", "clause_text"};
const Names kForParty = {"reason",       "count",      "relief",  "decision", "actions", "redress",   "redress_court",
                         "appeal_until", "appeal_url", "expires", "question", "message", "decide_by", "delegate",
                         "scope",        "authority",  "data",    "lines",    "code"};
const Names kForAuthor = {"reason",       "actions",   "territory",   "facts",   "own_words",     "ground",
                          "source",       "detection", "decision",    "redress", "redress_court", "appeal_until",
                          "appeal_url",   "expires",   "question",    "message", "strikes",       "next_step",
                          "delay_reason", "authority", "legal_basis", "data"};

struct NoticeRule {
  std::string_view name;
  bool to_author;
  Names must;  ///< placeholders without which the notice does not do its duty
};
const std::vector<NoticeRule>& notice_rules() {
  static const std::vector<NoticeRule> rules = {
      {"receipt", false, {"number", "status_url", "decide_by"}},
      {"outcome_violation", false, {"number", "clause", "reason", "decision", "redress"}},
      {"outcome_no_violation", false, {"number", "clause", "reason", "decision", "redress", "appeal_until"}},
      {"outcome_reversed", false, {"number", "reason"}},
      // DSA Art. 17(3): what and how long and where, facts, own initiative or notice, automation, ground, redress.
      {"statement_of_reasons",
       true,
       {"actions", "territory", "facts", "source", "detection", "decision", "ground", "clause", "clause_text", "reason",
        "redress", "redress_court", "appeal_until"}},
      {"statement_reversed", true, {"number", "actions"}},
      {"author_warning", true, {"clause", "clause_text", "redress"}},
      {"relief_applied", false, {"relief"}},
      {"question", false, {"question", "status_url"}},
      {"message", false, {"message", "status_url"}},
      {"conversation", false, {"status_url"}},
      {"appeal_receipt", false, {"number", "decide_by"}},
      {"appeal_upheld", false, {"number", "reason", "redress_court"}},
      {"appeal_partly", false, {"number", "reason", "actions", "redress_court"}},
      {"appeal_outside", false, {"number", "message", "status_url"}},
      {"statement_delayed", true, {"date", "delay_reason"}},
      {"ladder_warning", true, {"strikes", "next_step", "clause", "clause_text", "redress", "appeal_until"}},
      {"ladder_step",
       true,
       {"strikes", "actions", "clause", "clause_text", "decision", "redress", "redress_court", "appeal_until"}},
      {"strike_spent", true, {"strikes"}},
      {"disclosure_planned", true, {"authority", "legal_basis", "data", "date", "status_url"}},
      {"disclosure_made", true, {"authority", "legal_basis", "data", "date"}},
      {"police_told", false, {"authority", "data", "date"}},
      {"evidence_erased", false, {"number", "date"}},
      {"digest", false, {"count", "lines"}},
      {"identity_code", false, {"code", "expires"}},
      {"delegation_over", false, {"date"}},
      {"delegation_received", false, {"expires", "status_url"}},
      {"delegation_given", false, {"delegate", "scope", "expires", "status_url"}},
      {"delegation_ended", false, {"delegate", "scope", "date"}},
      {"reporting_warning", false, {"reason", "redress"}},
      {"reporting_paused", false, {"reason", "expires", "redress", "appeal_until"}},
  };
  return rules;
}

/// The kinds of notice that may wait for a digest. What has a clock of its own that runs from its arrival, what lets
/// somebody in, and what only comes once always goes at once.
const Names kGatheredKinds = {"receipt",        "outcome", "outcome_reversed", "statement_reversed",
                              "appeal_receipt", "message", "conversation"};

const Names kWords = {"action.none",
                      "action.undone",
                      "action.label",
                      "action.interstitial",
                      "action.limit",
                      "action.hide",
                      "action.remove",
                      "action.warn",
                      "action.suspend",
                      "duration.until",
                      "duration.for_good",
                      "territory.all",
                      "ground.terms",
                      "ground.law",
                      "source.notice",
                      "source.trusted_flagger",
                      "source.authority",
                      "source.own_initiative",
                      "detection.machine",
                      "detection.person",
                      "decision.copy",
                      "decision.machine",
                      "decision.repeat",
                      "decision.partly",
                      "decision.person",
                      "relief.hide",
                      "relief.autoblock_pile",
                      "relief.not_available",
                      "digest.receipt",
                      "digest.outcome",
                      "digest.outcome_reversed",
                      "digest.statement_reversed",
                      "digest.appeal_receipt",
                      "digest.message",
                      "digest.conversation",
                      "digest.more",
                      "scope.report",
                      "scope.read",
                      "scope.talk",
                      "scope.appeal",
                      "scope.file",
                      "kept.open",
                      "kept.judged",
                      "kept.must",
                      "kept.recent",
                      "kept.profile",
                      "kept.rule",
                      "lane.life",
                      "lane.fear",
                      "lane.rest"};

/// Reads the files of one pack, collecting faults across all of them.
class Loader {
 public:
  explicit Loader(const ReadFile& read) : read_(read) {}

  Result<std::shared_ptr<const Policy>> load() {
    read_policy_file();
    for (const std::string& locale : locales_) {
      read_notices(locale);
    }
    for (const std::string& id : clause_ids_) {
      read_clause(id);
    }
    for (const std::string& id : disclosure_ids_) {
      with_file("disclosure/" + id + ".yaml",
                [&](MapReader& in) { policy_->disclosure.push_back(read_disclosure(in, id, locales_)); });
    }
    if (has("ladder.yaml")) {
      with_file("ladder.yaml", [&](MapReader& in) { policy_->ladder = read_ladder(in, locales_, clause_ids_); });
    }
    if (has("help_lines.yaml")) {
      with_file("help_lines.yaml", [&](MapReader& in) { policy_->help_lines = read_help_lines(in, locales_); });
    }
    read_flow();
    if (faults_.empty()) {
      return std::shared_ptr<const Policy>(std::move(policy_));
    }
    std::string message = fmt::format("the policy has {} fault{}:", faults_.size(), faults_.size() == 1 ? "" : "s");
    for (const FieldError& fault : faults_) {
      message += "\n" + fault.pointer + ": " + fault.detail;
    }
    return fail(Code::InvalidInput, std::move(message), std::move(faults_));
  }

 private:
  /// A pack without its own has the built-in one, in the languages that has.
  void read_flow() {
    if (locales_.empty()) {
      return;  // said already
    }
    const bool own = has("report_flow.yaml");
    const std::vector<std::string> locales = own ? locales_ : std::vector<std::string>{"en", "de"};
    const ReadFile built_in = [](const std::string& name) -> Result<std::string> {
      return std::string(default_policy_file(name));
    };
    auto read = [&](MapReader& in) {
      policy_->report_flow = std::make_shared<const ReportFlow>(read_report_flow(in, locales));
    };
    with_file("report_flow.yaml", read, own ? read_ : built_in);
  }
  /// Whether the pack has this file; one that is there and cannot be read is a fault when it is read.
  bool has(const std::string& name) const {
    const auto text = read_(name);
    return text || text.error().code != Code::NotFound;
  }
  /// Parses `name` and hands its top map to `body`; faults of the file are collected.
  template <class Body>
  void with_file(const std::string& name, Body body) {
    with_file(name, std::move(body), read_);
  }
  template <class Body>
  void with_file(const std::string& name, Body body, const ReadFile& read) {
    auto text = read(name);
    if (!text) {
      faults_.push_back({name + ":1:1", "cannot be read: " + text.error().message});
      return;
    }
    auto root = parse_yaml(name, *text);
    if (!root) {
      std::move(root.error().fields.begin(), root.error().fields.end(), std::back_inserter(faults_));
      return;
    }
    YamlFaults faults(name);
    MapReader reader(*root, "", faults);
    body(reader);
    reader.done();
    std::move(faults.all().begin(), faults.all().end(), std::back_inserter(faults_));
  }

  void read_policy_file() {
    with_file("policy.yaml", [&](MapReader& in) {
      policy_->id = in.name("id");
      policy_->version = in.text("version", true, 100);
      locales_ = in.words("locales", true);
      clause_ids_ = in.words("clauses", true);
      disclosure_ids_ = in.words("disclosure");
      if (clause_ids_.empty() || clause_ids_.size() > kClausesMax) {
        in.fault(in.node(), fmt::format("'clauses' must name 1 to {} clauses", kClausesMax));
        clause_ids_.clear();
      }
      if (std::set<std::string>(clause_ids_.begin(), clause_ids_.end()).size() != clause_ids_.size()) {
        in.fault(in.node(), "'clauses' names a clause twice");
      }
      for (const std::vector<std::string>* names : {&clause_ids_, &disclosure_ids_, &locales_}) {
        for (const std::string& name : *names) {
          if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") !=
              std::string::npos) {
            in.fault(in.node(), "names of clauses and locales are file names: letters, digits, _ and - only");
            clause_ids_.clear();
            disclosure_ids_.clear();
            locales_.clear();
            return;
          }
        }
      }
      if (std::find(locales_.begin(), locales_.end(), "en") == locales_.end()) {
        in.fault(in.node(), "'locales' must hold en: every other language falls back to it");
      }
      if (auto clocks = in.map("clocks", false)) {
        Clocks& to = policy_->clocks;
        to.receipt = clocks->duration("receipt", to.receipt);
        to.life_first_look = clocks->duration("life_first_look", to.life_first_look);
        to.fear_first_look = clocks->duration("fear_first_look", to.fear_first_look);
        to.decide_default = clocks->duration("decide_default", to.decide_default);
        to.inform = clocks->duration("inform", to.inform);
        to.action_confirm = clocks->duration("action_confirm", to.action_confirm);
        to.appeal_decide = clocks->duration("appeal_decide", to.appeal_decide);
        to.statement_delay = clocks->duration("statement_delay", to.statement_delay);
        to.appeal_window_months = clocks->number("appeal_window_months", 6, 120, to.appeal_window_months);
        clocks->done();
      }
      if (auto digest = in.map("digest", false)) {
        read_digest(*digest);
      }
      if (auto retention = in.map("retention", false)) {
        Millis& judged = policy_->retention.judged;
        judged = retention->duration("judged", judged);
        retention->done();
      }
    });
  }

  void read_digest(MapReader& in) {
    Digest& to = policy_->digest;
    const std::string at = in.text("at", false, 5);
    const bool time = at.size() == 5 && at[2] == ':' && at.find_first_not_of("0123456789:") == std::string::npos &&
                      at.substr(0, 2) < "24" && at.substr(3) < "60" && at.find(':', 3) == std::string::npos;
    if (time) {
      to.minute = std::stoi(at.substr(0, 2)) * 60 + std::stoi(at.substr(3));
    } else if (!at.empty()) {
      in.fault(*in.optional("at"), "at: must be a time of the day in UTC, \"07:00\"");
    }
    if (auto counts = in.map("at_once", false)) {
      to.at_once.clear();
      for (std::string_view kind : kGatheredKinds) {
        if (const int count = counts->number(kind, 0, 1000, -1); count >= 0) {
          to.at_once[std::string(kind)] = count;
        }
      }
      counts->done();
    }
    in.done();
  }

  void read_clause(const std::string& id) {
    with_file("clauses/" + id + ".yaml", [&](MapReader& in) {
      Clause clause;
      clause.id = in.name("id");
      if (!clause.id.empty() && clause.id != id) {
        in.fault(*in.optional("id"), fmt::format("id: must be '{}', the file's name", id));
      }
      clause.version = in.text("version", true, 100);
      clause.title = in.localized("title", locales_);
      clause.text = in.localized("text", locales_);
      clause.severity = in.number("severity", 0, 100, 0);
      clause.severity_concrete = in.number("severity_concrete", 0, 100, 0);
      clause.lane =
          in.choice<Lane>("lane", {{"life", Lane::Life}, {"fear", Lane::Fear}, {"rest", Lane::Rest}}, Lane::Rest);
      clause.review_always = in.choice<bool>("review", {{"always", true}, {"on_report", false}}, false);
      clause.daily_case_budget = in.number("daily_case_budget", 1, 10'000'000, clause.daily_case_budget);
      clause.flag_at = in.number("flag_at", 0.0, 1.0, clause.flag_at);
      clause.review_at = in.number("review_at", 0.0, 1.0, clause.review_at);
      clause.sealed = in.flag("sealed", false);
      clause.delay_author_statement = in.flag("delay_author_statement", false);
      clause.actions = in.actions("actions", true);
      if (auto machine = in.map("machine", false)) {
        clause.machine_may_close = machine->flag("may_close", false);
        clause.machine_may_repeat = machine->flag("may_repeat", clause.machine_may_close);
        clause.machine_copies = machine->choice<Copies>(
            "copies", {{"no", Copies::No}, {"same_target", Copies::SameTarget}, {"anywhere", Copies::Anywhere}},
            Copies::No);
        clause.copy_actions = machine->actions("copy_actions", false);
        clause.close_below = machine->number("close_below", 0.0, 0.5, clause.close_below);
        clause.machine_may_act = machine->flag("may_act", false);
        clause.act_at = machine->number("act_at", 0.0, 1.0, clause.act_at);
        clause.machine_actions = machine->actions("actions", clause.machine_may_act);
        machine->done();
        check_machine(in, clause);
      }
      read_second_person(in, clause);
      clause.categories = in.words("categories");
      clause.symptoms = in.words("symptoms");
      clause.decide_within = in.duration("decide_within", policy_->clocks.decide_default);
      clause.law = in.text("law", false);
      if (auto dsa = in.map("dsa", true)) {
        clause.dsa_category = dsa->text("category", true, 100);
        clause.dsa_keyword = dsa->text("keyword", false, 100);
        if (!clause.dsa_category.empty() && !is_dsa_category(clause.dsa_category)) {
          in.fault(*dsa->optional("category"), "dsa.category: not a category of the EU statements-of-reasons schema");
        }
        if (!clause.dsa_keyword.empty() && !is_dsa_keyword(clause.dsa_keyword)) {
          in.fault(*dsa->optional("keyword"), "dsa.keyword: not a keyword of the EU statements-of-reasons schema");
        }
        dsa->done();
      }
      clause.reason_violation = in.localized("reason_violation", locales_);
      clause.reason_no_violation = in.localized("reason_no_violation", locales_);
      policy_->clauses.push_back(std::move(clause));
    });
  }

  static void check_machine(MapReader& in, const Clause& clause) {
    const YamlNode& at = *in.optional("machine");
    const auto check = [&](std::string_view key, const std::vector<ActionKind>& actions) {
      for (ActionKind kind : actions) {
        if (std::find(clause.actions.begin(), clause.actions.end(), kind) == clause.actions.end()) {
          in.fault(at, fmt::format("machine.{}: '{}' is not among the clause's actions", key, action_name(kind)));
        }
        if (kind == ActionKind::Suspend) {
          in.fault(at, fmt::format("machine.{}: suspending an account takes a person", key));
        }
      }
    };
    check("actions", clause.machine_actions);
    check("copy_actions", clause.copy_actions);
    if (std::find(clause.copy_actions.begin(), clause.copy_actions.end(), ActionKind::Warn) !=
        clause.copy_actions.end()) {
      in.fault(at, "machine.copy_actions: a copy's author is warned by a person");
    }
    if (!clause.copy_actions.empty() && clause.machine_copies == Copies::No) {
      in.fault(at, "machine.copy_actions: say with copies: same_target or anywhere which copies they are for");
    }
    if ((clause.machine_may_close || clause.machine_may_repeat || clause.machine_copies != Copies::No) &&
        clause.lane == Lane::Life) {
      in.fault(at, "machine.may_close: a clause in the lane for threats to life is never closed by a machine");
    }
  }

  /// `true`: whatever is found. Else a map: `actions` however long, `for_good` without an end.
  void read_second_person(MapReader& in, Clause& clause) {
    const YamlNode* node = in.optional("second_person");
    if (node == nullptr) {
      return;
    }
    if (node->kind == YamlNode::Kind::Map) {
      auto two = in.map("second_person", true);
      clause.second_person_actions = two->actions("actions", false);
      clause.second_person_for_good = two->actions("for_good", false);
      two->done();
      if (clause.second_person_actions.empty() && clause.second_person_for_good.empty()) {
        in.fault(*node, "second_person: names neither actions nor for_good; `true` means whatever is found");
      }
    } else {
      clause.second_person = in.flag("second_person", false);
    }
    auto known = [&](const std::vector<ActionKind>& kinds, std::string_view where) {
      for (ActionKind kind : kinds) {
        if (std::find(clause.actions.begin(), clause.actions.end(), kind) == clause.actions.end()) {
          in.fault(*node,
                   fmt::format("second_person.{}: '{}' is not among the clause's actions", where, action_name(kind)));
        } else if (kind == ActionKind::None) {
          in.fault(*node, fmt::format("second_person.{}: 'none' needs nobody", where));
        } else if (where == "for_good" && (kind == ActionKind::Remove || kind == ActionKind::Warn)) {
          in.fault(*node,
                   fmt::format("second_person.for_good: '{}' never has an end; name it in actions", action_name(kind)));
        }
      }
    };
    known(clause.second_person_actions, "actions");
    known(clause.second_person_for_good, "for_good");
    if (clause.second_person && clause.machine_may_act) {
      in.fault(*node, "second_person: a machine may act under this clause (machine.may_act), so it is no two people");
    }
    for (ActionKind kind : clause.machine_actions) {
      if (!clause.second_person && clause.takes_two(kind, /*lasting=*/true)) {  // a machine's orders have no end
        in.fault(*node, fmt::format("second_person: '{}' is among machine.actions, so it is no two people",
                                    action_name(kind)));
      }
    }
    for (ActionKind kind : clause.copy_actions) {
      const bool told =
          (clause.second_person && clause.machine_may_act) ||
          std::find(clause.machine_actions.begin(), clause.machine_actions.end(), kind) != clause.machine_actions.end();
      if (!told && clause.takes_two(kind, /*lasting=*/true)) {
        in.fault(*node, fmt::format("second_person: '{}' is among machine.copy_actions, so it is no two people",
                                    action_name(kind)));
      }
    }
  }

  void read_notices(const std::string& locale) {
    with_file("notices/" + locale + ".yaml", [&](MapReader& in) {
      policy_->redress.by_locale[locale] = in.text("redress");
      policy_->redress_court.by_locale[locale] = in.text("redress_court");
      if (auto words = in.map("words", true)) {
        for (std::string_view key : kWords) {
          policy_->words[std::string(key)].by_locale[locale] = words->text(key);
        }
        words->done();
      }
      read_macros(in, locale);
      if (auto notices = in.map("notices", true)) {
        for (const NoticeRule& rule : notice_rules()) {
          if (auto notice = notices->map(rule.name, true)) {
            read_notice(*notice, rule, locale);
          }
        }
        notices->done();
      }
    });
  }

  /// Sentences that staff begin from: words["macro.<use>.<place>"]. Every language has as many, in the same order.
  void read_macros(MapReader& in, const std::string& locale) {
    auto macros = in.map("macros", false);
    for (const std::string_view use : kMacroUses) {
      const std::vector<std::string> texts = macros ? macros->words(use) : std::vector<std::string>();
      const auto count = macro_counts_.emplace(use, texts.size()).first->second;
      if (count != texts.size() || texts.size() > kMacrosMax) {
        in.fault(in.node(),
                 fmt::format("macros.{}: must hold the same sentences in every language, at most {}", use, kMacrosMax));
      }
      for (std::size_t i = 0; i < std::min(texts.size(), kMacrosMax); ++i) {
        if (texts[i].empty() || texts[i].size() > kMacroBytesMax) {
          in.fault(in.node(), fmt::format("macros.{}: a sentence has 1 to {} bytes", use, kMacroBytesMax));
        }
        policy_->words[fmt::format("macro.{}.{}", use, i + 1)].by_locale[locale] = texts[i];
      }
    }
    if (macros) {
      macros->done();
    }
  }

  void read_notice(MapReader& in, const NoticeRule& rule, const std::string& locale) {
    NoticeText& to = policy_->notices[std::string(rule.name)];
    const std::string subject = in.text("subject");
    const std::string body = in.text("body");
    Names allowed = kCommon;
    const Names& more = rule.to_author ? kForAuthor : kForParty;
    allowed.insert(allowed.end(), more.begin(), more.end());
    std::set<std::string_view> used;
    for (const std::string* text : {&subject, &body}) {
      for (std::size_t at = text->find("{{"); at != std::string::npos; at = text->find("{{", at + 2)) {
        const std::size_t end = text->find("}}", at);
        std::string_view name = std::string_view(*text).substr(at + 2, end == std::string::npos ? 40 : end - at - 2);
        const bool condition = !name.empty() && name.front() == '?';
        name.remove_prefix(condition ? 1 : 0);
        if (std::find(allowed.begin(), allowed.end(), name) == allowed.end()) {
          const std::string_view nearest = nearest_name(name, allowed);
          in.fault(*in.optional(text == &subject ? "subject" : "body"),
                   fmt::format("placeholder {{{{{}}}}} is not allowed in this notice{}", name,
                               nearest.empty() ? "" : fmt::format("; did you mean {{{{{}}}}}?", nearest)));
        }
        if (!condition) {
          used.insert(name);
        }
      }
    }
    for (std::string_view name : rule.must) {
      if (!body.empty() && !used.contains(name)) {
        in.fault(*in.optional("body"), fmt::format("must hold {{{{{}}}}}", name));
      }
    }
    in.done();
    to.subject.by_locale[locale] = subject;
    to.body.by_locale[locale] = body;
  }

  const ReadFile& read_;
  std::shared_ptr<Policy> policy_ = std::make_shared<Policy>();
  std::vector<std::string> locales_, clause_ids_, disclosure_ids_;
  std::map<std::string_view, std::size_t> macro_counts_;  ///< by use, as the first language has them
  std::vector<FieldError> faults_;
};

}  // namespace

Result<std::shared_ptr<const Policy>> load_policy(const std::string& folder) {
  const ReadFile read = [&](const std::string& name) { return read_file(std::filesystem::path(folder) / name); };
  return Loader(read).load();
}

std::shared_ptr<const Policy> default_policy() {
  const ReadFile read = [](const std::string& name) -> Result<std::string> {
    const std::string_view bytes = default_policy_file(name);
    return bytes.empty() ? Result<std::string>(fail(Code::NotFound, "not in the built-in policy"))
                         : Result<std::string>(std::string(bytes));
  };
  auto policy = Loader(read).load();
  HEED_ASSERT(policy && "the built-in policy loads; its test says what is wrong");
  return *std::move(policy);
}

}  // namespace heed::policy
