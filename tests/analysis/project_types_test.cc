// What receivers are, across files (architecture 3.3): each shape that alarms stands beside one that must not.
#include <gtest/gtest.h>

#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

TEST(Types, FieldsOfDataclassesAndModels) {
  expect({{"m/__init__.py", ""},
          {"m/models.py", R"py(
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Optional
import requests
from pydantic import BaseModel

@dataclass
class Job:
    path: Path
    name: str = ""
    where: "Optional[Path]" = None
    others: list[Path] = field(default_factory=list)
    by_name: dict[str, requests.Session] = field(default_factory=dict)

class Settings(BaseModel):
    root: Path = Path("/")
    label: str = "x"

class Sub(Settings):
    extra: int = 0
)py"},
          {"m/main.py", R"py(
from m.models import Job, Settings, Sub

async def run(job: Job, settings: Settings, sub: Sub):
    job.path.read_text()  # error: [AWD104]
    job.name.upper()
    if job.where:
        job.where.write_text("x")  # error: [AWD104]
    for other in job.others:
        other.read_bytes()  # error: [AWD104]
    job.by_name["a"].get("u")  # error: [AWD102]
    (settings.root / "a").read_text()  # error: [AWD104]
    settings.label.read_text()
    sub.root.read_text()  # error: [AWD104]
    made = Job(settings.root)
    made.path.read_text()  # error: [AWD104]
)py"}});
}

TEST(Types, AttributesSetFromOutside) {
  expect({{"app.py", R"py(
import requests

class Holder:
    session = None
    other = None

def prepare(holder: Holder):
    holder.session = requests.Session()
    holder.other = object()

class Owner:
    def __init__(self):
        self.holder = Holder()
        self.holder.late = requests.Session()

    async def use(self):
        self.holder.session.get("u")  # error: [AWD102]
        self.holder.other.get("u")
        self.holder.late.get("u")  # error: [AWD102]
)py"}});
}

TEST(Types, AttributesOfOtherClasses) {
  expect({{"m/__init__.py", ""},
          {"m/parts.py", R"py(
from pathlib import Path
import sqlite3

class Config:
    def __init__(self, root: str):
        self.root = Path(root)
        self.name = root

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def title(self):
        return self.name

class Store:
    def __init__(self, config: Config):
        self.config = config
        self._db = sqlite3.connect("x", check_same_thread=False)
)py"},
          {"m/main.py", R"py(
from m.parts import Config, Store

class App:
    def __init__(self, config: Config, store: Store):
        self.config = config
        self.store = store

    async def run(self):
        self.config.root.read_text()  # error: [AWD104]
        self.config.logs.write_text("x")  # error: [AWD104]
        (self.store.config.logs / "a").read_bytes()  # error: [AWD104]
        self.config.title.read_text()
        self.store._db.execute("select 1")  # error: [AWD103]
)py"}});
}

TEST(Types, ConstructorsAndClassesHeldInAttributes) {
  expect({{"app.py", R"py(
import requests
from pathlib import Path

class Quiet:
    def get(self, url):
        return url

class Client:
    session_class = requests.Session
    quiet_class = Quiet

    def __init__(self, factory=requests.Session):
        self._factory = requests.Session
        self._make = lambda: requests.Session()
        self._path = Path

    async def use(self):
        self._factory().get("u")  # error: [AWD102]
        self.session_class().get("u")  # error: [AWD102]
        self.quiet_class().get("u")
        self._make().get("u")  # error: [AWD102]
        self._path("a").read_text()  # error: [AWD104]
        with self._factory() as session:
            session.get("u")  # error: [AWD102]
        return self._factory
)py"}});
}

TEST(Types, ClassmethodsAndSelf) {
  expect({{"m/__init__.py", ""},
          {"m/base.py", R"py(
from typing import Self, TypeVar, overload
import requests

T = TypeVar("T", bound="Base")
U = TypeVar("U")

class Base:
    @classmethod
    def create(cls) -> Self:
        return cls()

    @classmethod
    def make(cls: type[T]) -> T:
        return cls()

    @classmethod
    def plain(cls):
        return cls()

    def chain(self: T) -> T:
        return self

    def fluent(self) -> "Self":
        return self

    def same(self):
        return self

    def load(self):
        return requests.get("u")

    def quiet(self):
        return 1

def first(items: list[U]) -> U:
    return items[0]

def keep(thing: T) -> T:
    return thing
)py"},
          {"m/main.py", R"py(
from m.base import Base, first, keep

class Sub(Base):
    def extra(self):
        return self.load()

async def main(items: list[Base]):
    Base.create().load()  # error: [AWD110]
    Base.make().load()  # error: [AWD110]
    Base.plain().load()  # error: [AWD110]
    Base.plain().quiet()
    Sub.create().extra()  # error: [AWD110]
    Sub.plain().extra()  # error: [AWD110]
    Base().chain().load()  # error: [AWD110]
    Base().fluent().same().load()  # error: [AWD110]
    Base().fluent().same().quiet()
    Sub().chain().extra()  # error: [AWD110]
    first(items).load()  # error: [AWD110]
    keep(Sub()).extra()  # error: [AWD110]
    keep(Sub()).quiet()
)py"}});
}

TEST(Types, Overloads) {
  expect({{"app.py", R"py(
from typing import overload, Union
import requests

@overload
def client(kind: None) -> None: ...
@overload
def client(kind: str) -> requests.Session: ...
def client(kind):
    return requests.Session() if kind else None

@overload
def load(path: str) -> str: ...
@overload
def load(path: bytes) -> bytes: ...
def load(path):
    return open(path).read()

@overload
def quiet(path: str) -> str: ...
@overload
def quiet(path: bytes) -> bytes: ...
def quiet(path):
    return path

class Reader:
    @overload
    def read(self, n: int) -> bytes: ...
    @overload
    def read(self) -> str: ...
    def read(self, n=None):
        return open("x").read()

async def main(reader: Reader):
    client("a").get("u")  # error: [AWD102]
    load("x")  # error: [AWD110]
    quiet("x")
    reader.read()  # error: [AWD110]
)py"}});
}

TEST(Types, StringAnnotationsAndTypeChecking) {
  expect({{"m/__init__.py", ""},
          {"m/store.py", "class Store:\n    def load(self):\n        return open('x').read()\n    def name(self):\n        return 1\n"},
          {"m/main.py", R"py(
from __future__ import annotations
from typing import TYPE_CHECKING, Optional, Union

if TYPE_CHECKING:
    from m.store import Store

class Service:
    store: "Store"

    def __init__(self, store: "Store", maybe: Optional["Store"] = None, either: Union["Store", None] = None, stores: "list[Store] | None" = None):
        self.maybe = maybe
        self.own: "Store" = store
        self.either = either
        self.stores = stores

    async def run(self):
        self.store.load()  # error: [AWD110]
        self.maybe.load()  # error: [AWD110]
        self.own.load()  # error: [AWD110]
        self.either.load()  # error: [AWD110]
        for store in self.stores:
            store.load()  # error: [AWD110]
        self.own.name()
)py"}});
}

TEST(Types, Containers) {
  expect({{"app.py", R"py(
from collections import defaultdict, deque
from pathlib import Path
from typing import Iterable, Mapping, NamedTuple, Sequence
import requests

class Pair(NamedTuple):
    path: Path
    session: requests.Session

PATHS = [Path("a"), Path("b")]
TABLE = {"a": Path("a")}

class Pool:
    def __init__(self):
        self.sessions: dict[str, requests.Session] = {}
        self.queue: deque[requests.Session] = deque()
        self.free = [requests.Session() for _ in range(3)]
        self.names = ["a"]

    def pick(self) -> requests.Session:
        return self.free[0]

    def all(self) -> Iterable[requests.Session]:
        yield from self.free

    async def use(self, seq: Sequence[Path], table: Mapping[str, Path], pair: Pair, parts: tuple[Path, ...]):
        self.sessions["x"].get("u")  # error: [AWD102]
        for key, session in self.sessions.items():
            session.get(key)  # error: [AWD102]
        self.free[1].get("u")  # error: [AWD102]
        self.pick().get("u")  # error: [AWD102]
        self.queue.popleft().get("u")  # error: [AWD102]
        for session in self.all():
            session.get("u")  # error: [AWD102]
        for name in self.names:
            name.get("u")
        for path in seq:
            path.read_text()  # error: [AWD104]
        table["a"].read_text()  # error: [AWD104]
        pair.path.read_text()  # error: [AWD104]
        path, session = pair
        session.get("u")  # error: [AWD102]
        parts[0].read_text()  # error: [AWD104]
        for i, path in enumerate(PATHS):
            path.write_text("x")  # error: [AWD104]
        for a, b in zip(PATHS, seq):
            b.write_text("x")  # error: [AWD104]
        [p.read_text() for p in PATHS]  # error: [AWD104]
        TABLE.get("a").read_text()  # error: [AWD104]
        first, *rest = PATHS
        first.read_text()  # error: [AWD104]
        (chosen := PATHS[0]).read_text()  # error: [AWD104]
        chosen.write_text("x")  # error: [AWD104]
        sorted(PATHS)[0].read_text()  # error: [AWD104]
)py"}});
}

TEST(Types, Narrowing) {
  expect({{"app.py", R"py(
from pathlib import Path
from typing import Any, Union
import requests

def parse(value: Any):
    return value

async def main(value: Union[str, Path], client: Any, maybe: requests.Session | None, other: object):
    if isinstance(value, Path):
        value.read_text()  # error: [AWD104]
    if isinstance(value, str):
        value.read_text()
    if not isinstance(value, Path):
        value.read_text()
    else:
        value.read_text()  # error: [AWD104]
    if isinstance(client, requests.Session) and client.get("u"):  # error: [AWD102]
        pass
    if isinstance(client, (int, str)):
        client.get("u")
    if not isinstance(other, requests.Session):
        return
    other.get("u")  # error: [AWD102]
    if maybe is None:
        maybe = requests.Session()
    maybe.get("u")  # error: [AWD102]
    assert isinstance(client, requests.Session)
    client.get("u")  # error: [AWD102]
)py"}});
}

TEST(Types, AliasesInLocalsAndPartials) {
  expect({{"app.py", R"py(
import functools
from functools import partial
import time
import requests

def fetch(url, timeout):
    return requests.get(url, timeout=timeout)

def quiet(url):
    return url

class A:
    def load(self):
        return open("x").read()

    async def run(self):
        f = self.load
        f()  # error: [AWD110]
        g = partial(fetch, "u")
        g()  # error: [AWD110]
        h = functools.partial(quiet, "u")
        h()
        functools.partial(fetch, "u")(3)  # error: [AWD110]
        get = requests.get
        get("u")  # error: [AWD102]
        getter = partial(requests.get, timeout=3)
        getter("u")  # error: [AWD102]
        method = getattr(self, "load")
        nap = time.sleep if self else quiet
        nap(1)  # error: [AWD101 probable]
        return g

later = partial(fetch, "u")

class B:
    def __init__(self):
        self._call = partial(fetch, "u")
        self._alias = fetch
        self._bound = A().load
        self._quiet = partial(quiet, "u")

    async def run(self):
        later(3)  # error: [AWD110]
        self._call(3)  # error: [AWD110]
        self._alias("u", 3)  # error: [AWD110]
        self._bound()  # error: [AWD110]
        self._quiet()
)py"}});
}

TEST(Types, FactoriesDependsAndConstants) {
  expect({{"app/__init__.py", ""},
          {"app/settings.py", "from pathlib import Path\nROOT = Path('/srv') / 'data'\nNAME = 'x'\n"},
          {"app/deps.py", R"py(
import requests

def get_session():
    return requests.Session()

def make():
    session = get_session()
    return session
)py"},
          {"app/main.py", R"py(
from typing import Annotated
from fastapi import Depends
import requests
from app.settings import NAME, ROOT
from app.deps import get_session, make

Client = requests.Session

async def view(session: requests.Session = Depends(get_session), other: Annotated[requests.Session, Depends(get_session)] = None):
    session.get("u")  # error: [AWD102]
    other.get("u")  # error: [AWD102]
    get_session().post("u")  # error: [AWD102]
    make().post("u")  # error: [AWD102]
    (ROOT / NAME).read_text()  # error: [AWD104]
    NAME.upper()
    Client().get("u")  # error: [AWD102]
    sessions = {"a": requests.Session()}
    sessions["a"].get("u")  # error: [AWD102]
    for s in sessions.values():
        s.get("u")  # error: [AWD102]
)py"}});
}

}  // namespace
}  // namespace awaitd::testing
