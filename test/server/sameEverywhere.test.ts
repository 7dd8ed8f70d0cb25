import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import * as lossline from '../../src/core';
import { InlinePool } from '../../src/node/inlinePool';
import { NodeFileSystem } from '../../src/node/nodeFileSystem';
import { SystemClock } from '../../src/node/systemClock';
import type { PanelState } from '../../src/protocol/panel';
import { RunSession } from '../../src/server/panels/runSession';
import { buildServer } from '../lib/serverProcess';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-same-'));
const log = path.join(folder, 'metrics.jsonl');
const curves = ['mpl-25M-cosine-24000', 'mpl-25M-cosine-72000', 'mpl-25M-wsdld-20000-24000'].map((name) =>
  path.resolve('test/fixtures/curves/curves', `${name}.csv`),
);

before(async () => {
  await buildServer(folder);
  const lines = fs.readFileSync('media/sample/runs/gpt-124m/metrics.jsonl', 'utf8').split(/(?<=\n)/);
  fs.writeFileSync(log, lines.slice(0, 300).join(''));
});
after(() => fs.rmSync(folder, { recursive: true, force: true }));

function engine(): lossline.Engine {
  const quiet = { info: () => undefined, warn: () => undefined };
  const host = { fs: new NodeFileSystem(), pool: new InlinePool(), clock: new SystemClock(), log: quiet };
  return lossline.createEngine(host);
}

function printed(...args: string[]): Record<string, unknown> {
  const call = [path.join(folder, 'cli.js'), ...args, '--json'];
  const { stdout, stderr } = spawnSync(process.execPath, call, { encoding: 'utf8' });
  assert.equal(stderr, '');
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** What JSON makes of a value. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('command line, library and panel say the same to the last digit', async () => {
  const said = printed('predict', log, '--at', '20000', '--target', '3.1');
  const library = engine();
  const prediction = await lossline.predict(library, log, { at: 20_000, target: 3.1 });
  const { finalLoss, seen, finalStep, refused } = prediction.forecast;
  assert.deepEqual(plain({ finalLoss, seen, finalStep, refused }), {
    finalLoss: said.finalLoss,
    seen: said.seen,
    finalStep: said.finalStep,
    refused: said.refused,
  });
  const { also, ...report } = said.report as Record<string, unknown>;
  assert.deepEqual(plain(prediction.report), report);
  assert.deepEqual(plain(prediction.also), also);
  assert.deepEqual(plain([prediction.at, prediction.target]), [said.at, said.target]);
  const shown = engine();
  const [run] = await lossline.detect(shown, log);
  await shown.fitted();
  const session = new RunSession(shown, () => undefined);
  const view = { run: run!.id, series: [], smoothing: 0, maxPoints: 500, window: null };
  const { forecast } = (await session.request('view/open', view)) as PanelState;
  assert.deepEqual(plain(forecast.forecast), plain(prediction.forecast));
  library.dispose();
  shown.dispose();
});

test('comparisons too', async () => {
  const { runs } = printed('compare', ...curves, '--total-steps', '72000') as { runs: Record<string, unknown>[] };
  const library = engine();
  const comparison = await lossline.compare(library, curves, { totalSteps: 72_000, history: [] });
  assert.deepEqual(
    plain(comparison.runs.map(({ run, finalLoss, standing }) => [run, finalLoss, standing?.chanceBest])),
    runs.map(({ run, finalLoss, chanceBest }) => [run, finalLoss, chanceBest]),
  );
  library.dispose();
});
