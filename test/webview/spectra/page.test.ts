import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { TensorBatch } from '../../../src/protocol/spectra';
import { PanelPages, sent, sentAfter, tell } from '../page/inBrowser';
import { tensor } from './fixtures';

// The page itself in a browser, with what the product measured on a made training.

/** Bytes of one bundle that are promised at most. */
const BUDGET = 220_000;

describe('spectra page', () => {
  const pages = new PanelPages('spectra');

  const selected = (page: Page): Promise<string | null> => page.locator('#app').getAttribute('data-selected');
  test(
    'bundles keep to their size',
    pages.seen(() => {
      assert.ok(pages.sizes['spectra.js']! <= BUDGET, String(pages.sizes['spectra.js']));
    }),
  );

  test(
    'the heat map is walked by keys, and Enter chooses',
    pages.seen(async () => {
      const page = await pages.open('ready');
      await page.getByRole('button', { name: 'Layer × kind' }).click();
      const cell = (name: string | RegExp) => page.getByRole('gridcell', { name }).first();
      await cell(/^layer 0, attention queries/).focus();
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'End', 'ArrowLeft', 'ArrowLeft'])
        await page.keyboard.press(key);
      await page.keyboard.press('Enter');
      await page.waitForFunction(
        () => document.querySelector<HTMLElement>('#app')!.dataset.selected === 'model.layers.3.mlp.down_proj.weight',
      );
      assert.equal(await cell(/^layer 3, feed-forward down/).getAttribute('aria-selected'), 'true');
      await page.keyboard.press('Control+Home');
      await page.keyboard.press(' ');
      await page.waitForFunction(
        () =>
          document.querySelector<HTMLElement>('#app')!.dataset.selected === 'model.layers.0.self_attn.q_proj.weight',
      );
      // One cell of the grid is reached by Tab.
      assert.equal(await page.locator('.map-part .map td[tabindex="0"]').count(), 1);
      await page.close();
    }),
  );

  test(
    'a drawing has its values as a table, and the table those of the product',
    pages.seen(async () => {
      const page = await pages.open('estimated');
      const name = (await selected(page))!;
      await page.locator('.spectrum').getByRole('button', { name: 'Show data' }).click();
      const rows = await page.locator('.spectrum .plot-table tbody tr').allInnerTexts();
      const top = rows.find((row) => row.startsWith('σ₁ … σ₈\t1\t'))!;
      assert.match(top, /1\.384 ± 0\.0047/);
      const path = await page.locator('.spectrum .plot-area [data-series="values"] .bars').getAttribute('d');
      const bars = path!.split('V').length - 1;
      const points = await page.locator('.spectrum .plot-area [data-series="values"] circle').count();
      assert.equal(bars, points, `${name}: each of ${points} points has its bar`);
      await page.close();
    }),
  );

  test(
    'names of a legend switch their line, the table sorts and finds',
    pages.seen(async () => {
      const page = await pages.open('ready');
      const lines = page.locator('.trends .plot-area').first().locator('g[data-series]');
      const before = await lines.count();
      const name = page.locator('.trends .plot-name[data-key="q"]').first();
      await name.click();
      await page.waitForFunction(
        (count) => document.querySelectorAll('.trends .plot-area')[0]!.querySelectorAll('g').length === count,
        before - 1,
      );
      assert.equal(await name.getAttribute('aria-pressed'), 'false');
      await page.getByRole('button', { name: 'σ₁', exact: true }).click();
      await page.getByRole('button', { name: 'σ₁', exact: true }).click();
      await page.locator('th[aria-sort="descending"]').waitFor();
      assert.match((await page.locator('#worst tbody tr').first().innerText()).trim(), /^layer 5, down/);
      await page.getByRole('searchbox', { name: 'Find a matrix' }).fill('layers.7.mlp');
      assert.equal(await page.locator('#worst tbody tr').count(), 3);
      await page.close();
    }),
  );

  test(
    'drawings and tables are saved',
    pages.seen(async () => {
      const page = await pages.open('ready');
      for (const part of ['.map-part', '.spectrum']) {
        for (const kind of ['PNG', 'SVG']) await page.locator(part).getByRole('button', { name: kind }).click();
      }
      await page.getByRole('button', { name: 'CSV' }).click();
      await sentAfter(page, 'host/save', 4);
      const files = (await sent(page, 'host/save')).map(
        ({ body }) => body as { name: string; content: string; base64: boolean },
      );
      for (const { name, content, base64 } of files.filter((file) => /png|svg/.test(file.name))) {
        const text = Buffer.from(content, base64 ? 'base64' : 'utf8').toString('latin1');
        assert.ok(
          name.endsWith('.png')
            ? text.startsWith('\x89PNG') && text.length > 5000
            : /^<svg .*<rect .*<\/svg>$/s.test(text),
          name,
        );
      }
      assert.deepEqual(
        (await sent(page, 'spectra/export')).map(({ body }) => body.format),
        ['csv'],
      );
      await page.close();
    }),
  );

  test(
    'results that arrive are shown at once, and text of a file is never markup',
    pages.seen(async () => {
      const page = await pages.open('starting');
      assert.equal(await page.locator('.measured').isVisible(), false);
      const name = '<img src=x onerror="window.hacked=1">.weight';
      const path = 'runs/gpt-small/checkpoint-4000/model.safetensors';
      const batch: TensorBatch = {
        path,
        tensors: [tensor(name, { kind: 'other', layer: 3 }), tensor('b.weight', { layer: 4 })],
      };
      await tell(page, 'tensors/didArrive', [batch]);
      await page.locator('#app[data-matrices="2"]').waitFor();
      assert.equal(await page.locator('.map-part td[data-state="value"]').count(), 2);
      assert.ok((await page.locator('#worst').innerText()).includes(name));
      assert.equal(await page.evaluate(() => (window as never as { hacked?: number }).hacked), undefined);
      await page.close();
    }),
  );

  test(
    'cancel, go on, and the other checkpoints',
    pages.seen(async () => {
      const page = await pages.open('analysing');
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('button', { name: /^Analyze 4 more/ }).click();
      const [cancel] = await sent(page, 'spectra/cancel');
      assert.equal((cancel!.body.paths as string[]).length, 1);
      assert.equal(((await sent(page, 'spectra/start'))[0]!.body.paths as string[]).length, 4);
      await page.close();
    }),
  );

  test(
    'when the background process comes back, everything is asked for again',
    pages.seen(async () => {
      const page = await pages.open('ready');
      const before = (await sent(page, 'view/open')).length;
      await tell(page, 'server/didRestart', null);
      await sentAfter(page, 'view/open', before);
      await page.close();
    }),
  );

  test(
    'what can be pressed has a name, and no width is too small',
    pages.seen(async () => {
      const page = await pages.open('ready', { width: 300 });
      await page.evaluate(() => {
        for (const part of document.querySelectorAll('details')) part.open = true;
      });
      const nameless = await page.evaluate(() =>
        [...document.querySelectorAll('button, input, select, [role="gridcell"], svg[role="img"]')]
          .filter(
            (element) =>
              !(
                element.textContent ||
                element.getAttribute('aria-label') ||
                (element as HTMLInputElement).labels?.length
              ),
          )
          .map((element) => element.outerHTML.slice(0, 120)),
      );
      assert.deepEqual(nameless, []);
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(wide <= 0, `${wide} px too wide`);
      await page.close();
    }),
  );

  test(
    'nothing was complained of',
    pages.seen(() => assert.deepEqual(pages.faults, [])),
  );
});
