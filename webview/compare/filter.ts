import { type Column, type ColumnContext, configColumn, FIXED_COLUMNS } from './columns';
import type { Entry } from './entry';
import { texts } from './texts';

/** A filter as it was read, with what could not be read of it. */
export interface Filter {
  readonly matches: (entry: Entry) => boolean;
  readonly faults: readonly string[];
}

type Test = (entry: Entry) => boolean;

/** A sign, a key, an operator and a value; quotes hold words together. */
const TERM = /(-?)(?:("[^"]*"|[^\s":<>=!]+)\s*(!=|<=|>=|:|=|<|>)\s*)?("[^"]*"|[^\s"]+)/g;

/** Characters of a filter that are looked at. */
const MAX_LENGTH = 500;

/** Short names that people type for hyperparameters. */
const ALIASES: Readonly<Record<string, RegExp>> = {
  lr: /(^|[._-])(learning_?rate|(max|peak|base)_?lr)$/i,
  wd: /(^|[._-])weight_?decay$/i,
  bs: /(^|[._-])(batch_?size|global_?batch_?size)$/i,
  val: /^validation$/,
};

/**
 * Reads a filter: words are looked for in names, `key:text`, `key=value`, `key!=value` and comparisons in columns and
 * hyperparameters, `-` takes the opposite; all terms must hold. What cannot be read is told in `faults` and lets all runs
 * pass. Unknown values match no term but `!=` and the opposites.
 */
export function parseFilter(text: string, keys: readonly string[], context: ColumnContext): Filter {
  const tests: Test[] = [];
  const faults: string[] = [];
  for (const [, sign, key, operator, raw] of text.slice(0, MAX_LENGTH).matchAll(TERM)) {
    const test = key === undefined ? nameTest(unquoted(raw!)) : termTest({ key, operator: operator!, raw: raw! });
    if (typeof test === 'string') faults.push(test);
    else tests.push(sign === '-' ? (entry) => !test(entry) : test);
  }
  return { matches: (entry) => tests.every((test) => test(entry)), faults };

  function termTest({ key, operator, raw }: { key: string; operator: string; raw: string }): Test | string {
    const column = columnCalled(unquoted(key), keys);
    if (column === undefined) return texts.filter.unknown(unquoted(key));
    return valueTest(column, operator, unquoted(raw), context);
  }
}

/** The column that a person means: by its id or head, or a hyperparameter by its name, its last part or a usual short form. */
function columnCalled(name: string, keys: readonly string[]): Column | undefined {
  const wanted = name.toLowerCase();
  const fixed = FIXED_COLUMNS.find(({ id, label }) => id === wanted || label.toLowerCase() === wanted);
  const called = (test: (key: string) => boolean): string | undefined => keys.find(test);
  const key =
    called((each) => each === name) ??
    called((each) => each.toLowerCase() === wanted) ??
    called((each) => each.toLowerCase().split(/[./]/).at(-1) === wanted) ??
    (Object.hasOwn(ALIASES, wanted) ? called((each) => ALIASES[wanted]!.test(each)) : undefined);
  if (key !== undefined && fixed === undefined) return configColumn(key);
  return fixed ?? (wanted === 'val' ? FIXED_COLUMNS.find(({ id }) => id === 'validation') : undefined);
}

function nameTest(word: string): Test {
  const wanted = word.toLowerCase();
  return ({ row }) => row.name.toLowerCase().includes(wanted);
}

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

function valueTest(column: Column, operator: string, raw: string, context: ColumnContext): Test | string {
  const number = numberOf(raw);
  const wanted = raw.toLowerCase();
  const value = (entry: Entry) => column.value(entry, context);
  if (operator === ':') {
    return (entry) => {
      const cell = value(entry);
      if (typeof cell === 'number') return cell === number || column.text(entry, context).includes(raw);
      return cell !== null && String(cell).toLowerCase().includes(wanted);
    };
  }
  const compare = COMPARE[operator]!;
  if (operator === '=' || operator === '!=') {
    return (entry) => {
      const cell = value(entry);
      if (typeof cell === 'number' && number !== null) return compare(cell, number);
      return (cell !== null && String(cell).toLowerCase() === wanted) === (operator === '=');
    };
  }
  if (number === null) return texts.filter.noNumber(raw);
  return (entry) => {
    const cell = value(entry);
    const given = typeof cell === 'string' ? numberOf(cell) : cell;
    return typeof given === 'number' && compare(given, number);
  };
}

const FACTORS: Readonly<Record<string, number>> = { '': 1, '%': 0.01, k: 1e3, m: 1e6, b: 1e9 };

/** A number as people type it: `1e-3`, `20k`, `5%`; `null` for anything else. */
export function numberOf(text: string): number | null {
  const match = /^(-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([%kmb]?)$/i.exec(text.trim());
  return match === null ? null : Number(match[1]) * FACTORS[match[2]!.toLowerCase()]!;
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text;
}
