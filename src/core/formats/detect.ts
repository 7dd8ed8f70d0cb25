import type { LogFormat, LogSample, Verdict } from './format';
import { FORMATS } from './registry';

/** What a file is, and whether that is certain. */
export interface Detected {
  readonly format: LogFormat;
  readonly verdict: Exclude<Verdict, 'no'>;
  /** Whether a person should have a look: what the numbers mean was not said. */
  readonly guessed: boolean;
}

/** Formats whose guess is the best: every line has to fit them. Guesses of the others follow in order of their id. */
const STRICT_GUESSES: readonly string[] = ['jsonl', 'csv'];
/** The guess that any line with a step and a loss fits: every other one knows more. */
const LAST_GUESS = 'keyValue';
/** Share of control characters in a text log, tab, line ends, backspace, escape and form feed apart. */
const MAX_CONTROL_SHARE = 0.02;
/** Zeros in a row that are a hole in a text: the smallest block of a file system. */
const HOLE = 512;

/**
 * The format that recognises the sample `whole`, or `undefined` when none does: a signature first, then a dialect before the
 * format it refines, then guesses, JSON lines and tables first,
 * lines with any keys last, and at the very last a header without records. Binary content is never guessed at.
 */
export function detectFormat(whole: LogSample, formats: readonly LogFormat[] = FORMATS): Detected | undefined {
  if (whole.head.length === 0) return undefined;
  const sample = { ...whole, head: beforeHole(whole.head) };
  const binary = isBinary(sample.head);
  let guess: LogFormat | undefined;
  let header: LogFormat | undefined;
  let certain: LogFormat | undefined;
  for (const format of [...formats].sort((a, b) => guessRank(a) - guessRank(b))) {
    const verdict = format.probe(sample);
    if (verdict === 'yes' && (certain === undefined || format.refines === certain.id)) certain = format;
    if (verdict === 'maybe' && !binary && (guess === undefined || format.refines === guess.id)) guess = format;
    if (verdict === 'settings' && !binary && (header === undefined || format.refines === header.id)) header = format;
  }
  if (certain !== undefined) return { format: certain, verdict: 'yes', guessed: false };
  if (guess !== undefined) return { format: guess, verdict: 'maybe', guessed: guess.tellsRoles?.(sample) !== true };
  return header === undefined ? undefined : { format: header, verdict: 'settings', guessed: true };
}

function guessRank({ id }: LogFormat): number {
  if (id === LAST_GUESS) return STRICT_GUESSES.length + 1;
  const rank = STRICT_GUESSES.indexOf(id);
  return rank < 0 ? STRICT_GUESSES.length : rank;
}

/** What stands before blocks of zeros, which a crash leaves in a text; all of `head` when there are none. */
function beforeHole(head: Uint8Array): Uint8Array {
  const from = head.indexOf(0);
  let to = from;
  while (to < head.length && head[to] === 0) to++;
  return from > 0 && to - from >= HOLE ? head.subarray(0, from) : head;
}

/** Whether `bytes` hold what no text log holds. Empty input is text. */
export function isBinary(bytes: Uint8Array): boolean {
  let control = 0;
  for (const byte of bytes) {
    if (byte === 0) return true;
    if (byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== 0x1b) control++;
  }
  return control > MAX_CONTROL_SHARE * bytes.length;
}
