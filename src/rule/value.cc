#include "rule/value.h"

#include <cmath>
#include <limits>

namespace heed::rule {
namespace {

constexpr std::uint32_t kIndexedFrom = 9;  // entries; fewer are looked through

/// 2^63 and 2^64 are doubles; the largest integers are not.
constexpr double kTwo63 = 9223372036854775808.0, kTwo64 = 18446744073709551616.0;

Order order(auto a, auto b) { return a < b ? Order::Less : b < a ? Order::Greater : Order::Equal; }

Order reverse(Order o) { return o == Order::Less ? Order::Greater : o == Order::Greater ? Order::Less : o; }

Order compare_int_double(std::int64_t a, double b) {
  if (std::isnan(b)) {
    return Order::Unordered;
  }
  if (b >= kTwo63) {
    return Order::Less;
  }
  if (b < -kTwo63) {
    return Order::Greater;
  }
  const double whole = std::trunc(b);
  const Order o = order(a, static_cast<std::int64_t>(whole));
  return o == Order::Equal ? order(whole, b) : o;
}
Order compare_uint_double(std::uint64_t a, double b) {
  if (std::isnan(b)) {
    return Order::Unordered;
  }
  if (b >= kTwo64) {
    return Order::Less;
  }
  if (b < 0) {
    return Order::Greater;
  }
  const double whole = std::trunc(b);
  const Order o = order(a, static_cast<std::uint64_t>(whole));
  return o == Order::Equal ? order(whole, b) : o;
}
Order compare_int_uint(std::int64_t a, std::uint64_t b) {
  return a < 0 ? Order::Less : order(static_cast<std::uint64_t>(a), b);
}

Order compare_numbers(Value a, Value b) {
  switch (a.kind()) {
    case Kind::Int:
      return b.is(Kind::Int)    ? order(a.as_int(), b.as_int())
             : b.is(Kind::Uint) ? compare_int_uint(a.as_int(), b.as_uint())
                                : compare_int_double(a.as_int(), b.as_double());
    case Kind::Uint:
      return b.is(Kind::Int)    ? reverse(compare_int_uint(b.as_int(), a.as_uint()))
             : b.is(Kind::Uint) ? order(a.as_uint(), b.as_uint())
                                : compare_uint_double(a.as_uint(), b.as_double());
    default:
      if (b.is(Kind::Int)) {
        return reverse(compare_int_double(b.as_int(), a.as_double()));
      }
      if (b.is(Kind::Uint)) {
        return reverse(compare_uint_double(b.as_uint(), a.as_double()));
      }
      if (std::isnan(a.as_double()) || std::isnan(b.as_double())) {
        return Order::Unordered;
      }
      return order(a.as_double(), b.as_double());
  }
}

/// The one form of a key: numbers as Int where they fit, else as Uint. False for what can be no key.
bool canonical_key(Value key, Value& out) {
  out = key;
  switch (key.kind()) {
    case Kind::Bool:
    case Kind::Int:
    case Kind::String:
      return true;
    case Kind::Uint:
      if (key.as_uint() <= static_cast<std::uint64_t>(INT64_MAX)) {
        out = Value::integer(static_cast<std::int64_t>(key.as_uint()));
      }
      return true;
    case Kind::Double: {
      const double d = key.as_double();
      if (!(d >= -kTwo63 && d < kTwo64) || d != std::trunc(d)) {
        return false;
      }
      out = d < kTwo63 ? Value::integer(static_cast<std::int64_t>(d))
                       : Value::unsigned_integer(static_cast<std::uint64_t>(d));
      return true;
    }
    default:
      return false;
  }
}

bool same_key(Value a, Value b) {  // both canonical
  if (a.kind() != b.kind()) {
    return false;
  }
  return a.is(Kind::String) ? a.text() == b.text() : a.as_uint() == b.as_uint();
}

std::uint64_t hash_key(Value key) {  // FNV-1a, then mixed; canonical
  std::uint64_t h = 1469598103934665603u ^ static_cast<std::uint64_t>(key.kind());
  if (key.is(Kind::String)) {
    for (char c : key.text()) {
      h = (h ^ static_cast<unsigned char>(c)) * 1099511628211u;
    }
  } else {
    h = (h ^ key.as_uint()) * 0x9E3779B97F4A7C15u;
  }
  return h ^ (h >> 29);
}

const Entry* find_entry(const Map& map, Value canonical) {
  Value other;
  if (map.buckets == 0) {
    for (const Entry& entry : map) {
      if (canonical_key(entry.key, other) && same_key(other, canonical)) {
        return &entry;
      }
    }
    return nullptr;
  }
  const std::uint32_t mask = map.buckets - 1;
  for (auto at = static_cast<std::uint32_t>(hash_key(canonical)) & mask; map.index[at] != 0; at = (at + 1) & mask) {
    const Entry& entry = map.entries[map.index[at] - 1];
    if (canonical_key(entry.key, other) && same_key(other, canonical)) {
      return &entry;
    }
  }
  return nullptr;
}

bool take_step(Steps& steps, std::size_t bytes = 0) {
  const std::uint64_t cost = 1 + bytes / 64;
  if (steps < cost) {
    steps = 0;
    return false;
  }
  steps -= cost;
  return true;
}

}  // namespace

std::string_view type_name(Kind kind) {
  switch (kind) {
    case Kind::Missing:
      return "missing";
    case Kind::Error:
      return "error";
    case Kind::Null:
      return "null_type";
    case Kind::Bool:
      return "bool";
    case Kind::Int:
      return "int";
    case Kind::Uint:
      return "uint";
    case Kind::Double:
      return "double";
    case Kind::String:
      return "string";
    case Kind::Bytes:
      return "bytes";
    case Kind::List:
      return "list";
    case Kind::Map:
      return "map";
    case Kind::Timestamp:
      return "google.protobuf.Timestamp";
    case Kind::Duration:
      return "google.protobuf.Duration";
    case Kind::Type:
      return "type";
  }
  return "";
}

const Value* Map::find(Value key) const {
  Value canonical;
  if (!canonical_key(key, canonical)) {
    return nullptr;
  }
  const Entry* entry = find_entry(*this, canonical);
  return entry == nullptr ? nullptr : &entry->value;
}

Value equals(Value a, Value b, Steps& steps) {
  if (!take_step(steps)) {
    return out_of_steps();
  }
  if (a.is_number() && b.is_number()) {
    return Value::boolean(compare_numbers(a, b) == Order::Equal);
  }
  if (a.kind() != b.kind()) {
    return Value::boolean(false);
  }
  switch (a.kind()) {
    case Kind::Null:
      return Value::boolean(true);
    case Kind::Bool:
      return Value::boolean(a.as_bool() == b.as_bool());
    case Kind::String:
    case Kind::Bytes:
    case Kind::Type:
      return take_step(steps, a.text().size()) ? Value::boolean(a.text() == b.text()) : out_of_steps();
    case Kind::Timestamp:
    case Kind::Duration:
      return Value::boolean(a.seconds() == b.seconds() && a.nanos() == b.nanos());
    case Kind::List: {
      const List &x = a.as_list(), &y = b.as_list();
      if (x.size != y.size) {
        return Value::boolean(false);
      }
      for (std::uint32_t i = 0; i < x.size; ++i) {
        if (Value same = equals(x.items[i], y.items[i], steps); !same.is_true()) {
          return same;
        }
      }
      return Value::boolean(true);
    }
    case Kind::Map: {
      const Map &x = a.as_map(), &y = b.as_map();
      if (x.size != y.size) {
        return Value::boolean(false);
      }
      for (const Entry& entry : x) {
        const Value* other = y.find(entry.key);
        if (other == nullptr) {
          return Value::boolean(false);
        }
        if (Value same = equals(entry.value, *other, steps); !same.is_true()) {
          return same;
        }
      }
      return Value::boolean(true);
    }
    default:
      return Value::boolean(false);
  }
}

Order compare(Value a, Value b) {
  if (a.is_number() && b.is_number()) {
    return compare_numbers(a, b);
  }
  if (a.kind() != b.kind()) {
    return Order::Incomparable;
  }
  switch (a.kind()) {
    case Kind::Bool:
      return order(a.as_bool(), b.as_bool());
    case Kind::String:
    case Kind::Bytes:
      return order(a.text().compare(b.text()), 0);
    case Kind::Timestamp:
    case Kind::Duration: {
      const Order o = order(a.seconds(), b.seconds());
      return o == Order::Equal ? order(a.nanos(), b.nanos()) : o;
    }
    default:
      return Order::Incomparable;
  }
}

Value make_string(Arena& arena, std::string_view text) { return make_joined(arena, Kind::String, text, {}); }
Value make_bytes(Arena& arena, std::string_view text) { return make_joined(arena, Kind::Bytes, text, {}); }

Value make_joined(Arena& arena, Kind kind, std::string_view a, std::string_view b) {
  char* at = arena.array<char>(a.size() + b.size());
  if (at == nullptr || a.size() + b.size() > UINT32_MAX) {
    return out_of_memory();
  }
  if (!a.empty()) {
    std::memcpy(at, a.data(), a.size());
  }
  if (!b.empty()) {
    std::memcpy(at + a.size(), b.data(), b.size());
  }
  const std::string_view joined(at, a.size() + b.size());
  return kind == Kind::String ? Value::string(joined) : Value::bytes(joined);
}

Value make_error(Arena& arena, std::string_view message) {
  char* at = arena.array<char>(message.size() + 1);
  if (at == nullptr) {
    return out_of_memory();
  }
  std::memcpy(at, message.data(), message.size());
  at[message.size()] = '\0';
  return Value::error(at);
}

Value make_list(Arena& arena, const Value* items, std::size_t size) {
  auto* list = arena.array<List>(1);
  if (list == nullptr || size > UINT32_MAX) {
    return out_of_memory();
  }
  *list = {items, static_cast<std::uint32_t>(size)};
  return Value::list(list);
}

Value make_map(Arena& arena, const Entry* entries, std::size_t size) {
  auto* map = arena.array<Map>(1);
  if (map == nullptr || size > UINT32_MAX / 4) {
    return out_of_memory();
  }
  *map = {};
  map->entries = entries;
  std::uint32_t* index = nullptr;
  if (size >= kIndexedFrom) {
    std::uint32_t buckets = 16;
    while (buckets < 2 * size) {
      buckets *= 2;
    }
    index = arena.array<std::uint32_t>(buckets);
    if (index == nullptr) {
      return out_of_memory();
    }
    std::memset(index, 0, buckets * sizeof *index);
    map->buckets = buckets;
    map->index = index;
  }
  for (std::uint32_t i = 0; i < size; ++i) {
    Value key;
    if (entries[i].key.is(Kind::Double) || !canonical_key(entries[i].key, key)) {
      return Value::error("a map's keys must be bool, int, uint or string");
    }
    map->size = i;  // what is there already
    if (find_entry(*map, key) != nullptr) {
      return Value::error("the map has a key twice");
    }
    if (index != nullptr) {
      auto at = static_cast<std::uint32_t>(hash_key(key)) & (map->buckets - 1);
      while (index[at] != 0) {
        at = (at + 1) & (map->buckets - 1);
      }
      index[at] = i + 1;
    }
  }
  map->size = static_cast<std::uint32_t>(size);
  return Value::map(map);
}

std::size_t count_code_points(std::string_view text) {
  std::size_t n = 0;
  for (char c : text) {
    n += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  }
  return n;
}

}  // namespace heed::rule
