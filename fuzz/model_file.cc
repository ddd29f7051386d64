// Any bytes as a model: refused, or a model that scores any text and is written back to the same bytes. So
// that the fuzzer gets past the checksum, the last 32 bytes are replaced by what they should be.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/crypto.h"
#include "model/quality.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace heed;
  std::string bytes(reinterpret_cast<const char*>(data), size);
  (void)model::ModelFile::read(bytes);
  if (bytes.size() > 32) {
    bytes.resize(bytes.size() - 32);
    const Digest digest = sha256(bytes);
    bytes.append(view(digest));
  }
  auto file = model::ModelFile::read(bytes);
  if (!file) {
    return 0;
  }
  if ((*file)->write().size() != bytes.size()) {
    std::abort();
  }
  const model::LinearClassifier classifier(*file);
  model::Judge judge(classifier);
  judge.score("any women you hate, k1ll \"them\" not \xF0\x9F\x98\x80");
  judge.explain("any women you hate, k1ll \"them\" not", model::Label::Threat);
  return 0;
}
