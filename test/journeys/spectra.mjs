// Checkpoints of a run, from the Runs view to the spectrum of one matrix, and a checkpoint opened as a file.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { openContainer, runCommand, treeItem, until, webview } from '../../tools/realcode/code.mjs';
import { ROOT } from '../../tools/realcode/run.mjs';
import { createWorkspace } from './workspace.mjs';

const STEPS = [500, 1000, 1500];
const MATRICES = 44;

/** The sample run with three checkpoints of a small model beside its log. */
async function fill(dir) {
  const workspace = createWorkspace(dir);
  const helper = `${dir}-gptSeries.mjs`;
  await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: ['test/lib/gptSeries.ts'],
    outfile: helper,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const { writeSeries } = await import(pathToFileURL(helper).href);
  fs.rmSync(helper);
  const checkpoints = writeSeries(path.dirname(workspace.log), {
    layers: 6,
    width: 128,
    vocabulary: 160,
    steps: STEPS,
  });
  return { ...workspace, checkpoints };
}

export const options = { fill };

export default async function spectra({ page, workspace, step, shot, assert }) {
  const app = () => webview(page).locator('#app');
  const facts = () => app().evaluate(({ dataset }) => ({ ...dataset, matrices: Number(dataset.matrices) }));
  const measured = () =>
    until('a measured checkpoint', async () => {
      const { state, matrices } = await facts();
      return state === 'done' && matrices === MATRICES;
    });
  await step('a run lists its checkpoints when it is expanded', async () => {
    await openContainer(page, /^Lossline/);
    const run = treeItem(page, /gpt-124m/).first();
    const newest = treeItem(page, /checkpoint-1500.*MB/).first();
    await run.click();
    // The view is drawn anew while the run is found: a key that comes at that moment is lost.
    await until(
      'the checkpoints of the run',
      async () => {
        if (await newest.isVisible()) return true;
        if ((await run.getAttribute('aria-expanded')) === 'false') await page.keyboard.press('ArrowRight');
        return false;
      },
      { every: 500 },
    );
    return `${await treeItem(page, /checkpoint-\d+/).count()} checkpoints`;
  });
  await step('a click opens the panel, and the matrices are measured', async () => {
    await treeItem(page, /checkpoint-1500/)
      .first()
      .click();
    await until('matrices of the panel', async () => (await facts()).matrices > 0);
    await measured();
    await shot('measured');
  });
  await step('a click on a cell shows its spectrum', async () => {
    const frame = webview(page);
    await frame.getByRole('gridcell', { name: /^layer 3, feed-forward up/ }).click();
    await until('the chosen matrix', async () => (await facts()).selected === 'model.layers.3.mlp.up_proj.weight');
    await until('its drawing', () => frame.locator('.spectrum .plot-area circle').count());
    await shot('cell');
  });
  await step('the keys walk the cells, and Enter chooses one', async () => {
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await until(
      'the cell below and to the left',
      async () => (await facts()).selected === 'model.layers.4.mlp.gate_proj.weight',
    );
  });
  await step('the other checkpoints are measured on demand, and the map goes over steps', async () => {
    const frame = webview(page);
    await frame.getByRole('button', { name: /^Analyze 2 more/ }).click();
    await until(
      'three columns',
      async () => (await frame.locator('.map-part .map thead th').count()) === 1 + STEPS.length,
    );
    await until(
      'no column is empty',
      async () => (await frame.locator('.map-part td[data-state="waiting"]').count()) === 0,
    );
    await shot('steps');
  });
  await step('a safetensors file opens as its spectra', async () => {
    await page.keyboard.press('Control+P');
    await page.locator('.quick-input-widget input[type=text]').fill('checkpoint-500/model.safetensors');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'model.safetensors' }).first().click();
    await page.locator('.tab.active', { hasText: 'model.safetensors' }).waitFor();
    await measured();
    const text = await webview(page).locator('.path').first().textContent();
    assert.ok(text.endsWith(path.join('checkpoint-500', 'model.safetensors')), text);
    assert.ok(workspace.checkpoints.includes(text), text);
    await shot('file');
  });
  await step('the command offers the checkpoints of the runs', async () => {
    await runCommand(page, 'Lossline: Analyze Checkpoint Spectra');
    const rows = page.locator('.quick-input-list .monaco-list-row');
    await until('all checkpoints and the way to others', async () => (await rows.count()) === STEPS.length + 1);
    await rows.filter({ hasText: 'checkpoint-1000' }).click();
    await page.locator('.tab.active', { hasText: 'Spectra: checkpoint-1000' }).waitFor();
    await measured();
  });
}
