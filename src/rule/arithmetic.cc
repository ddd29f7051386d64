#include <cmath>

#include "rule/eval.h"
#include "rule/instant.h"

namespace heed::rule {
namespace {

Value overflow() { return Value::error("integer overflow"); }

Value of_ints(OpCode code, std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  bool over = false;
  switch (code) {
    case OpCode::Add:
      over = __builtin_add_overflow(a, b, &out);
      break;
    case OpCode::Subtract:
      over = __builtin_sub_overflow(a, b, &out);
      break;
    case OpCode::Multiply:
      over = __builtin_mul_overflow(a, b, &out);
      break;
    default:
      if (b == 0) {
        return Value::error(code == OpCode::Divide ? "division by zero" : "modulus by zero");
      }
      if (a == INT64_MIN && b == -1) {
        return overflow();
      }
      out = code == OpCode::Divide ? a / b : a % b;
  }
  return over ? overflow() : Value::integer(out);
}

Value of_uints(OpCode code, std::uint64_t a, std::uint64_t b) {
  std::uint64_t out = 0;
  bool over = false;
  switch (code) {
    case OpCode::Add:
      over = __builtin_add_overflow(a, b, &out);
      break;
    case OpCode::Subtract:
      over = __builtin_sub_overflow(a, b, &out);
      break;
    case OpCode::Multiply:
      over = __builtin_mul_overflow(a, b, &out);
      break;
    default:
      if (b == 0) {
        return Value::error(code == OpCode::Divide ? "division by zero" : "modulus by zero");
      }
      out = code == OpCode::Divide ? a / b : a % b;
  }
  return over ? overflow() : Value::unsigned_integer(out);
}

Value of_doubles(OpCode code, double a, double b) {
  switch (code) {
    case OpCode::Add:
      return Value::number(a + b);
    case OpCode::Subtract:
      return Value::number(a - b);
    case OpCode::Multiply:
      return Value::number(a * b);
    case OpCode::Divide:
      return Value::number(a / b);
    default:
      return no_overload();
  }
}

Value joined_lists(const List& a, const List& b, Call& call) {
  const std::size_t size = std::size_t{a.size} + b.size;
  if (!call.spend(size * sizeof(Value))) {
    return out_of_steps();
  }
  auto* items = call.arena.array<Value>(size);
  if (items == nullptr) {
    return out_of_memory();
  }
  std::copy(a.begin(), a.end(), items);
  std::copy(b.begin(), b.end(), items + a.size);
  return make_list(call.arena, items, size);
}

}  // namespace

Value arithmetic(OpCode code, Value a, Value b, Call& call) {
  const bool add = code == OpCode::Add;
  if (a.kind() == b.kind()) {
    switch (a.kind()) {
      case Kind::Int:
        return of_ints(code, a.as_int(), b.as_int());
      case Kind::Uint:
        return of_uints(code, a.as_uint(), b.as_uint());
      case Kind::Double:
        return of_doubles(code, a.as_double(), b.as_double());
      case Kind::String:
      case Kind::Bytes:
        if (!add) {
          return no_overload();
        }
        return call.spend(a.text().size() + b.text().size()) ? make_joined(call.arena, a.kind(), a.text(), b.text())
                                                             : out_of_steps();
      case Kind::List:
        return add ? joined_lists(a.as_list(), b.as_list(), call) : no_overload();
      case Kind::Duration:
        return add ? add_duration(a, b) : code == OpCode::Subtract ? subtract(a, b) : no_overload();
      case Kind::Timestamp:
        return code == OpCode::Subtract ? subtract(a, b) : no_overload();
      default:
        return no_overload();
    }
  }
  if (a.is(Kind::Timestamp) && b.is(Kind::Duration)) {
    return add ? add_duration(a, b) : code == OpCode::Subtract ? subtract(a, b) : no_overload();
  }
  if (add && a.is(Kind::Duration) && b.is(Kind::Timestamp)) {
    return add_duration(b, a);
  }
  return no_overload();
}

Value negated(Value a) {
  if (a.is(Kind::Int)) {
    return a.as_int() == INT64_MIN ? overflow() : Value::integer(-a.as_int());
  }
  return a.is(Kind::Double) ? Value::number(-a.as_double()) : no_overload();
}

}  // namespace heed::rule
