#include "casework/urgency.h"

#include <algorithm>

namespace heed::casework {
namespace {

constexpr Millis kLookAtLeast = std::chrono::minutes(5);

Millis decide_within(const policy::Policy& policy, std::string_view clause) {
  const policy::Clause* found = clause.empty() ? nullptr : policy.find(clause);
  return found == nullptr || found->decide_within <= Millis(0) ? policy.clocks.decide_default : found->decide_within;
}

Urgency until(Time now, Time deadline, policy::Lane lane, int severity) {
  return {lane, severity, deadline, now + (deadline - now) * 2 / 3};
}

}  // namespace

Urgency urgency_for(const policy::Policy& policy, Time now, policy::Lane lane, int severity, std::string_view clause) {
  switch (lane) {
    case policy::Lane::Life:
      return until(now, now + policy.clocks.life_first_look, lane, severity);
    case policy::Lane::Fear:
      return until(now, now + policy.clocks.fear_first_look, lane, severity);
    case policy::Lane::Rest:
      break;
  }
  return until(now, now + decide_within(policy, clause), lane, severity);
}

Urgency after_first_look(const policy::Policy& policy, Time started, Time now, policy::Lane lane, int severity,
                         std::string_view clause) {
  Time deadline = std::max(started + decide_within(policy, clause), now + kLookAtLeast);
  return until(now, deadline, lane, severity);
}

Urgency merged(const CaseRow& row, const Urgency& added) {
  if (row.deadline == Time{} || !row.open()) {
    return added;
  }
  Urgency out = added;
  out.lane = std::min(row.lane, added.lane);
  out.severity = row.lane == added.lane ? std::max(row.severity(), added.severity)
                                        : (row.lane < added.lane ? row.severity() : added.severity);
  if (added.deadline == Time{} || row.deadline < added.deadline) {
    out.deadline = row.deadline;
    out.alarm_at = row.alarm_at.value_or(Time{});
  }
  return out;
}

}  // namespace heed::casework
