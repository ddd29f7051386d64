#pragma once
#include <string>
#include <vector>

#include "access/principal.h"
#include "casework/event_kind.h"
#include "casework/terms.h"

/// What several kinds of event are made of.
namespace heed::casework {

using access::PersonHash;
using ledger::Hash16;

namespace shown {
using access::Audience;
using access::Shown;
inline constexpr std::string_view kAll[] = {"*"};
inline constexpr std::string_view kNothing[] = {"at"};
}  // namespace shown

struct NewParty {
  int party = 0;
  int roles = 0;
  PersonHash person{};
  std::int64_t slot = 0;
  std::int64_t number = 0;
  Channel channel{};
  std::string locale;
  bool by_slot = false;  ///< the number is the slot's (access::Hasher::number), not one minted at random
  bool operator==(const NewParty&) const = default;
  template <class V>
  void visit(V& v) {
    v("party", party), v("roles", roles), v("person", person), v("slot", slot), v("number", number),
        v("channel", channel), v("locale", locale), v("by_slot", by_slot);
  }
};

/// A conflict wall holds for so many accounts that are only named in a post.
inline constexpr std::size_t kNamedMax = 100;

struct NewItem {
  ItemId item;
  int ord = 0;
  ItemKind kind{};
  Hash16 key{};
  policy::Lane lane = policy::Lane::Rest;
  int severity = 0;
  std::string category, clause;
  int author = 0;
  Provenance provenance{};
  Time created_at{};
  Hash16 text_key{};
  bool deleted = false, edited = false;
  std::vector<std::string> sources;  ///< what the evaluation rested on, "rule:a@1"; before release 3 not noted
  /// Accounts that the post names or answers and those in the thread above it, without its author; at most kNamedMax.
  std::vector<PersonHash> named;
  bool operator==(const NewItem&) const = default;
  template <class V>
  void visit(V& v) {
    v("item", item), v("ord", ord), v("kind", kind), v("key", key), v("lane", lane), v("severity", severity),
        v("category", category), v("clause", clause), v("author", author), v("provenance", provenance),
        v("created_at", created_at), v("text_key", text_key), v("deleted", deleted), v("edited", edited),
        v("sources", sources), v("named", named);
  }
};

/// How a case begins; part of the event that opens it (seq 1).
struct Opening {
  CaseKind kind{};
  PersonHash target{};
  Hash16 open_key{};
  std::string route = "default";
  CaseId linked{};
  bool operator==(const Opening&) const = default;
  template <class V>
  void visit(V& v) {
    v("kind", kind), v("target", target), v("open_key", open_key), v("route", route), v("linked", linked);
  }
};

/// What the queue has to know after an event: deadlines are computed when the event is made, not when it is replayed.
struct Urgency {
  policy::Lane lane = policy::Lane::Rest;
  int severity = 0;
  Time deadline{}, alarm_at{};
  bool operator==(const Urgency&) const = default;
  template <class V>
  void visit(V& v) {
    v("lane", lane), v("severity", severity), v("deadline", deadline), v("alarm_at", alarm_at);
  }
};

struct OrderedAction {
  ActionId action;
  OrderKind kind{};
  ItemId item{};
  DecisionId decision{};
  ActionId undoes{};
  int party = 0;
  Time until{}, confirm_by{};
  bool operator==(const OrderedAction&) const = default;
  template <class V>
  void visit(V& v) {
    v("action", action), v("kind", kind), v("item", item), v("decision", decision), v("undoes", undoes),
        v("party", party), v("until", until), v("confirm_by", confirm_by);
  }
};

struct QueuedNotice {
  NoticeId notice;
  int party = 0;
  NoticeKind kind{};
  Channel channel{};
  Time not_before{};
  Ulid about{};
  bool rings = false;   ///< begins an alarm that somebody has to acknowledge
  Time escalate_at{};   ///< when the next in the rota is called if nobody has; none: there is no next
  Time gather_until{};  ///< a mail that waits for the person's digest (digest.h); it can be read on the page before
  bool operator==(const QueuedNotice&) const = default;
  template <class V>
  void visit(V& v) {
    Id<EventTag> ref{about};
    v("notice", notice), v("party", party), v("kind", kind), v("channel", channel), v("not_before", not_before),
        v("about", ref), v("rings", rings), v("escalate_at", escalate_at), v("gather_until", gather_until);
    about = ref.value;
  }
};

}  // namespace heed::casework
