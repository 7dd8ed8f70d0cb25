import { fitPolynomial } from './leastSquares';

/** One checkpoint of a run. */
export interface RankPoint {
  readonly step: number;
  readonly rank: number;
  readonly learningRate?: number;
}

/** How a rank moves over a run. */
export interface RankTrend {
  /** Slope of ln rank over the whole of the plan: −0.1 is a loss of a tenth. */
  readonly slope: number;
  readonly slopeError: number;
  /** Largest fall of the rank, as a part of it, within the window without a change of the learning rate. */
  readonly steepestFall: number;
  readonly from: number;
  readonly to: number;
  readonly collapsing: boolean;
}

/** Own thresholds: a fall of a fifth within a twentieth of the run. */
const FALL = 0.2;
const WINDOW = 0.05;

/** Relative change of the learning rate that explains a fall. */
const SAME_RATE = 0.05;

/**
 * Trend of a rank over checkpoints in order of steps, of a run planned for `totalSteps`. Points that are not positive are left out;
 * null with fewer than 3.
 */
export function rankTrend(points: readonly RankPoint[], totalSteps: number): RankTrend | null {
  const good = points.filter(({ step, rank }) => Number.isFinite(step) && rank > 0 && Number.isFinite(rank));
  if (good.length < 3) return null;
  const fit = fitPolynomial(
    good.map(({ step }) => step / totalSteps),
    good.map(({ rank }) => Math.log(rank)),
    1,
  );
  if (fit === null) return null;
  let worst = { fall: 0, from: good[0]!.step, to: good[0]!.step };
  good.forEach((before, i) => {
    for (const after of good.slice(i + 1)) {
      if (after.step - before.step > Math.max(WINDOW * totalSteps, 0)) break;
      const fall = 1 - after.rank / before.rank;
      if (fall > worst.fall && sameRate(before, after)) worst = { fall, from: before.step, to: after.step };
    }
  });
  const { fall, from, to } = worst;
  return {
    slope: fit.coefficients[1]!,
    slopeError: fit.errors[1]!,
    steepestFall: fall,
    from,
    to,
    collapsing: fall >= FALL,
  };
}

function sameRate({ learningRate: a }: RankPoint, { learningRate: b }: RankPoint): boolean {
  return a === undefined || b === undefined || Math.abs(a - b) <= SAME_RATE * Math.max(a, b);
}
