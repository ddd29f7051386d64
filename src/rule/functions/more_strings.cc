#include <algorithm>
#include <optional>

#include "rule/functions.h"

namespace heed::rule {
namespace {

using Arguments = std::span<const Value>;

const Type kString = Type::of(Kind::String), kInt = Type::of(Kind::Int), kStrings = Type::list(kString);

Value index_error() { return Value::error("the index is outside of the string"); }

/// Byte offset of code point `index`; nothing beyond the end. Linear.
std::optional<std::size_t> byte_of(std::string_view text, std::int64_t index) {
  if (index < 0) {
    return std::nullopt;
  }
  std::size_t at = 0;
  for (; index > 0 && at < text.size(); --index) {
    for (++at; at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80; ++at) {
    }
  }
  return index == 0 ? std::optional(at) : std::nullopt;
}

Value mapped(Call& call, std::string_view text, char from, char to, char difference) {
  char* out = call.arena.array<char>(text.size());
  if (out == nullptr) {
    return out_of_memory();
  }
  std::transform(text.begin(), text.end(), out,
                 [&](char c) { return c >= from && c <= to ? static_cast<char>(c + difference) : c; });
  return Value::string({out, text.size()});
}
Value lower_ascii(Call& call, Arguments a) {
  return call.spend(a[0].text().size()) ? mapped(call, a[0].text(), 'A', 'Z', 32) : out_of_steps();
}
Value upper_ascii(Call& call, Arguments a) {
  return call.spend(a[0].text().size()) ? mapped(call, a[0].text(), 'a', 'z', -32) : out_of_steps();
}

Value char_at(Call& call, Arguments a) {
  const std::string_view text = a[0].text();
  if (!call.spend(text.size())) {
    return out_of_steps();
  }
  const auto from = byte_of(text, a[1].as_int());
  if (!from) {
    return index_error();
  }
  return Value::string(text.substr(*from, *byte_of(text.substr(*from), *from < text.size() ? 1 : 0)));
}

Value substring(Call& call, Arguments a) {
  const std::string_view text = a[0].text();
  if (!call.spend(text.size())) {
    return out_of_steps();
  }
  const auto from = byte_of(text, a[1].as_int());
  const auto to = a.size() == 3 ? byte_of(text, a[2].as_int()) : std::optional(text.size());
  return from && to && *from <= *to ? Value::string(text.substr(*from, *to - *from)) : index_error();
}

Value position(std::string_view text, std::size_t byte) {
  return Value::integer(
      byte == std::string_view::npos ? -1 : static_cast<std::int64_t>(count_code_points(text.substr(0, byte))));
}
Value index_of(Call& call, Arguments a) {
  if (!call.spend(a[0].text().size())) {
    return out_of_steps();
  }
  const auto from = a.size() == 3 ? byte_of(a[0].text(), a[2].as_int()) : std::optional<std::size_t>(0);
  return from ? position(a[0].text(), find_text(a[0].text(), a[1].text(), *from)) : index_error();
}
Value last_index_of(Call& call, Arguments a) {
  // Searching backwards is quadratic, and so is its price.
  if (!call.spend(a[0].text().size() * (1 + a[1].text().size()))) {
    return out_of_steps();
  }
  const auto from = a.size() == 3 ? byte_of(a[0].text(), a[2].as_int()) : std::optional(std::string_view::npos);
  return from ? position(a[0].text(), a[0].text().rfind(a[1].text(), *from)) : index_error();
}

/// Blanks as Unicode has them.
Value trim(Call& call, Arguments a) {
  std::string_view text = a[0].text();
  if (!call.spend(text.size())) {
    return out_of_steps();
  }
  constexpr std::string_view kSpaces[] = {" ",      "\t",     "\n",     "\v",     "\f",     "\r",     "\u0085",
                                          "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004",
                                          "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028",
                                          "\u2029", "\u202f", "\u205f", "\u3000"};
  for (bool again = true; again && !text.empty();) {
    again = false;
    for (std::string_view space : kSpaces) {
      if (text.starts_with(space)) {
        text.remove_prefix(space.size());
        again = true;
      }
      if (text.ends_with(space)) {
        text.remove_suffix(space.size());
        again = true;
      }
    }
  }
  return Value::string(text);
}

Value split(Call& call, Arguments a) {
  const std::string_view text = a[0].text(), by = a[1].text();
  if (!call.spend(2 * text.size())) {
    return out_of_steps();
  }
  const std::int64_t most = a.size() == 3 ? a[2].as_int() : -1;
  if (most == 0) {
    return make_list(call.arena, nullptr, 0);
  }
  std::size_t count = by.empty() ? count_code_points(text) : 1;
  for (std::size_t found = by.empty() ? std::string_view::npos : find_text(text, by); found != std::string_view::npos;
       found = find_text(text, by, found + by.size())) {
    ++count;
  }
  auto* parts = call.arena.array<Value>(count);
  if (parts == nullptr) {
    return out_of_memory();
  }
  std::size_t n = 0, at = 0;
  while (most < 0 || static_cast<std::int64_t>(n) + 1 < most) {
    std::size_t end = by.empty() ? at + byte_of(text.substr(at), 1).value_or(0) : find_text(text, by, at);
    if (end == std::string_view::npos || (by.empty() && end >= text.size())) {
      break;
    }
    parts[n++] = Value::string(text.substr(at, end - at));
    at = end + by.size();
  }
  if (!by.empty() || at < text.size()) {
    parts[n++] = Value::string(text.substr(at));
  }
  return make_list(call.arena, parts, n);
}

Value join(Call& call, Arguments a) {
  const std::string_view between = a.size() == 2 ? a[1].text() : std::string_view();
  std::size_t size = 0;
  for (const Value item : a[0].as_list()) {
    if (!item.is(Kind::String)) {
      return Value::error("join() needs a list of strings");
    }
    size += item.text().size() + between.size();
    if (size > call.limits.memory_bytes) {
      return out_of_memory();
    }
  }
  char* out = call.spend(size) ? call.arena.array<char>(size) : nullptr;
  if (out == nullptr) {
    return out_of_memory();
  }
  std::size_t at = 0;
  for (const Value& item : a[0].as_list()) {
    if (&item != a[0].as_list().begin()) {
      at += between.copy(out + at, between.size());
    }
    at += item.text().copy(out + at, item.text().size());
  }
  return Value::string({out, at});
}

Value replace(Call& call, Arguments a) {
  const std::string_view text = a[0].text(), from = a[1].text(), to = a[2].text();
  std::int64_t most = a.size() == 4 ? a[3].as_int() : -1;
  std::string out;
  std::size_t at = 0;
  while (most != 0) {
    const std::size_t found = from.empty() ? at : find_text(text, from, at);
    if (found == std::string_view::npos) {
      break;
    }
    out.append(text, at, found - at).append(to);
    at = found;
    if (!from.empty()) {
      at += from.size();
    } else if (at < text.size()) {
      const std::size_t next = at + *byte_of(text.substr(at), 1);
      out.append(text, at, next - at);
      at = next;
    } else {
      break;
    }
    --most;
    if (out.size() > call.limits.memory_bytes || !call.spend(64 + to.size())) {
      return out_of_memory();
    }
  }
  out.append(text, at);
  return call.spend(out.size() + text.size()) ? make_string(call.arena, out) : out_of_steps();
}

Value reverse(Call& call, Arguments a) {
  const std::string_view text = a[0].text();
  char* out = call.spend(text.size()) ? call.arena.array<char>(text.size()) : nullptr;
  if (out == nullptr) {
    return out_of_memory();
  }
  std::size_t to = text.size();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t n = *byte_of(text.substr(at), 1);
    to -= n;
    text.substr(at, n).copy(out + to, n);
    at += n;
  }
  return Value::string({out, text.size()});
}

}  // namespace

std::vector<Function> more_string_functions() {
  return {
      {"lowerAscii", true, "A to Z in small letters; other letters stay.", {{{kString}, kString, lower_ascii}}},
      {"upperAscii", true, "a to z in capitals; other letters stay.", {{{kString}, kString, upper_ascii}}},
      {"charAt",
       true,
       "The character at a position, counted from 0; empty right behind the last.",
       {{{kString, kInt}, kString, char_at}}},
      {"substring",
       true,
       "From a position to the end or to before another.",
       {{{kString, kInt}, kString, substring}, {{kString, kInt, kInt}, kString, substring}}},
      {"indexOf",
       true,
       "Where a string is first found, from a position on; -1 where it is not.",
       {{{kString, kString}, kInt, index_of}, {{kString, kString, kInt}, kInt, index_of}}},
      {"lastIndexOf",
       true,
       "Where a string is last found; -1 where it is not.",
       {{{kString, kString}, kInt, last_index_of}, {{kString, kString, kInt}, kInt, last_index_of}}},
      {"trim", true, "Without blanks at both ends.", {{{kString}, kString, trim}}},
      {"split",
       true,
       "The parts between separators; with a number at most so many.",
       {{{kString, kString}, kStrings, split}, {{kString, kString, kInt}, kStrings, split}}},
      {"join",
       true,
       "The strings of a list as one, with a separator between.",
       {{{kStrings}, kString, join}, {{kStrings, kString}, kString, join}}},
      {"replace",
       true,
       "Every occurrence, or the first so many, replaced.",
       {{{kString, kString, kString}, kString, replace}, {{kString, kString, kString, kInt}, kString, replace}}},
      {"reverse", true, "The characters in reverse order.", {{{kString}, kString, reverse}}},
  };
}

}  // namespace heed::rule
