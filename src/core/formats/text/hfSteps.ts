import type { RecordSink } from '../format';
import { canonicalSeries } from '../keys';
import { ByteMap } from './byteMap';
import { type LineFile, LineMatch } from './lineFormat';
import type { ProgressBar } from './progressBar';
import { PythonKind, PythonScanner } from './python';
import { decode, type Scanner } from './scanner';

const OPEN = 0x7b;
const CLOSE = 0x7d;
const QUOTE = 0x27;
const COLON = 0x3a;
const COMMA = 0x2c;
const SLASH = 0x2f;
const MAX_ENTRIES = 1024;
const MAX_KEYS = 4096;
/** Most logging intervals are multiples of it: tells a bar drawn before a record from the one drawn after. */
const USUAL_INTERVAL = 5;
/** Epochs are printed with two decimals. */
const EPOCH_DIGIT = 0.0101;
/** Share by which a value that is printed twice may differ: four digits. */
const SAME = 1e-3;

/** Where the steps of a file come from; decided by its first record. */
type StepMode = 'key' | 'bar' | 'epoch' | 'count' | 'each' | 'row';

/** A key of the dicts, with what it stands for. */
interface Key {
  readonly label: string;
  readonly scale: number;
  readonly role: 'loss' | 'eval' | 'final' | 'epoch' | 'step' | 'total' | 'stepOfTotal' | 'other';
  handle: number;
}

/** A dict whose step is not known yet. */
interface Record {
  readonly kind: 'train' | 'side';
  readonly keys: readonly Key[];
  readonly values: readonly number[];
  readonly epoch: number;
  /** Bar drawn just before it, -1 without one. */
  readonly barBefore: number;
}

/** State of one file. */
export interface HfState {
  readonly keys: ByteMap<Key>;
  readonly python: PythonScanner;
  mode: StepMode | null;
  /** Planned steps, 0 when unknown; `stated` when the log says so in words. */
  total: number;
  stated: boolean;
  epochs: number;
  /** Examples of an epoch and of a step as the header states them, 0 when it does not. */
  examples: number;
  batch: number;
  isUnsloth: boolean;
  /** Steps between records: stated, or learned from bars; 0 when unknown. */
  interval: number;
  /** Last training bar drawn since the last record, else -1. */
  bar: number;
  lastStep: number;
  rows: number;
  pending: Record | null;
  /** The last training record that has its step. */
  told: Record | null;
  /** In the lines after `***** Running training *****`, and inside a printed `TrainingArguments(`. */
  inHeader: boolean;
  inArguments: boolean;
}

/** State at the start of a file. */
export function beginDicts(): HfState {
  return {
    keys: new ByteMap(),
    python: new PythonScanner(),
    mode: null,
    total: 0,
    stated: false,
    epochs: 0,
    examples: 0,
    batch: 0,
    interval: 0,
    bar: -1,
    lastStep: 0,
    rows: 0,
    pending: null,
    told: null,
    isUnsloth: false,
    inHeader: false,
    inArguments: false,
  };
}

/** Reads `{'loss': 1.8554, 'learning_rate': 1e-05, 'epoch': 0.03}`. */
export function applyDict(line: Scanner, file: LineFile<HfState>): LineMatch {
  const start = line.pos;
  const { state, sink } = file;
  const dict = readDict(line, state);
  if (dict === 'other') {
    line.pos = start;
    return LineMatch.None;
  }
  if (dict === 'cut') {
    sink.issue('line.malformed', 'A record is cut off.', file.offset);
    return LineMatch.Common;
  }
  const told = state.pending ?? (state.bar <= state.lastStep ? state.told : null);
  if (told !== null && isTold(told, dict)) return joinTold(told, dict, file);
  settlePending(file);
  if (dict.final) {
    for (const [i, key] of dict.keys.entries()) if (key.role !== 'epoch') sink.config(key.label, dict.values[i]!);
    sink.status({ kind: 'finished' });
    state.bar = -1;
    return LineMatch.Points;
  }
  if (dict.total > 0) statedTotal(state, sink, dict.total, 'the counter in the records');
  const record: Record = { ...dict, kind: dict.hasLoss ? 'train' : 'side', barBefore: state.bar };
  state.bar = -1;
  if (dict.step >= 0) {
    decide(state, sink, 'key');
    emit(state, sink, record, dict.step);
  } else state.pending = record;
  return LineMatch.Points;
}

/** A bar drawn after a record shows its step: tqdm draws the bar again below each line that the Trainer prints. */
export function settleWithBar(bar: ProgressBar, file: LineFile<HfState>): void {
  const { state, sink } = file;
  if (bar.described || !bar.iterations || bar.total <= 0) return;
  // Before the first record any bar may be the training's; later others are those of evaluations.
  if (state.total === 0 || (!state.stated && state.mode === null && state.pending === null)) state.total = bar.total;
  if (bar.total !== state.total) return;
  const { pending } = state;
  if (pending === null) {
    state.bar = bar.done;
    return;
  }
  if (state.mode !== null && state.mode !== 'bar') {
    settlePending(file);
    return;
  }
  if (state.mode === null) sink.plan({ totalSteps: state.total }, 'the maximum of the progress bar');
  decide(state, sink, 'bar');
  const interval = state.interval > 0 ? state.interval : USUAL_INTERVAL;
  const isBefore =
    pending.kind === 'train' &&
    pending.barBefore > 0 &&
    pending.barBefore % interval === 0 &&
    bar.done % interval !== 0;
  const step = isBefore ? pending.barBefore : bar.done;
  if (pending.kind === 'train' && state.lastStep > 0 && step > state.lastStep) state.interval = step - state.lastStep;
  state.bar = bar.done;
  emit(state, sink, pending, step);
}

/** Gives the record that waits for a bar the best step known without one. */
export function settlePending(file: LineFile<HfState>): void {
  const { state, sink } = file;
  const { pending } = state;
  if (pending === null) return;
  if (state.mode === null) decide(state, sink, firstMode(state, pending));
  emit(state, sink, pending, pending.kind === 'side' ? state.lastStep : stepWithoutBar(state, pending));
}

/** The planned number of steps as the log states it. */
export function statedTotal(state: HfState, sink: RecordSink, total: number, where: string): void {
  if (state.stated && state.total === total) return;
  state.total = total;
  state.stated = true;
  sink.plan({ totalSteps: total }, where);
}

/** Whether the record was told already: a callback prints it too, with fewer digits and other keys (LLaMA-Factory). */
function isTold(told: Record, dict: Dict): boolean {
  if (dict.step >= 0 || dict.final || !dict.hasLoss || told.kind !== 'train') return false;
  const again = new Map(dict.keys.map((key, i) => [key, dict.values[i]!]));
  const common = told.keys.filter((key) => again.has(key));
  if (common.length === told.keys.length && common.length === dict.keys.length) return false;
  return told.keys.every((key, i) => {
    const value = again.get(key) ?? told.values[i]!;
    const digit = key.role === 'epoch' ? EPOCH_DIGIT : SAME * Math.abs(value);
    return Math.abs(value - told.values[i]!) <= digit;
  });
}

/** Adds what a record that was told already says beside: to the one that waits, or to the points of the last one. */
function joinTold(told: Record, { keys, values }: Dict, { state, sink }: LineFile<HfState>): LineMatch {
  const added = keys.map((_, i) => i).filter((i) => !told.keys.includes(keys[i]!));
  const more = { keys: added.map((i) => keys[i]!), values: added.map((i) => values[i]!) };
  const joined = { ...told, keys: [...told.keys, ...more.keys], values: [...told.values, ...more.values] };
  if (state.pending === null) {
    emitValues(sink, more, state.lastStep);
    state.told = joined;
  } else state.pending = joined;
  return LineMatch.Points;
}

function firstMode(state: HfState, record: Record): StepMode {
  if (state.interval > 0) return 'count';
  const length = perEpoch(state);
  const digits = /\.(\d+)$/.exec(String(record.epoch))?.[1]?.length ?? 0;
  // Epochs of few digits do not tell steps; Unsloth logs each, unless it is told otherwise.
  if (state.isUnsloth && length * 10 ** -digits > 1) state.interval = 1;
  if (state.interval > 0) return 'each';
  if (length > 0 && record.epoch > 0) return 'epoch';
  return record.barBefore > 0 ? 'bar' : 'row';
}

function stepWithoutBar(state: HfState, record: Record): number {
  const counted = state.interval > 0 ? state.lastStep + state.interval : -1;
  const byEpoch = perEpoch(state) > 0 ? Math.round(record.epoch * perEpoch(state)) : -1;
  switch (state.mode) {
    case 'row':
      return state.rows + 1;
    case 'epoch':
      return Math.max(state.lastStep, byEpoch);
    default:
      if (counted >= 0) return counted;
      return Math.max(state.lastStep, byEpoch, record.barBefore);
  }
}

/** Steps of an epoch: examples by batch where both are stated, for a run may end within its first epoch; 0 unknown. */
function perEpoch({ examples, batch, total, epochs }: HfState): number {
  if (examples > 0 && batch > 0) return examples / batch;
  return epochs > 0 ? total / epochs : 0;
}

function decide(state: HfState, sink: RecordSink, mode: StepMode): void {
  if (state.mode !== null) return;
  state.mode = mode;
  sink.stepUnit(mode === 'row' ? 'row' : 'step');
  if (mode === 'row') sink.issue('step.missing', 'The log has no steps: its records are counted instead.', null);
  if (mode === 'each') sink.issue('step.missing', 'The log has no steps: each record is taken for one.', null);
  if (mode === 'epoch') sink.issue('step.missing', 'The log has no steps: they follow from the epoch, rounded.', null);
}

function emit(state: HfState, sink: RecordSink, record: Record, step: number): void {
  state.pending = null;
  if (record.kind === 'train') {
    state.lastStep = step;
    state.rows++;
  }
  if (record.kind === 'train') state.told = record;
  emitValues(sink, record, step);
}

function emitValues(sink: RecordSink, { keys, values }: Pick<Record, 'keys' | 'values'>, step: number): void {
  for (const [i, key] of keys.entries()) {
    if (key.handle < -1) key.handle = sink.series(key.label);
    sink.point(key.handle, step, values[i]! * key.scale);
  }
}

interface Dict {
  readonly keys: Key[];
  readonly values: number[];
  epoch: number;
  step: number;
  total: number;
  hasLoss: boolean;
  final: boolean;
  /** A number was seen that only a Trainer's record has: a printed config can hold `eval_interval` too. */
  known: boolean;
}

/** The numbers of a dict; `other` when it is no record of a Trainer, `cut` when it is one without an end. */
function readDict(line: Scanner, state: HfState): Dict | 'other' | 'cut' {
  const dict: Dict = { keys: [], values: [], epoch: 0, step: -1, total: 0, hasLoss: false, final: false, known: false };
  if (!line.byte(OPEN) || line.next !== QUOTE) return 'other';
  while (dict.keys.length < MAX_ENTRIES) {
    line.blanks();
    const key = readKey(line, state);
    line.blanks();
    if (key === undefined || !line.byte(COLON)) return dict.known ? 'cut' : 'other';
    line.blanks();
    const kind = state.python.read(line);
    if (kind === PythonKind.None) return dict.known ? 'cut' : 'other';
    if (kind === PythonKind.Number) take(dict, key, state.python.value);
    else if (kind === PythonKind.Text && key.role === 'stepOfTotal') takeStep(dict, line, state.python);
    line.blanks();
    if (line.byte(COMMA)) continue;
    if (!dict.known) return 'other';
    return line.byte(CLOSE) ? dict : 'cut';
  }
  return 'other';
}

function readKey(line: Scanner, state: HfState): Key | undefined {
  const { python, keys } = state;
  const kind = python.read(line);
  if (kind !== PythonKind.Text && kind !== PythonKind.Number) return undefined;
  const known = keys.get(line.bytes, python.from, python.to);
  if (known !== undefined) return known;
  const label = decode(line.bytes, python.from, python.to);
  const key: Key = { label, scale: canonicalSeries(label).scale, role: roleOf(label), handle: -2 };
  if (keys.size < MAX_KEYS) keys.set(line.bytes, python.from, python.to, key);
  return key;
}

function roleOf(label: string): Key['role'] {
  if (label === 'loss') return 'loss';
  if (label === 'train_runtime') return 'final';
  if (label === 'epoch') return 'epoch';
  if (label === 'eval_loss' || label === 'eval_runtime') return 'eval';
  if (label === 'global_step/max_steps') return 'stepOfTotal';
  if (label === 'step' || label === 'global_step') return 'step';
  if (label === 'max_steps') return 'total';
  return 'other';
}

function take(dict: Dict, key: Key, value: number): void {
  if (key.role === 'step') {
    dict.step = Number.isInteger(value) && value >= 0 ? value : -1;
    return;
  }
  if (key.role === 'total') {
    dict.total = Number.isInteger(value) ? value : 0;
    return;
  }
  if (key.role === 'loss') dict.hasLoss = true;
  if (key.role === 'final') dict.final = true;
  if (key.role === 'epoch') dict.epoch = value;
  if (key.role !== 'other') dict.known = true;
  dict.keys.push(key);
  dict.values.push(value);
}

/** `'37/1120'` of ms-swift. */
function takeStep(dict: Dict, line: Scanner, python: PythonScanner): void {
  const { pos, end } = line;
  line.pos = python.from;
  line.end = python.to;
  if (line.integer()) {
    const step = line.value;
    if (line.byte(SLASH) && line.integer()) {
      dict.step = step;
      dict.total = line.value;
    }
  }
  line.pos = pos;
  line.end = end;
}
