// State that a function changes for the time of an await and sets back afterwards, without a finally.
#include <algorithm>

#include "analysis/rules/cancel_paths.h"
#include "analysis/rules/cleanups.h"

namespace awaitd::analysis {
namespace {

class Finder {
 public:
  Finder(const UnitView& view, const Flow& flow) : view_(view), unit_(view.unit()), flow_(flow) {}

  std::vector<LeftBehind> found() {
    std::vector<LeftBehind> all;
    for (const Undo& undo : undos(view_, flow_, view_.facts().functions[flow_.function].body)) {
      if (undo.done == kNone || undo.helper || !of_object(undo) || on_a_way_out(undo.event)) continue;
      if (!same_suite(undo) || !counts(undo)) continue;
      EventId suspension = skipped_at(undo);
      if (suspension == kNone) continue;
      all.push_back({undo, suspension, refuses(undo)});
    }
    return all;
  }

 private:
  // Only what outlives the function: an attribute, or an item of one.
  bool of_object(const Undo& undo) const {
    return undo.object.find('.') != std::string_view::npos && !view_.in_test(flow_.function);
  }

  bool on_a_way_out(EventId event) const {
    for (FrameId f = flow_.block_of(event).frame; f != kNone; f = flow_.frames[f].parent) {
      FrameKind kind = flow_.frames[f].kind;
      if (kind == FrameKind::handler || kind == FrameKind::finally_) return true;
    }
    return false;
  }

  // Begun and ended by statements of one block: what several turns of a loop or branches do is a state machine.
  bool same_suite(const Undo& undo) const {
    NodeId begin = view_.facts().statement_of(flow_.events[undo.done].node);
    NodeId end = view_.facts().statement_of(undo.node);
    return unit_[begin].parent == unit_[end].parent;
  }

  // A flag that says "busy", a counter, an entry. `ready = False ... ready = True` says rightly that it failed.
  bool counts(const Undo& undo) const {
    const Event& back = flow_.events[undo.event];
    const Event& done = flow_.events[undo.done];
    if (undo.fact != nullptr) {
      bool takes_out = undo.fact->kind == CleanupFact::Kind::remove && !undo.telling;
      return takes_out && stands_alone(back.node) && !key_of(back).empty() && key_of(back) == key_of(done);
    }
    if (back.kind == EventKind::delete_item) return true;
    if (back.augmented) {
      NodeId up = unit_[done.node].parent, down = unit_[back.node].parent;
      bool first_up = unit_.text_of(unit_.child(up, Field::operator_)) == "+=";
      return first_up && unit_.text_of(unit_.child(up, Field::right)) == unit_.text_of(unit_.child(down, Field::right));
    }
    if (back.value == kNoNode || done.value == kNoNode || done.augmented) return false;
    return unit_[back.value].kind == Kind::false_ && unit_[done.value].kind == Kind::true_;
  }

  bool stands_alone(NodeId call) const {
    NodeId parent = unit_[outside_parentheses(unit_, call)].parent;
    return parent != kNoNode && unit_[parent].kind == Kind::expression_statement;
  }

  // items[key] = ..., items.add(key), items.pop(key, None)
  std::string_view key_of(const Event& event) const {
    if (event.kind == EventKind::write_item) {
      NodeId key = unit_.child(event.node, Field::subscript);
      return key == kNoNode ? std::string_view() : unit_.text_of(key);
    }
    const Call* call = event.kind == EventKind::call ? view_.facts().call_at(event.node) : nullptr;
    const Argument* first = call == nullptr ? nullptr : view_.facts().positional(*call, 0);
    return first == nullptr ? std::string_view() : unit_.text_of(first->value);
  }

  // `self._release(key, placeholder)` in a handler takes out what `self._taken.remove(placeholder)` would.
  bool gives_back(EventId e, const Undo& undo) const {
    // Closing something else of the same object sets nothing back, but may in a handler.
    if (undo.fact == nullptr && flow_.events[e].kind == EventKind::call && !on_a_way_out(e)) return false;
    if (awaitd::analysis::gives_back(view_, flow_, e, undo)) return true;
    if (flow_.events[e].kind != EventKind::call || !on_a_way_out(e)) return false;
    std::string_view key = key_of(flow_.events[undo.done]);
    const Call* call = key.empty() ? nullptr : view_.facts().call_at(flow_.events[e].node);
    if (call == nullptr) return false;
    for (const Argument& a : view_.facts().arguments_of(*call)) {
      if (unit_.text_of(a.value) == key) return true;
    }
    return false;
  }

  // The first suspension behind the change from which a cancellation leaves the function with it.
  EventId skipped_at(const Undo& undo) const {
    std::vector<NodeId> clauses;
    for (EventId e = 0; e < flow_.events.size(); ++e) {
      if (gives_back(e, undo)) add_way_out(flow_, e, clauses);
    }
    auto stop = [&](const Event&, EventId e) {
      return e == undo.event || gives_back(e, undo) || goes_through_release(flow_, clauses, e);
    };
    Reached since = explore_from(flow_, undo.done, {false, false}, stop);
    if (!since.events[undo.event]) return kNone;
    if (!clauses.empty()) return kNone;  // AWD313 speaks of the handler that a cancellation passes by
    EventId found = kNone;
    for (EventId e = 0; e < flow_.events.size(); ++e) {
      const Event& event = flow_.events[e];
      // Whoever leaves a generator at its yield may never come back.
      bool waits = event.suspends && event.kind != EventKind::yield;
      if (!since.events[e] || !waits || stop(event, e)) continue;
      if (found != kNone && flow_.events[found].node < event.node) continue;
      if (!comes_to(e, undo.event)) continue;
      for (const Edge& edge : flow_.successors(flow_.block_of_event[e])) {
        if (!edge.early || edge.kind != EdgeKind::cancel) continue;
        if (edge.to == Flow::cancelled || explore_block(flow_, edge.to, {false, true}, stop).at(Flow::cancelled))
          found = e;
      }
    }
    return found;
  }

  bool comes_to(EventId from, EventId to) const {
    return reaches(flow_, from, to, {false, false}, [](const Event&, EventId) { return false; });
  }

  // `if self.busy: return` before `self.busy = True`.
  bool refuses(const Undo& undo) const {
    const NodeId done = flow_.events[undo.done].node;
    for (BlockId b = 0; b < flow_.blocks.size(); ++b) {
      const NodeId condition = flow_.blocks[b].condition;
      if (condition == kNoNode || condition > done || !flow_.blocks[b].reachable) continue;
      for (NodeId n = condition; n < condition + unit_[condition].size; ++n) {
        if (unit_[n].kind == Kind::attribute && unit_.text_of(n) == undo.object) return true;
      }
    }
    return false;
  }

  const UnitView& view_;
  const Unit& unit_;
  const Flow& flow_;
};

}  // namespace

std::vector<LeftBehind> left_behind(const UnitView& view, const Flow& flow) {
  // Without two changes of attributes or items there is nothing to set back.
  const std::string& text = view.unit().text;
  bool writes = text.find("= False") != std::string::npos || text.find("-=") != std::string::npos ||
                text.find("+=") != std::string::npos || text.find("del ") != std::string::npos ||
                text.find(".pop(") != std::string::npos || text.find(".remove(") != std::string::npos ||
                text.find(".discard(") != std::string::npos;
  // A generator that is left half way says so by what it leaves.
  if (!writes || view.facts().functions[flow.function].generator) return {};
  return Finder(view, flow).found();
}

}  // namespace awaitd::analysis
