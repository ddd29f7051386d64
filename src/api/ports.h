#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "access/principal.h"
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
  /// Whom an account follows, blocks or knows, and who blocks or knows it. Takes a view; may wait for the disk.
  virtual Result<std::vector<access::PersonHash>> close_to(const access::PersonHash& person) = 0;
};

/// One look that a member of staff took.
struct Look {
  std::uint64_t seq = 0;  ///< grows with time; given when it is stored
  Time at{};
  StaffId staff;
  CaseId case_id;  ///< none: at no case
  std::string what, object, reason;
};

/// Who of the staff looked at which case: a log with a chain of its own. Any thread.
class StaffReads {
 public:
  virtual ~StaffReads() = default;
  /// Never waits.
  virtual void note(StaffId staff, CaseId case_id, std::string_view what, Time at) = 0;
  /// For what must not be shown before it is logged: `done` comes once it is durable, on any thread.
  virtual void log(Look look, Function<void(Result<void>)> done) = 0;
  struct Ask {
    CaseId case_id{};              ///< of one case
    StaffId staff{};               ///< by one member
    std::string_view what{};       ///< only these, such as "unmask"
    std::uint64_t before_seq = 0;  ///< continues a listing; 0 begins it
    Time since{};
    std::size_t limit = 50;
  };
  /// Newest first. Takes a view; may wait for the disk.
  virtual Result<std::vector<Look>> looks(const Ask& ask) = 0;
};

}  // namespace heed::api
