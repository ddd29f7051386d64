#include "casework/judged_posts.h"

#include "casework/sealed.h"

namespace heed::casework {
namespace {

constexpr std::size_t kLookedAtPerPost = 4;
constexpr std::size_t kEventsKept = 256;

}  // namespace

Result<JudgedPosts> judged_posts(ledger::View& view, ledger::KeyRing& keys, const policy::Policy& policy,
                                 std::size_t limit, const MayKnow& may_know) {
  JudgedPosts out;
  std::vector<DecisionRow> decisions;
  TRY(ledger::scan<DecisionRow>(view, {.descending = true, .limit = limit * kLookedAtPerPost + 1},
                                [&](const DecisionRow& row) { decisions.push_back(row); }));
  if (decisions.size() > limit * kLookedAtPerPost) {
    decisions.pop_back();
    out.more = true;
  }
  auto sealed = std::make_unique<Sealed>(view, keys);
  JsonParser parser(64);
  std::size_t opened = 0;
  for (const DecisionRow& decision : decisions) {
    if (!decision.staff || decision.reversed_seq != 0 || decision.outcome == Outcome::None) {
      continue;
    }
    if (out.posts.size() == limit) {
      out.more = true;
      break;
    }
    const auto item = TRY(ledger::get<ItemRow>(view, decision.item));
    const auto row = TRY(ledger::get<CaseRow>(view, decision.case_id));
    if (!item || !row || item->decision != decision.id || item->provenance == Provenance::Reporter ||
        row->route == kSealedQueue || !TRY(may_know(*row))) {
      continue;
    }
    if (++opened % kEventsKept == 0) {
      sealed = std::make_unique<Sealed>(view, keys);
    }
    const auto plain = TRY(sealed->body(item->case_id, item->seq, "e" + std::to_string(item->ord)));
    if (!plain) {
      continue;  // erased
    }
    const Json evidence = TRY(parser.parse(*plain));
    if (TRY(is_sealed(view, policy, *item, evidence))) {
      continue;
    }
    JudgedPost post;
    post.violation = decision.outcome == Outcome::Violation;
    post.text = evidence["snapshot"].get_string("text");
    evidence["versions"].each([&](Json version) {
      if (const Json told = version["post"]; told.is_object()) {
        post.json = told.dump();
        post.text = told.get_string("text");
      }
    });
    if (!post.text.empty()) {
      out.posts.push_back(std::move(post));
    }
  }
  return out;
}

}  // namespace heed::casework
