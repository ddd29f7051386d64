#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "base/json.h"

namespace heed::log {
namespace {

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::Debug:
      return spdlog::level::debug;
    case Level::Info:
      return spdlog::level::info;
    case Level::Warn:
      return spdlog::level::warn;
    case Level::Error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::Debug:
      return "debug";
    case Level::Info:
      return "info";
    case Level::Warn:
      return "warn";
    case Level::Error:
      return "error";
  }
  return "info";
}

spdlog::logger& logger() {
  static spdlog::logger* const kept = [] {  // never destroyed: threads may log until the very end
    auto* made = new spdlog::logger("heed", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
    made->set_error_handler([](const std::string&) {});
    return made;
  }();
  return *kept;
}

}  // namespace

void set_level(Level level) { logger().set_level(spdlog_level(level)); }

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  spdlog::logger& out = logger();
  if (!out.should_log(spdlog_level(level))) {
    return;
  }
  JsonWriter line;
  line.begin_object()
      .field("at", format_time(std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now())))
      .field("level", name_of(level))
      .field("event", event);
  for (const Field& field : fields) {
    line.key(field.key);
    std::visit([&](const auto& v) { line.value(v); }, field.value);
  }
  line.end_object();
  out.log(spdlog_level(level), spdlog::string_view_t(line.str().data(), line.str().size()));
}

void flush() { logger().flush(); }

}  // namespace heed::log
