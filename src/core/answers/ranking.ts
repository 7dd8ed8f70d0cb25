import { chanceBelowRun, chanceOfZ, type End } from './chance';

/** How a run stands among others. */
export interface Standing {
  /** 1 is the lowest expected end. */
  readonly rank: number;
  /** Chance to end lowest of all; the chances of all runs add up to 1. */
  readonly chanceBest: number;
  /** Chance to end below the lowest of the finished runs; `null` for that run itself and without any. */
  readonly chanceBeatsFinished: number | null;
  /** False for an unfinished run with hardly a chance to end below the best of the others. */
  readonly isWorthFinishing: boolean;
}

/** An end that is known or expected. */
export interface Contender {
  readonly end: End;
  readonly isFinished: boolean;
}

/** Quantiles of each end that the chance to be best is averaged over. */
const QUANTILES = 200;

/** An unfinished run with less chance than this is not worth finishing. */
const HOPELESS = 0.05;

/**
 * How runs stand by their final losses: all of one kind of loss on the same data, which is the caller's to know. The
 * chance to be best takes ends as independent; chances against one run use what both owe to one prior
 * (`chanceBelowRun`). Empty input gives an empty list. O(runs² · 200).
 */
export function rankRuns(contenders: readonly Contender[]): Standing[] {
  const byValue = [...contenders.keys()].sort((a, b) => contenders[a]!.end.value - contenders[b]!.end.value);
  const best = byValue.map((i) => chanceLowest(contenders, i));
  const total = best.reduce((sum, chance) => sum + chance, 0);
  const finished = byValue.find((i) => contenders[i]!.isFinished);
  return contenders.map(({ end, isFinished }, i): Standing => {
    const place = byValue.indexOf(i);
    const rival = finished ?? byValue.find((other) => other !== i);
    const against = (other: number | undefined): number | null =>
      other === undefined || other === i ? null : chanceBelowRun(end, contenders[other]!.end);
    return {
      rank: place + 1,
      chanceBest: total > 0 ? best[place]! / total : Number.NaN,
      chanceBeatsFinished: against(finished),
      isWorthFinishing: isFinished || (against(rival) ?? 1) >= HOPELESS,
    };
  });
}

/** Chance that end `i` is lower than all others, averaged over its quantiles. */
function chanceLowest(contenders: readonly Contender[], i: number): number {
  const { end } = contenders[i]!;
  let sum = 0;
  for (let k = 0; k < QUANTILES; k++) {
    const loss = end.value * Math.exp(end.relativeSd * zOfChance((k + 0.5) / QUANTILES, end));
    let chance = 1;
    for (const [j, { end: other }] of contenders.entries()) {
      if (j !== i) chance *= 1 - chanceOfZ(Math.log(loss / other.value) / other.relativeSd, other.halfWidths);
    }
    sum += chance;
  }
  return sum / QUANTILES;
}

/** The z below which `chance` of the errors lie: the inverse of `chanceOfZ`, by halving. */
function zOfChance(chance: number, { halfWidths }: End): number {
  let [low, high] = [-1, 1];
  while (chanceOfZ(low, halfWidths) > chance) low *= 2;
  while (chanceOfZ(high, halfWidths) < chance) high *= 2;
  for (let k = 0; k < 40; k++) {
    const middle = (low + high) / 2;
    if (chanceOfZ(middle, halfWidths) < chance) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
