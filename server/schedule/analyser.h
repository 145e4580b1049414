// Decides when a document is analysed (architecture 4): one job a document, newest wins. An edit cancels the running
// job, but not for longer than 200 ms in a row: then it runs to its end, so that the next one starts from something
// new. Interactive parse budget first; what it left out is finished in the background. Results of old editions are
// never announced. Belongs to the strand.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "server/documents/open_document.h"
#include "server/project/share.h"
#include "server/schedule/run_then.h"

namespace awaitd::server {

class Analyser {
 public:
  using DocumentPtr = std::shared_ptr<OpenDocument>;
  using ReadSurroundings = std::function<std::shared_ptr<const Surroundings>()>;
  struct Hooks {
    // What reads the surroundings of a document; the result runs on a pool thread.
    std::function<ReadSurroundings(const OpenDocument&)> reader;
    // Surroundings were read for the first time, or anew.
    std::function<void(OpenDocument&)> surrounded;
    // `current()` is there, for the first time or more complete than before.
    std::function<void(const DocumentPtr&)> analysed;
    // Other modules may see something new in this one.
    std::function<void(const DocumentPtr&)> noticed = [](const DocumentPtr&) {};
    // modules_changed() was called while it was being analysed: it may be outdated.
    std::function<void(const DocumentPtr&)> overtaken = [](const DocumentPtr&) {};
    // It was closed while a job showed it to others.
    std::function<void(const OpenDocument&)> shown_closed = [](const OpenDocument&) {};
  };
  static constexpr std::chrono::milliseconds kMaxCancelling{200};
  // What is shorter than waking another thread is done on the strand, if nothing else waits there.
  static constexpr std::chrono::microseconds kShort{1500};
  static constexpr std::uint32_t kShortCallbacks = 70;  // about 1.5 ms
  // What an edit may mean for functions further away is looked at when no key has come for so long.
  static constexpr std::chrono::milliseconds kPause{20};
  static constexpr std::uint32_t kBackgroundCallbacks = 40 * analysis::kInteractiveCallbacks;  // about 2 s

  Analyser(Workers workers, Hooks hooks) : workers_(workers), hooks_(std::move(hooks)) {}

  // The text or the options changed.
  void changed(const DocumentPtr& document);
  // Their text is the same, but a module they depend on is not. They are analysed side by side, the last one here if it
  // is short.
  void outdated(const std::vector<DocumentPtr>& documents);
  // Some module is another one now.
  void modules_changed() { ++modules_edition_; }
  // Runs `ready` once the current text is analysed (at once if it is), or when it changes before: look at current().
  void when_analysed(const DocumentPtr& document, std::function<void()> ready);
  // The document is closed: its job is cancelled, its result dropped, its waiters run.
  void closed(const DocumentPtr& document);

 private:
  struct Outcome {
    analysis::AnalysisPtr analysis;
    std::shared_ptr<const Surroundings> surroundings;
    Clock::duration took{};
    Shared shared;
  };
  // What was so when a job started.
  struct Start {
    std::uint64_t edition = 0;
    std::uint64_t modules_edition = 0;
    std::uint64_t drift = 0;
    bool background = false;
  };
  struct Job {
    analysis::Document text;
    analysis::AnalysisPtr previous;
    std::shared_ptr<const Surroundings> surroundings;
    ReadSurroundings read;  // if there are none yet
    bool anew = false;
    Outcome run(const analysis::ParseBudget& budget, analysis::Parser& parser);
  };
  enum class Where : std::uint8_t { here_if_short, on_the_pool };
  void start(const DocumentPtr& document, Priority priority, Where where = Where::here_if_short);
  void settle_later(const DocumentPtr& document);
  bool run_here(const DocumentPtr& document, const Start& start, const Job& job);
  void finished(const DocumentPtr& document, const Start& start, Outcome outcome);
  void take(OpenDocument& document, const Start& start, Outcome& outcome);
  static void wake(OpenDocument& document);

  Workers workers_;
  Hooks hooks_;
  std::uint64_t modules_edition_ = 0;
  std::unique_ptr<analysis::Parser> parser_;                    // of run_here()
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for timers
};

}  // namespace awaitd::server
