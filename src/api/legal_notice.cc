#include <algorithm>
#include <map>

#include "api/direction.h"
#include "api/guest_reports.h"
#include "api/resources.h"
#include "base/log.h"
#include "http/url.h"
#include "policy/report_flow.h"

/// The form for a notice under Article 16 DSA, for anybody, without JavaScript: what is missing is said on the page,
/// and sending twice makes one notice.
namespace heed::api {
namespace {

using policy::ReportFlow;
using Fields = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t kFieldBytesMax = 20'000, kLinksMax = 200;

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

class Form {
 public:
  Form(std::shared_ptr<const policy::Policy> policy, Fields fields)
      : policy_(std::move(policy)), fields_(std::move(fields)) {
    const std::string& wanted = fields_["locale"];
    const auto& known = policy_->report_flow->symptoms.front().title.by_locale;
    const std::string language = wanted.substr(0, wanted.find_first_of("-_"));
    locale_ = known.contains(wanted) ? wanted : known.contains(language) ? language : "en";
  }
  const std::string& locale() const { return locale_; }
  const std::string& value(std::string_view name) const {
    static const std::string none;
    auto found = fields_.find(name);
    return found == fields_.end() ? none : found->second;
  }
  std::string text(std::string_view name) const {
    return escaped(ReportFlow::text(policy_->report_flow->legal_notice, name, locale_));
  }
  void fault(std::string name) { faults_.push_back(std::move(name)); }
  bool good() const { return faults_.empty(); }

  std::string page() const {
    std::string out = begin();
    out += "<p>" + text("intro") + "</p>\n<p><strong>" + text("danger") + "</strong></p>\n";
    if (!faults_.empty()) {
      out += "<div role=\"alert\" class=\"faults\"><p>" + text("faults") + "</p><ul>\n";
      for (const std::string& name : faults_) {
        const std::string words = text("fault_" + name);
        out += name == "other" ? "<li>" + words + "</li>\n" : "<li><a href=\"#" + name + "\">" + words + "</a></li>\n";
      }
      out += "</ul></div>\n";
    }
    out += "<form method=\"post\" action=\"/legal-notice\">\n";
    out += hidden("locale", locale_) + hidden("key", value("key"));
    out += area("where", "where", 3, true) + select();
    out += area("explanation", "explanation", 6, true, "explanation_hint") + line("law", "law", "text", "off");
    out += line("name", "name", "text", "name") + line("mail", "mail", "email", "email", "mail_hint");
    out += "<p class=\"check\"><input type=\"checkbox\" id=\"good_faith\" name=\"good_faith\" value=\"yes\"";
    out += (value("good_faith") == "yes" ? " checked" : "") + described("good_faith", "") +
           "> <label for=\"good_faith\">" + text("good_faith") + "</label></p>\n";
    out += "<p><button type=\"submit\">" + text("send") + "</button></p>\n</form>\n";
    return out + "</main></body></html>\n";
  }

  std::string receipt(const GuestReceipt& taken) const {
    std::string out = begin(/*done=*/true);
    out += "<dl><dt>" + text("done_number") + "</dt><dd><strong>" +
           format_case_number(static_cast<std::uint64_t>(taken.receipt.number));
    out += "</strong></dd><dt>" + text("done_at") + "</dt><dd>" + escaped(format_time(taken.receipt.received_at)) +
           "</dd></dl>\n";
    out += "<p>" + text("done_text") + "</p>\n<p><a href=\"/case#case=" + escaped(taken.case_alias) +
           "&amp;key=" + escaped(taken.case_key) + "\">";
    return out + text("done_link") + "</a></p>\n</main></body></html>\n";
  }

 private:
  std::string begin(bool done = false) const {
    return "<!doctype html>\n<html lang=\"" + escaped(locale_) + "\" dir=\"" + std::string(direction_of(locale_)) +
           "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
           "<meta name=\"color-scheme\" content=\"light dark\"><title>" +
           text(done ? "done" : "title") +
           "</title>"
           "<link rel=\"stylesheet\" href=\"/heed.css\"></head>\n<body><main>\n<h1>" +
           text(done ? "done" : "title") + "</h1>\n";
  }
  bool faulty(std::string_view id) const { return std::find(faults_.begin(), faults_.end(), id) != faults_.end(); }
  std::string described(std::string_view id, std::string_view hint) const {
    std::string out;
    if (!hint.empty()) {
      out += " aria-describedby=\"" + std::string(id) + "-hint\"";
    }
    return faulty(id) ? out + " aria-invalid=\"true\"" : out;
  }
  std::string hint_of(std::string_view id, std::string_view hint) const {
    return hint.empty() ? "" : "<span class=\"hint\" id=\"" + std::string(id) + "-hint\">" + text(hint) + "</span>\n";
  }
  std::string label(std::string_view id, std::string_view name) const {
    return "<p><label for=\"" + std::string(id) + "\">" + text(name) + "</label>\n";
  }
  static std::string hidden(std::string_view name, std::string_view value) {
    return "<input type=\"hidden\" name=\"" + std::string(name) + "\" value=\"" + escaped(value) + "\">\n";
  }
  std::string area(const std::string& id, std::string_view name, int rows, bool required,
                   std::string_view hint = {}) const {
    return label(id, name) + hint_of(id, hint) + "<textarea id=\"" + id + "\" name=\"" + id + "\" rows=\"" +
           std::to_string(rows) + "\" maxlength=\"20000\"" + (required ? " aria-required=\"true\"" : "") +
           described(id, hint) + ">\n" + escaped(value(id)) + "</textarea></p>\n";
  }
  std::string line(const std::string& id, std::string_view name, std::string_view type, std::string_view fill,
                   std::string_view hint = {}) const {
    return label(id, name) + hint_of(id, hint) + "<input id=\"" + id + "\" name=\"" + id + "\" type=\"" +
           std::string(type) + "\" maxlength=\"250\" autocomplete=\"" + std::string(fill) + "\" value=\"" +
           escaped(value(id)) + "\"" + described(id, hint) + "></p>\n";
  }
  std::string select() const {
    std::string out = label("what", "what") + "<select id=\"what\" name=\"what\"><option value=\"\">" + text("choose") +
                      "</option>\n";
    for (const ReportFlow::Option& symptom : policy_->report_flow->symptoms) {
      out += "<option value=\"" + escaped(symptom.id) + "\"" + (value("what") == symptom.id ? " selected" : "") + ">" +
             escaped(symptom.title.in(locale_)) + "</option>\n";
    }
    return out + "</select></p>\n";
  }

  std::shared_ptr<const policy::Policy> policy_;
  Fields fields_;
  std::string locale_;
  std::vector<std::string> faults_;
};

void send(http::Reply& reply, int status, std::string page) {
  http::Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.body = std::move(page);
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  reply.send(std::move(response));
}

/// "de-AT,de;q=0.9" → "de-AT": the first that the browser asks for.
std::string first_language(std::string_view accept) {
  std::string out(accept.substr(0, std::min<std::size_t>(accept.find_first_of(",;"), 35)));
  const bool good = std::all_of(out.begin(), out.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
  return good ? out : "en";
}

void get_form(Call call) {
  Fields fields;
  fields["locale"] =
      call.request.query_value("locale").value_or(first_language(call.request.header("accept-language")));
  fields["where"] = call.request.query_value("url").value_or("");
  fields["key"] = to_base64url(random_string(18));
  send(call.reply, 200, Form(call.desk.policy(), std::move(fields)).page());
}

std::vector<std::string> links_in(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \t\r\n", at), text.size());
    if (end > at) {
      out.emplace_back(text.substr(at, end - at));
    }
    at = end + 1;
  }
  return out;
}

bool is_link(const std::string& text) {
  return text.size() <= 2048 && (text.starts_with("https://") || text.starts_with("http://"));
}

/// The report that the form makes, as JSON.
std::string report_of(const Form& form, const std::vector<std::string>& links) {
  JsonWriter out;
  out.begin_object();
  if (!form.value("mail").empty()) {
    out.key("reporter")
        .begin_object()
        .field_unless_empty("name", form.value("name"))
        .field("email", form.value("mail"))
        .end_object();
  }
  out.key("items").begin_array();
  for (const std::string& link : links) {
    out.begin_object().field("kind", "url").field("url", link).end_object();
  }
  out.end_array().key("symptoms").begin_array();
  if (!form.value("what").empty()) {
    out.value(form.value("what"));
  }
  out.end_array().key("legal_claim").begin_object().field_unless_empty("law", form.value("law"));
  out.field("explanation", form.value("explanation"))
      .field("url", links.front())
      .field("good_faith", true)
      .end_object();
  out.field("about", "everyone").field("channel", "desktop_web").field("locale", form.locale()).end_object();
  return out.take();
}

void post_form(Call call) {
  auto pairs = http::parse_query(call.request.body);
  Fields fields;
  if (pairs) {
    for (auto& [name, value] : *pairs) {
      value.resize(std::min(value.size(), kFieldBytesMax));
      fields[name] = std::move(value);
    }
  }
  auto form = std::make_shared<Form>(call.desk.policy(), std::move(fields));
  const std::vector<std::string> links = links_in(form->value("where"));
  if (links.empty() || links.size() > kLinksMax || !std::all_of(links.begin(), links.end(), is_link)) {
    form->fault("where");
  }
  if (form->value("explanation").empty()) {
    form->fault("explanation");
  }
  if (form->value("mail").empty() && form->value("what") != "child_safety") {
    form->fault("mail");
  }
  if (form->value("good_faith") != "yes") {
    form->fault("good_faith");
  }
  if (!form->good()) {
    send(call.reply, 422, form->page());
    return;
  }
  call.request.body = report_of(*form, links);
  if (!form->value("key").empty()) {
    call.request.headers.emplace_back("idempotency-key", form->value("key"));
  }
  auto body = body_json(call.request);
  if (!body) {
    form->fault("other");
    send(call.reply, 400, form->page());
    return;
  }
  take_guest_report(std::move(call), *body, [form](Call& c, Result<GuestReceipt> taken) {
    if (taken) {
      send(c.reply, 201, form->receipt(*taken));
      return;
    }
    const auto& faults = taken.error().fields;
    const bool mail = std::any_of(faults.begin(), faults.end(),
                                  [](const FieldError& fault) { return fault.pointer.starts_with("/reporter"); });
    form->fault(mail ? "mail" : "other");
    send(c.reply, http::status_of(taken.error().code), form->page());
  });
}

}  // namespace

Resource legal_notice_routes() {
  using namespace schema;
  const Text form = object({{"where", string(kFieldBytesMax, 1)},
                            {"what?", string()},
                            {"explanation", string(kFieldBytesMax, 1)},
                            {"law?", string(250)},
                            {"name?", string(250)},
                            {"mail?", string(250)},
                            {"good_faith", constant("yes")},
                            {"locale?", string(35)},
                            {"key?", string(255)}});
  return {{
      {http::Method::Get,
       "/legal-notice",
       everybody(),
       "reports",
       "The form for a notice under Article 16 of the EU Digital Services Act; needs no JavaScript.",
       get_form,
       nullptr,
       {{"locale", string(35), "The browser's language when not given."},
        {"url", string(2048), "Where the content is."}},
       {},
       {200, "text/html", string()}},
      {http::Method::Post,
       "/legal-notice",
       everybody(),
       "reports",
       "What that form sends.",
       post_form,
       nullptr,
       {},
       {"application/x-www-form-urlencoded", form,
        R"({"where":"https://example.org/p/1","explanation":"It calls for violence.","mail":"kim@example.org","good_faith":"yes"})"},
       {201, "text/html", string()},
       false,
       256 * 1024},
  }};
}

}  // namespace heed::api
