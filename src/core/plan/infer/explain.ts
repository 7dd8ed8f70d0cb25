import type { LrPoints } from '../lrPoints';
import { roundingError } from '../rounding';
import { DECAY_SHAPES } from './decayShapes';
import type { Hypothesis } from './hypotheses';
import { fitSmall, type SmallFit } from './leastSquares';
import type { Phases } from './phases';
import type { Rise } from './rise';

/** A hypothesis fitted to the rates. */
export interface Explanation {
  readonly hypothesis: Hypothesis;
  /** In the unit of the rates. */
  readonly peak: number;
  readonly decayStart: number;
  /** Final rate over peak; as assumed by the hypothesis where the rates do not tell. */
  readonly floor: number;
  readonly power: number;
  /** `t` of the shape per step. */
  readonly speed: number;
  /** Standard deviation of the logarithm of the speed for residuals of unit variance. */
  readonly logSpeedSd: number;
  /** Standard deviation of the step `decayStart + t / speed`, for residuals of unit variance. */
  endSd(t: number): number;
  readonly cost: number;
  /** Fitted parameters. */
  readonly size: number;
  readonly points: number;
}

/** What explanations are fitted to: rates over the peak after the top, with their standard deviations. */
export interface FitData {
  readonly origin: number;
  readonly span: number;
  readonly x: Float64Array;
  readonly v: Float64Array;
  readonly sd: Float64Array;
  readonly phases: Phases;
  readonly rise: Rise;
}

/** Deviation of a real schedule from its formula: counting from 0 or 1, 32-bit floats. Fraction of the peak. */
const MODEL_SD = 1e-5;

/** Prepares `points` (at least two, from the top on) for fitting. */
export function fitDataOf(points: LrPoints, phases: Phases, rise: Rise): FitData {
  const { peak, rounding, noise } = phases;
  const origin = phases.top.high;
  const span = Math.max(points.steps[points.steps.length - 1]! - origin, Number.MIN_VALUE);
  return {
    origin,
    span,
    x: points.steps.map((step) => (step - origin) / span),
    v: points.lrs.map((lr) => lr / peak),
    sd: points.lrs.map((lr) => Math.hypot(roundingError(rounding, lr) / Math.sqrt(3), noise, MODEL_SD * peak) / peak),
    phases,
    rise,
  };
}

/** Every so many points of `data`, about `limit` of them, both ends kept. */
export function thinData(data: FitData, limit: number): FitData {
  const length = data.x.length;
  if (length <= limit) return data;
  const rows = Array.from({ length: limit }, (_, i) => Math.round((i * (length - 1)) / (limit - 1)));
  const thin = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  return { ...data, x: thin(data.x), v: thin(data.v), sd: thin(data.sd) };
}

/** Fits one hypothesis; `null` when the rates leave no room for it. */
export function explain(data: FitData, hypothesis: Hypothesis): Explanation | null {
  const bounds = startBounds(data, hypothesis);
  if (bounds === null) return null;
  const model = new DecayModel(data, hypothesis);
  let best: SmallFit | null = null;
  for (const start of bounds.starts) {
    for (const power of hypothesis.power === 'free' ? [1.5, 0.6] : [hypothesis.power]) {
      const fit = model.fit(start, power, bounds);
      if (fit !== null && (best === null || fit.cost < best.cost)) best = fit;
    }
  }
  return best === null ? null : model.explanation(best);
}

interface StartBounds {
  readonly low: number;
  readonly high: number;
  readonly starts: readonly number[];
}

/** Room for the start of the decay, in units of the span. */
function startBounds(data: FitData, hypothesis: Hypothesis): StartBounds | null {
  const { phases, origin, span } = data;
  if (!hypothesis.isLate) {
    const low = (phases.top.low - 1.5 - origin) / span;
    // Half a cosine is flat at its top: rounding hides where it turns.
    const hidden = data.rise.kind === 'cosine' ? flatEnd(data) : 0;
    // The top lies between the points on either side of the highest one.
    const next = data.rise.isExact ? (phases.after.steps[1] ?? origin) - origin : 0;
    const high = Math.min(Math.max((phases.rise.steps.length > 0 ? 1.5 : 2) / span, hidden, next / span), 0.5);
    const guess = data.rise.kind === 'cosine' ? hidden / 2 : riseEnd(data);
    return { low, high, starts: guess === null ? [Math.min(0, high), low / 2] : [guess] };
  }
  const low = Math.max(Math.max(3 * phases.interval, 3) / span, 0.02);
  const flat = flatEnd(data);
  if (low > 0.9 || flat <= low) return null;
  return { low, high: 0.99, starts: [flat, Math.max(low, flat * 0.9)] };
}

/** Step at which a straight rise meets the peak, in units of the span from the top. */
function riseEnd(data: FitData): number | null {
  const { rise, phases, origin, span } = data;
  if (rise.kind !== 'linear' || !(rise.slope > 0)) return null;
  const step = (phases.peak - rise.intercept) / rise.slope;
  const high = rise.isExact ? (phases.after.steps[1] ?? origin) : origin;
  return (Math.min(Math.max(step, phases.top.low), high) - origin) / span;
}

/** Last place at which the rate is still at its peak, in units of the span. */
function flatEnd(data: FitData): number {
  const level = data.v[0]!;
  let last = 0;
  for (const [i, v] of data.v.entries()) if (v >= level - 4 * data.sd[i]!) last = data.x[i]!;
  return last;
}

class DecayModel {
  readonly #shape;
  readonly #horizon: number | null;

  constructor(
    readonly data: FitData,
    readonly hypothesis: Hypothesis,
  ) {
    this.#shape = DECAY_SHAPES[hypothesis.shape];
    this.#horizon = hypothesis.horizon === null ? null : (hypothesis.horizon - data.origin) / data.span;
  }

  /** Best fit from a decay start and a power; parameters: peak, start, then log speed, floor, log power where they are free. */
  fit(start: number, power: number, bounds: StartBounds): SmallFit | null {
    const { data, hypothesis } = this;
    if (this.#horizon !== null && this.#horizon < 1e-6 + Math.max(start, bounds.low)) return null;
    const theta = [1, start];
    const low = [0.5, bounds.low];
    const high = [3, bounds.high];
    if (this.#horizon !== null) high[1] = Math.min(bounds.high, this.#horizon - 1e-6);
    const floor = hypothesis.floor === 'free' ? Math.min(0.05, data.v.at(-1)! / 2) : hypothesis.floor;
    if (this.#horizon === null) {
      theta.push(this.#guessLogSpeed(start, floor, power));
      low.push(-30);
      high.push(30);
    }
    if (hypothesis.floor === 'free') {
      theta.push(floor);
      low.push(0);
      high.push(0.99);
    }
    if (hypothesis.power === 'free') {
      theta.push(Math.log(power));
      low.push(Math.log(0.3));
      high.push(Math.log(6));
    }
    const count = data.x.length + 2;
    const residuals = (at: readonly number[], out: Float64Array): void => {
      this.#residuals(at, out);
      // Where no flat part was seen, peak and start of a straight fall are one unknown: the bounds tell them apart.
      const spread = (bounds.high - bounds.low) / 2;
      out[count - 1] = hypothesis.isLate ? 0 : (at[1]! - bounds.starts[0]!) / spread;
    };
    return fitSmall({ residuals, count, low, high }, theta);
  }

  explanation(fit: SmallFit): Explanation {
    const { data, hypothesis } = this;
    const { peak, start, logSpeed, floor, power } = this.#unpack(fit.theta);
    const covariance = (i: number, j: number): number => fit.covariance?.[i]?.[j] ?? (i === j ? 1e12 : 0);
    const isFixed = this.#horizon !== null;
    const speed = Math.exp(logSpeed);
    return {
      hypothesis,
      peak: peak * data.phases.peak,
      decayStart: Math.max(data.origin + start * data.span, 0),
      floor,
      power,
      speed: speed / data.span,
      logSpeedSd: isFixed ? 0 : Math.sqrt(Math.max(covariance(2, 2), 0)),
      endSd: (end) => {
        if (isFixed) return 0;
        const length = end / speed;
        const variance = covariance(1, 1) - 2 * length * covariance(1, 2) + length ** 2 * covariance(2, 2);
        return Math.sqrt(Math.max(variance, 0)) * data.span;
      },
      cost: fit.cost,
      size: fit.theta.length,
      points: data.x.length,
    };
  }

  #guessLogSpeed(start: number, floor: number, power: number): number {
    const { x, v } = this.data;
    let last = v.length - 1;
    while (last > 1 && v[last - 1]! <= v[last]! + 1e-9) last--;
    const t = this.#shape.inverse(Math.min(v[last]!, 0.999999), floor, power);
    return Math.log(Math.max(t, 1e-9) / Math.max(x[last]! - start, 1e-9));
  }

  #unpack(theta: readonly number[]): { peak: number; start: number; logSpeed: number; floor: number; power: number } {
    const { hypothesis } = this;
    let next = 2;
    const fitted = this.#horizon === null ? theta[next++]! : null;
    const floor = hypothesis.floor === 'free' ? theta[next++]! : hypothesis.floor;
    const power = hypothesis.power === 'free' ? Math.exp(theta[next++]!) : hypothesis.power;
    const end = this.#shape.end(floor, power);
    const logSpeed = fitted ?? Math.log(end / (this.#horizon! - theta[1]!));
    return { peak: theta[0]!, start: theta[1]!, logSpeed, floor, power };
  }

  #residuals(theta: readonly number[], out: Float64Array): void {
    const { x, v, sd } = this.data;
    const { peak, start, logSpeed, floor, power } = this.#unpack(theta);
    const speed = Math.exp(logSpeed);
    for (let i = 0; i < x.length; i++) {
      const past = x[i]! - start;
      const left =
        past > 0 ? peak * this.#shape.value(speed * past, floor, power) : Math.min(peak, this.#onRise(x[i]!));
      out[i] = (left - v[i]!) / sd[i]!;
    }
    out[x.length] = this.#riseResidual(peak, start);
  }

  /** Rate over the highest logged one on the line of the warm-up: the highest point can still lie on it. */
  #onRise(x: number): number {
    const { rise, phases, origin, span } = this.data;
    if (!rise.isExact) return Number.POSITIVE_INFINITY;
    return (rise.slope * (origin + x * span) + rise.intercept) / phases.peak;
  }

  /** Distance of the top from the line of the warm-up; programs differ by a step or two in where they count from. */
  #riseResidual(peak: number, start: number): number {
    const { rise, phases, origin, span } = this.data;
    if (this.hypothesis.isLate || rise.kind !== 'linear' || !(rise.slope > 0)) return 0;
    const onLine = (rise.slope * (origin + start * span) + rise.intercept) / phases.peak;
    return (onLine - peak) / Math.max((1.5 * rise.slope) / phases.peak, 2e-3);
  }
}
