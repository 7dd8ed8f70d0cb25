import type { LogFormat, LogSample } from './format';
import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { NESTED_START, type NestedState, readFlags, readNested } from './text/nested';
import { beginRanks, isEcho, type Kept, keep, NOTHING_KEPT, noteRank, type RankState } from './text/ranks';
import { ascii, decode, isDigit, type Scanner } from './text/scanner';

const STEP = ascii('step:');
const VALIDATE = ascii('validate ');
const INITIALIZED = ascii('total steps ');
const WARMUP = ascii('(warmup ');
const STARTS = ascii('Training starts at step ');
const COMPLETED = ascii('Training completed');
const CONFIGS = [ascii('Running with args:'), ascii('Running with configs:'), ascii('JobConfig:')];
const TORCHRUN = ascii('torchtitan');
const FLAG = ascii(' --');
const INFO = ascii(' - INFO - ');
/** Two columns without a header: any program may write them. */
const COLUMNS = /^\s*\d+ [-+.\deE]+\r?\n/;
const MAX_COLUMNS = 64;
const BLANK = 0x20;
const OPEN = 0x5b;

interface State extends RankState {
  readonly train: FieldReader;
  readonly validation: FieldReader;
  keptTrain: Kept;
  keptValidation: Kept;
  dump: NestedState | null;
  /** Whether the file is two columns, a step and a loss; decided by the first line that begins with a digit. */
  columns: boolean | null;
}

const base = lineFormat<State>({
  id: 'torchtitan',
  title: 'torchtitan',
  source: {
    authors: 'PyTorch',
    year: 2024,
    title: 'torchtitan',
    id: 'pytorch/torchtitan',
    where: 'torchtitan/components/metrics.py, MetricsProcessor.log',
  },
  begin: () => ({
    ...beginRanks(),
    train: new FieldReader(trainRule, ' ', true),
    validation: new FieldReader(validationRule, ' ', true),
    keptTrain: NOTHING_KEPT,
    keptValidation: NOTHING_KEPT,
    dump: null,
    columns: null,
  }),
  match: (line, file) => {
    const { state } = file;
    if (state.columns !== false && isDigit(line.next)) {
      const match = matchColumns(line, file);
      if (match !== LineMatch.None) return match;
    }
    if (line.next === BLANK) line.blanks();
    const first = line.next;
    if (first === 0x73) return matchStep(line, file, false);
    if (first === 0x76) return matchStep(line, file, true);
    noteRank(line, state, file.offset);
    return matchLogged(line, file);
  },
});

/** What torchtitan logs, and the file of steps and losses that its tests compare. */
export const torchtitan: LogFormat = {
  ...base,
  probe: (sample: LogSample) => {
    const verdict = base.probe(sample);
    return verdict === 'yes' && COLUMNS.test(decode(sample.head, 0, Math.min(sample.head.length, MAX_COLUMNS)))
      ? 'maybe'
      : verdict;
  },
};

/** `1 8.049097061157227`, if the file begins so. Source: pytorch/torchtitan scripts/loss_compare.py. */
function matchColumns(line: Scanner, { state, sink }: LineFile<State>): LineMatch {
  const start = line.pos;
  const step = line.integer() && line.byte(BLANK) ? line.value : -1;
  const isPair = step >= 0 && line.number() && line.atEnd;
  if (!isPair) line.pos = start;
  state.columns ??= isPair;
  if (!isPair) return LineMatch.None;
  sink.point(sink.series('loss', 'train_loss'), step, line.value);
  return LineMatch.Points;
}

/** A record behind its logger's prefix, found at once: taking the parts of the prefix off one by one is slow. */
function matchLogged(line: Scanner, file: LineFile<State>): LineMatch {
  const start = line.pos;
  const isPrefix = line.next === OPEN || isDigit(line.next);
  if (isPrefix && line.seek(INFO) && (line.next === 0x73 || line.next === 0x76)) {
    const match = matchStep(line, file, line.next === 0x76);
    if (match !== LineMatch.None) return match;
  }
  line.pos = start;
  return matchFact(line, file);
}

/** `step: 10  loss:  6.42455  grad_norm: 29.3750  memory: 169.10GiB(94.81%)  tps: 9,921 …`, `validate step: 10  loss: …`. */
function matchStep(line: Scanner, file: LineFile<State>, isValidation: boolean): LineMatch {
  const start = line.pos;
  const { state } = file;
  const fields = isValidation ? state.validation : state.train;
  const step = (!isValidation || line.literal(VALIDATE)) && line.literal(STEP) ? readStep(line) : -1;
  const stepAt = line.integerAt;
  if (step < 0 || fields.read(line) === 0 || !fields.hasLoss) {
    line.pos = start;
    return matchFact(line, file);
  }
  // Stages of a pipeline without the loss print -1.
  if (fields.value(0) === -1) return LineMatch.Common;
  const last = isValidation ? state.keptValidation : state.keptTrain;
  const kept = keep(last, state, file.offset, step);
  if (isValidation) state.keptValidation = kept;
  else state.keptTrain = kept;
  if (isEcho(kept, last)) return LineMatch.Common;
  fields.emit(file.sink, step);
  file.record.claim(step, stepAt).remembersTwo().fields(fields, { unsigned: true });
  return LineMatch.Points;
}

/** The number after blanks, which tell these lines from those of scripts that write `step:10`; -1 without. */
function readStep(line: Scanner): number {
  if (line.next !== BLANK) return -1;
  line.blanks();
  return line.integer() && line.next === BLANK ? line.value : -1;
}

function trainRule(key: string): FieldRule | undefined {
  switch (key) {
    case 'loss':
      return { name: 'train_loss' };
    case 'tps':
    case 'wps':
      return { name: 'throughput' };
    default:
      return undefined;
  }
}

function validationRule(key: string): FieldRule | undefined {
  if (key === 'loss') return { label: 'validate loss', name: 'val_loss' };
  return { label: `validate ${key}`, name: `val/${key}` };
}

function matchFact(line: Scanner, file: LineFile<State>): LineMatch {
  const { state, sink } = file;
  const start = line.pos;
  if (state.dump !== null) {
    state.dump = readNested(line.text(), state.dump, (key, value) => sink.config(key, value));
    if (state.dump !== null) return LineMatch.Fact;
  }
  const first = line.next;
  let match = LineMatch.None;
  // T(raining…), R(unning…), J(obConfig), + of a traced shell.
  if (first === 0x54) match = matchTrainer(line, file);
  else if (first === 0x52 || first === 0x4a) match = matchConfig(line, file);
  else if (first === 0x2b && line.seek(TORCHRUN) && line.seek(FLAG)) {
    readFlags(line.text(line.pos - FLAG.length), (key, value) => sink.config(key, value));
    match = LineMatch.Common;
  }
  if (match === LineMatch.None) line.pos = start;
  return match;
}

/** `Trainer is initialized with …, total steps 10 (warmup 600)`, `Training starts at step 11`, `Training completed`. */
function matchTrainer(line: Scanner, { sink }: LineFile<State>): LineMatch {
  const start = line.pos;
  if (line.literal(COMPLETED)) {
    sink.status({ kind: 'finished' });
    return LineMatch.Fact;
  }
  if (line.literal(STARTS)) {
    if (line.integer()) sink.status(line.value > 1 ? { kind: 'resumed', step: line.value - 1 } : { kind: 'started' });
  } else line.pos = start;
  if (!line.seek(INITIALIZED) || !line.integer()) return line.pos > start ? LineMatch.Fact : LineMatch.None;
  const total = line.value;
  if (total <= 0) return LineMatch.Fact;
  sink.plan({ totalSteps: total }, 'total steps in the log');
  line.blanks();
  if (line.literal(WARMUP) && line.integer()) {
    // A longer warm-up is cut to the total, which the log says in a line of its own.
    sink.plan({ warmupSteps: Math.min(line.value, total) }, 'warmup in the log');
  }
  return LineMatch.Fact;
}

/** The configuration, on one line or on many. */
function matchConfig(line: Scanner, { state, sink }: LineFile<State>): LineMatch {
  if (!CONFIGS.some((text) => line.literal(text))) return LineMatch.None;
  state.dump = readNested(line.text(), { ...NESTED_START, key: '' }, (key, value) => sink.config(key, value));
  return LineMatch.Fact;
}
