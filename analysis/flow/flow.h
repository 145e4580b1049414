// The control flow of one function: basic blocks of events in the order in which Python evaluates them, with the ways
// that exceptions and cancellation take. A pure function of the unit and of what its names mean; immutable once built.
// Node ids and offsets are the unit's. Made on demand, kept by the view: UnitView::flow(). queries.h and dataflow.h
// answer questions about it. Not part of it: what a call does inside, and code of nested functions.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analysis/facts/facts.h"

namespace awaitd::analysis {

class UnitView;

using EventId = std::uint32_t;  // index into Flow::events
using BlockId = std::uint32_t;  // index into Flow::blocks
using FrameId = std::uint32_t;  // index into Flow::frames

// What happens at one point. Event::node is the expression or statement that does it.
enum class EventKind : std::uint8_t {
  // The identifier, attribute or subscript. `value` of a write is the expression stored, if one stands for it (not for
  // loop targets, imports, `with ... as`); of a def or class its definition.
  read_name,
  write_name,
  delete_name,
  read_attribute,
  write_attribute,
  delete_attribute,
  read_item,
  write_item,
  delete_item,
  call,         // after callee and arguments, positional ones before keyword ones; or a decorator that is applied
  await,        // after its operand (`value`): here the task is suspended
  yield,        // the same; suspends in an async generator
  iterate,      // iter() of a for_statement or for_in_clause
  next,         // and each step
  async_next,   // a step of `async for`: suspends
  enter,        // of a with item: node is the context expression (Facts::with_items' value), `value` the target
  exit,         // stands on every way out of the block
  async_enter,  // both suspend, but for timeouts and cancel scopes (managers.tsv)
  async_exit,
  operate,  // an operator, comparison, formatted value or unpacking
  test,     // what a `match` case asks
  import,   // an import statement
  catch_,   // an except clause is entered
  raise_,   // the statement, after its operand (`value`); of an assert: it has failed
  return_,
  break_,
  continue_
};

struct Event {
  EventKind kind{};
  bool suspends : 1 = false;   // other tasks may run here, and a cancellation may arrive
  bool raises : 1 = false;     // may raise: the block's error edge leaves here, before the event took effect
  bool deferred : 1 = false;   // in a generator expression: it runs when that is consumed, which is not before here
  bool augmented : 1 = false;  // the read and the write of `x += ...` (in this order, the value between them)
  bool rethrow : 1 = false;    // of raise_: it raises on what the handler or finally around it is there for
  NodeId node = kNoNode;
  NodeId value = kNoNode;
};

// How control comes somewhere or goes on.
enum class Way : std::uint8_t { normal, error, cancel, return_, break_, continue_ };

enum class EdgeKind : std::uint8_t {
  next,
  yes,  // the block's condition holds, there is a next element, the case matches
  no,
  error,      // an Exception out of one of the block's events that `raises`, or on its way outwards
  cancel,     // a cancellation (or GeneratorExit at a yield) out of one of those that `suspends`, or on its way
  suppressed  // a with block swallowed the exception
};
struct Edge {
  BlockId to = 0;
  EdgeKind kind{};
  bool early = false;  // leaves from the events that raise or suspend, not behind the last one
};

// The constructs around a block, innermost first along `parent`.
enum class FrameKind : std::uint8_t {
  loop,      // node: for_statement, while_statement or comprehension; the head of the loop included
  with,      // node: the context expression; held between enter and exit
  try_body,  // node: try_statement; not its else
  handler,   // node: except_clause
  finally_   // node: finally_clause
};
struct Frame {
  FrameKind kind{};
  Way way = Way::normal;  // of handler and finally_: what this copy of them was entered for
  bool async = false;     // of with and loop
  NodeId node = kNoNode;
  FrameId parent = kNone;
};

struct Block {
  EventId first = 0, last = 0;              // events [first, last)
  std::uint32_t first_edge = 0, edges = 0;  // into Flow::edges
  std::uint32_t first_back = 0, backs = 0;  // into Flow::back_edges (their `to` is where the edge comes from)
  FrameId frame = kNone;
  NodeId condition = kNoNode;  // what its yes and no edges ask
  bool cancelled = false;      // runs because a cancellation arrived: in a handler or finally around it
  bool reachable = false;
};

// How an except clause treats what arrives, from what its types can be.
enum class Catch : std::uint8_t { none, maybe, some, all };  // maybe: a type could not be resolved
struct Catches {
  Catch error = Catch::none;   // ordinary exceptions: some (ValueError) or all (Exception)
  Catch cancel = Catch::none;  // cancellation: none, maybe or all
  bool named = false;          // the cancellation by its own name, not by BaseException or a bare except
};
struct Handler {
  NodeId clause = kNoNode;
  NodeId statement = kNoNode;  // the try_statement
  NodeId type = kNoNode;       // kNoNode: bare
  NodeId alias = kNoNode;      // the identifier after `as`
  bool group = false;          // except*
  Catches catches;
};

// Handlers and finally blocks stand in the graph once for each way they are entered (a finally after a return goes on
// to return), so one node may have several events. A handler that catches both has a copy for errors and one for
// cancellation (Block::cancelled), in which `isinstance(e, CancelledError)` is decided.
struct Flow {
  static constexpr BlockId entry = 0, exit = 1, raised = 2,
                           cancelled = 3;  // exit: returned; raised, cancelled: left so

  FunctionId function = 0;
  bool complete = true;  // false: nested too deeply or too large; there are no events then
  std::vector<Event> events;
  std::vector<Block> blocks;
  std::vector<Edge> edges, back_edges;
  std::vector<Frame> frames;
  std::vector<Handler> handlers;       // in text order
  std::vector<std::uint32_t> by_node;  // event ids sorted by (node, id)
  std::vector<BlockId> block_of_event;

  std::span<const Edge> successors(BlockId block) const {
    return std::span(edges).subspan(blocks[block].first_edge, blocks[block].edges);
  }
  std::span<const Edge> predecessors(BlockId block) const {
    return std::span(back_edges).subspan(blocks[block].first_back, blocks[block].backs);
  }
  std::span<const Event> events_of(BlockId block) const {
    return std::span(events).subspan(blocks[block].first, blocks[block].last - blocks[block].first);
  }
  const Block& block_of(EventId event) const { return blocks[block_of_event[event]]; }
  // Events of exactly this node.
  std::span<const std::uint32_t> at(NodeId node) const;
  // Events of this node and all nodes below it, sorted by (node, id).
  std::span<const std::uint32_t> inside(const Unit& unit, NodeId node) const;
  const Handler* handler(NodeId clause) const;
  // The nearest frame of a kind around a block, kNone if there is none; node: only that construct.
  FrameId around(BlockId block, FrameKind kind, NodeId node = kNoNode) const;
};

Flow build_flow(const UnitView& view, FunctionId function);

// Text of a flow for tests and debugging: a line an event, edges below their block.
std::string dump(const Flow& flow, const Unit& unit);
std::string describe(const Event& event, const Unit& unit);

}  // namespace awaitd::analysis
