#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "casework/intake.h"
#include "post/recent_posts.h"

/// Freezing: what is kept with an item, gathered before the command runs.
namespace heed::casework {

/// One item as a report names it.
struct RequestedItem {
  ItemKind kind{};
  std::string id, url;
  std::vector<std::string> symptoms;
  std::string snapshot_json;  ///< {"text","author","created_at","media"} as sent, "" none
  std::string target = {};    ///< account id: whom the reporter says it is aimed at, "" unknown
};

class EvidenceRoom {
 public:
  EvidenceRoom(post::RecentPosts& posts, const Evaluator& evaluator, Accounts& accounts)
      : posts_(posts), evaluator_(evaluator), accounts_(accounts) {}

  /// All kept versions, the thread above it, the author's profile, and what the evaluation says. NotFound for an
  /// unknown id without snapshot. `from_platform`: a snapshot came with the platform's key.
  Result<ReportedItem> gather(const RequestedItem& item, bool from_platform, Time now) const;
  /// The same from versions already read (a pile's chunk).
  Result<ReportedItem> from_versions(ItemKind kind, std::string_view id,
                                     const std::vector<post::StoredPost>& versions) const;
  /// What the evaluation says of words that a party writes to us.
  Evaluator::Finding hear(std::string_view text) const { return evaluator_.evaluate(text); }
  /// True when a shield of `owner` may block `author`.
  bool blockable(std::string_view owner, std::string_view author) const;

 private:
  /// Evaluates again with what the report adds.
  void add_report(const RequestedItem& wanted, Evidence& evidence) const;

  post::RecentPosts& posts_;
  const Evaluator& evaluator_;
  Accounts& accounts_;
};

}  // namespace heed::casework
