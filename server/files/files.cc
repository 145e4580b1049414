#include "server/files/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace awaitd::server {

namespace fs = std::filesystem;

namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  bool close() {
    const int number = number_;
    number_ = -1;
    return ::close(number) == 0;
  }

 private:
  int number_;
};

std::string reason(int error) {
  switch (error) {
    case ENOENT:
      return "no such file or folder";
    case EACCES:
    case EPERM:
      return "permission denied";
    case EISDIR:
      return "is a folder";
    case EFBIG:
      return "larger than 64 MB";
    default:
      return std::generic_category().message(error);
  }
}

// A strict check: overlong forms, surrogates and what lies above U+10FFFF are no UTF-8 (Unicode 15, table 3-7).
bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  const auto at = [&](std::size_t n) { return n < text.size() ? static_cast<unsigned char>(text[n]) : 0u; };
  const auto tail = [&](std::size_t n) { return (at(n) & 0xC0) == 0x80; };
  while (i < text.size()) {
    std::uint64_t eight = 0;
    if (i + sizeof eight <= text.size()) {
      std::memcpy(&eight, text.data() + i, sizeof eight);
      if ((eight & 0x8080808080808080u) == 0) {
        i += sizeof eight;
        continue;
      }
    }
    const unsigned lead = at(i), next = at(i + 1);
    if (lead < 0x80) {
      i += 1;
    } else if (lead >= 0xC2 && lead <= 0xDF && tail(i + 1)) {
      i += 2;
    } else if ((lead & 0xF0) == 0xE0 && tail(i + 1) && tail(i + 2) && !(lead == 0xE0 && next < 0xA0) &&
               !(lead == 0xED && next > 0x9F)) {
      i += 3;
    } else if (lead >= 0xF0 && lead <= 0xF4 && tail(i + 1) && tail(i + 2) && tail(i + 3) &&
               !(lead == 0xF0 && next < 0x90) && !(lead == 0xF4 && next > 0x8F)) {
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

bool read_all(int descriptor, std::uint64_t limit, std::string& out) {
  char buffer[64 * 1024];
  for (;;) {
    const ssize_t n = ::read(descriptor, buffer, sizeof buffer);
    if (n == 0) return true;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    out.append(buffer, static_cast<std::size_t>(n));
    if (out.size() > limit) {
      errno = EFBIG;
      return false;
    }
  }
}

FileText to_file_text(std::string bytes) {
  FileText file;
  if (bytes.find('\0') != std::string::npos) {
    file.problem = "holds NUL bytes, so it is no Python source";
    file.not_python = true;
    return file;
  }
  file.utf8 = is_utf8(bytes);
  file.byte_order_mark = bytes.compare(0, kByteOrderMark.size(), kByteOrderMark) == 0;
  if (file.byte_order_mark) bytes.erase(0, kByteOrderMark.size());
  file.text = std::move(bytes);
  return file;
}

FileText DiskFiles::read(const fs::path& file) const {
  FileText out;
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info{};
  std::string bytes;
  if (in.get() < 0 || ::fstat(in.get(), &info) != 0) {
    out.problem = reason(errno);
  } else if (S_ISREG(info.st_mode) && static_cast<std::uint64_t>(info.st_size) > kMaxSourceBytes) {
    out.problem = reason(EFBIG);
  } else {
    if (S_ISREG(info.st_mode)) bytes.reserve(static_cast<std::size_t>(info.st_size));
    if (read_all(in.get(), kMaxSourceBytes, bytes)) return to_file_text(std::move(bytes));
    out.problem = reason(errno);
  }
  return out;
}

std::string write_atomically(const fs::path& file, std::string_view bytes) {
  std::error_code error;
  const fs::path target = fs::canonical(file, error);  // through symbolic links: they stay
  if (error) return reason(error.value());
  struct stat info{};
  if (::stat(target.c_str(), &info) != 0) return reason(errno);
  if (::access(target.c_str(), W_OK) != 0) return reason(errno);  // renaming over it would work: it is not meant to
  std::string name = (target.parent_path() / ("." + target.filename().string() + ".XXXXXX")).string();
  Descriptor out(::mkostemp(name.data(), O_CLOEXEC));
  if (out.get() < 0) return reason(errno);
  // The owner is kept where we may; who may not is the owner already, or shares the file through its group.
  const bool owner_kept = ::fchown(out.get(), info.st_uid, info.st_gid) == 0;
  const mode_t mode = info.st_mode & (owner_kept ? 07777u : 0777u);
  const bool good = ::fchmod(out.get(), mode) == 0 && write_all(out.get(), bytes) && out.close() &&
                    ::rename(name.c_str(), target.c_str()) == 0;
  if (good) return {};
  const std::string why = reason(errno);
  ::unlink(name.c_str());
  return why;
}

}  // namespace awaitd::server
