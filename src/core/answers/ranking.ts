import { chanceBelowRun, chanceOfZ, type End, zOfNormal } from './chance';

/** How a run stands among others. */
export interface Standing {
  /** 1 is the lowest expected end. */
  readonly rank: number;
  /** Chance to end lowest of all; the chances of all runs add up to 1. */
  readonly chanceBest: number;
  /** Chance to end below the lowest of the finished runs; `null` for that run itself and without any. */
  readonly chanceBeatsFinished: number | null;
  /** Place in the input of the run it is weighed against: the best finished one, else the best other; `null` without any. */
  readonly rival: number | null;
  /** Chance to end below the rival; `null` without one. */
  readonly chanceBeatsRival: number | null;
  /** False for an unfinished run with hardly a chance (`HOPELESS`) to end below its rival. */
  readonly isWorthFinishing: boolean;
}

/** An end that is known or expected. */
export interface Contender {
  readonly end: End;
  readonly isFinished: boolean;
}

/** An unfinished run with less chance than this to end below its rival is not worth finishing. */
export const HOPELESS = 0.05;

/**
 * How runs stand by their final losses: all of one kind of loss on the same data, which is the caller's to know. The
 * chance to be best takes ends as independent; chances against one run use what both owe to one prior
 * (`chanceBelowRun`). Empty input gives an empty list. O(runs · 2000).
 */
export function rankRuns(contenders: readonly Contender[]): Standing[] {
  const byValue = [...contenders.keys()].sort((a, b) => contenders[a]!.end.value - contenders[b]!.end.value);
  const places = new Map(byValue.map((i, place) => [i, place]));
  const best = chancesLowest(contenders.map(({ end }) => end));
  const finished = byValue.find((i) => contenders[i]!.isFinished);
  return contenders.map(({ end, isFinished }, i): Standing => {
    const rival = finished ?? byValue.find((other) => other !== i);
    const against = (other: number | undefined): number | null =>
      other === undefined || other === i ? null : chanceBelowRun(end, contenders[other]!.end);
    const chanceBeatsRival = against(rival);
    return {
      rank: places.get(i)! + 1,
      chanceBest: best[i]!,
      chanceBeatsFinished: against(finished),
      rival: chanceBeatsRival === null ? null : rival!,
      chanceBeatsRival,
      isWorthFinishing: isFinished || (chanceBeatsRival ?? 1) >= HOPELESS,
    };
  });
}

/** Standard deviations of a normal distribution that the ends are looked at, and between two looks. */
const REACH = 4.5;
const PACE = 0.1;
/** Losses at which the distributions of all ends are looked at. */
const MAX_NODES = 2000;
/** Least relative standard deviation: a measured end has a distribution too. */
const SHARPEST = 1e-9;
/** An end that is below the nodes with less chance than this takes no part. */
const NEGLIGIBLE = 1e-9;

/**
 * Chance of each end to be the lowest, the ends independent: the integral of its density times the chance that all others
 * are higher, by the trapezium rule over losses that lie densely where the ends do. Sums up to 1.
 */
function chancesLowest(ends: readonly End[]): number[] {
  if (ends.length === 0) return [];
  const at = (end: End, normal: number): number => Math.log(end.value) + sdOf(end) * zOfNormal(normal, end.halfWidths);
  const highest = Math.min(...ends.map((end) => at(end, REACH)));
  const rivals = [...ends.keys()].filter((i) => below(ends[i]!, highest) > NEGLIGIBLE);
  const nodes = nodesOf(
    rivals.map((i) => (normal: number) => at(ends[i]!, normal)),
    highest,
  );
  const columns = rivals.map((i) => Float64Array.from(nodes, (loss) => below(ends[i]!, loss)));
  const higher = new Float64Array(nodes.length);
  for (const column of columns) for (let k = 0; k < nodes.length; k++) higher[k]! += logHigher(column[k]!);
  const chances = new Float64Array(ends.length);
  for (const [k, i] of rivals.entries()) chances[i] = weighed(columns[k]!, higher);
  const total = chances.reduce((sum, chance) => sum + chance, 0);
  return Array.from(chances, (chance) => chance / total);
}

/** Log losses up to `highest` at which the ends lie, ascending. */
function nodesOf(ends: readonly ((normal: number) => number)[], highest: number): Float64Array {
  const nodes: number[] = [];
  for (const at of ends) for (let normal = -REACH; normal <= REACH; normal += PACE) nodes.push(at(normal));
  const sorted = Float64Array.from(nodes.filter((node) => node <= highest)).sort();
  const every = Math.max(1, Math.ceil(sorted.length / MAX_NODES));
  return sorted.filter((_, k) => k % every === 0 || k === sorted.length - 1);
}

/** Integral of the density of one end, given as its distribution function, times the chance that all others are higher. */
function weighed(column: Float64Array, higher: Float64Array): number {
  const others = (k: number): number => Math.exp(higher[k]! - logHigher(column[k]!));
  let sum = column[0]! * others(0);
  for (let k = 1; k < column.length; k++) {
    sum += ((column[k]! - column[k - 1]!) * (others(k - 1) + others(k))) / 2;
  }
  return sum;
}

function logHigher(chanceBelow: number): number {
  return Math.log(Math.max(1 - chanceBelow, Number.MIN_VALUE));
}

function below(end: End, logLoss: number): number {
  return chanceOfZ((logLoss - Math.log(end.value)) / sdOf(end), end.halfWidths);
}

function sdOf({ relativeSd }: End): number {
  return Math.max(relativeSd, SHARPEST);
}
