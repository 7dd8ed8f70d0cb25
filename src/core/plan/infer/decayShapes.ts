import { cosineShape, linearShape, polynomialShape, sqrtShape } from '../shapes';

/** Shapes that a fit of logged rates tells apart. */
export type ShapeName = 'linear' | 'cosine' | 'sqrt' | 'exponential' | 'inverse-sqrt' | 'polynomial';

/** Rate relative to the peak after `t` >= 0 of a decay towards `floor`, with t the steps since its start times a speed. */
export interface DecayShape {
  value(t: number, floor: number, power: number): number;
  /** The `t` at which the rate has fallen to `v` in (floor, 1]. */
  inverse(v: number, floor: number, power: number): number;
  /** The `t` at which the rate reaches `floor`; infinite for shapes that never do when `floor` is 0. */
  end(floor: number, power: number): number;
  /** Does the floor bend the curve before it is reached? Otherwise a prefix looks the same for every floor. */
  readonly bentByFloor: boolean;
}

const clip = (u: number): number => Math.min(Math.max(u, 0), 1);

const aboveFloor = (v: number, floor: number): number => clip((v - floor) / Math.max(1 - floor, 1e-12));

/** Every shape in units of its own speed: 1/decaySteps for straight and polynomial falls, pi/decaySteps for a cosine. */
export const DECAY_SHAPES: Readonly<Record<ShapeName, DecayShape>> = {
  linear: {
    value: (t, floor) => Math.max(linearShape(t), floor),
    inverse: (v) => 1 - v,
    end: (floor) => 1 - floor,
    bentByFloor: false,
  },
  sqrt: {
    value: (t, floor) => Math.max(sqrtShape(t), floor),
    inverse: (v) => (1 - v) ** 2,
    end: (floor) => (1 - floor) ** 2,
    bentByFloor: false,
  },
  exponential: {
    value: (t, floor) => Math.max(Math.exp(-t), floor),
    inverse: (v) => -Math.log(Math.max(v, 1e-12)),
    end: (floor) => -Math.log(floor),
    bentByFloor: false,
  },
  'inverse-sqrt': {
    value: (t, floor) => Math.max(1 / Math.sqrt(1 + t), floor),
    inverse: (v) => 1 / Math.max(v, 1e-12) ** 2 - 1,
    end: (floor) => 1 / floor ** 2 - 1,
    bentByFloor: false,
  },
  cosine: {
    value: (t, floor) => floor + (1 - floor) * cosineShape(Math.min(t / Math.PI, 1)),
    inverse: (v, floor) => Math.acos(2 * aboveFloor(v, floor) - 1),
    end: () => Math.PI,
    bentByFloor: true,
  },
  polynomial: {
    value: (t, floor, power) => floor + (1 - floor) * polynomialShape(clip(t), power),
    inverse: (v, floor, power) => 1 - aboveFloor(v, floor) ** (1 / power),
    end: () => 1,
    bentByFloor: true,
  },
};
