#include "adapters/openai/moderation_form.h"

#include <algorithm>
#include <cmath>

#include "adapters/lenient_json.h"
#include "adapters/openai/category.h"

namespace heed::adapters::openai {
namespace {

tl::unexpected<Refusal> refuse(std::string param, std::string message, std::string code = "invalid_value") {
  return tl::unexpected(Refusal{.message = std::move(message), .param = std::move(param), .code = std::move(code)});
}

std::string place(std::size_t i) { return "input[" + std::to_string(i) + "]"; }

tl::expected<void, Refusal> add_text(ModerationForm& form, const std::string& where, std::string_view text) {
  if (text.empty()) {
    return refuse(where, "Invalid '" + where + "': an empty text cannot be judged.", "empty_string");
  }
  if (text.size() > kInputBytesMax) {
    return refuse(where,
                  "Invalid '" + where + "': at most " + std::to_string(kInputBytesMax) + " bytes of text are taken.",
                  "string_above_max_length");
  }
  form.inputs.emplace_back(text);
  form.bytes += text.size();
  return {};
}

/// One element of the array: a string is an input of its own, a part belongs to the one message.
tl::expected<void, Refusal> add_element(ModerationForm& form, std::string& message, std::size_t i, Json element) {
  if (auto text = element.string()) {
    return add_text(form, place(i), *text);
  }
  const std::string_view type = element["type"].string().value_or("");
  if (type == "text") {
    auto text = element["text"].string();
    if (!text) {
      return refuse(place(i) + ".text", "Missing '" + place(i) + ".text': a text part must have a string.",
                    "missing_required_parameter");
    }
    message.append(message.empty() ? "" : "\n").append(*text);
    return {};
  }
  if (type == "image_url") {
    return refuse(place(i),
                  "Invalid '" + place(i) + "': images are not judged here, only text is. Send the text parts alone.",
                  "unsupported_image");
  }
  return refuse(place(i), "Invalid '" + place(i) + "': must be a string or a part of type text.", "invalid_type");
}

/// One text: its language ("und": nobody knows) and what was said of it.
struct Judged {
  std::string_view language;
  bool at_all = false;
  Scores scores = {};
};

bool judges(const Category& category, const Scorer& scorer, std::string_view language) {
  return category.served() && scorer.serves(*category.label, language) &&
         (!category.and_label || scorer.serves(*category.and_label, language));
}

void write_result(JsonWriter& out, const Scorer& scorer, const Judged& text) {
  auto applies = [&](const Category& c) { return text.at_all && judges(c, scorer, text.language); };
  auto is_true = [&](const Category& c) { return applies(c) && c.score(text.scores) >= kFlaggedFrom; };
  bool flagged = false;
  for (const Category& c : categories()) {
    flagged = flagged || is_true(c);
  }
  out.begin_object().field("flagged", flagged).key("categories").begin_object();
  for (const Category& c : categories()) {
    out.field(c.name, is_true(c));
  }
  out.end_object().key("category_scores").begin_object();
  for (const Category& c : categories()) {
    out.field(c.name, applies(c) ? std::round(c.score(text.scores) * 1e7) / 1e7 : 0.0);
  }
  out.end_object().key("category_applied_input_types").begin_object();
  for (const Category& c : categories()) {
    out.key(c.name).begin_array();
    if (applies(c)) {
      out.value("text");
    }
    out.end_array();
  }
  out.end_object().end_object();
}

}  // namespace

http::Response response(const Refusal& refusal) {
  JsonWriter out;
  auto or_null = [&](std::string_view name, const std::string& value) {
    out.key(name);
    value.empty() ? out.null() : out.value(value);
  };
  out.begin_object().key("error").begin_object().field("message", refusal.message).field("type", refusal.type);
  or_null("param", refusal.param);
  or_null("code", refusal.code);
  out.end_object().end_object();
  http::Response answer{.status = refusal.http, .body = out.take()};
  if (!refusal.retry_after.empty()) {
    answer.headers.emplace_back("Retry-After", refusal.retry_after);
  }
  return answer;
}

tl::expected<ModerationForm, Refusal> read_moderation(JsonParser& parser, std::string_view body) {
  auto parsed = parse_leniently(parser, body);
  if (!parsed || !parsed->is_object()) {
    return refuse("", "We could not parse the JSON body of your request: it must be one object.", "invalid_json");
  }
  Json input = (*parsed)["input"];
  ModerationForm form;
  tl::expected<void, Refusal> fault;
  if (auto text = input.string()) {
    fault = add_text(form, "input", *text);
  } else if (input.missing() || input.is_null()) {
    return refuse("input", "Missing required parameter: 'input'.", "missing_required_parameter");
  } else if (!input.is_array()) {
    return refuse("input", "Invalid type for 'input': must be a string or an array.", "invalid_type");
  } else if (input.size() == 0) {
    return refuse("input", "Invalid 'input': empty array. Expected at least one text.", "empty_array");
  } else if (input.size() > kInputsMax) {
    return refuse(
        "input", "Invalid 'input': array too long. At most " + std::to_string(kInputsMax) + " texts are taken at once.",
        "array_above_max_length");
  } else {
    std::string message;
    std::size_t i = 0, parts = 0;
    input.each([&](Json element) {
      if (fault) {
        parts += element.is_string() ? 0 : 1;
        fault = add_element(form, message, i++, element);
      }
    });
    if (fault && parts > 0) {
      if (!form.inputs.empty()) {
        return refuse("input", "Invalid 'input': strings and parts cannot be mixed.", "invalid_type");
      }
      fault = add_text(form, "input", message);
    }
  }
  if (!fault) {
    return tl::unexpected(std::move(fault).error());
  }
  return form;
}

std::string write_moderation(const ModerationForm& form, const Scorer& scorer, std::string_view id,
                             std::string_view assumed_language) {
  std::string answer;
  answer.reserve(128 + form.inputs.size() * 1200);
  JsonWriter out(answer);
  out.begin_object().field("id", id).field("model", scorer.version()).key("results").begin_array();
  std::vector<std::string> detected;
  for (const std::string& text : form.inputs) {
    scorer.detect(text, detected);
    const std::string language = detected.empty() ? std::string(assumed_language) : detected.front();
    // "" would ask for any language: a text of unknown language is judged in none.
    Judged judged{.language = language.empty() ? std::string_view("und") : std::string_view(language)};
    const auto all = categories();
    judged.at_all =
        std::any_of(all.begin(), all.end(), [&](const Category& c) { return judges(c, scorer, judged.language); }) &&
        scorer.score(text, judged.scores);
    write_result(out, scorer, judged);
  }
  out.end_array().end_object();
  return answer;
}

}  // namespace heed::adapters::openai
