#pragma once
#include <string>

#include "api/schema.h"
#include "casework/decisions.h"
#include "casework/notices.h"

/// What a decision would tell the people concerned, word for word, before it is made.
namespace heed::api {

/// What an act has just told, from its event `seq` on: JSON as of preview_json. The caller undoes the command.
struct ToldBy {
  CaseId case_id;
  std::int64_t seq = 0;
  std::size_t orders = 0;
  bool closed = false;
  bool second_person = false;  ///< it takes another person to go out
};
Result<std::string> told_json(casework::Context& context, const ToldBy& act, casework::RenderEnv env);
schema::Text preview_schema();

/// Decides in `context` and renders the notices of that act: JSON {"outcomes","statements","to_reporters":[…],
/// "to_authors":[…]}, of each kind the first few that differ. The caller must undo the command: what is made here is to
/// be kept nowhere. Errors are those of decide(). Writer's thread; links are left out, since a guest's link is a key.
Result<std::string> preview_json(casework::Context& context, const casework::DecideCommand& command,
                                 casework::RenderEnv env);

}  // namespace heed::api
