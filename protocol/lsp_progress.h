// Work done progress and partial results ($/progress). Tokens are numbers or strings of whoever made them and stay
// JSON. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/lsp_base.h"

namespace awaitd::protocol {

struct WorkDoneProgress {
  enum class Kind : std::uint8_t { begin, report, end };
  Kind kind{};
  std::string title;    // of begin, required there
  std::string message;  // optional
  std::optional<std::uint32_t> percentage;
  bool cancellable = false;  // of begin
};

struct ProgressParams {
  RawJson token;
  RawJson value;  // a WorkDoneProgress, or a piece of a result
};
struct WorkDoneProgressCreateParams {
  RawJson token;
};
struct WorkDoneProgressCancelParams {
  RawJson token;
};

void read(const Reader& reader, WorkDoneProgressCancelParams& out);

void write(JsonWriter& writer, const WorkDoneProgress& value);
void write(JsonWriter& writer, const ProgressParams& value);
void write(JsonWriter& writer, const WorkDoneProgressCreateParams& value);

}  // namespace awaitd::protocol
