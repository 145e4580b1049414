// What reads iterables and enters context managers, here or elsewhere.
#include <gtest/gtest.h>

#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

TEST(Effects, GeneratorsAndContextManagers) {
  expect({{"main.py", R"py(
import time
from contextlib import contextmanager

def lines():
    time.sleep(1)
    yield 1

def numbers():
    yield 1

@contextmanager
def section():
    time.sleep(1)
    yield 1

class Timed:
    def __enter__(self):
        time.sleep(1)
        return self

    def __exit__(self, *args):
        pass

async def main():
    for line in lines():  # error: [AWD110] "loop over"
        pass
    later = lines()
    for n in numbers():
        pass
    with section():  # error: [AWD110] "Entering"
        pass
    with Timed():  # error: [AWD110]
        pass
    return later
)py"}});
}

TEST(Effects, GeneratorsConsumedHere) {
  expect({{"app.py", R"py(
import time

def lines():
    for i in range(3):
        time.sleep(1)
        yield i

def wrapped():
    yield from lines()

def quiet():
    yield 1

class Source:
    def __iter__(self):
        for line in open("x"):
            yield line

    def __len__(self):
        return 3

class Kit:
    def lines(self, source):
        time.sleep(1)
        yield source

kit = Kit()

async def main(source: Source):
    for x in wrapped():  # error: [AWD110]
        pass
    list(lines())  # error: [AWD110]
    sorted(quiet())
    a, *b = lines()  # error: [AWD110]
    any(x for x in lines())  # error: [AWD110]
    next(lines())  # error: [AWD110]
    for line in source:  # error: [AWD110]
        pass
    list(source)  # error: [AWD110]
    x = [0, *lines()]  # error: [AWD110]
    print(*source)  # error: [AWD110]
    print(*kit.lines(source))  # error: [AWD110]
    {*quiet()}
    a, b = source  # error: [AWD110]
    ", ".join(lines())  # error: [AWD110]
    kept = lines()
    len(source)
    return kept
)py"}});
}

// A generator expression runs where it is read: in a thread, or by whoever gets it.
TEST(Effects, GeneratorExpressionsReadElsewhere) {
  expect({{"app.py", R"py(
import asyncio
import time

def slow(x):
    time.sleep(1)

def names():
    time.sleep(1)
    return []

async def main(xs):
    await asyncio.to_thread(list, (slow(x) for x in xs))
    await asyncio.to_thread(list, (x for x in names()))  # error: [AWD110]
    rest = (slow(x) for x in xs)
    await asyncio.to_thread(sum, rest)
    pairs = enumerate(slow(x) for x in xs)
    await asyncio.to_thread(list, pairs)
    return (time.sleep(x) for x in xs)

async def here(xs, send):
    rest = (slow(x) for x in xs)  # error: [AWD110]
    for x in rest:
        print(x)
    list(slow(x) for x in xs)  # error: [AWD110]
    send(slow(x) for x in xs)  # error: [AWD110]
    later = (slow(x) for x in xs)  # error: [AWD110]
    await asyncio.to_thread(list, [slow(x) for x in xs])  # error: [AWD110]
    return list(later)
)py"}});
}

// stack.enter_context(x) enters x.
TEST(Effects, ContextManagersOnAStack) {
  expect({{"app.py", R"py(
import contextlib
import time

class Slow:
    def __enter__(self):
        time.sleep(1)

    def __exit__(self, *error):
        pass

class Quick:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

async def main(slow: Slow, quick: Quick):
    with contextlib.ExitStack() as stack:
        stack.enter_context(slow)  # error: [AWD110]
        stack.enter_context(quick)
        stack.callback(slow)
)py"}});
}

}  // namespace
}  // namespace awaitd::testing
