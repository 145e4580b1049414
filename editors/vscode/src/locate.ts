// Which awaitd to run.
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';

export interface Found {
  command: string;
  version: string;
}

const PATIENCE = 300_000; // ms; a checkout's tools/run may have to build first

/// The first of: the setting awaitd.path, the binary inside the extension, awaitd on the PATH. Throws a sentence for the
/// user if that one does not run; a wrong setting is never passed over silently.
export async function locate(context: vscode.ExtensionContext): Promise<Found> {
  const wanted = vscode.workspace.getConfiguration('awaitd').get<string>('path', '').trim();
  const bundled = context.asAbsolutePath(path.join('server', process.platform === 'win32' ? 'awaitd.exe' : 'awaitd'));
  const command = wanted || (fs.existsSync(bundled) ? bundled : 'awaitd');
  try {
    const { stdout } = await promisify(execFile)(command, ['--version'], { timeout: PATIENCE });
    return { command, version: stdout.trim() };
  } catch (error) {
    const why = error instanceof Error ? error.message.trim() : String(error);
    if (wanted) throw new Error(`The setting awaitd.path is "${wanted}", which does not run: ${why}`);
    if (command === bundled) throw new Error(`The awaitd inside the extension does not run here: ${why}`);
    throw new Error('There is no awaitd on the PATH. Set awaitd.path to one, for example to a checkout\'s tools/run.');
  }
}
