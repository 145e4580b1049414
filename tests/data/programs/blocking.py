"""Blocks in many ways; what it prints must not depend on the fixes applied to it (fixes_behaviour_test.cc)."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path


async def load(p):
    with open(p) as f:
        data = json.load(f)
    return data


async def count_lines(p):
    n = 0
    with open(p) as f:
        for line in f:
            n += 1
    return n


async def split_lines(p):
    with open(p) as f:
        return f.read().splitlines()


async def select():
    conn = sqlite3.connect(":memory:")
    cur = conn.cursor()
    cur.execute("select 1, 'x'")
    rows = cur.fetchall()
    conn.close()
    return rows


async def run_and_read():
    r = subprocess.run([sys.executable, "-c", "print('hi'); raise SystemExit(3)"], capture_output=True, text=True)
    return r.stdout, r.stderr, r.returncode


async def shell():
    out = subprocess.check_output("echo a b | tr a c", shell=True)
    return out


async def failing():
    try:
        subprocess.run(["false"], check=True)
    except subprocess.CalledProcessError as error:
        return error.returncode, error.cmd


async def with_input():
    r = subprocess.run(["cat"], input="héllo", text=True, stdout=subprocess.PIPE)
    return r.stdout


async def list_files(root: Path):
    names = sorted(p.name for p in root.iterdir() if p.is_file())
    return names, [p.name for p in root.glob("*.json")], {p.name: p.stat().st_size for p in root.glob("*.json")}


async def write_files(p: Path):
    p.with_suffix(".t").touch()
    text = json.dumps([1])
    p.with_suffix(".t").write_text(text)
    p.with_suffix(".t").replace(p.with_suffix(".u"))
    return p.with_suffix(".u").read_text()


async def sleep():
    time.sleep(0.01)
    return [time.sleep(0) for _ in range(2)]


async def walk(root):
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [x for x in folders if x != "skip"]
        found.extend(sorted(files))
    return found


async def carry(p):
    last = None
    out = []
    for _ in range(2):
        with open(p) as f:
            if last:
                out.append(last)
            last = f.read()
    return out


async def main():
    root = Path(sys.argv[1])
    (root / "skip").mkdir(exist_ok=True)
    (root / "skip" / "z").write_text("")
    p = root / "x.json"
    p.write_text('{"a":\n 1}')
    print(await load(p), await count_lines(p), await split_lines(p), await select(), await run_and_read(), await shell(), await failing(), await with_input())
    print(await list_files(root), await write_files(p), await sleep(), await walk(root), await carry(p))


asyncio.run(main())
