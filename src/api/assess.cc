#include "api/post_answer.h"
#include "api/resources.h"

namespace heed::api {
namespace {

Result<http::Response> assess_text(Call& call) {
  Json body = TRY(body_json(call.request));
  FieldReader in(body, "");
  std::string_view text = in.required_string("text", 0, post::kTextBytesMax);
  static_cast<void>(in.optional_string("lang", 35));
  TRY(in.done());
  PostTools& tools = PostTools::here(call.desk);
  tools.assessor->assess_text(text, *tools.scratch, tools.assessment);
  JsonWriter out;
  out.begin_object().field("verdict", assess::verdict_name(tools.assessment.verdict)).key("signals");
  assess::write_signals(out, tools.assessment.signals);
  if (!tools.assessment.actions.empty()) {
    out.key("actions").begin_array();
    for (policy::ActionKind action : tools.assessment.actions) {
      out.value(policy::action_name(action));
    }
    out.end_array();
  }
  out.end_object();
  return json_answer(200, out.take());
}

void post_assess(Call call) {
  auto answer = assess_text(call);
  if (answer) {
    call.reply.send(*std::move(answer));
  } else {
    call.reply.send_error(answer.error());
  }
}

}  // namespace

Resource assess_routes() {
  using namespace schema;
  return {{{http::Method::Post,
            "/v1/assess",
            key(access::Scope::PostsWrite) | any_staff(),
            "posts",
            "What would be said of this text. Stores nothing.",
            post_assess,
            nullptr,
            {},
            takes_json(object({{"text", string(post::kTextBytesMax)}, {"lang?", string(35)}}),
                       R"({"text":"Good morning"})"),
            gives_json(ref("PostAnswer")),
            false,
            4 << 20}}};
}

}  // namespace heed::api
