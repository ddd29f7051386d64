#pragma once
#include "casework/events_parts.h"

/// Rules of the stream, as far as the ledger knows them.
namespace heed::casework {

/// How far a rule may go, whatever its pack says. Pack: as far as the pack lets it.
enum class RuleSwitch : std::uint8_t { Pack, Shadow, Off };
template <>
struct EnumNames<RuleSwitch> {
  static constexpr std::array<std::string_view, 3> names{"on", "shadow", "off"};
};

/// Somebody stopped a rule, or let it go on. The record holds this one event; why is body "n" under a key of its own.
struct RuleSwitched {
  static constexpr std::string_view kKind = "rule_switched";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "rule_switched", {{shown::Audience::Reviewer, shown::kAll}}};
  std::string rule;
  RuleSwitch mode{};
  StaffId staff{};  ///< none: on the machine itself, from the command line
  bool operator==(const RuleSwitched&) const = default;
  template <class V>
  void visit(V& v) {
    v("rule", rule), v("mode", mode), v("staff", staff);
  }
};

}  // namespace heed::casework
