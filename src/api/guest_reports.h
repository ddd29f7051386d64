#pragma once
#include "api/report_form.h"

/// Reports by people without an account. Each such report is a person of its own, whatever mail address it gives: the
/// address is not proven, so nothing that is answered may depend on what somebody with that address did before. The key
/// to the case is in the answer, and in the receipt by mail. Named or not, a threat is looked at as fast as any.
namespace heed::api {

struct GuestReceipt {
  casework::Receipt receipt;
  std::string case_alias, case_key;
};

/// Reads `body` and takes the report; the call's Idempotency-Key counts. `done` comes with the call as the guest whose
/// case it now is. InvalidInput with pointers for what is wrong; TooMany by address and by mail address.
void take_guest_report(Call call, Json body, Function<void(Call&, Result<GuestReceipt>)> done);

}  // namespace heed::api
