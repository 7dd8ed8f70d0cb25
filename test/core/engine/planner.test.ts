import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../src/core/engine/engine';
import type { JobName, JobPool, Jobs } from '../../../src/core/engine/jobs';
import { runJob } from '../../../src/core/engine/runJob';
import { InlinePool } from '../../../src/node/inlinePool';
import { ManualClock } from '../../lib/manualClock';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';

const silent = { info: () => undefined, warn: () => undefined };

/** Jobs are copied and done later, as threads do; each can be held up. */
class SlowPool implements JobPool {
  readonly isElsewhere = true;
  readonly done: JobName[] = [];
  hold: Promise<void> = Promise.resolve();

  constructor(readonly fs: MemoryFileSystem) {}

  async run<N extends JobName>(name: N, input: Jobs[N]['input']): Promise<Jobs[N]['result']> {
    const copy = structuredClone(input);
    await this.hold;
    this.done.push(name);
    return structuredClone(await runJob(name, copy, this.fs));
  }

  dispose(): void {}
}

/** A cosine of 4000 steps that is nowhere stated: it is told by the rates alone. */
function log(from: number, to: number): string {
  let text = '';
  for (let step = from + 10; step <= to; step += 10) {
    const lr = 0.0005 * (1 + Math.cos((Math.PI * step) / 4000));
    text += `{"step": ${step}, "loss": ${(3 + 4 * step ** -0.5).toFixed(5)}, "lr": ${lr.toPrecision(6)}}\n`;
  }
  return text;
}

test('a plan that is made elsewhere is the same, and so is the forecast', async () => {
  const results = [];
  for (const isElsewhere of [true, false]) {
    const fs = new MemoryFileSystem();
    const clock = new ManualClock();
    fs.write('/w/a.jsonl', log(0, 2000));
    const pool = isElsewhere ? new SlowPool(fs) : new InlinePool();
    const engine = new Engine({ fs, pool, clock, log: silent });
    await engine.scan([{ path: '/w', name: 'w' }], []);
    await clock.pass(2000);
    const [run] = engine.runs();
    results.push(JSON.stringify([run!.plan().plan, run!.forecast.forecast, await engine.predict(run!.id)]));
    engine.dispose();
  }
  assert.equal(results[0], results[1]);
});

test('until a plan is made, what is stated is shown, then the plan from before; few plans are made of a log that grows', async () => {
  const fs = new MemoryFileSystem();
  const clock = new ManualClock();
  const pool = new SlowPool(fs);
  let release: () => void = () => undefined;
  pool.hold = new Promise((resolve) => {
    release = resolve;
  });
  fs.write('/w/a.jsonl', `{"config": {"warmup_steps": 7}}\n${log(0, 1000)}`);
  const engine = new Engine({ fs, pool, clock, log: silent });
  await engine.scan([{ path: '/w', name: 'w' }], []);
  const [run] = engine.runs();
  assert.equal(run!.plan().plan.warmupSteps?.value, 7);
  assert.equal(run!.plan().plan.totalSteps, null);
  release();
  await clock.pass(1000);
  assert.ok(Math.abs(run!.plan().plan.totalSteps!.value - 4000) < 40);
  pool.done.length = 0;
  for (let step = 1000; step < 1500; step += 10) {
    fs.append('/w/a.jsonl', log(step, step + 10));
    await clock.pass(400);
    assert.notEqual(run!.plan().plan.totalSteps, null);
  }
  const plans = pool.done.filter((name) => name === 'plan').length;
  const fits = pool.done.filter((name) => name === 'forecast').length;
  assert.ok(plans > 0 && plans <= 2 * fits + 1, `${plans} plans and ${fits} fits for 50 lines`);
  engine.dispose();
});
