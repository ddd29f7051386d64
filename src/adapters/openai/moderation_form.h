#pragma once
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "adapters/scorer.h"
#include "base/json.h"
#include "http/message.h"

namespace heed::adapters::openai {

inline constexpr std::size_t kInputsMax = 10'000;
inline constexpr std::size_t kInputBytesMax = 1 << 20;
inline constexpr std::size_t kBodyBytesMax = 32 << 20;

/// {"error":{message,type,param,code}}, the shape that its libraries turn into exceptions.
struct Refusal {
  int http = 400;
  std::string message;
  std::string type = "invalid_request_error";
  std::string param = {};  ///< "": null
  std::string code = {};   ///< "": null
  std::string retry_after = {};
};
http::Response response(const Refusal& refusal);

/// The texts of one request, each to be judged by itself. Text parts are one text, as they are one message.
struct ModerationForm {
  std::vector<std::string> inputs;
  std::size_t bytes = 0;
};
/// `input` is a string, an array of 1 to 10,000 strings, or an array of parts {type:"text",text}. Image parts
/// are refused by their place; so are empty texts. `model` and whatever else is ignored.
tl::expected<ModerationForm, Refusal> read_moderation(JsonParser& parser, std::string_view body);

/// The 200. `id` names the answer. A text in a language that is not served has every category false, 0, and
/// applied to nothing: nobody judged it.
std::string write_moderation(const ModerationForm& form, const Scorer& scorer, std::string_view id,
                             std::string_view assumed_language);

}  // namespace heed::adapters::openai
