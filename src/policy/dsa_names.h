#pragma once
#include <string_view>

/// Names of the statements-of-reasons schema of the EU transparency database, without their prefixes.
namespace heed::policy {

/// "VIOLENCE" for STATEMENT_CATEGORY_VIOLENCE.
bool is_dsa_category(std::string_view name);
/// "STALKING" for KEYWORD_STALKING.
bool is_dsa_keyword(std::string_view name);

}  // namespace heed::policy
