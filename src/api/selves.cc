#include "api/selves.h"

#include <algorithm>

namespace heed::api {
namespace {

Result<std::vector<access::PersonHash>> own_accounts(access::Directory& directory, StaffId staff) {
  std::vector<access::PersonHash> out;
  for (const access::Tie& tie : TRY(directory.ties_of(staff))) {
    if (tie.kind == access::TieKind::Own) {
      out.push_back(tie.person);
    }
  }
  return out;
}

}  // namespace

Result<std::vector<StaffId>> selves_of(Desk& desk, StaffId staff) {
  access::Directory& directory = desk.parts().directory;
  std::vector<StaffId> out{staff};
  std::vector<access::PersonHash> accounts = TRY(own_accounts(directory, staff));
  std::vector<std::pair<StaffId, std::vector<access::PersonHash>>> others;
  for (const access::Staff& one : TRY(directory.all_staff())) {
    if (one.id != staff) {
      others.emplace_back(one.id, TRY(own_accounts(directory, one.id)));
    }
  }
  // Whoever shares an account with a log-in that was found is the same person, too.
  for (bool found = true; found;) {
    found = false;
    for (auto& [id, theirs] : others) {
      const bool shares = std::any_of(theirs.begin(), theirs.end(), [&](const access::PersonHash& account) {
        return std::find(accounts.begin(), accounts.end(), account) != accounts.end();
      });
      if (shares && std::find(out.begin(), out.end(), id) == out.end()) {
        out.push_back(id);
        accounts.insert(accounts.end(), theirs.begin(), theirs.end());
        found = true;
      }
    }
  }
  return out;
}

}  // namespace heed::api
