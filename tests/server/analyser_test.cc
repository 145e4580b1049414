// When a document is analysed, cancelled and announced: jobs run when the test says so, and the clock stands still.
#include "server/schedule/analyser.h"

#include <gtest/gtest.h>

#include "manual_executor.h"
#include "test_host.h"

namespace awaitd::server {
namespace {

using std::chrono::milliseconds;

struct AnalyserTest : testing::Test {
  AnalyserTest() { document->text = analysis::Document("import time\n"); }
  void edit() {
    const std::uint32_t end = document->text.size();
    document->text = document->text.edited(end, end, "x = 1\n");
    analyser.changed(document);
  }
  bool cancelled() const { return document->analysis.running && document->analysis.running->load(); }
  void run() {
    ASSERT_TRUE(executor.run_next());
    host.drain();
  }

  TestHost host;
  ManualExecutor executor;
  Log log{Level::error};
  int announced = 0;
  std::vector<std::string> texts;
  Analyser analyser{{&executor, &host, &log},
                    {.reader =
                         [](const OpenDocument&) {
                           return [] {
                             auto out = std::make_shared<Surroundings>();
                             out->config.options = std::make_shared<analysis::Options>();
                             return out;
                           };
                         },
                     .surrounded = [](OpenDocument&) {},
                     .analysed =
                         [this](const std::shared_ptr<OpenDocument>& analysed) {
                           ++announced;
                           texts.push_back(analysis::document(*analysed->current()).text());
                         }}};
  std::shared_ptr<OpenDocument> document = std::make_shared<OpenDocument>();
};

TEST_F(AnalyserTest, OneJobADocument) {
  edit();
  edit();
  edit();
  EXPECT_EQ(executor.jobs.size(), 1U);
  run();  // the first, for a text that is gone
  EXPECT_EQ(announced, 0);
  EXPECT_EQ(executor.jobs.size(), 1U);
  run();
  EXPECT_EQ(announced, 1);
  EXPECT_EQ(texts.back(), document->text.text());
  EXPECT_TRUE(executor.jobs.empty());
}

TEST_F(AnalyserTest, AnEditCancelsButNotForever) {
  edit();
  EXPECT_FALSE(cancelled());
  edit();
  EXPECT_TRUE(cancelled());
  run();
  host.advance(milliseconds(150));
  edit();
  EXPECT_TRUE(cancelled());  // 150 ms after the first
  run();
  host.advance(milliseconds(60));
  edit();
  EXPECT_FALSE(cancelled());  // 210 ms: this one runs to its end
  run();
  EXPECT_NE(document->analysis.newest, nullptr);
  EXPECT_EQ(announced, 0);  // but its text is gone
  edit();
  EXPECT_TRUE(cancelled());  // and the row begins anew
}

TEST_F(AnalyserTest, WaitersRunOnceTheTextIsAnalysed) {
  edit();
  int ran = 0;
  analyser.when_analysed(document, [&] { ++ran; });
  EXPECT_EQ(ran, 0);
  run();
  EXPECT_EQ(ran, 1);
  analyser.when_analysed(document, [&] { ++ran; });
  EXPECT_EQ(ran, 2);  // at once
}

TEST_F(AnalyserTest, WaitersRunWhenTheTextChanges) {
  edit();
  bool current = true;
  analyser.when_analysed(document, [&] { current = document->current() != nullptr; });
  edit();
  EXPECT_FALSE(current);
}

TEST_F(AnalyserTest, NothingIsAnnouncedAfterClose) {
  edit();
  bool woken = false;
  analyser.when_analysed(document, [&] { woken = true; });
  analyser.closed(document);
  EXPECT_TRUE(woken);
  EXPECT_TRUE(cancelled());
  run();
  EXPECT_EQ(announced, 0);
  EXPECT_TRUE(executor.jobs.empty());
}

TEST_F(AnalyserTest, AJobThatThrowsIsReportedAndTheNextEditTriesAgain) {
  std::string lines;
  Log keep(Level::error, [&](Level, std::string_view line) { lines += line; });
  Analyser failing({&executor, &host, &keep},
                   {.reader = [](const OpenDocument&) -> Analyser::ReadSurroundings {
                      return []() -> std::shared_ptr<const Surroundings> { throw std::runtime_error("disk on fire"); };
                    },
                    .surrounded = [](OpenDocument&) {},
                    .analysed = [this](const std::shared_ptr<OpenDocument>&) { ++announced; }});
  failing.changed(document);
  bool woken = false;
  failing.when_analysed(document, [&] { woken = true; });
  run();
  EXPECT_NE(lines.find("disk on fire"), std::string::npos);
  EXPECT_TRUE(woken);
  EXPECT_EQ(announced, 0);
  failing.changed(document);
  EXPECT_EQ(executor.jobs.size(), 1U);
  executor.jobs.clear();
}

}  // namespace
}  // namespace awaitd::server
