#include "analysis/rules/waiting.h"

namespace awaitd::analysis {
namespace {

bool word_char(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// `name` in `text`, and not as a part of a longer one.
bool speaks_of(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    bool starts = at == 0 || (!word_char(text[at - 1]) && text[at - 1] != '.');
    std::size_t end = at + name.size();
    if (starts && (end == text.size() || !word_char(text[end]))) return true;
  }
  return false;
}

// The statement's block also holds `later`, after it.
bool comes_before(const Unit& unit, NodeId statement, NodeId later) {
  NodeId block = unit[statement].parent;
  return block != kNoNode && statement + unit[statement].size <= later && block <= later && later < block + unit[block].size;
}

std::string_view receiver(const UnitView& view, const BlockingEvent& event) {
  if (event.call == nullptr || view.unit()[event.node].kind != Kind::attribute) return {};
  NodeId object = view.unit().child(event.node, Field::object);
  return object == kNoNode ? std::string_view() : view.text(object);
}

bool mentions_pool(const UnitView& view, const Call& call, std::string_view pool) {
  for (const Argument& a : view.facts().arguments_of(call)) {
    if (view.text(a.value) == pool) return true;
  }
  return false;
}

}  // namespace

bool awaited_before(const UnitView& view, const BlockingEvent& event) {
  std::string_view name = receiver(view, event);
  if (name.empty()) return false;
  const Unit& unit = view.unit();
  for (const Return& a : view.facts().awaits) {
    if (a.function != event.function || a.node > event.node) continue;
    if (comes_before(unit, view.facts().statement_of(a.node), event.node) && speaks_of(view.text(a.node), name)) return true;
  }
  // A loop that awaits until the thing says that it is done: while q.empty(): await sleep(0).
  for (NodeId n = 0; n < event.node; ++n) {
    if (unit[n].kind != Kind::while_statement || !comes_before(unit, n, event.node)) continue;
    NodeId condition = unit.child(n, Field::condition);
    if (condition != kNoNode && speaks_of(unit.text_of(condition), name)) return true;
  }
  return false;
}

bool jobs_are_awaited(const UnitView& view, const BlockingEvent& event) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  for (const WithItem& item : facts.with_items) {
    bool this_one = item.value == event.node || (event.call != nullptr && item.value == event.call->node);
    if (!this_one || item.target == kNoNode) continue;
    std::string_view pool = unit.text_of(item.target);
    NodeId body = unit.child(item.statement, Field::body);
    if (body == kNoNode) return false;
    const NodeId end = body + unit[body].size;
    bool jobs = false, later_await = false;
    for (const Return& a : facts.awaits) later_await |= a.node >= body && a.node < end;
    std::size_t handed = 0, mentioned = 0;
    for (const Call& call : facts.calls) {
      if (call.node < body || call.node >= end || !mentions_pool(view, call, pool)) continue;
      ++handed;
      jobs = true;
    }
    for (NodeId n = body; n < end; ++n) mentioned += unit[n].kind == Kind::identifier && unit.text_of(n) == pool;
    // Whoever hands jobs to loop.run_in_executor(pool, ...) has futures of the loop; pool.submit() has not.
    return jobs && later_await && mentioned == handed;
  }
  return false;
}

}  // namespace awaitd::analysis
