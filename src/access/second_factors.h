#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "access/directory.h"

namespace heed::access {

/// The second proof of members of staff: set up, checked, ended. Secrets are sealed under a key that the token key
/// makes, so that a stolen directory gives no codes; codes on paper are kept as hashes. Reads take a view, everything
/// else waits for the disk: never on an I/O thread.
class SecondFactors {
 public:
  SecondFactors(Directory& directory, const Digest& token_key, const Clock& clock, std::string issuer);

  /// Set up and confirmed.
  Result<bool> has(StaffId staff);
  struct Started {
    std::string secret, uri;  ///< the only time that they are seen
  };
  /// A new secret, not in force until a code of it was shown. Conflict while another one is in force.
  Result<Started> start(const Staff& staff);
  /// Puts it in force and gives ten codes for paper, the only time that they are seen. InvalidInput for a wrong code;
  /// Conflict when nothing was started.
  Result<std::vector<std::string>> confirm(StaffId staff, std::string_view code);
  /// An app's code or one from paper; either opens once.
  Result<bool> check(StaffId staff, std::string_view code);
  Result<std::size_t> recovery_left(StaffId staff);
  Result<void> end(StaffId staff);

 private:
  SecretKey sealing() const;

  Directory& directory_;
  const Digest token_key_;
  const Clock& clock_;
  const std::string issuer_;
};

}  // namespace heed::access
