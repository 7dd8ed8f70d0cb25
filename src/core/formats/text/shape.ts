import type { SeriesName, StepUnit } from '../../model';
import { axisOf, canonicalSeries, isTotalKey, MICRO_KEYS, normalizeLabel } from '../keys';
import { isKnown, isMeasured, type Key, readKey } from './lineKey';

/** What the numbers of a line mean, told from the texts between them. */
export interface LineMeaning {
  /** What the x-axis counts, and the number that gives it; -1 when the line does not say where it belongs. */
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

const EVALUATED =
  /^(?:(?:train(?:ing)?_)?eval|evaluation|evaluating|val|valid|validation|validating|dev|cv|test|testing)$/i;
const EVALUATION = /\b(?:eval|val|valid|dev|cv\b|test)/i;
/** `Saving dict for global step 2000: loss = 0.31`: an evaluation of TensorFlow's estimators. */
const ESTIMATOR = /\bsaving dict for\b/i;
/** What a place may be said to belong to: `eval step 100`, `training step 5`. */
const ROLE = /^(train(?:ing)?|eval(?:uation)?|val(?:idation)?|test)[ _](?=\w)/i;
const TESTED = /^test/i;
/** JSON that holds a text to learn from or an answer, which may speak of anything. */
const DATA =
  /^\s*\{.*"(?:text|prompt|content|completion|question|answer|instruction|input|output|response|messages|title|body)"\s*:/s;
/** What no record is without: a word for its place, or a counter, and one for what is measured. */
const PLACE =
  /step|iter|epoch|episode|generation|#\d|^\s*train\w*: *\d|batch|update|token|sample|\b(?:it|itr|ep)\b|[[|(]\s*\d+\s*\/|^\s*\[?\d/i;
const QUANTITY =
  /loss|obj|nll|xent|entropy|perplexity|pp|bpb|bits|err|mse|mae|bleu|rouge|rew|return|score|acc|top|f1|auc|fitness|dice|iou|psnr|cost|learn|norm|\blr\b/i;
const SETS = /\btrain\b.*\bval|\bval(?:id|idation)?\b[:= ]+[-\d.]/i;
/** An epoch and a place in it: only a training has both. */
const BOTH_PLACES = /\bepoch\b.*\b(?:iter|step|batch)/i;
/** `     100/ 200000: 3.3147`: a counter and a number, and nothing else. */
const COUNTED_ALONE = /^\s*\d+\s*\/\s*\d+\s*:\s*[-\d.e+]+\s*$/;

/** Lines about an evaluation of before. */
const PRAISE = /^\W*done\b|\b(?:best|lowest|highest|improved|previous|target|early stopping|patience)\b/i;

/** Words of sentences: what stands between them and a number names nothing. */
const PROSE = /\b(?:the|of|by|with|to|for|from|and|or|that|this|failed|fix\w*|due)\b/i;

const PLACE_WORD = /\b(?:step|iter|iteration|epoch|batch)s?\b/i;

/** Names of processes and places in code, and what logging libraries write before a message. */
const UNMEASURED =
  /^(?:pid|PID|rank|line|worker|thread|node|gpu|cuda|device|host|trainer)$|\.(?:py|cc|cpp)$|^(?:DP|PP|TP|CP|EP|SP)$|:|^__/;
/** What stands before a counter such as `[20/100]`, `| 20/100`, `Epoch:[1/2](20/100)`, `train (20/100)`. */
const COUNTER = /(?:(?:^|[\s\]|:>-])\[|\||(?:\]|\btrain\w*)\s*\(|^[━╸╺╴╶█▉-▏░▒#= ]{2,})\s*$/i;
/** `the last 10 steps`, `every 5 epochs`: a length of time. */
const SPAN = /^\s+(?:steps|iters|iterations|batches|epochs|samples|tokens)\b/i;
/** A counter that stands alone at the start of a line: `0 | loss 2.3`, `[100] loss=2.3`, `[0]\ttrain-logloss:0.6`. */
const LEADING = { before: /^\s*\[?\s*$/, after: /^\s*(?:[\]|]|[:,]\s+\D)/, total: /^\s*(?:\[|:)/ };
/** The same behind a mark: `#100 loss 2.3`, `train: 100 loss=2.3`. */
const MARKED = { before: /^\s*(?:#|(?:train|training)\s*:\s*)$/i, after: /^\s+[A-Za-z]/ };
/** A value that only its set names: `train 2.31 | val 2.42`; alone in a line only an evaluated one, `val 2.42`. */
const SET = /^(?:train|val|valid|validation|test)$/i;
const LONE_SET = /^(?:val|valid|validation)$/i;
/** A name behind its number: `6.91 loss, 0.001 LR, 410.10 ms run`. */
const NAME_BEHIND = /^\s+([A-Za-z_][\w .-]*?)\s*,/;
/** Numbers of a line that must have their name behind them. */
const LEAST_BEHIND = 3;
/** An epoch by its place alone: `Train: 0 [  50/400 (12%)]`, `[1,  2000] loss: 2.1`. */
const EPOCH_BEFORE_COUNTER = /^(?:train|training)$/i;
const PAIR = { before: /^\s*\[\s*$/, between: /^\s*,\s*$/, after: /^\s*\]/ };
/** `3 154 Loss=0.32`: an epoch and a place in it by their order alone. */
const BARE_PAIR = { before: /^\s*$/, between: /^\s+$/, after: /^\s+[A-Za-z]/ };
/** A counter by the word behind it: `1epoch:train:1-500batch:`. */
const NAMED_BEHIND = /^(epoch|batch|iter|iteration|step)(?![A-Za-z_/])/i;
/** `Train Epoch: 1 [6400/60000 (11%)]` counts samples, as the examples of PyTorch do. */
const SHARE = /^\s*\(\s*$/;
/** Order of preference behind named counters of steps, tokens and samples. */
const COUNTER_RANK = 900;
const EPOCH_RANK = 1000;
const LEADING_RANK = 1001;

type Role = 'value' | 'total' | 'counter' | 'none' | StepUnit;

/** Numbers that are series; further counters of steps are not. */
const KEPT: ReadonlySet<Role> = new Set<Role>(['value', 'tokens', 'samples', 'epoch']);

interface Token {
  readonly role: Role;
  readonly rank: number;
  readonly label: string;
  readonly words: readonly string[];
}

const EPOCH: Pick<Token, 'role' | 'rank' | 'label'> = { role: 'epoch', rank: EPOCH_RANK, label: 'epoch' };

/** Whether a line can be a record at all: a quick look before it is taken apart. */
export function canMean(line: string): boolean {
  if (DATA.test(line)) return false;
  if (QUANTITY.test(line) || SETS.test(line)) return PLACE.test(line) || EVALUATION.test(line);
  return BOTH_PLACES.test(line) || COUNTED_ALONE.test(line);
}

/**
 * The meaning of a line that is a record, or `undefined`: it needs a number that counts steps, tokens, samples or epochs
 * and a measured one. `texts` are the texts before each number and behind the last one; `isWhole` tells whole numbers;
 * `set` is what the lines above say is evaluated (`val`, `test`), empty for the training.
 */
export function readMeaning(
  written: readonly string[],
  isWhole: (index: number) => boolean = () => true,
  set = '',
): LineMeaning | undefined {
  const texts = nameBefore(written);
  const tokens: Token[] = [];
  for (let i = 0; i + 1 < texts.length; i++) {
    const token = readToken(texts, i, tokens[i - 1]);
    // `Batch (t): 0.512` is a time.
    const isStep = token.role === 'step' || token.role === 'counter';
    tokens.push(isStep && !isWhole(i) ? { ...token, role: 'none', rank: Number.POSITIVE_INFINITY } : token);
  }
  nameEpoch(tokens);
  nameLosses(tokens, texts);
  const x = bestAxis(tokens);
  const values = readValues(tokens, texts, x, set);
  if (x < 0) return placeless(texts, values);
  // A printed configuration is a dict too: it has weights of losses, but no loss.
  const isDict = /^\s*\{/.test(texts[0]!);
  const measured =
    values.find(({ label, name }) => isMeasuredName(name) || (!isDict && isMeasured(label))) ??
    (isDict ? undefined : trainedAt(tokens, x, values));
  if (measured === undefined) return undefined;
  const unit = unitOf(tokens, texts, x);
  const evaluated = tokens.some(({ words }) => words.some((word) => EVALUATED.test(word)));
  const epoch = unit === 'epoch' ? -1 : tokens.findIndex(({ role }) => role === 'epoch');
  return {
    unit,
    x,
    total: totalOf(tokens, x),
    epoch,
    epochs: epoch < 0 ? -1 : totalBehind(tokens, epoch),
    counter: tokens[x]!.role === 'counter',
    evaluated,
    kind: (evaluated ? values.find(({ name }) => /^(?:val|test)_/.test(name)) : undefined)?.label ?? measured.label,
    values,
  };
}

/** Texts as if each number had its name before it: `12 6.91 loss, 0.001 LR, 410.1 ms` as `step: 12, loss: 6.91, …`. */
function nameBefore(texts: readonly string[]): readonly string[] {
  if (!/^\s*$/.test(texts[0]!)) return texts;
  const names = texts.slice(1).map((text) => NAME_BEHIND.exec(text)?.[1]);
  if (names.filter((name) => name !== undefined).length < LEAST_BEHIND || names[0] !== undefined) return texts;
  // Darknet calls the learning rate so.
  const keys = names.map((name) => `, ${name === 'rate' ? 'learning rate' : (name ?? '')}: `);
  return ['step: ', ...keys.slice(1), ''];
}

/** Of two counters without a name (`[0/300][10/1251]`) the first one counts epochs. */
function nameEpoch(tokens: Token[]): void {
  if (tokens.some(({ role }) => role === 'epoch')) return;
  const first = tokens.findIndex(({ role }) => role === 'counter');
  const isPair = tokens[first + 1]?.role === 'total' && tokens[first + 2]?.role === 'counter';
  if (isPair && tokens[first + 3]?.role === 'total') tokens[first] = { ...tokens[first]!, ...EPOCH };
}

/** Values that only their sets name are losses, where nothing else in the line is measured. */
function nameLosses(tokens: Token[], texts: readonly string[]): void {
  if (tokens.some(({ role, label }) => role === 'value' && isMeasured(label))) return;
  const sets = texts
    .slice(0, -1)
    .map((text, i) => (tokens[i]!.role === 'total' ? '' : (readKey(text, i > 0)?.text ?? '')));
  const named = sets.filter((set) => SET.test(set));
  if (named.length < 2 && !(named.length === 1 && LONE_SET.test(named[0]!) && sets.length <= 2)) return;
  for (const [i, set] of sets.entries()) {
    if (SET.test(set))
      tokens[i] = { ...tokens[i]!, role: 'value', label: `${set} loss`, rank: Number.POSITIVE_INFINITY };
  }
}

/**
 * A value that only a training has at a place of its own: a learning rate or a gradient norm at a step or an epoch, any
 * two values at a step of an epoch. Names in the plural are settings (`epochs: 10, lr: 0.1`).
 */
function trainedAt(tokens: readonly Token[], x: number, values: readonly MeasuredValue[]): MeasuredValue | undefined {
  const isStep = (label: string) => /^(?:global[_ ])?(?:step|iter|iteration|epoch)$/i.test(label);
  const isEpoch = tokens.some(({ role, label }) => role === 'epoch' && /^epoch$/i.test(label));
  const own = values.filter(({ name }) => name !== 'epoch');
  if (isEpoch && tokens[x]!.role !== 'epoch' && own.length > 1) return own[0];
  const { role, label } = tokens[x]!;
  if (!isStep(label) && role !== 'counter') return undefined;
  return values.find(({ name }) => /^(?:learning_rate|grad_norm)/.test(name));
}

function unitOf(tokens: readonly Token[], texts: readonly string[], x: number): StepUnit {
  const { role } = tokens[x]!;
  if (role !== 'counter') return role as StepUnit;
  const isShare = SHARE.test(texts[x + 2] ?? '') && /^\s*%/.test(texts[x + 3] ?? '');
  return isShare && /epoch/i.test(texts[x - 1] ?? '') ? 'samples' : 'step';
}

/** The meaning of a line without a place of its own: every number of it has to be a value with a known name. */
function placeless(texts: readonly string[], values: readonly MeasuredValue[]): LineMeaning | undefined {
  const known = values.filter(({ label }) => isKnown(label));
  // A place that is not understood here may be one without the prefix of the line.
  if (known.length === 0 || texts.some((text) => PRAISE.test(text) || PLACE_WORD.test(text))) return undefined;
  const evaluated = known.some(({ name }) => /^(?:val|test)_/.test(name));
  const place = { unit: 'step' as const, x: -1, total: -1, epoch: -1, epochs: -1, counter: false };
  return { ...place, evaluated, kind: known[0]!.label, values: known };
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

function readToken(texts: readonly string[], index: number, previous: Token | undefined): Token {
  const text = texts[index]!;
  const after = texts[index + 1]!;
  const none: Token = { role: 'none', rank: Number.POSITIVE_INFINITY, label: '', words: [] };
  const bare = text.trim();
  const follows = previous !== undefined && previous.rank < Number.POSITIVE_INFINITY;
  if (follows && /^(?:\/|of|out of)$/.test(bare)) return { ...none, role: 'total' };
  // `loss at step 10: 2.3`.
  if (previous?.label !== '' && follows && previous.words.includes('@') && /^(?:[:=]|is|was)$/.test(bare)) {
    return { ...none, role: 'value', label: previous.label, words: previous.words };
  }
  // `Batch [20-40]`: the range ends at the step.
  if (bare === '-' && follows && previous.role === 'step') return { ...previous, rank: previous.rank - 1 };
  // `100/ 200000: 3.3147`.
  if (index === 2 && texts.length === 4 && bare === ':' && after.trim() === '' && previous?.role === 'total') {
    return { ...none, role: 'value', label: 'loss' };
  }
  const place = placeByPosition(texts, index, previous);
  if (place !== undefined) return { ...none, ...place };
  const key = readKey(text, index > 0);
  if (key === undefined || UNMEASURED.test(key.text) || after.startsWith('%|')) return none;
  if (!key.explicit && SPAN.test(after)) return none;
  if (EPOCH_BEFORE_COUNTER.test(key.text) && /^\s*\[\s*$/.test(after)) {
    return { ...none, ...EPOCH };
  }
  return classify(key) ?? none;
}

/** What a number counts that no key names: its place in the line tells. */
function placeByPosition(
  texts: readonly string[],
  index: number,
  previous: Token | undefined,
): Partial<Token> | undefined {
  const text = texts[index]!;
  const after = texts[index + 1]!;
  const words = text.split(/[^\p{L}\p{N}_]+/u);
  const counter = { role: 'counter', rank: COUNTER_RANK, words } as const;
  // A date is none: `[2024/01/04`.
  const isCounted = /^\s*\/\s*$/.test(after) && !/^\s*\//.test(texts[index + 2] ?? '');
  if (isCounted && previous?.role === 'epoch' && /^:\s+$/.test(text)) return counter;
  if (isCounted && COUNTER.test(text)) {
    const key = readKey(text.replace(/\[\s*$/, ''), index > 0);
    if (key === undefined || axisOf(key.text) === undefined) return counter;
  }
  for (const { before, between, after: behind } of [PAIR, BARE_PAIR]) {
    if (index === 0 && before.test(text) && between.test(after) && behind.test(texts[2] ?? '')) return EPOCH;
    if (index === 1 && previous?.role === 'epoch' && between.test(text) && behind.test(after)) return counter;
  }
  if (index === 0 && LEADING.before.test(text)) {
    const isAlone = isCounted ? LEADING.total.test(texts[2] ?? '') : LEADING.after.test(after);
    if (isAlone) return { ...counter, rank: LEADING_RANK };
  }
  if (index === 0 && MARKED.before.test(text) && MARKED.after.test(after)) return { ...counter, rank: LEADING_RANK };
  const behind = NAMED_BEHIND.exec(after);
  if (behind === null || /[A-Za-z]\s*$/.test(text)) return undefined;
  const axis = axisOf(behind[1]!)!;
  return axis.unit === 'epoch' ? EPOCH : { role: axis.unit, rank: axis.rank, words };
}

function classify({ text, explicit, before }: Key): Token | undefined {
  const rest = { rank: Number.POSITIVE_INFINITY, words: before };
  const placed = explicit ? null : /^(.+?) (?:at|@|after) ([\w ]+)$/i.exec(text);
  const said = placed === null ? text : placed[2]!;
  const role = ROLE.exec(said)?.[1];
  const axis = axisOf(said.replace(/^[\w ]+ (?=epoch$)/i, '').replace(ROLE, ''));
  if (axis !== undefined) {
    const rank = axis.unit === 'epoch' ? EPOCH_RANK : axis.rank;
    if (placed !== null) return { role: axis.unit, rank, label: placed[1]!, words: [...before, '@'] };
    // `Train step of epoch 0:` names an epoch and nothing else.
    const words = role === undefined ? before : [...before, role];
    return { role: axis.unit, rank, label: axis.unit === 'epoch' ? 'epoch' : text, words };
  }
  if (isTotalKey(text)) return { ...rest, role: 'total', label: text };
  if (MICRO_KEYS.includes(normalizeLabel(text))) return undefined;
  if (!explicit && (!isKnown(text) || PROSE.test(text))) return undefined;
  return { ...rest, role: 'value', label: text };
}

/** The values of a line; those of a line that names an evaluation are evaluated ones. */
function readValues(tokens: readonly Token[], texts: readonly string[], x: number, set: string): MeasuredValue[] {
  const values: MeasuredValue[] = [];
  const first = /^[^\p{L}\p{N}]*(\p{L}+)/u.exec(texts[0]!)?.[1] ?? '';
  let context = !EVALUATED.test(first) && !ESTIMATOR.test(texts[0]!) ? set : TESTED.test(first) ? 'test' : 'val';
  for (const [index, token] of tokens.entries()) {
    const said = token.words.find((word) => EVALUATED.test(word));
    if (said !== undefined) context = TESTED.test(said) ? 'test' : 'val';
    if (index === x || !KEPT.has(token.role)) continue;
    const plain = canonicalSeries(token.label);
    const moved =
      context === '' || !/^(?:train_loss|perplexity|accuracy|bpb)$/.test(plain.name) || /train/i.test(token.label);
    const own = moved ? token.label : `${context} ${token.label}`;
    // `loss[loss=2.3, …], tot_loss[loss=2.4, …]`: what stands before the bracket tells the two apart.
    const isTaken = values.some((value) => value.label === own);
    const label = isTaken ? `${token.words.at(-1) ?? token.label}/${token.label}` : own;
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
