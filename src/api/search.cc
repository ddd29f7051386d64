#include <algorithm>

#include "api/resources.h"
#include "api/viewer.h"
#include "casework/post_search.h"

/// Finding cases by words of their posts and by the people in them. What is asked travels in the body: names and
/// quotations have no place in addresses and logs.
namespace heed::api {
namespace {

using namespace casework;

constexpr std::size_t kExcerptBefore = 200, kExcerptAfter = 400;  // bytes around what was found

struct Asked {
  bool people = false;
  std::string words;
  SearchAsk how;
};

/// "<case>.<ord>": a place in the caller's own list; it opens nothing.
std::string cursor_text(const SearchPlace& place) { return place.case_id.text() + "." + std::to_string(place.ord); }

std::optional<SearchPlace> parse_cursor(std::string_view text) {
  const std::size_t dot = text.find('.');
  auto id = CaseId::parse(text.substr(0, dot));
  if (!id || dot == std::string_view::npos || text.size() - dot > 10 || text.size() - dot < 2) {
    return std::nullopt;
  }
  SearchPlace out{*id, 0};
  for (char c : text.substr(dot + 1)) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    out.ord = out.ord * 10 + (c - '0');
  }
  return out;
}

Result<Asked> read_search(const Call& call) {
  Asked out;
  FieldReader in(TRY(body_json(call.request)), "");
  out.people = in.optional_choice("kind", {"posts", "people"}, "posts") == "people";
  out.words = checked_text(in, "words", in.required_string("words", 1, 500));
  out.how.open_only = in.optional_choice("state", {"open", "all"}, "open") == "open";
  if (const std::string_view cursor = in.optional_string("cursor", 64); !cursor.empty()) {
    const auto place = parse_cursor(cursor);
    if (!place) {
      in.error("cursor", "is not one of ours");
    }
    out.how.after = place.value_or(SearchPlace{});
  }
  TRY(in.done());
  return out;
}

/// So much of the text around the match, cut between characters, and where the match lies in it.
void write_excerpt(JsonWriter& out, const PostHit& hit) {
  const std::string& text = hit.text;
  auto inside = [&](std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  std::size_t from = hit.match.start > kExcerptBefore ? hit.match.start - kExcerptBefore : 0;
  std::size_t to = std::min(text.size(), hit.match.end + kExcerptAfter);
  while (inside(from)) {
    ++from;
  }
  while (inside(to)) {
    --to;
  }
  out.field("text", std::string_view(text).substr(from, to - from));
  out.field("cut_before", from > 0).field("cut_after", to < text.size());
  out.key("span").begin_object().field("start", static_cast<std::int64_t>(hit.match.start - from));
  out.field("end", static_cast<std::int64_t>(hit.match.end - from)).end_object();
}

Result<void> write_case_of(JsonWriter& out, ledger::View& view, CaseId id) {
  if (auto row = TRY(ledger::get<CaseRow>(view, id))) {
    out.field("case_state", name_of(row->state)).field("queue", row->route);
    write_time(out, "opened_at", row->opened_at);
  }
  return {};
}

Result<http::Response> search(Call& call, ledger::View& view, const Asked& asked) {
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  SearchPlace next;
  Time back_to{};
  std::size_t looked = 0;
  auto noted = [&, last = CaseId{}](CaseId id) mutable {
    if (id != last) {
      call.desk.note_read(call.who, id, "search");  // once for each case that is shown
    }
    last = id;
  };
  if (asked.people) {
    PeopleFound found = TRY(search_people(view, call.desk.keys(), call.desk.hasher(), asked.words, asked.how,
                                          Viewer::may_know(call, view)));
    for (const PersonHit& hit : found.hits) {
      noted(hit.case_id);
      out.begin_object().field("case_id", hit.case_id.text()).field("party", hit.party).key("roles").begin_array();
      for (auto [role, word] : {std::pair{kTarget, "target"}, {kAuthor, "author"}}) {
        if ((hit.roles & role) != 0) {
          out.value(word);
        }
      }
      out.end_array().field("account_id", hit.account).field_unless_empty("handle", hit.handle);
      TRY(write_case_of(out, view, hit.case_id));
      out.end_object();
    }
    next = found.next, back_to = found.back_to, looked = found.people_read;
  } else {
    const SearchWords words = TRY(SearchWords::of(asked.words));
    PostsFound found =
        TRY(search_posts(view, call.desk.keys(), *call.desk.policy(), words, asked.how, Viewer::may_know(call, view)));
    for (const PostHit& hit : found.hits) {
      noted(hit.item.case_id);
      out.begin_object().field("case_id", hit.item.case_id.text()).field("item_id", hit.item.id.text());
      out.field("state", name_of(hit.item.state)).field_unless_empty("category", hit.item.category);
      out.field("author", hit.item.author);
      write_time(out, "created_at", hit.item.created_at);
      TRY(write_case_of(out, view, hit.item.case_id));
      write_excerpt(out, hit);
      out.end_object();
    }
    next = found.next, back_to = found.back_to, looked = found.posts_read;
  }
  out.end_array().field("looked_at", static_cast<std::int64_t>(looked));
  write_time(out, "back_to", back_to);
  if (next.case_id) {
    out.field("next_cursor", cursor_text(next));
  }
  out.end_object();
  return json_answer(200, out.take());
}

void post_search(Call call) {
  auto asked = read_search(call);
  if (!asked) {
    call.reply.send_error(asked.error());
    return;
  }
  Desk& desk = call.desk;
  desk.read(std::move(call),
            [asked = *std::move(asked)](Call& c, ledger::View& view) { return search(c, view, asked); });
}

}  // namespace

Resource search_routes() {
  using namespace schema;
  const Text moment = R"({"type":["string","null"]})";
  const Text hit = object({{"case_id", id("cas")},
                           {"case_state?", words(names_of<CaseState>())},
                           {"queue?", string()},
                           {"opened_at?", moment},
                           {"item_id?", id("itm")},
                           {"state?", words(names_of<ItemState>())},
                           {"category?", string()},
                           {"author?", integer()},
                           {"created_at?", moment},
                           {"text?", string()},
                           {"cut_before?", boolean()},
                           {"cut_after?", boolean()},
                           {"span?", object({{"start", integer()}, {"end", integer()}})},
                           {"party?", integer()},
                           {"roles?", array(words({"target", "author"}))},
                           {"account_id?", string()},
                           {"handle?", string()}});
  return {{{http::Method::Post,
            "/v1/searches",
            readers_of_cases(),
            "cases",
            "Find cases by words of their posts, or by the account id or handle of a target or an author. Newest cases "
            "first; one request reads at most 5000 posts and 20,000 cases and says how far back it came. What touches "
            "a sealed clause is never found, nor who reported.",
            post_search,
            nullptr,
            {},
            takes_json(object({{"kind?", words({"posts", "people"})},
                               {"words", string(500, 1)},
                               {"state?", words({"open", "all"})},
                               {"cursor?", string(64)}}),
                       R"({"words":"your street","state":"all"})"),
            gives_json(object({{"items", array(ref("SearchHit"))},
                               {"looked_at", integer(0)},
                               {"back_to", moment},
                               {"next_cursor?", string()}}))}},
          {{"SearchHit", hit}}};
}

}  // namespace heed::api
