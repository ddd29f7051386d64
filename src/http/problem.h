#pragma once
#include <string>
#include <string_view>

#include "http/message.h"

namespace heed::http::detail {

/// A problem of HTTP itself (405, 431, 501 …), for which no Code exists.
Response problem_of_status(int status, std::string_view detail, std::string_view request_id);
/// "Not Found"; "" for a status not in RFC 9110's list.
std::string_view reason_phrase(int status);

}  // namespace heed::http::detail
