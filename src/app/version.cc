#include "app/version.h"
#include "app/commands.h"
#include "app/output.h"
#include "store/sqlite/schema.h"

namespace heed::app {
namespace {

int version(const Arguments& arguments) {
  Output out;
  out.fact("version", "Heed", std::string(kVersion))
      .fact("format", "Data folder's format", std::int64_t{store::kFormatVersion});
  return print(out, arguments);
}

}  // namespace

Command version_command() {
  return {.name = "version", .sentence = "Print the version", .options = {json_option()}, .run = version};
}

}  // namespace heed::app
