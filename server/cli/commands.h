// The subcommands of the command line, one function each: argv[0] is the subcommand, the result the exit code
// (0: nothing that fails, 1: findings, 2: bad arguments, an unreadable path or configuration). They print on stdout and
// stderr and belong to the main thread.
#pragma once

namespace awaitd::server {

int run_check(int argc, char** argv);
int run_explain(int argc, char** argv);
int run_rules(int argc, char** argv);

}  // namespace awaitd::server
