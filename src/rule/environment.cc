#include "rule/environment.h"

#include <algorithm>

#include "rule/functions.h"

namespace heed::rule {
namespace {

bool is_path(std::string_view name) {
  bool begins = true;
  for (char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (c == '.') {
      if (begins) {
        return false;
      }
      begins = true;
      continue;
    }
    if (!letter && (begins || c < '0' || c > '9')) {
      return false;
    }
    begins = false;
  }
  return !begins;
}

bool same_arguments(const Overload& a, const Overload& b) {
  return a.takes.size() == b.takes.size() &&
         std::equal(a.takes.begin(), a.takes.end(), b.takes.begin(),
                    [](const Type& x, const Type& y) { return x.text() == y.text(); });
}

}  // namespace

Environment::Environment() {
  for (auto* family : {string_functions, conversion_functions, time_functions, more_string_functions, math_functions}) {
    for (Function& function : family()) {
      HEED_ASSERT(add_function(std::move(function)).has_value());
    }
  }
}

Result<Slot> Environment::add_variable(std::string name, Type type) {
  if (!is_path(name)) {
    return fail(Code::InvalidInput, "'" + name + "' is not a name that an expression can say");
  }
  const auto slot = static_cast<Slot>(variables_.size());
  if (!by_name_.emplace(name, slot).second) {
    return fail(Code::InvalidInput, "'" + name + "' is declared already");
  }
  variables_.push_back({std::move(name), std::move(type), slot});
  return slot;
}

Result<void> Environment::add_function(Function function) {
  if (!is_path(function.name) || function.overloads.empty()) {
    return fail(Code::InvalidInput, "a function needs a name and an overload");
  }
  auto& all = functions_[function.member ? 1 : 0];
  auto found = all.find(function.name);
  if (found == all.end()) {
    std::string name = function.name;
    all.emplace(std::move(name), std::move(function));
    return {};
  }
  for (Overload& overload : function.overloads) {
    for (const Overload& before : found->second.overloads) {
      if (same_arguments(before, overload)) {
        return fail(Code::InvalidInput, function.name + " takes these arguments already");
      }
    }
    found->second.overloads.push_back(std::move(overload));
  }
  found->second.pure = found->second.pure && function.pure;
  return {};
}

std::shared_ptr<const RecordType> Environment::record(std::string name,
                                                      std::vector<std::pair<std::string, Type>> fields) {
  return std::make_shared<const RecordType>(RecordType{std::move(name), std::move(fields)});
}

const Variable* Environment::variable(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &variables_[found->second];
}

const Function* Environment::function(std::string_view name, bool member) const {
  const auto& all = functions_[member ? 1 : 0];
  const auto found = all.find(name);
  return found == all.end() ? nullptr : &found->second;
}

std::vector<std::string> Environment::variable_names() const {
  std::vector<std::string> names;
  for (const Variable& variable : variables_) {
    names.push_back(variable.name);
  }
  return names;
}

std::vector<std::string> Environment::function_names(bool member) const {
  std::vector<std::string> names;
  for (const auto& [name, function] : functions_[member ? 1 : 0]) {
    names.push_back(name);
  }
  return names;
}

std::vector<std::string> Environment::candidates(std::string_view name) const {
  std::vector<std::string> out;
  for (std::string_view prefix = container_; !prefix.empty();) {
    out.push_back(std::string(prefix) + "." + std::string(name));
    const std::size_t dot = prefix.rfind('.');
    prefix = dot == std::string_view::npos ? std::string_view() : prefix.substr(0, dot);
  }
  out.emplace_back(name);
  return out;
}

}  // namespace heed::rule
