#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "app/command.h"
#include "base/clock.h"
#include "base/settings.h"
#include "http/jwt.h"

namespace heed::app {

/// Every setting of the binary: those of the modules and those that only the wiring reads.
std::vector<SettingDef> all_settings();

/// Defaults, then the file (--config, else HEED_CONFIG), then HEED_*, then what the command line says ("http.port",
/// "0").
Result<Settings> load_settings(const Arguments& arguments, std::vector<std::pair<std::string, std::string>> over = {});

/// Where an installation lies. The keys' folder is not inside the data folder, so that no backup of the one can take
/// the other along.
struct Places {
  std::filesystem::path data, keys, master_key;

  std::filesystem::path anchor() const { return keys / "head"; }  ///< the chain head as last seen
  std::filesystem::path admin() const {
    return data / "admin.sock";
  }  ///< a running server's door for this machine's operator
};
Result<Places> places(const Settings& settings);

/// Keys for the tokens of the platform's users: those of the JWKS file and the shared secret; none: no user can log in.
Result<std::vector<http::JwtKey>> user_keys(const Settings& settings);

}  // namespace heed::app
