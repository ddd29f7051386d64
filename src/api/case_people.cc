#include "api/resources.h"
#include "api/viewer.h"
#include "casework/case_links.h"

/// Beside a case: what its authors did before, what else belongs to it, and which colleagues work on it now.
namespace heed::api {
namespace {

using namespace casework;

constexpr std::size_t kLinksMax = 50;

Result<http::Response> read_authors(Call& call, ledger::View& view) {
  const CaseId id = TRY(call.desk.path_id<CaseId>(call));
  const Viewer viewer = TRY(Viewer::of(call, view, id));
  const Page page = TRY(page_of(call.request));
  int after = 0;
  for (char c : page.cursor) {
    if (c < '0' || c > '9' || page.cursor.size() > 9) {
      return invalid("?cursor", "is not one of ours");
    }
    after = after * 10 + (c - '0');
  }
  call.desk.note_read(call.who, id, "authors");
  const AuthorHistories found =
      TRY(author_histories(view, call.desk.keys(), viewer.row(), after, page.limit, Viewer::may_know(call, view)));
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const AuthorHistory& author : found.authors) {
    out.begin_object()
        .field("author", author.party)
        .field_unless_empty("account_id", author.account)
        .field_unless_empty("handle", author.handle);
    out.field("items", author.items_here).key("elsewhere").begin_object();
    out.field("cases", author.cases).field("items", author.items).field("open", author.open);
    out.field("violations", author.violations).field("no_violations", author.no_violations).key("newest").begin_array();
    for (CaseId other : author.newest) {
      out.value(other.text());
    }
    out.end_array().end_object().end_object();
  }
  out.end_array().field("cut", found.cut);
  if (found.after != 0) {
    out.field("next_cursor", std::to_string(found.after));
  }
  out.end_object();
  return json_answer(200, out.take());
}

Result<http::Response> read_links(Call& call, ledger::View& view) {
  const CaseId id = TRY(call.desk.path_id<CaseId>(call));
  const Viewer viewer = TRY(Viewer::of(call, view, id));
  call.desk.note_read(call.who, id, "links");
  const CaseLinks found =
      TRY(case_links(view, call.desk.hasher(), viewer.row(), kLinksMax, Viewer::may_know(call, view)));
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const CaseLink& link : found.links) {
    out.begin_object().field("case_id", link.case_id.text()).field("state", name_of(link.state));
    out.field("queue", link.route);
    write_time(out, "opened_at", link.opened_at);
    out.field("authors", link.authors).field("same_text", link.same_text);
    out.field("same_target", link.target).field("earlier", link.earlier).end_object();
  }
  out.end_array().field("cut", found.cut);
  write_time(out, "words_back_to", found.words_back_to);
  out.end_object();
  return json_answer(200, out.take());
}

Result<http::Response> read_case_claims(Call& call, ledger::View& view) {
  const CaseId id = TRY(call.desk.path_id<CaseId>(call));
  TRY(Viewer::of(call, view, id));
  std::vector<ClaimRow> claims;
  auto prefix = ledger::cells(id);
  TRY(ledger::scan<ClaimRow>(view, {.index = ClaimRow::kByCase, .prefix = prefix}, [&](const ClaimRow& row) {
    if (row.state == ClaimState::Active) {
      claims.push_back(row);
    }
  }));
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const ClaimRow& claim : claims) {
    auto colleague = TRY(call.desk.parts().directory.staff(claim.staff));
    out.begin_object().field("claim_id", claim.id.text());
    out.field("alias", colleague ? std::string_view(colleague->alias) : std::string_view());
    out.field("yours", claim.staff.value == call.who.id).field("items_left", claim.items_left);
    out.field("single", claim.single).field("since", format_time(claim.at)).end_object();
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}

void get_authors(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_authors);
}
void get_links(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_links);
}
void get_case_claims(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_case_claims);
}

}  // namespace

Resource case_people_routes() {
  using namespace schema;
  const Text moment = R"({"type":["string","null"]})";
  const Text author = object({{"author", integer(1)},
                              {"account_id?", string()},
                              {"handle?", string()},
                              {"items", integer()},
                              {"elsewhere", object({{"cases", integer()},
                                                    {"items", integer()},
                                                    {"open", integer()},
                                                    {"violations", integer()},
                                                    {"no_violations", integer()},
                                                    {"newest", array(id("cas"), 3)}})}});
  const Text link = object({{"case_id", id("cas")},
                            {"state", words(names_of<CaseState>())},
                            {"queue", string()},
                            {"opened_at", moment},
                            {"authors", integer()},
                            {"same_text", integer()},
                            {"same_target", boolean()},
                            {"earlier", boolean()}});
  const Text claim = object({{"claim_id", id("clm")},
                             {"alias", string()},
                             {"yours", boolean()},
                             {"items_left", integer()},
                             {"single", boolean()},
                             {"since", time()}});
  return {
      {
          {http::Method::Get,
           "/v1/cases/{id}/authors",
           readers_of_cases(),
           "cases",
           "Who wrote what is in the case, and what came of their posts in other cases that the caller may know "
           "of. Of one author the 20 newest cases count; `cut` says that something was left out.",
           get_authors,
           nullptr,
           paged(),
           {},
           gives_json(
               object({{"items", array(ref("AuthorHistory"))}, {"cut", boolean()}, {"next_cursor?", string()}}))},
          {http::Method::Get,
           "/v1/cases/{id}/links",
           readers_of_cases(),
           "cases",
           "Other cases with the same target, authors or words, most in common first. Words are compared with the "
           "newest 20,000 posts.",
           get_links,
           nullptr,
           {},
           {},
           gives_json(object({{"items", array(ref("CaseLink"), 50)}, {"cut", boolean()}, {"words_back_to", moment}}))},
          {http::Method::Get,
           "/v1/cases/{id}/claims",
           readers_of_cases(),
           "cases",
           "Who works on the case now, by pseudonym.",
           get_case_claims,
           nullptr,
           {},
           {},
           gives_json(object({{"items", array(claim)}}))},
      },
      {{"AuthorHistory", author}, {"CaseLink", link}}};
}

}  // namespace heed::api
