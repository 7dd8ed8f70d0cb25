// What a person does in the editor's window, as functions over a Playwright page.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from './run.mjs';

const SCREENSHOTS = path.join(ROOT, 'artifacts/screenshots');

/** How long anything in the window may take: far above what a slow machine needs. */
const LIMIT_MS = 90_000;
/** How long a try lasts of what the editor may have lost. */
const TRY_MS = 8000;

/** Opens the workbench in a new page; `payload` works only with the driver flag. */
export async function openWorkbench(browser, code, { payload, prepare, viewport = { width: 1400, height: 900 } } = {}) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  await prepare?.(page);
  const query = payload ? `&payload=${encodeURIComponent(JSON.stringify(payload))}` : '';
  await page.goto(code.url + query);
  await page.locator('.monaco-workbench .statusbar-item').first().waitFor();
  return page;
}

/** Runs a command of the palette by its whole title, `Category: Title`. */
export async function runCommand(page, title) {
  const input = page.locator('.quick-input-widget input[type=text]');
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
  for (let attempt = 0; ; attempt++) {
    await page.keyboard.press('F1');
    try {
      await input.fill(`>${title}`, { timeout: TRY_MS });
      await row.click({ timeout: TRY_MS });
      return;
    } catch (error) {
      if (attempt === 4) throw new Error(`The command palette has no "${title}".`, { cause: error });
      await page.keyboard.press('Escape');
    }
  }
}

/** Changes the colour theme by its label, through the picker. */
export async function chooseTheme(page, label) {
  await runCommand(page, 'Preferences: Color Theme');
  await page.locator('.quick-input-widget input[type=text]').fill(label);
  const name = page.locator('.quick-input-list .label-name').getByText(label, { exact: true });
  await name.first().click();
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

/** The document inside the visible webview, the newest one where several are visible. */
export function webview(page) {
  return page.locator('iframe.webview.ready:visible').last().contentFrame().frameLocator('iframe#active-frame');
}

export function statusItem(page, text) {
  return page.locator('.statusbar-item', { hasText: text });
}

export function treeItem(page, name) {
  return page.getByRole('treeitem', { name });
}

/** Chooses in the menu that is open. One that has just opened takes no click for a moment. */
export async function chooseInMenu(page, name) {
  const item = page.getByRole('menuitem', { name });
  await item.waitFor();
  await until(`a click on ${name}`, async () => {
    await item.click({ timeout: 1000 }).catch(() => undefined);
    return (await item.count()) === 0;
  });
}

/** Loads the window anew and waits until the page of before is gone. */
export async function reloadWindow(page) {
  await page.evaluate(() => {
    window.isOfBefore = true;
  });
  await runCommand(page, 'Developer: Reload Window');
  await until('another page', () => page.evaluate(() => window.isOfBefore === undefined));
}

/** Opens a view container by the name of its icon in the activity bar. */
export async function openContainer(page, name) {
  const tab = page.locator('.activitybar').getByRole('tab', { name });
  if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
}

/** Opens a file of the workspace's top folder in the editor. */
export async function openFile(page, name) {
  await openContainer(page, /^Explorer/);
  await treeItem(page, name).first().dblclick();
  await page.locator('.tab.active', { hasText: name }).waitFor();
  await page.locator('.editor-instance .view-line').first().waitFor();
}

/** Moves the mouse over a word of the open editor and returns the text of the hover that appears. */
export async function hoverWord(page, word, expected) {
  const hover = page.locator('.monaco-hover:visible', expected ? { hasText: expected } : {});
  for (let attempt = 0; attempt < 5; attempt++) {
    const box = await wordBox(page, word);
    await page.mouse.move(5, 5);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 - 1);
    await page.mouse.move(box.x + box.width / 2 + 1, box.y + box.height / 2);
    const shown = await hover
      .first()
      .waitFor({ timeout: TRY_MS })
      .then(
        () => true,
        () => false,
      );
    if (shown) return plain((await hover.first().allInnerTexts()).join());
  }
  throw new Error(`No hover over "${word}"${expected ? ` with "${expected}"` : ''}.`);
}

/** The editor paints with no-break spaces. */
export function plain(text) {
  return text.replace(/\s+/g, ' ').trim();
}

/** Where a word stands on the screen: the editor has no element per word, so a range is measured. */
async function wordBox(page, word) {
  const line = page.locator('.editor-instance .view-line').filter({ hasText: word }).first();
  await line.waitFor();
  return line.evaluate((element, text) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const start = node.data.indexOf(text);
      if (start < 0) continue;
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, start + text.length);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x, y, width, height };
    }
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x, y, width, height };
  }, word);
}

/** Polls until `check` gives a truthy value and returns it; the last error or value is in the message. */
export async function until(what, check, { limit = LIMIT_MS, every = 50 } = {}) {
  let last;
  for (const end = Date.now() + limit; ; ) {
    try {
      last = await check();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`Waited ${limit} ms for: ${what}. Last seen: ${last?.message ?? last}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

/** Takes a picture of the window into artifacts/screenshots and returns its path. */
export async function screenshot(page, name) {
  fs.mkdirSync(SCREENSHOTS, { recursive: true });
  const file = path.join(SCREENSHOTS, `${name}.png`);
  await page.screenshot({ path: file });
  return file;
}
