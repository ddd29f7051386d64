#include "casework/pieces.h"

#include "api/report_form.h"
#include "api/resources.h"
#include "api/viewer.h"
#include "base/bytes.h"

/// Evidence from elsewhere: words, a link, or a file, added by a party to her case.
namespace heed::api {
namespace {

using namespace casework;

constexpr std::size_t kWordsBytesMax = 20'000, kUrlBytesMax = 2048, kNameBytesMax = 200;

/// https and http only, with a host and nothing that could be read as more than an address.
bool is_link(std::string_view url) {
  const std::size_t host = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  return host != 0 && url.size() > host && url[host] != '/' && std::none_of(url.begin(), url.end(), [](char c) {
           return static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '<' || c == '>' || c == '\\';
         });
}

Result<PieceCommand> read_piece(const Call& call) {
  PieceCommand out;
  out.case_id = TRY(call.desk.path_id<CaseId>(call));
  FieldReader in(TRY(body_json(call.request)), "");
  out.form = choice(in, "form", PieceForm::Text);
  std::string_view text = checked_text(in, "text", in.optional_string("text", kWordsBytesMax));
  std::string_view url = checked_id(in, "url", in.optional_string("url", kUrlBytesMax));
  std::string_view name = checked_id(in, "name", in.optional_string("name", kNameBytesMax));
  std::string_view about = checked_text(in, "about", in.optional_string("about", kWordsBytesMax));
  std::string_view data = in.optional_string("data", kPieceBytesMax / 3 * 4 + 8);
  auto only = [&](std::string_view field, std::string_view value, PieceForm form) {
    if (value.empty() == (out.form == form)) {
      in.error(field, value.empty() ? "is required for this form" : "does not belong to this form");
    }
  };
  only("text", text, PieceForm::Text);
  only("url", url, PieceForm::Link);
  only("data", data, PieceForm::File);
  if (!url.empty() && !is_link(url)) {
    in.error("url", "must be an http or https address");
  }
  auto bytes = from_base64(data);
  if (!bytes) {
    in.error("data", "must be base64");
  }
  JsonWriter said;
  said.begin_object().field_unless_empty("text", text).field_unless_empty("url", url).field_unless_empty("name", name);
  said.field_unless_empty("about", about).end_object();
  out.about_json = said.take();
  TRY(in.done());
  if (out.form == PieceForm::File) {
    auto file = file_of(*std::move(bytes));
    if (!file) {
      return file.error().code == Code::InvalidInput ? Result<PieceCommand>(invalid("/data", file.error().message))
                                                     : Result<PieceCommand>(tl::unexpected(file.error()));
    }
    out.file = *std::move(file);
  }
  out.words = std::string(text) + (about.empty() ? "" : "\n\n") + std::string(about);
  if (out.file.type == "text/plain") {
    out.words += "\n\n" + out.file.bytes.substr(0, post::kTextBytesMax);
  }
  out.heard = call.desk.evidence().hear(out.words);
  return out;
}

void write_piece(JsonWriter& out, const Desk& desk, const access::Principal& who, const PieceRow& row) {
  out.field("piece_id", desk.id_out(who, PieceId{row.id}))
      .field("at", format_time(row.at))
      .field("form", name_of(row.form));
  out.field_unless_empty("type", row.type).field("size", row.size).field("provenance", name_of(Provenance::Reporter));
}

void post_piece(Call call) {
  auto command = read_piece(call);
  if (!command) {
    call.reply.send_error(command.error());
    return;
  }
  Desk& desk = call.desk;
  desk.create<PieceRow>(
      std::move(call),
      [command = *std::move(command)](Call& c, Context& context) mutable -> Result<PieceRow> {
        Viewer viewer = TRY(Viewer::of(c, context.tx(), command.case_id));
        if (viewer.party().party == Viewer::kNoParty) {
          return fail(Code::Conflict, "write to us on this page first; then you can add to the case");
        }
        command.party = viewer.party().party;
        command.actor = c.who.delegation.value;
        return add_piece(context, command);
      },
      [](Call&, Context& context, const Made& made) -> Result<PieceRow> {
        auto row = TRY(ledger::get<PieceRow>(context.tx(), TRY(made.as<PieceAdded>()).piece.value));
        return row ? Result<PieceRow>(*row) : Result<PieceRow>(not_found());
      },
      [](Call& c, const PieceRow& row) {
        JsonWriter out;
        out.begin_object();
        write_piece(out, c.desk, c.who, row);
        out.end_object();
        return json_answer(201, out.take());
      });
}

/// Whose pieces the caller may see: staff all, a party her own.
int pieces_party(const Viewer& viewer) { return viewer.staff() ? 0 : viewer.party().party; }

Result<http::Response> read_pieces(Call& call, ledger::View& view) {
  CaseId id = TRY(call.desk.path_id<CaseId>(call));
  Viewer viewer = TRY(Viewer::of(call, view, id));
  call.desk.note_read(call.who, id, "evidence");
  Bodies bodies(view, call.desk.keys());
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const PieceRow& row : TRY(pieces_of(view, id, pieces_party(viewer)))) {
    out.begin_object();
    write_piece(out, call.desk, call.who, row);
    if (viewer.staff()) {
      out.field("party", row.party);
    }
    out.key("said");
    thread_local JsonParser parser(8);
    auto said = bodies.get(id, row.seq, "n");
    if (said && parser.parse(*said)) {
      out.raw(*said);
    } else {
      out.null();  // erased
    }
    out.end_object();
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}

/// The bytes of a file, to be saved: never shown within a page of ours, whatever they hold.
Result<http::Response> read_file_again(Call& call, ledger::View& view) {
  CaseId id = TRY(call.desk.path_id<CaseId>(call));
  Viewer viewer = TRY(Viewer::of(call, view, id));
  PieceId piece = TRY(call.desk.path_id<PieceId>(call, "piece"));
  auto row = TRY(ledger::get<PieceRow>(view, piece.value));
  const int party = pieces_party(viewer);
  if (!row || row->case_id != id || row->form != PieceForm::File || (party != 0 && row->party != party)) {
    return not_found();
  }
  Bodies bodies(view, call.desk.keys());
  http::Response response;
  response.body = TRY(bodies.get(id, row->seq, "blob"));
  response.content_type = "application/octet-stream";
  const std::string_view ending = row->type == "image/png" ? ".png" : row->type == "image/jpeg" ? ".jpg" : ".txt";
  response.headers = {{"Content-Disposition", "attachment; filename=\"evidence" + std::string(ending) + "\""},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Content-Security-Policy", "default-src 'none'; sandbox"},
                      {"Cache-Control", "no-store"}};
  call.desk.note_read(call.who, id, "evidence file");
  return response;
}

void get_pieces(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_pieces);
}
void get_file(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_file_again);
}

}  // namespace

Resource case_evidence_routes() {
  using namespace schema;
  const Fields shape{{"piece_id", id("evd")}, {"at", time()},      {"form", words(names_of<PieceForm>())},
                     {"type?", string()},     {"size", integer()}, {"provenance", constant("reporter")}};
  Fields listed = shape;
  listed.push_back({"party?", integer()});
  listed.push_back({"said", R"({"type":["object","null"]})"});
  return {{
              {http::Method::Post,
               "/v1/cases/{id}/evidence",
               parties() | delegates(access::Delegated::Report),
               "cases",
               "Add words, a link, or a file (base64) to one's case. Pictures are written anew without what programs "
               "hide in them; what is "
               "neither PNG, JPEG nor plain text is refused.",
               post_piece,
               nullptr,
               {},
               takes_json(
                   object({{"form", words(names_of<PieceForm>())},
                           {"text?", string(kWordsBytesMax)},
                           {"url?", string(kUrlBytesMax)},
                           {"data?", string(kPieceBytesMax / 3 * 4 + 8)},
                           {"name?", string(kNameBytesMax)},
                           {"about?", string(kWordsBytesMax)}}),
                   R"({"form":"link","url":"https://example.org/his-other-page","about":"The same man, elsewhere."})"),
               gives_json(object(shape), 201),
               /*idempotent_key=*/true,
               6 << 20},
              {http::Method::Get,
               "/v1/cases/{id}/evidence",
               parties() | delegates(access::Delegated::Read) | readers_of_cases(),
               "cases",
               "What parties added: for a party her own, for staff all.",
               get_pieces,
               nullptr,
               {},
               {},
               gives_json(page(ref("Piece")))},
              {http::Method::Get,
               "/v1/cases/{id}/evidence/{piece}",
               parties() | delegates(access::Delegated::File) | readers_of_cases(),
               "cases",
               "A file's bytes, to be saved.",
               get_file,
               nullptr,
               {},
               {},
               {.status = 200, .type = "application/octet-stream", .schema = string()}},
          },
          {{"Piece", object(listed)}}};
}

}  // namespace heed::api
