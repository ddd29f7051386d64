#include "post/post.h"

#include <algorithm>
#include <array>

#include "post/member_reader.h"

namespace heed::post {
namespace {

constexpr std::size_t kUrlBytesMax = 8192;
constexpr std::size_t kLangBytesMax = 35;
constexpr std::size_t kTypeBytesMax = 127;
constexpr std::size_t kAttributeNameBytesMax = 64;
constexpr std::size_t kAttributeBytesMax = 4096;

enum PostField : std::size_t {
  kId,
  kKind,
  kText,
  kCreatedAt,
  kLang,
  kAuthor,
  kReplyTo,
  kQuoteOf,
  kMentions,
  kLinks,
  kMedia,
  kAttributes
};
constexpr std::array<std::string_view, 12> kPostNames = {"id",       "kind",   "text",     "created_at",
                                                         "lang",     "author", "reply_to", "quote_of",
                                                         "mentions", "links",  "media",    "attributes"};

void clear(Post& out) {
  out.kind = Kind::Post;
  out.id = out.text = out.lang = out.raw = {};
  out.created_at = {};
  out.author = {};
  out.reply_to = out.quote_of = {};
  out.mentions.clear();
  out.links.clear();
  out.media.clear();
  out.attributes.clear();
  out.ignored_fields = 0;
}

Kind read_kind(Json value, const Path& at, Faults& faults) {
  std::optional<std::string_view> name = value.string();
  for (Kind kind : {Kind::Post, Kind::Message, Kind::Profile}) {
    if (name == kind_name(kind)) {
      return kind;
    }
  }
  faults.add(at, "must be post, message or profile");
  return Kind::Post;
}

void read_author(Json json, const Path& path, Faults& faults, Post& out) {
  if (!is_object(json, path, faults)) {
    return;
  }
  static constexpr std::array<std::string_view, 5> kNames = {"id", "handle", "created_at", "followers", "client_hash"};
  bool has_id = false;
  out.ignored_fields += read_members(json, kNames, path, faults, [&](std::size_t field, Json value, const Path& at) {
    switch (field) {
      case 0:
        out.author.id = read_token(value, at, 1, kIdBytesMax, faults);
        has_id = true;
        break;
      case 1:
        out.author.handle = read_token(value, at, 0, kIdBytesMax, faults);
        break;
      case 2:
        out.author.created_at = read_time(value, at, faults);
        break;
      case 3:
        out.author.followers = read_count(value, at, -1, faults);
        break;
      default:
        out.author.client_hash = read_token(value, at, 0, kIdBytesMax, faults);
        break;
    }
  });
  if (!has_id) {
    faults.add(path, "id", "is required");
  }
}

void read_ref(Json json, const Path& path, Faults& faults, PostRef& ref, std::uint32_t& ignored) {
  if (!is_object(json, path, faults)) {
    return;
  }
  static constexpr std::array<std::string_view, 2> kNames = {"post_id", "account_id"};
  ignored += read_members(json, kNames, path, faults, [&](std::size_t field, Json value, const Path& at) {
    (field == 0 ? ref.post_id : ref.account_id) = read_token(value, at, 1, kIdBytesMax, faults);
  });
}

void read_media(Json json, const Path& path, Faults& faults, Post& out) {
  if (!is_object(json, path, faults)) {
    return;
  }
  static constexpr std::array<std::string_view, 3> kNames = {"sha256", "type", "url"};
  Media& media = out.media.emplace_back();
  out.ignored_fields += read_members(json, kNames, path, faults, [&](std::size_t field, Json value, const Path& at) {
    switch (field) {
      case 0:
        media.sha256 = read_string(value, at, 1, 64, faults);
        if (media.sha256.size() != 64 ||
            media.sha256.find_first_not_of("0123456789abcdefABCDEF") != media.sha256.npos) {
          faults.add(at, "must be 64 hexadecimal digits");
        }
        break;
      case 1:
        media.type = read_token(value, at, 0, kTypeBytesMax, faults);
        break;
      default:
        media.url = read_token(value, at, 1, kUrlBytesMax, faults);
        break;
    }
  });
  if (media.sha256.empty() && media.url.empty()) {
    faults.add(path, "needs sha256 or url");
  }
}

void read_attributes(Json json, const Path& path, Faults& faults, Post& out) {
  if (!is_object(json, path, faults)) {
    return;
  }
  if (json.size() > kAttributesMax) {
    faults.add(path, "has more than " + std::to_string(kAttributesMax) + " members");
    return;
  }
  json.members([&](std::string_view name, Json value) {
    Path at{&path, name};
    bool repeated = std::any_of(out.attributes.begin(), out.attributes.end(),
                                [&](const Attribute& other) { return other.name == name; });
    if (repeated) {
      faults.add(at, "is given twice");
      return;
    }
    if (name.empty() || name.size() > kAttributeNameBytesMax) {
      faults.add(at, "has a name that is empty or longer than 64 bytes");
    }
    switch (value.kind()) {
      case Json::Kind::String:
        read_string(value, at, 0, kAttributeBytesMax, faults);
        break;
      case Json::Kind::Bool:
      case Json::Kind::Int:
      case Json::Kind::Uint:
      case Json::Kind::Double:
        break;
      case Json::Kind::Null:
        break;  // kept, so that a second one is noticed; dropped below
      default:
        faults.add(at, "must be a string, a number, true or false");
        break;
    }
    out.attributes.push_back({name, value});
  });
  std::erase_if(out.attributes, [](const Attribute& attribute) { return attribute.value.is_null(); });
}

}  // namespace

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::Post:
      return "post";
    case Kind::Message:
      return "message";
    case Kind::Profile:
      return "profile";
  }
  return "post";
}

void Post::targets(std::vector<std::string_view>& out) const {
  out.clear();
  auto add = [&](std::string_view account) {
    if (!account.empty() && account != author.id) {
      out.push_back(account);
    }
  };
  add(reply_to.account_id);
  add(quote_of.account_id);
  for (std::string_view mention : mentions) {
    add(mention);
  }
  // Few: keep the order. Many: sorting keeps a post with a thousand mentions from costing a million comparisons.
  constexpr std::size_t kFew = 16;
  if (out.size() > kFew) {
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return;
  }
  auto kept = out.begin();
  for (auto it = out.begin(); it != out.end(); ++it) {
    if (std::find(out.begin(), kept, *it) == kept) {
      *kept++ = *it;
    }
  }
  out.erase(kept, out.end());
}

Result<void> read_post(Json json, std::string_view raw, Time now, Post& out) {
  clear(out);
  Faults faults;
  Path root;
  if (!json.is_object()) {
    faults.add(root, "must be a JSON object");
    return faults.result("post");
  }
  out.raw = raw;
  std::uint32_t given = 0;
  std::uint32_t unknown =
      read_members(json, kPostNames, root, faults, [&](std::size_t field, Json value, const Path& at) {
        given |= 1U << field;
        switch (static_cast<PostField>(field)) {
          case kId:
            out.id = read_token(value, at, 1, kIdBytesMax, faults);
            break;
          case kKind:
            out.kind = read_kind(value, at, faults);
            break;
          case kText:
            out.text = read_string(value, at, 0, kTextBytesMax, faults);
            break;
          case kCreatedAt:
            if (std::optional<Time> time = read_time(value, at, faults)) {
              out.created_at = *time;
              if (*time > now + kAheadMax) {
                faults.add(at, "is more than five minutes ahead of the server's clock");
              }
            }
            break;
          case kLang:
            out.lang = read_token(value, at, 0, kLangBytesMax, faults);
            break;
          case kAuthor:
            read_author(value, at, faults, out);
            break;
          case kReplyTo:
            read_ref(value, at, faults, out.reply_to, out.ignored_fields);
            break;
          case kQuoteOf:
            read_ref(value, at, faults, out.quote_of, out.ignored_fields);
            break;
          case kMentions:
            read_array(value, at, kMentionsMax, faults, [&](Json element, const Path& path) {
              out.mentions.push_back(read_token(element, path, 1, kIdBytesMax, faults));
            });
            break;
          case kLinks:
            read_array(value, at, kLinksMax, faults, [&](Json element, const Path& path) {
              out.links.push_back(read_string(element, path, 1, kUrlBytesMax, faults));
            });
            break;
          case kMedia:
            read_array(value, at, kMediaMax, faults,
                       [&](Json element, const Path& path) { read_media(element, path, faults, out); });
            break;
          case kAttributes:
            read_attributes(value, at, faults, out);
            break;
        }
      });
  out.ignored_fields += unknown;
  for (PostField field : {kId, kText, kCreatedAt, kAuthor}) {
    if ((given & (1U << field)) == 0) {
      faults.add(root, kPostNames[field], "is required");
    }
  }
  return faults.result("post");
}

Result<void> parse_post(JsonParser& parser, std::string_view json, Time now, Post& out) {
  clear(out);
  Json document = TRY(parser.parse(json));
  return read_post(document, json, now, out);
}

}  // namespace heed::post
