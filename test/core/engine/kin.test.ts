import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { compareRuns } from '../../../src/core/engine/comparison';
import { Engine } from '../../../src/core/engine/engine';
import { trunkEnd } from '../../../src/core/engine/kin';
import { predictRun } from '../../../src/core/engine/prediction';
import type { Span } from '../../../src/core/series/series';
import { InlinePool } from '../../../src/node/inlinePool';
import { ManualClock } from '../../lib/manualClock';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';

const curves = 'test/fixtures/curves/curves';
const TRUNK = 'lrs-slimpajama-12x768x12-lr0.001-wsd-linear0.2-T50000-val';
const SHORT = 'lrs-slimpajama-12x768x12-lr0.001-wsd-linear0.2-T25000-val';

/** Rows of a recorded run, as numbers. */
function rows(name: string): number[][] {
  const lines = fs.readFileSync(`${curves}/${name}.csv`, 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => line.split(',').map(Number));
}

interface Kept {
  readonly from?: number;
  readonly until?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A part of a recorded run as JSON lines with its plan. */
function log(name: string, { from = 0, until = Number.POSITIVE_INFINITY, settings = {} }: Kept = {}): string {
  const all = rows(name);
  const decay = { lr_scheduler_type: 'wsd', warmup_steps: 300 };
  const total = Number(/T(\d+)/.exec(name)![1]);
  const config = { config: { max_steps: total, decay_steps: Math.round(0.2 * total), ...decay, ...settings } };
  const kept = all.filter(([step]) => step! >= from && step! <= until);
  const lines = kept.map(([step, lr, loss]) => JSON.stringify({ step, learning_rate: lr, loss }));
  return `${[JSON.stringify(config), ...lines].join('\n')}\n`;
}

const quiet = { info: () => undefined, warn: () => undefined };

async function engineWith(files: Readonly<Record<string, string>>): Promise<Engine> {
  const memory = new MemoryFileSystem();
  const engine = new Engine({
    fs: memory,
    pool: new InlinePool(),
    clock: new ManualClock(),
    log: quiet,
    onlyWhenAsked: true,
  });
  for (const [path, text] of Object.entries(files)) memory.write(path, text);
  for (const path of Object.keys(files)) await engine.add(path);
  return engine;
}

const spans = (values: readonly number[], steps = values.map((_, i) => i)): Span[] => [
  { steps: Float64Array.from(steps), values: Float64Array.from(values) } as Span,
];

test('a trunk ends where two logs begin to differ', () => {
  const base = [9, 8, 7, 6, 5, 4];
  assert.equal(trunkEnd(spans(base), spans([9, 8, 7, 6, 5.5, 4.4])), 3);
  assert.equal(trunkEnd(spans(base), spans(base)), 5);
  assert.equal(trunkEnd(spans(base), spans([9.1, 8, 7, 6, 5, 4])), null, 'other runs');
  assert.equal(trunkEnd(spans(base), spans([9, 8, 7])), null, 'too few to tell');
  assert.equal(trunkEnd(spans(base), spans([8, 7, 6, 5], [1, 2, 3, 4])), 4, 'logs may begin apart');
  assert.equal(trunkEnd(spans(base), spans([])), null);
  assert.equal(trunkEnd(spans([9, Number.NaN, 7]), spans([9, 1, 7])), null);
});

test('a finished run of the same model narrows the forecast and says so; one under way and a copy tell nothing', async () => {
  const names = { '/w/run.jsonl': log(TRUNK, { until: 20_000 }), '/w/done.jsonl': log(SHORT) };
  const engine = await engineWith({
    ...names,
    '/w/half.jsonl': log(SHORT, { until: 12_000 }),
    '/w/copy.jsonl': log(TRUNK, { until: 10_000 }),
  });
  const alone = await predictRun(engine, '/w/run.jsonl');
  const taught = await predictRun(engine, '/w/run.jsonl', { with: ['/w/done.jsonl'] });
  const width = ({ forecast }: typeof alone): number =>
    forecast.finalLoss!.interval80[1] - forecast.finalLoss!.interval80[0];
  assert.deepEqual(taught.report.learntFrom, ['done.jsonl']);
  assert.equal(taught.report.prior.basis, 'model');
  assert.ok(width(taught) < 0.6 * width(alone), `${width(taught)}, ${width(alone)}`);
  const truth = rows(TRUNK).at(-1)![2]!;
  const [low, high] = taught.forecast.finalLoss!.interval95;
  assert.ok(low < truth && truth < high, `${truth} in ${low} to ${high}`);
  const none = await predictRun(engine, '/w/run.jsonl', { with: ['/w/half.jsonl', '/w/copy.jsonl', '/w/run.jsonl'] });
  assert.deepEqual(none.forecast, alone.forecast);
  engine.dispose();
});

test('compared runs of one trunk learn from those that are over; what comes after `until` is not known', async () => {
  const engine = await engineWith({ '/w/run.jsonl': log(TRUNK, { until: 30_000 }), '/w/done.jsonl': log(SHORT) });
  const ids = ['/w/run.jsonl', '/w/done.jsonl'];
  const learnt = async (options = {}): Promise<readonly string[]> => {
    const { runs } = await compareRuns(engine, ids, options);
    return runs.find(({ run }) => run === '/w/run.jsonl')!.learntFrom;
  };
  assert.deepEqual(await learnt(), ['done.jsonl']);
  assert.deepEqual(await learnt({ until: 20_000 }), []);
  engine.dispose();
});

test('runs with nothing in common are siblings by word only', async () => {
  const other = 'lrs-slimpajama-12x768x12-lr0.0005-wsd-linear0.2-T25000-val';
  const engine = await engineWith({ '/w/run.jsonl': log(TRUNK, { until: 20_000 }), '/w/done.jsonl': log(other) });
  const learnt = async (options = {}): Promise<readonly string[]> => {
    const { runs } = await compareRuns(engine, ['/w/run.jsonl', '/w/done.jsonl'], options);
    return runs.find(({ run }) => run === '/w/run.jsonl')!.learntFrom;
  };
  assert.deepEqual(await learnt(), []);
  assert.deepEqual(await learnt({ areSiblings: true }), ['done.jsonl']);
  engine.dispose();
});

test('a run that was started from a checkpoint has the curve before it, by its settings or by word', async () => {
  const late = { from: 15_000, until: 18_000 };
  const resumed = log(TRUNK, { ...late, settings: { resume_from_checkpoint: 'base/checkpoint-15000' } });
  const whole = await engineWith({ '/w/base/log.jsonl': log(TRUNK, { until: 18_000 }) });
  const full = await whole.fit('/w/base/log.jsonl');
  const engine = await engineWith({
    '/w/base/log.jsonl': log(TRUNK, { until: 16_000 }),
    '/w/branch/log.jsonl': resumed,
    '/w/silent/log.jsonl': log(TRUNK, late),
  });
  const branch = await engine.fit('/w/branch/log.jsonl');
  assert.equal(branch.forecast.seen.points, full.forecast.seen.points);
  assert.deepEqual(branch.forecast.finalLoss, full.forecast.finalLoss);
  const silent = await engine.fit('/w/silent/log.jsonl');
  assert.ok(silent.forecast.seen.points < 20, 'nobody says where it comes from');
  const told = await engine.fit('/w/silent/log.jsonl', { branchOf: '/w/base/log.jsonl' });
  assert.deepEqual(told.forecast.finalLoss, full.forecast.finalLoss);
  whole.dispose();
  engine.dispose();
});
