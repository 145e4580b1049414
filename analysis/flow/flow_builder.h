// Builds a Flow: one walk over a function's statements in evaluation order. Used by build_flow() only; one instance
// builds one flow. Walks are bounded in depth, and what a flow may hold is bounded in size (Flow::complete).
#pragma once
#include "analysis/flow/exceptions.h"
#include "analysis/flow/flow.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

class FlowBuilder {
 public:
  FlowBuilder(const UnitView& view, FunctionId function);
  Flow build();

 private:
  struct Draft {  // a block that is being filled
    std::vector<Event> events;
    std::vector<Edge> edges;
    BlockId error = kNone, cancel = kNone;  // where its events go when they raise
    FrameId frame = kNone;
    NodeId condition = kNoNode;
    bool cancelled = false;
  };
  // A way out of a construct: break and continue also say of which loop.
  struct Exit {
    Way way{};
    std::size_t loop = 0;  // index into contexts_
    bool operator==(const Exit&) const = default;
  };
  struct Copy {
    Exit exit;
    BlockId block;
  };
  // What the code being built stands in, as far as it matters for leaving it.
  struct Context {
    enum class Kind : std::uint8_t { loop, handlers, cleanup } kind{};
    BlockId after = kNone, head = kNone;                      // loop: break and continue; cleanup: behind it
    BlockId dispatch_error = kNone, dispatch_cancel = kNone;  // handlers: made when something asks for them
    NodeId node = kNoNode;                                    // cleanup: finally_clause or context expression
    bool with = false, async = false;
    Suppression suppression;
    std::vector<Copy> copies;
  };
  // Why a handler or finally block runs, for a bare raise and for isinstance of the exception's name.
  struct Flight {
    Way way = Way::normal;
    std::string_view alias;
  };
  struct Keep;  // restores frame, flight and cancelled

  // flow_builder.cc
  BlockId new_block();
  void start(BlockId block) { current_ = block; }
  void edge(BlockId from, BlockId to, EdgeKind kind);
  void go(BlockId to, EdgeKind kind = EdgeKind::next) { edge(current_, to, kind); }
  void next_block();  // goes on in a block of its own
  void dead_end() { start(new_block()); }
  void emit(EventKind kind, NodeId node, NodeId value = kNoNode);
  Event& last() { return drafts_[current_].events.back(); }
  bool enter_frame(FrameKind kind, NodeId node, bool async = false, Way way = Way::normal);
  BlockId landing(Exit exit, std::size_t depth);
  BlockId landing(Way way) { return landing({way, 0}, contexts_.size()); }
  void leave(Exit exit) { go(landing(exit, contexts_.size())); }
  Flow finish();
  bool deeper();

  // statements.cc
  void block(NodeId node);
  void statement(NodeId node);
  void simple(NodeId node);
  void assignment(NodeId node);
  void augmented(NodeId node);
  void import(NodeId node);
  bool ends_here(NodeId value);
  void raise(NodeId node);
  void jump(Way way);
  void assertion(NodeId node);
  void if_statement(NodeId node);
  void while_statement(NodeId node);
  void for_statement(NodeId node);
  void loop_end(NodeId node, BlockId otherwise, BlockId after);
  void match_statement(NodeId node);
  void definition(NodeId node);
  // tries.cc
  void try_statement(NodeId node);
  void handlers(NodeId node, const Context& context, BlockId after);
  void handler_copy(const Handler& handler, Way way, BlockId dispatch, BlockId after);
  void finish_cleanup();
  void after_exit(const Context& context, Exit exit);
  void with_statement(NodeId node);
  // expressions.cc
  void expression(NodeId node);
  void operands(NodeId node);  // all children in order
  void binary(NodeId node);
  void comparison(NodeId node);
  void ternary(NodeId node);
  void boolean(NodeId node);
  void condition(NodeId node, BlockId yes, BlockId no);
  int decided(NodeId node) const;  // 1: always true, 0: always false, -1: unknown
  int decided_by(NodeId classes) const;  // the same for `isinstance(e, classes)` of the exception that is handled
  int decided_case(NodeId pattern, int depth = 0) const;  // and of `match e: case pattern:`
  bool names_cancel(NodeId test, bool& all) const;
  void call(NodeId node);
  void comprehension(NodeId node);
  void element(NodeId node);
  void defaults(NodeId parameters);
  void target(NodeId node, NodeId value);
  void unpack(NodeId node, NodeId value);
  void remove(NodeId node);
  NodeId only_child(NodeId node) const;  // the first one that is neither comment nor keyword

  const UnitView& view_;
  const Unit& unit_;
  const Facts& facts_;
  Flow flow_;
  std::vector<Draft> drafts_;
  std::vector<Context> contexts_;
  BlockId current_ = 0;
  FrameId frame_ = kNone;
  Flight flight_;
  bool cancelled_ = false;
  bool async_ = false;
  bool overflow_ = false;
  bool quiet_ = false;  // what comes now does not suspend although it is of a kind that does: entering a timeout
  int deferred_ = 0;
  int depth_ = 0;
  std::size_t emitted_ = 0;
  std::size_t most_ = 0;
};

struct FlowBuilder::Keep {
  explicit Keep(FlowBuilder& b) : builder(b), frame(b.frame_), flight(b.flight_), cancelled(b.cancelled_) {}
  ~Keep() {
    builder.frame_ = frame;
    builder.flight_ = flight;
    builder.cancelled_ = cancelled;
  }
  Keep(const Keep&) = delete;
  Keep& operator=(const Keep&) = delete;
  FlowBuilder& builder;
  FrameId frame;
  Flight flight;
  bool cancelled;
};

}  // namespace awaitd::analysis
