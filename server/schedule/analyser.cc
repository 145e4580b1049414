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
  const bool background = priority == Priority::background;
  state.running = std::make_shared<std::atomic<bool>>(false);
  state.running_in_background = background;
  const auto read = document->surroundings ? ReadSurroundings() : hooks_.reader(*document);
  auto work = [text = document->text, previous = state.newest, surroundings = document->surroundings, read,
               cancelled = state.running, background](analysis::Parser& parser) mutable {
    Outcome outcome;
    if (!surroundings) surroundings = read();
    outcome.surroundings = surroundings;
    if (cancelled->load()) return outcome;
    const analysis::ParseBudget budget{background ? kBackgroundCallbacks : analysis::kInteractiveCallbacks,
                                       cancelled.get()};
    const Clock::time_point start = Clock::now();  // of the machine: for the trace only
    outcome.analysis =
        analysis::analyse(text, surroundings->module, previous, surroundings->config.options, parser, budget);
    outcome.took = Clock::now() - start;
    return outcome;
  };
  auto then = [this, document, edition = state.wanted, background](Outcome outcome) {
    finished(document, edition, background, std::move(outcome));
  };
  run_then(workers_, priority, std::move(work), std::move(then));
}

void Analyser::finished(const DocumentPtr& document, std::uint64_t edition, bool background, Outcome outcome) {
  AnalysisState& state = document->analysis;
  const bool cancelled = state.running->load();
  state.running = nullptr;
  if (outcome.analysis) {
    state.newest = outcome.analysis;
    state.took = outcome.took;
    state.edition = edition;
    state.cancelling_since.reset();
  }
  if (!document->analysable()) return;
  if (edition != state.wanted) return start(document, Priority::analysis);
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
  if (!background && !analysis::complete(*state.newest)) start(document, Priority::background);
}

}  // namespace awaitd::server
