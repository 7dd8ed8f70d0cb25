import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../src/core/engine/engine';
import { fitLaw } from '../../../src/core/fit/fitLaw';
import { prepareCurve } from '../../../src/core/fit/prepare';
import { fitShared } from '../../../src/core/fit/sharedShape';
import type { ForecastInput } from '../../../src/core/forecast/forecast';
import { hindsight } from '../../../src/core/forecast/hindsight';
import { fitForecast, predictFinalLoss } from '../../../src/core/forecast/predict';
import { generalisedAnnealing } from '../../../src/core/laws/generalisedAnnealing';
import { traceLr } from '../../../src/core/laws/lrPath';
import { InlinePool } from '../../../src/node/inlinePool';
import { ManualClock } from '../../lib/manualClock';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';
import { LR, madeRun, TOTAL, TRUTH, truthAt } from '../answers/madeRun';
import { loadCurve, readManifest } from '../fit/curveFolder';
import { normals } from '../fit/random';
import { endOf, isSound } from './tasks';

/** The validation loss of a made run lies this much below its training loss, nats. */
const OFFSET = 0.15;
const END = truthAt([TOTAL])[0]! - OFFSET;

/** Few points of a validation loss up to step 9000. */
function sparse(count: number, seed = 1): ForecastInput {
  const steps = Float64Array.from({ length: count }, (_, i) => (9000 * (i + 1)) / count);
  const errors = normals(count, 1000 + seed);
  const losses = truthAt(steps).map((loss, i) => (loss - OFFSET) * (1 + 5e-4 * errors[i]!));
  return { steps, losses, lr: LR, finalStep: TOTAL, seed: 1 };
}

test('three points of a validation loss are forecast with the shape of the training loss, inside the intervals', () => {
  let [inside, seeds] = [0, 20];
  for (let seed = 1; seed <= seeds; seed++) {
    const input = sparse(3, seed);
    assert.equal(predictFinalLoss(input).refused!.code, 'tooFewPoints');
    const { finalLoss, refused, report } = predictFinalLoss(input, { companion: madeRun(9000, seed) });
    assert.equal(refused, null);
    assert.ok(Math.abs(finalLoss!.value / END - 1) < 0.03, `${seed}: ${finalLoss!.value}, ${END}`);
    if (finalLoss!.interval80[0] < END && END < finalLoss!.interval80[1]) inside++;
    const offset = Number(/offset \(([\d.]+) nats above/.exec(report.notes.join(' '))?.[1]);
    assert.ok(Math.abs(offset - OFFSET) < 0.02, report.notes.join(' '));
  }
  assert.ok(inside >= 0.7 * seeds, `${inside} of ${seeds}`);
});

test('what the fit says of the series alone is the law, and the plan can be changed', () => {
  const { fitted, forecast } = fitForecast(sparse(3), { companion: madeRun(9400) });
  assert.equal(fitted!.theta.length, TRUTH.length);
  assert.equal(fitted!.covariance.length, TRUTH.length ** 2);
  assert.equal(fitted!.lastSeen, 9400, 'the run has come as far as its training loss');
  assert.deepEqual(
    forecast.params.map(({ name }) => name),
    ['L0', 'R', 'alpha', 'B', 'C'],
  );
});

test('a companion that says the same twice moves the fit nowhere, and its offset is zero', () => {
  const { steps, losses } = madeRun(18_000);
  const path = traceLr(LR, 18_000);
  const { curve } = prepareCurve({ steps, losses, path });
  const alone = fitLaw(generalisedAnnealing, [curve], { starts: 1 });
  const { fit, companion } = fitShared(generalisedAnnealing, [curve, curve], { starts: 1 });
  assert.ok(Math.abs(companion!.offset) < 1e-4, String(companion!.offset));
  const [one, two] = [alone, fit].map(({ problem, u }) => {
    const errors = new Float64Array(problem.dataRows);
    problem.errors(u, errors);
    return errors;
  });
  for (const [i, error] of one!.entries()) assert.ok(Math.abs(two![i]! - error) < 5e-4, `bin ${i}`);
});

test('a series that has its own shape is forecast as without', () => {
  const input = sparse(60);
  assert.deepEqual(predictFinalLoss(input, { companion: madeRun(9000) }), predictFinalLoss(input));
});

test('a companion that cannot be forecast lends nothing', () => {
  const { steps, losses } = madeRun(9000);
  const diverged = { steps, losses: losses.map((loss, i) => (i > 400 ? 3 * loss : loss)) };
  const rising = { steps, losses: losses.toReversed() };
  for (const companion of [diverged, rising, { steps: steps.slice(0, 2), losses: losses.slice(0, 2) }]) {
    assert.equal(predictFinalLoss(sparse(3), { companion }).refused!.code, 'tooFewPoints');
  }
  const one = predictFinalLoss(sparse(1), { companion: madeRun(9000) });
  assert.equal(one.refused!.code, 'tooFewPoints', 'one point has no level but its noise');
});

test('a back-test sees of the companion what was known then', () => {
  const companion = madeRun(9000);
  const later = { ...companion, losses: companion.losses.map((loss, i) => (companion.steps[i]! > 6400 ? 9 : loss)) };
  const [input, known] = [sparse(12), (rows: ReturnType<typeof hindsight>) => rows.filter(({ share }) => share <= 0.7)];
  assert.deepEqual(known(hindsight(input, { companion: later })), known(hindsight(input, { companion })));
});

test('recorded runs: thinned until they are refused, most end inside the interval', () => {
  const folder = 'test/fixtures/curves';
  const facts = readManifest(folder).filter(({ source }) => source === 'lr-scheduling');
  const pairs = facts.filter(({ id }) => id.endsWith('-val')).filter((_, i) => i % 5 === 0);
  let [inside, asked] = [0, 0];
  for (const own of pairs) {
    const twin = facts.find(({ id }) => id === own.id.replace(/val$/, 'train'));
    const curve = loadCurve(folder, own);
    if (twin === undefined || !isSound(curve)) continue;
    const train = loadCurve(folder, twin);
    const upTo = (steps: Float64Array): number => steps.filter((step) => step <= 0.4 * curve.total).length;
    const rows = [0.4, 0.7, 1].map((share) => Math.floor(share * (upTo(curve.steps) - 1)));
    const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!);
    const seen = upTo(train.steps);
    const companion = { steps: train.steps.slice(0, seen), losses: train.losses.slice(0, seen) };
    const input = {
      steps: pick(curve.steps),
      losses: pick(curve.losses),
      lr: curve.lr,
      finalStep: curve.total,
      seed: 1,
    };
    const { finalLoss } = predictFinalLoss(input, { companion });
    if (finalLoss === null) continue;
    asked++;
    const { loss } = endOf(curve);
    if (finalLoss.interval80[0] <= loss && loss <= finalLoss.interval80[1]) inside++;
    assert.ok(Math.abs(finalLoss.value / loss - 1) < 0.04, `${own.id}: ${finalLoss.value}, ${loss}`);
  }
  assert.ok(asked >= 15 && inside >= 0.7 * asked, `${inside} of ${asked}`);
});

test('a log of both losses: the validation loss is forecast, and says what it leans on', async () => {
  const fs = new MemoryFileSystem();
  const { steps, losses } = madeRun(9000);
  const rates = steps.map((step) => (step < 400 ? (6e-4 * step) / 400 : 6e-4));
  const rows = Array.from(steps, (step, i) => {
    const val = step % 3000 === 0 ? { val_loss: truthAt([step])[0]! - OFFSET } : {};
    return JSON.stringify({ step, loss: losses[i], lr: rates[i], ...val });
  });
  const config = { config: { max_steps: TOTAL, warmup_steps: 400, lr_scheduler_type: 'wsd', decay_steps: 5000 } };
  fs.write('/w/run.jsonl', `${[JSON.stringify(config), ...rows].join('\n')}\n`);
  const quiet = { info: () => undefined, warn: () => undefined };
  const engine = new Engine({ fs, pool: new InlinePool(), clock: new ManualClock(), log: quiet, onlyWhenAsked: true });
  await engine.add('/w/run.jsonl');
  const { forecast } = await engine.fit('/w/run.jsonl', { series: 'val_loss' });
  assert.match(forecast.report.notes.join(' '), /points of the training loss give the shape/);
  assert.ok(Math.abs(forecast.finalLoss!.value / END - 1) < 0.03, String(forecast.finalLoss!.value));
  const early = await engine.fit('/w/run.jsonl', { series: 'val_loss', until: 6100 });
  assert.equal(early.forecast.seen.points, 2);
  assert.ok(early.fitted!.lastSeen <= 6100, 'nothing after that step is known');
  engine.dispose();
});
