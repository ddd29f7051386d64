#include <cmath>

#include "rule/functions.h"

namespace heed::rule {
namespace {

using Arguments = std::span<const Value>;

const Type kInt = Type::of(Kind::Int), kUint = Type::of(Kind::Uint), kDouble = Type::of(Kind::Double),
           kBool = Type::of(Kind::Bool);

template <Order kBetter>
Value best_of(const Value* items, std::size_t count) {
  if (count == 0) {
    return Value::error("there is no greatest or least of nothing");
  }
  Value best = items[0];
  for (std::size_t i = 0; i < count; ++i) {
    if (!items[i].is_number()) {
      return no_overload();
    }
    if (compare(items[i], best) == kBetter) {
      best = items[i];
    }
  }
  return best;
}
template <Order kBetter>
Value best(Call& call, Arguments a) {
  if (a.size() == 1 && a[0].is(Kind::List)) {
    const List& list = a[0].as_list();
    return call.spend(list.size * sizeof(Value)) ? best_of<kBetter>(list.items, list.size) : out_of_steps();
  }
  return best_of<kBetter>(a.data(), a.size());
}
template <Order kBetter>
Function best_function(std::string name, std::string sentence) {
  return {std::move(name),
          false,
          std::move(sentence),
          {{{kInt}, kInt, best<kBetter>},
           {{kUint}, kUint, best<kBetter>},
           {{kDouble}, kDouble, best<kBetter>},
           {{Type()}, Type(), best<kBetter>}},
          /*variadic=*/true};
}

Value absolute(Call&, Arguments a) {
  switch (a[0].kind()) {
    case Kind::Int:
      return a[0].as_int() == INT64_MIN ? Value::error("integer overflow") : Value::integer(std::abs(a[0].as_int()));
    case Kind::Double:
      return Value::number(std::fabs(a[0].as_double()));
    default:
      return a[0];
  }
}
template <double (*kRound)(double)>
Value rounded(Call&, Arguments a) {
  return Value::number(kRound(a[0].as_double()));
}
template <double (*kRound)(double)>
Function rounding(std::string name, std::string sentence) {
  return {std::move(name), false, std::move(sentence), {{{kDouble}, kDouble, rounded<kRound>}}};
}

}  // namespace

std::vector<Function> math_functions() {
  return {
      best_function<Order::Greater>("math.greatest", "The greatest of its arguments or of a list of numbers."),
      best_function<Order::Less>("math.least", "The least of its arguments or of a list of numbers."),
      {"math.abs",
       false,
       "Without the sign.",
       {{{kInt}, kInt, absolute}, {{kUint}, kUint, absolute}, {{kDouble}, kDouble, absolute}}},
      rounding<std::ceil>("math.ceil", "Rounded up."),
      rounding<std::floor>("math.floor", "Rounded down."),
      rounding<std::round>("math.round", "Rounded to the nearest, halves away from zero."),
      rounding<std::trunc>("math.trunc", "Without the fraction."),
      {"math.isNaN",
       false,
       "Whether it is not a number.",
       {{{kDouble}, kBool, [](Call&, Arguments a) { return Value::boolean(std::isnan(a[0].as_double())); }}}},
      {"math.isInf",
       false,
       "Whether it is infinite.",
       {{{kDouble}, kBool, [](Call&, Arguments a) { return Value::boolean(std::isinf(a[0].as_double())); }}}},
  };
}

}  // namespace heed::rule
