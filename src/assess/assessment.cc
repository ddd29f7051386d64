#include "assess/assessment.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace heed::assess {
namespace {

constexpr std::array<std::string_view, 3> kVerdictNames = {"allow", "flag", "act"};

bool graver(policy::Lane lane, int severity, const Assessment& than) {
  return than.clause == nullptr || lane < than.lane || (lane == than.lane && severity > than.severity);
}

}  // namespace

std::string_view verdict_name(Verdict verdict) { return kVerdictNames[static_cast<std::size_t>(verdict)]; }

void Assessment::clear() {
  for (Signal& signal : signals) {
    spare_.push_back(std::move(signal));
  }
  signals.clear();
  scores = {};
  actions.clear();
  verdict = Verdict::Allow;
  review = false;
  lane = policy::Lane::Rest;
  severity = 0;
  clause = nullptr;
  hostile = windows_decide = false;
  reading = 0;
}

Signal& Assessment::add() {
  if (spare_.empty()) {
    return signals.emplace_back();
  }
  signals.push_back(std::move(spare_.back()));
  spare_.pop_back();
  return signals.back();
}

void conclude(const policy::Policy& policy, Assessment& a) {
  a.verdict = Verdict::Allow;
  a.actions.clear();
  a.review = false;
  a.lane = policy::Lane::Rest;
  a.severity = 0;
  a.clause = nullptr;
  const bool concrete = std::any_of(a.signals.begin(), a.signals.end(),
                                    [](const Signal& signal) { return signal.category == kWarningSign; });
  for (const Signal& signal : a.signals) {
    const policy::Clause* clause = signal.category == kWarningSign ? nullptr : policy.find(signal.clause);
    if (clause == nullptr || signal.score < clause->flag_at) {
      continue;
    }
    a.verdict = std::max(a.verdict, Verdict::Flag);
    const bool certain = signal.score >= clause->review_at;
    a.review = a.review || (clause->review_always && certain);
    if (clause->machine_may_act && signal.score >= clause->act_at) {
      a.verdict = Verdict::Act;
      a.actions.insert(a.actions.end(), clause->machine_actions.begin(), clause->machine_actions.end());
    }
    const policy::Lane lane = certain ? clause->lane : policy::Lane::Rest;
    const int severity = certain && concrete ? std::max(clause->severity, clause->severity_concrete) : clause->severity;
    if (graver(lane, severity, a)) {
      a.lane = lane;
      a.severity = severity;
      a.clause = clause;
    }
  }
  std::sort(a.actions.begin(), a.actions.end());
  a.actions.erase(std::unique(a.actions.begin(), a.actions.end()), a.actions.end());
}

void write_scores(JsonWriter& out, const model::Scores& scores) {
  out.key("scores");
  if (scores.abstained != model::Abstention::None) {
    out.null().field("abstained", model::abstention_name(scores.abstained));
    return;
  }
  out.begin_object();
  for (std::size_t i = 0; i < model::kLabels; ++i) {
    out.field(model::kLabelNames[i], std::round(static_cast<double>(scores.probability[i]) * 1e6) / 1e6);
  }
  out.end_object();
}

void write_signals(JsonWriter& out, const std::vector<Signal>& signals) {
  out.begin_array();
  for (const Signal& signal : signals) {
    out.begin_object()
        .field("category", signal.category)
        .field("group", signal.group)
        .field("score", signal.score)
        .field("source", signal.source)
        .field("version", signal.version)
        .field("clause", signal.clause);
    out.key("span").begin_object().field("start", signal.start).field("end", signal.end).end_object().end_object();
  }
  out.end_array();
}

Result<std::vector<Signal>> read_signals(Json array) {
  std::vector<Signal> signals;
  if (!array.is_array()) {
    return invalid("/signals", "must be an array");
  }
  bool good = true;
  array.each([&](Json json) {
    Signal& signal = signals.emplace_back();
    signal.category = json.get_string("category");
    signal.group = json.get_string("group");
    signal.score = json["score"].number().value_or(-1);
    signal.source = json.get_string("source");
    signal.version = json.get_string("version");
    signal.clause = json.get_string("clause");
    const std::int64_t start = json["span"].get_int("start", -1);
    const std::int64_t end = json["span"].get_int("end", -1);
    good = good && !signal.category.empty() && signal.score >= 0 && signal.score <= 1 && start >= 0 && start <= end &&
           end <= 0xFFFFFFFF;
    signal.start = static_cast<std::uint32_t>(start);
    signal.end = static_cast<std::uint32_t>(end);
  });
  if (!good) {
    return invalid("/signals", "holds a signal without category, with a score outside 0 to 1 or a span that cannot be");
  }
  return signals;
}

}  // namespace heed::assess
