#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

/// A sub-command is one file that describes itself here and one line in commands.h. Only main.cc knows the library
/// that reads command lines.
namespace heed::app {

/// What a process of ours ends with; documented in docs/operator/commands.md.
enum Exit : int {
  kOk = 0,
  kFailed = 1,  ///< the reason is on stderr
  kUsage = 2,   ///< the command line or a setting is wrong
  kFaults = 3,  ///< a verification ran and found faults
};

struct Option {
  enum class Kind : std::uint8_t { Text, Int, Flag, Texts };
  std::string name;  ///< "--role" is an option, "file" a positional argument
  std::string sentence;
  Kind kind = Kind::Text;
  std::string fallback = {};
  bool required = false;
  std::int64_t min = INT64_MIN, max = INT64_MAX;
  std::vector<std::string> choices = {};
};

/// What was given, checked against the options; names with their dashes. An option that was not given has its fallback.
class Arguments {
 public:
  bool given(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::string text(std::string_view name) const;  ///< the first value
  std::int64_t integer(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;

  void set(std::string name, std::vector<std::string> values, bool was_given);
  /// {"--role":["reviewer"],…}: only what was given, for the way to a running server.
  std::string json() const;
  static Result<Arguments> from_json(std::string_view json, const std::vector<Option>& options);

 private:
  struct Value {
    std::vector<std::string> values;
    bool given = false;
  };
  std::map<std::string, Value, std::less<>> values_;
};

struct Command {
  std::string name, sentence;
  std::vector<Option> options = {};
  std::function<int(const Arguments&)> run = {};  ///< Exit
  std::vector<Command> commands = {};             ///< instead of `run`, "key create", or beside it, "bench model"
};

/// --config and --data: of every command that works on an installation.
std::vector<Option> with_settings(std::vector<Option> options);

/// "heed: <message>" on stderr; kUsage for InvalidInput, else kFailed.
int complain(const Error& error);

}  // namespace heed::app
