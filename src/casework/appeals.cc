#include "casework/appeals.h"

#include <algorithm>

#include "casework/same_words.h"
#include "casework/settle.h"

namespace heed::casework {
namespace {

constexpr std::size_t kTextCharactersMax = 10'000;
constexpr std::size_t kReasonCharactersMax = 5000;

bool says_something(std::string_view text, std::size_t characters_max) {
  return text.find_first_not_of(" \t\r\n") != std::string_view::npos && characters(text) <= characters_max;
}

/// As what a person may appeal, in which case, and when that person was told.
struct Standing {
  PartyRow party;
  bool by_reporter = false;
  Channel channel{};
  Time informed{};
};

Result<std::optional<Standing>> standing_of(Context& context, const DecisionRow& decision, const ItemRow& item,
                                            const PersonHash& person) {
  auto own = TRY(context.party_of(decision.case_id, person));
  if (own && item.author == own->party) {
    return Standing{*own, false, author_channel(context.env()), decision.informed_author_at};
  }
  std::optional<Standing> found;
  Coverage coverage(context);
  for (const ReportRow& report : TRY(coverage.of(item)).reports) {
    if (report.person == person && !found) {
      auto party = TRY(context.party(report.case_id, report.party));
      if (party) {
        found = Standing{*party, true, report.answer_by, report.informed_at};
      }
    }
  }
  if (!found && own && (own->roles & kTarget) != 0) {
    found = Standing{*own, true, own->channel, decision.informed_reporter_at};
  }
  return found;
}

}  // namespace

Time appeal_ends(Time informed, int months) {
  using namespace std::chrono;
  // The day on which it was read may be tomorrow already (UTC+14), and the last day ends when it ends at UTC-12.
  const year_month_day day{floor<days>(informed + hours(14))};
  year_month_day last = day + std::chrono::months(months);
  if (!last.ok()) {
    last = last.year() / last.month() / std::chrono::last;
  }
  return Time(sys_days(last) + days(1) + hours(12));
}

Result<FiledAppeal> file_appeal(Context& context, const FileAppealCommand& command) {
  auto decision = TRY(ledger::get<DecisionRow>(context.tx(), command.decision));
  auto item = decision ? TRY(ledger::get<ItemRow>(context.tx(), decision->item)) : std::optional<ItemRow>{};
  auto standing = item ? TRY(standing_of(context, *decision, *item, command.person)) : std::optional<Standing>{};
  if (!standing || standing->party.slot == 0) {
    return fail(Code::NotFound, "there is no such decision");
  }
  if (!says_something(command.text, kTextCharactersMax)) {
    return invalid("/text", "must say what you disagree with, in at most 10000 characters");
  }
  if (!command.evidence.empty() && !says_something(command.evidence, kTextCharactersMax)) {
    return invalid("/evidence", "must say something, in at most 10000 characters");
  }
  bool before = false;
  auto key = ledger::cells(decision->id);
  TRY(ledger::scan<AppealRow>(
      context.tx(), {.index = AppealRow::kByDecision, .prefix = key}, [&](const AppealRow& appeal) {
        before = before || (appeal.case_id == standing->party.case_id && appeal.party == standing->party.party);
      }));
  if (before) {
    return fail(Code::Conflict, "you have appealed against this decision before");
  }
  if (decision->reversed_seq != 0) {
    return fail(Code::Conflict, "this decision has been reversed already");
  }
  // Whoever was not told yet can only be early.
  const Time informed = std::max(standing->informed, decision->at);
  if (standing->informed != Time{} &&
      context.now() >= appeal_ends(informed, context.policy().clocks.appeal_window_months)) {
    return fail(Code::Conflict, "the time to appeal against this decision is over");
  }
  AppealFiled event;
  event.appeal = context.mint<AppealId>();
  event.decision = decision->id;
  event.party = standing->party.party;
  event.by_reporter = standing->by_reporter;
  event.trusted = command.trusted;
  event.decide_by = context.now() + context.policy().clocks.appeal_decide;
  const std::string said = command.evidence.empty() ? command.text : command.text + "\n\n" + command.evidence;
  if (SameWords* book = context.env().same_words; book != nullptr && !command.trusted) {
    event.same_words = book->count(said, command.person, context.now());
  }
  const CaseId case_id = standing->party.case_id;
  Telling telling(context, case_id);
  TRY(telling.tell(event.party, NoticeKind::AppealReceipt, standing->channel, event.appeal.value));
  event.parties = std::move(telling.parties());
  event.notices = std::move(telling.notices());
  std::vector<ledger::Body> bodies = {{"a", static_cast<std::uint64_t>(standing->party.slot), command.text}};
  if (!command.evidence.empty()) {
    bodies.push_back({"n", static_cast<std::uint64_t>(standing->party.slot), command.evidence});
  }
  TRY(context.append(case_id, event, bodies, command.actor));
  TRY(raise_words(context, {case_id, event.party, WordsAs::Appeal, said, command.heard}));
  return FiledAppeal{event.appeal, case_id, event.party, event.decide_by};
}

Result<DecidedAppeal> decide_appeal(Context& context, const DecideAppealCommand& command) {
  auto appeal = TRY(ledger::get<AppealRow>(context.tx(), command.appeal));
  auto decision = appeal ? TRY(ledger::get<DecisionRow>(context.tx(), appeal->decision)) : std::optional<DecisionRow>{};
  if (!decision) {
    return fail(Code::NotFound, "there is no such appeal");
  }
  // Whoever has ever decided on the post: also the first one, when a later decision is appealed against.
  auto own = [&](StaffId staff) {
    return staff && (staff == command.staff || staff == command.second ||
                     std::find(command.also.begin(), command.also.end(), staff) != command.also.end());
  };
  bool involved = own(decision->staff) || own(decision->second);
  auto same_item = ledger::cells(decision->item);
  TRY(ledger::scan<DecisionRow>(
      context.tx(), {.index = DecisionRow::kByItem, .prefix = same_item},
      [&](const DecisionRow& other) { involved = involved || own(other.staff) || own(other.second); }));
  if (involved) {
    return fail(Code::Denied, "an appeal is judged by somebody else than the one who decided");
  }
  if (appeal->outcome != AppealOutcome::Pending) {
    return fail(Code::Conflict, "this appeal was answered before");
  }
  const bool reverses = command.outcome == AppealOutcome::Reversed || command.outcome == AppealOutcome::PartlyReversed;
  std::vector<FieldError> faults;
  if (command.outcome == AppealOutcome::Pending) {
    faults.push_back({"/outcome", "must be upheld, partly_reversed, reversed or omitted"});
  }
  if (!says_something(command.reason, kReasonCharactersMax)) {
    faults.push_back({"/reason", "must say why, in at most 5000 characters"});
  }
  if (command.outcome == AppealOutcome::PartlyReversed && !command.instead) {
    faults.push_back({"/instead", "a part that stands is decided anew: say what"});
  }
  if (!reverses && command.instead) {
    faults.push_back({"/instead", "belongs to a reversal"});
  }
  if (!faults.empty()) {
    std::string message = faults.front().pointer + ": " + faults.front().detail;
    return fail(Code::InvalidInput, std::move(message), std::move(faults));
  }
  DecidedAppeal result{appeal->case_id, std::nullopt};
  if (reverses && decision->reversed_seq == 0) {  // else another appeal or staff has done it: the answer is the same
    ReverseCommand reversal;
    reversal.staff = command.staff;
    reversal.decision = decision->id;
    reversal.reason = command.reason;
    reversal.instead = command.instead;
    reversal.second = command.second;
    reversal.appeal = appeal->id;
    reversal.appeal_outcome = command.outcome;
    reversal.appellant_case = appeal->case_id;
    reversal.appellant = appeal->party;
    result.reversal = TRY(reverse(context, reversal));
    if (result.reversal->proposal) {
      return result;
    }
  }
  AppealDecided event;
  event.appeal = appeal->id;
  event.staff = command.staff;
  event.outcome = command.outcome;
  Telling telling(context, appeal->case_id);
  auto party = TRY(context.party(appeal->case_id, appeal->party));
  Channel channel = author_channel(context.env());
  if (party && appeal->by_reporter && party->channel == Channel::Mail) {
    channel = Channel::Mail;
  }
  TRY(telling.tell(appeal->party, NoticeKind::AppealOutcome, channel, appeal->id.value));
  event.notices = std::move(telling.notices());
  std::vector<ledger::Body> bodies;
  if (party && party->slot != 0) {
    bodies.push_back({"a", static_cast<std::uint64_t>(party->slot), command.reason});
  }
  TRY(context.append(appeal->case_id, event, bodies, command.staff.value));
  return result;
}

}  // namespace heed::casework
