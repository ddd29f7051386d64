#include <cstring>

#include "rule/functions.h"
#include "rule/patterns.h"

namespace heed::rule {
namespace {

using Arguments = std::span<const Value>;

const Type kString = Type::of(Kind::String), kBytes = Type::of(Kind::Bytes), kBool = Type::of(Kind::Bool),
           kInt = Type::of(Kind::Int), kList = Type::of(Kind::List), kMap = Type::of(Kind::Map);

Value integer(std::size_t n) { return Value::integer(static_cast<std::int64_t>(n)); }

Value size(Call& call, Arguments a) {
  switch (a[0].kind()) {
    case Kind::String:
      return call.spend(a[0].text().size()) ? integer(count_code_points(a[0].text())) : out_of_steps();
    case Kind::Bytes:
      return integer(a[0].text().size());
    case Kind::List:
      return integer(a[0].as_list().size);
    default:
      return integer(a[0].as_map().size);
  }
}

Value contains(Call& call, Arguments a) {
  return call.spend(a[0].text().size()) ? Value::boolean(find_text(a[0].text(), a[1].text()) != std::string_view::npos)
                                        : out_of_steps();
}
Value starts_with(Call& call, Arguments a) {
  return call.spend(a[1].text().size()) ? Value::boolean(a[0].text().starts_with(a[1].text())) : out_of_steps();
}
Value ends_with(Call& call, Arguments a) {
  return call.spend(a[1].text().size()) ? Value::boolean(a[0].text().ends_with(a[1].text())) : out_of_steps();
}
Value matches(Call& call, Arguments a) { return call.patterns.matches(call, a[0].text(), a[1].text()); }

std::vector<Overload> sizes() {
  return {{{kString}, kInt, size}, {{kBytes}, kInt, size}, {{kList}, kInt, size}, {{kMap}, kInt, size}};
}

}  // namespace

std::size_t find_text(std::string_view text, std::string_view needle, std::size_t from) {
  if (from > text.size() || text.size() - from < needle.size()) {
    return std::string_view::npos;
  }
  if (needle.empty()) {
    return from;  // memmem must not be given a null pointer, not even with nothing behind it
  }
  const void* at = memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
  return at == nullptr ? std::string_view::npos : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

std::vector<Function> string_functions() {
  return {
      {"size", false, "How long: code points of a string, bytes of bytes, elements of a list, entries of a map.",
       sizes()},
      {"size", true, "The same, called on the value.", sizes()},
      {"contains", true, "Whether a string has another in it.", {{{kString, kString}, kBool, contains}}},
      {"startsWith", true, "Whether a string begins with another.", {{{kString, kString}, kBool, starts_with}}},
      {"endsWith", true, "Whether a string ends with another.", {{{kString, kString}, kBool, ends_with}}},
      {"matches",
       true,
       "Whether a regular expression (RE2's syntax) is found in a string.",
       {{{kString, kString}, kBool, matches}}},
      {"matches", false, "The same with the string as first argument.", {{{kString, kString}, kBool, matches}}},
  };
}

}  // namespace heed::rule
