#pragma once
#include <memory>

#include "model/classifier.h"

namespace heed::assess {

/// The model that ships, which every Assessor asks and whoever shows scores besides: read once, held once. Any thread.
std::shared_ptr<const model::Classifier> shipped_classifier();

}  // namespace heed::assess
