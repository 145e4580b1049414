#include "protocol/uri.h"

#include <gtest/gtest.h>

#include <random>

namespace awaitd::protocol {
namespace {

std::string posix(std::string_view uri) { return uri_to_path(uri, PathStyle::Posix).value_or("(none)"); }
std::string windows(std::string_view uri) { return uri_to_path(uri, PathStyle::Windows).value_or("(none)"); }

TEST(Uri, ThreeSpellingsOfOnePath) {
  // What VS Code, Neovim and eglot send for one folder. eglot leaves `%` as it is, so its `%25` is VS Code's `%2525`:
  // that one cannot be told apart, hence no `%` here.
  const char* const path = "/home/my ws #1 \u00fc+\u00e9@:c [x]/a.py";
  EXPECT_EQ(posix("file:///home/my%20ws%20%231%20%C3%BC%2B%C3%A9%40%3Ac%20%5Bx%5D/a.py"), path);
  EXPECT_EQ(posix("file:///home/my%20ws%20%231%20%c3%bc+%c3%a9@:c%20%5bx%5d/a.py"), path);
  EXPECT_EQ(posix("file:///home/my%20ws%20%231%20%C3%BC+%C3%A9@%3Ac%20%5Bx%5D/a.py"), path);
  EXPECT_EQ(posix("file:///home/my ws #1 \u00fc+\u00e9@:c [x]/a.py"), path);
}

TEST(Uri, Percent) {
  EXPECT_EQ(posix("file:///a%2525"), "/a%25");
  EXPECT_EQ(posix("file:///a%25"), "/a%");
  EXPECT_EQ(posix("file:///100%/a%2"), "/100%/a%2");
  EXPECT_EQ(posix("file:///a%zz%4"), "/a%zz%4");
  EXPECT_EQ(posix("file:///a%00b"), "(none)");
  EXPECT_EQ(posix("file:///a+b"), "/a+b");
  EXPECT_EQ(posix("file:///a?b#c"), "/a?b#c");
}

TEST(Uri, OtherFormsAndSchemes) {
  EXPECT_EQ(posix("FILE:///a"), "/a");
  EXPECT_EQ(posix("file:/a/b"), "/a/b");
  EXPECT_EQ(posix("file://localhost/a"), "/a");
  EXPECT_EQ(posix("file://LOCALHOST/a"), "/a");
  EXPECT_EQ(posix("file://host/a"), "(none)");
  EXPECT_EQ(posix("file:///"), "/");
  for (const char* uri : {"", "file", "file:", "file://", "file://host", "file:a", "/a", "untitled:Untitled-1",
                          "vscode-notebook-cell:/a.ipynb#W0", "http://x/y", "filex:///a"}) {
    EXPECT_EQ(posix(uri), "(none)") << uri;
  }
}

TEST(Uri, Windows) {
  EXPECT_EQ(windows("file:///c%3A/a%20b.py"), "c:/a b.py");
  EXPECT_EQ(windows("file:///C:/a.py"), "c:/a.py");
  EXPECT_EQ(windows("file:///c%3a/a.py"), "c:/a.py");
  EXPECT_EQ(windows("file://server/share/a.py"), "//server/share/a.py");
  EXPECT_EQ(windows("file://wsl$/d/a.py"), "//wsl$/d/a.py");
  EXPECT_EQ(windows("file://a%2Fb/c"), "(none)");
  EXPECT_EQ(windows("file:///c:"), "c:");
  EXPECT_EQ(windows("file:///c:%5Ca"), "c:/a");
  EXPECT_EQ(posix("file:///c%3A/a.py"), "/c:/a.py");
  EXPECT_EQ(path_to_uri("C:\\a b\\c.py", PathStyle::Windows), "file:///c%3A/a%20b/c.py");
  EXPECT_EQ(path_to_uri("//server/share/a.py", PathStyle::Windows), "file://server/share/a.py");
}

TEST(Uri, EncodesAsVsCode) {
  EXPECT_EQ(path_to_uri("/w/my ws #1 \u00fc+\u00e9@%25:c [x]/a.py", PathStyle::Posix),
            "file:///w/my%20ws%20%231%20%C3%BC%2B%C3%A9%40%2525%3Ac%20%5Bx%5D/a.py");
  EXPECT_EQ(path_to_uri("/", PathStyle::Posix), "file:///");
}

TEST(UriProperty, PathsRoundTrip) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::string path = "/";
    for (std::size_t n = random() % 30; n > 0; --n) path += static_cast<char>(1 + random() % 255);
    const std::string uri = path_to_uri(path, PathStyle::Posix);
    for (const char c : uri) ASSERT_TRUE(c > 0x20 && c < 0x7f) << uri;
    ASSERT_EQ(posix(uri), path) << uri;
  }
}

TEST(UriProperty, AnyTextIsSafe) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 5000; ++round) {
    std::string uri = random() % 4 ? "file:" : "";
    for (std::size_t n = random() % 12; n > 0; --n) uri += "/%:a2\\c\xff?#"[random() % 10];
    if (const auto path = uri_to_path(uri, PathStyle::Posix)) {
      ASSERT_EQ(path->front(), '/') << uri;
      ASSERT_EQ(posix(path_to_uri(*path, PathStyle::Posix)), *path) << uri;
    }
    if (const auto path = uri_to_path(uri, PathStyle::Windows)) {
      ASSERT_EQ(path->find('\\'), std::string::npos) << uri;
      ASSERT_TRUE(path->front() == '/' || path->at(1) == ':') << uri;
    }
  }
}

}  // namespace
}  // namespace awaitd::protocol
