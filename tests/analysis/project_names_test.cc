// Where names lead across files (architecture 3.3, 3.5): each shape that alarms stands beside one that must not.
#include <gtest/gtest.h>

#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

TEST(Names, ClassmethodsThroughTryImports) {
  expect({{"m/__init__.py", R"py(
try:
    from .fast import Loader
except ImportError:
    from .slow import Loader
)py"},
          {"m/fast.py", R"py(
class Loader:
    @classmethod
    def load(cls, path):
        return open(path).read()

    @staticmethod
    def text(path):
        return open(path).read()

    @classmethod
    def name(cls):
        return 1
)py"},
          {"m/slow.py", R"py(
class Loader:
    @classmethod
    def load(cls, path):
        return open(path).read()

    @staticmethod
    def text(path):
        return open(path).read()

    @classmethod
    def name(cls):
        return 1
)py"},
          {"m/api.py", "from . import Loader\nload = Loader.load\ntext = Loader.text\nname = Loader.name\n"},
          {"m/main.py", R"py(
from m import Loader
from m.api import load, name, text
import m.api as api

async def main():
    Loader.load("x")  # error: [AWD110]
    load("x")  # error: [AWD110]
    text("x")  # error: [AWD110]
    api.load("x")  # error: [AWD110]
    Loader.name()
    name()
)py"}});
}

TEST(Names, ConstantsImported) {
  expect({{"app/__init__.py", ""},
          {"app/const.py", R"py(
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
DATA = BASE_DIR / "data"
FILES = [DATA / "a", DATA / "b"]
TIMEOUT = 3

class Paths:
    CACHE = DATA / "cache"
    NAME = "x"
)py"},
          {"app/settings.py", "from .const import *\nfrom . import const\nOTHER = const.DATA / 'other'\n"},
          {"app/main.py", R"py(
from app import const, settings
from app.const import DATA, FILES, Paths, TIMEOUT
from app.settings import OTHER

async def main(name):
    (DATA / name).read_text()  # error: [AWD104]
    (const.BASE_DIR / name / "b").write_text("x")  # error: [AWD104]
    settings.DATA.read_text()  # error: [AWD104]
    OTHER.read_bytes()  # error: [AWD104]
    Paths.CACHE.read_text()  # error: [AWD104]
    FILES[0].read_text()  # error: [AWD104]
    DATA.joinpath(name).with_suffix(".x")
    TIMEOUT.read_text()
    Paths.NAME.read_text()
)py"}});
}

TEST(Names, ModulesImportedInFunctions) {
  expect({{"app/__init__.py", ""},
          {"app/late.py", "import time\n\ndef work():\n    time.sleep(1)\n\ndef rest():\n    pass\n"},
          {"app/main.py", R"py(
async def main():
    from .late import rest, work
    from . import late as module
    work()  # error: [AWD110]
    module.work()  # error: [AWD110]
    rest()

async def shadow(work):
    work()

async def other():
    import app.late
    app.late.work()  # error: [AWD110]
    app.late.rest()
)py"}});
}

TEST(Names, StubsBesideModules) {
  expect({{"m/__init__.py", ""},
          {"m/lib.py", "import time\n\ndef work():\n    time.sleep(1)\n\ndef rest():\n    pass\n"},
          {"m/lib.pyi", "def work() -> None: ...\ndef rest() -> None: ...\n"},
          {"m/busy.pyi", "import time\n\nasync def go():\n    time.sleep(1)\n"},  // its module is what runs
          {"m/native.pyi", R"py(
import requests
from pathlib import Path

class Engine:
    root: Path
    @property
    def session(self) -> requests.Session: ...
    def where(self) -> Path: ...
    async def go(self) -> Path: ...

def engine() -> Engine: ...
)py"},
          {"m/main.py", R"py(
from m.lib import rest, work
from m.native import Engine, engine

async def main(e: Engine):
    work()  # error: [AWD110]
    rest()
    e.root.read_text()  # error: [AWD104]
    e.where().read_text()  # error: [AWD104]
    (await e.go()).read_text()  # error: [AWD104]
    engine().session.get("u")  # error: [AWD102]
    engine()
)py"}});
}

TEST(Names, ProjectsInsideAWorkspace) {
  expect({{"services/a/pyproject.toml", "[project]\n"},
          {"services/a/src/common/db.py", "import time\n\ndef query():\n    time.sleep(1)\n"},
          {"services/a/src/app/main.py", R"py(
from common.db import query
from common import db

async def main():
    query()  # error: [AWD110]
    db.query()  # error: [AWD110]
)py"},
          {"services/b/setup.py", ""},
          {"services/b/common/db.py", "def query():\n    pass\n"},
          {"services/b/app/main.py", R"py(
from common.db import query

async def main():
    query()
)py"}});
}

TEST(Names, PackagesOfOneName) {
  expect({{"one/pyproject.toml", "[project]\n"},
          {"one/tools/__init__.py", ""},
          {"one/tools/io.py", "import time\n\ndef load():\n    time.sleep(1)\n"},
          {"one/tools/run.py", "from tools.io import load\n\nasync def main():\n    load()  # error: [AWD110]\n"},
          {"one/scripts/run.py", "from tools.io import load\n\nasync def main():\n    load()  # error: [AWD110]\n"},
          {"two/pyproject.toml", "[project]\n"},
          {"two/tools/__init__.py", ""},
          {"two/tools/io.py", "def load():\n    pass\n"},
          {"two/tools/run.py", "from tools.io import load\n\nasync def main():\n    load()\n"}});
}

TEST(Names, GlobalsAndClosures) {
  expect({{"app.py", R"py(
import requests

_session = None
_names = None

def setup():
    global _session, _names
    _session = requests.Session()
    _names = []

def outer(flag):
    client = requests.Session()
    label = "x"
    async def inner():
        nonlocal label
        client.get("u")  # error: [AWD102]
        label.get("u")
    return inner

async def main():
    _session.get("u")  # error: [AWD102]
    _names.get("u")

async def shadow(requests):
    requests.get("u")
)py"}});
}

TEST(Names, HelperInAnotherFile) {
  expect({{"app/__init__.py", ""},
          {"app/io.py", R"py(
import time
from pathlib import Path

def load(path: Path):
    return path.read_text()

def idle():
    return time.monotonic()
)py"},
          {"app/main.py", R"py(
from app.io import load, idle
from app import io
import app.io as other

async def handler(p):
    load(p)  # error: [AWD110] "Path.read_text()"
    io.load(p)  # error: [AWD110] "load()"
    other.load(p)  # error: [AWD110]
    idle()
    return load, io.load
)py"}});
}

TEST(Names, RelativeImportsAndReexports) {
  expect({{"app/__init__.py", "from .core.net import fetch, quiet\n"},
          {"app/core/__init__.py", ""},
          {"app/core/net.py", R"py(
import requests

def fetch(url):
    return requests.get(url, timeout=3)

def quiet(url):
    return requests.Session()
)py"},
          {"app/web/__init__.py", "from ..core import net\n"},
          {"app/web/views.py", R"py(
from .. import fetch, quiet
from ..core.net import fetch as again
from . import net

async def view(url):
    fetch(url)  # error: [AWD110]
    again(url)  # error: [AWD110]
    net.fetch(url)  # error: [AWD110]
    quiet(url)
)py"}});
}

TEST(Names, StarImportsAndTryImports) {
  expect({{"a/__init__.py", ""},
          {"a/fast.py", "import time\ndef work():\n    time.sleep(1)\ndef _hidden():\n    time.sleep(1)\n"},
          {"a/hub.py", "from .fast import *\n"},
          {"a/pick.py", "try:\n    from .fast import work\nexcept ImportError:\n    from .slow import work\n"},
          {"a/main.py", R"py(
from a.hub import *
from a.pick import work as picked

async def main():
    work()  # error: [AWD110] "time.sleep()"
    _hidden()
    picked()  # error: [AWD110 probable]
)py"}});
}

TEST(Names, TablesCountMoreThanAVendoredLibrary) {
  expect({{"requests/__init__.py", "def get(url):\n    return url\n"},
          {"docker/Dockerfile", ""},
          {"main.py", R"py(
import docker
import requests

async def main():
    requests.get("u")  # error: [AWD102]
    docker.from_env()  # error: [AWD106]
)py"}});
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
