import type { CompareCurve, CompareRow, Configs, StandingView } from '../../../src/protocol/compare';
import { type Entry, entriesOf } from '../../../webview/compare/entry';

type Settings = Configs['own'][string];

/** What a test says of one run. */
export interface Given {
  readonly name: string;
  readonly final?: number | null;
  readonly width?: number;
  readonly row?: Partial<CompareRow>;
  readonly config?: Settings;
  readonly standing?: Partial<StandingView>;
  readonly curve?: Omit<CompareCurve, 'run' | 'detail'>;
}

/** Rows of runs as the background process tells them. */
export function rowOf({ name, final = null, width = 0.02, row }: Given): CompareRow {
  return {
    run: `/runs/${name}`,
    name,
    source: 'runs',
    state: 'live',
    stepUnit: 'step',
    step: 500,
    totalSteps: 1000,
    etaMs: null,
    tokensPerStep: null,
    series: 'train_loss',
    loss: 3.5,
    bestValidation: null,
    end: {
      status: 'ready',
      finalLoss:
        final === null
          ? null
          : {
              value: final,
              interval80: [final - width, final + width],
              interval95: [final - 2 * width, final + 2 * width],
            },
      isMeasured: false,
      reason: '',
    },
    warnings: [],
    changedAt: 0,
    ...row,
  };
}

/** Entries of some runs. */
export function entries(given: readonly Given[], shared: Settings = {}): Entry[] {
  const rows = given.map(rowOf);
  const standing = (partial: Partial<StandingView>): StandingView => ({
    rank: 1,
    chanceBest: 0,
    rival: null,
    chanceBeatsRival: null,
    chanceBeatsPinned: null,
    isWorthFinishing: true,
    ...partial,
  });
  return entriesOf({
    rows: new Map(rows.map((row) => [row.run, row])),
    configs: { shared, own: Object.fromEntries(given.map(({ config = {} }, i) => [rows[i]!.run, config])) },
    standings: {
      series: 'train_loss',
      choices: ['train_loss'],
      hopeless: 0.05,
      byRun: Object.fromEntries(
        given.flatMap((each, i) => (each.standing === undefined ? [] : [[rows[i]!.run, standing(each.standing)]])),
      ),
    },
    curves: new Map(
      given.flatMap(({ curve }, i) => (curve ? [[rows[i]!.run, { run: rows[i]!.run, detail: null, ...curve }]] : [])),
    ),
  });
}
