#include "adapters/perspective/analyze.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "adapters/lenient_json.h"
#include "adapters/perspective/attribute.h"
#include "adapters/perspective/comment_form.h"
#include "adapters/sentences.h"

namespace heed::adapters::perspective {
namespace {

constexpr std::size_t kAttributesMax = 100;

struct Wanted {
  std::string_view attribute;  ///< as it was asked for
  Label label;
  std::optional<double> threshold;
};

/// One thread's memory, reused from request to request.
struct Tools {
  JsonParser parser{32};
  std::vector<Wanted> wanted;
  std::vector<std::string> detected;
  std::vector<Sentence> sentences;
  std::vector<Scores> of_sentences;
};

/// A name from outside, short enough for a message.
std::string shown(std::string_view name) { return std::string(name.substr(0, 64)); }

Answer<void> read_attribute(std::string_view name, Json params, const Scorer& scorer, bool drop,
                            std::vector<Wanted>& out) {
  auto label = label_of(name);
  if (!label || !scorer.serves(*label, "")) {
    if (drop) {
      return {};
    }
    return refuse("Unknown requested attribute: " + shown(name));
  }
  if (!params.is_null() && !params.is_object()) {
    return refuse("Invalid value at 'requestedAttributes': must be an object of objects.");
  }
  ASK(check_score_type(params, "scoreType", "score_type"));
  Wanted wanted{.attribute = name, .label = *label};
  if (Json threshold = member(params, "scoreThreshold", "score_threshold"); !threshold.missing()) {
    wanted.threshold = threshold.number();
    if (!wanted.threshold) {
      return refuse("Invalid value at 'scoreThreshold': must be a number.");
    }
  }
  const bool twice = std::any_of(out.begin(), out.end(), [&](const Wanted& w) { return w.attribute == name; });
  if (!twice) {
    out.push_back(wanted);
  }
  return {};
}

Answer<void> read_attributes(Json body, const Scorer& scorer, bool drop, std::vector<Wanted>& out) {
  out.clear();
  Json attributes = member(body, "requestedAttributes", "requested_attributes");
  if (!attributes.missing() && !attributes.is_object()) {
    return refuse("Invalid value at 'requestedAttributes': must be an object.");
  }
  if (attributes.missing() || attributes.size() == 0) {
    return refuse("NO_REQUESTED_ATTRIBUTES", "At least one requested attribute must be specified.");
  }
  if (attributes.size() > kAttributesMax) {
    return refuse("At most " + std::to_string(kAttributesMax) + " attributes may be requested at once.");
  }
  Answer<void> fault;
  attributes.members([&](std::string_view name, Json params) {
    if (fault) {
      fault = read_attribute(name, params, scorer, drop, out);
    }
  });
  return fault;
}

/// The languages by which it is answered: the request's, else the likeliest of the text.
Answer<std::vector<std::string>> languages_of(const CommentForm& form, const std::vector<std::string>& detected,
                                              std::string_view assumed) {
  std::vector<std::string> out;
  for (std::string_view tag : form.languages) {
    out.emplace_back(tag);
  }
  if (out.empty() && !detected.empty()) {
    out.push_back(detected.front());
  } else if (out.empty() && !assumed.empty()) {
    out.emplace_back(assumed);
  }
  if (out.empty()) {
    return refuse("LANGUAGE_DETECTION_FAILED",
                  "The language of the comment could not be detected; name it in 'languages'.");
  }
  return out;
}

/// Refuses, or drops, what is not served for all of the languages.
Answer<void> check_languages(const Scorer& scorer, const std::vector<std::string>& languages,
                             const std::vector<std::string>& detected, bool drop, std::vector<Wanted>& wanted) {
  auto unserved = [&](const Wanted& w) {
    return std::any_of(languages.begin(), languages.end(), [&](const std::string& tag) {
      const std::string language = primary_language(tag);
      return language.empty() || !scorer.serves(w.label, language);
    });
  };
  if (drop) {
    std::erase_if(wanted, unserved);
    return {};
  }
  auto bad = std::find_if(wanted.begin(), wanted.end(), unserved);
  if (bad == wanted.end()) {
    return {};
  }
  std::string list;
  for (const std::string& tag : languages) {
    list += (list.empty() ? "" : ",") + tag;
  }
  return tl::unexpected(
      Refusal{.message = "Attribute " + shown(bad->attribute) + " does not support request languages: " + list,
              .error_type = "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
              .attribute = shown(bad->attribute),
              .requested_languages = languages,
              .detected_languages = detected});
}

/// Seven places, which is what a float32 on the other side can hold.
void write_score(JsonWriter& out, std::string_view name, double value) {
  out.key(name).begin_object().field("value", std::round(value * 1e7) / 1e7).field("type", "PROBABILITY").end_object();
}

void write_span(JsonWriter& out, std::uint32_t begin, std::uint32_t end, double value) {
  out.begin_object().field("begin", begin).field("end", end);
  write_score(out, "score", value);
  out.end_object();
}

void write_attribute(JsonWriter& out, const Wanted& wanted, const Scores& whole, std::uint32_t units,
                     const Tools& tools) {
  const double summary = whole[wanted.label];
  const double least = wanted.threshold.value_or(-1);
  if (summary < least) {
    return;
  }
  out.key(wanted.attribute).begin_object().key("spanScores").begin_array();
  bool any = false;
  for (std::size_t i = 0; i < tools.of_sentences.size(); ++i) {
    const double value = tools.of_sentences[i][wanted.label];
    if (value >= least) {
      write_span(out, tools.sentences[i].begin, tools.sentences[i].end, value);
      any = true;
    }
  }
  if (!any) {  // clients exist that read scores from spans alone
    write_span(out, 0, units, summary);
  }
  out.end_array();
  write_score(out, "summaryScore", summary);
  out.end_object();
}

/// Sentences of which the model says nothing have no span.
void score_sentences(std::string_view text, const Scorer& scorer, Tools& tools) {
  split_sentences(text, tools.sentences);
  std::size_t judged = 0;
  for (const Sentence& sentence : tools.sentences) {
    Scores scores;
    if (scorer.score(sentence.text, scores)) {
      tools.sentences[judged++] = sentence;
      tools.of_sentences.push_back(scores);
    }
  }
  tools.sentences.resize(judged);
}

template <class List>
void write_list(JsonWriter& out, std::string_view name, const List& values) {
  out.key(name).begin_array();
  for (const auto& value : values) {
    out.value(value);
  }
  out.end_array();
}

Answer<bool> flag(Json body, std::string_view camel, std::string_view snake) {
  Json found = member(body, camel, snake);
  auto value = found.boolean();
  if (!found.missing() && !value) {
    return refuse("Invalid value at '" + std::string(camel) + "': must be true or false.");
  }
  return value.value_or(false);
}

}  // namespace

Answer<std::string> analyze(std::string_view request, const Scorer& scorer, std::string_view assumed_language) {
  thread_local Tools tools;
  const ParserFor parser(tools.parser, request);
  auto parsed = parse_leniently(*parser, request);
  if (!parsed || !parsed->is_object()) {
    return refuse("Invalid JSON payload received. The body must be one JSON object.");
  }
  const Json body = *parsed;
  const CommentForm form = ASK(read_comment_form(body));
  const bool drop = ASK(flag(body, "dropUnsupportedAttributes", "drop_unsupported_attributes"));
  const bool spans = ASK(flag(body, "spanAnnotations", "span_annotations"));
  ASK(read_attributes(body, scorer, drop, tools.wanted));
  scorer.detect(form.text, tools.detected);
  const std::vector<std::string> languages = ASK(languages_of(form, tools.detected, assumed_language));
  ASK(check_languages(scorer, languages, tools.detected, drop, tools.wanted));

  Scores whole;
  tools.sentences.clear();
  tools.of_sentences.clear();
  if (!tools.wanted.empty()) {
    if (!scorer.score(form.text, whole)) {
      return refuse("LANGUAGE_DETECTION_FAILED",
                    "The comment holds no words that the requested attributes could be judged by.");
    }
    if (spans) {
      score_sentences(form.text, scorer, tools);
    }
  }
  std::string answer;
  answer.reserve(512);
  JsonWriter out(answer);
  out.begin_object().key("attributeScores").begin_object();
  const std::uint32_t units = utf16_units(form.text);
  for (const Wanted& wanted : tools.wanted) {
    write_attribute(out, wanted, whole, units, tools);
  }
  out.end_object();
  write_list(out, "languages", languages);
  out.field_unless_empty("clientToken", form.client_token);
  write_list(out, "detectedLanguages", tools.detected);
  out.end_object();
  return answer;
}

}  // namespace heed::adapters::perspective
