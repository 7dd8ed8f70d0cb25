import type { SeriesName, StepUnit } from '../../model';
import { axisOf, canonicalSeries, isTotalKey, MICRO_KEYS, normalizeLabel, QUANTITIES } from '../keys';

/** What the numbers of a line mean, told from the texts between them. */
export interface LineMeaning {
  /** What the x-axis counts, and the number that gives it. */
  readonly unit: StepUnit;
  readonly x: number;
  /** Number that states how many of them are planned, -1 without. */
  readonly total: number;
  /** Number of the epoch and of the planned epochs beside a step, -1 without. */
  readonly epoch: number;
  readonly epochs: number;
  /** Whether the step is a counter without a name: within an epoch if one is given. */
  readonly counter: boolean;
  /** Whether the line names an evaluation. */
  readonly evaluated: boolean;
  /** Label of the first measured value: training and evaluation differ in it. */
  readonly kind: string;
  readonly values: readonly MeasuredValue[];
}

/** A number that is kept. */
export interface MeasuredValue {
  readonly index: number;
  readonly label: string;
  readonly name: SeriesName;
  readonly scale: number;
}

const EVALUATED = /^(?:eval|evaluation|evaluating|val|valid|validation|validating|dev|test|testing)$/i;
const TESTED = /^test/i;
/** Labels that are a measured value although the vocabulary has no name for them. */
const MEASURED = /loss|perplexity|ppl|nll|error|mse|mae|rmse|bleu|rouge|reward|score|accuracy|\bacc\b|\bf1\b|\bauc\b/i;
/** Last words of settings about a measured value. */
const SETTING = /(?:factor|coef\w*|weight|scale|lambda|alpha|beta|interval|every|steps|threshold|type|clip|chunks)$/i;
const KNOWN = new Set(
  QUANTITIES.flatMap(({ name, evaluated }) => (evaluated === undefined ? [name] : [name, evaluated])),
);
/** What no record is without: a word for its place, or a counter, and one for what is measured. */
const PLACE = /step|iter|epoch|batch|update|token|sample|\b(?:it|itr|ep)\b|[[|]\s*\d+\s*\//i;
const QUANTITY = /loss|nll|xent|entropy|perplexity|pp|bpb|bits|err|mse|mae|bleu|rouge|reward|score|acc|top|f1|auc/i;
/** Words of one key. */
const MAX_WORDS = 4;
const UNIT = /^\/?(?:%|[A-Za-z]+(?:\/[A-Za-z]+)?)(?=[\s,;|)\]]|$)/;
const BOUNDARY = /[,;|()[\]{}<>"'\t]|\s[-–—]+\s|\s{2,}|[:=]\s|[:=]$/;

/** Names of processes and places in code, and what logging libraries write before a message. */
const UNMEASURED = /^(?:pid|PID|rank|line|worker|thread|node|gpu|device|host)$|^(?:DP|PP|TP|CP|EP|SP)$|:|^__/;
/** Order of preference behind named counters of steps, tokens and samples. */
const COUNTER_RANK = 900;
const EPOCH_RANK = 1000;

interface Key {
  readonly text: string;
  /** Whether `:` or `=` stands between it and the number. */
  readonly explicit: boolean;
  /** Words before the key that are no key: they may say what is evaluated. */
  readonly before: readonly string[];
}

type Role = 'value' | 'total' | 'counter' | 'none' | StepUnit;

/** Numbers that are series; further counters of steps are not. */
const KEPT: ReadonlySet<Role> = new Set<Role>(['value', 'tokens', 'samples', 'epoch']);

interface Token {
  readonly role: Role;
  readonly rank: number;
  readonly label: string;
  readonly words: readonly string[];
}

/** Whether a line can be a record at all: a quick look before it is taken apart. */
export function canMean(line: string): boolean {
  return QUANTITY.test(line) && PLACE.test(line);
}

/**
 * The meaning of a line that is a record, or `undefined`: it needs a number that counts steps, tokens, samples or epochs
 * and a measured one. `texts` are the texts before each number and behind the last one.
 */
export function readMeaning(texts: readonly string[]): LineMeaning | undefined {
  const tokens: Token[] = [];
  for (let i = 0; i + 1 < texts.length; i++) tokens.push(readToken(texts[i]!, i, texts[i + 1]!, tokens[i - 1]));
  const x = bestAxis(tokens);
  if (x < 0) return undefined;
  const values = readValues(tokens, texts, x);
  // A printed configuration is a dict too: it has weights of losses, but no loss.
  const isDict = /^\s*\{/.test(texts[0]!);
  const measured = values.find(({ label, name }) => isMeasuredName(name) || (!isDict && isMeasured(label)));
  if (measured === undefined) return undefined;
  const unit = tokens[x]!.role === 'counter' ? 'step' : (tokens[x]!.role as StepUnit);
  const epoch = unit === 'epoch' ? -1 : tokens.findIndex(({ role }) => role === 'epoch');
  return {
    unit,
    x,
    total: totalOf(tokens, x),
    epoch,
    epochs: epoch < 0 ? -1 : totalBehind(tokens, epoch),
    counter: tokens[x]!.role === 'counter',
    evaluated: tokens.some(({ words }) => words.some((word) => EVALUATED.test(word))),
    kind: measured.label,
    values,
  };
}

function isMeasured(label: string): boolean {
  return MEASURED.test(label) && !SETTING.test(label);
}

function isMeasuredName(name: SeriesName): boolean {
  return /^(?:train_loss|val_|test_|eval_train_|perplexity|accuracy|bpb|reward)/.test(name);
}

function bestAxis(tokens: readonly Token[]): number {
  let best = -1;
  for (const [i, token] of tokens.entries()) {
    if (token.rank < (best < 0 ? Number.POSITIVE_INFINITY : tokens[best]!.rank)) best = i;
  }
  return best;
}

function totalOf(tokens: readonly Token[], x: number): number {
  const behind = totalBehind(tokens, x);
  if (behind >= 0) return behind;
  const named = tokens.findIndex(({ role, label }) => role === 'total' && label !== '');
  return tokens[x]!.role === 'step' ? named : -1;
}

function totalBehind(tokens: readonly Token[], index: number): number {
  const next = tokens[index + 1];
  return next !== undefined && next.role === 'total' && next.label === '' ? index + 1 : -1;
}

function readToken(text: string, index: number, after: string, previous: Token | undefined): Token {
  const none: Token = { role: 'none', rank: Number.POSITIVE_INFINITY, label: '', words: [] };
  const bare = text.trim();
  const follows = previous !== undefined && previous.rank < Number.POSITIVE_INFINITY;
  if (follows && /^(?:\/|of|out of)$/.test(bare)) return { ...none, role: 'total' };
  // `loss at step 10: 2.3`.
  if (previous?.label !== '' && follows && previous.words.includes('@') && /^(?:[:=]|is|was)$/.test(bare)) {
    return { ...none, role: 'value', label: previous.label, words: previous.words };
  }
  const isCounted = /^\s*\/\s*$/.test(after);
  if (isCounted && (/(?:^|[\s\]|:>-])\[\s*$/.test(text) || /%\|.*\|\s*$/.test(text))) {
    const key = readKey(text.replace(/\[\s*$/, ''), index > 0);
    if (key === undefined || axisOf(key.text) === undefined) {
      return { ...none, role: 'counter', rank: COUNTER_RANK, words: text.split(/[^\p{L}\p{N}_]+/u) };
    }
  }
  const key = readKey(text, index > 0);
  if (key === undefined || UNMEASURED.test(key.text) || after.startsWith('%|')) return none;
  return classify(key) ?? none;
}

function classify({ text, explicit, before }: Key): Token | undefined {
  const rest = { rank: Number.POSITIVE_INFINITY, words: before };
  const placed = explicit ? null : /^(.+?) (?:at|@|after) ([\w ]+)$/i.exec(text);
  const axis = axisOf((placed === null ? text : placed[2]!).replace(/^train(?:ing)? /i, ''));
  if (axis !== undefined) {
    const rank = axis.unit === 'epoch' ? EPOCH_RANK : axis.rank;
    if (placed !== null) return { role: axis.unit, rank, label: placed[1]!, words: [...before, '@'] };
    return { role: axis.unit, rank, label: text, words: before };
  }
  if (isTotalKey(text)) return { ...rest, role: 'total', label: text };
  if (MICRO_KEYS.includes(normalizeLabel(text))) return undefined;
  if (!explicit && !isKnown(text)) return undefined;
  return { ...rest, role: 'value', label: text };
}

function isKnown(label: string): boolean {
  const { name } = canonicalSeries(label);
  return KNOWN.has(name.split('/')[0]!) || isMeasured(label);
}

/** The key that ends `text`; `undefined` when the number has none. */
function readKey(text: string, behindNumber: boolean): Key | undefined {
  let rest = behindNumber ? text.replace(UNIT, '') : text;
  const end = /\s*([:=]?)\s*[[({"']*\s*$/.exec(rest)!;
  const explicit = end[1] !== '';
  const isSpaced = explicit || /[\s[(]$/.test(rest);
  rest = rest.slice(0, end.index);
  if (explicit) rest = rest.replace(/["']$/, '');
  if (rest === '' || !isSpaced) return undefined;
  const segments = rest.split(BOUNDARY);
  const segment = segments
    .at(-1)!
    .trim()
    .replace(/^[^\p{L}\p{N}_]+/u, '');
  const before = segments
    .slice(0, -1)
    .flatMap((part) => part.split(/[^\p{L}\p{N}_]+/u))
    .filter((word) => word !== '');
  if (segment === '') return undefined;
  if (!explicit) return { text: segment, explicit, before };
  const words = segment.split(/\s+/);
  for (let count = Math.min(MAX_WORDS, words.length); count > 1; count--) {
    const candidate = words.slice(-count).join(' ');
    if (axisOf(candidate) !== undefined || isTotalKey(candidate) || isKnown(candidate)) {
      return { text: candidate, explicit, before: [...before, ...words.slice(0, -count)] };
    }
  }
  return { text: words.at(-1)!, explicit, before: [...before, ...words.slice(0, -1)] };
}

/** The values of a line; those of a line that names an evaluation are evaluated ones. */
function readValues(tokens: readonly Token[], texts: readonly string[], x: number): MeasuredValue[] {
  const values: MeasuredValue[] = [];
  let context = '';
  for (const [index, token] of tokens.entries()) {
    const said = token.words.find((word) => EVALUATED.test(word));
    if (said !== undefined) context = TESTED.test(said) ? 'test' : 'val';
    if (index === x || !KEPT.has(token.role)) continue;
    const own = canonicalSeries(token.label);
    const moved =
      context === '' || !/^(?:train_loss|perplexity|accuracy|bpb)$/.test(own.name) || /train/i.test(token.label);
    const label = moved ? token.label : `${context} ${token.label}`;
    const { name, scale, unit } = canonicalSeries(label);
    values.push({ index, label, name, scale: scale * unitScale(texts[index + 1]!, unit) });
  }
  return values;
}

/** Factor of the unit that stands behind a number, for a quantity kept in `kept`. */
function unitScale(after: string, kept: string): number {
  const unit = /^\s?(ms|us|s|sec|min|m|h|k|K|M|B|G|T)(?![\w/])/.exec(after)?.[1];
  if (unit === undefined) return 1;
  if (kept === 's' && unit !== 'K' && unit !== 'k') {
    return { ms: 0.001, us: 1e-6, min: 60, m: 60, h: 3600 }[unit] ?? 1;
  }
  return /^\s/.test(after) ? 1 : ({ k: 1e3, K: 1e3, M: 1e6, B: 1e9, G: 1e9, T: 1e12 }[unit] ?? 1);
}
