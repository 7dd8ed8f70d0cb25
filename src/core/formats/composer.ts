import type { StepUnit } from '../model';
import { canonicalSeries } from './keys';
import { BarLine } from './text/barLine';
import { type ComposerConfigState, matchComposerConfig } from './text/composerConfig';
import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { ascii, type Scanner } from './text/scanner';

const TRAIN = ascii('Train ');
const EVAL = ascii('Eval ');
const EVAL_HEAD = ascii('[Eval ');
const BAR_TRAIN = ascii('train ');
const EPOCH = ascii('Epoch');
const LOSS_KEY = ascii('loss/train');
const OPEN = 0x5b;
const CLOSE = 0x5d;
const EQUALS = 0x3d;
const SLASH = 0x2f;
const COLON = 0x3a;
const BLANK = 0x20;
/** Counters of a head. */
const COUNTERS: readonly (readonly [Uint8Array, Counter])[] = [
  [ascii('batch'), 'batch'],
  [ascii('epoch'), 'epoch'],
  [ascii('token'), 'tokens'],
  [ascii('sample'), 'samples'],
  [ascii('iteration'), 'batch'],
];

type Counter = 'batch' | 'epoch' | 'tokens' | 'samples';

/** Counters of a head, where their numbers stand, and their maxima, 0 without. */
type Counters = Partial<Record<Counter, { readonly done: number; readonly doneAt: number; readonly total: number }>>;

/** State of one file. */
interface State extends ComposerConfigState {
  readonly train: FieldReader;
  readonly evaluated: FieldReader;
  readonly bar: BarLine;
  /** Step of the last training head, -1 before the first. */
  step: number;
  /** What the lines that follow belong to. */
  block: 'none' | 'train' | 'eval';
  unit: StepUnit | null;
  /** Batches before the epoch of the last head, and the last batch in it, where its length is not shown. */
  base: number;
  epoch: number;
  inEpoch: number;
  total: number;
  /** Counter and loss of the bar drawn last. */
  drawn: number;
  loss: number;
}

/** What Composer prints without a bar, LLM Foundry's log; and the bar. */
export const composer = lineFormat<State>({
  id: 'composer',
  title: 'Composer, LLM Foundry',
  source: {
    authors: 'MosaicML',
    year: 2021,
    title: 'Composer',
    id: 'mosaicml/composer',
    where: 'composer/loggers/console_logger.py, progress_bar_logger.py',
  },
  begin: () => ({
    train: new FieldReader(trainRule, '', true),
    evaluated: new FieldReader(evalRule, '', true),
    bar: new BarLine(),
    step: -1,
    block: 'none',
    unit: null,
    base: 0,
    epoch: -1,
    inEpoch: 0,
    total: 0,
    drawn: -1,
    loss: 0,
    plan: {},
    config: null,
  }),
  match: (line, file) => {
    const start = line.pos;
    const { state } = file;
    line.blanks();
    const first = line.next;
    let match = LineMatch.None;
    if (first === 0x54 && state.block === 'train') match = matchMetric(line, file, TRAIN, state.train);
    else if (first === 0x45 && state.block === 'eval') match = matchMetric(line, file, EVAL, state.evaluated);
    else if (first === OPEN) match = matchHead(line, file);
    else if (first === 0x74) match = matchBar(line, file);
    if (match !== LineMatch.None) return match;
    line.pos = start;
    return state.step < 0 ? matchComposerConfig(line, file) : LineMatch.None;
  },
  finish: settleBar,
});

/** `	 Train metrics/train/LanguageCrossEntropy: 10.9736`. */
function matchMetric(line: Scanner, file: LineFile<State>, mark: Uint8Array, fields: FieldReader): LineMatch {
  if (!line.literal(mark)) return LineMatch.None;
  if (fields.readOn(line) !== 1) return LineMatch.Common;
  const step = Math.max(0, file.state.step);
  fields.emit(file.sink, step);
  file.record.claim(step).fields(fields);
  return LineMatch.Points;
}

function trainRule(key: string): FieldRule | undefined {
  // The loss that is trained on; the metric beside it is the same without auxiliary losses.
  if (/^loss\/train(?:\/total)?$/.test(key)) return { name: 'train_loss' };
  if (/^(?:metrics\/train\/)?LanguageCrossEntropy$/.test(key)) return { name: 'train_loss/cross_entropy' };
  // Four decimals: a small rate reads 0.0000, which is no measurement.
  if (canonicalSeries(key).name.startsWith('learning_rate')) return { least: Number.MIN_VALUE };
  return undefined;
}

function evalRule(key: string): FieldRule {
  const metric = key.replace(/^metrics\/(?:eval\/)?/, '');
  return { label: `eval/${key}`, name: canonicalSeries(`eval/${metric}`).name };
}

/** `[batch=1/100]:`, `[epoch=1][batch=5/930]:`, `[token=1024/4096]`, `[Eval batch=1/323] Eval on eval data:`. */
function matchHead(line: Scanner, file: LineFile<State>): LineMatch {
  const { state, sink, record } = file;
  const counts: Counters = {};
  if (line.literal(EVAL_HEAD)) {
    return matchEvalHead(line, file);
  }
  while (line.byte(OPEN)) if (!readCounter(line, counts)) return LineMatch.None;
  const { batch, epoch, tokens, samples } = counts;
  if (!line.atEnd && line.next !== COLON) return LineMatch.None;
  const main = batch ?? tokens ?? samples;
  if (main === undefined) return LineMatch.None;
  const step = epoch === undefined ? main.done : stepInEpochs(state, epoch.done, main);
  const unit = tokens === main ? 'tokens' : samples === main ? 'samples' : 'step';
  if (state.unit === null && unit !== 'step') sink.stepUnit(unit);
  state.unit ??= unit;
  const total = epoch === undefined ? main.total : (state.plan.epochs ?? 0) * main.total;
  if (total > 0 && total !== state.total) {
    state.total = total;
    sink.plan({ totalSteps: total }, 'the counter of the records');
  }
  // Other nodes print the same record.
  state.block = step === state.step ? 'none' : 'train';
  state.step = step;
  // Without the length of an epoch steps depend on all that was read.
  if (epoch === undefined || main.total > 0) record.claim(step, main.doneAt, step - main.done);
  return LineMatch.Fact;
}

function readCounter(line: Scanner, counts: Counters): boolean {
  for (const [name, counter] of COUNTERS) {
    if (!line.literal(name)) continue;
    if (!line.byte(EQUALS) || !line.integer()) return false;
    const done = line.value;
    const doneAt = line.integerAt;
    let total = 0;
    if (line.byte(SLASH)) {
      if (!line.integer()) return false;
      total = line.value;
    }
    counts[counter] = { done, doneAt, total };
    return line.byte(CLOSE);
  }
  return false;
}

/** Batches since the start. Without the length of an epoch its last batch that was shown stands for it. */
function stepInEpochs(state: State, epoch: number, { done, total }: { done: number; total: number }): number {
  if (total > 0) return (epoch - 1) * total + done;
  if (state.epoch >= 0 && epoch > state.epoch) state.base += state.inEpoch;
  if (epoch < state.epoch) state.base = 0;
  state.epoch = epoch;
  state.inEpoch = done;
  return state.base + done;
}

/** The part of the head after `[Eval`; its metrics follow when it ends with a colon. */
function matchEvalHead(line: Scanner, file: LineFile<State>): LineMatch {
  line.blanks();
  const counts: Counters = {};
  if (!readCounter(line, counts)) return LineMatch.None;
  let last = line.end - 1;
  while (last > line.pos && line.bytes[last] === BLANK) last--;
  file.state.block = line.bytes[last] === COLON ? 'eval' : 'none';
  return LineMatch.Fact;
}

/** `train          Epoch   0:  100%|████| 64/64 [00:01<00:00, 53.17ba/s, loss/train/total=2.3023]`. */
function matchBar(line: Scanner, file: LineFile<State>): LineMatch {
  const { state } = file;
  const { bar } = state;
  const start = line.pos;
  if (!line.literal(BAR_TRAIN)) return LineMatch.None;
  line.pos = start;
  if (!bar.read(line)) return LineMatch.None;
  const { end } = line;
  line.pos = bar.from;
  line.end = bar.to;
  line.literal(BAR_TRAIN);
  let epoch = 0;
  if (line.seek(EPOCH)) {
    line.blanks();
    if (line.integer()) epoch = line.value;
  }
  line.pos = bar.postfix;
  line.end = bar.postfixEnd;
  let value = line.seek(LOSS_KEY);
  while (value && line.next !== EQUALS && !line.atEnd) line.pos++;
  value = value && line.byte(EQUALS) && line.number();
  line.end = end;
  if (!value) return LineMatch.Common;
  const step = epoch * Math.max(0, bar.total) + bar.done;
  if (step !== state.drawn) settleBar(file);
  const isNew = step !== state.drawn;
  state.drawn = step;
  state.loss = line.value;
  return isNew ? LineMatch.Points : LineMatch.Common;
}

/** Gives the loss that was drawn last for its counter: the bar draws the counter before the loss. */
function settleBar({ state, sink }: LineFile<State>): void {
  if (state.drawn <= state.step) return;
  state.step = state.drawn;
  const { total } = state.bar;
  if (total > 0 && state.total === 0) {
    state.total = total * (state.plan.epochs ?? 1);
    sink.plan({ totalSteps: state.total }, 'the maximum of the progress bar');
  }
  sink.point(sink.series('loss/train', 'train_loss'), state.step, state.loss);
}
