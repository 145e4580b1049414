// The server's life: started, restarted after a crash (four times in three minutes) or when the user asks, stopped with
// the window.
import * as vscode from 'vscode';
import {ClientCapabilities, CloseAction, ErrorAction, LanguageClient, LanguageClientOptions, State, StaticFeature} from 'vscode-languageclient/node';

import {Found, locate} from './locate';
import {forServer, pythonForServer} from './settings';
import {Status} from './status';

const SELECTOR = [
  { scheme: 'file', language: 'python' },
  { scheme: 'untitled', language: 'python' },
  { notebook: '*', language: 'python' },
];

// The environment that the user has selected in the Python extension, if that one runs.
function selectedPython(): string | undefined {
  const environments = vscode.extensions.getExtension('ms-python.python')?.exports?.environments;
  const path: unknown = environments?.getActiveEnvironmentPath?.(vscode.workspace.workspaceFolders?.[0]?.uri)?.path;
  return typeof path === 'string' ? path : undefined;
}

// VS Code shows the diagnostics at a place above what the server says of it, so that need not be said twice.
const diagnosticsInHover: StaticFeature = {
  fillClientCapabilities(capabilities: ClientCapabilities) {
    capabilities.experimental = { ...capabilities.experimental, awaitd: { diagnosticsInHover: true } };
  },
  initialize() {},
  getState: () => ({ kind: 'static' }),
  clear() {},
};

const RESTARTS = 4;  // after crashes, in so many
const MINUTES = 3;

export class Server implements vscode.Disposable {
  private readonly output = vscode.window.createOutputChannel('awaitd', { log: true });
  private readonly trace = vscode.window.createOutputChannel('awaitd trace');
  private readonly status = new Status(SELECTOR);
  private client: LanguageClient | undefined;
  private queue: Promise<void> = Promise.resolve();
  private crashes: number[] = [];  // when

  constructor(private readonly context: vscode.ExtensionContext) {}

  /// Never throws: what goes wrong is said in the status item and in a message. Calls wait for each other.
  start(): Promise<void> {
    return this.enqueue(() => this.launch());
  }
  stop(): Promise<void> {
    return this.enqueue(() => this.end());
  }
  restart(): Promise<void> {
    return this.enqueue(async () => {
      this.crashes = [];
      await this.end();
      await this.launch();
    });
  }
  showOutput(): void {
    this.output.show();
  }
  dispose(): void {
    this.status.dispose();
    this.output.dispose();
    this.trace.dispose();
  }

  private enqueue(step: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(step).catch((error) => this.output.error(error));
    return this.queue;
  }

  private async launch(): Promise<void> {
    this.status.starting();
    try {
      const found = await locate(this.context);
      this.output.info(`${found.version}: ${found.command}`);
      this.client = this.newClient(found);
      await this.client.start();
    } catch (error) {
      this.failed(error instanceof Error ? error.message : String(error));
    }
  }

  private newClient(found: Found): LanguageClient {
    const args = vscode.workspace.getConfiguration('awaitd').get<string[]>('arguments', []);
    let ran = false;
    const options: LanguageClientOptions = {
      documentSelector: SELECTOR,
      errorHandler: {
        // What is typed while a server dies cannot be written to it. The library gives up after a few such errors,
        // before it
        // sees the end that it would restart for.
        error: () => ({action: ErrorAction.Continue, handled: true}),
        // A client that restarts its server (9.0.1) hears no more of documents that are opened: it never asks about
        // them.
        closed: () => {
          if (ran) this.crashed(client);
          return {action: CloseAction.DoNotRestart, handled: true};
        },
      },
      outputChannel: this.output,
      traceOutputChannel: this.trace,
      middleware: {
        workspace: {
          // The library tells of changed settings even while we stop the server because of them.
          didChangeConfiguration: async (sections, next) => {
            await next(sections).catch((error) => {
              if (client.state === State.Running) throw error;
            });
          },
          configuration: async (params, token, next) => {
            const sections = await next(params, token);
            if (!Array.isArray(sections)) return sections;
            return sections.map((section, i) =>
              params.items[i]?.section === 'python' ? pythonForServer(section, selectedPython()) : forServer(section),
            );
          },
        },
      },
    };
    const client: LanguageClient = new LanguageClient('awaitd', 'awaitd', { command: found.command, args }, options);
    client.registerFeature(diagnosticsInHover);
    client.onDidChangeState(({newState}) => {
      if (newState === State.Running) {
        ran = true;
        this.status.running(found.version);
      }
      if (newState === State.Starting) this.status.starting();
      if (newState === State.Stopped) this.status.stopped('stopped');
    });
    return client;
  }

  // A new client for a server that died, unless it is not ours any more or dies too often.
  private crashed(client: LanguageClient): void {
    const now = Date.now();
    this.crashes = [...this.crashes.filter((when) => now - when < MINUTES * 60_000), now];
    void this.enqueue(async () => {
      if (this.client !== client) return;
      await this.end();
      if (this.crashes.length <= RESTARTS) return this.launch();
      this.failed(`the server ended ${this.crashes.length} times in ${MINUTES} minutes and is not started again.`);
    });
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      if (client?.state === State.Running) await client.stop();
      await client?.dispose();
    } catch (error) {
      this.output.warn(`while stopping: ${error}`); // a server that is dead already; a new one can start all the same
    }
  }

  private failed(why: string): void {
    this.output.error(why);
    this.status.stopped(why);
    void vscode.window.showErrorMessage(`awaitd: ${why}`, 'Settings', 'Output').then((choice) => {
      if (choice === 'Settings') void vscode.commands.executeCommand('workbench.action.openSettings', 'awaitd.path');
      if (choice === 'Output') this.showOutput();
    });
  }
}
