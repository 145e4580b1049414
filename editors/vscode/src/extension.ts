// awaitd in VS Code: starts the server with the first Python file and keeps what the user sees of it - the status item,
// the output channels, three commands. Everything about code comes over LSP.
import * as vscode from 'vscode';
import { example } from './example';
import { Server } from './server';

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const server = new Server(context);
  context.subscriptions.push(
    server,
    vscode.commands.registerCommand('awaitd.restart', () => server.restart()),
    vscode.commands.registerCommand('awaitd.showOutput', () => server.showOutput()),
    vscode.commands.registerCommand('awaitd.openExample', openExample),
    vscode.workspace.onDidChangeConfiguration((change) => {
      // The server asks for all other settings by itself.
      if (change.affectsConfiguration('awaitd.path') || change.affectsConfiguration('awaitd.arguments')) {
        return server.restart();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => server.restart()),
  );
  await server.start();
  running = server;
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}

let running: Server | undefined;

async function openExample(): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'python', content: example });
  await vscode.window.showTextDocument(document);
}
