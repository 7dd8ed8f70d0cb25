import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { PanelView, WhatIfQuestion } from '../../../src/protocol/panel';
import { PanelPages, sent, sentAfter } from '../page/inBrowser';

// The run panel in a browser, used as a person does: pointer, wheel, keys, menus.

/** Bytes of the script that are promised at most. */
const BUDGET = 220_000;

interface Saved {
  readonly name: string;
  readonly content: string;
  readonly base64: boolean;
}

/** The steps that the page asked for last; `null` is the whole run. */
const window_ = async (page: Page): Promise<PanelView['window']> =>
  (await sent<PanelView>(page, 'view/open')).at(-1)!.body.window;

const asked = async (page: Page, name: string): Promise<number> => (await sent(page, name)).length;

/** Waits for the view that an act leads to. */
async function viewAfter(page: Page, act: () => Promise<unknown>): Promise<PanelView> {
  const before = await asked(page, 'view/open');
  await act();
  return sentAfter<PanelView>(page, 'view/open', before);
}

async function plotBox(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  return (await page.locator('#plot').boundingBox())!;
}

async function drag(page: Page, from: number, to: number): Promise<void> {
  const box = await plotBox(page);
  await page.mouse.move(box.x + from, box.y + 150);
  await page.mouse.down();
  await page.mouse.move(box.x + (from + to) / 2, box.y + 150);
  await page.mouse.move(box.x + to, box.y + 150);
  await page.mouse.up();
}

const width = ([from, to]: readonly [number, number]): number => to - from;

const text = (page: Page, selector: string): Promise<string> => page.locator(selector).innerText();

async function pick(page: Page, what: 'series' | 'runs', name: string): Promise<void> {
  await page.locator(`#pick-${what} > button`).click();
  await page.getByRole('combobox', { name: `Search ${what}` }).fill(name);
  await page.locator(`#pick-${what} [role="option"]`).first().waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
}

/** Waits until an element has a text. */
const says = (where: Locator, what: string | RegExp): Promise<void> =>
  where.filter({ hasText: what }).first().waitFor({ state: 'attached' });

describe('run page', () => {
  const pages = new PanelPages('run');

  test(
    'the script keeps to its size',
    pages.seen(() => {
      assert.ok(pages.sizes['run.js']! <= BUDGET, String(pages.sizes['run.js']));
    }),
  );

  test(
    'a range is chosen with the mouse, moved with Shift, and left with a double click',
    pages.seen(async () => {
      const page = await pages.open('ready');
      assert.equal(await window_(page), null);
      const brushed = (await viewAfter(page, () => drag(page, 300, 600))).window!;
      assert.ok(width(brushed) > 500 && width(brushed) < 5000, String(brushed));
      await page.locator('.zoom-chip').waitFor();
      const moved = await viewAfter(page, async () => {
        await page.keyboard.down('Shift');
        await drag(page, 600, 500);
        await page.keyboard.up('Shift');
      });
      assert.ok(moved.window![0] > brushed[0]);
      assert.ok(Math.abs(width(moved.window!) / width(brushed) - 1) < 1e-6);
      const box = await plotBox(page);
      const whole = await viewAfter(page, () => page.mouse.dblclick(box.x + 400, box.y + 100));
      assert.equal(whole.window, null);
      await page.locator('.zoom-chip').waitFor({ state: 'hidden' });
      // A click, or a tremble of the hand, is no range.
      const before = await asked(page, 'view/open');
      await drag(page, 300, 303);
      assert.equal(await asked(page, 'view/open'), before);
      await page.close();
    }),
  );

  test(
    'the wheel scrolls the page, zooms with Ctrl around the pointer, and moves with Shift',
    pages.seen(async () => {
      const page = await pages.open('ready', { height: 500 });
      const box = await plotBox(page);
      await page.mouse.move(box.x + 500, Math.min(box.y + 100, 480));
      await page.mouse.wheel(0, 40);
      await page.waitForFunction(() => document.scrollingElement!.scrollTop > 0);
      assert.equal(await window_(page), null);
      await page.keyboard.down('Control');
      const zoomed = (await viewAfter(page, () => page.mouse.wheel(0, -200))).window!;
      await page.keyboard.up('Control');
      assert.ok(width(zoomed) < 6000);
      await page.keyboard.down('Shift');
      const moved = (await viewAfter(page, () => page.mouse.wheel(0, 120))).window!;
      await page.keyboard.up('Shift');
      assert.ok(moved[0] > zoomed[0] && Math.abs(width(moved) / width(zoomed) - 1) < 1e-6);
      await page.close();
    }),
  );

  test(
    'keys walk, zoom, move and copy; what they reach is read out',
    pages.seen(async () => {
      const page = await pages.open('ready');
      await page.locator('#plot').focus();
      await page.keyboard.press('End');
      await says(page.locator('#readout'), /^step \d.*: \S/);
      const last = await text(page, '.step-value');
      await page.keyboard.press('Shift+ArrowLeft');
      await page.waitForFunction((before) => document.querySelector('.step-value')!.textContent !== before, last);
      const zoomed = (await viewAfter(page, () => page.keyboard.press('+'))).window!;
      const moved = (await viewAfter(page, () => page.keyboard.press('PageUp'))).window!;
      assert.ok(moved[0] < zoomed[0]);
      await page.keyboard.press('c');
      const copied = (await sentAfter<{ text: string }>(page, 'host/copy')).text
        .split('\n')
        .map((line) => line.split('\t'));
      assert.equal(copied.length, 2);
      assert.deepEqual(copied[0]!.slice(0, 3), ['Step', 'as logged', 'smoothed']);
      assert.equal(copied[0]!.length, copied[1]!.length);
      assert.equal((await viewAfter(page, () => page.keyboard.press('Escape'))).window, null);
      await page.close();
    }),
  );

  test(
    'the beginning of the decay is dragged, typed and moved by a slider',
    pages.seen(async () => {
      const page = await pages.open('ready');
      await page.locator('#what-if > summary').click();
      await says(page.locator('.what-if-final'), 'Final loss');
      const start = page.locator('#what-if-decayStart');
      const length = page.locator('#what-if-decayLength');
      assert.deepEqual([await start.inputValue(), await length.inputValue()], ['6811', '2725']);
      const questions = await asked(page, 'view/whatIf');
      // The plot begins after its labels and leaves room beyond the plan; the handle is taken within some pixels.
      const area = await page.evaluate(() => document.querySelector('#loss')!.clientWidth);
      const handle = 58 + (6811 / (1.05 * 9536)) * (area - 72);
      await drag(page, handle, handle - 150);
      const question = await sentAfter<{ question: WhatIfQuestion }>(page, 'view/whatIf', questions);
      assert.equal(question.question.kind, 'schedule');
      const dragged = Number(await start.inputValue());
      assert.ok(dragged > 4300 && dragged < 6500, String(dragged));
      assert.equal(await length.inputValue(), String(9536 - dragged));
      assert.equal(await window_(page), null);
      await says(page.locator('.what-if-difference'), 'better with a chance of');
      await length.fill('1000');
      assert.equal(await start.inputValue(), '8536');
      await start.fill('100');
      await length.focus();
      assert.equal(await start.inputValue(), '4300', 'a decay cannot begin before now');
      const rate = page.getByRole('slider', { name: 'Learning rate from now on' });
      await rate.focus();
      await page.keyboard.press('Home');
      assert.equal(await page.locator('#what-if-rate').inputValue(), '1.8e-4');
      await page.locator('#what-if-totalSteps').fill('100');
      await says(page.getByRole('alert'), 'already at');
      assert.equal(await page.locator('#what-if-totalSteps').getAttribute('aria-invalid'), 'true');
      await page.close();
    }),
  );

  test(
    'a schedule is copied as code, the forecast as text',
    pages.seen(async () => {
      const page = await pages.open('ready');
      await page.getByRole('button', { name: 'Copy forecast' }).click();
      assert.match((await sentAfter<{ text: string }>(page, 'host/copy')).text, /3\.287/);
      await page.locator('#what-if > summary').click();
      await says(page.locator('.what-if-final'), 'Final loss');
      await page.getByRole('button', { name: 'PyTorch' }).click();
      assert.match((await sentAfter<{ text: string }>(page, 'host/copy', 1)).text, /LambdaLR/);
      await page.getByRole('button', { name: 'nanoGPT' }).click();
      assert.match((await sentAfter<{ text: string }>(page, 'host/copy', 2)).text, /def get_lr/);
      await page.close();
    }),
  );

  test(
    'series and other runs are found by name; what is chosen is there after a reload',
    pages.seen(async () => {
      const page = await pages.open('overlays');
      const view = await viewAfter(page, () => pick(page, 'runs', 'muon'));
      assert.equal(view.overlays.length, 1);
      await says(page.locator('.legend'), 'muon');
      assert.deepEqual((await viewAfter(page, () => pick(page, 'series', 'grad'))).series, ['grad_norm']);
      await page.locator('.plot canvas').nth(2).waitFor();
      const box = await plotBox(page);
      await page.mouse.move(box.x + 300, box.y + 150);
      const rows = page.locator('.hover-card .hover-row');
      await rows.first().waitFor();
      const values = await page.locator('.hover-card .number').allInnerTexts();
      assert.ok(values.length >= 3 && values.every((value) => /^\d\.\d+/.test(value)), String(values));
      const sorted = values.map((value) => Number.parseFloat(value));
      assert.deepEqual(
        sorted,
        sorted.toSorted((a, b) => b - a),
      );
      await page.reload();
      await page.locator('#app[data-state="ready"]').waitFor();
      await says(page.locator('.legend'), 'muon');
      await page.close();
    }),
  );

  test(
    'a sign of an event opens its card by keys, leads to the warning, and gives the focus back',
    pages.seen(async () => {
      const page = await pages.open('events');
      const sign = page.locator('.marker').first();
      await sign.focus();
      await page.keyboard.press('Enter');
      await page.locator('#marker-card').waitFor();
      assert.equal(await sign.getAttribute('aria-expanded'), 'true');
      await page.keyboard.press('Escape');
      await page.locator('#marker-card').waitFor({ state: 'hidden' });
      assert.ok(await sign.evaluate((element) => element === document.activeElement));
      await page.locator('.marker[data-kind="error"]').click();
      await page.locator('#marker-card').getByRole('button', { name: 'Details' }).click();
      assert.ok(await page.locator('#warnings').evaluate((element) => (element as HTMLDetailsElement).open));
      await page.close();
    }),
  );

  test(
    'a growing run is followed to its newest point unless a range is chosen',
    pages.seen(async () => {
      const page = await pages.open('ready');
      const grow = (steps: number): Promise<void> =>
        page.evaluate((count) => (window as never as { dev: { grow(steps: number): void } }).dev.grow(count), steps);
      const points = Number(await page.locator('#app').getAttribute('data-points'));
      await grow(100);
      await page.waitForFunction(
        (before) => Number(document.querySelector<HTMLElement>('#app')!.dataset.points) > before,
        points,
      );
      assert.equal(await text(page, '.step-value'), '4400');
      const chosen = (await viewAfter(page, () => drag(page, 200, 300))).window!;
      await page.mouse.move(0, 0);
      await grow(100);
      await says(page.locator('.step-value'), '4500');
      assert.deepEqual(await window_(page), chosen);
      await page.locator('.zoom-chip').waitFor();
      await page.close();
    }),
  );

  test(
    'values are saved with tokens, seconds and other runs; the residuals are a table too',
    pages.seen(async () => {
      const page = await pages.open('overlays');
      await viewAfter(page, () => pick(page, 'runs', 'muon'));
      await says(page.locator('.legend'), 'muon');
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: 'Values (CSV)…' }).click();
      const { name, content } = await sentAfter<Saved>(page, 'host/save');
      const [head, ...rows] = content.split('\r\n');
      assert.ok(name.endsWith('.csv') && rows.length > 500);
      for (const column of ['step', 'tokens', 'seconds', 'train_loss', 'loss of muon', 'low_80']) {
        assert.ok(head!.split(',').includes(column), `${column} in ${head}`);
      }
      await page.locator('#report > summary').click();
      await page.locator('#report .twin > summary').click();
      await page.locator('#report .twin tbody tr').nth(20).waitFor({ state: 'attached' });
      await page.close();
    }),
  );

  test(
    'in German the words and the numbers are German, and code stays code',
    pages.seen(async () => {
      const page = await pages.open('ready', { lang: 'de' });
      await says(page.locator('.headline'), 'Prognose des End-Loss');
      assert.match(await text(page, '#forecast-value'), /^3,287/);
      await page.locator('#what-if > summary').click();
      await says(page.locator('.what-if-final'), 'End-Loss 3,28');
      // A decimal comma that is shown can be typed.
      await page.locator('#what-if-rate').fill('1,5e-3');
      assert.equal(await page.locator('#what-if-rate').getAttribute('aria-invalid'), 'false');
      await page.getByRole('button', { name: 'PyTorch' }).click();
      assert.doesNotMatch((await sentAfter<{ text: string }>(page, 'host/copy')).text, /\d,\d/);
      await page.close();
    }),
  );

  test(
    'nothing was complained of',
    pages.seen(() => assert.deepEqual(pages.faults, [])),
  );
});
