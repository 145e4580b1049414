// Fixes that move work to where it belongs do what they promise: another process finds its function, a log record does
// not wait for the disk, a crowd of tasks takes turns.
#include "tests/analysis/behaviour.h"

namespace awaitd::testing {
namespace {

const Behaviour kCases[] = {
    {"AWD113", R"py(
class Slow(logging.StreamHandler):
    def emit(self, record):
        print("on the loop" if record.msg == "x" and threading.current_thread() is threading.main_thread() else "apart")


logging.FileHandler = Slow


def set_up(path):
    file = logging.FileHandler(path)
    file.setLevel(logging.ERROR)
    logging.getLogger().addHandler(file)


async def main():
    logging.warning("too small to be told")
    logging.error("x")


set_up(sys.stdout)
asyncio.run(main())
)py",
     "on the loop\n", "apart\n"},
    {"AWD205", R"py(
from concurrent.futures import ProcessPoolExecutor


def work(pool: ProcessPoolExecutor, n):
    # Of any number.
    def scaled(x):
        return x * n

    half = lambda x: x / 2
    return [pool.submit(scaled, 7), pool.submit(half, scaled(4)), pool.submit(lambda: n)]


def main():
    with ProcessPoolExecutor(1) as pool:
        for job in work(pool, 3):
            print(job.result() if job.exception() is None else "raises")


if __name__ == "__main__":
    main()
)py",
     "raises\nraises\nraises\n", "21\n6.0\n3\n"},
    {"AWD705", R"py(
running = most = 0


async def fetch(url, *, seconds):
    global running, most
    running += 1
    most = max(most, running)
    await asyncio.sleep(seconds)
    running -= 1
    return url


async def fetch_all(urls, seconds):
    return await asyncio.gather(*[fetch(u, seconds=seconds) for u in urls])


answers = asyncio.run(fetch_all(list(range(40)), 0.01))
print(answers == list(range(40)), most)
)py",
     "True 40\n", "True 10\n"},
};

}  // namespace

std::span<const Behaviour> pool_cases() { return kCases; }

}  // namespace awaitd::testing
