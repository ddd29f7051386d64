#include <CLI/CLI.hpp>
#include <deque>
#include <memory>

#include "app/commands.h"

namespace {

using heed::app::Arguments;
using heed::app::Command;
using heed::app::Option;

/// Where the library puts what it reads for one command.
struct Read {
  const Command* command = nullptr;
  CLI::App* app = nullptr;
  std::deque<std::vector<std::string>> values;  // one an option; a deque: the library keeps references
  std::deque<bool> flags;
};

void add_option(Read& read, const Option& option) {
  CLI::Option* added = nullptr;
  if (option.kind == Option::Kind::Flag) {
    read.values.emplace_back();
    added = read.app->add_flag(option.name, read.flags.emplace_back(false), option.sentence);
  } else {
    read.flags.emplace_back(false);
    added = read.app->add_option(option.name, read.values.emplace_back(), option.sentence);
    if (option.kind != Option::Kind::Texts) {
      added->expected(1);
    }
    if (option.kind == Option::Kind::Int) {
      added->check(CLI::Range(option.min, option.max));
    }
    if (!option.choices.empty()) {
      added->check(CLI::IsMember(option.choices));
    }
    if (!option.fallback.empty()) {
      added->default_str(option.fallback);
    }
  }
  added->required(option.required);
}

void add_command(CLI::App& parent, const Command& command, std::deque<Read>& all) {
  CLI::App* app = parent.add_subcommand(command.name, command.sentence);
  if (!command.commands.empty()) {
    app->require_subcommand(command.run ? 0 : 1);
    for (const Command& below : command.commands) {
      add_command(*app, below, all);  // before its parent: of two that were read the lower one runs
    }
    if (!command.run) {
      return;
    }
  }
  Read& read = all.emplace_back();
  read.command = &command;
  read.app = app;
  for (const Option& option : command.options) {
    add_option(read, option);
  }
}

int run(const Read& read) {
  Arguments arguments;
  std::size_t i = 0;
  for (const Option& option : read.command->options) {
    bool given = read.app->count(option.name) > 0;
    std::vector<std::string> values = read.values[i];
    if (option.kind == Option::Kind::Flag) {
      values = {read.flags[i] ? "true" : "false"};
      given = given && read.flags[i];
    } else if (!given) {
      values.clear();
      if (!option.fallback.empty()) {
        values.push_back(option.fallback);
      }
    }
    arguments.set(option.name, std::move(values), given);
    ++i;
  }
  return read.command->run(arguments);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace heed::app;
  const std::vector<Command> commands = {
      serve_command(),  evaluate_command(), simulate_command(), key_command(),     user_command(),    case_command(),
      ledger_command(), backup_command(),   bundle_command(),   demo_command(),    restore_command(), config_command(),
      bench_command(),  rules_command(),    train_command(),    version_command(),
  };
  CLI::App app{"Heed: the system behind the report button."};
  app.require_subcommand(1);
  std::deque<Read> reads;
  for (const Command& command : commands) {
    add_command(app, command, reads);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  for (const Read& read : reads) {
    if (read.app->parsed()) {
      return run(read);
    }
  }
  return kUsage;
}
