#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "rule/limits.h"
#include "rule/type.h"

namespace heed::rule {

class Patterns;

/// What a function may use while it runs. What it makes it makes in `arena`; it pays with `spend` for work
/// that grows with its arguments, and stops when that says no.
struct Call {
  Arena& arena;
  Steps& steps;
  Patterns& patterns;
  const Limits& limits;
  /// What the caller gave to Evaluator::run for functions of its own: the post at hand, lists, counters.
  void* context = nullptr;

  bool spend(std::size_t bytes) {
    const std::uint64_t cost = bytes / 64;
    if (steps < cost) {
      steps = 0;
      return false;
    }
    steps -= cost;
    return true;
  }
};

/// Arguments are of the kinds of the overload's types and never errors. Plain and quick; must not block or
/// throw.
using Implementation = std::function<Value(Call&, std::span<const Value>)>;

struct Overload {
  std::vector<Type> takes;  ///< of a member function the target first
  Type gives;
  Implementation run;
};

/// A function of the language. `member`: called as target.name(…), else as name(…); both need two entries. A
/// dot in the name of a function that is no member is a namespace: math.greatest.
struct Function {
  std::string name;
  bool member = false;
  std::string sentence;  ///< what it does, for docs and editors
  std::vector<Overload> overloads;
  bool variadic = false;  ///< the last type of `takes` may come any number of times, at least once
  bool pure = true;       ///< may be computed while compiling when its arguments are constant
};

/// Number of an attribute, dense from 0: what an Activation is asked for.
using Slot = std::uint32_t;

struct Variable {
  std::string name;  ///< may have dots: "post.author.age_days"
  Type type;
  Slot slot = 0;
};

/// What expressions may name: variables, functions and a container, in which names are looked for first.
/// Filled once, then shared and constant, by any thread.
class Environment {
 public:
  /// Has the standard functions of the language and, unless told otherwise, Heed's additions (functions.h).
  Environment();

  /// InvalidInput: a name that is declared already or that no expression could say.
  Result<Slot> add_variable(std::string name, Type type);
  /// Adds overloads where the function exists. InvalidInput: the same argument types are taken already.
  Result<void> add_function(Function function);
  void set_container(std::string container) { container_ = std::move(container); }
  /// Names a record, for messages only; the way in is through variables of that type.
  static std::shared_ptr<const RecordType> record(std::string name, std::vector<std::pair<std::string, Type>> fields);

  const Variable* variable(std::string_view name) const;
  const Function* function(std::string_view name, bool member) const;
  const std::string& container() const { return container_; }
  const std::vector<Variable>& variables() const { return variables_; }
  std::vector<std::string> variable_names() const;
  std::vector<std::string> function_names(bool member) const;
  /// The names under which `name` may be declared, seen from the container: a.b.name, a.name, name.
  std::vector<std::string> candidates(std::string_view name) const;

 private:
  std::string container_;
  std::vector<Variable> variables_;
  std::map<std::string, Slot, std::less<>> by_name_;
  std::map<std::string, Function, std::less<>> functions_[2];
};

/// Where the values of variables come from. Called only for what an expression really reads, at most once for
/// every place where it stands; `Missing` for what is not known of this post. What it makes on the way lies
/// in `arena`.
class Activation {
 public:
  virtual ~Activation() = default;
  virtual Value load(Slot slot, Arena& arena) const = 0;
};

/// Values by slot, for tests and tools.
class FixedActivation final : public Activation {
 public:
  explicit FixedActivation(std::vector<Value> values) : values_(std::move(values)) {}
  Value load(Slot slot, Arena&) const override { return slot < values_.size() ? values_[slot] : Value(); }

 private:
  std::vector<Value> values_;
};

}  // namespace heed::rule
