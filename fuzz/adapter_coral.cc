// Any bytes as the body of a call of Coral's moderation phase, as a comment's markup and as a signature
// header.
#include <cstdint>
#include <cstdlib>

#include "adapters/coral/phase.h"
#include "adapters/coral/plain_text.h"
#include "adapters/coral/signature.h"
#include "adapters/testing_scorer.h"
#include "base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace heed;
  static const adapters::testing::FakeScorer scorer;
  static JsonParser parser(32), reader(32);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto must = [](bool holds) {
    if (!holds) {
      std::abort();
    }
  };
  if (auto text = adapters::coral::read_comment(parser, bytes)) {
    must(valid_utf8(*text));
    const std::string answer = adapters::coral::phase_answer(scorer.judge(*text));
    must(answer.empty() || reader.parse(answer).has_value());
  }
  const std::string text = adapters::coral::plain_text(bytes);
  must(text.size() <= size && (!valid_utf8(bytes) || valid_utf8(text)));
  // Nothing but a signature opens, whatever stands around it.
  must(!adapters::coral::signed_by(bytes, "body", {"a secret that is not in the corpus"}));
  must(size > 200 || adapters::coral::signed_by(adapters::coral::signature_of(bytes, "s"), bytes, {"t", "s"}));
  return 0;
}
