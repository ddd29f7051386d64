#pragma once
#include "casework/settle_alike.h"
#include "casework/settle_machine.h"
#include "casework/testing_act.h"

namespace heed::casework {

/// The test's evaluation is said in the item, so that each test shows the case it is about.
class SettleRoom : public ActRoom {
 public:
  SettleRoom() {
    env.alike = &alike;
    env.blind_share = 0;
  }
  /// A post that a model has read and found nothing in.
  ReportedItem plain(std::string id, std::string text, std::string author = "author") {
    ReportedItem item = post(std::move(id), std::move(text), std::move(author));
    item.evidence.finding.judged = true;
    item.evidence.finding.highest = 0.01;
    return item;
  }
  ReportCommand said(std::string reporter, ReportedItem item, std::string symptom) {
    ReportCommand command = report_by(std::move(reporter), {std::move(item)});
    command.about = About::Everyone;
    command.symptoms = {std::move(symptom)};
    return command;
  }
  Receipt must(const ReportCommand& command) {
    auto receipt = report(command);
    HEED_ASSERT(receipt);
    return *receipt;
  }
  std::optional<Proposal> proposal(std::string_view id) { return *proposal_of(*view(), item_row(item(id))); }
  SettleFigure figures(SettleBasis basis) {
    auto all = settle_figures(*view(), clock.now() - std::chrono::hours(24), clock.now() + std::chrono::hours(24));
    HEED_ASSERT(all);
    SettleFigure sum;
    for (const SettleFigure& f : *all) {
      if (f.basis == basis) {
        sum.closed += f.closed, sum.acted += f.acted, sum.sampled += f.sampled, sum.checked += f.checked;
        sum.overturned += f.overturned, sum.reversed += f.reversed, sum.proposed += f.proposed, sum.agreed += f.agreed;
        sum.decided += f.decided;
      }
    }
    return sum;
  }
  /// Reported and decided by a person.
  Receipt judge(ReportedItem item, std::string symptom, bool violation) {
    const std::string id = item.external_id;
    Receipt receipt = must(said("first", std::move(item), std::move(symptom)));
    Claim claimed = must_claim(1);
    ItemVerdict verdict = violation ? this->violation(this->item(id), "targeted_harassment", {policy::ActionKind::Hide})
                                    : no_violation(this->item(id));
    verdict.clause = "targeted_harassment";
    HEED_ASSERT(decide(claimed, 1, verdict));
    return receipt;
  }
  AlikeBook alike;
};

}  // namespace heed::casework
