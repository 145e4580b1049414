// What types mean across files: aliases, unions, slices.
#include <gtest/gtest.h>

#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

void expect(std::map<std::string, std::string> files) {
  MemoryProject project(std::move(files));
  EXPECT_EQ(project.mismatches(), "");
}

TEST(Project, TypeAliasesAndSlices) {
  expect({{"app/__init__.py", ""},
          {"app/kinds.py", R"py(
import time
from typing import Optional, TypeAlias, Union

class Base:
    def load(self):
        time.sleep(1)

class Disk(Base):
    pass

class Store(Base):
    def name(self):
        return "store"

Either = Union[Disk, Store]
Other = Disk | Store
Named: TypeAlias = Optional[Store]
)py"},
          {"app/main.py", R"py(
from app.kinds import Base, Disk, Either, Named, Other

class Manager:
    def get(self) -> Either: ...
    def find(self) -> "Other | None": ...

async def work(manager: Manager, named: Named, items: list[Disk]):
    manager.get().load()  # error: [AWD110]
    if found := manager.find():
        found.load()  # error: [AWD110]
    named.load()  # error: [AWD110]
    named.name()
    for item in items[1:]:
        item.load()  # error: [AWD110]
    items[::-1].load()
)py"}});
}

}  // namespace
}  // namespace awaitd::testing
