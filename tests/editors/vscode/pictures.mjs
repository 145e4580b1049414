// Makes the pictures of editors/vscode/README.md and of the walkthrough anew; by hand, after changes one would see:
//   AWAITD_VSIX=$PWD/editors/vscode/awaitd-linux-x64.vsix node tests/editors/vscode/pictures.mjs
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CodeServer } from './code_server.mjs';
import { Workbench } from './workbench.mjs';

const images = fileURLToPath(new URL('../../../editors/vscode/images', import.meta.url));
const APP = `"""The HTTP face of the order service."""

from fastapi import FastAPI

from orders.prices import load_prices

app = FastAPI()


@app.get("/total/{tea}")
async def total(tea: int):
    prices = load_prices()
    return {"total": tea * prices["tea"]}
`;
const PRICES = `"""Prices, with a cache on disk."""

import json
from pathlib import Path

CACHE = Path("prices.json")


def load_prices():
    return json.loads(read_cache())


def read_cache():
    return CACHE.read_text()
`;

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'awaitd-pictures-'));
const workspace = path.join(home, 'shop');
fs.mkdirSync(path.join(workspace, 'orders'), { recursive: true });
fs.writeFileSync(path.join(workspace, 'pyproject.toml'), '[project]\nname = "orders"\nversion = "1"\nrequires-python = ">=3.11"\n');
fs.writeFileSync(path.join(workspace, 'orders/app.py'), APP);
fs.writeFileSync(path.join(workspace, 'orders/prices.py'), PRICES);

const code = new CodeServer(home);

async function takePictures() {
  await code.install(process.env.AWAITD_VSIX);
  const bench = new Workbench(await code.open(workspace, { width: 1000, height: 600 }));
  const picture = (name) => bench.page.screenshot({ path: path.join(images, name) });
  await bench.openFile('orders', 'app.py');
  await bench.showProblems();
  await bench.waitProblems([['load_prices()', 'AWD110', 'Ln 12']]);
  await bench.page.locator('.markers-panel .monaco-list-row', { hasText: 'AWD110' }).click(); // its notes unfold
  await bench.openFile('orders', 'app.py');
  await bench.goTo(12, 16);
  await bench.hover('AWD110');
  await picture('finding.png');
  await bench.press('Escape');
  await bench.quickFix('asyncio.to_thread', { shown: () => picture('quick-fix.png') });
  await bench.waitProblems([]);
}

try {
  await takePictures();
} finally {
  await code.close();
  fs.rmSync(home, { recursive: true });
}
