// The scenario of all editors (tests/editors/scenario) in VS Code's workbench, and what only VS Code has: the status
// item, commands, walkthrough. The extension is installed already, below HOME; AWAITD_SCENARIO is scenario.json; the
// working folder is the workspace. Prints a GoogleTest-like line for each part.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { CodeServer } from './code_server.mjs';
import { Workbench } from './workbench.mjs';

const play = JSON.parse(fs.readFileSync(process.env.AWAITD_SCENARIO, 'utf8'));
const home = process.env.HOME;
const code = new CodeServer(home);
let bench;

// The running server of this code-server: the one process whose program lies below its extensions.
function serverPid() {
  for (const name of fs.readdirSync('/proc')) {
    try {
      if (/^\d+$/.test(name) && fs.readlinkSync(`/proc/${name}/exe`).startsWith(code.extensions)) return Number(name);
    } catch {
      // it has ended, or is somebody else's
    }
  }
  return undefined;
}

async function until(what, condition) {
  for (const deadline = Date.now() + 40_000; Date.now() < deadline; await bench.page.waitForTimeout(20)) {
    const value = await condition();
    if (value) return value;
  }
  throw new Error(`waited in vain for ${what}`);
}

async function another(old) {
  return until('another server', () => {
    const now = serverPid();
    return now !== undefined && now !== old && now;
  });
}

// The words of its row in the Problems panel; columns are counted in UTF-16 there, from 1.
function row(expected, line = expected.line) {
  return [...expected.message, `awaitd ${expected.code}`, `[Ln ${line}, Col `];
}

async function typeAndFix() {
  await bench.openFile(...play.open.split('/'));
  await bench.showProblems();
  const text = fs.readFileSync(play.open, 'utf8').split('\n');
  await bench.goTo(text.indexOf(play.type.below) + 1);
  await bench.press('End', 'Enter');
  await bench.insert(play.type.first);
  await bench.insert(play.type.then);
  const { finding } = play;
  const column = (play.type.first + play.type.then).indexOf(finding.text) + 1;
  await bench.waitProblems([[...row(finding).slice(0, -1), `[Ln ${finding.line}, Col ${column}]`]]);
  await bench.squiggles().first().waitFor();
  await bench.goTo(finding.line, column);
  const hover = await bench.hover(finding.code);
  for (const word of finding.hover) assert.ok(hover.includes(word), `${word} is not in the hover: ${hover}`);
  const said = hover.replace(/\s+/g, ' ').split(finding.message[0]).length - 1;
  assert.equal(said, 1, `the workbench shows the diagnostic, the server need not repeat it: ${hover}`);
  await bench.press('Escape');
  await bench.quickFix(finding.fix);
  await bench.waitProblems([]);
  await bench.squiggles().waitFor({ state: 'detached' });
  assert.equal((await bench.line(finding.line)).trimEnd(), finding.fixed);
  await bench.save();
}

async function findElsewhere() {
  const { elsewhere } = play;
  await bench.openFile(...elsewhere.open.split('/'));
  const number = fs.readFileSync(elsewhere.open, 'utf8').split('\n').indexOf(elsewhere.line) + 1;
  await bench.goTo(number);
  await bench.press('Shift+End');
  await bench.insert(elsewhere.becomes);
  await bench.waitProblems([row(elsewhere.finding)]);
  // Its notes are rows below it, with the file and line they lead to.
  await bench.showProblems();
  await bench.page.locator('.markers-panel .monaco-list-row', { hasText: elsewhere.finding.code }).click();
  await until('the note in the other file', async () =>
    (await bench.problemsText()).some((text) => text.includes(path.basename(elsewhere.finding.related)) && text.includes(`Ln ${number}`)));
}

async function changeSettings() {
  const { finding } = play.elsewhere;
  await bench.openFile('.vscode', 'settings.json');
  await bench.replaceAll(JSON.stringify({ 'awaitd.ignore': play.settings.ignore }));
  await bench.save();
  await bench.waitProblems([]);
  await bench.replaceAll('{}');
  await bench.save();
  await bench.waitProblems([row(finding)]);
}

async function surviveKilledServer() {
  const { finding } = play.elsewhere;
  await bench.openFile(...play.open.split('/'));
  const old = serverPid();
  process.kill(old, 'SIGKILL');
  await bench.press('Control+Home');
  await bench.insert(`${play.restart.typed}\n`);
  await another(old);
  await bench.waitProblems([row(finding, finding.line + 1)]);
  await bench.save();
  await bench.openFile(...play.elsewhere.open.split('/'));
  await bench.save();
}

// Cells are one module: what one imports and defines the others see, and a top-level await is fine.
const NOTEBOOK = [
  ['markdown', '# Notes'],
  ['code', 'import asyncio, time\nawait asyncio.sleep(0)'],
  ['code', 'async def wait():\n    time.sleep(1)'],
];

function writeNotebook(file) {
  const cells = NOTEBOOK.map(([kind, source]) => ({
    cell_type: kind, metadata: {}, source: source.split(/(?<=\n)/), ...(kind === 'code' ? { execution_count: null, outputs: [] } : {}),
  }));
  const metadata = { language_info: { name: 'python' } };
  fs.writeFileSync(file, JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
}

async function notebook() {
  // The workbench keeps the file of before for a while: its finding stays in the panel.
  const before = row(play.elsewhere.finding, play.elsewhere.finding.line + 1);
  const blocking = ['time.sleep(1)', 'awaitd AWD101', '[Ln 2, Col 5]'];
  await bench.openNotebook('notes.ipynb');
  await bench.showProblems();
  await bench.waitProblems([blocking, before]);
  await bench.page.locator('.notebookOverlay .squiggly-warning').first().waitFor();
  await bench.quickFix('Use await asyncio.sleep()', { focus: () => bench.cellLine('time.sleep(1)').click({ position: { x: 60, y: 5 } }) });
  await bench.waitProblems([before]);
  await bench.cellLine('await asyncio.sleep(1)').waitFor();
  await bench.cellLine('await asyncio.sleep(0)').click();
  await bench.press('Home', 'Shift+End');
  await bench.insert('asyncio.run(wait())');
  await bench.waitProblems([['asyncio.run', 'awaitd AWD501', '[Ln 2, Col 1]'], before]);
  await bench.press('Home', 'Shift+End');
  await bench.insert('await asyncio.sleep(0)');
  await bench.waitProblems([before]);
  await bench.save();
  assert.match(fs.readFileSync('notes.ipynb', 'utf8'), /await asyncio\.sleep\(1\)/);
  await bench.command('View: Close Editor');
  await bench.openFile(...play.open.split('/'));
  await bench.waitProblems([before]);
  // Opened anew, after its server was killed: the editor still asks when it is changed.
  await bench.press('Control+Home');
  await bench.insert('# one more line\n');
  await bench.waitProblems([row(play.elsewhere.finding, play.elsewhere.finding.line + 2)]);
  await bench.command('File: Revert File');
  await bench.waitProblems([before]);
}

async function sayWhatIsWrong() {
  await bench.openFile('.vscode', 'settings.json');
  await bench.replaceAll(JSON.stringify({ 'awaitd.path': '/no/such/awaitd' }));
  await bench.save();
  await bench.page.locator('.notification-toast', { hasText: 'The setting awaitd.path is "/no/such/awaitd", which does not run' }).waitFor();
  await bench.waitProblems([]);
  assert.equal(serverPid(), undefined);
  assert.equal(await bench.page.locator('.notification-toast').count(), 1, 'one message for one mistake');
  await bench.replaceAll('{}');
  await bench.save();
  await bench.waitProblems([row(play.elsewhere.finding, play.elsewhere.finding.line + 1)]);
}

async function restartByCommand() {
  const old = serverPid();
  await bench.command('awaitd: Restart Server');
  await another(old);
  await bench.waitProblems([row(play.elsewhere.finding, play.elsewhere.finding.line + 1)]);
}

async function showStatus() {
  await bench.openFile(...play.open.split('/'));
  await bench.page.locator('.statusbar-item[id="status.languageStatus"]').click();
  const item = bench.page.locator('.language-status, .hover-language-status', { hasText: 'awaitd' }).first();
  await item.waitFor();
  const text = await item.innerText();
  assert.match(text, /awaitd \d+\.\d+/);
  assert.match(text, /running/);
  await bench.page.getByText('Show Output').first().click();
  await until('the output channel', async () =>
    (await bench.page.locator('.panel .title-actions select, .panel .monaco-select-box').allInnerTexts()).join().includes('awaitd'));
}

async function walkthrough() {
  await bench.command('Welcome: Open Walkthrough');
  await bench.page.locator('.quick-input-widget input').first().fill('awaitd');
  await bench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Get Started with awaitd' }).first().waitFor();
  await bench.press('Enter');
  await bench.page.getByRole('button', { name: 'Open an Example' }).first().click();
  await bench.showProblems();
  await until('the findings of the example', async () => {
    const rows = await bench.problemsText();
    return ['AWD110', 'AWD101', 'AWD801'].every((one) => rows.some((text) => text.includes(one)));
  });
}

const parts = {
  scenario: [typeAndFix, findElsewhere, changeSettings, surviveKilledServer],
  notebook: [notebook],
  wrong_path: [sayWhatIsWrong],
  commands: [restartByCommand, showStatus],
  walkthrough: [walkthrough],
};

async function main() {
  writeNotebook('notes.ipynb');
  for (const [name, steps] of Object.entries(parts)) {
    const start = Date.now();
    console.log(`[ RUN      ] vscode.${name}`);
    try {
      if (!bench) {
        bench = new Workbench(await code.open(process.cwd()));
      }
      for (const step of steps) {
        await step();
        console.log(`${step.name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
      }
    } catch (problem) {
      console.log(problem.stack);
      await bench?.page.screenshot({ path: process.env.AWAITD_FAILED_PICTURE }).catch(() => {});
      console.log(`[  FAILED  ] vscode.${name} (screenshot: ${process.env.AWAITD_FAILED_PICTURE})`);
      return 1;
    }
    console.log(`[       OK ] vscode.${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  }
  return 0;
}

const result = await main();
await code.close();
process.exit(result);
