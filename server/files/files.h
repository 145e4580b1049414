// The door through which source files are read: the disk here, open documents before the disk in the project layer.
// Texts come without their byte order mark. read() never throws and is safe on any thread; what a Files gives for one
// path may change from call to call, as the disk does.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace awaitd::server {

struct FileText {
  std::string text;
  bool byte_order_mark = false;  // the file begins with one; `text` does not
  bool utf8 = true;              // false: some other ASCII superset, or broken; columns count such bytes as one
  std::string problem;           // why there is no text ("no such file"), empty if there is
  bool not_python = false;       // with `problem`: it was read, but it is no source text (NUL bytes, UTF-16)
};

inline constexpr std::uint64_t kMaxSourceBytes = 64u << 20;

class Files {
 public:
  virtual ~Files() = default;
  virtual FileText read(const std::filesystem::path& file) const = 0;
};

class DiskFiles final : public Files {
 public:
  FileText read(const std::filesystem::path& file) const override;
};

// What read() does with the bytes of a file (for standard input).
FileText to_file_text(std::string bytes);

// Replaces a file so that nobody ever sees half of it (a new file, renamed over the old one), with the old one's
// permissions; a symbolic link stays one. Empty if all went well, otherwise why not.
std::string write_atomically(const std::filesystem::path& file, std::string_view bytes);

// The bytes of an open descriptor up to its end; false on an error (errno says which).
bool read_all(int descriptor, std::uint64_t limit, std::string& out);

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace awaitd::server
