#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/id.h"

/// What a projection is: an ordered table described as data, so that every store is generic and holds no rules.
/// A row is a struct with `static const TableDef& table()` and `auto tie()`; Cells carry it to a store and back.
namespace heed::ledger {

enum class Type : std::uint8_t { Int, Bytes };

struct Column {
  std::string_view name;
  Type type;
};

/// Rows come in the order of these columns, then of the primary key. A partial index leaves out rows whose
/// first indexed column is null. Only the first column of a partial index may ever be null. A gathered index is for one
/// column of hashes: nothing walks it but for one whole key, so a store need not keep it in order (projections only).
struct Index {
  std::string_view name;
  std::vector<int> columns;
  bool unique = false;
  bool partial = false;
  bool gathered = false;
};

struct TableDef {
  std::string_view name;
  std::vector<Column> columns;
  int key_columns = 1;  ///< the first so many columns are the primary key, never null
  std::vector<Index> indexes = {};
  bool projection = true;  ///< false: operational (leases, attempts, sessions): not replayed, not dumped
};

/// One value on its way into or out of a store. Views: valid during the call they are passed to.
struct Cell {
  enum class Kind : std::uint8_t { Null, Int, Bytes } kind = Kind::Null;
  std::int64_t i = 0;
  std::string_view b;

  static Cell null() { return {}; }
  static Cell integer(std::int64_t v) { return {Kind::Int, v, {}}; }
  static Cell bytes(std::string_view v) { return {Kind::Bytes, 0, v}; }
  bool is_null() const { return kind == Kind::Null; }
};
using Cells = std::span<const Cell>;

using Hash16 = std::array<std::uint8_t, 16>;

// --- fields ↔ cells ---------------------------------------------------------------------------------------
template <class T>
struct FieldCodec;
template <class T>
requires(std::is_integral_v<T> || std::is_enum_v<T>) struct FieldCodec<T> {
  static constexpr Type type = Type::Int;
  static Cell to(const T& v) { return Cell::integer(static_cast<std::int64_t>(v)); }
  static void from(const Cell& c, T& v) { v = static_cast<T>(c.i); }
};
template <>
struct FieldCodec<std::string> {
  static constexpr Type type = Type::Bytes;
  static Cell to(const std::string& v) { return Cell::bytes(v); }
  static void from(const Cell& c, std::string& v) { v.assign(c.b); }
};
template <>
struct FieldCodec<Time> {
  static constexpr Type type = Type::Int;
  static Cell to(const Time& v) { return Cell::integer(to_ms(v)); }
  static void from(const Cell& c, Time& v) { v = from_ms(c.i); }
};
template <>
struct FieldCodec<Ulid> {
  static constexpr Type type = Type::Bytes;
  static Cell to(const Ulid& v) { return Cell::bytes(v.view()); }
  static void from(const Cell& c, Ulid& v) { v = Ulid::from_view(c.b); }
};
template <class Tag>
struct FieldCodec<Id<Tag>> {
  static constexpr Type type = Type::Bytes;
  static Cell to(const Id<Tag>& v) { return Cell::bytes(v.view()); }
  static void from(const Cell& c, Id<Tag>& v) { v = Id<Tag>::from_view(c.b); }
};
template <>
struct FieldCodec<Hash16> {
  static constexpr Type type = Type::Bytes;
  static Cell to(const Hash16& v) { return Cell::bytes({reinterpret_cast<const char*>(v.data()), v.size()}); }
  static void from(const Cell& c, Hash16& v) {
    v = {};
    if (c.b.size() == v.size()) {
      std::copy(c.b.begin(), c.b.end(), reinterpret_cast<char*>(v.data()));
    }
  }
};
template <class T>
struct FieldCodec<std::optional<T>> {
  static constexpr Type type = FieldCodec<T>::type;
  static Cell to(const std::optional<T>& v) { return v ? FieldCodec<T>::to(*v) : Cell::null(); }
  static void from(const Cell& c, std::optional<T>& v) {
    if (c.is_null()) {
      v.reset();
    } else {
      FieldCodec<T>::from(c, v.emplace());
    }
  }
};

template <class T>
Cell to_cell(const T& v) {
  return FieldCodec<T>::to(v);
}
/// The cells are views of what they are made from: whatever keeps its bytes elsewhere has to outlive them.
template <class... T>
std::array<Cell, sizeof...(T)> cells(T&&... v) {
  static_assert(((std::is_lvalue_reference_v<T&&> || FieldCodec<std::remove_cvref_t<T>>::type == Type::Int) && ...),
                "cells of a temporary would be views of bytes that are gone: give it a name first");
  return {to_cell(v)...};
}
template <class Row>
constexpr std::size_t row_width = std::tuple_size_v<decltype(std::declval<Row&>().tie())>;

template <class Row>
std::array<Cell, row_width<Row>> to_cells(const Row& row) {
  return std::apply([](const auto&... f) { return std::array<Cell, row_width<Row>>{to_cell(f)...}; },
                    const_cast<Row&>(row).tie());
}
template <class Row>
void from_cells(Cells in, Row& row) {
  std::size_t i = 0;
  std::apply([&](auto&... f) { ((FieldCodec<std::remove_reference_t<decltype(f)>>::from(in[i++], f)), ...); },
             row.tie());
}

/// Column list from names and the row's own field types, so that the two cannot disagree.
template <class Row>
std::vector<Column> columns_of(std::initializer_list<std::string_view> names) {
  std::vector<Column> columns;
  Row row{};
  auto name = names.begin();
  std::apply(
      [&](auto&... f) {
        ((columns.push_back({*name++, FieldCodec<std::remove_reference_t<decltype(f)>>::type})), ...);
      },
      row.tie());
  return columns;
}

}  // namespace heed::ledger
