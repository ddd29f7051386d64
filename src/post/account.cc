#include "post/account.h"

#include <algorithm>
#include <array>

#include "post/member_reader.h"
#include "post/post.h"

namespace heed::post {
namespace {

constexpr std::size_t kNameBytesMax = 1024;
constexpr std::size_t kEarlierNamesMax = 100;
constexpr std::size_t kEmailBytesMax = 254;  // RFC 5321 with its erratum 1690
constexpr std::size_t kLocaleBytesMax = 35;

enum AccountField : std::size_t {
  kId,
  kHandle,
  kDisplayName,
  kAvatarHash,
  kCountry,
  kLocale,
  kState,
  kEarlierNames,
  kVerified,
  kCreatedAt,
  kFollowers,
  kEmail
};
constexpr std::array<std::string_view, 12> kAccountNames = {"id",       "handle",     "display_name", "avatar_hash",
                                                            "country",  "locale",     "state",        "earlier_names",
                                                            "verified", "created_at", "followers",    "email"};

std::string read_email(Json value, const Path& at, Faults& faults) {
  std::string_view text = read_token(value, at, 0, kEmailBytesMax, faults);
  std::size_t sign = text.find('@');
  bool plausible = sign != 0 && sign != text.npos && sign + 1 < text.size() && text.find('@', sign + 1) == text.npos &&
                   text.find_first_of(" ,;<>\"") == text.npos;
  if (!text.empty() && !plausible) {
    faults.add(at, "is not a mail address");
    return {};
  }
  return std::string(text);
}

Account read_account(Json json, Faults& faults) {
  Account out;
  out.state = "active";
  Path root;
  if (!json.is_object()) {
    faults.add(root, "must be a JSON object");
    return out;
  }
  auto token = [&](Json value, const Path& at, std::size_t bytes_max) {
    return std::string(read_token(value, at, 0, bytes_max, faults));
  };
  out.ignored_fields =
      read_members(json, kAccountNames, root, faults, [&](std::size_t field, Json value, const Path& at) {
        switch (static_cast<AccountField>(field)) {
          case kId:
            out.id = read_token(value, at, 1, kIdBytesMax, faults);
            break;
          case kHandle:
            out.handle = token(value, at, kIdBytesMax);
            break;
          case kDisplayName:
            out.display_name = token(value, at, kNameBytesMax);
            break;
          case kAvatarHash:
            out.avatar_hash = token(value, at, kIdBytesMax);
            break;
          case kCountry:
            out.country = token(value, at, 8);
            break;
          case kLocale:
            out.locale = token(value, at, kLocaleBytesMax);
            break;
          case kState:
            out.state = token(value, at, 16);
            if (out.state != "active" && out.state != "suspended" && out.state != "deleted") {
              faults.add(at, "must be active, suspended or deleted");
            }
            break;
          case kEarlierNames:
            read_array(value, at, kEarlierNamesMax, faults, [&](Json element, const Path& path) {
              out.earlier_names.emplace_back(read_token(element, path, 1, kNameBytesMax, faults));
            });
            break;
          case kVerified:
            out.verified = read_bool(value, at, false, faults);
            break;
          case kCreatedAt:
            out.created_at = read_time(value, at, faults);
            break;
          case kFollowers:
            out.followers = read_count(value, at, -1, faults);
            break;
          case kEmail:
            out.email = read_email(value, at, faults);
            break;
        }
      });
  return out;
}

}  // namespace

Result<Account> parse_account(JsonParser& parser, std::string_view id, std::string_view json) {
  Json document = TRY(parser.parse(json));
  Faults faults;
  Account account = read_account(document, faults);
  if (id.empty() || id.size() > kIdBytesMax) {
    faults.add(Path{}, "the account's id must have 1 to 255 bytes");
  } else if (!account.id.empty() && account.id != id) {
    faults.add(Path{}, "id", "differs from the id in the address");
  }
  TRY(faults.result("account"));
  account.id = id;
  return account;
}

std::string account_json(const Account& account) {
  JsonWriter out;
  out.begin_object().field("id", account.id);
  out.field_unless_empty("handle", account.handle);
  out.field_unless_empty("display_name", account.display_name);
  out.field_unless_empty("avatar_hash", account.avatar_hash);
  out.field_unless_empty("country", account.country);
  out.field_unless_empty("locale", account.locale);
  out.field_unless_empty("state", account.state);
  if (!account.earlier_names.empty()) {
    out.key("earlier_names").begin_array();
    for (const std::string& name : account.earlier_names) {
      out.value(name);
    }
    out.end_array();
  }
  out.field("verified", account.verified);
  if (account.created_at) {
    out.field("created_at", format_time(*account.created_at));
  }
  if (account.followers >= 0) {
    out.field("followers", account.followers);
  }
  out.field_unless_empty("email", account.email);
  out.end_object();
  return out.take();
}

Result<Account> account_from_json(JsonParser& parser, std::string_view json) {
  Json document = TRY(parser.parse(json));
  Faults faults;
  Account account = read_account(document, faults);
  if (account.id.empty()) {
    faults.add(Path{}, "id", "is required");
  }
  TRY(faults.result("account"));
  return account;
}

Result<Relation> parse_relation(JsonParser& parser, std::string_view line) {
  Json document = TRY(parser.parse(line));
  Faults faults;
  Path root;
  Relation out;
  if (!document.is_object()) {
    faults.add(root, "must be a JSON object");
    TRY(faults.result("relation"));
  }
  static constexpr std::array<std::string_view, 4> kNames = {"from", "to", "kind", "state"};
  static constexpr std::array<std::string_view, 3> kKinds = {"follows", "blocks", "contact"};
  std::uint32_t given = 0;
  read_members(document, kNames, root, faults, [&](std::size_t field, Json value, const Path& at) {
    given |= 1U << field;
    switch (field) {
      case 0:
        out.from = read_token(value, at, 1, kIdBytesMax, faults);
        break;
      case 1:
        out.to = read_token(value, at, 1, kIdBytesMax, faults);
        break;
      case 2: {
        auto kind = std::find(kKinds.begin(), kKinds.end(), value.string().value_or(std::string_view()));
        if (kind == kKinds.end()) {
          faults.add(at, "must be follows, blocks or contact");
        } else {
          out.kind = static_cast<Relation::Kind>(kind - kKinds.begin());
        }
        break;
      }
      default:
        out.state = read_bool(value, at, true, faults);
        break;
    }
  });
  for (std::size_t field = 0; field < 3; ++field) {
    if ((given & (1U << field)) == 0) {
      faults.add(root, kNames[field], "is required");
    }
  }
  if (!out.from.empty() && out.from == out.to) {
    faults.add(root, "to", "is the same account as from");
  }
  TRY(faults.result("relation"));
  return out;
}

}  // namespace heed::post
