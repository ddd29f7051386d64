#pragma once
#include "casework/events_parts.h"
#include "casework/settle_terms.h"

/// Reports: taken, repeated, taken back.
namespace heed::casework {

/// An item of a report that was not taken, so that a retry gets the same answer. `reason` is a token.
struct RefusedItem {
  int index = 0;
  std::string reason;
  bool operator==(const RefusedItem&) const = default;
  template <class V>
  void visit(V& v) {
    v("index", index), v("reason", reason);
  }
};

struct ReportReceived {
  static constexpr std::string_view kKind = "report_received";
  static constexpr int kVersion = 5;  ///< 2: notices; 3: machine; 4: filed_by; 5: same_words
  static constexpr std::string_view kOwn[] = {"report", "symptoms", "group",   "about",
                                              "fears",  "covers",   "channel", "filed_by"};
  /// All but `machine`: whoever decides what was drawn to be decided blind must not be able to tell.
  static constexpr std::string_view kStaff[] = {"v",          "kind",
                                                "case",       "seq",
                                                "at",         "actor",
                                                "report",     "party",
                                                "opening",    "parties",
                                                "items",      "covers",
                                                "refs",       "about",
                                                "source",     "channel",
                                                "group",      "symptoms",
                                                "fears",      "fear_counts",
                                                "limited",    "legal_claim",
                                                "whole_pile", "answer_by",
                                                "relief",     "relief_not_available",
                                                "accepted",   "refused",
                                                "urgency",    "notices",
                                                "filed_by",   "same_words"};
  inline static constexpr access::VisibilityRow kVisibility{kKind,
                                                            "report_received",
                                                            {{shown::Audience::Reviewer, kStaff},
                                                             {shown::Audience::Reporter, kOwn},
                                                             {shown::Audience::Bystander, kOwn},
                                                             {shown::Audience::Target, kOwn}}};

  ReportId report;
  int party = 0;
  std::vector<Opening> opening;  ///< at most one
  std::vector<NewParty> parties;
  std::vector<NewItem> items;
  std::vector<ItemId> covers;  ///< every item this report is about, new or known
  std::vector<ItemId> refs;    ///< of these, the ones at home in another case
  About about{};
  Source source{};
  std::string channel, group;
  std::vector<std::string> symptoms;
  bool fears = false;        ///< declared
  bool fear_counts = false;  ///< and within the reporter's budget
  bool limited = false;      ///< over a rate: taken, but counts as nobody's independent voice
  bool legal_claim = false, whole_pile = false;
  Channel answer_by{};
  std::vector<ReliefKind> relief, relief_not_available;
  int accepted = 0;  ///< items and, for a pile, posts it takes
  std::vector<RefusedItem> refused;
  Urgency urgency;
  std::vector<QueuedNotice> notices;  ///< the receipt, where it goes by mail or webhook
  access::DelegationId filed_by;      ///< by whose leave, when a delegate filed it for the reporter
  int same_words = 0;                 ///< so many people wrote the same that day, where they are many (same_words.h)
  std::vector<Settlement> machine;    ///< what a machine made of the items; before release 3 it made nothing of any

  bool operator==(const ReportReceived&) const = default;
  template <class V>
  void visit(V& v) {
    v("report", report), v("party", party), v("opening", opening), v("parties", parties), v("items", items),
        v("covers", covers), v("refs", refs), v("about", about), v("source", source), v("channel", channel),
        v("group", group), v("symptoms", symptoms), v("fears", fears), v("fear_counts", fear_counts),
        v("limited", limited), v("legal_claim", legal_claim), v("whole_pile", whole_pile), v("answer_by", answer_by),
        v("relief", relief), v("relief_not_available", relief_not_available), v("accepted", accepted),
        v("refused", refused), v("urgency", urgency), v("notices", notices), v("machine", machine),
        v("filed_by", filed_by), v("same_words", same_words);
  }
};

/// The same person reported the same items again, or beyond a rate: a note, never an error that teaches.
struct ReportRepeated {
  static constexpr std::string_view kKind = "report_repeated";
  static constexpr int kVersion = 2;  ///< 2: what the answer said
  static constexpr std::string_view kOwn[] = {"report"};
  inline static constexpr access::VisibilityRow kVisibility{kKind,
                                                            "report_repeated",
                                                            {{shown::Audience::Reviewer, shown::kAll},
                                                             {shown::Audience::Reporter, kOwn},
                                                             {shown::Audience::Bystander, kOwn},
                                                             {shown::Audience::Target, kOwn}}};
  ReportId report;
  int party = 0;
  bool fears = false;
  Urgency urgency;
  int accepted = 0;
  std::vector<RefusedItem> refused;
  std::vector<ReliefKind> relief, relief_not_available;
  bool operator==(const ReportRepeated&) const = default;
  template <class V>
  void visit(V& v) {
    v("report", report), v("party", party), v("fears", fears), v("urgency", urgency), v("accepted", accepted),
        v("refused", refused), v("relief", relief), v("relief_not_available", relief_not_available);
  }
};

struct ReportWithdrawn {
  static constexpr std::string_view kKind = "report_withdrawn";
  static constexpr int kVersion = 1;
  static constexpr std::string_view kOwn[] = {"report"};
  inline static constexpr access::VisibilityRow kVisibility{kKind,
                                                            "report_withdrawn",
                                                            {{shown::Audience::Reviewer, shown::kAll},
                                                             {shown::Audience::Reporter, kOwn},
                                                             {shown::Audience::Bystander, kOwn},
                                                             {shown::Audience::Target, kOwn}}};
  ReportId report;
  int party = 0;
  bool operator==(const ReportWithdrawn&) const = default;
  template <class V>
  void visit(V& v) {
    v("report", report), v("party", party);
  }
};

}  // namespace heed::casework
