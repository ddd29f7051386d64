#pragma once
#include <string>
#include <string_view>

namespace heed::adapters::coral {

/// What a reader of the comment sees: tags go, those that break a line become one, the entities that editors
/// write become their characters. For the markup that Coral's editor makes, not for arbitrary HTML; text
/// without a tag or an entity comes back as it is. Linear, never longer than `html`.
std::string plain_text(std::string_view html);

}  // namespace heed::adapters::coral
