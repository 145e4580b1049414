// Moving statements into a local function that a worker thread runs: with blocks, loops, the life of one connection.
#pragma once
#include <string>
#include <vector>

#include "analysis/fixes/fix_list.h"
#include "analysis/fixes/region.h"
#include "analysis/rules/blocking.h"

namespace awaitd::analysis {

// The statements as a local function and the await that runs it; nothing if they cannot move.
std::optional<Fix> extract(const UnitView& view, const Region& region, std::string title, bool probe);
// For an event that cannot move by itself: its with block, its loop, or all statements that use what it made.
void fix_extracted(const UnitView& view, const BlockingEvent& event, FixList& fixes);
// One function for all of these events, if they stand together.
void fix_together(const UnitView& view, const std::vector<const BlockingEvent*>& group, std::string_view what,
                  bool preferred, FixList& fixes);
// For several events that make one finding: one function for all of them where they stand together, else each by
// itself.
void fix_group(const UnitView& view, const std::vector<const BlockingEvent*>& group, bool preferred, FixList& fixes);

// layout.cc: the indentation of the statement's line; nothing if something else stands before it on the line.
std::optional<std::string> indentation_of(const Unit& unit, NodeId statement);
// One step of indentation as the function has it.
std::string indentation_step(const UnitView& view, FunctionId function);
// [start, end) of whole lines of the region, a comment behind the last statement included, the last line break not.
std::optional<Range> whole_lines(const Unit& unit, NodeId first, NodeId last);
// Where the line behind `at` begins, which is a line's end.
std::uint32_t next_line(const Unit& unit, std::uint32_t at);
// True if nothing, or a comment, stands on the line before that of `at`.
bool blank_line_before(const UnitView& view, std::uint32_t at);
// The text of a range of whole lines with one more step of indentation on every line but those that start inside a
// string, and with `cut` replaced.
std::string indented(const Unit& unit, Range range, const std::string& step, Range cut = {},
                     std::string_view instead = {});
// Where one more argument of a call goes, and what stands before it: behind the last one, on a line of its own where
// that one has one. A trailing comma and a comment stay behind it.
struct ArgumentPlace {
  std::uint32_t at = 0;  // unit offset
  std::string before;    // ", ", or a comma and a line break; nothing for the first argument
};
ArgumentPlace next_argument(const UnitView& view, const Call& call);
// `name`, or something like it that nothing in the function or the module is called.
std::optional<std::string> free_name(const UnitView& view, const std::string& name);

}  // namespace awaitd::analysis
