import { chanceBelowRun, type End, endOf } from '../../../core/answers/chance';
import { type Contender, HOPELESS, type Standing } from '../../../core/answers/ranking';
import type { RunForecast } from '../../../core/engine/forecastState';
import type { TrackedRun } from '../../../core/engine/trackedRun';
import type { Forecast } from '../../../core/forecast/forecast';
import type { RunId, SeriesName } from '../../../core/model';
import type { Standings, StandingView } from '../../../protocol/compare';

interface Ranked {
  readonly run: RunId;
  readonly contender: Contender;
}

/** The runs that can be ranked together. */
export interface Ranking {
  readonly series: SeriesName | null;
  readonly ranked: readonly Ranked[];
}

export const NO_STANDINGS: Standings = { series: null, choices: [], hopeless: HOPELESS, byRun: {} };

/** Ends of runs by their forecasts, so that each is evaluated once. */
export class Ends {
  readonly #known = new WeakMap<Forecast, End | null>();

  of({ forecast, fitted }: RunForecast): End | null {
    if (forecast === null) return null;
    if (!this.#known.has(forecast)) this.#known.set(forecast, endOf({ forecast, fitted }));
    return this.#known.get(forecast)!;
  }
}

/** Runs whose ends are known, all in the series that most of them have: ends of different losses have no order. */
export function rankingOf(runs: readonly (readonly [RunId, RunForecast])[], ends: Ends): Ranking {
  const known = runs.flatMap(([run, made]) => {
    const [end, { series, forecast }] = [ends.of(made), made];
    const isFinished = forecast?.refused?.code === 'finished';
    return end === null || series === null ? [] : [{ run, series, contender: { end, isFinished } }];
  });
  const counts = new Map<SeriesName, number>();
  for (const { series } of known) counts.set(series, (counts.get(series) ?? 0) + 1);
  const [series = null] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  return { series, ranked: known.filter((each) => each.series === series) };
}

/** Series that can be compared by: losses that two runs or more log, the commonest first. */
export function commonLosses(runs: readonly TrackedRun[]): SeriesName[] {
  const counts = new Map<SeriesName, number>();
  for (const run of runs) {
    for (const name of run.seriesNames()) if (LOSS.test(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const common = [...counts].filter(([, count]) => count >= Math.min(2, runs.length));
  return common.sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

/** Names of series that fall to an end which a law can forecast, and the reward, which rises to one. */
const LOSS = /(^|[^a-z])loss($|[^a-z])|^reward$/;

/** What a ranking says to the panel. `standings` are those of `ranked`, in the same order. */
export function standingsOf(
  { series, ranked }: Ranking,
  standings: readonly Standing[],
  pinned: RunId | null,
): Omit<Standings, 'choices'> {
  const held = ranked.find(({ run }) => run === pinned);
  const byRun = ranked.map(({ run, contender }, i): [RunId, StandingView] => {
    const { rank, chanceBest, rival, chanceBeatsRival, isWorthFinishing } = standings[i]!;
    const chanceBeatsPinned =
      held === undefined || held.run === run ? null : chanceBelowRun(contender.end, held.contender.end);
    return [
      run,
      {
        rank,
        chanceBest,
        rival: rival === null ? null : ranked[rival]!.run,
        chanceBeatsRival,
        chanceBeatsPinned,
        isWorthFinishing,
      },
    ];
  });
  return { series, hopeless: HOPELESS, byRun: Object.fromEntries(byRun) };
}
