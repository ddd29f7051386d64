#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assess/address.h"
#include "assess/assessor.h"
#include "assess/context.h"
#include "assess/plan.h"
#include "match/scanner.h"
#include "model/classifier.h"
#include "stream/windows.h"
#include "text/language.h"

/// What assessor.cc (a post on its way) and assessor_make.cc (before the first post) share; nobody else includes it.
namespace heed::assess {

inline constexpr std::string_view kAddressCategory = "private_information";

class Scratch {
 public:
  Scratch();
  /// Of the post that `post`, `language`, `hits` and `addresses` are of; no two scratches share a number.
  std::uint64_t reading;
  match::Prepared post;
  text::Language language = text::Language::Unknown;
  std::unique_ptr<model::Scratch> classifying, looking_again;
  model::Scores again;
  stream::Seen seen;
  std::vector<std::string_view> targets;
  match::Hits hits;
  std::vector<Address> addresses;
  Context context;
  std::vector<std::size_t> last_of_clause;  ///< index + 1 of the clause's newest signal; by clause
  std::vector<std::uint32_t> signs;         ///< indices into hits.terms
  View view;
  RuleScratch rules;
  struct Acting {
    std::size_t signal;
    std::uint32_t rule;
  };
  std::vector<Acting> acting;  ///< signals of rules
};

struct Assessor::Impl {
  struct Meaning {
    const policy::Clause* clause = nullptr;
    std::size_t clause_index = 0;
    Cue cue = Cue::None;
    bool finds = false;          ///< becomes a signal
    std::uint32_t category = 0;  ///< in the plan's book
  };
  struct Source {
    std::string name, version;
    std::vector<Meaning> meanings;  ///< by entry
  };

  std::shared_ptr<const policy::Policy> policy;
  std::shared_ptr<const match::Scanner> scanner;
  std::shared_ptr<const model::Classifier> classifier, second;
  SecondLook look = SecondLook::Reports;
  std::vector<Source> sources;  ///< by list
  std::shared_ptr<const Plan> plan;
  std::uint32_t phrase_list = UINT32_MAX;  ///< number of the list that holds the rules' phrases
  std::uint32_t address_category = 0, sign_category = 0;
  const policy::Clause* address_clause = nullptr;

  /// `given`: scores instead of the model's, for examples.
  void assess(std::string_view text, const post::Post* post, Time when, const model::Scores* given, Scratch& s,
              Assessment& out, const stream::Seen* seen = nullptr) const;
  /// What is in the text, whoever wrote it and whatever the model says.
  void read(std::string_view text, Time when, Scratch& s) const;
  /// The part of it that depends on the scores; what was read and found in the text is in `s` already.
  void weigh(const post::Post* post, const model::Scores* given, Scratch& s, Assessment& out,
             const stream::Seen* seen = nullptr) const;
  /// As the settings of the second look say.
  void assess_in_stream(std::string_view text, const post::Post* post, Time when, Scratch& s, Assessment& out) const;
  void assess_again(const post::Post* post, Scratch& s, Assessment& out) const;
  bool almost(const model::Scores& scores) const;
  void conclude_stage(const Scratch& s, Assessment& out) const;
  void note_hits(Scratch& s) const;
  void put_rules(Scratch& s, Assessment& out) const;
  void put_rule(std::uint32_t number, Scratch& s, Assessment& out) const;
  std::pair<std::uint32_t, std::uint32_t> span_of(const Plan::Rule& rule, const Scratch& s) const;
  void conclude_acts(const Scratch& s, Assessment& out) const;
  void judge(const match::Match& match, Scratch& s, Assessment& out) const;
  void put_signs(Scratch& s, Assessment& out) const;
  void put_addresses(bool aimed, Scratch& s, Assessment& out) const;
};

}  // namespace heed::assess
