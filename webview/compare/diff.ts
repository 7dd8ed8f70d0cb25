import type { ConfigValue } from '../../src/core/model';
import { type Entry, settingOf } from './entry';

/** One hyperparameter of some runs; `undefined` where a run does not set it. */
export interface DiffRow {
  readonly key: string;
  readonly values: readonly (ConfigValue | undefined)[];
  readonly isSame: boolean;
}

/** All hyperparameters that any of the runs sets, those that differ first, then by name. */
export function diffOf(entries: readonly Entry[]): DiffRow[] {
  const keys = new Set(
    entries.flatMap(({ settings }) => [...Object.keys(settings.own), ...Object.keys(settings.shared)]),
  );
  return [...keys]
    .map((key): DiffRow => {
      const values = entries.map((entry) => settingOf(entry, key));
      return { key, values, isSame: values.every((value) => value === values[0]) };
    })
    .sort((a, b) => Number(a.isSame) - Number(b.isSame) || a.key.localeCompare(b.key, 'en', { numeric: true }));
}
