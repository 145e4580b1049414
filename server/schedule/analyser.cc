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

void Analyser::outdated(const std::vector<DocumentPtr>& documents) {
  for (const DocumentPtr& document : documents) {
    if (!document->analysable()) continue;
    ++document->analysis.wanted;  // who waits goes on waiting
    const Where where = document == documents.back() ? Where::here_if_short : Where::on_the_pool;
    if (!document->analysis.running) start(document, Priority::analysis, where);
  }
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

Analyser::Outcome Analyser::Job::run(const analysis::ParseBudget& budget, analysis::Parser& parser) {
  Outcome outcome;
  if (!surroundings) {
    surroundings = read();
    anew |= surroundings->new_file;
  }
  outcome.surroundings = surroundings;
  if (budget.cancelled->load()) return outcome;
  const Clock::time_point start = Clock::now();  // of the machine: a hint and for the trace only
  outcome.analysis =
      analysis::analyse(text, surroundings->file, previous, surroundings->config.options, parser, budget);
  outcome.took = Clock::now() - start;
  if (outcome.analysis && (budget.callbacks != kShortCallbacks || analysis::complete(*outcome.analysis))) {
    outcome.shared = share(*surroundings, *outcome.analysis, anew);
  }
  return outcome;
}

// A keystroke in a document that took little time before: false if it takes more now and a job has to do it.
bool Analyser::run_here(const DocumentPtr& document, const Start& start, const Job& job) {
  const AnalysisState& state = document->analysis;
  if (!job.surroundings || !job.previous || state.took > kShort || !workers_.host->idle()) return false;
  if (!parser_) parser_ = std::make_unique<analysis::Parser>();
  Job own = job;
  Outcome outcome = own.run(
      {.callbacks = kShortCallbacks, .cancelled = state.running.get(), .units = analysis::kInteractiveUnits}, *parser_);
  if (!outcome.analysis || !analysis::complete(*outcome.analysis)) return false;
  finished(document, start, std::move(outcome));
  return true;
}

void Analyser::start(const DocumentPtr& document, Priority priority, Where where) {
  AnalysisState& state = document->analysis;
  const Start begun{state.wanted, modules_edition_, document->drift.now(), priority == Priority::background};
  state.running = std::make_shared<std::atomic<bool>>(false);
  state.running_in_background = begun.background;
  Job job{document->text, state.newest, document->surroundings, {}, document->drift.lost()};
  if (!job.surroundings) job.read = hooks_.reader(*document);
  if (!begun.background && where == Where::here_if_short && run_here(document, begun, job)) return;
  auto work = [job = std::move(job), cancelled = state.running,
               background = begun.background](analysis::Parser& parser) mutable {
    analysis::ParseBudget budget{.callbacks = kBackgroundCallbacks, .cancelled = cancelled.get()};
    if (!background) budget.callbacks = analysis::kInteractiveCallbacks;
    if (!background) budget.units = analysis::kInteractiveUnits;
    return job.run(budget, parser);
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
  if (start_.background || state.running) return;
  if (!analysis::complete(*state.newest)) return start(document, Priority::background);
  if (!analysis::settled(*state.newest)) settle_later(document);
}

void Analyser::settle_later(const DocumentPtr& document) {
  workers_.host->after(kPause, [this, alive = std::weak_ptr(alive_), weak = std::weak_ptr(document),
                                edition = document->analysis.wanted] {
    const DocumentPtr open = weak.lock();
    if (alive.expired() || !open || open->closed || open->analysis.running) return;
    if (open->analysis.wanted == edition) start(open, Priority::background);
  });
}

}  // namespace awaitd::server
