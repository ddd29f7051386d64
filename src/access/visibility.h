#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

/// Who may see what is decided in one place. Every event kind has one row here, registered beside its definition; a
/// kind without a row does not build (ledger events are declared through a template that demands it).
namespace heed::access {

/// As whom somebody looks at a case. Platform: the platform's server. Bystander: reported, is not the target.
enum class Audience : std::uint8_t { Reviewer, Platform, Target, Reporter, Bystander, Author, kCount };

/// Fields of an event header that an audience sees, by name; "*" is all of them. Not visible at all when absent.
struct Shown {
  Audience audience;
  std::span<const std::string_view> fields;
};

struct VisibilityRow {
  std::string_view kind;
  std::string_view label;  ///< what a party reads in the timeline: key of a text, "report_received"
  std::array<std::span<const std::string_view>, static_cast<std::size_t>(Audience::kCount)> fields{};
  std::array<bool, static_cast<std::size_t>(Audience::kCount)> visible{};
  /// Only the person the event is about (its own report, its own decision), not every party of that audience.
  bool own_only = false;

  constexpr VisibilityRow(std::string_view k, std::string_view l, std::initializer_list<Shown> shown, bool own = true)
      : kind(k), label(l), own_only(own) {
    for (const Shown& s : shown) {
      fields[static_cast<std::size_t>(s.audience)] = s.fields;
      visible[static_cast<std::size_t>(s.audience)] = true;
    }
  }
  bool shows(Audience audience) const { return visible[static_cast<std::size_t>(audience)]; }
};

/// Writes the fields of `header` that `audience` may see as one object, in the header's order; nested values go as
/// they are, a field that the header lacks is left out. False, and nothing written, when the kind is not visible.
/// Whether an `own_only` event is the caller's own is asked before: this sees no person.
bool project(const VisibilityRow& row, Audience audience, Json header, JsonWriter& out);
/// The same into the object that is open in `out`.
bool project_fields(const VisibilityRow& row, Audience audience, Json header, JsonWriter& out);

}  // namespace heed::access
