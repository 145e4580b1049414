#include "analysis/syntax/parse.h"

#include <tree_sitter/api.h>

#include <algorithm>
#include <unordered_map>

#include "analysis/syntax/function_edit.h"

extern "C" const TSLanguage* tree_sitter_python();

namespace awaitd::analysis {

struct TreeHandle {
  explicit TreeHandle(TSTree* t) : tree(t), has_error(ts_node_has_error(ts_tree_root_node(t))) {}
  ~TreeHandle() { ts_tree_delete(tree); }
  TreeHandle(const TreeHandle&) = delete;
  TreeHandle& operator=(const TreeHandle&) = delete;
  TSTree* tree;
  bool has_error;
};

namespace {

// Symbols and fields of the grammar as kinds and fields of ours.
class Tables {
 public:
  explicit Tables(const TSLanguage* language);
  static constexpr int kDropped = -1;
  // kDropped for punctuation.
  int kind(TSSymbol symbol) const { return symbol < kinds_.size() ? kinds_[symbol] : static_cast<int>(Kind::error); }
  Field field(TSFieldId id) const { return id < fields_.size() ? fields_[id] : Field::none; }
  TSFieldId definition = 0;

 private:
  std::vector<std::int16_t> kinds_;
  std::vector<Field> fields_;
};

Tables::Tables(const TSLanguage* language) {
  std::unordered_map<std::string_view, Kind> named, tokens;
  const auto add = [&](Kind kind, std::string_view id, std::string_view name) {
    const bool token = id.substr(0, 3) == "kw_" || id.substr(0, 3) == "op_" || id == "wildcard";
    (token ? tokens : named).emplace(name, kind);
  };
#define AWAITD_KIND(id, grammar_name) add(Kind::id, #id, grammar_name);
#include "analysis/syntax/kinds.def"
#undef AWAITD_KIND
  kinds_.assign(ts_language_symbol_count(language), kDropped);
  for (TSSymbol s = 0; s < kinds_.size(); ++s) {
    const TSSymbolType type = ts_language_symbol_type(language, s);
    const auto& names = type == TSSymbolTypeRegular ? named : tokens;
    const auto it = names.find(ts_language_symbol_name(language, s));
    if (type != TSSymbolTypeAuxiliary && it != names.end()) kinds_[s] = static_cast<std::int16_t>(it->second);
  }
  std::unordered_map<std::string_view, Field> field_names;
#define AWAITD_FIELD(id, grammar_name) field_names.emplace(grammar_name, Field::id);
#include "analysis/syntax/fields.def"
#undef AWAITD_FIELD
  fields_.assign(ts_language_field_count(language) + 1, Field::none);
  for (TSFieldId f = 1; f < fields_.size(); ++f) {
    const auto it = field_names.find(ts_language_field_name_for_id(language, f));
    if (it != field_names.end()) fields_[f] = it->second;
  }
  definition = ts_language_field_id_for_name(language, "definition", 10);
}

TSPoint point(const Chunk& chunk, std::uint32_t offset) {
  const auto it = std::upper_bound(chunk.line_starts.begin(), chunk.line_starts.end(), offset);
  const auto row = static_cast<std::uint32_t>(it - chunk.line_starts.begin() - 1);
  return {row, offset - chunk.line_starts[row]};
}

struct Progress {
  const ParseBudget* budget;
  std::uint32_t count = 0;
  bool until_error = false;  // give up as soon as it is clear that the text has an error
  bool cancelled = false;
  bool stopped = false;

  static bool step(TSParseState* state) {
    auto* self = static_cast<Progress*>(state->payload);
    ++self->count;
    self->cancelled = self->budget->cancelled && self->budget->cancelled->load(std::memory_order_relaxed);
    self->stopped = self->cancelled || (self->budget->callbacks != 0 && self->count > self->budget->callbacks);
    return self->stopped || (self->until_error && state->has_error);
  }
};

// One walk of a tree that writes the units of a chunk. Iterative: trees may be deep.
class Flattener {
 public:
  Flattener(const Tables& tables, ChunkSyntax& out, const OldUnits& old)
      : tables_(tables), out_(out), text_(out.chunk->text), old_(old), skeleton_(std::make_shared<Unit>()) {}

  void run(TSTreeCursor& cursor, TSNode root);
  std::shared_ptr<Unit> finish();

 private:
  // A node whose children are being visited.
  struct Open {
    NodeId id;
    bool has_error;               // as the tree says, functions included
    bool own_error = false;       // in the skeleton
    bool function_error = false;  // in a function that was taken out
  };

  bool enter(TSTreeCursor& cursor);
  void leave(std::uint32_t end);
  bool enter_function(TSTreeCursor& cursor, TSNode node, Kind kind);
  bool is_function(TSNode node, Kind kind) const;
  NodeId add(std::vector<Node>& nodes, TSNode node, Kind kind, Field field, std::uint32_t base);
  std::uint32_t indent(std::uint32_t start) const;
  void leave_skeleton(const Open& open, std::uint32_t end);
  void cut(std::uint32_t start, std::uint32_t end);

  const Tables& tables_;
  ChunkSyntax& out_;
  std::string_view text_;
  const OldUnits& old_;
  std::shared_ptr<Unit> skeleton_;
  std::shared_ptr<Unit> function_;  // the one being written
  std::size_t function_depth_ = 0;  // size of open_ above it
  std::uint32_t base_ = 0;          // of function_ in the chunk
  std::uint32_t removed_ = 0;       // bytes of functions so far
  std::uint32_t copied_ = 0;        // chunk text up to here is in the skeleton or a function
  std::vector<Open> open_;
  std::vector<NodeId> classes_;
};

void Flattener::run(TSTreeCursor& cursor, TSNode root) {
  ts_tree_cursor_reset(&cursor, root);
  for (;;) {
    if (enter(cursor)) {
      if (ts_tree_cursor_goto_first_child(&cursor)) continue;
      leave(ts_node_end_byte(ts_tree_cursor_current_node(&cursor)));
    }
    while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
      if (!ts_tree_cursor_goto_parent(&cursor)) return;
      leave(ts_node_end_byte(ts_tree_cursor_current_node(&cursor)));
    }
  }
}

NodeId Flattener::add(std::vector<Node>& nodes, TSNode node, Kind kind, Field field, std::uint32_t base) {
  Node flat;
  flat.kind = kind;
  flat.field = field;
  if (ts_node_is_missing(node)) flat.flags |= kMissing;
  flat.start = ts_node_start_byte(node) - base;
  flat.end = ts_node_end_byte(node) - base;
  const bool outermost = open_.empty() || (function_ && open_.size() == function_depth_);
  flat.parent = outermost ? kNoNode : open_.back().id;
  nodes.push_back(flat);
  return static_cast<NodeId>(nodes.size() - 1);
}

// Writes the cursor's node; true if its children are to be visited, and then it is on open_.
bool Flattener::enter(TSTreeCursor& cursor) {
  ++out_.work.visited;
  const TSNode node = ts_tree_cursor_current_node(&cursor);
  const int mapped = tables_.kind(ts_node_symbol(node));
  if (mapped == Tables::kDropped && !open_.empty()) {
    if (ts_node_is_missing(node)) open_.back().own_error = true;
    return false;
  }
  Kind kind = open_.empty() ? Kind::module : static_cast<Kind>(mapped);
  if (!function_ && is_function(node, kind)) return enter_function(cursor, node, kind);
  const Field field = tables_.field(ts_tree_cursor_current_field_id(&cursor));
  if (kind == Kind::op_at && field == Field::none) return false;  // of a decorator
  auto& nodes = function_ ? function_->nodes : skeleton_->nodes;
  const NodeId id = add(nodes, node, kind, field, function_ ? base_ : removed_);
  const bool has_error = ts_node_has_error(node);
  if (function_ && has_error) nodes[id].flags |= kHasError;
  if (ts_node_is_error(node)) nodes[id].flags |= kError;  // the root's kind does not show it
  if (!ts_node_is_named(node)) {
    // `not in` has children of its own: they say nothing more.
    if (nodes[id].flags & kMissing) open_.back().own_error = true;
    return false;
  }
  if (!function_ && kind == Kind::class_definition) classes_.push_back(id);
  open_.push_back({id, has_error});
  return true;
}

bool Flattener::is_function(TSNode node, Kind kind) const {
  if (kind == Kind::function_definition) return true;
  if (kind != Kind::decorated_definition) return false;
  const TSNode inner = ts_node_child_by_field_id(node, tables_.definition);
  return !ts_node_is_null(inner) && tables_.kind(ts_node_symbol(inner)) == static_cast<int>(Kind::function_definition);
}

std::uint32_t Flattener::indent(std::uint32_t start) const {
  std::uint32_t first = start;
  while (first > 0 && (text_[first - 1] == ' ' || text_[first - 1] == '\t' || text_[first - 1] == '\f')) --first;
  const bool alone = first == 0 || text_[first - 1] == '\n' || text_[first - 1] == '\r';
  return alone ? start - first : 0;
}

// Takes [start, end) out of the skeleton.
void Flattener::cut(std::uint32_t start, std::uint32_t end) {
  skeleton_->text.append(text_.substr(copied_, start - copied_));
  copied_ = end;
  out_.gaps.push_back({static_cast<std::uint32_t>(skeleton_->text.size()), end - start});
}

bool Flattener::enter_function(TSTreeCursor& cursor, TSNode node, Kind kind) {
  const std::uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
  const std::string_view text = text_.substr(start, end - start);
  const bool has_error = ts_node_has_error(node);
  PlacedUnit placed;
  placed.start = start;
  placed.indent = indent(start);
  placed.classes = classes_;
  const Field field = tables_.field(ts_tree_cursor_current_field_id(&cursor));
  placed.placeholder = add(skeleton_->nodes, node, Kind::placeholder, field, removed_);
  Node& placeholder = skeleton_->nodes.back();
  placeholder.end = placeholder.start;
  placeholder.flags = 0;
  cut(start, end);
  removed_ += end - start;
  if (has_error) open_.back().function_error = true;
  if (!has_error) placed.unit = old_.find(start, text);
  if (placed.unit) {
    out_.functions.push_back(std::move(placed));
    return false;
  }
  function_ = std::make_shared<Unit>();
  function_->text = text;
  function_->has_error = has_error;
  function_depth_ = open_.size();
  base_ = start;
  placed.unit = function_;
  out_.functions.push_back(std::move(placed));
  ++out_.work.flattened;
  const NodeId id = add(function_->nodes, node, kind, Field::none, base_);
  if (has_error) function_->nodes[id].flags |= kHasError;
  open_.push_back({id, has_error});
  return true;
}

void Flattener::leave(std::uint32_t end) {
  const Open open = open_.back();
  open_.pop_back();
  if (!function_) {
    leave_skeleton(open, end);
    return;
  }
  auto& nodes = function_->nodes;
  nodes[open.id].size = static_cast<std::uint32_t>(nodes.size()) - open.id;
  if (open_.size() != function_depth_) return;
  nodes.shrink_to_fit();  // it stays as long as the document is open
  function_ = nullptr;
}

// The tree's error flag of a class is also set by an error in a method; the skeleton's is not: it is a matter of the
// skeleton's text alone.
void Flattener::leave_skeleton(const Open& open, std::uint32_t end) {
  auto& nodes = skeleton_->nodes;
  Node& node = nodes[open.id];
  node.size = static_cast<std::uint32_t>(nodes.size()) - open.id;
  node.end = end - removed_;
  const bool error = open.own_error || (open.has_error && !open.function_error);
  if (error) node.flags |= kHasError;
  if (node.kind == Kind::class_definition) classes_.pop_back();
  if (open_.empty()) return;
  if (error || (node.flags & (kError | kMissing))) open_.back().own_error = true;
  if (open.function_error) open_.back().function_error = true;
}

std::shared_ptr<Unit> Flattener::finish() {
  skeleton_->text.append(text_.substr(copied_));
  skeleton_->skeleton = true;
  skeleton_->nodes.shrink_to_fit();
  Node& root = skeleton_->nodes.front();
  root.start = 0;
  root.end = static_cast<std::uint32_t>(skeleton_->text.size());
  skeleton_->has_error = (root.flags & (kError | kHasError)) != 0;
  return std::move(skeleton_);
}

}  // namespace

struct Parser::Impl {
  Impl() : tables(tree_sitter_python()), parser(ts_parser_new()) {
    ts_parser_set_language(parser, tree_sitter_python());
    cursor = ts_tree_cursor_new(TSNode{});
  }
  ~Impl() {
    ts_tree_cursor_delete(&cursor);
    ts_parser_delete(parser);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // Null when the budget ran out or the parse was cancelled.
  std::shared_ptr<const TreeHandle> tree(std::string_view text, const TSTree* old, Progress& progress);
  std::shared_ptr<const TreeHandle> reparse(const ChunkPtr& chunk, std::string_view text, const ChunkSyntax& old,
                                            std::size_t old_size, Common same, Progress& progress);

  // The chunk with only one function parsed anew; null if that is not enough (or the budget ran out).
  std::shared_ptr<ChunkSyntax> reparse_function(const ChunkPtr& chunk, std::string_view text, const ChunkSyntax& old,
                                                Common same, Progress& progress);

  Tables tables;
  TSParser* parser;
  TSTreeCursor cursor;
};

std::shared_ptr<const TreeHandle> Parser::Impl::tree(std::string_view text, const TSTree* old, Progress& progress) {
  TSInput input{};
  input.payload = &text;
  input.encoding = TSInputEncodingUTF8;
  input.read = [](void* payload, std::uint32_t byte, TSPoint, std::uint32_t* size) {
    const auto& all = *static_cast<const std::string_view*>(payload);
    *size = byte < all.size() ? static_cast<std::uint32_t>(all.size()) - byte : 0;
    return *size ? all.data() + byte : "";
  };
  TSParseOptions options{};
  options.payload = &progress;
  options.progress_callback = &Progress::step;
  TSTree* result = ts_parser_parse_with_options(parser, old, input, options);
  if (!result) {
    ts_parser_reset(parser);
    return nullptr;
  }
  return std::make_shared<TreeHandle>(result);
}

std::shared_ptr<const TreeHandle> Parser::Impl::reparse(const ChunkPtr& chunk, std::string_view text,
                                                        const ChunkSyntax& old, std::size_t old_size, Common same,
                                                        Progress& progress) {
  TSInputEdit edit{};
  edit.start_byte = same.prefix;
  edit.old_end_byte = static_cast<std::uint32_t>(old_size) - same.suffix;
  edit.new_end_byte = static_cast<std::uint32_t>(text.size()) - same.suffix;
  edit.start_point = point(*chunk, edit.start_byte);
  edit.old_end_point = point(*old.chunk, edit.old_end_byte);
  edit.new_end_point = point(*chunk, edit.new_end_byte);
  const TreeHandle edited(ts_tree_copy(old.tree->tree));
  ts_tree_edit(edited.tree, &edit);
  return tree(text, edited.tree, progress);
}

std::shared_ptr<ChunkSyntax> Parser::Impl::reparse_function(const ChunkPtr& chunk, std::string_view text,
                                                            const ChunkSyntax& old, Common same, Progress& progress) {
  constexpr std::uint32_t kLong = 4 * 1024;  // where a tree can be reused that is quicker
  const auto edit = edited_function(old, text, same);
  if (!edit || (edit->size > kLong && old.tree)) return nullptr;
  progress.until_error = true;
  const auto fresh = tree(edit->snippet, nullptr, progress);
  progress.until_error = false;
  if (!fresh || fresh->has_error) return nullptr;
  auto snippet = std::make_shared<Chunk>();
  snippet->text = edit->snippet;
  ChunkSyntax alone;
  alone.chunk = std::move(snippet);
  const OldUnits none(nullptr, {}, 0);
  Flattener flattener(tables, alone, none);
  flattener.run(cursor, ts_tree_root_node(fresh->tree));
  if (alone.functions.size() != 1 || alone.functions[0].start != edit->start) return nullptr;
  auto& unit = alone.functions[0].unit;
  if (unit->text.size() != edit->size || unit->has_error) return nullptr;
  auto result = with_function(old, chunk, *edit, std::move(unit));
  result->work.flattened = alone.work.flattened;
  result->work.visited = alone.work.visited;
  return result;
}

Parser::Parser() : impl_(std::make_unique<Impl>()) {}
Parser::~Parser() = default;

ChunkSyntaxPtr Parser::parse(const ChunkPtr& chunk, const ChunkSyntaxPtr& before, const ParseBudget& budget) {
  const ChunkSyntaxPtr& old = before && !before->complete ? before->settled : before;
  if (old && old->chunk->text == chunk->text && (!old->provisional || budget.provisional)) return moved(old, chunk);
  std::string buffer, old_buffer;
  const std::string_view text = with_newlines(chunk->text, buffer);
  const std::string_view old_text = old ? with_newlines(old->chunk->text, old_buffer) : std::string_view();
  const Common same = common(old_text, text);
  Progress progress{&budget};
  if (old && buffer.empty() && old_buffer.empty()) {
    if (auto result = impl_->reparse_function(chunk, text, *old, same, progress)) {
      result->work.callbacks = progress.count;
      return result;
    }
    if (progress.cancelled) return nullptr;
  }
  std::shared_ptr<const TreeHandle> tree;
  if (old && old->tree && !progress.stopped && (budget.provisional || !old->tree->has_error)) {
    progress.until_error = !budget.provisional;
    tree = impl_->reparse(chunk, text, *old, old_text.size(), same, progress);
    progress.until_error = false;
  }
  const bool reused = tree != nullptr;
  const bool inexact = reused && tree->has_error && !budget.provisional;
  if ((!tree || inexact) && !progress.stopped) tree = impl_->tree(text, nullptr, progress);
  if (!tree && progress.cancelled) return nullptr;
  std::shared_ptr<ChunkSyntax> result;
  if (!tree) {
    result = incomplete_syntax(chunk, old);
  } else {
    result = std::make_shared<ChunkSyntax>();
    result->chunk = chunk;
    const OldUnits old_units(old.get(), same, text.size());
    Flattener flattener(impl_->tables, *result, old_units);
    flattener.run(impl_->cursor, ts_tree_root_node(tree->tree));
    auto skeleton = flattener.finish();
    result->provisional = reused && !inexact && tree->has_error;
    result->tree = std::move(tree);
    if (old && same_skeleton(*old->skeleton.unit, *skeleton)) {
      result->skeleton.unit = old->skeleton.unit;
    } else {
      result->skeleton.unit = std::move(skeleton);
      ++result->work.flattened;
    }
  }
  result->work.callbacks = progress.count;
  return result;
}

std::string Parser::dump(std::string_view text, std::uint32_t base) {
  std::string buffer, out;
  const ParseBudget budget;
  Progress progress{&budget};
  const auto tree = impl_->tree(with_newlines(text, buffer), nullptr, progress);
  TSTreeCursor& cursor = impl_->cursor;
  ts_tree_cursor_reset(&cursor, ts_tree_root_node(tree->tree));
  // A missing line end is no visible node, so the tree says itself that it has errors.
  if (tree->has_error) out = "has error\n";
  for (std::size_t depth = 0;;) {
    const TSNode node = ts_tree_cursor_current_node(&cursor);
    if (depth > 0) {
      out.append(std::min<std::size_t>(depth, 200), ' ').append(ts_node_type(node));
      if (const char* field = ts_tree_cursor_current_field_name(&cursor)) out.append(" .").append(field);
      out.append(" ").append(std::to_string(ts_node_start_byte(node) + base));
      out.append(" ").append(std::to_string(ts_node_end_byte(node) + base));
      if (ts_node_is_missing(node)) out.append(" MISSING");
      if (ts_node_is_extra(node)) out.append(" extra");
      out.append("\n");
    }
    if (ts_tree_cursor_goto_first_child(&cursor)) {
      ++depth;
      continue;
    }
    while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
      if (!ts_tree_cursor_goto_parent(&cursor)) return out;
      --depth;
    }
  }
}

}  // namespace awaitd::analysis
