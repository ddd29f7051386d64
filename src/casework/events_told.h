#pragma once
#include "casework/events_parts.h"

/// What follows: orders and their results, relief, who was told, clocks.
namespace heed::casework {

struct ActionConfirmed {
  static constexpr std::string_view kKind = "action_confirmed";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"state"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind,
      "action_confirmed",
      {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kOwn}, {shown::Audience::Reporter, kOwn}}};
  ActionId action;
  ActionState state{};
  Time platform_at{};
  std::vector<NewParty> parties;      ///< the case's own key, for what the platform said: body "d"
  std::vector<QueuedNotice> notices;  ///< alarm when it failed or was refused
  bool operator==(const ActionConfirmed&) const = default;
  template <class V>
  void visit(V& v) {
    v("action", action), v("state", state), v("platform_at", platform_at), v("parties", parties), v("notices", notices);
  }
};

/// A notice was accepted by its receiver, or given up.
struct Notified {
  static constexpr std::string_view kKind = "notified";
  static constexpr int kVersion = 2;  ///< 2: notices
  static constexpr std::string_view kOwn[] = {"state"};
  inline static constexpr access::VisibilityRow kVisibility{kKind, "told", {{shown::Audience::Reviewer, shown::kAll}}};
  NoticeId notice;
  NoticeState state{};
  int tries = 0;
  std::vector<QueuedNotice> notices;  ///< alarm: it was given up
  bool operator==(const Notified&) const = default;
  template <class V>
  void visit(V& v) {
    v("notice", notice), v("state", state), v("tries", tries), v("notices", notices);
  }
};

struct ReliefOrdered {
  static constexpr std::string_view kKind = "relief_ordered";
  static constexpr int kVersion = 2;  ///< 2: parties
  static constexpr std::string_view kOwn[] = {"kind", "until", "accounts"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind,
      "relief_ordered",
      {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kOwn}, {shown::Audience::Reporter, kOwn}}};
  int party = 0;
  ReliefKind relief{};
  Time until{};
  int accounts = 0;               ///< newly blocked by this order; who they are is in body "b"
  std::vector<NewParty> parties;  ///< the target, when only others had reported so far
  std::vector<OrderedAction> actions;
  std::vector<QueuedNotice> notices;
  bool operator==(const ReliefOrdered&) const = default;
  template <class V>
  void visit(V& v) {
    v("party", party), v("relief", relief), v("until", until), v("accounts", accounts), v("parties", parties),
        v("actions", actions), v("notices", notices);
  }
};

struct ReliefEnded {
  static constexpr std::string_view kKind = "relief_ended";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"kind"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind,
      "relief_ended",
      {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kOwn}, {shown::Audience::Reporter, kOwn}}};
  int party = 0;
  ReliefKind relief{};
  std::vector<OrderedAction> actions;
  std::vector<QueuedNotice> notices;
  bool operator==(const ReliefEnded&) const = default;
  template <class V>
  void visit(V& v) {
    v("party", party), v("relief", relief), v("actions", actions), v("notices", notices);
  }
};

/// A clock had something to say: a warning before its end, or that the end has passed. Rewrites the queue key.
struct ClockFired {
  static constexpr std::string_view kKind = "clock_fired";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "clock_fired", {{shown::Audience::Reviewer, shown::kAll}}};
  ClockKind clock{};
  Ulid about{};  ///< none: the case's own clock
  bool missed = false;
  Time next_at{};
  Urgency urgency;
  std::vector<QueuedNotice> notices;  ///< alarms to the on-call rota
  bool operator==(const ClockFired&) const = default;
  template <class V>
  void visit(V& v) {
    Id<EventTag> ref{about};
    v("clock", clock), v("about", ref), v("missed", missed), v("next_at", next_at), v("urgency", urgency),
        v("notices", notices);
    about = ref.value;
  }
};

}  // namespace heed::casework
