#include "policy/report_flow.h"

#include <algorithm>
#include <set>

#include "api/direction.h"
#include "api/resources.h"

/// GET /v1/report-flow: what a person who reports is asked, as data; the widget and native apps draw from it.
namespace heed::api {
namespace {

using policy::ReportFlow;

/// The best of the flow's languages for `wanted`: itself, its language, English.
std::string best_locale(const ReportFlow& flow, std::string_view wanted) {
  if (flow.symptoms.empty()) {
    return "en";
  }
  const auto& known = flow.symptoms.front().title.by_locale;
  for (std::string_view candidate : {wanted, language_of(wanted)}) {
    if (known.contains(candidate)) {
      return std::string(candidate);
    }
  }
  return "en";
}

/// "de-AT" → "AT"; "" when the locale names no country.
std::string country_of(std::string_view locale) {
  const std::size_t at = locale.find_last_of("-_");
  std::string country(at == std::string_view::npos ? "" : locale.substr(at + 1));
  std::transform(country.begin(), country.end(), country.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return country.size() == 2 ? country : "";
}

class Writer {
 public:
  Writer(JsonWriter& out, std::string_view locale) : out_(out), locale_(locale) {}

  void option(const ReportFlow::Option& option) {
    out_.begin_object().field("id", option.id).field("title", option.title.in(locale_));
    text("text", option.text);
    out_.field_unless_empty("needs", option.needs);
    if (!option.topics.empty()) {
      words("topics", option.topics);
    }
    out_.end_object();
  }
  void field(const ReportFlow::Field& field) {
    out_.begin_object().field("id", field.id).field("kind", field.kind).field("required", field.required);
    out_.field_unless_empty("needs", field.needs).field("label", field.label.in(locale_));
    text("text", field.text);
    text("missing", field.missing);
    if (!field.when_field.empty()) {
      out_.key("when").begin_object().field("field", field.when_field);
      words("is", field.when_is);
      out_.end_object();
    }
    if (!field.options.empty()) {
      out_.key("options").begin_array();
      for (const ReportFlow::Option& o : field.options) {
        option(o);
      }
      out_.end_array();
    }
    out_.end_object();
  }
  void step(const ReportFlow::Step& step) {
    out_.begin_object().field("id", step.id).field("title", step.title.in(locale_));
    text("text", step.text);
    out_.key("fields").begin_array();
    for (const ReportFlow::Field& f : step.fields) {
      field(f);
    }
    out_.end_array().end_object();
  }
  void line(const policy::HelpLine& line) {
    out_.begin_object().field("id", line.id).field("name", line.name).field("text", line.text.in(locale_));
    words("topics", line.topics);
    words("phones", line.phones);
    words("languages", line.languages);
    out_.field_unless_empty("url", line.url)
        .field_unless_empty("hours", line.hours)
        .field("checked", line.checked)
        .end_object();
  }
  void words(std::string_view name, const std::vector<std::string>& all) {
    out_.key(name).begin_array();
    for (const std::string& word : all) {
      out_.value(word);
    }
    out_.end_array();
  }

 private:
  void text(std::string_view name, const policy::Localized& localized) {
    if (!localized.by_locale.empty()) {
      out_.field_unless_empty(name, localized.in(locale_));
    }
  }
  JsonWriter& out_;
  const std::string_view locale_;
};

std::string flow_json(const policy::Policy& policy, std::string_view locale, std::string_view country) {
  const ReportFlow& flow = *policy.report_flow;
  JsonWriter out;
  Writer write(out, locale);
  out.begin_object().field("version", flow.version).field("locale", locale);
  out.field("direction", direction_of(locale)).key("locales").begin_array();
  for (const auto& [known, title] : flow.symptoms.front().title.by_locale) {
    out.value(known);
  }
  out.end_array().key("steps").begin_array();
  for (const ReportFlow::Step& step : flow.steps) {
    write.step(step);
  }
  out.end_array().key("texts").begin_object();
  for (const auto& [name, text] : flow.texts) {
    out.field(name, text.in(locale));
  }
  out.end_object().field("country", country).key("countries").begin_array();
  std::set<std::string> countries;
  for (const policy::HelpLine& line : policy.help_lines) {
    if (line.country != "EU") {
      countries.insert(line.country);
    }
  }
  for (const std::string& known : countries) {
    out.value(known);
  }
  out.end_array().key("help_lines").begin_array();
  for (const policy::HelpLine* line : policy::help_lines_for(policy.help_lines, country, "")) {
    write.line(*line);
  }
  out.end_array().end_object();
  return out.take();
}

void get_flow(Call call) {
  const auto policy = call.desk.policy();
  const std::string_view wanted = call.request.query_value("locale").value_or("en").substr(0, 35);
  std::string country(call.request.query_value("country").value_or("").substr(0, 2));
  if (country.size() != 2 || country.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos) {
    country = country_of(wanted);
  }
  http::Response response;
  response.body = flow_json(*policy, best_locale(*policy->report_flow, wanted), country);
  response.headers.emplace_back("Cache-Control", "public, max-age=300");
  call.reply.send(std::move(response));
}

}  // namespace

Resource report_flow_routes() {
  using namespace schema;
  const std::vector<std::string_view> needs(policy::kNeeds.begin() + 1, policy::kNeeds.end());
  const Text option = object({{"id", string()},
                              {"title", string()},
                              {"text?", string()},
                              {"needs?", words(needs)},
                              {"topics?", array(string())}});
  const Text field = object({{"id", string()},
                             {"kind", words({policy::kFieldKinds.begin(), policy::kFieldKinds.end()})},
                             {"required", boolean()},
                             {"needs?", words(needs)},
                             {"label", string()},
                             {"text?", string()},
                             {"missing?", string()},
                             {"when?", object({{"field", string()}, {"is", array(string())}})},
                             {"options?", array(ref("FlowOption"))}});
  const Text step =
      object({{"id", string()}, {"title", string()}, {"text?", string()}, {"fields", array(ref("FlowField"))}});
  const Text line = object({{"id", string()},
                            {"name", string()},
                            {"text", string()},
                            {"topics", array(string())},
                            {"phones", array(string())},
                            {"languages", array(string())},
                            {"url?", string()},
                            {"hours?", string()},
                            {"checked", string()}});
  const Text flow = object({{"version", string()},
                            {"locale", string()},
                            {"direction", words({"ltr", "rtl"})},
                            {"locales", array(string())},
                            {"steps", array(ref("FlowStep"), policy::kStepsMax)},
                            {"texts", R"({"type":"object","additionalProperties":{"type":"string"}})"},
                            {"country", string()},
                            {"countries", array(string())},
                            {"help_lines", array(ref("HelpLine"))}});
  return {
      {{http::Method::Get,
        "/v1/report-flow",
        everybody(),
        "reports",
        "What a person who reports is asked, as data: steps, symptoms, words, places that help.",
        get_flow,
        nullptr,
        {{"locale", string(35), "en when not given, or not known."},
         {"country", string(2), "Whose help lines; the locale's country when not given. An unknown one gives none."}},
        {},
        gives_json(ref("ReportFlow"))}},
      {{"ReportFlow", flow}, {"FlowStep", step}, {"FlowField", field}, {"FlowOption", option}, {"HelpLine", line}}};
}

}  // namespace heed::api
