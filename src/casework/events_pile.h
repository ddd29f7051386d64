#pragma once
#include "casework/events_parts.h"

/// Piles, and what the stream finds and changes.
namespace heed::casework {

struct PileTaken {
  static constexpr std::string_view kKind = "pile_taken";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"since", "until"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind,
      "pile_taken",
      {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kOwn}, {shown::Audience::Reporter, kOwn}}};
  ReportId report;
  PersonHash target{};
  Time since{}, until{};       ///< until 0: open end
  std::vector<Hash16> except;  ///< item keys left out
  std::int64_t watermark = 0;
  bool operator==(const PileTaken&) const = default;
  template <class V>
  void visit(V& v) {
    v("report", report), v("target", target), v("since", since), v("until", until), v("except", except),
        v("watermark", watermark);
  }
};

/// Posts frozen into a pile: a chunk of what the report took, or what joined later.
struct ItemsJoined {
  static constexpr std::string_view kKind = "items_joined";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"count"};
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "items_joined", {{shown::Audience::Reviewer, shown::kAll}, {shown::Audience::Target, kOwn}}};
  std::vector<NewParty> parties;
  std::vector<NewItem> items;
  std::vector<ItemId> refs;
  int count = 0;                    ///< items + refs
  std::int64_t done = 0, upto = 0;  ///< frozen up to, to be frozen up to
  bool ended = false;               ///< the pile is complete: its window is closed
  bool joined_later = false;
  Urgency urgency;
  bool operator==(const ItemsJoined&) const = default;
  template <class V>
  void visit(V& v) {
    v("parties", parties), v("items", items), v("refs", refs), v("count", count), v("done", done), v("upto", upto),
        v("ended", ended), v("joined_later", joined_later), v("urgency", urgency);
  }
};

/// The stream saw what a clause says a person must look at: opens a case without any report.
struct SignalRaised {
  static constexpr std::string_view kKind = "signal_raised";
  static constexpr int kVersion = 3;  ///< 2: notices; 3: rules
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "signal_raised", {{shown::Audience::Reviewer, shown::kAll}}};
  std::vector<Opening> opening;
  std::vector<NewParty> parties;
  std::vector<NewItem> items;
  std::string clause;
  std::int64_t day = 0;
  bool over_budget = false;
  bool machine_acts = false;
  Urgency urgency;
  std::vector<QueuedNotice> notices;  ///< alarm: the first case beyond the clause's or a rule's budget of the day
  std::vector<std::string> rules;     ///< "rule:a": whose budget it draws on
  bool operator==(const SignalRaised&) const = default;
  template <class V>
  void visit(V& v) {
    v("opening", opening), v("parties", parties), v("items", items), v("clause", clause), v("day", day),
        v("over_budget", over_budget), v("machine_acts", machine_acts), v("urgency", urgency), v("notices", notices),
        v("rules", rules);
  }
};

/// The platform told of an edit or a deletion after the item was frozen; an edit's new text is body "e<ord>".
struct ItemChanged {
  static constexpr std::string_view kKind = "item_changed";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "item_changed", {{shown::Audience::Reviewer, shown::kAll}}};
  ItemId item;
  bool edited = false, deleted = false;
  Hash16 text_key{};
  policy::Lane lane{};
  int severity = 0;
  Urgency urgency;
  std::vector<PersonHash> named;  ///< as NewItem::named, of the words as they are now
  bool operator==(const ItemChanged&) const = default;
  template <class V>
  void visit(V& v) {
    v("item", item), v("edited", edited), v("deleted", deleted), v("text_key", text_key), v("lane", lane),
        v("severity", severity), v("urgency", urgency), v("named", named);
  }
};

}  // namespace heed::casework
