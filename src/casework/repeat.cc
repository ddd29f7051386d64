#include "casework/repeat.h"

namespace heed::casework {
namespace {

constexpr Millis kRemembered = std::chrono::hours(24 * 30);

}  // namespace

Result<std::optional<Made>> made_before(Context& context, const Hash16& key, const Hash16& body) {
  std::optional<IdempotencyRow> row;
  auto cells = ledger::cells(key);
  TRY(ledger::scan<IdempotencyRow>(
      context.tx(), {.index = IdempotencyRow::kByKey, .prefix = cells, .after = {}, .descending = true, .limit = 1},
      [&](const IdempotencyRow& newest) { row = newest; }));
  if (!row || row->at < context.now() - kRemembered) {
    return std::nullopt;
  }
  if (row->body != body) {
    return fail(Code::InvalidInput, "this Idempotency-Key was used with another body; use a new key for a new request",
                {{"Idempotency-Key", "was used before with another body"}});
  }
  Sealed sealed(context.tx(), *context.env().keys);
  Made made{row->case_id, row->seq, {}, {}, TRY(sealed.header(row->case_id, row->seq))};
  JsonParser parser(64);
  Json header = TRY(parser.parse(made.header));
  made.kind = header.get_string("kind");
  made.at = from_ms(header.get_int("at"));
  return made;
}

}  // namespace heed::casework
