#include <cstdio>

#include "app/commands.h"
#include "app/output.h"
#include "app/settings.h"

namespace heed::app {
namespace {

int config(const Arguments& arguments) {
  if (arguments.flag("--reference")) {
    std::string text =
        "# Settings\n\nOne TOML file (`heed serve --config FILE` or `HEED_CONFIG`), where `http.port` is the key "
        "`port` of the table\n"
        "`[http]`; the environment overrides it. An unknown key is an error. `heed config` prints what holds.\n"
        "Made by `heed config --reference`.\n\n" +
        Settings::reference(all_settings());
    std::fwrite(text.data(), 1, text.size(), stdout);
    return kOk;
  }
  auto settings = load_settings(arguments);
  if (!settings) {
    return complain(settings.error());
  }
  auto where = places(*settings);
  if (!where) {
    return complain(where.error());
  }
  if (auto keys = user_keys(*settings); !keys) {
    return complain(keys.error());
  }
  Output out;
  out.columns({{"name", "Setting"}, {"value", "Value"}, {"source", "From"}}, "settings");
  for (const Settings::Held& held : settings->held()) {
    if (!arguments.flag("--changed") || held.source != "default") {
      out.row({held.def->name, held.value, held.source});
    }
  }
  return print(out, arguments);
}

}  // namespace

Command config_command() {
  using Kind = Option::Kind;
  return {.name = "config",
          .sentence = "Check the settings and print what holds; secrets are not shown",
          .options = with_settings({
              {.name = "--changed", .sentence = "Only what is not the default", .kind = Kind::Flag},
              {.name = "--reference", .sentence = "Print docs/settings.md instead", .kind = Kind::Flag},
              json_option(),
          }),
          .run = config};
}

}  // namespace heed::app
