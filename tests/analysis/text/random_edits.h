// Random edits of Python text, for tests that compare an edited thing with a fresh one. Deterministic for a seed.
#pragma once
#include <cstdint>
#include <random>
#include <string>

namespace awaitd::analysis {

struct RandomEdit {
  std::uint32_t start = 0;
  std::uint32_t end = 0;
  std::string replacement;
};

// Mostly small insertions and deletions of what upsets a scanner: quotes, brackets, line ends, keywords, indentation.
RandomEdit random_edit(const std::string& text, std::mt19937& random);
// The seed from the environment (AWAITD_SEED, see tests/soak.py), else always the same; tests print it.
std::uint32_t random_seed();
// A small module made of pieces of all kinds.
std::string random_module(std::mt19937& random, int statements);

}  // namespace awaitd::analysis
