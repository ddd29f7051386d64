#include <algorithm>
#include <set>

#include "casework/decide_core.h"
#include "casework/sealed.h"
#include "policy/dsa_names.h"

namespace heed::casework {
namespace {

using policy::ActionKind;

constexpr std::size_t kFactsCharactersMax = 5000;  // `decision_facts` of the EU's database
constexpr std::size_t kTokenBytesMax = 60;

bool is_token(std::string_view text) {
  return text.size() <= kTokenBytesMax &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string_view::npos;
}

bool is_language(std::string_view text) {
  return text.size() <= 35 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
         });
}

bool may_end(ActionKind kind) {
  return kind != ActionKind::None && kind != ActionKind::Remove && kind != ActionKind::Warn;
}

template <class T>
bool contains(const std::vector<T>& all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// Faults of one verdict, each under `at`.
class VerdictCheck {
 public:
  VerdictCheck(Context& context, const ItemVerdict& verdict, Decider decider, std::string at,
               std::vector<FieldError>& faults)
      : context_(context), verdict_(verdict), decider_(decider), at_(std::move(at)), faults_(faults) {}

  void run() {
    clause_ = verdict_.clause.empty() ? nullptr : context_.policy().find(verdict_.clause);
    if (!verdict_.clause.empty() && clause_ == nullptr) {
      fault("clause", "is no clause of the policy in force");
    }
    if (!verdict_.category.empty() && !policy::is_dsa_category(verdict_.category)) {
      fault("category", "is no category of the EU's statement-of-reasons schema");
    }
    if (!is_token(verdict_.group)) {
      fault("group", "must be a short name of a-z, 0-9, _ and -");
    }
    if (!is_language(verdict_.language)) {
      fault("language", "must be a language tag such as en or pt-BR");
    }
    if (characters(verdict_.facts) > kFactsCharactersMax) {
      fault("facts", "has more than 5000 characters");
    }
    switch (verdict_.outcome) {
      case Outcome::Violation:
        violation();
        break;
      case Outcome::NoViolation:
        no_violation();
        break;
      case Outcome::None:
        fault("outcome", "must be violation or no_violation");
        break;
    }
  }

 private:
  void fault(std::string_view field, std::string detail) {
    faults_.push_back({at_ + "/" + std::string(field), std::move(detail)});
  }

  void violation() {
    if (verdict_.clause.empty()) {
      fault("clause", "a violation names the clause that it is against");
    }
    if (verdict_.facts.find_first_not_of(" \t\r\n") == std::string::npos) {
      fault("facts", "a violation states the facts it rests on");
    }
    if (clause_ == nullptr) {
      return;
    }
    if (verdict_.ground == Ground::Law && clause_->law.empty()) {
      fault("ground", "this clause names no law; the ground is terms");
    }
    if (decider_ == Decider::Rule && !clause_->machine_may_act) {
      fault("clause", "no machine may act under this clause");
    }
    if (decider_ != Decider::Person && takes_two(*clause_, verdict_)) {
      fault("clause", "this takes two people, so no machine may decide it");
    }
    if (decider_ == Decider::Copy && clause_->machine_copies == policy::Copies::No) {
      fault("clause", "no machine may act on copies under this clause");
    }
    actions();
  }

  void no_violation() {
    for (const VerdictAction& action : verdict_.actions) {
      if (action.kind != ActionKind::None) {
        fault("actions", "where nothing is wrong nothing is done");
        break;
      }
    }
    if (decider_ == Decider::Rule && (clause_ == nullptr || !clause_->machine_may_close)) {
      fault("clause", "no machine may close under this clause");
    }
    if (decider_ == Decider::Copy && (clause_ == nullptr || clause_->machine_copies == policy::Copies::No)) {
      fault("clause", "no machine may close copies under this clause");
    }
  }

  void actions() {
    std::set<ActionKind> seen;
    for (std::size_t i = 0; i < verdict_.actions.size(); ++i) {
      const VerdictAction& action = verdict_.actions[i];
      const std::string field = "actions/" + std::to_string(i);
      if (!seen.insert(action.kind).second) {
        fault(field, "is ordered twice");
      }
      if (!contains(clause_->actions, action.kind) && action.kind != ActionKind::None) {
        fault(field + "/kind", "is not among the actions that this clause permits");
      } else if (decider_ != Decider::Person && action.kind != ActionKind::None &&
                 !contains(decider_ == Decider::Copy ? clause_->copy_actions : clause_->machine_actions, action.kind)) {
        fault(field + "/kind", "is not among the actions that a machine may order under this clause");
      }
      if (action.until != Time{} && !may_end(action.kind)) {
        fault(field + "/until", "this action has no end");
      } else if (action.until != Time{} && action.until <= context_.now()) {
        fault(field + "/until", "must be in the future");
      }
    }
    if (seen.contains(ActionKind::None) && seen.size() > 1) {
      fault("actions", "none excludes every other action");
    }
  }

  Context& context_;
  const ItemVerdict& verdict_;
  Decider decider_;
  std::string at_;
  std::vector<FieldError>& faults_;
  const policy::Clause* clause_ = nullptr;
};

}  // namespace

Result<std::vector<FieldError>> check_form(Context& context, const std::vector<ItemVerdict>& verdicts, Decider decider,
                                           const std::string& pointer) {
  std::vector<FieldError> faults;
  if (verdicts.empty()) {
    faults.push_back({pointer, "must name at least one item"});
  }
  if (verdicts.size() > static_cast<std::size_t>(context.env().slice_items_max)) {
    faults.push_back({pointer, "has more items than one act may decide"});
    return faults;
  }
  std::set<ItemId> seen;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    std::string at = pointer == "/items" ? pointer + "/" + std::to_string(i) : pointer;
    if (!seen.insert(verdicts[i].item).second) {
      faults.push_back({at + "/item_id", "is named twice"});
    }
    VerdictCheck(context, verdicts[i], decider, std::move(at), faults).run();
  }
  return faults;
}

namespace {

Result<bool> has_account(Context& context, const ItemRow& item) {
  auto party = TRY(context.party(item.case_id, item.author));
  Sealed sealed(context.tx(), *context.env().keys);
  auto who = party ? TRY(sealed.identity(*party)) : std::optional<Identity>{};
  return who && !who->account.empty();
}

}  // namespace

Result<std::vector<FieldError>> check_evidence(Context& context, const std::vector<ItemVerdict>& verdicts,
                                               const std::vector<ItemRow>& items, const std::string& pointer) {
  std::vector<FieldError> faults;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    std::string at = pointer == "/items" ? pointer + "/" + std::to_string(i) : pointer;
    bool acts = false, on_account = false, on_post = false;
    for (const VerdictAction& action : verdicts[i].actions) {
      acts = acts || action.kind != ActionKind::None;
      on_account = on_account || action.kind == ActionKind::Warn || action.kind == ActionKind::Suspend;
      on_post = on_post || (action.kind != ActionKind::None && action.kind != ActionKind::Warn &&
                            action.kind != ActionKind::Suspend);
    }
    if (acts && items[i].provenance == Provenance::Reporter) {
      faults.push_back({at + "/actions",
                        "evidence that only a reporter supplied permits no action; get it from the platform first"});
    } else if (on_post && items[i].provenance == Provenance::Party) {
      faults.push_back({at + "/actions",
                        "these words were written to us and never published: the account can be warned or suspended, "
                        "there is no post to act on"});
    } else if (on_account && items[i].provenance == Provenance::Party && !TRY(has_account(context, items[i]))) {
      faults.push_back({at + "/actions", "whoever wrote this has no account that could be warned or suspended"});
    } else if (on_account && items[i].author == 0) {
      faults.push_back({at + "/actions", "the author is not known, so no account can be warned or suspended"});
    }
  }
  return faults;
}

}  // namespace heed::casework
