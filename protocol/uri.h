// `file:` URIs <-> paths. Clients spell one path in many ways (`%C3%BC`, `%c3%bc`, `ü`; `+`, `%2B`; `c%3A`): all decode
// to one path, but documents are keyed by the client's own string and answered with it. Other schemes (untitled:,
// vscode-notebook-cell:) have no path and are keys all the same. Paths are bytes, normally UTF-8. `?` and `#` are taken
// as part of the path: clients that forget to escape them exist, file URIs with queries do not. Pure, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace awaitd::protocol {

enum class PathStyle { Posix, Windows };
#ifdef _WIN32
inline constexpr PathStyle native_path_style = PathStyle::Windows;
#else
inline constexpr PathStyle native_path_style = PathStyle::Posix;
#endif

// The absolute path, or nothing: another scheme, a relative path, a NUL, on Posix a host other than localhost.
// Windows paths come with forward slashes and a lower-case drive: `c:/a`, `//host/share/a`.
std::optional<std::string> uri_to_path(std::string_view uri, PathStyle style = native_path_style);

// Every byte that is not unreserved is encoded, as VS Code does it (`:` too). `path` must be absolute.
std::string path_to_uri(std::string_view path, PathStyle style = native_path_style);

}  // namespace awaitd::protocol
