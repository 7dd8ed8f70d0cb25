import { stringsAsBlanks } from './pythonText';

/** A learning rate that is set on a line of code. */
export interface LearningRateLine {
  /** Name as written. */
  readonly name: string;
  /** The number, `null` when the value is no plain number. */
  readonly value: number | null;
  /** Columns [start, end) of name and value on the line. */
  readonly start: number;
  readonly end: number;
}

const ASSIGNMENT =
  /\b(?<name>learning_rate|lr|max_lr|peak_lr|base_lr|init_lr|initial_lr|lr_max|max_learning_rate)\b["']?\s*(?::\s*[\w.[\]]+\s*)?[=:]\s*(?<value>[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)?/g;

/**
 * The learning rates set on one line of Python: assignments, keyword arguments, annotated fields, dictionary entries.
 * Comments and strings other than keys do not count. Empty when there is none.
 */
export function learningRatesOn(line: string): LearningRateLine[] {
  return [...stringsAsBlanks(line).matchAll(ASSIGNMENT)].flatMap((match) => {
    const { name, value } = match.groups as { name: string; value?: string };
    if (line[match.index + match[0].length] === '=') return [];
    const number = value === undefined ? null : Number(value.replaceAll('_', ''));
    return [{ name, value: number, start: match.index, end: match.index + match[0].trimEnd().length }];
  });
}
