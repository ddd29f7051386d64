#include "access/principal.h"

#include "base/bytes.h"

namespace heed::access {
namespace {

template <class T>
struct Name {
  T value;
  std::string_view text;
};

constexpr Name<Scope> kScopes[] = {
    {Scope::PostsWrite, "posts:write"},         {Scope::AccountsWrite, "accounts:write"},
    {Scope::RelationsWrite, "relations:write"}, {Scope::ReportsWrite, "reports:write"},
    {Scope::ReportsRead, "reports:read"},       {Scope::ActionsRead, "actions:read"},
    {Scope::ActionsWrite, "actions:write"},     {Scope::EventsWrite, "events:write"},
    {Scope::NoticesRead, "notices:read"},       {Scope::CasesRead, "cases:read"},
    {Scope::TestClock, "test_clock"},           {Scope::Assess, "assess"},
};
constexpr Name<Role> kRoles[] = {
    {Role::Triage, "triage"}, {Role::Reviewer, "reviewer"}, {Role::Lead, "lead"},
    {Role::Legal, "legal"},   {Role::Analyst, "analyst"},   {Role::Admin, "admin"},
};

constexpr Name<Delegated> kDelegated[] = {{Delegated::Report, "report"},
                                          {Delegated::Read, "read"},
                                          {Delegated::Talk, "talk"},
                                          {Delegated::Appeal, "appeal"},
                                          {Delegated::File, "file"}};

template <class T, std::size_t N>
std::string_view name_of(const Name<T> (&names)[N], T value) {
  for (const auto& name : names) {
    if (name.value == value) {
      return name.text;
    }
  }
  return "unknown";
}

template <class T, std::size_t N>
Result<std::uint32_t> parse(const Name<T> (&known)[N], const std::vector<std::string>& texts, std::string_view what,
                            std::uint32_t all) {
  std::uint32_t bits = 0;
  for (const std::string& text : texts) {
    if (text == "all" && all != 0) {
      bits |= all;
      continue;
    }
    std::uint32_t bit = 0;
    std::string list;
    for (const auto& name : known) {
      if (name.text == text) {
        bit = static_cast<std::uint32_t>(name.value);
      }
      list += (list.empty() ? "" : ", ") + std::string(name.text);
    }
    if (bit == 0) {
      return fail(Code::InvalidInput, "there is no such " + std::string(what) + "; known are " + list);
    }
    bits |= bit;
  }
  return bits;
}

}  // namespace

std::string_view scope_name(Scope scope) { return name_of(kScopes, scope); }
std::string_view role_name(Role role) { return name_of(kRoles, role); }

Result<std::uint32_t> parse_scopes(const std::vector<std::string>& names) {
  std::uint32_t all = 0;
  for (const auto& scope : kScopes) {
    all |= scope.value == Scope::TestClock ? 0 : static_cast<std::uint32_t>(scope.value);
  }
  return parse(kScopes, names, "scope", all);
}
Result<std::uint32_t> parse_roles(const std::vector<std::string>& names) { return parse(kRoles, names, "role", 0); }

std::string_view delegated_name(Delegated scope) { return name_of(kDelegated, scope); }
Result<std::uint32_t> parse_delegated(const std::vector<std::string>& names) {
  return parse(kDelegated, names, "scope", 0);
}

std::string Principal::rate_key() const {
  if (acts_for_another()) {
    return "d:" + delegation.text();
  }
  std::string_view hash(reinterpret_cast<const char*>(person.data()), person.size());
  switch (caller) {
    case Caller::Platform:
      return "k:" + id.text();
    case Caller::Staff:
      return "s:" + id.text();
    case Caller::User:
      return "u:" + to_hex(hash);
    case Caller::Guest:
      return "g:" + to_hex(hash);
    case Caller::Public:
      break;
  }
  return "p";
}

}  // namespace heed::access
