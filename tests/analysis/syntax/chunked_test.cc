// Chunked == whole: the trees of the chunks are the tree of the file, on every error-free file looked at.
// A sample of the installed standard library; AWAITD_CHUNKED_ROOTS=dir:dir takes all .py files below these instead.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "analysis/syntax/parse.h"
#include "tests/analysis/syntax/python_files.h"
#include "tests/analysis/text/random_edits.h"

namespace awaitd::analysis {
namespace {

bool broken(const std::string& dump) { return dump.rfind("has error", 0) == 0; }

// Empty if the dumps are equal, else the first lines that differ.
std::string difference(const std::string& whole, const std::string& chunked) {
  if (whole == chunked) return "";
  std::istringstream a(whole), b(chunked);
  std::string line_a, line_b;
  while (std::getline(a, line_a) && std::getline(b, line_b)) {
    if (line_a != line_b) return "whole: " + line_a + "\nchunked: " + line_b;
  }
  return "lengths";
}

std::string chunked_dump(Parser& parser, const Document& document) {
  std::string out;
  for (std::size_t i = 0; i < document.chunks().size(); ++i) {
    out += parser.dump(document.chunks()[i]->text, document.chunk_start(i));
  }
  return out;
}

TEST(Chunked, EqualsWholeOnRealFiles) {
  const char* roots = std::getenv("AWAITD_CHUNKED_ROOTS");
  std::vector<std::string> files = roots ? python_files(roots) : python_files(standard_library());
  if (files.empty()) GTEST_SKIP() << "no python3 here";
  Parser parser;
  std::size_t compared = 0, with_errors = 0, chunks = 0, bytes = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!roots && (i % 3 != 0 || files[i].find("site-packages") != std::string::npos)) continue;
    const std::string text = read_file(files[i]);
    if (!roots && text.size() > 200000) continue;
    const std::string whole = parser.dump(text);
    if (broken(whole)) {
      ++with_errors;
      continue;
    }
    const Document document(text);
    EXPECT_EQ(difference(whole, chunked_dump(parser, document)), "") << files[i];
    ++compared;
    chunks += document.chunks().size();
    bytes += text.size();
  }
  std::cout << compared << " files, " << bytes << " bytes, " << chunks << " chunks equal; " << with_errors
            << " files with errors left out\n";
  EXPECT_GT(compared, 50u);
}

TEST(Chunked, EqualsWholeOnRandomModules) {
  const std::uint32_t seed = random_seed();
  SCOPED_TRACE("AWAITD_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  Parser parser;
  for (int round = 0; round < 100; ++round) {
    // Not edited: the grammar takes some texts for whole that Python does not, such as a line end in a '...' string's
    // format specification, where the scan starts over.
    const std::string text = random_module(random, 200);
    const std::string whole = parser.dump(text);
    ASSERT_FALSE(broken(whole));
    ASSERT_EQ(difference(whole, chunked_dump(parser, Document(text))), "") << text;
  }
}

}  // namespace
}  // namespace awaitd::analysis
