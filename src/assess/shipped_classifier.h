#pragma once
#include <memory>

#include "model/classifier.h"

namespace heed::assess {

/// The model that ships, which every Assessor asks and whoever shows scores besides: read once, held once. Any thread.
std::shared_ptr<const model::Classifier> shipped_classifier();

/// The slower one beside it (model/second_classifier.h).
std::shared_ptr<const model::Classifier> shipped_second_classifier();

/// Makes what folding and judging stand on and what does not depend on a pack: worth a thread while the pack is read.
/// Without it the first text pays.
void make_tables();

}  // namespace heed::assess
