#pragma once
#include "app/command.h"

/// The sub-commands: a file each, a line each.
namespace heed::app {

Command serve_command();
Command evaluate_command();
Command simulate_command();
Command key_command();
Command user_command();
Command case_command();
Command ledger_command();
Command bundle_command();
Command demo_command();
Command backup_command();
Command restore_command();
Command config_command();
Command bench_command();
Command bench_model_command();
Command bench_queue_command();
Command bench_settle_command();
Command rules_command();
Command backtest_command();  ///< of rules
Command train_command();
Command version_command();

}  // namespace heed::app
