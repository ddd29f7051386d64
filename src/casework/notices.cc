#include "casework/notices.h"

#include <algorithm>
#include <map>
#include <set>

#include "casework/appeals.h"
#include "casework/apply_parts.h"
#include "casework/delegations.h"
#include "casework/language.h"
#include "casework/notices_parts.h"
#include "casework/sealed.h"
#include "casework/settle_copy.h"

namespace heed::casework {
namespace {

constexpr std::size_t kOwnWordsMax = 3;
constexpr std::size_t kOwnWordsCharactersMax = 280;

using Values = std::map<std::string, std::string, std::less<>>;

std::string_view automation_word(Automation a) {
  return a == Automation::Fully ? "fully" : a == Automation::Partly ? "partially" : "not_automated";
}

bool bit(int restrictions, OrderKind kind) { return (restrictions & (1 << static_cast<int>(kind))) != 0; }

class PartyNotice {
 public:
  PartyNotice(ledger::View& view, const RenderEnv& env, const NoticeRow& notice, std::string_view locale)
      : view_(view),
        env_(env),
        in_force_(env.policy.get()),
        policy_(*in_force_),
        notice_(notice),
        sealed_(view, *env.keys),
        locale_(locale) {}

  Result<Parcel> run() {
    auto party = TRY(ledger::get<PartyRow>(view_, notice_.case_id, notice_.party));
    auto identity = party ? TRY(sealed_.identity(*party)) : std::optional<Identity>{};
    if (!identity) {
      return fail(Code::NotFound, "whom this notice is for was erased");
    }
    person_ = *party->person;
    bystander_ = (party->roles & (kBystander | kTarget)) == kBystander;
    identity_ = *identity;
    if (locale_.empty()) {
      locale_ = party->locale.empty() ? TRY(language_of(view_, person_)) : party->locale;
    }
    parcel_.channel = notice_.channel;
    parcel_.id = env_.aliases->text(person_, notice_.id);
    parcel_.type = "notification." + std::string(name_of(notice_.kind));
    parcel_.locale = locale_;
    if (party->number) {
      values_["number"] = format_case_number(static_cast<std::uint64_t>(*party->number));
    }
    values_["platform"] = env_.platform;
    if (env_.links != nullptr) {
      values_["status_url"] = env_.links->case_page(person_, notice_.case_id);
    }
    values_["redress"] = policy_.redress.in(locale_);
    values_["redress_court"] = policy_.redress_court.in(locale_);
    values_["date"] = day_text(notice_.at);

    data_.begin_object().key("recipient").begin_object();
    data_.field_unless_empty("account_id", identity_.account);
    if (identity_.account.empty()) {
      data_.field_unless_empty("email", identity_.mail);
    }
    data_.end_object();
    data_.field_unless_empty("number", values_["number"]);
    data_.field("case_id", env_.aliases->text(person_, notice_.case_id));
    TRY(write_content());
    return finish();
  }

 private:
  Result<void> write_content() {
    switch (notice_.kind) {
      case NoticeKind::Receipt:
        return receipt();
      case NoticeKind::Outcome:
        return outcome();
      case NoticeKind::OutcomeReversed:
        return outcome_reversed();
      case NoticeKind::StatementOfReasons:
        return statement();
      case NoticeKind::StatementReversed:
        return statement_reversed();
      case NoticeKind::AppealReceipt:
        return appeal_receipt();
      case NoticeKind::AppealOutcome:
        return appeal_outcome();
      case NoticeKind::Message:
        template_ = "message";
        values_["message"] = TRY(sealed_.body(notice_.case_id, notice_.seq, "m")).value_or("");
        return {};
      case NoticeKind::Conversation:
        template_ = "conversation";  // none of the words: they open only on the page
        return {};
      case NoticeKind::Delegation:
        return delegation();
      case NoticeKind::DelegationGiven:
      case NoticeKind::DelegationEnded:
        return delegation_told();
      case NoticeKind::IdentityCode:
        return identity_code();
      case NoticeKind::ActionOrdered:
      case NoticeKind::Alarm:
        break;
    }
    return fail(Code::Internal, "this notice is not for a party");
  }

  Result<Parcel> finish() {
    auto text = policy_.notices.find(template_);
    if (text != policy_.notices.end()) {
      parcel_.subject = policy::render(text->second.subject.in(locale_), values_);
      parcel_.text = policy::render(text->second.body.in(locale_), values_);
    }
    data_.field_unless_empty("locale", locale_).field("subject", parcel_.subject).field("text", parcel_.text);
    data_.field_unless_empty("link", values_["status_url"]);
    data_.end_object();
    JsonWriter out;
    out.begin_object().field("type", parcel_.type).field("id", parcel_.id).field("at", format_time(notice_.at));
    out.key("data").raw(data_.str()).end_object();
    parcel_.json = out.take();
    if (notice_.channel == Channel::Mail) {
      parcel_.to = identity_.mail;
      if (parcel_.to.empty() && env_.accounts != nullptr && !identity_.account.empty()) {
        parcel_.to = TRY(env_.accounts->mail_of(identity_.account));
      }
      if (parcel_.to.empty()) {
        return fail(Code::NotFound, "no mail address is known for this notice");
      }
    }
    return std::move(parcel_);
  }

  // --- to reporters -----------------------------------------------------------------------------------------
  Result<void> receipt() {
    template_ = "receipt";
    auto report = TRY(ledger::get<ReportRow>(view_, ReportId{notice_.about}));
    if (report) {
      data_.field("report_id", env_.aliases->text(person_, report->id));
      values_["decide_by"] = day_text(report->at + policy_.clocks.decide_default);
      values_["count"] = report->items > 1 ? std::to_string(report->items) : "";
    }
    return {};
  }

  /// Of the act's decisions, those on items that the report covers.
  Result<std::vector<DecisionRow>> decisions_for_report() {
    std::vector<DecisionRow> out;
    auto report = TRY(ledger::get<ReportRow>(view_, ReportId{notice_.about}));
    if (!report) {
      return fail(Code::NotFound, "the report was erased");
    }
    data_.field("report_id", env_.aliases->text(person_, report->id));
    for (DecisionId id : TRY(decisions_told(view_, notice_, *report))) {
      auto decision = TRY(ledger::get<DecisionRow>(view_, id));
      if (decision && (report->whole_pile || TRY(ledger::get<ReportItemRow>(view_, decision->item, report->id)))) {
        out.push_back(std::move(*decision));
      }
    }
    return out;
  }

  Result<void> outcome() {
    std::vector<DecisionRow> decisions = TRY(decisions_for_report());
    const bool acted =
        std::any_of(decisions.begin(), decisions.end(), [](const auto& d) { return d.outcome == Outcome::Violation; });
    template_ = acted ? "outcome_violation" : "outcome_no_violation";
    data_.field("outcome", acted ? "violation" : "no_violation");
    values_["count"] = decisions.size() > 1 ? std::to_string(decisions.size()) : "";
    TRY(write_outcomes(decisions));
    auto settled = read_event<ItemsSettled>(TRY(sealed_.header(notice_.case_id, notice_.seq)));
    if (settled && settled->repeat) {
      data_.field("repeat", true);
      values_["decision"] += " " + policy_.word("decision.repeat", locale_);
    }
    return appeal_window(decisions.size() == 1 ? decisions.front().id : DecisionId{});
  }

  Result<void> outcome_reversed() {
    template_ = "outcome_reversed";
    auto report = TRY(ledger::get<ReportRow>(view_, ReportId{notice_.about}));
    if (!report) {
      return fail(Code::NotFound, "the report was erased");
    }
    data_.field("report_id", env_.aliases->text(person_, report->id));
    std::vector<DecisionRow> stands;
    for (ItemId id : TRY(reversed_items())) {
      auto item = TRY(ledger::get<ItemRow>(view_, id));
      auto decision = item ? TRY(ledger::get<DecisionRow>(view_, item->decision)) : std::optional<DecisionRow>{};
      if (decision) {
        stands.push_back(as_it_stands(*decision));
      }
    }
    return write_outcomes(stands);
  }

  /// A decision that was taken back and not replaced reads as "no violation" under its clause.
  static DecisionRow as_it_stands(DecisionRow decision) {
    if (decision.reversed_seq != 0) {
      decision.outcome = Outcome::NoViolation;
      decision.restrictions = 0;
    }
    return decision;
  }

  Result<std::vector<ItemId>> reversed_items() {
    const std::string header = TRY(sealed_.header(notice_.case_id, notice_.seq));
    std::vector<ItemId> items;
    if (auto event = read_event<Reversed>(header)) {
      items.push_back(event->item);
    } else {
      for (const SettledItem& i : TRY(read_event<ItemsSettled>(header)).items) {
        items.push_back(i.item);
      }
    }
    return items;
  }

  Result<void> write_outcomes(const std::vector<DecisionRow>& decisions) {
    Phrases clauses("; "), reasons("\n"), actions, how;
    data_.key("items").begin_array();
    for (const DecisionRow& d : decisions) {
      const policy::Clause* clause = policy_.find(d.clause);
      data_.begin_object()
          .field("item_id", env_.aliases->text(person_, d.item))
          .field("decision_id", env_.aliases->text(person_, d.id));
      data_.field("outcome", name_of(d.outcome)).field("automated_decision", automation_word(d.decision_automation));
      if (clause != nullptr) {
        clauses.add(clause->title.in(locale_));
        const std::string& reason =
            (d.outcome == Outcome::Violation ? clause->reason_violation : clause->reason_no_violation).in(locale_);
        reasons.add(reason);
        data_.key("clause").begin_object().field("id", clause->id).field("version", d.clause_version);
        data_.field("title", clause->title.in(locale_)).end_object().field("reason", reason);
      }
      data_.key("actions").begin_array();
      // Whom it does not concern learns whether it was against the rules, not what it meant for somebody else.
      for (OrderKind kind : bystander_ ? std::vector<OrderKind>{} : kinds_of(d.restrictions)) {
        data_.value(name_of(kind));
        actions.add(policy_.word("action." + std::string(name_of(kind)), locale_));
      }
      data_.end_array().end_object();
      how.add(TRY(decision_word(d)));
    }
    data_.end_array();
    values_["clause"] = clauses.text();
    values_["reason"] = reasons.text();
    const bool changed = template_ == "outcome_reversed";
    values_["actions"] = bystander_               ? std::string()
                         : actions.text().empty() ? policy_.word(changed ? "action.undone" : "action.none", locale_)
                                                  : actions.text();
    values_["decision"] = how.text();
    return {};
  }

  // --- to authors -------------------------------------------------------------------------------------------
  /// In the order in which they wrote: that of the case tells what was reported first.
  Result<void> statement() {
    std::map<std::tuple<Time, std::optional<Hash16>, DecisionId>, DecisionRow> by_time;
    for (DecisionId id : TRY(decisions_at(view_, notice_.case_id, notice_.seq))) {
      auto decision = TRY(ledger::get<DecisionRow>(view_, id));
      auto item = decision ? TRY(ledger::get<ItemRow>(view_, decision->item)) : std::optional<ItemRow>{};
      if (item && item->author == notice_.party && decision->outcome == Outcome::Violation &&
          decision->restrictions != 0) {
        by_time.try_emplace({item->created_at, item->key, id}, std::move(*decision));
      }
    }
    std::vector<DecisionRow> decisions;
    std::transform(by_time.begin(), by_time.end(), std::back_inserter(decisions), [](auto& one) { return one.second; });
    const bool only_warned = std::all_of(decisions.begin(), decisions.end(), [](const DecisionRow& d) {
      return d.restrictions == 1 << static_cast<int>(OrderKind::Warn);
    });
    template_ = only_warned && policy_.notices.contains("author_warning") ? "author_warning" : "statement_of_reasons";
    TRY(write_statements(decisions));
    data_.field("territory", "all");
    values_["territory"] = policy_.word("territory.all", locale_);
    return appeal_window(decisions.size() == 1 ? decisions.front().id : DecisionId{});
  }

  /// Every field of Article 17(3), structured and in words. Of reports only that there was one: not who, when, how
  /// many.
  Result<void> write_statements(const std::vector<DecisionRow>& decisions) {
    Phrases clauses("; "), texts("\n"), reasons("\n"), actions, grounds, sources, detections, how, facts("\n");
    std::string own_words;
    std::size_t quoted = 0;
    data_.key("decisions").begin_array();
    for (const DecisionRow& d : decisions) {
      auto item = TRY(ledger::get<ItemRow>(view_, d.item));
      const policy::Clause* clause = policy_.find(d.clause);
      data_.begin_object()
          .field("decision_id", env_.aliases->text(person_, d.id))
          .field("decided_at", format_time(d.at));
      auto evidence = item ? TRY(sealed_.evidence(*item)) : std::optional<EvidenceText>{};
      data_.key("item")
          .begin_object()
          .field("item_id", env_.aliases->text(person_, d.item))
          .field("kind", name_of(d.kind));
      if (evidence) {
        data_.field("id", evidence->id);
        if (!evidence->text.empty() && quoted++ < kOwnWordsMax) {
          own_words += (own_words.empty() ? "“" : " “") + in_line(cut(evidence->text, kOwnWordsCharactersMax)) + "”";
        }
      }
      data_.end_object();
      TRY(write_restrictions(d, actions));
      data_.field("ground", name_of(d.ground));
      if (clause != nullptr) {
        clauses.add(clause->title.in(locale_));
        texts.add(clause->text.in(locale_));
        reasons.add(clause->reason_violation.in(locale_));
        data_.key("clause").begin_object().field("id", clause->id).field("version", d.clause_version);
        data_.field("title", clause->title.in(locale_)).field("text", clause->text.in(locale_)).end_object();
        data_.field("explanation", clause->reason_violation.in(locale_));
        if (d.ground == Ground::Law) {
          data_.field("law", clause->law);
        }
      }
      grounds.add(policy::render(policy_.word(d.ground == Ground::Law ? "ground.law" : "ground.terms", locale_),
                                 {{"platform", env_.platform}, {"law", clause == nullptr ? "" : clause->law}}));
      auto fact =
          item ? TRY(sealed_.body(d.case_id, d.seq, "f" + std::to_string(item->ord))) : std::optional<std::string>{};
      data_.field("facts", fact.value_or(""));
      facts.add(fact.value_or(""));
      data_.field("source_type", name_of(d.source)).field("automated_detection", d.detection != Automation::None);
      data_.field("automated_decision", automation_word(d.decision_automation));
      data_.field_unless_empty("category", d.category).field_unless_empty("language", d.language).end_object();
      sources.add(policy_.word(source_word(d.source), locale_));
      detections.add(policy_.word(d.detection != Automation::None ? "detection.machine" : "detection.person", locale_));
      how.add(TRY(decision_word(d)));
    }
    data_.end_array();
    values_["clause"] = clauses.text();
    values_["clause_text"] = texts.text();
    values_["reason"] = reasons.text();
    values_["actions"] = actions.text();
    values_["ground"] = grounds.text();
    values_["source"] = sources.text();
    values_["detection"] = detections.text();
    values_["decision"] = how.text();
    values_["facts"] = facts.text();
    values_["own_words"] = own_words;
    return {};
  }

  Result<void> write_restrictions(const DecisionRow& decision, Phrases& actions) {
    data_.key("restrictions").begin_array();
    auto key = ledger::cells(decision.item);
    std::vector<ActionRow> orders;
    TRY(ledger::scan<ActionRow>(view_, {.index = ActionRow::kByItem, .prefix = key}, [&](const ActionRow& a) {
      if (a.decision == decision.id && a.kind != OrderKind::Undo) {
        orders.push_back(a);
      }
    }));
    for (const ActionRow& order : orders) {
      data_.begin_object().field("kind", name_of(order.kind));
      std::string words = policy_.word("action." + std::string(name_of(order.kind)), locale_);
      if (order.until != Time{}) {
        data_.field("until", format_time(order.until));
        words += " " + policy::render(policy_.word("duration.until", locale_), {{"expires", minute_text(order.until)}});
      } else if (order.kind != OrderKind::Warn) {
        words += " " + policy_.word("duration.for_good", locale_);
      }
      data_.end_object();
      actions.add(std::move(words));
    }
    data_.end_array();
    return {};
  }

  Result<void> statement_reversed() {
    template_ = "statement_reversed";
    auto old = TRY(ledger::get<DecisionRow>(view_, DecisionId{notice_.about}));
    auto item = old ? TRY(ledger::get<ItemRow>(view_, old->item)) : std::optional<ItemRow>{};
    if (!item) {
      return fail(Code::NotFound, "the decision is gone");
    }
    return what_stands(*old, *item);
  }

  /// The author reads what holds for the post now.
  Result<void> what_stands(const DecisionRow& old, const ItemRow& item) {
    auto current = TRY(ledger::get<DecisionRow>(view_, item.decision));
    DecisionRow stands = as_it_stands(current ? *current : old);
    data_.field("decision_id", env_.aliases->text(person_, old.id)).field("outcome", name_of(stands.outcome));
    data_.key("item")
        .begin_object()
        .field("item_id", env_.aliases->text(person_, item.id))
        .field("kind", name_of(item.kind));
    if (auto evidence = TRY(sealed_.evidence(item))) {
      data_.field("id", evidence->id);
    }
    data_.end_object();
    Phrases actions;
    if (stands.restrictions != 0) {
      TRY(write_restrictions(stands, actions));
    }
    values_["actions"] = !actions.text().empty() ? actions.text() : policy_.word("action.undone", locale_);
    if (stands.outcome == Outcome::NoViolation) {
      if (const policy::Clause* clause = policy_.find(old.clause)) {
        values_["clause"] = clause->title.in(locale_);
      }
    }
    return {};
  }

  // --- to delegates -----------------------------------------------------------------------------------------
  Result<void> delegation() {
    template_ = "delegation_received";
    auto row = TRY(ledger::get<DelegationRow>(view_, access::DelegationId{notice_.about}));
    if (!row || row->ended_at != Time{}) {
      return fail(Code::NotFound, "this delegation has ended");
    }
    data_.field("delegation_id", env_.aliases->text(person_, row->id)).field("until", format_time(row->until));
    values_["expires"] = minute_text(row->until);
    values_["status_url"] =
        env_.links == nullptr ? std::string() : env_.links->delegation_page(row->id, row->by_mail ? row->link : 0);
    return {};
  }

  Result<void> delegation_told() {
    auto row = TRY(ledger::get<DelegationRow>(view_, access::DelegationId{notice_.about}));
    if (!row) {
      return fail(Code::NotFound, "this delegation was erased");
    }
    const bool given = notice_.kind == NoticeKind::DelegationGiven, principal = notice_.party == 1;
    template_ = given ? "delegation_given" : principal ? "delegation_ended" : "delegation_over";
    data_.field("delegation_id", env_.aliases->text(person_, row->id)).field("until", format_time(row->until));
    values_["status_url"].clear();  // a delegation is no case
    if (!principal) {
      return {};
    }
    if (env_.links != nullptr) {
      values_["status_url"] = env_.links->delegation_page(row->id, /*link=*/0);
    }
    values_["expires"] = minute_text(row->until);
    auto party = TRY(ledger::get<PartyRow>(view_, row->record, 2));
    auto who = party ? TRY(sealed_.identity(*party)) : std::optional<Identity>{};
    if (who) {
      values_["delegate"] = in_line(known_as(*who, env_.accounts));
    }
    Phrases scopes(", ");
    for (std::uint32_t bit = 1; bit <= access::kDelegatedAll; bit <<= 1) {
      if ((static_cast<std::uint32_t>(row->scopes) & bit) != 0) {
        const std::string_view name = access::delegated_name(static_cast<access::Delegated>(bit));
        scopes.add(policy_.word("scope." + std::string(name), locale_));
      }
    }
    values_["scope"] = scopes.text();
    return {};
  }

  /// In the mail to that address and nowhere else: on a page it would prove nothing.
  Result<void> identity_code() {
    template_ = "identity_code";
    auto event = read_event<IdentityCodeMade>(TRY(sealed_.header(notice_.case_id, notice_.seq)));
    auto code = TRY(sealed_.body(notice_.case_id, notice_.seq, "m"));
    if (notice_.channel != Channel::Mail || !event || !code) {
      return fail(Code::NotFound, "a code is not shown");
    }
    values_["code"] = *code;
    values_["expires"] = minute_text(event->until);
    return {};
  }

  // --- appeals ----------------------------------------------------------------------------------------------
  Result<void> appeal_receipt() {
    template_ = "appeal_receipt";
    AppealId appeal{notice_.about};
    auto clock = TRY(ledger::get<ClockRow>(view_, notice_.case_id, ClockKind::AppealDecide, appeal.value));
    values_["decide_by"] = clock ? minute_text(clock->due) : "";
    data_.field("appeal_id", env_.aliases->text(person_, appeal));
    if (clock) {
      data_.field("decide_by", format_time(clock->due));
    }
    return {};
  }

  Result<void> appeal_outcome() {
    auto appeal = TRY(ledger::get<AppealRow>(view_, AppealId{notice_.about}));
    auto decision = appeal ? TRY(ledger::get<DecisionRow>(view_, appeal->decision)) : std::optional<DecisionRow>{};
    auto item = decision ? TRY(ledger::get<ItemRow>(view_, decision->item)) : std::optional<ItemRow>{};
    if (!item) {
      return fail(Code::NotFound, "the appeal is gone");
    }
    data_.field("appeal_id", env_.aliases->text(person_, appeal->id)).field("appeal_outcome", name_of(appeal->outcome));
    const bool stands = appeal->outcome == AppealOutcome::Upheld || appeal->outcome == AppealOutcome::Omitted;
    if (appeal->by_reporter && !stands) {
      template_ = "outcome_reversed";
      auto current = TRY(ledger::get<DecisionRow>(view_, item->decision));
      TRY(write_outcomes({as_it_stands(current ? *current : *decision)}));
    } else if (!stands) {
      TRY(what_stands(*decision, *item));
      template_ = "statement_reversed";
    } else {
      template_ = "appeal_upheld";
      data_.field("decision_id", env_.aliases->text(person_, decision->id));
      if (const policy::Clause* clause = policy_.find(decision->clause)) {
        values_["clause"] = clause->title.in(locale_);
      }
    }
    auto reason = TRY(sealed_.body(notice_.case_id, notice_.seq, "a"));
    if (reason) {
      values_["reason"] = *reason;
      data_.field("reason", *reason);
    }
    return {};
  }

  // --- shared -----------------------------------------------------------------------------------------------
  /// `one`: the only decision this notice speaks of, for a direct link.
  Result<void> appeal_window(DecisionId one) {
    const Time told = notice_.done_at != Time{} ? notice_.done_at : notice_.pending_from.value_or(notice_.at);
    const Time ends = appeal_ends(told, policy_.clocks.appeal_window_months);
    const Time last_day = ends - std::chrono::hours(36);  // noon before the day that ends it everywhere
    values_["appeal_until"] = day_text(last_day);
    data_.key("redress").begin_object().field("until", day_text(last_day)).field("internal", values_["redress"]);
    data_.field("out_of_court_and_judicial", values_["redress_court"]);
    if (env_.links != nullptr) {
      values_["appeal_url"] = env_.links->appeal_page(person_, notice_.case_id, one);
      data_.field("url", values_["appeal_url"]);
    }
    data_.end_object();
    return {};
  }

  static std::vector<OrderKind> kinds_of(int restrictions) {
    std::vector<OrderKind> kinds;
    for (OrderKind kind : {OrderKind::Label, OrderKind::Interstitial, OrderKind::Limit, OrderKind::Hide,
                           OrderKind::Remove, OrderKind::Warn, OrderKind::Suspend}) {
      if (bit(restrictions, kind)) {
        kinds.push_back(kind);
      }
    }
    return kinds;
  }

  Result<std::string> decision_word(const DecisionRow& decision) {
    const Automation automation = decision.decision_automation;
    if (automation == Automation::Fully && TRY(carried_over(view_, decision.item))) {
      return policy_.word("decision.copy", locale_);
    }
    return policy_.word(automation == Automation::Fully    ? "decision.machine"
                        : automation == Automation::Partly ? "decision.partly"
                                                           : "decision.person",
                        locale_);
  }
  static std::string_view source_word(Source source) {
    switch (source) {
      case Source::TrustedFlagger:
        return "source.trusted_flagger";
      case Source::OwnInitiative:
        return "source.own_initiative";
      case Source::Authority:
        return "source.authority";
      case Source::UserNotice:
      case Source::OtherNotification:
        break;
    }
    return "source.notice";
  }

  ledger::View& view_;
  const RenderEnv& env_;
  const std::shared_ptr<const policy::Policy> in_force_;
  const policy::Policy& policy_;
  const NoticeRow& notice_;
  Sealed sealed_;
  std::string locale_;
  PersonHash person_{};
  bool bystander_ = false;
  Identity identity_;
  Parcel parcel_;
  std::string template_;
  Values values_;
  JsonWriter data_;
};

}  // namespace

Result<Parcel> render(ledger::View& view, const RenderEnv& env, const NoticeRow& notice, std::string_view locale) {
  switch (notice.kind) {
    case NoticeKind::ActionOrdered:
      return render_order(view, env, notice);
    case NoticeKind::Alarm:
      return render_alarm(view, env, notice);
    default:
      return PartyNotice(view, env, notice, locale).run();
  }
}

}  // namespace heed::casework
