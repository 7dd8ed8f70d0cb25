import { chanceBelowRun, type End, endOf } from '../../../core/answers/chance';
import { type Contender, HOPELESS, type Standing } from '../../../core/answers/ranking';
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

export const NO_STANDINGS: Standings = { series: null, hopeless: HOPELESS, byRun: {} };

/** Ends of runs by their forecasts, so that each is evaluated once. */
export class Ends {
  readonly #known = new WeakMap<Forecast, End | null>();

  of({ forecast: { forecast, fitted } }: TrackedRun): End | null {
    if (forecast === null) return null;
    if (!this.#known.has(forecast)) this.#known.set(forecast, endOf({ forecast, fitted }));
    return this.#known.get(forecast)!;
  }
}

/** Runs whose ends are known, all in the series that most of them have: ends of different losses have no order. */
export function rankingOf(runs: readonly TrackedRun[], ends: Ends): Ranking {
  const known = runs.flatMap((run) => {
    const [end, { series, forecast }] = [ends.of(run), run.forecast];
    const isFinished = forecast?.refused?.code === 'finished';
    return end === null || series === null ? [] : [{ run: run.id, series, contender: { end, isFinished } }];
  });
  const counts = new Map<SeriesName, number>();
  for (const { series } of known) counts.set(series, (counts.get(series) ?? 0) + 1);
  const [series = null] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  return { series, ranked: known.filter((each) => each.series === series) };
}

/** What a ranking says to the panel. `standings` are those of `ranked`, in the same order. */
export function standingsOf(
  { series, ranked }: Ranking,
  standings: readonly Standing[],
  pinned: RunId | null,
): Standings {
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
