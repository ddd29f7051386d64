#pragma once
#include "casework/events_parts.h"

/// What one person proposes and another one confirms (second_person.h).
namespace heed::casework {

struct ProposalTag {
  static constexpr std::string_view prefix = "prp_";
};
using ProposalId = Id<ProposalTag>;

/// Reversal, Appeal: what is decided instead of a decision that falls, by staff or for an appeal.
enum class ProposalKind : std::uint8_t { Decision, Reversal, Appeal };
enum class ProposalState : std::uint8_t { Waiting, Confirmed, Returned, TakenBack };

template <>
struct EnumNames<ProposalKind> {
  static constexpr std::array<std::string_view, 3> names{"decision", "reversal", "appeal"};
};
template <>
struct EnumNames<ProposalState> {
  static constexpr std::array<std::string_view, 4> names{"waiting", "confirmed", "returned", "taken_back"};
};

struct ProposedAction {
  OrderKind kind{};
  Time until{};
  bool operator==(const ProposedAction&) const = default;
  template <class V>
  void visit(V& v) {
    v("kind", kind), v("until", until);
  }
};

struct ProposedItem {
  ItemId item;
  Outcome outcome{};
  std::string clause;
  Ground ground{};
  std::string category, group, language;
  std::vector<ProposedAction> actions;
  Hash16 text_key{};  ///< the words that were judged
  bool deleted = false;
  bool operator==(const ProposedItem&) const = default;
  template <class V>
  void visit(V& v) {
    v("item", item), v("outcome", outcome), v("clause", clause), v("ground", ground), v("category", category),
        v("group", group), v("language", language), v("actions", actions), v("text_key", text_key),
        v("deleted", deleted);
  }
};

/// Nothing goes out. Bodies as of a decision: "f<ord>" facts under the author's key; "n", under the case's own, the
/// note or, for a reversal, its reason. A proposed decision takes its items out of the claim and they are nobody's to
/// claim.
struct DecisionProposed {
  static constexpr std::string_view kKind = "decision_proposed";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "decision_proposed", {{shown::Audience::Reviewer, shown::kAll}}};
  ProposalId proposal;
  ProposalKind kind{};
  ClaimId claim{};
  StaffId staff{};
  std::vector<ProposedItem> items;
  bool followed = false;  ///< a machine's proposal: "partly automated"
  Time delay_until{};     ///< of statements to authors; none: as the clause says
  DecisionId decision{};  ///< that falls
  AppealId appeal{};
  AppealOutcome appeal_outcome{};
  std::vector<NewParty> parties;
  bool operator==(const DecisionProposed&) const = default;
  template <class V>
  void visit(V& v) {
    v("proposal", proposal), v("proposes", kind), v("claim", claim), v("staff", staff), v("items", items),
        v("followed", followed), v("delay_until", delay_until), v("decision", decision), v("appeal", appeal),
        v("appeal_outcome", appeal_outcome), v("parties", parties);
  }
};

/// By somebody else: confirmed, and what follows are the next events of the same transaction; or returned, with a note
/// (body "n"). By who proposed it: taken back. Items of what is not confirmed are free again.
struct ProposalAnswered {
  static constexpr std::string_view kKind = "proposal_answered";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "proposal_answered", {{shown::Audience::Reviewer, shown::kAll}}};
  ProposalId proposal;
  StaffId staff{};
  ProposalState state{};
  std::vector<NewParty> parties;
  bool operator==(const ProposalAnswered&) const = default;
  template <class V>
  void visit(V& v) {
    v("proposal", proposal), v("staff", staff), v("state", state), v("parties", parties);
  }
};

/// Who proposed it has seen the answer.
struct ProposalSeen {
  static constexpr std::string_view kKind = "proposal_seen";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "proposal_seen", {{shown::Audience::Reviewer, shown::kAll}}};
  ProposalId proposal;
  StaffId staff{};
  bool operator==(const ProposalSeen&) const = default;
  template <class V>
  void visit(V& v) {
    v("proposal", proposal), v("staff", staff);
  }
};

}  // namespace heed::casework
