#include "casework/second_looks.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "casework/notes.h"
#include "casework/settle.h"

namespace heed::casework {
namespace {

constexpr Millis kHeld = std::chrono::minutes(30);
constexpr Millis kGoldenLife = std::chrono::hours(24 * 365);
constexpr std::size_t kWhyCharactersMax = 5000;
constexpr std::size_t kLookedAtMax = 500;  // doubles and golden posts that one claim looks through

std::int64_t day_of(Time at) { return to_ms(at) / (24 * 3600 * 1000); }

bool drawn(const Environment& env, std::string_view for_what, DecisionId decision, double share) {
  const Hash16 lot = env.hasher->item(for_what, decision.text());
  std::uint32_t number = 0;
  std::memcpy(&number, lot.data(), sizeof number);
  return static_cast<double>(number) < share * 4294967296.0;
}

/// May the post be seen by somebody who has no case to see it in?
bool may_be_seen(const policy::Policy& policy, const ItemRow& item, const std::string& clause_id) {
  const policy::Clause* clause = policy.find(clause_id);
  const policy::Clause* found = item.category.empty() ? nullptr : policy.for_category(item.category);
  return clause != nullptr && !clause->sealed && (found == nullptr || !found->sealed) &&
         item.lane != policy::Lane::Life && item.key &&
         (item.provenance == Provenance::Seen || item.provenance == Provenance::Platform);
}

Result<bool> graver_waits(Context& context, const TakeLook& who) {
  for (const char* queue : {"default", "lead", "legal"}) {
    if (!who.may_work_in(queue)) {
      continue;
    }
    for (const policy::Lane lane : {policy::Lane::Life, policy::Lane::Fear}) {
      bool any = false;
      const std::string name = queue;
      auto prefix = ledger::cells(name, lane);
      TRY(ledger::scan<CaseRow>(context.tx(), {.index = CaseRow::kByQueue, .prefix = prefix, .limit = 1},
                                [&](const CaseRow&) { any = true; }));
      if (any) {
        return true;
      }
    }
  }
  return false;
}

Result<bool> open_to(Context& context, const TakeLook& who, CaseId case_id) {
  auto row = TRY(ledger::get<CaseRow>(context.tx(), case_id));
  if (!row || row->route == "sealed" || !who.may_work_in(row->route)) {
    return false;
  }
  return who.wall == nullptr || !TRY(stands_before(context.tx(), *who.wall, *row));
}

/// Has one of this person's log-ins ever decided on the post, or confirmed a decision?
Result<bool> decided_by(Context& context, const TakeLook& who, ItemId item) {
  bool own = false;
  auto is_self = [&](StaffId staff) {
    return staff && (staff == who.staff || std::find(who.selves.begin(), who.selves.end(), staff) != who.selves.end());
  };
  auto key = ledger::cells(item);
  TRY(ledger::scan<DecisionRow>(
      context.tx(), {.index = DecisionRow::kByItem, .prefix = key},
      [&](const DecisionRow& row) { own = own || is_self(row.staff) || is_self(row.second); }));
  return own;
}

Result<std::optional<GoldenRow>> unseen_golden(Context& context, const TakeLook& who) {
  std::vector<GoldenRow> all;
  TRY(ledger::scan<GoldenRow>(context.tx(), {.index = GoldenRow::kByActive, .limit = kLookedAtMax},
                              [&](const GoldenRow& row) { all.push_back(row); }));
  for (const GoldenRow& row : all) {
    auto item = TRY(ledger::get<ItemRow>(context.tx(), row.item));
    if (!item || !may_be_seen(context.policy(), *item, row.clause) || !who.spared.takes(*item) || !row.active_until ||
        *row.active_until <= context.now() || TRY(ledger::get<GoldenSeenRow>(context.tx(), who.staff, row.item)) ||
        TRY(decided_by(context, who, row.item)) || !TRY(open_to(context, who, row.case_id))) {
      continue;
    }
    return row;
  }
  return std::nullopt;
}

Result<SecondLookRow> hold(Context& context, SecondLookRow row, StaffId staff) {
  row.state = LookState::Held;
  row.second = staff;
  row.waits_for = staff;
  row.held_until = context.now() + kHeld;
  TRY(ledger::put(context.tx(), row));
  return row;
}

Result<void> count(Context& context, const SecondLookRow& row) {
  const bool first = row.outcome == Outcome::Violation;
  const bool second = row.answer == Outcome::Violation && (!first || row.answer_clause == row.clause);
  const std::int64_t day = day_of(context.now());
  auto known = TRY(ledger::get<AgreementRow>(context.tx(), day, row.clause, row.language, row.kind));
  AgreementRow counts = known ? *std::move(known) : AgreementRow{day, row.clause, row.language, row.kind};
  ++(first ? (second ? counts.both : counts.first_only) : second ? counts.second_only : counts.neither);
  TRY(ledger::put(context.tx(), counts));
  std::vector<StaffId> people{row.second};
  if (row.kind == LookKind::Double) {
    people.push_back(row.first);
  }
  for (StaffId staff : people) {
    auto before = TRY(ledger::get<LookerRow>(context.tx(), day, staff));
    LookerRow looker = before ? *std::move(before) : LookerRow{day, staff};
    ++looker.looks;
    looker.differed += row.differs ? 1 : 0;
    TRY(ledger::put(context.tx(), looker));
  }
  return {};
}

Result<void> back_to_wait(Context& context, SecondLookRow row) {
  row.state = LookState::Waiting;
  row.second = {};
  row.held_until = {};
  if (row.kind == LookKind::Double) {
    row.waits_for.reset();
  }
  return ledger::put(context.tx(), row);
}

}  // namespace

Result<void> draw_second_looks(Context& context, StaffId staff, const std::vector<DecisionId>& decisions) {
  const Environment& env = context.env();
  for (DecisionId id : decisions) {
    const bool again = drawn(env, "second look", id, env.second_look_share);
    const bool golden = drawn(env, "golden", id, env.golden_share);
    if (!again && !golden) {
      continue;
    }
    auto decision = TRY(ledger::get<DecisionRow>(context.tx(), id));
    auto item = decision ? TRY(ledger::get<ItemRow>(context.tx(), decision->item)) : std::optional<ItemRow>{};
    if (!item) {
      continue;
    }
    SecondLookRow row;
    row.at = context.now();
    if (golden) {
      row.id = context.mint<LookId>();
      row.kind = LookKind::Golden;
      row.waits_for = staff;
      TRY(ledger::put(context.tx(), row));
    }
    if (again && may_be_seen(context.policy(), *item, decision->clause)) {
      row.id = context.mint<LookId>();
      row.kind = LookKind::Double;
      row.item = item->id;
      row.case_id = item->case_id;
      row.decision = id;
      row.first = decision->staff;
      row.outcome = decision->outcome;
      row.clause = decision->clause;
      row.language = decision->language;
      row.waits_for.reset();
      row.waiting_since = row.at;
      TRY(ledger::put(context.tx(), row));
    }
  }
  return {};
}

Result<std::optional<SecondLookRow>> take_second_look(Context& context, const TakeLook& who) {
  std::vector<SecondLookRow> own;
  auto key = ledger::cells(who.staff);
  TRY(ledger::scan<SecondLookRow>(context.tx(),
                                  {.index = SecondLookRow::kByStaff, .prefix = key, .limit = kLookedAtMax},
                                  [&](const SecondLookRow& row) { own.push_back(row); }));
  for (const SecondLookRow& row : own) {
    if (row.state != LookState::Held) {
      continue;
    }
    if (TRY(open_to(context, who, row.case_id))) {
      return TRY(hold(context, row, who.staff));
    }
    TRY(back_to_wait(context, row));  // a wall stands before it now
  }
  if (TRY(graver_waits(context, who))) {
    return std::nullopt;
  }
  for (SecondLookRow& row : own) {
    if (row.kind != LookKind::Golden || row.state != LookState::Waiting) {
      continue;
    }
    auto golden = TRY(unseen_golden(context, who));
    if (!golden) {
      break;
    }
    row.item = golden->item;
    row.case_id = golden->case_id;
    row.outcome = golden->outcome;
    row.clause = golden->clause;
    row.language = golden->language;
    TRY(ledger::put(context.tx(), GoldenSeenRow{who.staff, golden->item}));
    return TRY(hold(context, row, who.staff));
  }
  std::vector<SecondLookRow> waiting;
  TRY(ledger::scan<SecondLookRow>(context.tx(), {.index = SecondLookRow::kByWaiting, .limit = kLookedAtMax},
                                  [&](const SecondLookRow& row) { waiting.push_back(row); }));
  for (const SecondLookRow& row : waiting) {
    if (row.state == LookState::Held && row.held_until > context.now()) {
      continue;
    }
    auto item = TRY(ledger::get<ItemRow>(context.tx(), row.item));
    if (item && item->key && who.spared.takes(*item) && !TRY(decided_by(context, who, row.item)) &&
        TRY(open_to(context, who, row.case_id))) {
      return TRY(hold(context, row, who.staff));
    }
  }
  return std::nullopt;
}

Result<AnsweredLook> answer_second_look(Context& context, const LookAnswer& answer) {
  auto row = TRY(ledger::get<SecondLookRow>(context.tx(), answer.look));
  if (!row || row->state != LookState::Held || row->second != answer.staff) {
    return fail(Code::NotFound, "this is not yours to look at");
  }
  if (answer.outcome == Outcome::None) {
    return invalid("/outcome", "must be violation or no_violation");
  }
  if (answer.outcome == Outcome::Violation && context.policy().find(answer.clause) == nullptr) {
    return invalid("/clause", "a violation names a clause of the policy in force");
  }
  row->answer = answer.outcome;
  row->answer_clause = answer.outcome == Outcome::Violation ? answer.clause : std::string();
  row->differs =
      answer.outcome != row->outcome || (answer.outcome == Outcome::Violation && row->answer_clause != row->clause);
  row->state = LookState::Answered;
  row->answered_at = context.now();
  row->waits_for.reset();
  row->waiting_since.reset();
  if (row->differs && row->kind == LookKind::Double) {
    row->for_leads = context.now();
  }
  TRY(ledger::put(context.tx(), *row));
  TRY(count(context, *row));
  AnsweredLook out{*row, 0};
  if (row->kind == LookKind::Golden) {
    auto golden = TRY(ledger::get<GoldenRow>(context.tx(), row->item));
    out.why_seq = golden ? golden->why_seq : 0;
  }
  return out;
}

Result<void> settle_second_look(Context& context, LookId look) {
  auto row = TRY(ledger::get<SecondLookRow>(context.tx(), look));
  if (!row || !row->for_leads) {
    return fail(Code::NotFound, "there is no such look that waits for a lead");
  }
  row->state = LookState::Settled;
  row->for_leads.reset();
  return ledger::put(context.tx(), *row);
}

Result<GoldenRow> mark_golden(Context& context, const MarkGolden& command) {
  auto decision = TRY(ledger::get<DecisionRow>(context.tx(), command.decision));
  auto item = decision ? TRY(ledger::get<ItemRow>(context.tx(), decision->item)) : std::optional<ItemRow>{};
  if (!item) {
    return fail(Code::NotFound, "there is no such decision");
  }
  if (command.why.find_first_not_of(" \t\r\n") == std::string::npos || characters(command.why) > kWhyCharactersMax) {
    return invalid("/why", "must say why, in at most 5000 characters");
  }
  const Time expires = command.expires_at == Time{} ? context.now() + kGoldenLife : command.expires_at;
  if (expires <= context.now() || expires > context.now() + kGoldenLife) {
    return invalid("/expires_at", "must be in the future, a year ahead at the most");
  }
  if (item->decision != decision->id) {
    return fail(Code::Conflict, "another decision has taken this one's place");
  }
  // A decision that fell without another in its place says that nothing is wrong.
  const Outcome outcome = decision->reversed_seq == 0 ? decision->outcome : item->outcome;
  if (!may_be_seen(context.policy(), *item, decision->clause)) {
    return fail(Code::Conflict,
                "what is sealed, a threat to life, erased, or only a reporter's word is not shown blind");
  }
  GoldenRow row;
  row.item = item->id;
  row.case_id = item->case_id;
  row.outcome = outcome;
  row.clause = decision->clause;
  row.language = decision->language;
  row.why_seq = TRY(add_note(context, item->case_id, command.staff, command.why));
  row.by = command.staff;
  row.at = context.now();
  row.expires_at = expires;
  row.active_until = expires;
  TRY(ledger::put(context.tx(), row));
  return row;
}

Result<void> unmark_golden(Context& context, DecisionId decision) {
  auto known = TRY(ledger::get<DecisionRow>(context.tx(), decision));
  auto row = known ? TRY(ledger::get<GoldenRow>(context.tx(), known->item)) : std::optional<GoldenRow>{};
  if (!row || !row->active_until) {
    return fail(Code::NotFound, "this is not in the golden set");
  }
  row->active_until.reset();
  return ledger::put(context.tx(), *row);
}

Result<std::vector<GoldenRow>> golden_set(ledger::View& view, Time now) {
  std::vector<GoldenRow> out;
  TRY(ledger::scan<GoldenRow>(view, {.index = GoldenRow::kByActive}, [&](const GoldenRow& row) {
    if (row.active_until && *row.active_until > now) {
      out.push_back(row);
    }
  }));
  return out;
}

Result<std::vector<SecondLookRow>> looks_that_differ(ledger::View& view, std::size_t most) {
  std::vector<SecondLookRow> out;
  TRY(ledger::scan<SecondLookRow>(view, {.index = SecondLookRow::kByLeads, .limit = most},
                                  [&](const SecondLookRow& row) { out.push_back(row); }));
  return out;
}

Result<std::vector<Agreement>> agreement_of(ledger::View& view, Time from, Time to) {
  std::map<std::tuple<std::string, std::string, LookKind>, Looks> sums;
  TRY(ledger::scan<AgreementRow>(view, {}, [&](const AgreementRow& row) {
    if (row.day < day_of(from) || row.day > day_of(to)) {
      return;
    }
    Looks& sum = sums[{row.clause, row.language, row.kind}];
    sum.both += row.both;
    sum.first_only += row.first_only;
    sum.second_only += row.second_only;
    sum.neither += row.neither;
  }));
  std::vector<Agreement> out;
  for (const auto& [key, looks] : sums) {
    out.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), looks});
  }
  return out;
}

Result<std::vector<Looker>> lookers_of(ledger::View& view, Time from, Time to) {
  std::map<StaffId, Differs> sums;
  Differs all;
  TRY(ledger::scan<LookerRow>(view, {}, [&](const LookerRow& row) {
    if (row.day < day_of(from) || row.day > day_of(to)) {
      return;
    }
    sums[row.staff].looks += row.looks;
    sums[row.staff].differed += row.differed;
    all.looks += row.looks;
    all.differed += row.differed;
  }));
  std::vector<Looker> out;
  for (const auto& [staff, one] : sums) {
    out.push_back({staff, one, stands_out(one, {all.looks - one.looks, all.differed - one.differed})});
  }
  return out;
}

}  // namespace heed::casework
