#include "app/commands.h"
namespace heed::app {
Command bench_command() { return {.name = "bench", .sentence = "Measure this machine", .run = [](const Arguments&) { return kFailed; }}; }
}  // namespace heed::app
