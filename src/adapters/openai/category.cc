#include "adapters/openai/category.h"

#include <algorithm>

namespace heed::adapters::openai {
namespace {

constexpr Category kCategories[] = {
    {"harassment", Label::Insult},
    {"harassment/threatening", Label::Insult, Label::Threat},
    {"hate", Label::IdentityAttack},
    {"hate/threatening", Label::IdentityAttack, Label::Threat},
    {"illicit"},
    {"illicit/violent"},
    {"self-harm"},
    {"self-harm/intent"},
    {"self-harm/instructions"},
    {"sexual", Label::SexuallyExplicit},
    {"sexual/minors"},
    {"violence", Label::Threat},
    {"violence/graphic"},
};

}  // namespace

std::span<const Category> categories() { return kCategories; }

double Category::score(const Scores& scores) const {
  if (!label) {
    return 0;
  }
  return and_label ? std::min(scores[*label], scores[*and_label]) : scores[*label];
}

}  // namespace heed::adapters::openai
