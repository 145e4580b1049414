#include "server/schedule/analyser.h"

#include <utility>

namespace awaitd::server {

void Analyser::wake(OpenDocument& document) {
  for (const auto& ready : std::exchange(document.analysis.waiting, {})) ready();
}

void Analyser::changed(const DocumentPtr& document) {
  AnalysisState& state = document->analysis;
  ++state.wanted;
  wake(*document);  // they asked about a text that is gone
  if (!document->analysable()) return;
  if (!state.running) return start(document, Priority::analysis);
  const Clock::time_point now = workers_.host->now();
  if (!state.cancelling_since) state.cancelling_since = now;
  if (state.running_in_background || now - *state.cancelling_since < kMaxCancelling) state.running->store(true);
  // finished() starts the next one.
}

void Analyser::outdated(const DocumentPtr& document) {
  if (!document->analysable()) return;
  ++document->analysis.wanted;  // who waits goes on waiting
  if (!document->analysis.running) start(document, Priority::analysis);
}

void Analyser::when_analysed(const DocumentPtr& document, std::function<void()> ready) {
  if (document->current() || !document->analysable()) return ready();
  document->analysis.waiting.push_back(std::move(ready));
}

void Analyser::closed(const DocumentPtr& document) {
  AnalysisState& state = document->analysis;
  ++state.wanted;
  document->closed = true;
  if (state.running) state.running->store(true);
  wake(*document);
}

void Analyser::start(const DocumentPtr& document, Priority priority) {
  AnalysisState& state = document->analysis;
  const Start begun{state.wanted, modules_edition_, document->drift.now(), priority == Priority::background};
  state.running = std::make_shared<std::atomic<bool>>(false);
  state.running_in_background = begun.background;
  const auto read = document->surroundings ? ReadSurroundings() : hooks_.reader(*document);
  auto work = [text = document->text, previous = state.newest, surroundings = document->surroundings, read,
               cancelled = state.running, background = begun.background,
               anew = document->drift.lost()](analysis::Parser& parser) mutable {
    Outcome outcome;
    if (!surroundings) {
      surroundings = read();
      anew |= surroundings->new_file;
    }
    outcome.surroundings = surroundings;
    if (cancelled->load()) return outcome;
    const analysis::ParseBudget budget{background ? kBackgroundCallbacks : analysis::kInteractiveCallbacks,
                                       cancelled.get()};
    const Clock::time_point start = Clock::now();  // of the machine: for the trace only
    outcome.analysis =
        analysis::analyse(text, surroundings->file, previous, surroundings->config.options, parser, budget);
    outcome.took = Clock::now() - start;
    if (outcome.analysis) outcome.shared = share(*surroundings, *outcome.analysis, anew);
    return outcome;
  };
  auto then = [this, document, begun](Outcome outcome) { finished(document, begun, std::move(outcome)); };
  run_then(workers_, priority, std::move(work), std::move(then));
}

void Analyser::take(OpenDocument& document, const Start& start, Outcome& outcome) {
  AnalysisState& state = document.analysis;
  state.newest = outcome.analysis;
  state.took = outcome.took;
  state.elsewhere = std::move(outcome.shared.elsewhere);
  state.edition = start.edition;
  state.cancelling_since.reset();
  if (outcome.shared.replaced) document.drift.shown(start.drift);
}

void Analyser::finished(const DocumentPtr& document, const Start& start_, Outcome outcome) {
  AnalysisState& state = document->analysis;
  const bool cancelled = state.running->load();
  const bool overtaken = start_.modules_edition != modules_edition_;  // by others, not by itself
  state.running = nullptr;
  if (outcome.analysis) {
    take(*document, start_, outcome);
    if (document->closed) return hooks_.shown_closed(*document);
    if (outcome.shared.noticed) hooks_.noticed(document);
  }
  if (!document->analysable()) return;
  if (start_.edition != state.wanted) return start(document, Priority::analysis);
  if (!outcome.analysis) {
    // Not cancelled and yet nothing: the job failed and has said so. The next edit tries again.
    if (!cancelled) wake(*document);
    return;
  }
  if (outcome.surroundings != document->surroundings) {
    document->surroundings = outcome.surroundings;
    hooks_.surrounded(*document);
  }
  hooks_.analysed(document);
  wake(*document);
  if (overtaken) hooks_.overtaken(document);
  if (!start_.background && !state.running && !analysis::complete(*state.newest)) start(document, Priority::background);
}

}  // namespace awaitd::server
