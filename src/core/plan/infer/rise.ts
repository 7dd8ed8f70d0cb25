import { ONE_CYCLE_DIV_FACTOR } from '../schedule';
import { logError, type Phases } from './phases';

/** How the rate rises before its top. */
export interface Rise {
  /** `none`: nothing of it was logged. `other`: neither a straight line nor half a cosine. */
  readonly kind: 'none' | 'linear' | 'cosine' | 'other';
  /** Straight line of a linear rise: rate = slope * step + intercept. */
  readonly slope: number;
  readonly intercept: number;
  /** Is the line known well enough to say what it is near its top? */
  readonly isExact: boolean;
}

const NO_RISE: Rise = { kind: 'none', slope: Number.NaN, intercept: Number.NaN, isExact: false };

/** Deviation from a straight rise, as a fraction of the peak, up to which the line counts as exact. */
const EXACT = 2e-3;

/** Deviation from a straight rise, as a fraction of the peak, beyond which the rise is curved. */
const STRAIGHTNESS = 0.01;

/** Shape of the warm-up in `phases`. One logged point counts as a straight rise from 0 at step 0. */
export function findRise(phases: Phases): Rise {
  const { steps, lrs } = phases.rise;
  if (steps.length === 0) return NO_RISE;
  const lowest = 0.001 * phases.peak;
  const rows = [...steps.keys()].filter((row) => lrs[row]! > lowest || lrs.length < 4);
  const x = rows.map((row) => steps[row]!);
  const y = rows.map((row) => lrs[row]!);
  if (x.length < 2) {
    const slope = (y[0] ?? 0) / Math.max(x[0] ?? 0, 1);
    return phases.restarts > 0 ? NO_RISE : { kind: 'linear', slope, intercept: 0, isExact: false };
  }
  const line = fitLine(x, y);
  const tolerance = Math.max(STRAIGHTNESS * phases.peak, 2 * logError(phases, phases.peak));
  if (line.worst <= tolerance) return { kind: 'linear', ...line, isExact: line.worst <= EXACT * phases.peak };
  // OneCycleLR rises along half a cosine from peak / 25: its angle is straight.
  const low = phases.peak / ONE_CYCLE_DIV_FACTOR;
  const cosines = y.map((lr) => 1 - (2 * (lr - low)) / (phases.peak - low));
  // Near its ends the angle magnifies rounding.
  const middle = [...cosines.keys()].filter((row) => Math.abs(cosines[row]!) < 0.95);
  const angles = middle.map((row) => Math.acos(cosines[row]!));
  const turn = fitLine(
    middle.map((row) => x[row]!),
    angles,
  );
  const isCosine = middle.length >= 3 && turn.worst < 0.06;
  return { kind: isCosine ? 'cosine' : 'other', slope: Number.NaN, intercept: Number.NaN, isExact: false };
}

function fitLine(x: readonly number[], y: readonly number[]): { slope: number; intercept: number; worst: number } {
  const meanX = x.reduce((sum, value) => sum + value, 0) / x.length;
  const meanY = y.reduce((sum, value) => sum + value, 0) / y.length;
  let xx = 0;
  let xy = 0;
  for (const [i, value] of x.entries()) {
    xx += (value - meanX) ** 2;
    xy += (value - meanX) * (y[i]! - meanY);
  }
  const slope = xx > 0 ? xy / xx : 0;
  const intercept = meanY - slope * meanX;
  let worst = 0;
  for (const [i, value] of x.entries()) worst = Math.max(worst, Math.abs(slope * value + intercept - y[i]!));
  return { slope, intercept, worst };
}
