import type { ForecastInput } from '../../../src/core/forecast/forecast';
import { predictFinalLoss } from '../../../src/core/forecast/predict';
import { functionalScaling } from '../../../src/core/laws/functionalScaling';
import { generalisedAnnealing } from '../../../src/core/laws/generalisedAnnealing';
import type { Law } from '../../../src/core/laws/law';
import { lrAnnealing } from '../../../src/core/laws/lrAnnealing';
import { traceLr } from '../../../src/core/laws/lrPath';
import { multiPower } from '../../../src/core/laws/multiPower';
import { scheduleCurve } from '../fit/curveFolder';
import { normals, uniforms } from '../fit/random';
import { FRACTIONS } from './tasks';

// Runs that obey other laws than the forecaster's, in other units or with events on the way: none of them is a recorded one.

/** Losses of one run at all its steps, before noise, and the plan its log tells. */
interface Course {
  readonly plan: Plan;
  readonly lossAt: (steps: Float64Array) => Float64Array;
}

interface Plan {
  readonly total: number;
  readonly peak: number;
  readonly kind: (typeof KINDS)[number];
}

const KINDS = ['cosine', 'linear', 'wsd'] as const;

/** A kind of run: its losses by plan and by numbers in [0, 1) that make runs differ. */
export interface World {
  readonly name: string;
  /** What happens on the way is over by this share of the plan: before, nobody can know of it. */
  readonly from?: number;
  readonly course: (plan: Plan, draw: (low: number, high: number) => number) => Course['lossAt'];
}

const lrOf = ({ total, peak, kind }: Plan) => {
  const warmup = Math.min(1000, 0.02 * total);
  const from = kind === 'wsd' ? 0.8 * total : warmup;
  return scheduleCurve({
    kind,
    total_steps: total,
    peak_lr: peak,
    warmup_steps: warmup,
    decay_start: from,
    decay_steps: total - from,
    decay_shape: kind === 'cosine' ? 'cosine' : 'linear',
    final_lr: kind === 'cosine' ? 0.1 * peak : 0,
  });
};

function along(law: Law, theta: readonly number[], plan: Plan): Course['lossAt'] {
  const path = traceLr(lrOf(plan), plan.total)!;
  return (steps) => {
    const out = new Float64Array(steps.length);
    law.predict(
      Float64Array.from(theta),
      law.prepare(
        path,
        steps,
        law.settings.map((setting) => setting.standard),
      ),
      out,
    );
    return out;
  };
}

type Draw = (low: number, high: number) => number;

/** What noise costs at a peak rate, over that at 6e-4: it grows with the rate in every recorded family. */
const noiseOf = ({ peak }: Plan): number => (peak / 6e-4) ** 0.4;

/** A run of the forecaster's own law. */
const usual = (plan: Plan, draw: Draw): Course['lossAt'] =>
  along(
    generalisedAnnealing,
    [draw(2.4, 3.1), draw(0.6, 1), draw(0.42, 0.62), noiseOf(plan) * draw(0.15, 0.27), draw(0.08, 0.3)],
    plan,
  );

/** A and alpha of the published laws, from alpha and what is left after 1000 steps. */
function powerOf(draw: Draw): [number, number] {
  const alpha = draw(0.4, 0.55);
  return [draw(0.65, 1.05) * 1000 ** alpha, alpha];
}

/** `usual` after `change` of each loss at a step. */
const changed =
  (change: (loss: number, step: number, plan: Plan, draws: readonly number[]) => number): World['course'] =>
  (plan, draw) => {
    const lossAt = usual(plan, draw);
    const draws = Array.from({ length: 3 }, () => draw(0, 1));
    return (steps) => lossAt(steps).map((loss, i) => change(loss, steps[i]!, plan, draws));
  };

export const WORLDS: readonly World[] = [
  { name: 'its own law', course: usual },
  {
    name: 'multi-power law',
    course: (plan, draw) =>
      along(
        multiPower,
        [
          draw(2.3, 2.9),
          ...powerOf(draw),
          noiseOf(plan) * draw(0.1, 0.18),
          draw(0.08, 0.2),
          draw(0.4, 0.7),
          draw(0.4, 0.8),
        ],
        plan,
      ),
  },
  {
    name: 'functional scaling law',
    course: (plan, draw) =>
      along(
        functionalScaling,
        [draw(2.3, 2.9), ...powerOf(draw), noiseOf(plan) * draw(0.12, 0.22), draw(0.05, 0.2), draw(0.35, 0.7)],
        plan,
      ),
  },
  {
    name: 'learning-rate annealing law (momentum)',
    course: (plan, draw) =>
      along(lrAnnealing, [draw(2.5, 3.1), ...powerOf(draw), noiseOf(plan) * draw(1.3, 3) * 1e-4], plan),
  },
  {
    name: 'another mixture of data from 40 % on',
    from: 0.5,
    course: changed((loss, step, { total }, [a, b]) =>
      step < 0.4 * total ? loss : loss * (1 - 0.01 - 0.03 * a! - 0.02 * b! * Math.log((2.5 * step) / total)),
    ),
  },
  {
    name: 'a batch that grows four times between 20 and 40 %',
    from: 0.5,
    course: (plan, draw) => {
      const lossAt = usual(plan, draw);
      const grown = (step: number): number => {
        const [from, to] = [0.2 * plan.total, 0.4 * plan.total];
        const within = Math.min(Math.max(0, step - from), to - from);
        return step + 1.5 * (within ** 2 / (to - from)) + 3 * Math.max(0, step - to);
      };
      const end = grown(plan.total) / plan.total;
      return (steps) => lossAt(steps.map((step) => grown(step) / end));
    },
  },
  { name: 'bits per byte', course: changed((loss) => loss / Math.LN2 / 4.3) },
  { name: 'another tokenizer: 2.4 times the loss', course: changed((loss) => 2.4 * loss) },
  { name: 'images: a loss that nears 0.3', course: changed((loss) => Math.max(0, loss - 2.3)) },
  {
    name: 'images learnt by heart',
    course: changed((_, step, { total }) => 0.001 + 2.3 * Math.exp((-9 * step) / total)),
  },
  { name: 'a policy loss below zero', course: changed((loss) => loss - 4) },
  {
    name: 'two passes over the data',
    from: 0.5,
    course: changed((loss, step, { total }, [a]) => (step > 0.45 * total ? loss * (0.985 - 0.02 * a!) : loss)),
  },
];

/** How often the end of the runs of a world is forecast, and how well. */
export interface WorldScore {
  readonly name: string;
  readonly asked: number;
  /** Forecasts refused, by code. */
  readonly refused: ReadonlyMap<string, number>;
  /** 100 · (forecast / truth - 1) of the others. */
  readonly errors: readonly number[];
  /** Shares inside of the intervals, 0 to 1; `NaN` without a forecast. */
  readonly inside80: number;
  readonly inside95: number;
}

/** Noise of one point, relative, and how many points a run has: validation and single batches. */
const LOGS = [
  { noise: 0.0005, points: 100 },
  { noise: 0.03, points: 1500 },
] as const;

/** Forecasts `runs` runs of a world at all `FRACTIONS`, cold, of either log in turn. */
export function scoreWorld({ name, course, from = 0 }: World, runs: number): WorldScore {
  const refused = new Map<string, number>();
  const errors: number[] = [];
  const inside = { of80: 0, of95: 0 };
  let asked = 0;
  for (let seed = 0; seed < runs; seed++) {
    const draws = uniforms(32, 900 + seed);
    let used = 0;
    const draw: Draw = (low, high) => low + (high - low) * draws[used++]!;
    const kind = KINDS[seed % KINDS.length]!;
    const plan: Plan = { total: Math.round(8000 * 12 ** draw(0, 1)), peak: 2e-4 * 8 ** draw(0, 1), kind };
    const lossAt = course(plan, draw);
    const truth = lossAt(Float64Array.of(0.99 * plan.total))[0]!;
    const { noise, points } = LOGS[seed % LOGS.length]!;
    const steps = Float64Array.from({ length: points }, (_, i) => Math.round((plan.total * (i + 1)) / points));
    const noises = normals(points, seed);
    const losses = lossAt(steps).map((loss, i) => loss + noise * Math.abs(loss) * noises[i]!);
    for (const fraction of FRACTIONS.filter((share) => share >= from)) {
      const seen = Math.floor(fraction * points);
      const input: ForecastInput = {
        steps: steps.slice(0, seen),
        losses: losses.slice(0, seen),
        lr: lrOf(plan),
        finalStep: plan.total,
        seed: 1,
      };
      asked++;
      const forecast = predictFinalLoss(input);
      const code = forecast.refused?.code;
      if (forecast.finalLoss === null || code === 'wideInterval') {
        refused.set(code ?? 'none', (refused.get(code ?? 'none') ?? 0) + 1);
        continue;
      }
      const { value, interval80, interval95 } = forecast.finalLoss;
      errors.push(100 * (value / truth - 1));
      if (interval80[0] <= truth && truth <= interval80[1]) inside.of80++;
      if (interval95[0] <= truth && truth <= interval95[1]) inside.of95++;
    }
  }
  return { name, asked, refused, errors, inside80: inside.of80 / errors.length, inside95: inside.of95 / errors.length };
}
