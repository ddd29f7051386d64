#include "access/visibility.h"

#include <algorithm>

namespace heed::access {

bool project_fields(const VisibilityRow& row, Audience audience, Json header, JsonWriter& out) {
  if (!row.shows(audience)) {
    return false;
  }
  std::span<const std::string_view> fields = row.fields[static_cast<std::size_t>(audience)];
  bool all = std::find(fields.begin(), fields.end(), "*") != fields.end();
  header.members([&](std::string_view name, Json value) {
    if (all || std::find(fields.begin(), fields.end(), name) != fields.end()) {
      out.key(name).raw(value.dump());
    }
  });
  return true;
}

bool project(const VisibilityRow& row, Audience audience, Json header, JsonWriter& out) {
  if (!row.shows(audience)) {
    return false;
  }
  out.begin_object();
  project_fields(row, audience, header, out);
  out.end_object();
  return true;
}

}  // namespace heed::access
