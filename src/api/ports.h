#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/function.h"
#include "base/id.h"
#include "base/result.h"
#include "post/account.h"

/// What the API needs besides the planes; app wires it.
namespace heed::api {

/// What the platform tells about accounts and who follows, blocks or knows whom. Any thread; `done` comes once it is
/// durable, on any thread, and only hands over.
class AccountBook {
 public:
  virtual ~AccountBook() = default;
  virtual void put(post::Account account, Function<void(Result<void>)> done) = 0;
  /// Forgets what was told of the account and its relations.
  virtual void remove(std::string account_id, Function<void(Result<void>)> done) = 0;
  virtual void relate(std::vector<post::Relation> relations, Function<void(Result<void>)> done) = 0;
};

/// Who of the staff looked at which case: a log with a chain of its own. Any thread; never waits.
class StaffReads {
 public:
  virtual ~StaffReads() = default;
  virtual void note(StaffId staff, CaseId case_id, std::string_view what, Time at) = 0;
};

}  // namespace heed::api
