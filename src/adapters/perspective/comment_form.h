#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "adapters/perspective/refusal.h"
#include "base/json.h"

/// What comments:analyze and comments:suggestscore have in common.
namespace heed::adapters::perspective {

inline constexpr std::size_t kCommentBytesMax = 20 * 1024;
inline constexpr std::size_t kContextEntryBytesMax = 1 << 20;
inline constexpr std::size_t kLanguagesMax = 32;
/// Opaque strings that come back or are kept.
inline constexpr std::size_t kTokenBytesMax = 1024;
/// Room for a comment and a few entries of context.
inline constexpr std::size_t kBodyBytesMax = 8 << 20;

/// Views into the parser's document.
struct CommentForm {
  std::string_view text;
  std::vector<std::string_view> languages;
  std::string_view client_token, session_id, community_id;
  bool do_not_store = false;
};

/// Every field in camelCase or snake_case; unknown ones are ignored. COMMENT_EMPTY (also for white space
/// alone), COMMENT_TOO_LONG over 20 KB, else INVALID_REQUEST. Context is checked for size and shape and never
/// read further.
Answer<CommentForm> read_comment_form(Json body);

/// The string of a member that may be absent; INVALID_REQUEST for another kind or too long.
Answer<std::string_view> string_member(Json object, std::string_view camel, std::string_view snake,
                                       std::size_t bytes_max);

/// Only PROBABILITY was ever served.
Answer<void> check_score_type(Json params, std::string_view camel, std::string_view snake);

}  // namespace heed::adapters::perspective
