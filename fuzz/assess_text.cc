// Any bytes as a post's text, assessed with the default policy and lists.
#include <cstdint>
#include <cstdlib>

#include "assess/assessor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace heed;
  static const auto assessor = assess::Assessor::make_default(policy::default_policy());
  static const auto scratch = assessor->scratch();
  static assess::Assessment out;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  assessor->assess_text(text, *scratch, out);
  for (const assess::Signal& signal : out.signals) {
    if (signal.start >= signal.end || signal.end > size || !(signal.score > 0 && signal.score <= 1) ||
        signal.clause.empty()) {
      std::abort();
    }
  }
  if (out.review && out.clause == nullptr) {
    std::abort();
  }
  return 0;
}
