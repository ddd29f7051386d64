#pragma once
#include "api/desk.h"
#include "casework/decisions.h"

namespace heed::api {

/// One item's verdict as decisions, reversals and appeals take it. Faults of form by pointer; what needs rows or the
/// policy is casework's to check. Without `with_item` there is no item_id.
casework::ItemVerdict read_verdict(FieldReader& parent, Json json, const std::string& at, bool with_item);
schema::Text verdict_schema(bool with_item);

}  // namespace heed::api
