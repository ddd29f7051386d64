#include "api/case_file.h"
#include "api/resources.h"
#include "base/bytes.h"
#include "casework/bundle.h"

/// A party's evidence file, and the key by which anybody checks it.
namespace heed::api {
namespace {

struct Wanted {
  bool page = false;
  std::string locale;
};

Result<Wanted> read_wanted(const Call& call) {
  Wanted out;
  std::string_view format = "json";
  if (call.request.method == http::Method::Post) {
    FieldReader in(TRY(body_json(call.request)), "");
    format = in.optional_choice("format", {"json", "html"}, "json");
    out.locale = checked_token(in, "locale", in.optional_string("locale", 35));
    TRY(in.done());
  } else {
    format = call.request.query_value("format").value_or("json");
    if (format != "json" && format != "html") {
      return invalid("?format", "must be json or html");
    }
    out.locale = call.request.query_value("locale").value_or("");
    if (out.locale.size() > 35 ||
        out.locale.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") !=
            std::string::npos) {
      return invalid("?locale", "must be a language tag");
    }
  }
  out.page = format == "html";
  return out;
}

Result<http::Response> make_file(Call& call, ledger::View& view) {
  const CaseId id = TRY(call.desk.path_id<CaseId>(call));
  const Wanted wanted = TRY(read_wanted(call));
  Parts& parts = call.desk.parts();
  const FileRoom room{.keys = call.desk.keys(),
                      .aliases = call.desk.aliases(),
                      .hasher = call.desk.hasher(),
                      .posts = parts.posts,
                      .render = parts.render,
                      .signing = parts.signing,
                      .now = call.desk.now()};
  std::string file = TRY(case_file(view, room, call.who, id, wanted.locale));
  http::Response answer = json_answer(200, {});
  if (wanted.page) {
    const std::string locale = wanted.locale.empty() ? call.who.locale : wanted.locale;
    file = TRY(casework::bundle_page(file, locale, parts.signing));
    answer.content_type = "text/html; charset=utf-8";
    answer.headers.emplace_back("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
  }
  // A name that says nothing to whoever looks at her downloads.
  answer.headers.emplace_back(
      "Content-Disposition", wanted.page ? "attachment; filename=\"file.html\"" : "attachment; filename=\"file.json\"");
  answer.body = std::move(file);
  return answer;
}

void get_file(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), make_file);
}

void get_signing_key(Call call) {
  const auto& key = call.desk.parts().signing.public_key;
  const std::string_view raw(reinterpret_cast<const char*>(key.data()), key.size());
  JsonWriter out;
  out.begin_object()
      .field("algorithm", "Ed25519")
      .field("public_key", to_base64(raw))
      .field("hex", to_hex(raw))
      .end_object();
  call.reply.send(json_answer(200, out.take()));
}

}  // namespace

Resource file_routes() {
  using namespace schema;
  const Text file = open_object(
      {{"heed_bundle", integer(1, 1)},
       {"payload", open_object({})},
       {"signature", object({{"algorithm", constant("Ed25519")}, {"public_key", string()}, {"value", string()}})}});
  const Text format = words({"json", "html"});
  const Gives gives{.status = 200, .type = "application/json", .schema = ref("EvidenceFile"), .page = true};
  return {{
              {http::Method::Get,
               "/v1/cases/{id}/file",
               parties() | delegates(access::Delegated::File),
               "cases",
               "My evidence file: what the case holds that I may see, signed, as JSON or as a printable page. `heed "
               "bundle verify` checks it anywhere.",
               get_file,
               nullptr,
               {{"format", format, "json (default) or html"},
                {"locale", string(35), "In which language; the person's own when not given."}},
               {},
               gives},
              {http::Method::Post,
               "/v1/cases/{id}/file",
               parties() | delegates(access::Delegated::File),
               "cases",
               "The same, for those who would rather not have it in an address.",
               get_file,
               nullptr,
               {},
               takes_json(object({{"format?", format}, {"locale?", string(35)}}), R"({"format":"html","locale":"de"})"),
               gives},
              {http::Method::Get,
               "/v1/signing-key",
               everybody(),
               "system",
               "The public key under which evidence files and chain heads are signed.",
               get_signing_key,
               nullptr,
               {},
               {},
               gives_json(object({{"algorithm", constant("Ed25519")}, {"public_key", string()}, {"hex", string()}}))},
          },
          {{"EvidenceFile", file}}};
}

}  // namespace heed::api
