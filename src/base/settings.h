#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace heed {

/// One setting, declared once beside its reader: `heed config`, the documentation, validation and the
/// environment override follow from it.
struct SettingDef {
  enum class Type { Bool, Int, Text, List };
  std::string name;  ///< dotted, lower case: "http.port"; in TOML a table and a key; HEED_HTTP_PORT outside
  Type type = Type::Text;
  std::string fallback;  ///< as it would be written in the environment; lists are comma-separated
  std::string sentence;  ///< what it does, unit included
  std::int64_t min = INT64_MIN, max = INT64_MAX;  ///< for Int
  std::vector<std::string> choices = {};          ///< for Text, when not empty
  bool secret = false;  ///< printed as "(set)"; may be given as HEED_X_FILE, a path to read it from
  /// Of addresses, where a token may be part of the path or stand before the host: printed up to the host.
  bool address = false;
};

/// What holds: defaults, then the TOML file, then HEED_* of the environment. Immutable after load.
class Settings {
 public:
  /// Every fault is collected: unknown keys (with the nearest known name), wrong types, bounds; with line and
  /// column for the file. `file` may be empty for no file. `environment` is name=value strings as in `environ`.
  static Result<Settings> load(std::vector<SettingDef> defs, const std::string& file,
                               const std::vector<std::string>& environment);

  bool boolean(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  const std::string& text(std::string_view name) const;
  std::vector<std::string> list(std::string_view name) const;

  struct Held {
    const SettingDef* def;
    std::string value;   ///< "(set)" for secrets, "https://host/…" for addresses
    std::string source;  ///< "default", "file", "environment"
  };
  std::vector<Held> held() const;
  /// Markdown table of all definitions, for docs/settings.md.
  static std::string reference(const std::vector<SettingDef>& defs);

 private:
  struct Value {
    SettingDef def;
    std::string value;
    std::string source;
  };
  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace heed
