#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

/// How a bundle looks on paper. Everything that somebody wrote is text here, never markup: the page has no script,
/// loads nothing and links to nothing.
namespace heed::casework {

/// `bundle` is put into the page word for word.
std::string render_page(Json payload, std::string_view bundle, std::string_view locale);
/// Out of such a page again; nothing when it is not there exactly once.
std::optional<std::string_view> json_in_page(std::string_view page);

}  // namespace heed::casework
