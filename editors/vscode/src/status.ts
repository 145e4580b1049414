// The item behind the braces in the status bar of Python files; it stands out only when something is wrong.
import * as vscode from 'vscode';

export class Status implements vscode.Disposable {
  private readonly item: vscode.LanguageStatusItem;

  constructor(selector: vscode.DocumentSelector) {
    this.item = vscode.languages.createLanguageStatusItem('awaitd.status', selector);
    this.item.name = 'awaitd';
    this.starting();
  }

  starting(): void {
    this.set('awaitd', 'starting', vscode.LanguageStatusSeverity.Information, true);
  }
  running(version: string): void {
    this.set(version, 'running', vscode.LanguageStatusSeverity.Information, false);
  }
  stopped(why: string): void {
    this.set('awaitd', why, vscode.LanguageStatusSeverity.Error, false);
  }

  dispose(): void {
    this.item.dispose();
  }

  private set(text: string, detail: string, severity: vscode.LanguageStatusSeverity, busy: boolean): void {
    const wrong = severity === vscode.LanguageStatusSeverity.Error;
    this.item.text = text;
    this.item.detail = detail;
    this.item.severity = severity;
    this.item.busy = busy;
    this.item.command = wrong
      ? { title: 'Restart', command: 'awaitd.restart' }
      : { title: 'Show Output', command: 'awaitd.showOutput' };
  }
}
