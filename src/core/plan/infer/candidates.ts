import { DECAY_SHAPES } from './decayShapes';
import { type Explanation, explain, type FitData, thinData } from './explain';
import { floorPriors, type Hypothesis, listHypotheses, type Narrowing } from './hypotheses';

/** One explanation with one end, and its probability among all that were tried. */
export interface Candidate {
  readonly explanation: Explanation;
  /** Final rate over peak; `null` when neither rates nor customs tell. */
  readonly floor: number | null;
  /** Step at which the decay ends; `null` when it has no end that the rates tell. */
  readonly horizon: number | null;
  readonly horizonSd: number;
  readonly probability: number;
}

/** The candidates of a decay and how well the best of them fits. */
export interface Ranking {
  /** Most probable first; probabilities sum to 1. Empty when nothing could be fitted. */
  readonly candidates: readonly Candidate[];
  /** Root mean square residual of the best fit over the fall seen so far: near 0 for a known schedule. */
  readonly misfit: number;
  /** Points below the peak: what there is to tell shapes apart. */
  readonly fallPoints: number;
}

/** Points of the first, rough round of fits, and the cost above the best of that round that ends a hypothesis. */
const SHORTLIST_POINTS = 60;
const SHORTLIST_COST = 150;

/** A final rate that is no customary value. */
const ODD_FLOOR_PRIOR = 0.05;

/** Fits every hypothesis to `data` and weighs them by prior, likelihood and number of parameters (BIC). */
export function rankCandidates(data: FitData, narrowing: Narrowing): Ranking {
  const explanations = explainAll(data, shortlist(data, narrowing));
  if (explanations.length === 0) return { candidates: [], misfit: 1, fallPoints: 0 };
  const points = data.x.length;
  const variance = (one: Explanation): number => one.cost / Math.max(points - one.size, 1);
  const scale = Math.max(1, Math.min(...explanations.map(variance)));
  const weighed = explanations.flatMap((one) => {
    const logWeight = Math.log(one.hypothesis.prior) - one.cost / (2 * scale) - (one.size / 2) * Math.log(points);
    return endsOf(one, data, { narrowing, scale }).map((end) => ({
      ...end,
      logWeight: logWeight + Math.log(end.prior),
    }));
  });
  const highest = Math.max(...weighed.map((end) => end.logWeight));
  const sum = weighed.reduce((total, end) => total + Math.exp(end.logWeight - highest), 0);
  const candidates = weighed
    .map(({ explanation, floor, horizon, horizonSd, logWeight }) => {
      return { explanation, floor, horizon, horizonSd, probability: Math.exp(logWeight - highest) / sum };
    })
    .sort((a, b) => b.probability - a.probability);
  const best = candidates[0]!.explanation;
  const fall = data.v[0]! - Math.min(...data.v);
  const meanSd = data.sd.reduce((total, sd) => total + sd, 0) / points;
  const fallPoints = data.v.filter((v, i) => v < data.v[0]! - 4 * data.sd[i]!).length;
  return { candidates, misfit: (Math.sqrt(variance(best)) * meanSd) / Math.max(fall, 1e-12), fallPoints };
}

function explainAll(data: FitData, hypotheses: readonly Hypothesis[]): Explanation[] {
  return hypotheses
    .map((hypothesis) => explain(data, hypothesis))
    .filter((one): one is Explanation => one !== null && Number.isFinite(one.cost));
}

/** The hypotheses that a few of the points do not rule out beyond doubt. */
function shortlist(data: FitData, narrowing: Narrowing): readonly Hypothesis[] {
  const few = thinData(data, SHORTLIST_POINTS);
  const hypotheses = listHypotheses(narrowing);
  if (few === data) return hypotheses;
  const explanations = explainAll(few, hypotheses);
  const least = Math.min(...explanations.map((one) => one.cost));
  const unit = Math.max(1, least / SHORTLIST_POINTS);
  return explanations.filter((one) => one.cost - least < SHORTLIST_COST * unit).map((one) => one.hypothesis);
}

interface End {
  readonly explanation: Explanation;
  readonly floor: number | null;
  readonly horizon: number | null;
  readonly horizonSd: number;
  readonly prior: number;
}

interface Context {
  readonly narrowing: Narrowing;
  /** Factor of the residual variance. */
  readonly scale: number;
}

/** The ends that an explanation allows: one where the rates tell, one per customary final rate where they do not. */
function endsOf(explanation: Explanation, data: FitData, context: Context): End[] {
  const { hypothesis, decayStart, speed, floor, power } = explanation;
  const shape = DECAY_SHAPES[hypothesis.shape];
  const endAt = (final: number, prior: number): End => {
    const length = shape.end(final, power) / speed;
    const horizon = Number.isFinite(length) ? decayStart + length : null;
    return {
      explanation,
      floor: final,
      horizon,
      horizonSd: Math.sqrt(context.scale) * explanation.endSd(shape.end(final, power)),
      prior,
    };
  };
  if (hypothesis.horizon !== null) {
    return [{ explanation, floor, horizon: hypothesis.horizon, horizonSd: 0, prior: 1 }];
  }
  const { narrowing } = context;
  if (shape.bentByFloor || narrowing.tail !== null) return [endAt(floor, 1)];
  if (narrowing.totalSteps !== null) return [endAtTotal(explanation, narrowing, endAt)];
  if (!Number.isFinite(shape.end(0, power))) {
    return [{ explanation, floor: null, horizon: null, horizonSd: Number.POSITIVE_INFINITY, prior: 1 }];
  }
  const seen = data.v[data.v.length - 1]!;
  return floorPriors(narrowing, seen).map(([final, prior]) => endAt(final, prior));
}

/** The end of a shape that does not feel its floor, when the last planned step is known: the floor follows. */
function endAtTotal(explanation: Explanation, narrowing: Narrowing, endAt: (floor: number, prior: number) => End): End {
  const { hypothesis, decayStart, speed, power } = explanation;
  const shape = DECAY_SHAPES[hypothesis.shape];
  const length = narrowing.totalSteps! - decayStart;
  const final = shape.value(speed * length, 0, power);
  const customs = floorPriors(narrowing, 1);
  const custom = customs.find(([floor]) => Math.abs(floor - final) < Math.max(0.005, 3 * explanation.logSpeedSd));
  const prior = custom?.[1] ?? (Number.isFinite(shape.end(0, power)) ? ODD_FLOOR_PRIOR : 1);
  const isOver = length * speed > 1.01 * shape.end(0, power);
  if (isOver) return endAt(0, ODD_FLOOR_PRIOR);
  return { explanation, floor: custom?.[0] ?? final, horizon: narrowing.totalSteps, horizonSd: 0, prior };
}

/** Probability that the decay ends within `tolerance` (a fraction) of `horizon`. */
export function horizonProbability(candidates: readonly Candidate[], horizon: number, tolerance = 0.05): number {
  let sum = 0;
  for (const candidate of candidates) {
    if (candidate.horizon === null) continue;
    const sd = Math.max(candidate.horizonSd, 1e-6 * horizon);
    const below = normalCdf((horizon * (1 - tolerance) - candidate.horizon) / sd);
    sum += candidate.probability * (normalCdf((horizon * (1 + tolerance) - candidate.horizon) / sd) - below);
  }
  return sum;
}

/** Standard normal distribution function, error below 1e-5. Source: Abramowitz and Stegun 26.2.17 with fewer terms (26.2.16). */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.33267 * Math.abs(z));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * t * (0.4361836 + t * (-0.1201676 + t * 0.937298));
  return z > 0 ? 1 - tail : tail;
}
