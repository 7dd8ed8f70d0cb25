import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { predict as predictCommand } from '../../src/cli/commands/predict';
import {
  bestSchedule,
  createEngine,
  type Engine,
  type Forecast,
  fallAhead,
  plannedAhead,
  predict,
  stopNow,
  whatIf,
} from '../../src/core';
import type { WhatIfReply } from '../../src/core/answers/question';
import { linearShape } from '../../src/core/plan/shapes';
import { InlinePool } from '../../src/node/inlinePool';
import { NodeFileSystem } from '../../src/node/nodeFileSystem';
import type { PanelState } from '../../src/protocol/panel';
import { RunSession } from '../../src/server/panels/runSession';
import { type LoadedCurve, loadCurve, readManifest } from '../core/fit/curveFolder';
import { ManualClock } from '../lib/manualClock';

// The same run says the same to the last digit, whoever asks: the command line, another program, the panel.

const FOLDER = 'test/fixtures/curves';
const RUNS = 20;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-same-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const facts = readManifest(FOLDER).filter(({ schedule }) => schedule.kind !== 'knots');
const stride = Math.floor(facts.length / RUNS);
const chosen = facts.filter((_, i) => i % stride === 0).slice(0, RUNS);

/** The first part of a recorded run, between 20 and 80 %, as a log that says its plan. */
function logOf({ facts: { id, schedule }, steps, losses, lr, total }: LoadedCurve, share: number): string {
  const { warmup_steps, decay_start, kind } = schedule;
  const decay = decay_start === undefined ? {} : { decay_steps: total - decay_start };
  const config = { max_steps: total, warmup_steps, lr_scheduler_type: kind === 'wsd' ? 'wsd' : kind, ...decay };
  const rows = Array.from(
    steps.filter((step) => step <= share * total),
    (step, i) => {
      const right = Math.max(
        1,
        lr.steps.findIndex((knot) => knot >= step),
      );
      const part = (step - lr.steps[right - 1]!) / (lr.steps[right]! - lr.steps[right - 1]! || 1);
      const rate = lr.lrs[right - 1]! + part * (lr.lrs[right]! - lr.lrs[right - 1]!);
      return JSON.stringify({ step, loss: losses[i], learning_rate: rate });
    },
  );
  const file = path.join(folder, `${id}.jsonl`);
  fs.writeFileSync(file, `${[JSON.stringify({ config }), ...rows].join('\n')}\n`);
  return file;
}

function engineOf(onlyWhenAsked: boolean): Engine {
  const quiet = { info: () => undefined, warn: () => undefined };
  const host = { fs: new NodeFileSystem(), pool: new InlinePool(), clock: new ManualClock(), log: quiet };
  return createEngine({ ...host, onlyWhenAsked });
}

/** As JSON, which keeps every digit of a number. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

let answered = 0;

for (const [i, own] of chosen.entries()) {
  const share = 0.2 + (0.6 * i) / RUNS;
  test(`${own.id} at ${Math.round(100 * share)} %`, async () => {
    const curve = loadCurve(FOLDER, own);
    const file = logOf(curve, share);
    const [at, target] = [Math.round(0.95 * curve.total), curve.losses.at(-1)! * 1.01];

    const argv = [file, '--at', `${at}`, '--target', `${target}`];
    const call = { pool: new InlinePool(), signal: { aborted: false } as never, progress: () => undefined };
    const command = plain((await predictCommand.answer(argv, call)).json) as Readonly<Record<string, unknown>>;

    const engine = engineOf(true);
    const library = await predict(engine, file, { at, target });
    for (const key of ['at', 'target'] as const) assert.deepEqual(command[key], plain(library[key]), key);
    const { also: _, ...report } = command.report as Readonly<Record<string, unknown>>;
    assert.deepEqual(report, plain(library.report));
    assert.deepEqual(command.finalLoss, plain(library.forecast.finalLoss));
    assert.deepEqual(command.refused, plain(library.forecast.refused));

    const panelEngine = engineOf(false);
    const [run] = await panelEngine.add(file);
    await panelEngine.settle();
    const session = new RunSession(panelEngine, () => undefined);
    const view = { run: run!.id, series: [], overlays: [], smoothing: 0.9, maxPoints: 800, window: null };
    const shown = ((await session.request('view/open', view)) as PanelState).forecast.forecast as Forecast;
    assert.deepEqual(plain(shown), plain(library.forecast));

    const { fitted } = await engine.fit(run!.id);
    if (fitted === null) return;
    const ask = (question: object): Promise<WhatIfReply> =>
      session.request('view/whatIf', { run: run!.id, question }) as Promise<WhatIfReply>;
    const asPlanned = await ask({ kind: 'plan' });
    assert.deepEqual(plain(asPlanned.finalLoss), plain(whatIf(fitted, plannedAhead(fitted)).value!.finalLoss));
    assert.deepEqual(plain(asPlanned.stop), plain(stopNow(fitted).value));
    const { rate } = asPlanned.now;
    const start = Math.round((fitted.lastSeen + curve.total) / 2);
    const schedule = { totalSteps: curve.total, rate, decayStart: start, shape: 'linear', lowest: 0 };
    const ahead = fallAhead(fitted, { start, finalStep: curve.total, rate, lowest: 0, shape: linearShape });
    const { difference, finalLoss } = await ask({ kind: 'schedule', ...schedule });
    const changed = whatIf(fitted, ahead).value!;
    assert.deepEqual(plain([difference, finalLoss]), plain([changed.difference, changed.finalLoss]));
    const best = await ask({ kind: 'best', totalSteps: curve.total, lowest: 0 });
    assert.deepEqual(plain(best.finalLoss), plain(bestSchedule(fitted).value!.finalLoss));
    answered++;
    engine.dispose();
    panelEngine.dispose();
  });
}

test('nearly all of them were asked everything', () => {
  assert.ok(answered >= RUNS - 2, String(answered));
});
