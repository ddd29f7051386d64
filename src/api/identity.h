#pragma once
#include "api/desk.h"

/// Before what is held about somebody is given out or erased, they show that it is them: a token that their platform
/// issued just now, or a code from the mailbox that we know already. Whoever has borrowed an open page, a stolen token
/// or a forwarded link has neither.
namespace heed::api {

inline constexpr Millis kFreshFor = std::chrono::minutes(15);
inline constexpr std::string_view kCodeHeader = "heed-code";

/// Goes on with `then` once that is shown, else answers: 409, and how to go about it. On any thread; `then` only hands
/// over.
void with_identity(Call call, Function<void(Call)> then);

}  // namespace heed::api
