import type { ConfigValue } from '../../src/core/model';
import type { Configs } from '../../src/protocol/compare';
import { own } from './entry';

/** Hyperparameters that stand first, by what their names hold. */
const FIRST: readonly RegExp[] = [
  /(^|[._-])(lr|learning_?rate)([._-]|$)|(max|peak|min|base)_?lr/i,
  /batch/i,
  /weight_?decay|(^|[._-])wd$/i,
  /warm_?up/i,
  /sched/i,
  /beta|momentum/i,
  /width|hidden|d_model|n_embd|dim$/i,
  /depth|layer|head/i,
  /dropout/i,
  /optim/i,
  /seed/i,
];

/** Names and places, no hyperparameters: they differ in every run and say nothing. */
const PLACES = /(^|[._-])(name|dir|path|file|folder|id|host|port|date|time|timestamp|url|run|project|tags?)$/i;

/** Columns shown before the user chooses. */
const MOST_SHOWN = 6;

/** Both lists are asked for with every change of the page, and change with the configurations alone. */
function once<T extends object, R>(make: (from: T) => R): (from: T) => R {
  const made = new WeakMap<T, R>();
  return (from) => {
    if (!made.has(from)) made.set(from, make(from));
    return made.get(from)!;
  };
}

/** Keys of hyperparameters in which runs differ: settings first, then the rest by name. */
export const differingKeys = once(({ own }: Configs): readonly string[] => {
  const keys = new Set(Object.values(own).flatMap((settings) => Object.keys(settings)));
  return [...keys].sort((a, b) => placeOf(a) - placeOf(b) || a.localeCompare(b, 'en', { numeric: true }));
});

/** The hyperparameters worth a column: those that differ, are set and not given by another one, the most telling first. */
export const tellingKeys = once((configs: Configs): readonly string[] => {
  const chosen: { key: string; values: string }[] = [];
  const runs = Object.values(configs.own);
  for (const key of differingKeys(configs)) {
    const values = runs.map((settings) => own(settings, key));
    if (PLACES.test(key) || isName(values)) continue;
    const told = JSON.stringify(values.map((value) => value ?? null));
    if (!chosen.some((other) => other.values === told)) chosen.push({ key, values: told });
    if (chosen.length === MOST_SHOWN) break;
  }
  return chosen.map(({ key }) => key);
});

/** Text that is another one in each of several runs is a name. */
function isName(values: readonly (ConfigValue | undefined)[]): boolean {
  return (
    values.length > 3 && values.every((value) => typeof value === 'string') && new Set(values).size === values.length
  );
}

function placeOf(key: string): number {
  const at = FIRST.findIndex((pattern) => pattern.test(key));
  return (at < 0 ? FIRST.length : at) + (key.startsWith('plan.') ? FIRST.length + 1 : 0);
}
