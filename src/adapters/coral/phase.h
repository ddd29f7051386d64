#pragma once
#include <string>
#include <string_view>

#include "adapters/scorer.h"
#include "base/json.h"
#include "base/result.h"

namespace heed::adapters::coral {

/// The comment's text out of a signed request; everything else (author, story, site, tenant) is neither
/// needed nor kept. InvalidInput when there is no comment.body.
Result<std::string> read_comment(JsonParser& parser, std::string_view body);

/// What Coral is told, by what the policy says and never by a score alone; "" for no opinion (204):
///   act, and the clause lets a machine remove              REJECTED
///   act, and it lets a machine hide, limit or suspend      SYSTEM_WITHHELD and a flag
///   the clause wants a person to look (review: always)     SYSTEM_WITHHELD and a flag
///   flag, or an act that only labels or warns              NONE and a flag: published, and in the queue of
///   reported comments allow                                                  no opinion
std::string phase_answer(const Opinion& opinion);

}  // namespace heed::adapters::coral
