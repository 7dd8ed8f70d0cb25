import { type RankPoint, type RankTrend, rankTrend } from '../laws/rankTrend';
import type { ActivationReport } from './activationReport';

/** How the soft rank of one activation moves over the steps of a run. */
export interface ActivationTrend {
  readonly name: string;
  readonly trend: RankTrend;
}

/** Trends of all activations that were taken at three steps or more, over the steps seen. `reports` are in the order of steps. */
export function trendsOf(reports: readonly ActivationReport[]): ActivationTrend[] {
  const series = new Map<string, RankPoint[]>();
  for (const { name, where, group, step, measures } of reports) {
    if (step === null || measures === null) continue;
    const key = [name, where, group].filter((part) => part !== null).join(' ');
    const points = series.get(key) ?? [];
    points.push({ step, rank: measures.softRank.value });
    series.set(key, points);
  }
  const last = reports.at(-1)?.step ?? 0;
  return [...series].flatMap(([name, points]) => {
    const trend = rankTrend(points, last);
    return trend === null ? [] : [{ name, trend }];
  });
}
