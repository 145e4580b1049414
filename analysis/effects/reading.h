// What reads an iterable, and which methods operators and builtins run (language reference 3.3, library reference
// "Built-in Functions"). Pure functions of names and of one unit's syntax.
#pragma once
#include <string_view>

#include "analysis/facts/facts.h"

namespace awaitd::analysis {

// A builtin that reads its first argument: list, sum, next... Lazy ones (zip, enumerate) count: they are made to be read.
bool reads_argument(std::string_view builtin);
// "__len__" for len; empty if the builtin asks none.
std::string_view method_asked(std::string_view builtin);
// "__truediv__" for "/"; empty if it is no operator that a class can define.
std::string_view operator_method(std::string_view op);
// True if code of the same function iterates over what the expression gives: a loop, list(...), a name that is looped over.
bool is_read(const Facts& facts, NodeId expression);
// True for a place in a generator expression that runs where others read it: it is returned, handed to a thread, or given a
// name with which nothing else is done. Its first iterable is evaluated where it stands.
bool is_read_elsewhere(const Facts& facts, NodeId node);

}  // namespace awaitd::analysis
