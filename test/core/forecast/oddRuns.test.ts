import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Forecast, ForecastInput, Refusal } from '../../../src/core/forecast/forecast';
import { predictFinalLoss } from '../../../src/core/forecast/predict';
import { loadCurve, readManifest } from '../fit/curveFolder';
import { normals } from '../fit/random';
import { firstPart } from './tasks';

// Recorded runs as logs spoil them, and as other units and other plans would have them. A forecast must be sane or refused.

const FOLDER = 'test/fixtures/curves';
const RECORDED = [
  'mpl-100M-cosine-24000',
  'lrs-slimpajama-12x768x12-lr0.001-wsd-linear0.2-T25000-train',
  'mng-adamw-ref-val',
  'mng-muon-train',
  'trn-baseline-train',
];
const manifest = readManifest(FOLDER);
const parts = RECORDED.flatMap((id) => {
  const curve = loadCurve(FOLDER, manifest.find((facts) => facts.id === id)!);
  return [0.15, 0.5, 0.85].map((fraction) => ({ id, fraction, input: firstPart(curve, fraction)! }));
});

type Spoil = (input: ForecastInput) => ForecastInput;

const errors = normals(200_000, 5);
const others = normals(200_000, 6);

const withLosses =
  (change: (loss: number, i: number, all: Float64Array) => number): Spoil =>
  (input) => ({ ...input, losses: input.losses.map(change) });

const keeping =
  (count: number): Spoil =>
  (input) => {
    const stride = Math.max(1, Math.floor(input.steps.length / count));
    const pick = (values: Float64Array): Float64Array => values.filter((_, i) => i % stride === 0);
    return { ...input, steps: pick(input.steps), losses: pick(input.losses) };
  };

/** The learning rate as a log with one value in each tenth of the plan has it. */
const coarseRate: Spoil = (input) => {
  const { steps, lrs } = input.lr;
  const at = (step: number): number => {
    const right = Math.max(
      1,
      steps.findIndex((s) => s >= step),
    );
    const share = (step - steps[right - 1]!) / (steps[right]! - steps[right - 1]!);
    return lrs[right - 1]! + share * (lrs[right]! - lrs[right - 1]!);
  };
  const coarse = Float64Array.from({ length: 11 }, (_, i) => (input.finalStep * i) / 10);
  return { ...input, lr: { steps: coarse, lrs: coarse.map(at) } };
};

const restarts: Spoil = (input) => {
  const period = input.finalStep / 4;
  const steps = Float64Array.from({ length: 401 }, (_, i) => (input.finalStep * i) / 400);
  return {
    ...input,
    lr: { steps, lrs: steps.map((s) => 1e-3 * (1 + 0.9 * Math.cos((Math.PI * (s % period)) / period))) },
  };
};

const SPOILS: Readonly<Record<string, Spoil>> = {
  'heavy tails': withLosses((loss, i) => loss * (1 + (0.03 * errors[i]!) / Math.max(0.2, Math.abs(others[i]!)))),
  'eight points': keeping(8),
  'five points': keeping(5),
  'no learning rate': (input) => ({ ...input, lr: { steps: new Float64Array(0), lrs: new Float64Array(0) } }),
  'a learning rate ten times a run': coarseRate,
  'a learning rate that restarts': restarts,
  'a learning rate of zero ahead': (input) => ({
    ...input,
    lr: { ...input.lr, lrs: input.lr.lrs.map((rate, i) => (i > input.lr.lrs.length / 3 ? 0 : rate)) },
  }),
  'a far horizon': (input) => ({
    ...input,
    finalStep: 20 * input.finalStep,
    lr: { steps: Float64Array.of(0, 20 * input.finalStep), lrs: Float64Array.of(1e-3, 1e-3) },
  }),
  'bits per byte': withLosses((loss) => loss / Math.LN2 / 4.2),
  'a plateau': withLosses((loss, i, all) => {
    const half = all.length >> 1;
    return i > half ? all[half]! * (1 + 1e-3 * errors[i]!) : loss;
  }),
  spikes: withLosses((loss, i) => (i % 37 === 5 ? 1.7 * loss : loss)),
  'a rise at the end': withLosses((loss, i, all) => (i > 0.96 * all.length ? 1.15 * loss : loss)),
  'two lost values at the end': withLosses((loss, i, all) => (i > all.length - 3 ? Number.NaN : loss)),
  'every second value lost': withLosses((loss, i) => (i % 2 === 1 ? Number.NaN : loss)),
  'a restart from an older state': withLosses((loss, i, all) => (i > 0.6 * all.length ? 1.04 * loss : loss)),
  'a fall at each pass over the data': withLosses(
    (loss, i, all) => loss * (1 - 0.05 * Math.floor((4 * i) / all.length)),
  ),
  overfitting: withLosses((loss, i, all) => loss * (1 + 0.6 * Math.max(0, i / all.length - 0.5) ** 2)),
  'two decimals': withLosses((loss) => Math.round(100 * loss) / 100),
  'one decimal': withLosses((loss) => Math.round(10 * loss) / 10),
  'steps three times each': (input) => ({ ...input, steps: input.steps.map((_, i, all) => all[i - (i % 3)]!) }),
  'learnt by heart': withLosses((_, i, all) => 0.02 + 2 * Math.exp((-6 * i) / all.length) * (1 + 0.05 * errors[i]!)),
};

for (const [name, spoil] of Object.entries(SPOILS)) {
  test(`${name}: a sane forecast or a reason for none`, () => {
    for (const { id, fraction, input } of parts) {
      const spoilt = spoil(input);
      assertSane(predictFinalLoss(spoilt), spoilt, `${name}, ${id} at ${fraction}`);
    }
  });
}

function assertSane({ finalLoss, refused, curve }: Forecast, { losses }: ForecastInput, where: string): void {
  if (finalLoss === null) {
    assert.match(refused?.reason ?? '', /^[A-Z].*\.$/, where);
    return;
  }
  const { value, interval80, interval95 } = finalLoss;
  const last = losses.filter(Number.isFinite).at(-1)!;
  assert.ok(value > 0 && value < 2 * last, `${where}: ${value} after ${last}`);
  const ends = [interval95[0], interval80[0], value, interval80[1], interval95[1]];
  for (const [k, end] of ends.entries())
    assert.ok(Number.isFinite(end) && (k === 0 || end > ends[k - 1]!), `${where}: ${ends}`);
  assert.ok(interval95[0] > 0, where);
  assert.ok(curve!.values.every(Number.isFinite), where);
}

const UNITS: [string, Refusal['code'], RegExp, (loss: number) => number][] = [
  ['a perplexity', 'outsideLaw', /perplexity/, Math.exp],
  ['a sum over a batch', 'outsideLaw', /sum/, (loss) => loss * 1024 * 512],
  ['a loss near zero', 'outsideLaw', /heart/, (loss) => 1e-4 * loss],
];

for (const [name, code, reason, convert] of UNITS) {
  test(`${name} is refused and named`, () => {
    for (const { input } of parts) {
      const { refused, finalLoss } = predictFinalLoss({ ...input, losses: input.losses.map(convert) });
      assert.deepEqual([refused?.code, finalLoss], [code, null]);
      assert.match(refused!.reason, reason);
    }
  });
}

test('in bits per byte a run ends where it ends in nats, within a few per cent of it', () => {
  const unit = Math.LN2 * 4.2;
  for (const { id, fraction, input } of parts.filter(({ id }) => id.startsWith('mpl') || id.startsWith('mng-adamw'))) {
    const nats = predictFinalLoss(input).finalLoss!;
    const bits = predictFinalLoss({ ...input, losses: input.losses.map((loss) => loss / unit) }).finalLoss!;
    assert.ok(
      Math.abs((bits.value * unit) / nats.value - 1) < 0.03,
      `${id} at ${fraction}: ${(bits.value * unit) / nats.value}`,
    );
  }
});

test('a run whose first steps lose little is taken for fine-tuning; one that starts anew is not', () => {
  const steps = Float64Array.from({ length: 300 }, (_, i) => i + 1);
  const lr = { steps: Float64Array.of(0, 1000), lrs: Float64Array.of(2e-5, 0) };
  const tuned = steps.map((step, i) => (1.1 + 0.5 / (1 + step / 60)) * (1 + 0.01 * errors[i]!));
  const forecast = predictFinalLoss({ steps, losses: tuned, lr, finalStep: 1000, seed: 1 });
  assert.equal(forecast.lawId, 'rectified');
  assert.match(forecast.refused!.reason, /^Fine-tuning/);
  const end = 1.1 + 0.5 / (1 + 1000 / 60);
  assert.ok(Math.abs(forecast.finalLoss!.value / end - 1) < 0.03, `${forecast.finalLoss!.value}, ${end}`);
  const anew = steps.map((step, i) => (1.1 + 3.1 / (1 + step / 60)) * (1 + 0.01 * errors[i]!));
  assert.notEqual(predictFinalLoss({ steps, losses: anew, lr, finalStep: 1000, seed: 1 }).lawId, 'rectified');
});

test('the interval grows with the horizon beyond what was measured', () => {
  const { input } = parts[1]!;
  const at = (factor: number): number => {
    const finalStep = factor * input.finalStep;
    const lr = { steps: Float64Array.of(0, finalStep), lrs: Float64Array.of(3e-4, 3e-4) };
    const { value, interval80 } = predictFinalLoss({ ...input, finalStep, lr }).finalLoss!;
    return interval80[1] / value - 1;
  };
  assert.ok(at(4) < at(20) && at(20) < at(100), [at(4), at(20), at(100)].join(' '));
});
