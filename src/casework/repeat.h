#pragma once
#include <optional>
#include <string>

#include "casework/context.h"
#include "casework/sealed.h"

/// Idempotency-Key: the digests of key and body lie in the event that the request made (Context::remember), so an
/// answer can be given again from that event, also after a restart, a replay, a restore.
namespace heed::casework {

/// What an earlier request with this key made.
struct Made {
  CaseId case_id;
  std::int64_t seq = 0;
  Time at{};
  std::string kind, header;  ///< header: JSON, for read_event

  template <class E>
  Result<E> as() const {
    return read_event<E>(header);
  }
};

/// Nothing for a key that is new or older than thirty days. InvalidInput (422) when it came with another body.
Result<std::optional<Made>> made_before(Context& context, const Hash16& key, const Hash16& body);

}  // namespace heed::casework
