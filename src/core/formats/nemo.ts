import { BarLine } from './text/barLine';
import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { matchNemoFact, type NemoState, statePlan } from './text/nemoConfig';
import { ascii, isDigit, type Scanner } from './text/scanner';

const TRAINING_EPOCH = ascii('Training epoch ');
const ITERATION = ascii(', iteration ');
const EPOCH = ascii('Epoch ');
const GLOBAL_STEP = ascii('global_step=');
const VERSION = ascii('v_num=');
const REDUCED = ascii('reduced_train_loss=');
/** What stands in further places: a counter, and values of which only changes count. */
const REPEATED = { fixed: (label: string) => label === 'global_step' || isRepeated(label) };
const EXPONENT = 0x65;
const COMMA = 0x2c;
const SLASH = 0x2f;
const BAR = 0x7c;
/** Digits that the bar shows of a large number. */
const ROUNDING = 0.005;

/** NeMo's console: Lightning's progress bar with the metrics behind it, or one line per step. */
export const nemo = lineFormat<NemoState>({
  id: 'nemo',
  title: 'NeMo, Lightning progress bar',
  source: {
    authors: 'NVIDIA',
    year: 2019,
    title: 'NeMo',
    id: 'NVIDIA/NeMo',
    where:
      'nemo/lightning/pytorch/callbacks/progress_printer.py, progress_bar.py; Lightning callbacks/progress/tqdm_progress.py',
  },
  begin: () => ({
    bar: new BarLine(),
    postfix: new FieldReader(barRule, ','),
    fields: new FieldReader(barRule, '|'),
    last: undefined,
    repeated: {},
    step: -1,
    counter: -1,
    redraws: false,
    anchor: null,
    told: false,
    named: false,
    total: 0,
    settings: {},
    config: null,
  }),
  match: (line, file) => {
    const start = line.pos;
    line.blanks();
    const first = line.next;
    if (first === 0x45 && line.literal(EPOCH)) {
      const match = matchBar(line, file);
      if (match !== LineMatch.None) return match;
    } else if (first === 0x54 && line.literal(TRAINING_EPOCH)) {
      const match = matchIteration(line, file);
      if (match !== LineMatch.None) return match;
    }
    line.pos = start;
    return matchNemoFact(line, file);
  },
});

/** Fields that are read from the line itself, or repeated until they change, are given to the sink elsewhere. */
function barRule(key: string): FieldRule | undefined {
  if (key === 'global_step' || key === 'v_num' || key === 'loss' || isRepeated(key)) return { skip: true };
  if (key === 'train_step_timing in s' || key === 'train_step_timing') return { name: 'iteration_time' };
  return undefined;
}

/** Results of evaluations and means over epochs stand in the bar until there are new ones. */
function isRepeated(key: string): boolean {
  return /^(?:val|test|eval)(?![a-z])|^validation|_epoch$/.test(key);
}

/** `Epoch 0:   3%|▎  | 34103/1100000 [5:28:58<171:22:21,  1.73it/s, loss=2.52, v_num=, reduced_train_loss=2.510, …]`. */
function matchBar(line: Scanner, file: LineFile<NemoState>): LineMatch {
  const { state } = file;
  if (!isDigit(line.next) || !line.integer()) return LineMatch.None;
  const epoch = line.value;
  const { bar } = state;
  if (!bar.read(line)) return LineMatch.None;
  // Half a list of metrics does not tell which of them are there.
  if (bar.postfix >= bar.postfixEnd || !bar.closed) return LineMatch.Common;
  const after = line.pos;
  const { end } = line;
  line.pos = bar.postfix;
  line.end = bar.postfixEnd;
  const stated = line.seek(GLOBAL_STEP) && line.number();
  const rounded = stated && hasExponent(line);
  const step = stated ? line.value : -1;
  line.pos = bar.postfix;
  const ofNemo = stated || line.seek(VERSION) || line.seek(REDUCED);
  line.pos = bar.postfix;
  const count = ofNemo ? state.postfix.read(line) : 0;
  line.end = end;
  line.pos = after;
  if (count === 0) return LineMatch.Common;
  return keepDrawing(file, stated ? step : epoch * Math.max(0, bar.total) + bar.done, rounded);
}

/** Whether the number just read was printed with an exponent, and so rounded. */
function hasExponent(line: Scanner): boolean {
  for (let at = line.pos - 1; at >= 0 && line.bytes[at] !== 0x3d; at--) if (line.bytes[at] === EXPONENT) return true;
  return false;
}

function keepDrawing(file: LineFile<NemoState>, shown: number, rounded: boolean): LineMatch {
  const { state, sink } = file;
  const { bar, postfix } = state;
  if (state.config !== null) statePlan(file);
  if (bar.total > 0 && state.settings.maxSteps === undefined && bar.total !== state.total) {
    state.total = bar.total;
    sink.plan({ totalSteps: bar.total }, 'the maximum of the progress bar');
  }
  const redrawn = bar.done === state.counter;
  if (redrawn) state.redraws = true;
  const isStale = rounded && state.redraws && isSame(state);
  const step = rounded ? (isStale ? state.step : unrounded(state, shown, bar.done)) : shown;
  const isNew = rounded ? !isStale && !(redrawn && step === state.step) : step !== state.step;
  state.counter = bar.done;
  // Older releases draw a new counter with old numbers first, and count the batches of evaluations too.
  if (isNew ? !rounded || state.anchor !== null : state.redraws && !redrawn) {
    state.anchor = { step, counter: isNew ? bar.done : bar.done - 1 };
  }
  if (rounded && !state.told) {
    state.told = true;
    const message =
      'The bar shows large steps with three digits: they are placed by its counter where that is possible.';
    sink.issue('step.missing', message, null);
  }
  state.step = step;
  keepRepeated(file, postfix, step);
  if (!isNew) return LineMatch.Common;
  state.last = rounded ? valuesOf(postfix) : undefined;
  postfix.emit(sink, step);
  keepSmoothed(file, step);
  return LineMatch.Points;
}

/** Whether the bar was drawn again with the numbers that it had. */
function isSame({ postfix, last }: NemoState): boolean {
  if (last === undefined || last.length !== postfix.count) return false;
  for (let i = 0; i < last.length; i++) if (!Object.is(last[i], postfix.value(i))) return false;
  return true;
}

function valuesOf(fields: FieldReader): number[] {
  return Array.from({ length: fields.count }, (_, i) => fields.value(i));
}

/** The step that `shown` was rounded from, as far as the bar's counter tells: it counts on from the last step known. */
function unrounded(state: NemoState, shown: number, counter: number): number {
  const { anchor } = state;
  if (anchor === null) return shown;
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, shown)));
  const candidate = anchor.step + counter - anchor.counter;
  const nearest = Math.min(Math.max(candidate, shown - unit * ROUNDING), shown + unit * ROUNDING);
  return Math.max(Math.ceil(nearest), candidate > anchor.step ? state.step : 0);
}

/** One point per change of a value that the bar repeats. */
function keepRepeated({ state, sink }: LineFile<NemoState>, fields: FieldReader, step: number): void {
  for (let i = 0; i < fields.count; i++) {
    if (!fields.isSkipped(i)) continue;
    const label = fields.label(i);
    if (label === 'loss' || label === 'global_step' || label === 'v_num') continue;
    const value = fields.value(i);
    if (Object.is(state.repeated[label], value)) continue;
    state.repeated = { ...state.repeated, [label]: value };
    sink.point(sink.series(label), step, value);
  }
}

/** Lightning 1 shows the mean of the last 20 losses as `loss`: the training loss where no other is shown. */
function keepSmoothed({ state, sink }: LineFile<NemoState>, step: number): void {
  const { postfix } = state;
  if (state.named) return;
  let smoothed = -1;
  for (let i = 0; i < postfix.count; i++) {
    const label = postfix.label(i);
    if (label === 'loss') smoothed = i;
    else if (/loss/i.test(label) && !isRepeated(label)) state.named = true;
  }
  if (smoothed >= 0 && !state.named) sink.point(sink.series('loss', 'train_loss'), step, postfix.value(smoothed));
}

/** `Training epoch 0, iteration 28/99 | lr: 5.6e-06 | global_step: 28 | reduced_train_loss: 2.778 | … | val_loss: 2.861`. */
function matchIteration(line: Scanner, file: LineFile<NemoState>): LineMatch {
  const { state, sink } = file;
  const { fields } = state;
  if (!line.integer() || line.next !== COMMA || !line.literal(ITERATION) || !line.integer()) return LineMatch.None;
  const iteration = line.value;
  const iterationAt = line.integerAt;
  if (!line.byte(SLASH) || !line.integer()) return LineMatch.None;
  const last = line.value;
  line.blanks();
  if (!line.byte(BAR) || fields.read(line) === 0) return LineMatch.None;
  // The first of them counts from 0 to T - 1, later and earlier releases from 1 to T.
  const total = iteration === 0 || last % 10 === 9 ? last + 1 : last;
  if (state.settings.maxSteps === undefined && (state.total === 0 || total > state.total)) {
    state.total = total;
    sink.plan({ totalSteps: total }, 'the counter of the iterations');
  }
  const stated = fields.find('global_step');
  const step = stated >= 0 ? fields.value(stated) : iteration;
  if (state.config !== null) statePlan(file);
  fields.emit(sink, step);
  keepRepeated(file, fields, step);
  const loss = fields.find('loss');
  const isOwn = loss >= 0 && fields.find('reduced_train_loss') < 0;
  if (isOwn) sink.point(sink.series('loss'), step, fields.value(loss));
  state.step = step;
  // Where both counters agree no other line tells more of the plan.
  if (!isOwn && step === iteration) {
    file.record.claim(step, iterationAt).fields(fields, REPEATED);
    if (stated >= 0) file.record.twin(fields.place(stated));
  }
  return LineMatch.Points;
}
