#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace heed::post {

/// PUT /v1/accounts/{id}: what the platform tells about an account. Owned copies: rare.
struct Account {
  std::string id, handle, display_name, avatar_hash, country, locale, state;  ///< state: active|suspended|deleted
  std::vector<std::string> earlier_names;
  bool verified = false;
  std::optional<Time> created_at;
  std::int64_t followers = -1;
  std::string email;  ///< where notices may go when the platform wants mail sent for it
  std::uint32_t ignored_fields = 0;
};
Result<Account> parse_account(JsonParser& parser, std::string_view id, std::string_view json);
std::string account_json(const Account& account);
Result<Account> account_from_json(JsonParser& parser, std::string_view json);

/// One line of PUT /v1/relations: {"from":"a1","to":"a2","kind":"follows|blocks|contact","state":true}.
struct Relation {
  enum class Kind { Follows, Blocks, Contact } kind = Kind::Follows;
  std::string from, to;
  bool state = true;  ///< false: the relation ended
};
Result<Relation> parse_relation(JsonParser& parser, std::string_view line);

}  // namespace heed::post
