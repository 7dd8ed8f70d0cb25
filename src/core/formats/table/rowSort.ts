import { normalizeLabel } from '../keys';

/** The column whose word says what a row is about. */
export interface RowSort {
  readonly column: number;
  /** Column of the number that the word names; without it the word names the set that all numbers of the row are about. */
  readonly value?: number;
}

const SET_LABEL =
  /^(?:split|mode|phase|stage|set|subset|partition|dataset_split|data_split|is_train(?:ing)?|train(?:ing)?)$/;
const QUANTITY_LABEL = /^(?:metric|metric_name|metric_key|tag|key|name|variable|series)$/;
const VALUE_LABEL = /^(?:value|metric_value|val|scalar)$/;
/** Quantities that a table can hold. */
const MOST_QUANTITIES = 200;

/** The set that a word names: `val`, `test`, empty for the training; `undefined` for any other word. */
export function setOf(word: string): '' | 'val' | 'test' | undefined {
  if (/^(?:train|training|trn|true)$/i.test(word)) return '';
  if (/^(?:val|valid|validation|eval|evaluation|dev|false)$/i.test(word)) return 'val';
  return /^(?:test|testing)$/i.test(word) ? 'test' : undefined;
}

/**
 * How the rows of a table are told apart, `undefined` when they are all alike. `words` are the words seen in a column,
 * none for one of numbers.
 */
export function rowSort(
  labels: readonly string[],
  words: (column: number) => ReadonlySet<string>,
): RowSort | undefined {
  const normal = labels.map(normalizeLabel);
  const value = normal.findIndex((label) => VALUE_LABEL.test(label));
  const named = normal.findIndex((label) => QUANTITY_LABEL.test(label));
  if (value >= 0 && named >= 0) {
    const { size } = words(named);
    if (size > 0 && size <= MOST_QUANTITIES && words(value).size === 0) return { column: named, value };
  }
  for (const [column, label] of normal.entries()) {
    const seen = [...words(column)];
    if (SET_LABEL.test(label) && seen.length > 0 && seen.every((word) => setOf(word) !== undefined)) return { column };
  }
  return undefined;
}
