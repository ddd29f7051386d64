#include "adapters/perspective/attribute.h"

#include <gtest/gtest.h>

namespace heed::adapters::perspective {
namespace {

TEST(Attribute, IsServedByTheLabelOfItsName) {
  EXPECT_EQ(label_of("TOXICITY"), Label::Toxicity);
  EXPECT_EQ(label_of("TOXICITY@6"), Label::Toxicity);
  EXPECT_EQ(label_of("TOXICITY_FAST"), Label::Toxicity);
  EXPECT_EQ(label_of("SEVERE_TOXICITY_EXPERIMENTAL"), Label::SevereToxicity);
  EXPECT_EQ(label_of("SEXUALLY_EXPLICIT"), Label::SexuallyExplicit);
}

TEST(Attribute, IsRefusedWhereNoLabelMeansIt) {
  for (std::string_view name :
       {"FLIRTATION", "SPAM", "LIKELY_TO_REJECT", "AFFINITY_EXPERIMENTAL", "SEXUALLY_EXPLICIT_EXPERIMENTAL",
        "TOXICITY_FAST_EXPERIMENTAL", "toxicity", "", "@1", "_EXPERIMENTAL", "TOXICITY "}) {
    EXPECT_FALSE(label_of(name)) << name;
  }
}

}  // namespace
}  // namespace heed::adapters::perspective
