#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/desk.h"
#include "assess/plan.h"

/// From a parsed post to its answer: assess, keep, tell the case plane. POST /v1/posts streams through it, PUT and
/// /v1/assess use parts of it.
namespace heed::api {

/// One thread's memory for posts; reused from post to post.
struct PostTools {
  JsonParser parser{32};
  post::Post post;
  assess::Assessment assessment;
  std::shared_ptr<const assess::Assessor> assessor;
  std::unique_ptr<assess::Scratch, assess::ScratchDeleter> scratch;
  std::vector<std::string_view> targets;
  std::string signals;
  std::vector<assess::Plan::CaseBudget> budgets;

  /// This thread's, with the assessor of the moment.
  static PostTools& here(Desk& desk);
};

/// The fields of an answer: {"post_id",…}; `case_id` none when no case came of it.
void write_answer(std::string& out, std::string_view post_id, const assess::Assessment& assessment,
                  std::string_view signals, CaseId case_id);

/// What became of one post. With a signal, a case must be opened before it is answered: hand it to the plane.
struct Taken {
  std::unique_ptr<casework::SignalCommand> signal;
};
/// Assesses tools.post (parsed), keeps it and wakes the piles that it belongs to. The same id and body again changes
/// nothing; another body is a new version. `as_edit` is for PUT: a version even if the id is unknown.
Result<Taken> take_post(Desk& desk, PostTools& tools, Time now, bool as_edit = false);

schema::Text post_schema();
schema::Text answer_schema();
extern const char* const kPostExample;

}  // namespace heed::api
