#pragma once
#include <string>
#include <vector>

#include "casework/post_search.h"

/// Posts that people have judged, to try rules on: what a change would have said of them.
namespace heed::casework {

struct JudgedPost {
  std::string json;  ///< the post as the platform sent it; "" where only its text is known
  std::string text;
  bool violation = false;
};
struct JudgedPosts {
  std::vector<JudgedPost> posts;  ///< newest decision first
  bool more = false;              ///< there are older ones
};
/// Decisions by people that stand, on posts whose words can still be opened; nothing of a sealed clause, nothing that
/// only a reporter's word stands for. At most `limit` posts and four times as many decisions looked at.
Result<JudgedPosts> judged_posts(ledger::View& view, ledger::KeyRing& keys, const policy::Policy& policy,
                                 std::size_t limit, const MayKnow& may_know);

}  // namespace heed::casework
