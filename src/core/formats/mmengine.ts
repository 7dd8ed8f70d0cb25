import { canonicalSeries } from './keys';
import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { beginScalars, matchScalars, type ScalarState } from './text/mmScalars';
import { ascii, isDigit, type Scanner } from './text/scanner';

const EPOCH = ascii('Epoch');
const ITER = ascii('Iter');
const TRAIN = ascii('(train)');
const VAL = ascii('(val)');
const TEST = ascii('(test)');
const ETA = ascii('eta: ');
const MAX_EPOCHS = [ascii('max_epochs='), ascii('max_epochs = '), ascii('total_epochs = ')];
const MAX_ITERS = [ascii('max_iters='), ascii('max_iters = ')];
const WORKFLOW = ascii('workflow: ');
const MAX = ascii(', max: ');
const RESUMED = [ascii('resumed epoch: '), ascii('resumed from epoch: ')];
const ITER_KEY = ascii('iter: ');
const INFO = ascii(' - INFO - ');
/** Longest prefix of the logger. */
const MAX_LOGGER = 64;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const SLASH = 0x2f;
const BLANK = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const BRACE = 0x7b;

/** State of one file. */
interface State extends ScalarState {
  readonly head: FieldReader;
  readonly train: FieldReader;
  readonly evaluated: FieldReader;
  readonly tested: FieldReader;
  /** Iterations of an epoch, and planned epochs; 0 when unknown. */
  length: number;
  epochs: number;
  total: number;
}

/** What MMEngine logs, and MMCV before it: text lines, and the scalars in JSON lines. */
export const mmengine = lineFormat<State>({
  id: 'mmengine',
  title: 'MMEngine, MMCV',
  source: {
    authors: 'OpenMMLab',
    year: 2022,
    title: 'MMEngine',
    id: 'open-mmlab/mmengine',
    where: 'mmengine/runner/log_processor.py, hooks/logger_hook.py; open-mmlab/mmcv mmcv/runner/hooks/logger/text.py',
  },
  refines: 'jsonl',
  begin: () => ({
    ...beginScalars(),
    head: new FieldReader(trainRule, ', '),
    train: new FieldReader(trainRule, ', '),
    evaluated: new FieldReader((key) => evaluatedRule(key, 'val'), ', '),
    tested: new FieldReader((key) => evaluatedRule(key, 'test'), ', '),
    length: 0,
    epochs: 0,
    total: 0,
  }),
  match: (line, file) => {
    line.blanks();
    // `2022/12/13 19:00:12 - mmengine - INFO - `: one look instead of one for each part.
    if (isDigit(line.next)) skipLogger(line);
    switch (line.next) {
      case 0x45:
      case 0x49:
        return matchRecord(line, file);
      case BRACE:
        return matchScalars(line, file);
      default:
        return matchFact(line, file);
    }
  },
});

function skipLogger(line: Scanner): void {
  const { pos, end } = line;
  line.end = Math.min(end, pos + MAX_LOGGER);
  if (!line.seek(INFO)) line.pos = pos;
  line.end = end;
}

function trainRule(key: string): FieldRule | undefined {
  if (key === 'eta') return { skip: true };
  if (key === 'time') return { name: 'iteration_time' };
  if (key === 'loss') return { name: 'train_loss' };
  if (key === 'tokens_per_sec') return { name: 'throughput' };
  // Losses of heads are parts of `loss`.
  return /loss/.test(key) && canonicalSeries(key).name.startsWith('train_loss') ? { name: key } : undefined;
}

function evaluatedRule(key: string, set: 'val' | 'test'): FieldRule {
  if (/^(?:eta|time|data_time|memory|lr)$/.test(key) || /copypaste$/.test(key)) return { skip: true };
  const plain = key.replace(/^(?:val|test)\//, '');
  return { label: `${set}/${plain}`, name: canonicalSeries(`${set}/${plain}`).name };
}

/** `Epoch(train)   [1][ 100/3125]  lr: …  eta: …`, `Iter [50/1000]\tlr: …, eta: …`, `Epoch(val) [1][50/50]  accuracy/top1: 70.0`. */
function matchRecord(line: Scanner, file: LineFile<State>): LineMatch {
  const { state } = file;
  const byEpoch = line.literal(EPOCH);
  if (!byEpoch && !line.literal(ITER)) return LineMatch.None;
  const set = line.literal(VAL) ? 'val' : line.literal(TEST) ? 'test' : 'train';
  if (set === 'train') line.literal(TRAIN);
  const counter = readCounters(line);
  if (counter === null || (line.next !== BLANK && line.next !== TAB)) return LineMatch.None;
  skipBlanks(line);
  if (set !== 'train') {
    const fields = set === 'val' ? state.evaluated : state.tested;
    // Progress within an evaluation has no results.
    if (fields.read(line) === 0 || counter.done < counter.total) return LineMatch.Common;
    fields.emit(file.sink, state.step);
    return LineMatch.Points;
  }
  return keepTraining(line, file, counter, byEpoch);
}

interface Counters {
  readonly epoch: number;
  readonly done: number;
  readonly doneAt: number;
  /** 0 when not shown. */
  readonly total: number;
}

/** `[ 1][  50/3104]`, `[ 10/1920]`, `[1][1000]`. */
function readCounters(line: Scanner): Counters | null {
  skipBlanks(line);
  const first = readCounter(line);
  if (first === null) return null;
  if (line.next !== OPEN) return { epoch: 0, ...first };
  const second = readCounter(line);
  return second === null ? null : { epoch: first.done, ...second };
}

function readCounter(line: Scanner): Omit<Counters, 'epoch'> | null {
  if (!line.byte(OPEN)) return null;
  line.blanks();
  if (!line.integer()) return null;
  const done = line.value;
  const doneAt = line.integerAt;
  let total = 0;
  if (line.byte(SLASH)) {
    if (!line.integer()) return null;
    total = line.value;
  }
  return line.byte(CLOSE) ? { done, doneAt, total } : null;
}

function keepTraining(line: Scanner, file: LineFile<State>, counter: Counters, byEpoch: boolean): LineMatch {
  const { state, sink, record } = file;
  const { head, train } = state;
  const { end, pos } = line;
  // The time left has a form of its own between the fields.
  const hasEta = line.seek(ETA);
  const etaAt = line.pos;
  const rest = hasEta ? afterDuration(line) : pos;
  let count = 0;
  if (hasEta) {
    line.end = line.pos - ETA.length;
    line.pos = pos;
    count = head.read(line);
    line.end = end;
  }
  line.pos = rest;
  skipBlanks(line);
  count += train.read(line);
  if (count === 0) return LineMatch.None;
  const step = byEpoch ? Math.max(0, counter.epoch - 1) * counter.total + counter.done : counter.done;
  if (byEpoch && counter.epoch === 0) return LineMatch.None;
  if (byEpoch) state.length = counter.total;
  const total = byEpoch ? state.epochs * counter.total : counter.total;
  if (total > 0 && total !== state.total) {
    state.total = total;
    sink.plan({ totalSteps: total }, byEpoch ? 'the planned epochs and the counter' : 'the counter of the iterations');
  }
  state.step = step;
  if (hasEta) head.emit(sink, step);
  train.emit(sink, step);
  record.claim(step, counter.doneAt, step - counter.done).fields(train);
  if (hasEta) record.fields(head).digits(etaAt, rest);
  return LineMatch.Points;
}

/** Place after `2 days, 7:32:05`; the scanner stays where it is. */
function afterDuration(line: Scanner): number {
  const { bytes, end } = line;
  let at = line.pos;
  let colons = 0;
  while (at < end && colons < 2) if (bytes[at++] === COLON) colons++;
  while (at < end && isDigit(bytes[at]!)) at++;
  while (at < end && (bytes[at] === 0x2c || bytes[at] === BLANK)) at++;
  return at;
}

function skipBlanks(line: Scanner): void {
  while (line.next === BLANK || line.next === TAB) line.pos++;
}

/** Planned epochs and iterations in the printed configuration, and where a run was resumed. */
function matchFact(line: Scanner, { state, sink }: LineFile<State>): LineMatch {
  const start = line.pos;
  const first = line.next;
  if (first === 0x77 && line.literal(WORKFLOW) && line.seek(MAX) && line.integer()) {
    const max = line.value;
    if (/epoch/.test(line.text())) state.epochs = max;
    else if (/iter/.test(line.text())) sink.plan({ totalSteps: max }, 'workflow in the log');
    return LineMatch.Fact;
  }
  line.pos = start;
  if (first === 0x72 && RESUMED.some((text) => line.literal(text)) && line.integer()) {
    const epoch = line.value;
    const step = line.seek(ITER_KEY) && line.integer() ? line.value : epoch * state.length;
    sink.status({ kind: 'resumed', step });
    return LineMatch.Fact;
  }
  line.pos = start;
  // m(ax_epochs), t(rain_cfg = dict(…, max_epochs=…)), r(unner = dict(…)).
  if (state.step > 0 || (first !== 0x6d && first !== 0x74 && first !== 0x72)) return LineMatch.None;
  for (const [keys, name] of [
    [MAX_EPOCHS, 'max_epochs'],
    [MAX_ITERS, 'max_iters'],
  ] as const) {
    for (const key of keys) {
      line.pos = start;
      if (!line.seek(key) || !line.integer()) continue;
      sink.config(name, line.value);
      if (name === 'max_epochs') state.epochs = line.value;
      else sink.plan({ totalSteps: line.value }, 'max_iters in the printed configuration');
      return LineMatch.Common;
    }
  }
  line.pos = start;
  return LineMatch.None;
}
