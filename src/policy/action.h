#pragma once
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace heed::policy {

/// What the platform can be told to do with an item, in growing order of weight.
enum class ActionKind : std::uint8_t { None, Label, Interstitial, Limit, Hide, Remove, Warn, Suspend };
std::string_view action_name(ActionKind kind);
Result<ActionKind> parse_action(std::string_view name);

}  // namespace heed::policy
