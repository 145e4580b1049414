// VS Code's workbench, served by code-server to a headless Chromium, with one extension and a home of its own.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = path.dirname(fileURLToPath(import.meta.url));
const entry = path.join(here, 'node_modules/code-server/out/node/entry.js');

// What would move, pop up or type by itself.
const SETTINGS = {
  'chat.commandCenter.enabled': false,
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
  'editor.autoIndent': 'none',
  'editor.autoSurround': 'never',
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'explorer.autoReveal': false,
  'explorer.compactFolders': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.startupEditor': 'none',
};

const BROWSER_FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export class CodeServer {
  #home; #environment; #server; #browser;

  constructor(home) {
    this.#home = home;
    this.#environment = {
      ...process.env,
      HOME: home,
      XDG_CONFIG_HOME: path.join(home, '.config'),
      XDG_DATA_HOME: path.join(home, '.local'),
      NODE_OPTIONS: `--require=${path.join(here, 'without_argon2.cjs')}`,
    };
    for (const kind of ['User', 'Machine']) fs.mkdirSync(path.join(home, 'data', kind), { recursive: true });
    fs.writeFileSync(path.join(home, 'data/User/settings.json'), JSON.stringify(SETTINGS));
  }

  get extensions() {
    return path.join(this.#home, 'extensions');
  }

  async install(vsix) {
    const code = await new Promise((done) => this.#run(['--install-extension', vsix, '--force']).on('exit', done));
    if (code !== 0) throw new Error(`code-server --install-extension ended with ${code}\n${this.#log()}`);
  }

  // -> the page, once the explorer is there.
  async open(folder, size = { width: 1280, height: 800 }) {
    this.#server = this.#run(['--bind-addr', '127.0.0.1:0', '--auth', 'none', '--disable-telemetry', '--disable-update-check',
      '--disable-workspace-trust', '--disable-getting-started-override', '--ignore-last-opened']);
    const address = await this.#address();
    this.#browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: BROWSER_FLAGS });
    const page = await this.#browser.newPage({ viewport: size });
    page.setDefaultTimeout(40_000);
    await page.goto(`${address}?folder=${encodeURIComponent(folder)}`);
    await page.waitForSelector('.monaco-workbench .explorer-folders-view');
    return page;
  }

  async close() {
    await this.#browser?.close();
    if (!this.#server || this.#server.exitCode !== null) return;
    this.#server.kill('SIGTERM');
    await new Promise((done) => this.#server.on('exit', done));
  }

  #run(args) {
    const log = fs.openSync(path.join(this.#home, 'code-server.log'), 'a');
    const common = ['--user-data-dir', path.join(this.#home, 'data'), '--extensions-dir', this.extensions];
    return spawn(process.execPath, [entry, ...common, ...args], { env: this.#environment, stdio: ['ignore', log, log] });
  }

  #log() {
    return fs.readFileSync(path.join(this.#home, 'code-server.log'), 'utf8');
  }

  async #address() {
    for (;;) {
      const found = /HTTP server listening on (http:\S+)/.exec(this.#log());
      if (found) return found[1];
      if (this.#server.exitCode !== null) throw new Error(`code-server ended\n${this.#log()}`);
      await new Promise((later) => setTimeout(later, 50));
    }
  }
}
