import { ascii, isDigit, type Scanner } from './scanner';

const PERCENT_BAR = ascii('%|');
const ITERATIONS_PER_SECOND = ascii('it/s');
const SECONDS_PER_ITERATION = ascii('s/it');
/** Longest description before a bar, and longest bar. */
const MAX_DESCRIPTION = 128;
const BAR = 0x7c;
const SLASH = 0x2f;
const OPEN = 0x5b;

/** One drawing of a tqdm progress bar. */
export interface ProgressBar {
  readonly done: number;
  readonly total: number;
  /** Whether a text stands before the percentage: bars of downloads, data sets and checkpoints have one. */
  readonly described: boolean;
  /** Whether it counts iterations, not examples or bytes. */
  readonly iterations: boolean;
}

/**
 * The bar `  3%|▎ | 37/1120 [00:10<05:01, 3.6it/s]` that this line is, or `undefined`; the scanner then has not moved.
 * Scaled counters (`1.2k/3k`) are no bar here. Source: tqdm/tqdm tqdm/std.py, format_meter.
 */
export function readBar(line: Scanner): ProgressBar | undefined {
  const { bytes, pos, end } = line;
  const bar = readAt(line);
  if (bar === undefined) line.reset(bytes, pos, end);
  return bar;
}

function readAt(line: Scanner): ProgressBar | undefined {
  const { bytes, pos, end } = line;
  line.end = Math.min(end, pos + MAX_DESCRIPTION);
  const found = line.seek(PERCENT_BAR);
  line.end = end;
  if (!found) return undefined;
  let digits = line.pos - 3;
  while (digits >= pos && isDigit(bytes[digits]!)) digits--;
  if (digits === line.pos - 3) return undefined;
  let before = digits;
  while (before >= pos && (bytes[before] === 0x20 || bytes[before] === 0x09)) before--;
  while (!line.atEnd && line.next !== BAR) line.pos++;
  if (!line.byte(BAR)) return undefined;
  line.blanks();
  if (!line.integer()) return undefined;
  const done = line.value;
  if (!line.byte(SLASH) || !line.integer()) return undefined;
  const total = line.value;
  line.blanks();
  if (!line.byte(OPEN)) return undefined;
  const rate = line.pos;
  const perSecond = line.seek(ITERATIONS_PER_SECOND);
  if (!perSecond) line.pos = rate;
  return { done, total, described: before >= pos, iterations: perSecond || line.seek(SECONDS_PER_ITERATION) };
}
