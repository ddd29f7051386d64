#pragma once
#include <string>
#include <string_view>

#include "adapters/scorer.h"

/// For tests and fuzzers only.
namespace heed::adapters::testing {

/// Plain rules that anybody can follow in a test: a label's probability is 0.9 where its word stands in the
/// text, else 0.1; "hallo" is German, "zzz" nobody's language, everything else English; only English is
/// served; of what holds "12345" it says nothing. The policy acts on "remove", wants a person for "look",
/// flags "dubious" and "buy".
class FakeScorer : public Scorer {
 public:
  const std::string& version() const override { return version_; }
  bool serves(Label label, std::string_view language) const override {
    return !(without_explicit && label == Label::SexuallyExplicit) && (language.empty() || language == "en");
  }
  void detect(std::string_view text, std::vector<std::string>& out) const override {
    out.clear();
    if (has(text, "zzz")) {
      return;
    }
    if (has(text, "hallo")) {
      out.emplace_back("de");
    }
    out.emplace_back("en");
  }
  bool score(std::string_view text, Scores& out) const override {
    out = {};
    if (has(text, "12345")) {
      return false;
    }
    static constexpr std::string_view kWords[kLabels] = {"toxic",   "severe", "identity", "insult",
                                                         "profane", "threat", "explicit"};
    for (std::size_t i = 0; i < kLabels; ++i) {
      out.of[i] = has(text, kWords[i]) ? 0.9 : 0.1;
    }
    return true;
  }
  Opinion judge(std::string_view text) const override {
    using enum policy::ActionKind;
    using V = Opinion::Verdict;
    if (has(text, "remove")) {
      return {.verdict = V::Act, .actions = {Remove}, .clause = "removal", .category = "harassment"};
    }
    if (has(text, "hide")) {
      return {.verdict = V::Act, .actions = {Hide}, .clause = "hiding", .category = "harassment"};
    }
    if (has(text, "label")) {
      return {.verdict = V::Act, .actions = {Label}, .clause = "labels", .category = "harassment"};
    }
    if (has(text, "look")) {
      return {.verdict = V::Flag, .review = true, .clause = "threats", .category = "threat"};
    }
    if (has(text, "dubious")) {
      return {.verdict = V::Flag, .clause = "manners", .category = "harassment"};
    }
    if (has(text, "buy")) {
      return {.verdict = V::Flag, .clause = "spam", .category = "spam"};
    }
    return {};
  }
  bool without_explicit = false;

 private:
  static bool has(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }
  const std::string version_ = "fake-1";
};

}  // namespace heed::adapters::testing
