#include <algorithm>

#include "rule/compiler.h"
#include "rule/instant.h"

namespace heed::rule {
namespace {

std::string list_of(const std::vector<Type>& types, std::size_t from = 0) {
  std::string out = "(";
  for (std::size_t i = from; i < types.size(); ++i) {
    out += (i == from ? "" : ", ") + types[i].text();
  }
  return out + ")";
}

std::string signature(const Function& function, const Overload& overload) {
  return (function.member ? overload.takes[0].text() + "." : "") + function.name +
         list_of(overload.takes, function.member ? 1 : 0);
}

bool fits(const Function& function, const Overload& overload, const std::vector<Type>& given) {
  const std::size_t n = overload.takes.size();
  if (function.variadic ? given.size() < n : given.size() != n) {
    return false;
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (!given[i].fits(overload.takes[std::min(i, n - 1)])) {
      return false;
    }
  }
  return true;
}

}  // namespace

Compiler::Part Compiler::call(const Node& node) {
  std::vector<Part> arguments;
  if ((node.text == "dyn" || node.text == "type") && node.children.size() == 1) {
    return special(node, compile(node.children[0]));
  }
  const Function* function = nullptr;
  for (const std::string& candidate :
       node.absolute ? std::vector<std::string>{node.text} : environment_.candidates(node.text)) {
    function = function == nullptr ? environment_.function(candidate, /*member=*/false) : function;
  }
  for (NodeId child : node.children) {
    arguments.push_back(compile(child));
  }
  return function == nullptr ? unknown_function(node, node.text, /*member=*/false)
                             : apply(node, *function, std::move(arguments));
}

/// dyn(x) forgets the type, type(x) asks for it; neither is a function that could be declared.
Compiler::Part Compiler::special(const Node& node, Part argument) {
  if (node.text == "dyn") {
    argument.type = Type();
    return argument;
  }
  Op op;
  op.code = OpCode::TypeOf;
  op.a = argument.op;
  op.place = node.offset;
  return combine(op, Type::of(Kind::Type), {&argument});
}

Compiler::Part Compiler::member_call(const Node& node) {
  bool absolute = false;
  const Node& target = ast_[node.children[0]];
  std::vector<Part> arguments;
  // math.greatest(1, 2): a path before the name may be a namespace.
  if (const auto path = path_of(target, absolute)) {
    const std::string whole = *path + "." + node.text;
    for (const std::string& candidate : absolute ? std::vector<std::string>{whole} : environment_.candidates(whole)) {
      if (const Function* function = environment_.function(candidate, /*member=*/false)) {
        for (std::size_t i = 1; i < node.children.size(); ++i) {
          arguments.push_back(compile(node.children[i]));
        }
        return apply(node, *function, std::move(arguments));
      }
    }
    const std::string inside = *path + ".";
    if (checked() && environment_.variable(*path) == nullptr) {
      std::vector<std::string> names = environment_.function_names(false);
      std::erase_if(names, [&](const std::string& n) { return !n.starts_with(inside); });
      if (!names.empty()) {
        return unknown_function(node, whole, /*member=*/false);
      }
    }
  }
  const Function* function = environment_.function(node.text, /*member=*/true);
  for (NodeId child : node.children) {
    arguments.push_back(compile(child));
  }
  return function == nullptr ? unknown_function(node, node.text, /*member=*/true)
                             : apply(node, *function, std::move(arguments));
}

Compiler::Part Compiler::unknown_function(const Node& node, const std::string& name, bool member) {
  if (checked()) {
    std::string hint;
    if (member && environment_.function(name, false) != nullptr) {
      hint = "it is called as " + name + "(…)";
    } else if (!member && environment_.function(name, true) != nullptr) {
      hint = "it is called on a value: value." + name + "(…)";
    } else {
      std::vector<std::string> known = environment_.function_names(member);
      if (member) {
        for (Macro macro : {Macro::All, Macro::Exists, Macro::ExistsOne, Macro::Map, Macro::Filter}) {
          if (name == macro_name(macro)) {
            hint = name + "() takes a name and an expression: list." + name + "(x, …)";
          }
          known.emplace_back(macro_name(macro));
        }
      } else {
        known.emplace_back("has");
        known.emplace_back("type");
        known.emplace_back("dyn");
      }
      hint = hint.empty() ? did_you_mean(name, known) : hint;
    }
    issue(node, "unknown function '" + name + "'", hint);
  }
  return fail_op(node, "unknown function '" + name + "'");
}

Compiler::Part Compiler::apply(const Node& node, const Function& function, std::vector<Part> arguments) {
  std::vector<Type> given;
  for (const Part& part : arguments) {
    given.push_back(part.type);
  }
  const Overload* one = nullptr;
  bool same = true;
  // While evaluating the first overload that fits is taken, so with known types nothing behind it counts.
  const bool known = std::none_of(given.begin(), given.end(), [](const Type& t) { return t.is_dyn(); });
  for (const Overload& overload : function.overloads) {
    if (fits(function, overload, given)) {
      same = same && (one == nullptr || one->gives.text() == overload.gives.text());
      one = one == nullptr ? &overload : one;
      if (known) {
        break;
      }
    }
  }
  if (one == nullptr && checked()) {
    std::string can;
    for (std::size_t i = 0; i < std::min<std::size_t>(function.overloads.size(), 4); ++i) {
      can += (i == 0 ? "" : ", ") + signature(function, function.overloads[i]);
    }
    can += function.overloads.size() > 4 ? ", …" : "";
    Overload tried;
    tried.takes = given;
    issue(node, (function.member ? signature(function, tried) : function.name + list_of(given)) + " does not exist",
          "there is " + can);
    return fail_op(node, "no such overload");
  }
  if (checked()) {
    check_constant_argument(node, function, arguments);
  }
  if (function.name == "matches" && arguments.size() == 2 && is_constant(arguments[1]) &&
      op(arguments[1]).value.is(Kind::String)) {
    return matches(node, function, std::move(arguments[0]), std::move(arguments[1]));
  }
  Op op;
  op.code = OpCode::Call;
  op.place = node.offset;
  op.c = static_cast<std::uint32_t>(program_.functions_.size());
  program_.functions_.push_back(&function);
  return combine(op, one == nullptr || !same ? Type() : one->gives, arguments, function.pure);
}

/// A pattern that is known is compiled now, once.
Compiler::Part Compiler::matches(const Node& node, const Function&, Part text, Part pattern) {
  const std::uint32_t pattern_op = pattern.op;
  PatternPool own;
  auto compiled =
      (options_.patterns != nullptr ? *options_.patterns : own).get(op(pattern).value.text(), options_.limits);
  if (!compiled) {
    if (checked()) {
      issue(ast_[node.children.back()], compiled.error().message);
    }
    return fail_op(node, compiled.error().message);
  }
  Op op;
  op.code = OpCode::Matches;
  op.a = text.op;
  op.b = pattern_op;
  op.c = static_cast<std::uint32_t>(program_.patterns_.size());
  op.place = node.offset;
  program_.patterns_.push_back(*std::move(compiled));
  return combine(op, Type::of(Kind::Bool), {&text});
}

/// What will fail every time is told now: timestamp('yesterday'), getHours('Mars').
void Compiler::check_constant_argument(const Node& node, const Function& function, const std::vector<Part>& arguments) {
  if (arguments.empty() || !is_constant(arguments.back()) || !op(arguments.back()).value.is(Kind::String)) {
    return;
  }
  const std::string_view text = op(arguments.back()).value.text();
  const Node& at = ast_[node.children.back()];
  Value value;
  if (function.name == "timestamp" && !function.member) {
    value = parse_timestamp(text);
  } else if (function.name == "duration" && !function.member) {
    value = parse_duration(text);
  } else if (function.member && function.name.starts_with("get") && arguments.size() == 2 && !zone_offset(text, 0)) {
    value = Value::error("unknown time zone");
  }
  if (value.is_error()) {
    issue(at, value.message());
  }
}

}  // namespace heed::rule
