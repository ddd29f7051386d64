#include "casework/questions.h"

#include "api/resources.h"
#include "api/viewer.h"

/// Asking a party: the clock stands until she answers or her time is up.
namespace heed::api {
namespace {

using namespace casework;
using QuestionId = Id<EventTag>;

struct Question {
  CaseId case_id;
  int to = 0;
  std::string text;
  Time until{};
};

Result<Question> read_question(const Call& call) {
  Question out;
  out.case_id = TRY(call.desk.path_id<CaseId>(call));
  FieldReader in(TRY(body_json(call.request)), "");
  out.to = static_cast<int>(in.optional_int("to", 1, 1'000'000, 0));
  if (out.to == 0 && in.any("to").missing()) {
    in.error("to", "is required: the number of the party");
  }
  out.text = checked_text(in, "text", in.required_string("text", 1, 20'000));
  const Time now = call.desk.now();
  out.until = in.optional_time("until").value_or(now + kAnswerTime);
  if (out.until <= now || out.until > now + kAnswerTimeMax) {
    in.error("until", "must lie ahead, by 14 days at most");
  }
  TRY(in.done());
  return out;
}

void post_question(Call call) {
  auto question = read_question(call);
  if (!question) {
    call.reply.send_error(question.error());
    return;
  }
  Desk& desk = call.desk;
  desk.create<std::pair<QuestionId, Time>>(
      std::move(call),
      [q = *question](Call& c, Context& context) -> Result<std::pair<QuestionId, Time>> {
        return std::pair(TRY(ask_question(context, q.case_id, StaffId{c.who.id}, q.to, q.text, q.until)), q.until);
      },
      [](Call&, Context&, const Made& made) -> Result<std::pair<QuestionId, Time>> {
        const QuestionAsked asked = TRY(made.as<QuestionAsked>());
        return std::pair(asked.question, asked.until);
      },
      [](Call&, const std::pair<QuestionId, Time>& made) {
        JsonWriter out;
        out.begin_object()
            .field("question_id", made.first.text())
            .field("until", format_time(made.second))
            .end_object();
        return json_answer(201, out.take());
      },
      Wakes::Yes);
}

void delete_question(Call call) {
  auto id = call.desk.path_id<CaseId>(call);
  if (!id) {
    call.reply.send_error(id.error());
    return;
  }
  Desk& desk = call.desk;
  desk.command<bool>(
      std::move(call),
      [id = *id](Call& c, Context& context) -> Result<bool> {
        TRY(end_question(context, id, QuestionEnd::TakenBack, c.who.id));
        return true;
      },
      [](Call&, bool) { return nothing(); });
}

}  // namespace

Resource question_routes() {
  using namespace schema;
  const Who who = reviewers() | staff(access::Role::Legal);
  return {{
      {http::Method::Post,
       "/v1/cases/{id}/question",
       who,
       "cases",
       "Ask a party. The case's clock stands until she answers with a message or her time is up (three days when not "
       "given).",
       post_question,
       nullptr,
       {},
       takes_json(object({{"to", integer(1, 1'000'000)}, {"text", string(20'000, 1)}, {"until?", time()}}),
                  R"({"to":1,"text":"Is this the account that wrote to you before?"})"),
       gives_json(object({{"question_id", id("evt")}, {"until", time()}}), 201),
       /*idempotent_key=*/true},
      {http::Method::Delete,
       "/v1/cases/{id}/question",
       who,
       "cases",
       "Take it back: the clock goes on.",
       delete_question,
       nullptr,
       {},
       {},
       gives_nothing()},
  }};
}

}  // namespace heed::api
