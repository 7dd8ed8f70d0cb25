import assert from 'node:assert/strict';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import * as lossline from '../../src/core';
import { InlinePool } from '../../src/node/inlinePool';
import { NodeFileSystem } from '../../src/node/nodeFileSystem';
import { SystemClock } from '../../src/node/systemClock';
import type { WhatIfReply } from '../../src/protocol/panel';
import { RunSession } from '../../src/server/panels/runSession';

const quiet = { info: () => undefined, warn: () => undefined };
const engine = lossline.createEngine({
  fs: new NodeFileSystem(),
  pool: new InlinePool(),
  clock: new SystemClock(),
  log: quiet,
});
const session = new RunSession(engine, () => undefined);
let run = '';

before(async () => {
  const log = path.resolve('media/sample/runs/gpt-124m/metrics.jsonl');
  const [found] = await lossline.detect(engine, log);
  run = found!.id;
  await engine.fitted();
});
after(() => engine.dispose());

const ask = (question: unknown) => session.request('view/whatIf', { run, question }) as Promise<WhatIfReply>;

test('a panel is answered for the plan, another schedule and the best one', async (t) => {
  const fit = await engine.fit(run, { until: 12_000 });
  engine.run(run)!.forecast = { ...engine.run(run)!.forecast, ...fit };
  const plan = await ask({ kind: 'plan' });
  assert.ok(Math.abs(plan.difference.value) < 1e-12 && plan.now.step === 12_000);
  const { totalSteps, rate } = plan.now.plan;
  const longer = await ask({ kind: 'schedule', ...plan.now.plan, totalSteps: 2 * totalSteps, rate });
  assert.ok(longer.finalStep === 2 * totalSteps && longer.difference.value < 0);
  const best = await ask({ kind: 'best', totalSteps, lowest: 0 });
  assert.ok(best.difference.value < 1e-6 && best.ahead.steps.at(-1) === totalSteps);
  assert.deepEqual(JSON.parse(JSON.stringify(best)), best, 'plain data');
  await t.test('and told why not', async () => {
    await assert.rejects(ask({ kind: 'schedule', ...plan.now.plan, totalSteps: 100 }), { code: 'fit.refused' });
    for (const wrong of [
      null,
      {},
      { kind: 'magic' },
      { kind: 'best' },
      { kind: 'schedule', ...plan.now.plan, shape: 'x' },
    ]) {
      await assert.rejects(ask(wrong), { code: 'argument.invalid' });
    }
    await assert.rejects(session.request('view/whatIf', { run: 'none', question: { kind: 'plan' } }), {
      code: 'run.unknown',
    });
  });
});
