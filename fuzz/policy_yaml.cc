// Any bytes as a YAML file of a policy pack.
#include <cstdint>
#include <cstdlib>

#include "policy/policy.h"
#include "policy/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace heed;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto root = policy::parse_yaml("x.yaml", bytes);
  if (!root && root.error().fields.empty()) {
    std::abort();  // a fault without a place
  }
  const std::string text(bytes);
  if (text.find("{{") == std::string::npos && policy::render(text, {{"number", "H-1"}}) != text) {
    std::abort();
  }
  (void)policy::render(text, {{"number", "H-1"}, {"clause", "x"}});
  return 0;
}
