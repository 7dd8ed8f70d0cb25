import type { ConfigPlace, ConfigValue } from '../model';
import type { FileLog } from '../series/fileLog';
import type { Followed } from '../sources/followed';

/** Hyperparameters, each with the place where it was read. */
export interface Settings {
  readonly values: ReadonlyMap<string, ConfigValue>;
  readonly places: ReadonlyMap<string, ConfigPlace>;
  /** For people: `in config.yaml, line 3`. */
  placeOf(key: string): string;
}

/** What is known of the settings of a run. */
export interface RunSettings {
  /** What it was started with: its logs, and the configurations that were written for it. */
  readonly started: Settings;
  /** What the training code says that it was probably started from; empty when that is not known. */
  readonly code: Settings;
  /** Probability that it is that code. */
  readonly codeTrust: number;
}

/** The settings of a run: later logs win, logs win over the files beside them. */
export function settingsOf(run: {
  readonly logs: readonly FileLog[];
  readonly configs: readonly Followed[];
  readonly code: { readonly file: Followed; readonly trust: number } | undefined;
}): RunSettings {
  const beside = run.configs.flatMap((file) => file.logs);
  return {
    started: merged([...beside, ...run.logs]),
    code: merged(run.code?.file.logs ?? []),
    codeTrust: run.code?.trust ?? 0,
  };
}

function merged(logs: readonly FileLog[]): Settings {
  const values = new Map(logs.flatMap((log) => [...log.configEntries]));
  const places = new Map(logs.flatMap((log) => [...log.configPlaces]));
  return { values, places, placeOf: (key) => placeText(places.get(key)) };
}

function placeText(place: ConfigPlace | undefined): string {
  if (place === undefined) return 'in the configuration';
  const name = place.file.split(/[/\\]/).at(-1);
  return place.line === null ? `in ${name}` : `in ${name}, line ${place.line}`;
}
