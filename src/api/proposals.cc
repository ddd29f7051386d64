#include <algorithm>

#include "api/preview.h"
#include "api/queue_access.h"
#include "api/resources.h"
#include "api/selves.h"
#include "casework/second_person.h"

/// What waits for a second person: seen by everybody who may work in its queue, confirmed or returned by another person
/// than the one who proposed it.
namespace heed::api {
namespace {

using namespace casework;

constexpr std::size_t kWaitingMax = 500;  // looked at for one list
constexpr std::size_t kListedMax = 200;

/// NotFound where the caller may not work in the case's queue.
Result<void> check_queue(const Call& call, ledger::View& view, CaseId case_id) {
  auto row = TRY(ledger::get<CaseRow>(view, case_id));
  return row && may_work_in(call.who, row->route) ? Result<void>() : not_found();
}

std::string alias_of(Desk& desk, StaffId staff) {
  auto known = desk.parts().directory.staff(staff);
  return known && *known ? (*known)->alias : "";
}

bool among(const std::vector<StaffId>& selves, StaffId staff) {
  return std::find(selves.begin(), selves.end(), staff) != selves.end();
}

void write_head(JsonWriter& out, Call& call, const ProposalRow& row, const CaseRow& home,
                const std::vector<StaffId>& selves) {
  out.field("proposal_id", row.id.text()).field("case_id", row.case_id.text());
  out.field("kind", name_of(row.kind)).field("state", name_of(row.state));
  out.field("by", row.staff.text()).field("by_alias", alias_of(call.desk, row.staff));
  out.field("at", format_time(row.at)).field("items", row.items).field_unless_empty("clause", row.clause);
  const auto policy = call.desk.policy();
  if (const policy::Clause* clause = policy->find(row.clause)) {
    out.field("clause_title", clause->title.in(call.who.locale));
  }
  write_time(out, "deadline", home.deadline);
  const bool mine = among(selves, row.staff);
  out.field("mine", mine);
  out.field("may_answer", !mine && row.state == ProposalState::Waiting && may_work_in(call.who, home.route));
  if (row.state != ProposalState::Waiting) {
    out.field("answered_by_alias", alias_of(call.desk, row.second)).field("answered_at", format_time(row.answered_at));
  }
}

Result<http::Response> read_proposals(Call& call, ledger::View& view, std::optional<CaseId> of_case) {
  const std::vector<StaffId> selves = TRY(selves_of(call.desk, StaffId{call.who.id}));
  std::vector<ProposalRow> rows =
      of_case ? TRY(proposals_in(view, *of_case)) : TRY(proposals_waiting(view, kWaitingMax));
  if (of_case) {
    std::erase_if(rows, [&](const ProposalRow& row) {
      return row.state != ProposalState::Waiting && !(row.news_for && among(selves, *row.news_for));
    });
  } else {
    for (const ProposalRow& row : TRY(proposals_of(view, selves))) {
      if (row.state != ProposalState::Waiting) {
        rows.push_back(row);  // answered, and not seen yet
      }
    }
  }
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  std::size_t listed = 0;
  for (const ProposalRow& row : rows) {
    auto home = TRY(ledger::get<CaseRow>(view, row.case_id));
    const bool theirs = home && (among(selves, row.staff) || may_work_in(call.who, home->route));
    if (!theirs || listed == kListedMax || TRY(call.desk.hidden(call, view, row.case_id))) {
      continue;
    }
    ++listed;
    out.begin_object();
    write_head(out, call, row, *home, selves);
    out.end_object();
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}

void get_proposals(Call call) {
  std::optional<CaseId> of_case;
  if (auto text = call.request.query_value("case_id"); text && !text->empty()) {
    auto id = CaseId::parse(*text);
    if (!id) {
      call.reply.send_error(
          {Code::InvalidInput, "case_id: is not an id of a case", {{"case_id", "is not an id of a case"}}});
      return;
    }
    of_case = *id;
  }
  Desk& desk = call.desk;
  desk.read(std::move(call), [of_case](Call& c, ledger::View& view) { return read_proposals(c, view, of_case); });
}

void write_verdict(JsonWriter& out, const Desk& desk, const ProposalView& whole, std::size_t i,
                   std::string_view locale) {
  const ItemVerdict& verdict = whole.verdicts[i];
  out.begin_object().field("item_id", verdict.item.text()).field("outcome", name_of(verdict.outcome));
  out.field_unless_empty("clause", verdict.clause);
  const auto policy = desk.policy();
  if (const policy::Clause* clause = policy->find(verdict.clause)) {
    out.field("clause_title", clause->title.in(locale));
  }
  out.field("ground", name_of(verdict.ground)).key("actions").begin_array();
  for (const VerdictAction& action : verdict.actions) {
    out.begin_object().field("kind", policy::action_name(action.kind));
    write_time(out, "until", action.until);
    out.end_object();
  }
  out.end_array()
      .field("facts", verdict.facts)
      .field("changed_since", static_cast<bool>(whole.changed[i]))
      .end_object();
}

Result<http::Response> read_proposal(Call& call, ledger::View& view, ProposalId id) {
  const std::vector<StaffId> selves = TRY(selves_of(call.desk, StaffId{call.who.id}));
  const ProposalView whole = TRY(proposal_view(view, call.desk.keys(), id));
  if (!among(selves, whole.row.staff)) {
    TRY(check_queue(call, view, whole.row.case_id));
  }
  auto home = TRY(ledger::get<CaseRow>(view, whole.row.case_id));
  if (!home) {
    return not_found();
  }
  call.desk.note_read(call.who, whole.row.case_id, "proposal");
  JsonWriter out;
  out.begin_object();
  write_head(out, call, whole.row, *home, selves);
  out.key("verdicts").begin_array();
  for (std::size_t i = 0; i < whole.verdicts.size(); ++i) {
    write_verdict(out, call.desk, whole, i, call.who.locale);
  }
  out.end_array().field("note", whole.note).field("answer", whole.answer);
  if (whole.event.decision) {
    out.field("decision_id", whole.event.decision.text());
  }
  if (whole.event.appeal) {
    out.field("appeal_id", whole.event.appeal.text()).field("appeal_outcome", name_of(whole.event.appeal_outcome));
  }
  out.end_object();
  return json_answer(200, out.take());
}

void get_proposal(Call call) {
  auto id = call.desk.path_id<ProposalId>(call);
  if (!id) {
    call.reply.send_error(id.error());
    return;
  }
  Desk& desk = call.desk;
  desk.read(std::move(call), [id = *id](Call& c, ledger::View& view) { return read_proposal(c, view, id); });
}

Result<AnswerProposal> read_answer(const Call& call, bool needs_note) {
  AnswerProposal out;
  out.staff = StaffId{call.who.id};
  out.proposal = TRY(call.desk.path_id<ProposalId>(call));
  out.selves = TRY(selves_of(call.desk, out.staff));
  if (needs_note || !call.request.body.empty()) {
    FieldReader in(TRY(body_json(call.request)), "");
    out.note = checked_text(in, "note",
                            needs_note ? in.required_string("note", 1, 20'000) : in.optional_string("note", 20'000));
    out.despite_edits = !needs_note && in.optional_bool("despite_edits");
    TRY(in.done());
  }
  return out;
}

Result<void> check_proposal(const Call& call, ledger::View& view, ProposalId id) {
  auto row = TRY(ledger::get<ProposalRow>(view, id));
  return row ? check_queue(call, view, row->case_id) : not_found();
}

void write_ids(JsonWriter& out, std::string_view name, const auto& ids) {
  out.key(name).begin_array();
  for (const auto& id : ids) {
    out.value(id.text());
  }
  out.end_array();
}

void post_confirmation(Call call) {
  auto command = read_answer(call, /*needs_note=*/false);
  if (!command) {
    call.reply.send_error(command.error());
    return;
  }
  Desk& desk = call.desk;
  const ProposalId id = command->proposal;
  desk.command<ConfirmedProposal>(
      std::move(call),
      [command = *std::move(command)](Call& c, Context& context) -> Result<ConfirmedProposal> {
        TRY(check_proposal(c, context.tx(), command.proposal));
        return confirm_proposal(context, command);
      },
      [id](Call&, const ConfirmedProposal& made) {
        JsonWriter out;
        out.begin_object().field("proposal_id", id.text()).field("state", name_of(ProposalState::Confirmed));
        write_ids(out, "decisions", made.decisions);
        write_ids(out, "actions", made.actions);
        out.field("case_closed", made.closed).end_object();
        return json_answer(200, out.take());
      },
      Wakes::Yes);
}

using Answer = Result<ProposalRow> (*)(Context&, const AnswerProposal&);

void answer(Call call, Answer act, bool needs_note, bool by_proposer) {
  auto command = read_answer(call, needs_note);
  if (!command) {
    call.reply.send_error(command.error());
    return;
  }
  Desk& desk = call.desk;
  desk.command<ProposalRow>(
      std::move(call),
      [command = *std::move(command), act, by_proposer](Call& c, Context& context) -> Result<ProposalRow> {
        if (!by_proposer) {
          TRY(check_proposal(c, context.tx(), command.proposal));
        }
        return act(context, command);
      },
      [](Call&, const ProposalRow& row) {
        JsonWriter out;
        out.begin_object().field("proposal_id", row.id.text()).field("state", name_of(row.state)).end_object();
        return json_answer(200, out.take());
      });
}
void post_return(Call call) { answer(std::move(call), return_proposal, /*needs_note=*/true, /*by_proposer=*/false); }
void delete_proposal(Call call) {
  answer(std::move(call), take_proposal_back, /*needs_note=*/false, /*by_proposer=*/true);
}
void post_seen(Call call) { answer(std::move(call), see_proposal, /*needs_note=*/false, /*by_proposer=*/true); }

/// Confirms, writes down what people would read, and lets everything be undone.
void post_preview(Call call) {
  auto command = read_answer(call, /*needs_note=*/false);
  if (!command) {
    call.reply.send_error(command.error());
    return;
  }
  command->despite_edits = true;
  auto shared = std::make_shared<Call>(std::move(call));
  auto shown = std::make_shared<std::string>();
  shared->desk.plane().command<bool>(
      ledger::Priority::Normal,
      [shared, shown, command = *std::move(command)](Context& context) -> Result<bool> {
        TRY(shared->desk.check_wall(*shared, context.tx()));
        TRY(check_proposal(*shared, context.tx(), command.proposal));
        const ConfirmedProposal made = TRY(confirm_proposal(context, command));
        *shown = TRY(told_json(context, {made.case_id, made.seq, made.actions.size(), made.closed, true},
                               shared->desk.parts().render));
        return fail(Code::Conflict, "only a preview");
      },
      [shared, shown](Result<bool> result) {
        if (!shown->empty()) {
          shared->reply.send(json_answer(200, std::move(*shown)));
        } else {
          shared->reply.send_error(neutral(std::move(result).error()));
        }
      });
}

schema::Fields head_fields() {
  using namespace schema;
  return {{"proposal_id", id("prp")},
          {"case_id", id("cas")},
          {"kind", words(names_of<ProposalKind>())},
          {"state", words(names_of<ProposalState>())},
          {"by", id("stf")},
          {"by_alias", string()},
          {"at", time()},
          {"items", integer(1, 200)},
          {"clause?", string()},
          {"clause_title?", string()},
          {"deadline", R"({"type":["string","null"]})"},
          {"mine", boolean()},
          {"may_answer", boolean()},
          {"answered_by_alias?", string()},
          {"answered_at?", time()}};
}

}  // namespace

Resource proposal_routes() {
  using namespace schema;
  const Who deciders = staff(access::Role::Reviewer) | staff(access::Role::Lead);
  const Text verdict =
      object({{"item_id", id("itm")},
              {"outcome", words(names_of<Outcome>())},
              {"clause?", string()},
              {"clause_title?", string()},
              {"ground", words(names_of<Ground>())},
              {"actions", array(object({{"kind", string()}, {"until", R"({"type":["string","null"]})"}}))},
              {"facts", string()},
              {"changed_since", boolean()}});
  Fields whole = head_fields();
  for (auto& field : Fields{{"verdicts", array(verdict, 200)},
                            {"note", string()},
                            {"answer", string()},
                            {"decision_id?", id("dec")},
                            {"appeal_id?", id("app")},
                            {"appeal_outcome?", words(names_of<AppealOutcome>())}}) {
    whole.push_back(field);
  }
  const Text answered = object({{"proposal_id", id("prp")}, {"state", words(names_of<ProposalState>())}});
  return {
      {
          {http::Method::Get,
           "/v1/proposals",
           deciders,
           "decisions",
           "What waits for a second person in the caller's queues, longest first, and answers to own proposals that "
           "the caller has not seen yet.",
           get_proposals,
           nullptr,
           {{"case_id", id("cas"), "Only of this case."}},
           {},
           gives_json(object({{"items", array(ref("Proposed"))}}))},
          {http::Method::Get,
           "/v1/proposals/{id}",
           deciders,
           "decisions",
           "What was proposed, word for word, and whether a post was changed since.",
           get_proposal,
           nullptr,
           {},
           {},
           gives_json(object(whole))},
          {http::Method::Post,
           "/v1/proposals/{id}/preview",
           deciders,
           "decisions",
           "What reporters and authors would read if the caller confirmed it; nothing is decided.",
           post_preview,
           nullptr,
           {},
           {},
           gives_json(preview_schema())},
          {http::Method::Post,
           "/v1/proposals/{id}/confirmation",
           deciders,
           "decisions",
           "Confirm it: the decision is made in the name of both, and goes out. Not by who proposed it, under any "
           "log-in. 409 when it was answered before or cannot go out as it was proposed: then return it.",
           post_confirmation,
           nullptr,
           {},
           takes_json(object({{"note?", string(20'000)}, {"despite_edits?", boolean()}}), "{}"),
           gives_json(object({{"proposal_id", id("prp")},
                              {"state", constant("confirmed")},
                              {"decisions", array(id("dec"))},
                              {"actions", array(id("act"))},
                              {"case_closed", boolean()}}))},
          {http::Method::Post,
           "/v1/proposals/{id}/return",
           deciders,
           "decisions",
           "Give it back with a note; its posts are free to be claimed again.",
           post_return,
           nullptr,
           {},
           takes_json(object({{"note", string(20'000, 1)}}), R"({"note":"The second post is a quotation."})"),
           gives_json(answered)},
          {http::Method::Post,
           "/v1/proposals/{id}/acknowledgement",
           deciders,
           "decisions",
           "By who proposed it: I have seen the answer.",
           post_seen,
           nullptr,
           {},
           {},
           gives_json(answered)},
          {http::Method::Delete,
           "/v1/proposals/{id}",
           deciders,
           "decisions",
           "By who proposed it, while it waits: take it back.",
           delete_proposal,
           nullptr,
           {},
           {},
           gives_json(answered)},
      },
      {{"Proposed", object(head_fields())}}};
}

}  // namespace heed::api
