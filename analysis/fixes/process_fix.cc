#include "analysis/fixes/process_fix.h"

#include <algorithm>

#include "analysis/fixes/async_way.h"
#include "analysis/fixes/extract.h"
#include "analysis/fixes/timeout_fixes.h"
#include "analysis/fixes/twins.h"
#include "analysis/terms/term_builder.h"

namespace awaitd::analysis {
namespace {

constexpr std::size_t kLineLength = 88;  // what black and Ruff format to

enum class Stream : std::uint8_t { inherited, pipe, null, merged };

struct Command {
  std::string program;  // the arguments of create_subprocess_exec, or the command line of the shell
  std::string written;  // the command as it stood, for CalledProcessError
  bool shell = false;
  bool text = false, check = false;
  Stream out = Stream::inherited, err = Stream::inherited, in = Stream::inherited;
  std::string input;  // for communicate()
  std::string timeout;
  std::string rest;  // ", cwd=..., env=..."
};

bool is_true(std::string_view text) { return text == "True"; }
bool is_flag(std::string_view text) { return text == "True" || text == "False" || text == "None"; }

std::optional<Stream> stream_of(const UnitView& view, NodeId value, std::string_view module) {
  ValueSet values = view.values(value);
  if (values.values.size() == 1 && values.values[0].kind == ValueKind::none) return Stream::inherited;
  if (values.unknown || values.values.size() != 1) return std::nullopt;
  std::string_view name = values.values[0].name;
  if (parent_of(name) != module) return std::nullopt;
  if (last_of(name) == "PIPE") return Stream::pipe;
  if (last_of(name) == "DEVNULL") return Stream::null;
  if (last_of(name) == "STDOUT") return Stream::merged;
  return std::nullopt;
}

// One keyword argument; false if it is not understood.
bool read_option(const UnitView& view, const Argument& a, std::string_view module, Command& command) {
  std::string_view text = view.text(a.value);
  if (a.name == "check" || a.name == "capture_output" || a.name == "text" || a.name == "universal_newlines" ||
      a.name == "shell") {
    if (!is_flag(text)) return false;
    if (!is_true(text)) return true;
    if (a.name == "check") command.check = true;
    if (a.name == "shell") command.shell = true;
    if (a.name == "text" || a.name == "universal_newlines") command.text = true;
    if (a.name == "capture_output") command.out = command.err = Stream::pipe;
    return true;
  }
  if (a.name == "stdout" || a.name == "stderr" || a.name == "stdin") {
    auto stream = stream_of(view, a.value, module);
    if (!stream || (*stream == Stream::merged && a.name != "stderr")) return false;
    (a.name == "stdout" ? command.out : a.name == "stderr" ? command.err : command.in) = *stream;
    return a.name != "stdin" || *stream != Stream::pipe;
  }
  if (a.name == "input") {
    command.input = text;
    return true;
  }
  if (a.name == "timeout") {
    if (text != "None") command.timeout = text;
    // Its own exception would not come any more.
    const std::string& all = view.unit().text;
    const bool handled =
        all.find("TimeoutExpired") != std::string::npos || all.find("SubprocessError") != std::string::npos;
    return text == "None" || !handled;
  }
  if (a.name != "cwd" && a.name != "env") return false;
  command.rest += ", " + std::string(a.name) + "=" + std::string(text);
  return true;
}

bool read_program(const UnitView& view, const Argument& a, Command& command) {
  const Unit& unit = view.unit();
  NodeId value = inside_parentheses(unit, a.value);
  command.written = view.text(a.value);
  if (command.written.find('\n') != std::string::npos) return false;
  if (command.shell) {
    command.program = command.written;
    return unit[value].kind != Kind::list && unit[value].kind != Kind::tuple;
  }
  if (unit[value].kind != Kind::list && unit[value].kind != Kind::tuple) return false;
  std::string_view inner = unit.text_of(value);
  inner = inner.substr(1, inner.size() - 2);
  while (!inner.empty() && (inner.back() == ',' || inner.back() == ' ')) inner.remove_suffix(1);
  command.program = inner;
  return !inner.empty();
}

std::optional<Command> read_command(const UnitView& view, const Call& call, const Twin& twin) {
  Command command;
  std::string_view module = parent_of(twin.name);
  const Argument* program = nullptr;
  for (const Argument& a : view.facts().arguments_of(call)) {
    if (a.stars != 0) return std::nullopt;
    if (a.name.empty() || a.name == "args") {
      if (program != nullptr) return std::nullopt;
      program = &a;
    } else if (!read_option(view, a, module, command)) {
      return std::nullopt;
    }
  }
  if (twin.form == Twin::Form::output) {
    if (command.out != Stream::inherited || command.check) return std::nullopt;
    command.out = Stream::pipe;
  }
  if (twin.form == Twin::Form::output || twin.form == Twin::Form::check) command.check = true;
  if (program == nullptr || !read_program(view, *program, command)) return std::nullopt;
  if (command.text && !command.input.empty()) command.input += ".encode()";
  return command;
}

struct Names {
  std::string process = "process", out = "stdout", err = "stderr";
};

// Where the result goes: nowhere, or a name whose every use is an attribute that is understood.
struct Target {
  std::string_view name;
  NodeId statement = kNoNode;
  bool returned = false;
  std::vector<NodeId> uses;  // the attribute nodes: result.stdout
};

bool read_uses(const UnitView& view, const BlockingEvent& event, Target& target) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  ScopeId scope = facts.functions[event.function].scope;
  auto bindings = facts.bindings_in(scope, target.name);
  if (bindings.size() != 1) return false;
  NodeId fn = facts.functions[event.function].node;
  for (NodeId n = fn; n < fn + unit[fn].size; ++n) {
    if (unit[n].kind != Kind::identifier || unit.text_of(n) != target.name || !reads_name(unit, n)) continue;
    if (n == facts.bindings[bindings[0]].target) continue;
    NodeId attribute = unit[n].parent;
    if (unit[attribute].kind != Kind::attribute || unit[attribute].field == Field::left) return false;
    std::string_view name = unit.text_of(unit.child(attribute, Field::attribute));
    if (name != "stdout" && name != "stderr" && name != "returncode") return false;
    target.uses.push_back(attribute);
  }
  return true;
}

std::optional<Target> target_of(const UnitView& view, const BlockingEvent& event, const Twin& twin) {
  const Unit& unit = view.unit();
  Target target;
  NodeId call = event.call->node, parent = unit[call].parent;
  target.statement = view.facts().statement_of(call);
  bool result = twin.form == Twin::Form::run;
  if (unit[parent].kind == Kind::expression_statement) return target;
  if (unit[parent].kind == Kind::return_statement && !result) {
    target.returned = true;
    return target;
  }
  if (unit[parent].kind != Kind::assignment || unit[unit[parent].parent].kind != Kind::expression_statement)
    return std::nullopt;
  NodeId left = unit.child(parent, Field::left);
  if (left == kNoNode || unit[left].kind != Kind::identifier || unit.child(parent, Field::type) != kNoNode)
    return std::nullopt;
  target.name = unit.text_of(left);
  if (result && !read_uses(view, event, target)) return std::nullopt;
  return target;
}

std::string stream_argument(const char* keyword, Stream stream, const std::string& module) {
  const char* name = stream == Stream::pipe ? "PIPE" : stream == Stream::null ? "DEVNULL" : "STDOUT";
  return stream == Stream::inherited ? "" : std::string(", ") + keyword + "=" + module + "." + name;
}

class Writer {
 public:
  Writer(const UnitView& view, const Command& command, const Twin& twin, Names names, std::size_t indentation)
      : view_(view), command_(command), twin_(twin), names_(std::move(names)), indentation_(indentation) {}

  // The lines that take the call's place, one tab a step of indentation; nothing if a name cannot be written.
  std::optional<std::vector<std::string>> lines(EditBuilder& edits, const Target& target) {
    NodeId at = target.statement;
    std::string root(root_of(twin_.twin));
    auto create = edits.name_for(root + (command_.shell ? ".create_subprocess_shell" : ".create_subprocess_exec"), at);
    auto module = edits.name_for(root + ".subprocess", at);
    auto error = command_.check ? edits.name_for(std::string(parent_of(twin_.name)) + ".CalledProcessError", at)
                                : std::optional<std::string>("");
    if (!create || !module || !error) return std::nullopt;
    bool pipes = command_.out == Stream::pipe || command_.err == Stream::pipe || !command_.input.empty();
    Stream in = command_.input.empty() ? command_.in : Stream::pipe;
    std::vector<std::string> all;
    all.push_back(names_.process + " = await " + *create + "(");
    all.back() += command_.program + stream_argument("stdin", in, *module) +
                  stream_argument("stdout", command_.out, *module) + stream_argument("stderr", command_.err, *module) +
                  command_.rest + ")";
    std::size_t open = names_.process.size() + 10 + create->size();
    if (all.back().size() + indentation_ >
        kLineLength) {  // as formatters break it: the arguments on a line of their own
      std::string arguments = all.back().substr(open, all.back().size() - open - 1);
      all.back().resize(open);
      all.push_back("\t" + arguments);
      all.push_back(")");
    }
    const std::string method = pipes ? "communicate" : "wait";
    const std::string given = pipes ? names_.out + ", " + names_.err + " = " : "";
    const ProcessWait wait{names_.process, given, names_.process + "." + method + "(" + command_.input + ")",
                           root + ".subprocess.Process." + method, command_.timeout};
    for (std::string& line : bounded_wait(edits, view_, at, wait)) all.push_back(std::move(line));
    if (command_.check) {
      all.push_back("if " + names_.process + ".returncode:");
      std::string streams =
          pipes ? ", " + captured(command_.out, names_.out) + ", " + captured(command_.err, names_.err) : "";
      all.push_back("\traise " + *error + "(" + names_.process + ".returncode, " + command_.written + streams + ")");
    }
    std::string value = twin_.form == Twin::Form::output  ? stream(names_.out)
                        : twin_.form == Twin::Form::check ? "0"
                                                          : names_.process + ".returncode";
    if (target.returned) all.push_back("return " + value);
    if (!target.name.empty() && twin_.form != Twin::Form::run) all.push_back(std::string(target.name) + " = " + value);
    return all;
  }

  // What result.stdout and the like become.
  std::string attribute(std::string_view name) const {
    if (name == "returncode") return names_.process + ".returncode";
    bool out = name == "stdout";
    if ((out ? command_.out : command_.err) != Stream::pipe) return "None";
    return stream(out ? names_.out : names_.err);
  }

 private:
  std::string captured(Stream how, const std::string& name) const { return how == Stream::pipe ? stream(name) : name; }
  std::string stream(const std::string& name) const { return command_.text ? name + ".decode()" : name; }

  const UnitView& view_;
  const Command& command_;
  const Twin& twin_;
  Names names_;
  std::size_t indentation_;
};

std::optional<Names> free_names(const UnitView& view) {
  auto process = free_name(view, "process"), out = free_name(view, "stdout"), err = free_name(view, "stderr");
  if (!process || !out || !err) return std::nullopt;
  return Names{*process, *out, *err};
}

}  // namespace

void fix_process(const UnitView& view, const BlockingEvent& event, FixList& fixes) {
  if (event.by != UseKind::call || event.call->arguments == kNoNode || !can_await(view, event.call->node)) return;
  const Unit& unit = view.unit();
  for (const Twin* twin : usable_twins(view, event.origin)) {
    if (twin->form < Twin::Form::run) continue;
    auto command = read_command(view, *event.call, *twin);
    auto target = command ? target_of(view, event, *twin) : std::nullopt;
    auto names = target ? free_names(view) : std::nullopt;
    auto lines = names ? whole_lines(unit, target->statement, target->statement) : std::nullopt;
    if (!lines) continue;
    EditBuilder edits(view, fixes.probe());
    std::string indent = *indentation_of(unit, target->statement), eol(view.document().line_ending());
    Writer writer(view, *command, *twin, *names, indent.size());
    auto code = writer.lines(edits, *target);
    if (!code) continue;
    std::string step = indentation_step(view, event.function), text;
    for (const std::string& line : *code) {
      const std::size_t depth = line.find_first_not_of('\t');
      text += text.empty() ? "" : eol + indent;
      for (std::size_t i = 0; i < depth; ++i) text += step;
      text += line.substr(depth);
    }
    edits.replace(target->statement, text);
    for (NodeId use : target->uses) {
      edits.replace(use, writer.attribute(unit.text_of(unit.child(use, Field::attribute))));
    }
    std::string title = "Use await " + std::string(root_of(twin->twin)) +
                        (command->shell ? ".create_subprocess_shell()" : ".create_subprocess_exec()");
    fixes.add(edits.finish(std::move(title), Safety::suggested), true);
  }
}

}  // namespace awaitd::analysis
