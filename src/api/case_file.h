#pragma once
#include <string>

#include "access/alias.h"
#include "access/principal.h"
#include "base/crypto.h"
#include "casework/notices.h"
#include "ledger/keyring.h"
#include "ledger/store.h"
#include "post/recent_posts.h"

/// What one person may take away from a case: her evidence file (casework/bundle.h says in which form).
///
/// Everything goes through the visibility rows, as on her page. A target also gets the posts as they were frozen, the
/// thread above each, and what passed between her and their authors before, as far as recent posts still hold it. An
/// author gets their own posts as they were judged. Whoever reported for somebody else gets no word of a post. Nobody
/// gets an order, a count, a time or an id from which another person's report could be told: items are numbered anew,
/// ids are her aliases, and of what froze an item nothing stands there unless she may see that event.
namespace heed::api {

struct FileRoom {
  ledger::KeyRing& keys;
  const access::Aliases& aliases;
  const access::Hasher& hasher;
  post::RecentPosts& posts;
  casework::RenderEnv render;  ///< its links are not used: a file that goes to others opens nobody's case
  const SigningKey& signing;
  Time now{};
};

/// As signed JSON. NotFound for a case that is not this person's. At most 20,000 items; "items_left_out" counts the
/// rest. One thread, with a view of its own; reads everything the case holds.
Result<std::string> case_file(ledger::View& view, const FileRoom& room, const access::Principal& who, CaseId case_id,
                              std::string_view locale = {});

}  // namespace heed::api
