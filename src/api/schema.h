#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// JSON Schema (2020-12) in few words: what a route takes and gives is written beside it, and the OpenAPI document is
/// put together from that. Each function returns JSON text.
namespace heed::api::schema {

using Text = std::string;

Text ref(std::string_view component);  ///< "#/components/schemas/<component>"
Text any();
Text boolean();
Text integer(std::int64_t min = 0, std::int64_t max = INT64_C(9007199254740991));
Text number(double min, double max);
Text string(std::size_t bytes_max = 0, std::size_t bytes_min = 0);  ///< 0: no bound stated
Text time();                                                        ///< RFC 3339, UTC, milliseconds
Text id(std::string_view prefix);  ///< "rpt": an alias for parties, real for platform and staff
Text words(const std::vector<std::string_view>& allowed);
Text array(Text element, std::size_t size_max = 0);
Text constant(std::string_view word);
Text either(std::initializer_list<Text> choices);

/// A name that ends in "?" may be absent.
using Fields = std::vector<std::pair<std::string, Text>>;
Text object(const Fields& fields);       ///< unknown fields are refused
Text open_object(const Fields& fields);  ///< more may come
Text page(Text element);                 ///< {items, next_cursor?}

}  // namespace heed::api::schema
