#include "analysis/fixes/timeout_fixes.h"

#include <algorithm>

#include "analysis/fixes/async_way.h"
#include "analysis/fixes/extract.h"
#include "analysis/fixes/tab_stop.h"

namespace awaitd::analysis {
namespace {

bool simple_statement(const Unit& unit, NodeId statement) {
  for (NodeId child : children(unit, statement)) {
    if (unit[child].kind == Kind::block) return false;
  }
  Kind kind = unit[statement].kind;
  return kind != Kind::decorated_definition && kind != Kind::match_statement;
}

std::string line_break(const UnitView& view) {
  return view.document().text().find("\r\n") == std::string::npos ? "\n" : "\r\n";
}

// The words of the value column, best first.
std::vector<std::string_view> values_of(const TimeoutFact& fact) {
  std::vector<std::string_view> values;
  for (std::string_view rest = fact.value; !rest.empty();) {
    const std::size_t space = rest.find(' ');
    values.push_back(rest.substr(0, space));
    rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
  }
  return values;
}

std::string_view first_parameter(const TimeoutFact& fact) {
  return fact.parameters.substr(0, fact.parameters.find(' '));
}

// `timeout=aiohttp.ClientTimeout(total=10)` as it must be written at a call; nothing if a name stands in the way.
std::optional<std::string> spelled(EditBuilder& edits, std::string_view value, NodeId node) {
  const std::size_t open = value.find('(');
  if (open == std::string_view::npos) return with_tab_stop(value);
  auto name = edits.name_for(value.substr(0, open), node);
  if (!name) return std::nullopt;
  return *name + with_tab_stop(value.substr(open));
}

bool pass_argument(EditBuilder& edits, const UnitView& view, const WaitPlace& place, std::string_view value) {
  const Unit& unit = view.unit();
  const Call& call = view.facts().calls[place.call];
  if (value.empty() || call.arguments == kNoNode || unit[call.arguments].kind != Kind::argument_list) return false;
  if (place.given == Given::unknown) return false;
  if (place.handed) {
    for (const Value& v : view.callee(call).values) {
      const ContextFact* taker = view.knowledge().context(v.name);
      if (taker != nullptr && !taker->passes_keywords) return false;
    }
  }
  auto text = spelled(edits, value, call.node);
  if (!text) return false;
  if (const Argument* given = timeout_argument(view.facts(), call, *place.fact)) {
    edits.replace(given->value, *text);
    return true;
  }
  std::string_view name = first_parameter(*place.fact);
  const ArgumentPlace place_of_it = next_argument(view, call);
  edits.insert(place_of_it.at, place_of_it.before + std::string(name) + "=" + *text);
  return true;
}

// What follows when waiting for a process did not come to its end: `carries` names its methods that end it and that
// wait for that. A cancellation leaves the process running just as a timeout does. One tab a step of indentation.
std::vector<std::string> ending_lines(const std::string& process, std::string_view carries) {
  const std::size_t space = carries.find(' ');
  const std::string end(carries.substr(0, space)), wait(carries.substr(space + 1));
  return {"except BaseException:", "\t" + process + "." + end + "()", "\tawait " + process + "." + wait + "()",
          "\traise"};
}

std::string kill_lines(const UnitView& view, const WaitPlace& place, const std::string& indent, const std::string& step,
                       const std::string& newline) {
  NodeId object = view.unit().child(place.node, Field::object);
  std::string who(object == kNoNode ? std::string_view() : view.unit().text_of(object)), out;
  for (const std::string& line : ending_lines(who, place.fact->carries)) {
    out += newline + indent + (line.front() == '\t' ? step + line.substr(1) : line);
  }
  return out;
}

bool is_awaited(const Unit& unit, NodeId node) {
  NodeId parent = unit[outside_parentheses(unit, node)].parent;
  return parent != kNoNode && unit[parent].kind == Kind::await;
}

// Puts the statement of a place under a scope; `done` holds the statements that have one already.
bool wrap(EditBuilder& edits, const UnitView& view, const WaitPlace& place, std::vector<NodeId>& done) {
  const Unit& unit = view.unit();
  const ScopeFact* scope = usual_scope(view);
  if (scope == nullptr || !place.waits || !view.facts().functions[place.function].async) return false;
  NodeId statement = view.facts().statement_of(place.awaited);
  if (std::find(done.begin(), done.end(), statement) != done.end()) return true;
  auto indent = indentation_of(unit, statement);
  auto range = whole_lines(unit, statement, statement);
  bool lines = simple_statement(unit, statement) && indent && range;
  bool kill = !place.fact->carries.empty() && place.fact->kind == WaitKind::process;
  if (scope->form == ScopeFact::Form::with && !lines) {
    // In the head of an if or a while: around the call itself, where the library has such a function.
    for (const ScopeFact& row : view.knowledge().timeout_scopes()) {
      if (row.form == ScopeFact::Form::call && row.raises && !row.optional && root_of(row.name) == root_of(scope->name))
        scope = &row;
    }
  }
  if (scope->form == ScopeFact::Form::with && !lines) return false;
  if (scope->form == ScopeFact::Form::call && !is_awaited(unit, place.awaited)) return false;
  if (kill && !lines) return false;
  auto name = edits.name_for(scope->name, place.awaited);
  if (!name) return false;
  std::string number = with_tab_stop(std::to_string(proposed_seconds(place.fact->kind)));
  std::string step = indentation_step(view, place.function), newline = line_break(view);
  if (scope->form == ScopeFact::Form::call) {
    std::string before = *name + "(", after = ", " + std::string(scope->keyword) + "=" + number + ")";
    if (!kill) {
      edits.insert(unit[place.awaited].start, before);
      edits.insert(unit[place.awaited].end, after);
      return true;
    }
    std::string text =
        indented(unit, *range, step, view.range(place.awaited), before + std::string(view.text(place.awaited)) + after);
    edits.replace(*range, *indent + "try:" + newline + text + kill_lines(view, place, *indent, step, newline));
    done.push_back(statement);
    return true;
  }
  std::string head = std::string(scope->with_async ? "async with " : "with ") + *name + "(" + number + "):";
  std::string text;
  if (kill) {
    text = *indent + "try:" + newline + *indent + step + head + newline + indented(unit, *range, step + step) +
           kill_lines(view, place, *indent, step, newline);
  } else {
    text = *indent + head + newline + indented(unit, *range, step);
  }
  edits.replace(*range, text);
  done.push_back(statement);
  return true;
}

}  // namespace

std::string timeout_in_thread(EditBuilder& edits, const UnitView& view, const Call& call) {
  const WaitPlace* place = unbounded_in_thread(view, call);
  if (place == nullptr || place->given != Given::no || place->fact->parameters.empty()) return "";
  const std::vector<std::string_view> values = values_of(*place->fact);
  auto value = values.empty() ? std::nullopt : spelled(edits, values.front(), call.node);
  return value ? std::string(first_parameter(*place->fact)) + "=" + *value : "";
}

std::vector<std::string> bounded_wait(EditBuilder& edits, const UnitView& view, NodeId at, const ProcessWait& wait) {
  const ScopeFact* scope = usual_scope(view);
  const TimeoutFact* fact = view.knowledge().timeout(wait.origin);
  auto name = scope == nullptr || fact == nullptr ? std::nullopt : edits.name_for(scope->name, at);
  if (!name) return {wait.target + "await " + wait.call};
  const std::string seconds =
      wait.seconds.empty() ? with_tab_stop(std::to_string(proposed_seconds(fact->kind))) : wait.seconds;
  std::vector<std::string> lines{"try:"};
  if (scope->form == ScopeFact::Form::call) {
    lines.push_back("\t" + wait.target + "await " + *name + "(" + wait.call + ", " + std::string(scope->keyword) + "=" +
                    seconds + ")");
  } else {
    lines.push_back((scope->with_async ? "\tasync with " : "\twith ") + *name + "(" + seconds + "):");
    lines.push_back("\t\t" + wait.target + "await " + wait.call);
  }
  for (std::string& line : ending_lines(wait.process, fact->carries)) lines.push_back(std::move(line));
  return lines;
}

int proposed_seconds(WaitKind kind) {
  switch (kind) {
    case WaitKind::process:
      return 60;
    case WaitKind::receive:
    case WaitKind::reply:
    case WaitKind::query:
      return 30;
    case WaitKind::close:
      return 5;
    default:
      return 10;
  }
}

const ScopeFact* manager_scope(const UnitView& view) {
  for (const ScopeFact& row : view.knowledge().timeout_scopes()) {
    if (row.form == ScopeFact::Form::with && row.raises && row.position == 0 &&
        root_of(row.name) == view.library().name)
      return &row;
  }
  return nullptr;
}

const ScopeFact* usual_scope(const UnitView& view) {
  const ScopeFact* manager = manager_scope(view);
  const PythonVersion& target = view.options().target;
  if (manager != nullptr && (target.major > 3 || target.minor >= manager->since)) return manager;
  for (const ScopeFact& row : view.knowledge().timeout_scopes()) {
    bool ours = root_of(row.name) == view.library().name;
    if (ours && row.form == ScopeFact::Form::call && row.raises && !row.optional && target.minor >= row.since)
      return &row;
  }
  return nullptr;
}

namespace {

// One fix out of edits in several units of the module; the same import twice is once.
std::optional<Fix> merged(std::vector<Fix> parts, std::string title) {
  Fix all;
  all.title = std::move(title);
  all.files.emplace_back();
  auto& edits = all.files.front().edits;
  for (Fix& part : parts) edits.insert(edits.end(), part.files.front().edits.begin(), part.files.front().edits.end());
  auto before = [](const Edit& a, const Edit& b) {
    return a.range.start != b.range.start ? a.range.start < b.range.start : a.range.end < b.range.end;
  };
  std::sort(edits.begin(), edits.end(), before);
  auto same = [](const Edit& a, const Edit& b) { return a.range == b.range && a.text == b.text; };
  edits.erase(std::unique(edits.begin(), edits.end(), same), edits.end());
  for (std::size_t i = 1; i < edits.size(); ++i) {
    if (edits[i].range.start < edits[i - 1].range.end || edits[i].range == edits[i - 1].range) return std::nullopt;
  }
  return all;
}

std::string argument_title(const WaitPlace& place, std::string_view value, std::size_t calls) {
  std::string title = "Pass " + std::string(first_parameter(*place.fact)) + "=" + std::string(value);
  if (calls > 1) title += " to these " + std::to_string(calls) + " calls";
  return title;
}

// The argument at every one of these places, which may stand in several units.
std::optional<Fix> pass_everywhere(const UnitView& view, const std::vector<SharedPlace>& places, std::size_t nth,
                                   bool probe) {
  std::vector<Fix> parts;
  std::string title;
  for (std::size_t i = 0; i < places.size();) {
    const UnitView sibling(view, places[i].unit);
    EditBuilder edits(sibling, probe);
    for (const std::uint32_t unit = places[i].unit; i < places.size() && places[i].unit == unit; ++i) {
      std::vector<std::string_view> values = values_of(*places[i].place->fact);
      if (values.empty()) return std::nullopt;
      std::string_view value = values[std::min(nth, values.size() - 1)];
      if (!pass_argument(edits, sibling, *places[i].place, value)) return std::nullopt;
      if (title.empty()) title = argument_title(*places[i].place, value, places.size());
    }
    auto part = edits.finish("", Safety::suggested);
    if (!part) return std::nullopt;
    parts.push_back(std::move(*part));
  }
  return merged(std::move(parts), std::move(title));
}

// The carrier that made the client, in any unit of the module: one argument there bounds all requests.
std::optional<SharedPlace> carrier_of(const UnitView& view, const WaitPlace& place) {
  if (!place.fact->client || place.maker.module != 0 || place.maker_call == kNoCall) return std::nullopt;
  for (const WaitPlace& other : view.effects().waits().unit(place.maker).places) {
    bool carrier = other.fact->kind == WaitKind::carrier && !other.fact->value.empty() && !other.fact->carries.empty();
    if (other.call == place.maker_call && carrier && other.given != Given::unknown)
      return SharedPlace{place.maker.unit, &other};
  }
  return std::nullopt;
}

}  // namespace

void fix_waits(const UnitView& view, const WaitGroup& group, FixList& fixes) {
  std::vector<SharedPlace> places;
  auto carrier = group.client == nullptr ? carrier_of(view, group.first()) : std::nullopt;
  if (group.client != nullptr)
    places.push_back({view.at().unit, group.client});
  else if (carrier)
    places.push_back(*carrier);
  else if (group.places.size() > 1 || group.first().fact->bound == Bound::unbounded) {
    for (const WaitPlace* p : group.places) places.push_back({view.at().unit, p});
  }
  if (places.empty()) places = shared_places(view, group.first());
  std::size_t ways = places.empty() ? 0 : values_of(*places.front().place->fact).size();
  for (std::size_t nth = 0; nth < ways; ++nth) {
    fixes.add(pass_everywhere(view, places, nth, fixes.probe()), true);
    if (fixes.enough()) return;
  }
  // A scope around one request would leave the others of its client without.
  bool one_of_many = group.places.size() < shared_places(view, group.first()).size();
  const ScopeFact* scope = usual_scope(view);
  if (group.first().fact->kind == WaitKind::client || one_of_many || scope == nullptr) return;
  EditBuilder edits(view, fixes.probe());
  std::vector<NodeId> done;
  for (const WaitPlace* p : group.places) {
    if (!wrap(edits, view, *p, done)) return;
  }
  std::string title = "Wait at most " + std::to_string(proposed_seconds(group.first().fact->kind)) + " s with " +
                      std::string(scope->name);
  if (group.places.size() > 1) title += " for each of these " + std::to_string(group.places.size()) + " calls";
  fixes.add(edits.finish(std::move(title), Safety::suggested), true);
}

}  // namespace awaitd::analysis
