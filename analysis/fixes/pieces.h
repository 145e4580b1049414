// A text under several rounds of edits, each in the offsets of the one before, that can be told as one list of edits of
// the original. A value; offsets are bytes.
#pragma once
#include <string>
#include <vector>

#include "analysis/finding.h"

namespace awaitd::analysis {

class Pieces {
 public:
  explicit Pieces(std::string original);
  std::string text() const;
  // edits: sorted, not overlapping, in the offsets of text().
  void apply(const std::vector<Edit>& edits);
  // From the original to text(): sorted, not overlapping.
  std::vector<Edit> edits() const;
  // Where a byte of the original stands in text(); where it would stand, if it is gone.
  std::uint32_t now(std::uint32_t original) const;

 private:
  struct Piece {
    Range range;        // of the original,
    std::string added;  // or text that is new
    std::uint32_t size() const { return kept() ? range.end - range.start : static_cast<std::uint32_t>(added.size()); }
    bool kept() const { return added.empty(); }
  };
  std::size_t split(std::uint32_t offset);

  std::string original_;
  std::vector<Piece> pieces_;
};

}  // namespace awaitd::analysis
