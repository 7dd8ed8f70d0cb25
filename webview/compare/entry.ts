import type { ConfigValue, RunId } from '../../src/core/model';
import type { CompareCurve, CompareRow, Configs, Standings, StandingView } from '../../src/protocol/compare';

type Settings = Readonly<Record<string, ConfigValue>>;

/** A run with everything that is known of it here: what tables and charts are made of. */
export interface Entry {
  readonly id: RunId;
  readonly row: CompareRow;
  readonly standing: StandingView | null;
  /** Hyperparameters of its own, and those that all runs share: see `settingOf`. */
  readonly settings: { readonly own: Settings; readonly shared: Settings };
  readonly curve: CompareCurve | null;
}

/** What the background process has told. */
export interface CompareData {
  readonly rows: ReadonlyMap<RunId, CompareRow>;
  readonly configs: Configs;
  readonly standings: Standings;
  readonly curves: ReadonlyMap<RunId, CompareCurve>;
  /** Runs that the user has hidden in the Runs view. */
  readonly hidden: readonly RunId[];
}

const NONE: Settings = {};

/** The runs in the order in which they were told of. */
export function entriesOf({ rows, configs, standings, curves }: Omit<CompareData, 'hidden'>): Entry[] {
  return [...rows.values()].map((row) => ({
    id: row.run,
    row,
    standing: own(standings.byRun, row.run) ?? null,
    settings: { own: own(configs.own, row.run) ?? NONE, shared: configs.shared },
    curve: curves.get(row.run) ?? null,
  }));
}

/** A hyperparameter of a run; `undefined` when the run does not set it. */
export function settingOf({ settings }: Entry, key: string): ConfigValue | undefined {
  return own(settings.own, key) ?? own(settings.shared, key);
}

/** Share of the plan that is done, in [0, 1]; `null` without a plan or a step. */
export function progressOf({ row: { step, totalSteps, state } }: Entry): number | null {
  if (state === 'finished') return 1;
  return step === null || totalSteps === null || totalSteps <= 0 ? null : Math.min(1, step / totalSteps);
}

/** The end of a run, forecast or measured; `null` when none is known. */
export function finalOf({ row }: Entry): number | null {
  return row.end.finalLoss?.value ?? null;
}

/** A property of an object that was made from foreign names; never one of its prototype. */
export function own<T>(of: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}
