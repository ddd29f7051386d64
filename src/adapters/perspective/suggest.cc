#include "adapters/perspective/suggest.h"

#include <vector>

#include "adapters/lenient_json.h"
#include "adapters/perspective/comment_form.h"

namespace heed::adapters::perspective {
namespace {

constexpr std::size_t kAttributesMax = 100, kSpansMax = 1000, kNameBytesMax = 100;

Answer<double> read_score(Json score, std::string_view where) {
  if (!score.is_object()) {
    return refuse("Invalid value at '" + std::string(where) + "': must be an object.");
  }
  ASK(check_score_type(score, "type", "type"));
  auto value = member(score, "value", "value").number();
  if (!value || !(*value >= 0 && *value <= 1)) {
    return refuse("Invalid value at '" + std::string(where) + "': value must be a number from 0 to 1.");
  }
  return *value;
}

Answer<void> write_span(Json span, JsonWriter& out) {
  auto begin = member(span, "begin", "begin").integer(), end = member(span, "end", "end").integer();
  if (!begin || !end || *begin < 0 || *end < *begin) {
    return refuse("A span score must have begin and end.");
  }
  const double value = ASK(read_score(member(span, "score", "score"), "spanScores.score"));
  out.begin_object().field("begin", *begin).field("end", *end).field("score", value).end_object();
  return {};
}

Answer<void> write_attribute(std::string_view name, Json scores, JsonWriter& out) {
  Json summary = member(scores, "summaryScore", "summary_score"), spans = member(scores, "spanScores", "span_scores");
  if (name.empty() || name.size() > kNameBytesMax || !scores.is_object() || (summary.missing() && spans.size() == 0)) {
    return refuse("Each of 'attributeScores' must be named and have a summaryScore or spanScores.");
  }
  if (!spans.missing() && (!spans.is_array() || spans.size() > kSpansMax)) {
    return refuse("Invalid value at 'spanScores': must be an array of at most " + std::to_string(kSpansMax) + ".");
  }
  out.key(name).begin_object();
  if (!summary.missing()) {
    out.field("summary", ASK(read_score(summary, "summaryScore")));
  }
  Answer<void> fault;
  if (spans.size() > 0) {
    out.key("spans").begin_array();
    spans.each([&](Json span) {
      if (fault) {
        fault = write_span(span, out);
      }
    });
    out.end_array();
  }
  out.end_object();
  return fault;
}

template <class List>
void write_list(JsonWriter& out, std::string_view name, const List& values) {
  out.key(name).begin_array();
  for (const auto& value : values) {
    out.value(value);
  }
  out.end_array();
}

}  // namespace

Answer<Suggestion> read_suggestion(std::string_view request, const Scorer& scorer, Time now) {
  thread_local JsonParser kept(32);
  const ParserFor parser(kept, request);
  auto parsed = parse_leniently(*parser, request);
  if (!parsed || !parsed->is_object()) {
    return refuse("Invalid JSON payload received. The body must be one JSON object.");
  }
  const CommentForm form = ASK(read_comment_form(*parsed));
  Json attributes = member(*parsed, "attributeScores", "attribute_scores");
  if (!attributes.is_object() || attributes.size() == 0 || attributes.size() > kAttributesMax) {
    return refuse("'attributeScores' must be an object with 1 to " + std::to_string(kAttributesMax) + " attributes.");
  }
  JsonWriter line;
  line.begin_object().field("at", format_time(now)).field("text", form.text).key("attributes").begin_object();
  Answer<void> fault;
  attributes.members([&](std::string_view name, Json scores) {
    if (fault) {
      fault = write_attribute(name, scores, line);
    }
  });
  ASK(std::move(fault));
  line.end_object();
  write_list(line, "languages", form.languages);
  line.field_unless_empty("community_id", form.community_id);
  line.field_unless_empty("client_token", form.client_token);
  line.field_unless_empty("session_id", form.session_id).end_object();

  std::vector<std::string> detected;
  scorer.detect(form.text, detected);
  JsonWriter out;
  out.begin_object().field_unless_empty("clientToken", form.client_token);
  write_list(out, "detectedLanguages", detected);
  write_list(out, "requestedLanguages", form.languages);
  out.end_object();
  return Suggestion{out.take(), form.do_not_store ? std::string() : line.take()};
}

}  // namespace heed::adapters::perspective
