#include "adapters/perspective/comment_form.h"

#include <algorithm>
#include <string>

#include "adapters/lenient_json.h"

namespace heed::adapters::perspective {
namespace {

std::string name_of(std::string_view name) { return "'" + std::string(name) + "'"; }

Answer<Json> object_member(Json object, std::string_view camel, std::string_view snake) {
  Json found = member(object, camel, snake);
  if (!found.missing() && !found.is_object()) {
    return refuse("Invalid value at " + name_of(camel) + ": must be an object.");
  }
  return found;
}

/// A comment, or what it answers to: {text, type}. Only plain text was ever accepted.
Answer<std::string_view> read_text(Json entry, std::string_view where, std::size_t bytes_max) {
  if (!entry.is_object()) {
    return refuse("Invalid value at " + name_of(where) + ": must be an object.");
  }
  Json type = member(entry, "type", "type");
  if (!type.missing() && type.string() != "PLAIN_TEXT") {
    return refuse("Only comments of type PLAIN_TEXT are supported at " + name_of(where) + ".");
  }
  return string_member(entry, "text", "text", bytes_max);
}

Answer<void> check_context(Json body) {
  Json context = ASK(object_member(body, "context", "context"));
  if (context.missing()) {
    return {};
  }
  Json entries = member(context, "entries", "entries");
  Json article = ASK(object_member(context, "articleAndParentComment", "article_and_parent_comment"));
  if (!entries.missing() && !article.missing()) {
    return refuse("Only one of context.entries and context.article_and_parent_comment may be set.");
  }
  if (!entries.missing() && !entries.is_array()) {
    return refuse("Invalid value at 'context.entries': must be an array.");
  }
  Answer<void> fault;
  auto check = [&](Json entry, std::string_view where) {
    if (fault && !entry.missing()) {
      if (auto text = read_text(entry, where, kContextEntryBytesMax); !text) {
        fault = tl::unexpected(std::move(text).error());
      }
    }
  };
  entries.each([&](Json entry) { check(entry, "context.entries"); });
  check(member(article, "article", "article"), "context.article");
  check(member(article, "parentComment", "parent_comment"), "context.parent_comment");
  return fault;
}

/// All white space, which says nothing.
bool blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos; }

Answer<bool> bool_member(Json object, std::string_view camel, std::string_view snake) {
  Json found = member(object, camel, snake);
  if (found.missing()) {
    return false;
  }
  auto value = found.boolean();
  if (!value) {
    return refuse("Invalid value at " + name_of(camel) + ": must be true or false.");
  }
  return *value;
}

}  // namespace

Answer<std::string_view> string_member(Json object, std::string_view camel, std::string_view snake,
                                       std::size_t bytes_max) {
  Json found = member(object, camel, snake);
  if (found.missing()) {
    return std::string_view();
  }
  auto value = found.string();
  if (!value) {
    return refuse("Invalid value at " + name_of(camel) + ": must be a string.");
  }
  if (value->size() > bytes_max) {
    return refuse(name_of(camel) + " is longer than " + std::to_string(bytes_max) + " bytes.");
  }
  return *value;
}

Answer<void> check_score_type(Json params, std::string_view camel, std::string_view snake) {
  std::string_view type = ASK(string_member(params, camel, snake, 64));
  if (!type.empty() && type != "PROBABILITY") {
    return refuse("Score type " + std::string(type) + " is not supported; PROBABILITY is.");
  }
  return {};
}

Answer<CommentForm> read_comment_form(Json body) {
  CommentForm form;
  Json comment = ASK(object_member(body, "comment", "comment"));
  if (!comment.missing()) {
    form.text = ASK(read_text(comment, "comment", SIZE_MAX));
  }
  if (blank(form.text)) {
    return refuse("COMMENT_EMPTY", "Comment must be non-empty.");
  }
  if (form.text.size() > kCommentBytesMax) {
    return refuse("COMMENT_TOO_LONG",
                  "Comment text was too many bytes: at most " + std::to_string(kCommentBytesMax) + " are accepted.");
  }
  ASK(check_context(body));
  Json languages = member(body, "languages", "languages");
  if (!languages.missing() && (!languages.is_array() || languages.size() > kLanguagesMax)) {
    return refuse("Invalid value at 'languages': must be an array of at most " + std::to_string(kLanguagesMax) +
                  " strings.");
  }
  bool good = true;
  languages.each([&](Json language) {
    auto tag = language.string();
    good = good && tag && !tag->empty() && tag->size() <= 35;
    form.languages.push_back(tag.value_or(std::string_view()));
  });
  if (!good) {
    return refuse("Invalid value at 'languages': must be language tags such as en.");
  }
  form.do_not_store = ASK(bool_member(body, "doNotStore", "do_not_store"));
  form.client_token = ASK(string_member(body, "clientToken", "client_token", kTokenBytesMax));
  form.session_id = ASK(string_member(body, "sessionId", "session_id", kTokenBytesMax));
  form.community_id = ASK(string_member(body, "communityId", "community_id", kTokenBytesMax));
  return form;
}

}  // namespace heed::adapters::perspective
