import type { PlanFacts, ScheduleFamily } from '../../model';
import type { ShapeName } from './decayShapes';

/** One way to explain the rates after the warm-up. */
export interface Hypothesis {
  readonly family: ScheduleFamily;
  readonly shape: ShapeName;
  /** Does the decay begin after a stable phase? Otherwise at the end of the warm-up. */
  readonly isLate: boolean;
  /** Final rate over peak; `free`: to be fitted. */
  readonly floor: number | 'free';
  readonly power: number | 'free';
  /** Step at which the decay ends when that is known. */
  readonly horizon: number | null;
  /** Share of training runs that look so, before any rate is seen. Not normalised. */
  readonly prior: number;
}

/** What narrows the hypotheses. */
export interface Narrowing {
  readonly totalSteps: number | null;
  /** Rate over peak of a constant tail after the decay, when one was seen. */
  readonly tail: number | null;
  readonly peak: number;
  readonly hints: PlanFacts;
}

/**
 * Final rates over peak with their frequency among public training scripts: 0 (transformers, speed runs, D2Z 2502.15938), 0.1
 * (nanoGPT, Megatron recipes, Llama), some 0.01 and 0.05.
 */
const FLOORS: readonly (readonly [number, number])[] = [
  [0, 0.72],
  [0.1, 0.19],
  [0.01, 0.04],
  [0.05, 0.02],
  [0.2, 0.01],
  [0.02, 0.01],
];

const FREE_FLOOR_PRIOR = 0.05;

interface ShapeOf {
  readonly family: ScheduleFamily;
  readonly shape: ShapeName;
  readonly isLate: boolean;
  readonly prior: number;
  readonly powers?: readonly (number | 'free')[];
}

const SHAPES: readonly ShapeOf[] = [
  { family: 'cosine', shape: 'cosine', isLate: false, prior: 0.4 },
  { family: 'linear', shape: 'linear', isLate: false, prior: 0.25 },
  { family: 'wsd-linear', shape: 'linear', isLate: true, prior: 0.15 },
  { family: 'wsd-sqrt', shape: 'sqrt', isLate: true, prior: 0.05 },
  { family: 'wsd-cosine', shape: 'cosine', isLate: true, prior: 0.04 },
  { family: 'wsd-exponential', shape: 'exponential', isLate: true, prior: 0.03 },
  { family: 'wsd-sqrt', shape: 'sqrt', isLate: false, prior: 0.01 },
  { family: 'inverse-sqrt', shape: 'inverse-sqrt', isLate: false, prior: 0.03 },
  { family: 'exponential', shape: 'exponential', isLate: false, prior: 0.015 },
  { family: 'polynomial', shape: 'polynomial', isLate: false, prior: 0.015, powers: [2, 'free'] },
];

/** A family that was read somewhere is this likely true; the rest is left to what the rates say. */
const HINTED_FAMILY = 0.9;

/** A final rate, or a horizon, that was read somewhere. */
const HINTED_VALUE = 0.85;

/** The hypotheses worth fitting, most frequent first. Shapes that do not feel their floor appear once, with floor 0 or the tail. */
export function listHypotheses(narrowing: Narrowing): Hypothesis[] {
  const all: Hypothesis[] = [];
  for (const shape of SHAPES) {
    const isHinted = narrowing.hints.family === shape.family;
    const boost = narrowing.hints.family === undefined ? 1 : isHinted ? HINTED_FAMILY / 0.1 : 1;
    for (const power of shape.powers ?? [1]) {
      const base = { ...shape, power, prior: (shape.prior * boost) / (shape.powers?.length ?? 1) };
      all.push(...(isBentByFloor(shape.shape) ? withFloors(base, narrowing) : [withTail(base, narrowing)]));
    }
  }
  return all;
}

/** Final rates over peak below `seen` with their probabilities, which sum to 1. Empty when `seen` excludes all. */
export function floorPriors(narrowing: Narrowing, seen: number): [number, number][] {
  if (narrowing.tail !== null) return [[narrowing.tail, 1]];
  const { finalLr, peakLr } = narrowing.hints;
  const hinted = finalLr === undefined ? null : finalLr / (peakLr ?? narrowing.peak);
  const list: [number, number][] = FLOORS.map(([floor, prior]) => [
    floor,
    hinted === null ? prior : prior * (1 - HINTED_VALUE),
  ]);
  if (hinted !== null && hinted >= 0 && hinted < 1) list.push([hinted, HINTED_VALUE]);
  const possible = list.filter(([floor]) => floor <= seen + 1e-9);
  const sum = possible.reduce((total, [, prior]) => total + prior, 0);
  return possible.map(([floor, prior]) => [floor, prior / sum]);
}

function isBentByFloor(shape: ShapeName): boolean {
  return shape === 'cosine' || shape === 'polynomial';
}

type Base = ShapeOf & { readonly power: number | 'free' };

function withTail(base: Base, narrowing: Narrowing): Hypothesis {
  return { ...base, floor: narrowing.tail ?? 0, horizon: null };
}

function withFloors(base: Base, narrowing: Narrowing): Hypothesis[] {
  const { totalSteps } = narrowing;
  const unknownHorizon = totalSteps === null ? 1 : 1 - HINTED_VALUE;
  const list = floorPriors(narrowing, 1).map(
    ([floor, prior]): Hypothesis => ({
      ...base,
      floor,
      horizon: null,
      prior: base.prior * prior * unknownHorizon,
    }),
  );
  if (narrowing.tail !== null) return list;
  if (base.power === 'free') return list.slice(0, 2);
  list.push({ ...base, floor: 'free', horizon: null, prior: base.prior * FREE_FLOOR_PRIOR * unknownHorizon });
  if (totalSteps !== null) {
    for (const [floor, prior] of floorPriors(narrowing, 1)) {
      list.push({ ...base, floor, horizon: totalSteps, prior: base.prior * HINTED_VALUE * prior });
    }
    list.push({ ...base, floor: 'free', horizon: totalSteps, prior: base.prior * HINTED_VALUE * FREE_FLOOR_PRIOR });
  }
  return list;
}
