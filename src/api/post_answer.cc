#include "api/post_answer.h"

#include "api/recent_ids.h"

namespace heed::api {

const char* const kPostExample =
    R"({"id":"p1","kind":"post","text":"Good morning from the library","created_at":"2026-11-21T18:00:00.000Z",)"
    R"("author":{"id":"a9","handle":"x","followers":12},"mentions":["a1"]})";

PostTools& PostTools::here(Desk& desk) {
  thread_local PostTools tools;
  auto assessor = desk.parts().assessor();
  if (assessor != tools.assessor) {
    tools.scratch.reset();
    tools.assessor = std::move(assessor);
    tools.scratch = tools.assessor->scratch();
  }
  return tools;
}

void write_answer(std::string& out, std::string_view post_id, const assess::Assessment& assessment,
                  std::string_view signals, CaseId case_id) {
  out += R"({"post_id":)";
  append_json_string(out, post_id);
  out.append(R"(,"verdict":")").append(assess::verdict_name(assessment.verdict)).append(R"(","signals":)");
  out.append(signals.empty() ? std::string_view("[]") : signals);
  if (!assessment.actions.empty()) {
    out += R"(,"actions":[)";
    for (std::size_t i = 0; i < assessment.actions.size(); ++i) {
      out.append(i == 0 ? "\"" : ",\"").append(policy::action_name(assessment.actions[i])).append("\"");
    }
    out += ']';
  }
  if (case_id) {
    out.append(R"(,"case_id":")").append(case_id.text()).append("\"");
  }
  out += '}';
}

namespace {

casework::ItemKind item_kind(post::Kind kind) {
  switch (kind) {
    case post::Kind::Post:
      return casework::ItemKind::Post;
    case post::Kind::Message:
      return casework::ItemKind::Message;
    case post::Kind::Profile:
      return casework::ItemKind::Profile;
  }
  return casework::ItemKind::Post;
}

}  // namespace

Result<Taken> take_post(Desk& desk, PostTools& tools, Time now, bool as_edit) {
  post::Post& post = tools.post;
  assess::Assessment& assessment = tools.assessment;
  tools.assessor->first_stage(post, *tools.scratch, assessment);

  bool known = false, same = false;
  if (desk.recent_ids().may_have(post.id, post.created_at, now) || as_edit) {
    for (const post::StoredPost& version : TRY(desk.parts().posts.find(post.id))) {
      if (version.change != post::StoredPost::Change::Delete) {
        known = true;
        same = version.json == post.raw;  // of the newest
      }
    }
  }
  tools.signals.clear();
  post.targets(tools.targets);
  {
    std::lock_guard lock(desk.sequence());
    tools.assessor->second_stage(post, desk.windows(), *tools.scratch, assessment);
    // An empty list where only the model does not leave it alone: so that windows can be filled again
    // (windows_refill.h).
    if (!assessment.signals.empty() || assessment.hostile) {
      JsonWriter out(tools.signals);
      assess::write_signals(out, assessment.signals);
    }
    if (!same) {
      post::PostRecord record;
      record.at = now;
      record.created_at = post.created_at;
      record.change = known || as_edit ? post::StoredPost::Change::Edit : post::StoredPost::Change::New;
      record.id = post.id;
      record.author = post.author.id;
      record.json = post.raw;
      record.signals = tools.signals;
      record.targets = &tools.targets;
      TRY(desk.parts().posts.append(record));
    }
  }
  Taken taken;
  const bool waits = assessment.verdict == assess::Verdict::Act || assessment.review;
  const bool changed = known && !same;
  if (!same) {
    desk.plane().on_post(tools.targets, post.author.id, !assessment.signals.empty());
  }
  if (!waits && !changed) {
    return taken;
  }
  auto versions = TRY(desk.parts().posts.find(post.id));
  auto item = TRY(desk.plane().evidence().from_versions(item_kind(post.kind), post.id, versions));
  if (waits) {
    taken.signal = std::make_unique<casework::SignalCommand>();
    taken.signal->item = std::move(item);
    taken.signal->machine_acts = assessment.verdict == assess::Verdict::Act;
    taken.signal->actions = assessment.actions;
    tools.assessor->plan().case_budgets(tools.assessor->policy(), assessment, tools.budgets);
    for (const assess::Plan::CaseBudget& budget : tools.budgets) {
      taken.signal->budgets.push_back({budget.rule->source, budget.cases});
    }
  } else {
    desk.plane().on_changed(std::move(item), /*deleted=*/false);
  }
  return taken;
}

schema::Text post_schema() {
  using namespace schema;
  const Text account = string(post::kIdBytesMax),
             ref = open_object({{"post_id?", string(post::kIdBytesMax)}, {"account_id?", account}});
  return open_object({{"id", string(post::kIdBytesMax, 1)},
                      {"kind?", words({"post", "message", "profile"})},
                      {"text", string(post::kTextBytesMax)},
                      {"created_at", time()},
                      {"lang?", string()},
                      {"author", open_object({{"id", string(post::kIdBytesMax, 1)},
                                              {"handle?", string()},
                                              {"created_at?", time()},
                                              {"followers?", integer()},
                                              {"client_hash?", string()}})},
                      {"reply_to?", ref},
                      {"quote_of?", ref},
                      {"mentions?", array(account, post::kMentionsMax)},
                      {"links?", array(string(), post::kLinksMax)},
                      {"media?", array(open_object({{"sha256?", string()}, {"type?", string()}, {"url?", string()}}),
                                       post::kMediaMax)},
                      {"attributes?", open_object({})}});
}

schema::Text answer_schema() {
  using namespace schema;
  const Text signal = open_object({{"category", string()},
                                   {"group?", string()},
                                   {"score", number(0, 1)},
                                   {"source?", string()},
                                   {"version?", string()},
                                   {"clause?", string()},
                                   {"span?", object({{"start", integer()}, {"end", integer()}})}});
  return object({{"post_id?", string()},
                 {"verdict", words({"allow", "flag", "act"})},
                 {"signals", array(signal)},
                 {"actions?", array(string())},
                 {"case_id?", id("cas")}});
}

}  // namespace heed::api
