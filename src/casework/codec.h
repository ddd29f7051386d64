#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/bytes.h"
#include "base/json.h"
#include "ledger/table.h"

/// Event headers ↔ JSON. An event or a part of one lists its fields once, in `visit`; writing and reading follow from
/// that list, so they cannot disagree. Enums are written by name (EnumNames), ids with their prefix, times as
/// milliseconds, hashes as base64url.
namespace heed::casework {

template <class E>
struct EnumNames;  // static constexpr std::array<std::string_view, N> names, indexed by value

template <class E>
std::string_view name_of(E value) {
  auto i = static_cast<std::size_t>(value);
  return i < EnumNames<E>::names.size() ? EnumNames<E>::names[i] : std::string_view("unknown");
}
template <class E>
std::optional<E> value_of(std::string_view name) {
  for (std::size_t i = 0; i < EnumNames<E>::names.size(); ++i) {
    if (EnumNames<E>::names[i] == name) {
      return static_cast<E>(i);
    }
  }
  return std::nullopt;
}

class HeaderWriter;
class HeaderReader;
template <class T>
concept Visitable = requires(T& t, HeaderWriter& w) {
  t.visit(w);
};

/// Default values are left out: headers stay short, and a field added later reads as its default.
class HeaderWriter {
 public:
  explicit HeaderWriter(JsonWriter& out) : out_(out) {}
  template <class T>
  void operator()(std::string_view name, const T& v) {
    if (v == T{}) {
      return;
    }
    out_.key(name);
    write(v);
  }

 private:
  template <class T>
  void write(const T& v) {
    if constexpr (std::is_same_v<T, bool>) {
      out_.value(v);
    } else if constexpr (std::is_enum_v<T>) {
      out_.value(name_of(v));
    } else if constexpr (std::is_integral_v<T>) {
      out_.value(static_cast<std::int64_t>(v));
    } else if constexpr (std::is_same_v<T, double>) {
      out_.value(v);
    } else if constexpr (std::is_same_v<T, Time>) {
      out_.value(to_ms(v));
    } else if constexpr (std::is_same_v<T, Millis>) {
      out_.value(static_cast<std::int64_t>(v.count()));
    } else if constexpr (std::is_same_v<T, std::string>) {
      out_.value(v);
    } else if constexpr (std::is_same_v<T, ledger::Hash16>) {
      out_.value(to_base64url({reinterpret_cast<const char*>(v.data()), v.size()}));
    } else if constexpr (requires { v.text(); }) {
      out_.value(v.text());
    } else if constexpr (Visitable<T>) {
      out_.begin_object();
      const_cast<T&>(v).visit(*this);
      out_.end_object();
    } else if constexpr (requires { v.has_value(); }) {
      write(*v);
    } else {
      out_.begin_array();
      for (const auto& e : v) {
        write(static_cast<const typename T::value_type&>(e));
      }
      out_.end_array();
    }
  }
  JsonWriter& out_;
};

/// Our own headers come from our own ledger, so a missing or odd field reads as its default; `ok()` says whether
/// anything was odd (replay reports it).
class HeaderReader {
 public:
  explicit HeaderReader(Json in) : in_(in) {}
  template <class T>
  void operator()(std::string_view name, T& v) {
    Json j = in_[name];
    v = T{};
    if (!j.missing()) {
      read(j, v);
    }
  }
  bool ok() const { return ok_; }

 private:
  template <class T>
  void read(Json j, T& v) {
    if constexpr (std::is_same_v<T, bool>) {
      v = j.boolean().value_or(false);
    } else if constexpr (std::is_enum_v<T>) {
      auto e = value_of<T>(j.string().value_or(""));
      ok_ = ok_ && e.has_value();
      v = e.value_or(T{});
    } else if constexpr (std::is_integral_v<T>) {
      v = static_cast<T>(j.integer().value_or(0));
    } else if constexpr (std::is_same_v<T, double>) {
      v = j.number().value_or(0);
    } else if constexpr (std::is_same_v<T, Time>) {
      v = from_ms(j.integer().value_or(0));
    } else if constexpr (std::is_same_v<T, Millis>) {
      v = Millis(j.integer().value_or(0));
    } else if constexpr (std::is_same_v<T, std::string>) {
      v = j.string().value_or("");
    } else if constexpr (std::is_same_v<T, ledger::Hash16>) {
      auto raw = from_base64url(j.string().value_or(""));
      ok_ = ok_ && raw && raw->size() == v.size();
      if (raw && raw->size() == v.size()) {
        std::copy(raw->begin(), raw->end(), reinterpret_cast<char*>(v.data()));
      }
    } else if constexpr (requires { T::parse(std::string_view{}); }) {
      auto id = T::parse(j.string().value_or(""));
      ok_ = ok_ && id;
      v = id ? *id : T{};
    } else if constexpr (Visitable<T>) {
      HeaderReader inner(j);
      v.visit(inner);
      ok_ = ok_ && inner.ok_;
    } else if constexpr (requires { v.has_value(); }) {
      read(j, v.emplace());
    } else {
      j.each([&](Json e) { read(e, v.emplace_back()); });
    }
  }
  Json in_;
  bool ok_ = true;
};

}  // namespace heed::casework
