#include "protocol/uri.h"

#include <algorithm>

namespace awaitd::protocol {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// A `%` without two hex digits stands for itself (eglot does not escape it).
std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

void percent_encode(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_letter(c) || (c >= '0' && c <= '9') || std::string_view("/-._~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += hex[byte >> 4];
      out += hex[byte & 15];
    }
  }
}

bool is_host_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == '$';
}

bool has_drive(std::string_view path) {
  return path.size() >= 2 && is_letter(path[0]) && path[1] == ':' && (path.size() == 2 || path[2] == '/');
}

}  // namespace

std::optional<std::string> uri_to_path(std::string_view uri, PathStyle style) {
  constexpr std::string_view scheme = "file:";
  if (uri.size() < scheme.size() ||
      !std::equal(scheme.begin(), scheme.end(), uri.begin(), [](char a, char b) { return a == lower(b); })) {
    return std::nullopt;
  }
  uri.remove_prefix(scheme.size());
  std::string host;
  if (uri.substr(0, 2) == "//") {
    uri.remove_prefix(2);
    const std::size_t slash = uri.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    host = percent_decode(uri.substr(0, slash));
    std::transform(host.begin(), host.end(), host.begin(), lower);
    uri.remove_prefix(slash);
  }
  std::string path = percent_decode(uri);
  if (path.empty() || path[0] != '/' || path.find('\0') != std::string::npos) return std::nullopt;
  const bool remote = !host.empty() && host != "localhost";
  if (remote && !std::all_of(host.begin(), host.end(), is_host_character)) return std::nullopt;
  if (style == PathStyle::Posix) return remote ? std::nullopt : std::optional(std::move(path));
  std::replace(path.begin(), path.end(), '\\', '/');
  if (remote) return "//" + host + path;
  if (has_drive(std::string_view(path).substr(1))) {
    path.erase(0, 1);
    path[0] = lower(path[0]);
  }
  return path;
}

std::string path_to_uri(std::string_view path, PathStyle style) {
  std::string out = "file://";
  if (style == PathStyle::Posix) {
    percent_encode(out, path);
    return out;
  }
  std::string slashed(path);
  std::replace(slashed.begin(), slashed.end(), '\\', '/');
  if (has_drive(slashed)) {
    slashed[0] = lower(slashed[0]);
    out += '/';
  } else if (slashed.rfind("//", 0) == 0) {
    slashed.erase(0, 2);  // what follows is the host
  }
  percent_encode(out, slashed);
  return out;
}

}  // namespace awaitd::protocol
