#include "analysis/fixes/make_async.h"

#include <algorithm>
#include <map>
#include <set>

#include "analysis/analysis_state.h"
#include "analysis/fixes/call_sites.h"
#include "analysis/fixes/pieces.h"
#include "analysis/fixes/supposed.h"
#include "analysis/project/load.h"
#include "analysis/project/project_texts.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

constexpr std::size_t kMostFunctions = 20, kMostEdited = 10;
constexpr std::size_t kMostLooked = 60;       // files that mention a name
constexpr std::size_t kMostBytes = 3u << 20;  // of all of these
constexpr int kMostRounds = 40;               // blocking calls that are replaced

struct Planned {
  Edit edit;
  std::uint32_t until = 0;  // the end of what is changed: of two that begin at one place the longer goes around
};

struct File {
  SourceFile file;
  AnalysisPtr before;
  Pieces pieces{""};
  std::vector<Planned> edits;  // of the first round
  AnalysisPtr after;           // of the text in `pieces`
};

struct Turning {
  Turned turned;
  Range range;           // of the def, in the document
  bool reached = false;  // an async def awaits it, or what awaits it in turn
};

std::multiset<std::string_view> weighty(const Analysis& analysis) {
  std::multiset<std::string_view> codes;
  for (const Finding& f : analysis.findings) {
    if (f.severity != Severity::hint) codes.insert(f.rule->code);
  }
  return codes;
}

// What keeps a function from being async in earnest: it blocks or starts a loop of its own, now that it runs on one.
bool hinders(const Finding& finding, const Analysis& before) {
  const char family = finding.rule->code[3];
  if (finding.severity == Severity::hint || (family != '1' && family != '5')) return false;
  return std::none_of(before.findings.begin(), before.findings.end(),
                      [&](const Finding& old) { return old.rule == finding.rule && old.message == finding.message; });
}

class Maker {
 public:
  Maker(const Analysis& analysis, const Finding& finding)
      : finding_(finding),
        own_(analysis),
        texts_(dynamic_cast<ProjectTexts*>(analysis.options->modules.get())),
        supposed_(std::make_shared<SupposedModules>(analysis.options->modules)) {
    auto options = std::make_shared<Options>(*analysis.options);
    for (const Rule* rule : all_rules()) options->disabled.emplace(rule->code);
    only_names_ = std::move(options);
  }

  MadeAsync make(std::span<const Definition> functions, const std::optional<Range>& coroutine) {
    MadeAsync out;
    if (begin(functions, coroutine) && plan() && grounded() && suppose() && replace_what_blocks() && better()) {
      out.fix = finished();
    }
    out.title = title();
    out.refusal = std::move(refusal_);
    return out;
  }

 private:
  bool refuse(std::string why) {
    if (refusal_.empty()) refusal_ = std::move(why);
    return false;
  }
  bool refuse_uncalled(const DefinitionKey& key);
  bool begin(std::span<const Definition> functions, const std::optional<Range>& coroutine);
  File* open(const SourceFile& source);
  bool turn(const DefinitionKey& key);
  bool plan();
  bool await_calls(const Turned& function);
  bool take(File& file, const DefinitionKey& callee, const CallSites& found);
  bool grounded();
  bool suppose();
  void analyse_again(File& file);
  const Finding* hindrance(const File& file) const;
  bool replace_what_blocks();
  bool better();
  Fix finished() const;
  std::string title() const;

  const Finding& finding_;
  const Analysis& own_;
  ProjectTexts* const texts_;  // null: the file stands alone; of the options, which outlive this
  const std::shared_ptr<SupposedModules> supposed_;
  std::shared_ptr<const Options> only_names_;  // without rules
  std::shared_ptr<const Options> options_;     // with the supposed project
  Parser parser_;
  std::size_t bytes_ = 0;
  std::map<std::string, File> files_;  // by path
  std::map<DefinitionKey, Turning> functions_;
  std::vector<DefinitionKey> order_;  // of functions_, as they were met
  std::map<DefinitionKey, std::set<DefinitionKey>> callers_;
  std::size_t calls_ = 0;
  int replaced_ = 0;
  std::string refusal_;  // the first one
};

// "m/more.py, line 7", as seen from the finding's file.
std::string place_of(const Analysis& file, std::uint32_t offset) {
  const std::string& path = file.file.path;
  return path.substr(path.find_last_of('/') + 1) + ", line " + std::to_string(file.document.line_of(offset) + 1);
}

bool Maker::refuse_uncalled(const DefinitionKey& key) {
  const Turning& function = functions_.at(key);
  return refuse("no async code calls " + function.turned.name +
                "(): " + place_of(*files_.at(key.path).before, function.range.start));
}

bool Maker::begin(std::span<const Definition> functions, const std::optional<Range>& coroutine) {
  if (!own_.complete || !own_.broken.empty() || open(own_.file) == nullptr) return refuse("the file does not parse");
  for (const Definition& f : functions) {
    if (open(f.file) == nullptr) return refuse("the chain leads out of the project");
    if (!turn({f.file.path, f.unit, f.function})) return false;
  }
  if (coroutine) {
    files_.at(own_.file.path).edits.push_back({{{coroutine->start, coroutine->start}, "await "}, coroutine->end});
    replaced_ = 1;
  }
  return true;
}

File* Maker::open(const SourceFile& source) {
  if (auto known = files_.find(source.path); known != files_.end()) return &known->second;
  const bool own = source.path == own_.file.path;
  if (!own && (files_.size() >= kMostLooked || texts_ == nullptr || source.path.ends_with(".pyi"))) return nullptr;
  const std::optional<std::string> text = own ? own_.document.text() : texts_->text(source.path);
  if (!text || (bytes_ += text->size()) > kMostBytes) return nullptr;
  File file;
  file.file = own ? own_.file : source;
  // Its own analysis of the finding's file too: nobody who types there has to wait for this. Most files are only looked
  // at, so the rules come later.
  file.before = analyse(Document(*text), file.file, nullptr, only_names_, parser_, {});
  return &files_.emplace(source.path, std::move(file)).first->second;
}

bool Maker::turn(const DefinitionKey& key) {
  if (functions_.count(key) != 0) return true;
  const auto file = files_.find(key.path);
  if (functions_.size() >= kMostFunctions) return refuse("too many functions would have to change");
  if (file == files_.end()) return false;
  const Analysis& analysis = *file->second.before;
  if (key.unit >= analysis.index->units.size()) return false;
  const UnitView view(analysis, key.unit, analysis.link->effects);
  if (key.function >= view.facts().functions.size()) return false;
  std::string why;
  auto found = turned(view, key.function, why);
  const Range range = view.document_range(view.facts().functions[key.function].node);
  if (!found) return refuse(view.function_name(key.function) + "() " + why + ": " + place_of(analysis, range.start));
  file->second.edits.push_back({{{range.start, range.start}, "async "}, range.end});
  functions_[key] = {std::move(*found), range};
  order_.push_back(key);
  return true;
}

// order_ grows while this goes through it.
bool Maker::plan() {
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const Turned function = functions_[order_[i]].turned;
    if (!await_calls(function)) return false;
  }
  return !order_.empty();
}

bool Maker::await_calls(const Turned& function) {
  std::vector<std::string> names{function.name};
  for (std::size_t n = 0; n < names.size(); ++n) {
    std::vector<SourceFile> sources;
    if (texts_ != nullptr && !function.nested) {
      sources = texts_->holding(names[n]);
      const std::string& home = files_.at(function.key.path).file.module;
      for (SourceFile& other : texts_->beyond(names[n], home.substr(0, home.find('.'))))
        sources.push_back(std::move(other));
    }
    if (sources.size() > kMostLooked) return refuse("too many files mention the name " + names[n]);
    // Not all of them may be files that the project knows of.
    std::set<std::string> paths{function.key.path, own_.file.path};
    for (const SourceFile& source : sources) {
      if (open(source) == nullptr) return refuse("too many files mention the name " + names[n]);
      paths.insert(source.path);
    }
    for (const std::string& path : paths) {
      File& file = files_.at(path);
      const CallSites found = call_sites(*file.before, function, names[n]);
      if (found.obstacle) {
        return refuse(function.name + "() " + found.obstacle->why + ": " +
                      place_of(*file.before, found.obstacle->where.start));
      }
      if (!take(file, function.key, found)) return false;
      for (const std::string& alias : found.aliases) {
        if (std::find(names.begin(), names.end(), alias) == names.end()) names.push_back(alias);
      }
    }
  }
  return !callers_[function.key].empty() || refuse_uncalled(function.key);
}

bool Maker::take(File& file, const DefinitionKey& callee, const CallSites& found) {
  for (const CallSite& site : found.sites) {
    callers_[callee].insert(site.caller);
    ++calls_;
    const auto [start, end] = site.range;
    file.edits.push_back({{{start, start}, site.parentheses ? "(await " : "await "}, end});
    if (site.parentheses) file.edits.push_back({{{end, end}, ")"}, end});
    if (site.async)
      functions_[callee].reached = true;
    else if (!turn(site.caller))
      return false;
  }
  return true;
}

// Every one is awaited by something that was async before: else nobody would run it any more.
bool Maker::grounded() {
  for (bool more = true; more;) {
    more = false;
    for (auto& [key, function] : functions_) {
      if (function.reached) continue;
      for (const DefinitionKey& caller : callers_[key]) {
        const auto known = functions_.find(caller);
        function.reached |= known != functions_.end() && known->second.reached;
      }
      more |= function.reached;
    }
  }
  for (const DefinitionKey& key : order_) {
    if (!functions_.at(key).reached) return refuse_uncalled(key);
  }
  return true;
}

// The first round of edits, and the project as it would be then.
bool Maker::suppose() {
  std::erase_if(files_, [](const auto& file) { return file.second.edits.empty(); });
  if (files_.size() > kMostEdited) return refuse("too many files would have to change");
  for (const auto& [path, file] : files_) {
    if (texts_ == nullptr || texts_->changeable(path)) continue;
    return refuse("it would have to change " + path + ", which is read-only");
  }
  if (files_.count(own_.file.path) == 0) return false;
  auto options = std::make_shared<Options>(*own_.options);
  options->modules = supposed_;
  options_ = options;
  for (auto& [path, file] : files_) {
    std::sort(file.edits.begin(), file.edits.end(), [](const Planned& a, const Planned& b) {
      return a.edit.range.start != b.edit.range.start ? a.edit.range.start < b.edit.range.start : a.until > b.until;
    });
    std::vector<Edit> edits;
    file.before = analyse(file.before->document, file.file, nullptr, own_.options, parser_, {});
    for (Planned& planned : file.edits) edits.push_back(std::move(planned.edit));
    file.pieces = Pieces(file.before->document.text());
    file.pieces.apply(edits);
    if (!path.empty()) supposed_->put(load_module(file.file, file.pieces.text()));
  }
  for (auto& [path, file] : files_) analyse_again(file);
  return true;
}

void Maker::analyse_again(File& file) {
  file.after = analyse(Document(file.pieces.text()), file.file, file.after, options_, parser_, {});
  if (!file.file.path.empty()) supposed_->put(module_index(*file.after));
}

const Finding* Maker::hindrance(const File& file) const {
  for (const Finding& finding : file.after->findings) {
    if (!hinders(finding, *file.before)) continue;
    for (const auto& [key, function] : functions_) {
      if (key.path != file.file.path) continue;
      const std::uint32_t start = file.pieces.now(function.range.start), end = file.pieces.now(function.range.end);
      if (start <= finding.range.start && finding.range.end <= end) return &finding;
    }
  }
  return nullptr;
}

// What blocked behind a call now stands in an async def, where the fixes of the rules know the way out.
bool Maker::replace_what_blocks() {
  for (auto& [path, file] : files_) {
    while (const Finding* finding = hindrance(file)) {
      const auto fixes = fixes_for(*file.after, *finding);
      const bool some = finding->fixable && !fixes.empty() && fixes.front().files.size() == 1;
      if (!some || ++replaced_ > kMostRounds) {
        return refuse("there is no async way for " + (finding->origin.empty() ? "what blocks" : finding->origin) +
                      ": " + place_of(*file.after, finding->range.start));
      }
      file.pieces.apply(fixes.front().files.front().edits);
      analyse_again(file);
    }
  }
  return replaced_ > 0 || refuse("nothing is found that would block in it");
}

// The finding is gone and none is new, in any of the files.
bool Maker::better() {
  for (const auto& [path, file] : files_) {
    const AnalysisPtr last = analyse(Document(file.pieces.text()), file.file, nullptr, options_, parser_, {});
    auto before = weighty(*file.before), after = weighty(*last);
    if (path == own_.file.path) {
      const auto gone = before.find(finding_.rule->code);
      if (gone != before.end()) before.erase(gone);
    }
    if (std::includes(before.begin(), before.end(), after.begin(), after.end()) && last->broken.empty()) continue;
    return refuse("it would bring other findings to " + path.substr(path.find_last_of('/') + 1));
  }
  return true;
}

std::string Maker::title() const {
  if (order_.empty()) return "Make it async";
  constexpr std::size_t kMostNamed = 3;
  std::string names;
  for (std::size_t i = 0; i < order_.size() && i < kMostNamed; ++i) {
    const bool last = i + 1 == order_.size();
    if (i > 0) names += last ? " and " : ", ";
    names += functions_.at(order_[i]).turned.name + "()";
  }
  if (order_.size() > kMostNamed) names += " and " + std::to_string(order_.size() - kMostNamed) + " more";
  std::string title = "Make " + names + " async and await " + (order_.size() == 1 ? "it" : "them");
  if (calls_ > 1) title += " in " + std::to_string(calls_) + " places";
  if (files_.size() > 1) title += (calls_ > 1 ? ", " : " in ") + std::to_string(files_.size()) + " files";
  return title;
}

Fix Maker::finished() const {
  Fix fix;
  fix.title = title();
  fix.safety = Safety::suggested;
  fix.files.push_back({"", files_.at(own_.file.path).pieces.edits()});
  for (const auto& [path, file] : files_) {
    if (path != own_.file.path) fix.files.push_back({path, file.pieces.edits()});
  }
  return fix;
}

}  // namespace

MadeAsync make_async(const Analysis& analysis, const Finding& finding, std::span<const Definition> functions,
                     std::optional<Range> coroutine) {
  return Maker(analysis, finding).make(functions, coroutine);
}

}  // namespace awaitd::analysis
