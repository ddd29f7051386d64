#pragma once
#include <optional>
#include <string_view>

#include "casework/context.h"

/// Showing whose mailbox it is, before what is held about somebody is given out or erased: a code of eight characters
/// goes to the address that we know already, works once, for a quarter of an hour, and five wrong ones void it.
namespace heed::casework {

inline constexpr Millis kIdentityCodeLife = std::chrono::minutes(15), kIdentityCodeEvery = std::chrono::minutes(1);
inline constexpr int kIdentityCodeTries = 5;

/// Mails a new one to the person, who is `party` of the case; the one before is void. Returns until when it works.
/// Conflict when this house sends no mail; TooMany within a minute of the one before; NotFound for no such party.
Result<Time> send_identity_code(Context& context, CaseId case_id, int party);

/// Uses it up. False when it is wrong, void, used or too old; a wrong one counts, so the command must be committed.
Result<bool> use_identity_code(Context& context, const PersonHash& person, std::string_view code);

}  // namespace heed::casework
