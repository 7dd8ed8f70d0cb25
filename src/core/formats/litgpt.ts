import type { RecordSink } from './format';
import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { NESTED_START, type NestedState, readNested } from './text/nested';
import { type Literal, PythonScanner } from './text/python';
import { ascii, type Scanner } from './text/scanner';

const EPOCH = ascii('Epoch ');
const ITER = ascii('iter ');
const STEP = ascii('step ');
const FINAL = ascii('Final evaluation');
const TRAIN_ARGUMENTS = ascii('TrainArgs(');
/** Label of an evaluation's own line. */
const VAL_LOSS = 'val loss';
/** Training lines repeat the last evaluation with three decimals. */
const ROUNDING = 0.00051;
const HYPERPARAMETERS = ascii("{'");
const TIMES = [ascii('iter time'), ascii('val time')];
/** The evaluation that a line repeats is no point of its own. */
const REPEATED = { fixed: (label: string) => label === 'val' };
const BAR = 0x7c;
const COLON = 0x3a;
const EQUALS = 0x3d;

interface State {
  readonly fields: FieldReader;
  readonly python: PythonScanner;
  /** Optimizer step of the last record. */
  lastStep: number;
  lastVal: number;
  training: boolean;
  /** Inside the printed training arguments, and inside the dict around them. */
  inTrain: boolean;
  dump: NestedState | null;
}

/** What LitGPT prints while it trains, and Lit-GPT before it. */
export const litgpt = lineFormat<State>({
  id: 'litgpt',
  title: 'LitGPT',
  source: {
    authors: 'Lightning AI',
    year: 2023,
    title: 'LitGPT',
    id: 'Lightning-AI/litgpt',
    where: 'litgpt/finetune/lora.py, litgpt/pretrain.py, fit',
  },
  begin: () => ({
    fields: new FieldReader(fieldRule, '|,'),
    python: new PythonScanner(),
    lastStep: 0,
    lastVal: Number.NaN,
    training: false,
    inTrain: false,
    dump: null,
  }),
  match: (line, file) => {
    const start = line.pos;
    const first = line.next;
    let match = LineMatch.None;
    if (first === 0x45) match = matchEpoch(line, file);
    else if (first === 0x69) match = matchIteration(line, file);
    else if (first === 0x46) match = matchFinal(line, file);
    else if (!file.state.training) match = matchHyperparameters(line, file);
    if (match === LineMatch.None) line.pos = start;
    return match;
  },
});

/** `Epoch 1 | iter 2 step 1 | loss train: 1.660, val: n/a | iter time: 548.72 ms (step)`. */
function matchEpoch(line: Scanner, file: LineFile<State>): LineMatch {
  const { state, sink, record } = file;
  if (!line.literal(EPOCH) || !line.integer()) return LineMatch.None;
  const epoch = line.value;
  const epochAt = line.integerAt;
  line.blanks();
  if (!line.byte(BAR)) return LineMatch.None;
  line.blanks();
  const countersAt = line.pos;
  const step = readCounters(line);
  const stepAt = line.integerAt;
  line.blanks();
  if (step < 0 || !line.byte(BAR) || state.fields.read(line) === 0 || !state.fields.hasLoss) return LineMatch.None;
  const handle = sink.series('Epoch', 'epoch');
  sink.point(handle, step, epoch);
  emit(file, step);
  if (state.fields.find(VAL_LOSS) < 0) {
    record
      .claim(step, stepAt)
      .digits(countersAt, stepAt)
      .integer(epochAt, handle, epoch)
      .fields(state.fields, REPEATED);
  }
  return LineMatch.Points;
}

/** `iter 2 step 1` or `iter 2 | step 1`: the optimizer's step, -1 without one. The iteration counts micro-batches. */
function readCounters(line: Scanner): number {
  if (!line.literal(ITER)) return -1;
  line.blanks();
  if (!line.integer()) return -1;
  line.blanks();
  if (line.byte(BAR)) line.blanks();
  return line.literal(STEP) && line.integer() ? line.value : -1;
}

/** `iter 600: val loss 0.8512, val time: 1234.56 ms`, and Lit-GPT's `iter 3 step 1: loss 2.1, iter time: 345.67ms`. */
function matchIteration(line: Scanner, file: LineFile<State>): LineMatch {
  const { state } = file;
  const start = line.pos;
  const step = readCounters(line);
  if (step < 0) {
    line.pos = start;
    if (!line.literal(ITER) || !line.integer()) return LineMatch.None;
  }
  if (!line.byte(COLON)) return LineMatch.None;
  const rest = line.pos;
  // nanoGPT has such lines too, but without these times.
  const isOwn = TIMES.some((text) => line.seek(text));
  line.pos = rest;
  if (!isOwn || state.fields.read(line) === 0 || !state.fields.hasLoss) return LineMatch.None;
  emit(file, step < 0 ? state.lastStep : step);
  return LineMatch.Points;
}

/** Gives the fields of a line to the sink; the `val:` that training lines repeat only when it is new. */
function emit({ state, sink }: LineFile<State>, step: number): void {
  state.lastStep = step;
  state.training = true;
  const { fields } = state;
  for (let i = 0; i < fields.count; i++) {
    const label = fields.label(i);
    if (label !== 'val' && label !== VAL_LOSS) continue;
    const value = fields.value(i);
    if (label === 'val' && !(Math.abs(value - state.lastVal) < ROUNDING)) {
      sink.point(sink.series(VAL_LOSS, 'val_loss'), step, value);
    }
    state.lastVal = value;
  }
  fields.emit(sink, step);
}

/** `Final evaluation | val loss: 0.8512 | val ppl: 2.342`: again what the last evaluation said, or a new one. */
function matchFinal(line: Scanner, file: LineFile<State>): LineMatch {
  const { state, sink } = file;
  if (!line.literal(FINAL)) return LineMatch.None;
  line.blanks();
  if (!line.byte(BAR) || state.fields.read(line) === 0) return LineMatch.None;
  state.fields.emit(sink, state.lastStep);
  sink.status({ kind: 'finished' });
  return LineMatch.Fact;
}

function fieldRule(key: string, unit: string): FieldRule | undefined {
  switch (key) {
    case 'loss train':
    case 'loss':
      return { label: 'loss train', name: 'train_loss' };
    case 'val loss':
      return { label: VAL_LOSS, name: 'val_loss' };
    case 'val':
    case 'val time':
    case 'remaining time':
      return { skip: true };
    case 'val ppl':
      return { name: 'val_perplexity' };
    case 'iter time':
      return { label: 'iter time', name: 'time_per_micro_batch', scale: unit === 'ms' ? 0.001 : 1 };
    default:
      return undefined;
  }
}

/** The printed arguments: `{'data': …,` over many lines, with `'train': TrainArgs(max_steps=…,` among them. */
function matchHyperparameters(line: Scanner, { state, sink }: LineFile<State>): LineMatch {
  const start = line.pos;
  if (state.inTrain) line.blanks();
  else if (line.seek(TRAIN_ARGUMENTS)) state.inTrain = true;
  if (state.inTrain) {
    for (const [key, value] of state.python.entries(line, EQUALS)) setting(sink, key, value);
    line.blanks();
    state.inTrain = line.atEnd;
    return LineMatch.Fact;
  }
  line.pos = start;
  const isStart = line.literal(HYPERPARAMETERS);
  line.pos = start;
  if (state.dump === null && !isStart) return LineMatch.None;
  state.dump = readNested(line.text(), isStart ? NESTED_START : state.dump!, (key, value) => sink.config(key, value));
  return LineMatch.Common;
}

/** Source: Lightning-AI/litgpt litgpt/finetune/lora.py, get_lr_scheduler; litgpt/pretrain.py, get_lr. */
function setting(sink: RecordSink, key: string, value: Literal): void {
  sink.config(`train.${key}`, value);
  if (typeof value !== 'number' || !Number.isFinite(value)) return;
  const where = `train.${key} in the printed arguments`;
  if (key === 'max_steps' && value > 0) sink.plan({ totalSteps: value }, where);
  if (key === 'lr_warmup_steps') sink.plan({ warmupSteps: value, family: 'cosine' }, where);
  if (key === 'learning_rate') sink.plan({ peakLr: value }, where);
}
