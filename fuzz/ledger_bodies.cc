// Stored bodies as a damaged disk might give them back: split, and opened with a key.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ledger/event.h"
#include "ledger/keyring.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto keys = [] {
    auto ring = heed::ledger::memory_key_ring();
    (void)ring->allocate();
    return ring;
  }();
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto bodies = heed::ledger::split_bodies(bytes);
  if (bodies) {
    for (const heed::ledger::SealedBody& body : *bodies) {
      (void)heed::ledger::open_body(*keys, heed::CaseId{}, 1, body);
    }
  }
  return 0;
}
