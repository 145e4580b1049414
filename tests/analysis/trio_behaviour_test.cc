// The fixes of the rules for trio alone do what they promise. Run where python3 has trio.
#include "tests/analysis/behaviour.h"

namespace awaitd::testing {
namespace {

const Behaviour kCases[] = {
    {"AWD305", R"py(
import trio


async def session():
    try:
        await trio.sleep(1)
    finally:
        await trio.sleep(0.01)
        print("said goodbye")


async def main():
    with trio.move_on_after(0.05):
        await session()
    print("done")


trio.run(main)
)py",
     "done\n", "said goodbye\ndone\n", "", "", "trio"},
    {"AWD305", R"py(
import trio


async def session():
    try:
        await trio.sleep(1)
    finally:
        with trio.CancelScope(shield=True):
            await trio.sleep(0.5)
            print("cleaned in peace")


async def main():
    with trio.move_on_after(0.05):
        await session()
    print("done")


trio.run(main)
)py",
     "cleaned in peace\ndone\n", "done\n", "", "", "trio", "Limit the time"},
    {"AWD603", R"py(
import trio


async def main():
    async with trio.move_on_after(0.05):
        await trio.sleep(1)
    print("moved on")


trio.run(main)
)py",
     "...Error", "moved on\n", "", "", "trio", "Enter it with with"},
    {"AWD312", R"py(
import trio


async def work():
    try:
        raise ValueError("broken")
    except ValueError:
        await trio.sleep(0.2)
        raise


async def main():
    try:
        with trio.move_on_after(0.05):
            await work()
        print("the error is lost")
    except ValueError as error:
        print(error)


trio.run(main)
)py",
     "the error is lost\n", "broken\n", "", "", "trio"},
};

}  // namespace

std::span<const Behaviour> trio_cases() { return kCases; }

}  // namespace awaitd::testing
