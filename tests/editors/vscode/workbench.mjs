// What a user does in the workbench: everything by keys and what is on the screen. Every step waits for what it needs to
// see, with the page's time-out.
export class Workbench {
  constructor(page) {
    this.page = page;
  }

  async openFile(...names) {
    for (const name of names.slice(0, -1)) {
      const folder = this.#treeItem(name);
      await folder.waitFor();
      if ((await folder.getAttribute('aria-expanded')) !== 'true') await folder.click();
    }
    await this.#treeItem(names.at(-1)).dblclick();
    await this.page.locator('.tab.active', { hasText: names.at(-1) }).waitFor();
    await this.page.locator('.editor-instance .monaco-editor .view-line').first().waitFor();
    await this.focusEditor();
  }
  #treeItem(name) {
    return this.page.locator('.explorer-folders-view').getByRole('treeitem', { name, exact: true });
  }

  async focusEditor() {
    const focused = this.page.locator('.editor-instance .monaco-editor.focused');
    await this.#again(async (timeout) => {
      await this.page.keyboard.press('Control+1');
      await focused.waitFor({ timeout });
    });
  }
  async goTo(line, column = 1) {
    await this.focusEditor();
    await this.page.keyboard.press('Control+G');
    await this.page.locator('.quick-input-widget input').waitFor();
    await this.page.keyboard.type(`${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await this.page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ` }).waitFor();
  }
  async insert(text) {
    await this.page.keyboard.insertText(text);
  }
  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }
  async save() {
    await this.page.keyboard.press('Control+S');
    await this.page.locator('.tab.active:not(.dirty)').waitFor();
  }
  // Replaces the whole text of the file that is open by one line.
  async replaceAll(text) {
    const lines = this.page.locator('.editor-instance .view-line');
    await this.focusEditor();
    await this.#again(async (timeout) => {
      await this.press('Control+A');
      await this.insert(text);
      await lines.filter({ hasText: text }).first().waitFor({ timeout });
      if ((await lines.allInnerTexts()).join().replaceAll('\u00a0', ' ') !== text) throw new Error(`the file is not ${text}`);
    });
  }

  async command(title) {
    await this.#again(async (timeout) => {
      await this.page.keyboard.press('F1');
      await this.page.locator('.quick-input-widget input').first().fill(`>${title}`, { timeout });
      await this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().waitFor({ timeout });
    });
    await this.page.keyboard.press('Enter');
  }

  // What opens a little late takes the focus away, or closes what needs it: such steps are tried again, with more
  // patience each time, since on a machine that has much to do what is not there yet may be on its way.
  async #again(step) {
    for (let tries = 1; ; tries++) {
      try {
        return await step(1000 * (1 + tries));
      } catch (problem) {
        if (tries === 12) throw problem;
      }
    }
  }

  // The rows of the Problems panel, one text each: message, source(code) and [Ln, Col].
  async problemsText() {
    const rows = await this.page.locator('.markers-panel .monaco-list-row').allInnerTexts();
    return rows.map((row) => row.replace(/\s+/g, ' ').trim());
  }
  async showProblems() {
    await this.page.keyboard.press('Control+Shift+M');
    await this.page.locator('.markers-panel').waitFor();
  }
  // Waits until the rows that are findings are exactly as many as `wanted` and each has all its words.
  async waitProblems(wanted) {
    const deadline = Date.now() + 40_000;
    let findings = [];
    for (;;) {
      findings = (await this.problemsText()).filter((row) => /\[Ln \d+, Col \d+\]/.test(row) && /awaitd/.test(row));
      if (findings.length === wanted.length && wanted.every((words, i) => words.every((word) => findings[i].includes(word)))) return findings;
      if (Date.now() > deadline) throw new Error(`Problems: ${JSON.stringify(await this.problemsText())}, wanted ${JSON.stringify(wanted)}`);
      await this.page.waitForTimeout(20);
    }
  }
  squiggles(kind = 'warning') {
    return this.page.locator(`.editor-instance .squiggly-${kind}`);
  }

  // Hover at the cursor, as text.
  async hover(word) {
    await this.press('Control+K', 'Control+I');
    const hover = this.page.locator('.monaco-hover:not(.hidden)', { hasText: word }).first();
    await hover.waitFor();
    return hover.innerText();
  }
  // The quick fix menu at the cursor; runs the one with that title. shown(): called while the menu is open; focus(): puts
  // the focus back to where the cursor is.
  async quickFix(title, { shown = async () => {}, focus = () => this.focusEditor() } = {}) {
    const rows = this.page.locator('.action-widget .monaco-list-row.action');
    const wanted = rows.filter({ hasText: title }).first();
    const none = this.page.locator('.monaco-editor-overlaymessage', { hasText: 'No code actions available' });
    // Asked for too early there is nothing, or a menu without it that does not change any more. While neither is there the
    // answer is on its way, and the same keys would take the first action of a menu that has just opened.
    for (let tries = 1; !(await wanted.isVisible()); tries++) {
      if (tries > 12) throw new Error(`no quick fix ${title}`);
      if (await rows.first().isVisible()) await this.press('Escape');
      await none.waitFor({ state: 'hidden' });
      await focus();
      await this.press('Control+.');
      await rows.or(none).first().waitFor({ timeout: 120_000 });
    }
    await shown();
    const at = (await rows.allInnerTexts()).findIndex((text) => text.includes(title));
    for (let i = 0; i < at; i++) await this.press('ArrowDown');
    await this.press('Enter');
  }
  // The editor for notebooks comes with an extension of the workbench's own; before that is there the file opens as text.
  async openNotebook(name) {
    await this.#again(async (timeout) => {
      await this.#treeItem(name).dblclick();
      await this.page.locator('.notebookOverlay .monaco-editor .view-line').first().waitFor({ timeout });
    });
  }
  cellLine(text) {
    return this.page.locator('.notebookOverlay .view-line', { hasText: text }).first();
  }

  async line(number) {
    await this.goTo(number);
    const top = await this.page.locator('.editor-instance .margin .line-numbers', { hasText: new RegExp(`^${number}$`) })
      .first().evaluate((element) => element.parentElement.style.top);
    const text = await this.page.locator(`.editor-instance .view-line[style*="top:${top}"], .editor-instance .view-line[style*="top: ${top}"]`).first().innerText();
    return text.replaceAll('\u00a0', ' ');
  }
}
