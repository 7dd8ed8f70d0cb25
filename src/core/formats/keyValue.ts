import type { StepUnit } from '../model';
import type { LogFormat, LogSample, RecordSink } from './format';
import { type Heading, type OpenDict, readDictLine, readHeading, readSetHeading } from './text/blocks';
import {
  type ColumnTable,
  columnScale,
  readBarredNames,
  readTableHeader,
  readTableRow,
  tableOf,
} from './text/columnTable';
import { type EpochSteps, NO_EPOCHS, nextPlace, stepOverEpochs } from './text/epochSteps';
import { type OpenFrame, readFrameLine } from './text/frames';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { matchSetting } from './text/lineSettings';
import { NESTED_START, readNested } from './text/nested';
import { PythonScanner } from './text/python';
import { beginRanks, isEcho, type Kept, keep, mayBeBehind, NOTHING_KEPT, noteRank, type RankState } from './text/ranks';
import { Scanner } from './text/scanner';
import { type Shape, ShapeReader } from './text/shapes';

const encoder = new TextEncoder();
/** Kinds of records whose last step is remembered: training, validation, test and a few more. */
const MAX_KINDS = 16;

interface State extends RankState {
  readonly shapes: ShapeReader;
  /** Readers of lines that a heading says are of an evaluation, by its set. */
  readonly sets: Readonly<Record<string, ShapeReader>>;
  /** The set that the last such heading named; empty for the training. */
  set: string;
  /** Whether `Batch 3/1200` are an epoch and a place in it. */
  isPaired: boolean;
  readonly python: PythonScanner;
  /** Last record kept of each kind, by its first value; that of the present kind is apart. */
  kinds: Readonly<Record<string, Kept>>;
  kind: string;
  kept: Kept;
  /** A record that the next one of its kind tells to be an echo or a restart, and what was kept before it. */
  held: HeldRecord | undefined;
  unit: StepUnit | null;
  lastStep: number;
  /** Planned steps as given to the sink. */
  total: number;
  /** Of the records that had both an epoch and a step. */
  epochs: EpochSteps;
  /** What the lines below the last heading belong to. */
  heading: Heading | undefined;
  /** The table without delimiters whose rows are read. */
  table: ColumnTable | undefined;
  /** Names between bars in the line above. */
  names: readonly string[] | undefined;
  dict: OpenDict | undefined;
  frame: OpenFrame | undefined;
}

interface HeldRecord {
  readonly kind: string;
  readonly before: Kept;
  readonly shape: Shape;
  readonly step: number;
  readonly values: Float64Array;
}

const guess = lineFormat<State>({
  id: 'keyValue',
  title: 'Console lines with keys and values',
  source: {
    authors: 'Python Software Foundation',
    year: 2001,
    title: 'logging',
    id: 'python/cpython',
    where: 'Lib/logging, and any print of step, loss and other values in one line',
  },
  begin: () => ({
    ...beginRanks(),
    shapes: new ShapeReader(),
    sets: { val: new ShapeReader('val'), test: new ShapeReader('test') },
    set: '',
    isPaired: false,
    python: new PythonScanner(),
    kinds: {},
    kind: '',
    kept: NOTHING_KEPT,
    held: undefined,
    unit: null,
    lastStep: 0,
    total: 0,
    epochs: NO_EPOCHS,
    heading: undefined,
    table: undefined,
    names: undefined,
    dict: undefined,
    frame: undefined,
  }),
  match: (line, file) => {
    const { state } = file;
    const start = line.pos;
    noteRank(line, state, file.offset);
    const shape = readShape(line, state);
    if (shape !== undefined) {
      const match = matchRecord(shape, file);
      if (match !== LineMatch.None) return match;
    }
    line.pos = start;
    const block = matchBlock(line, file);
    if (block !== LineMatch.None) return block;
    line.pos = start;
    return state.unit === null ? matchSetting(line, state.python, file.sink) : LineMatch.None;
  },
  finish: (file) => giveHeld(file),
});

/** Any console log whose lines name a step and a loss: a guess, which the user confirms or corrects. */
export const keyValue: LogFormat = {
  ...guess,
  probe: (sample: LogSample) => (guess.probe(sample) === 'no' ? 'no' : 'maybe'),
};

/** A line that says where it belongs is not of the set that a heading above it names. */
function readShape(line: Scanner, state: State): Shape | undefined {
  const { pos } = line;
  const inSet = state.sets[state.set]?.read(line, true);
  if (inSet !== undefined && inSet.meaning.x < 0) return inSet;
  line.pos = pos;
  return state.shapes.read(line, state.heading !== undefined);
}

/** `Train: Iter=50 train_loss=7.384 lr=1.00e-03`, `step 5/100 | loss: 2.3 | lr 1e-4`, `Epoch [1/10], Loss: 2.3`. */
function matchRecord(shape: Shape, file: LineFile<State>): LineMatch {
  const { state, sink } = file;
  const { meaning, values } = shape;
  if (meaning.x < 0 && !belongs(shape, file)) return LineMatch.None;
  if (meaning.x >= 0 && !(meaning.counter && meaning.evaluated)) setUnit(meaning.unit, file);
  const step = meaning.x < 0 ? state.lastStep : stepOf(shape, state, sink);
  if (step === undefined) return LineMatch.Common;
  if (meaning.x >= 0) state.set = '';
  const { kind } = meaning;
  if (kind !== state.kind) turnTo(state, kind);
  judgeHeld(file, kind, step);
  const last = state.kept;
  state.kept = keep(last, state, file.offset, step);
  if (isEcho(state.kept, last)) return LineMatch.Common;
  state.lastStep = step;
  if (meaning.x >= 0 && mayBeBehind(state.kept, last)) {
    giveHeld(file);
    state.held = { kind, before: last, shape, step, values: values.slice(0, shape.texts.length) };
  } else {
    give(shape, values, step, file);
    if (meaning.x < 0 || meaning.unit === state.unit) claim(shape, file, step);
  }
  return LineMatch.Points;
}

/** A held record of this kind was an echo if the next one stands where none has stood. */
function judgeHeld(file: LineFile<State>, kind: string, step: number): void {
  const { state } = file;
  const { held } = state;
  if (held === undefined || held.kind !== kind) return;
  if (step > held.before.step) {
    state.held = undefined;
    state.kept = { ...held.before, isBehind: true };
  } else giveHeld(file);
}

function giveHeld(file: LineFile<State>): void {
  const { held } = file.state;
  file.state.held = undefined;
  if (held !== undefined) give(held.shape, held.values, held.step, file);
}

/** Gives the values of a record to the sink. */
function give({ meaning, handles }: Shape, values: Float64Array, step: number, { state, sink }: LineFile<State>): void {
  const isSummary = meaning.x >= 0 && meaning.unit !== state.unit;
  for (const [i, { index, label, name, scale }] of meaning.values.entries()) {
    // An epoch's mean is no value of the step at its end; evaluations are.
    const isMean = isSummary && !/^(?:val|test)_/.test(name);
    if (handles[i]! < -1)
      handles[i] = isMean ? sink.series(`epoch ${label}`, `${name}/epoch`) : sink.series(label, name);
    sink.point(handles[i]!, step, values[index]! * scale);
  }
}

/** A record does nothing but give its points where its step is what it says, and no heading and no epoch is about it. */
function claim({ meaning, handles, texts, values, places }: Shape, file: LineFile<State>, step: number): void {
  const { state, record } = file;
  const { x, epoch, total, epochs } = meaning;
  if (epoch >= 0 || state.heading !== undefined || state.set !== '' || state.held !== undefined) return;
  if (x >= 0 && values[x] !== step) return;
  if (total >= 0 && (values[total] !== state.total || state.isPaired)) return;
  record
    .claim(step, x < 0 ? -1 : places[x]!)
    .anyStep(true)
    .remembersTwo();
  record.more(() => {
    for (let i = 0; i < texts.length; i++) {
      if (i === x || i === total || i === epochs) continue;
      const value = meaning.values.findIndex(({ index }) => index === i);
      if (value < 0) record.number(places[i]!, true);
      else {
        const { scale } = meaning.values[value]!;
        record.point(places[i]!, handles[value]!, values[i]! * scale, { scale, grouped: true });
      }
    }
  });
}

function setUnit(unit: StepUnit, { state, sink }: LineFile<State>): void {
  if (state.unit !== null) return;
  state.unit = unit;
  sink.stepUnit(unit);
}

/**
 * Whether a line that does not say where it belongs, belongs to the heading above it, or is an evaluation after the last
 * record.
 */
function belongs({ meaning }: Shape, file: LineFile<State>): boolean {
  const { state } = file;
  const { heading } = state;
  if (heading !== undefined && (state.unit ?? heading.unit) === heading.unit) {
    setUnit(heading.unit, file);
    stateTotal(state, file.sink, heading.total);
    state.lastStep = heading.place;
    return true;
  }
  return meaning.evaluated && state.unit !== null;
}

/** Records of more than one line: a frame, a heading, a table without delimiters, a dict. */
function matchBlock(line: Scanner, file: LineFile<State>): LineMatch {
  const { state, sink } = file;
  const frame = readFrameLine(line, state.frame);
  if (frame === 'closed') {
    const { text } = state.frame!;
    state.frame = undefined;
    return matchText(text, file);
  }
  // A prefix of the line may still be to come off: what is no row does not end a frame.
  if (frame !== undefined) {
    const isRow = frame.text !== '';
    state.frame = frame;
    if (isRow) return LineMatch.Common;
  }
  const set = readSetHeading(line);
  if (set !== undefined) {
    state.set = set;
    return LineMatch.Common;
  }
  const heading = readHeading(line);
  if (heading !== undefined) {
    if (heading.place !== state.heading?.place) state.set = '';
    state.heading = heading;
    if (heading.unit === state.unit) stateTotal(state, sink, heading.total);
    return LineMatch.Common;
  }
  if (state.table !== undefined) {
    const row = readTableRow(line, state.table);
    if (row !== undefined) return matchRow(row, state.table, file);
  }
  state.names = readBarredNames(line, state.names);
  const table = state.names === undefined ? readTableHeader(line) : tableOf(state.names);
  state.table = table ?? state.table;
  if (table !== undefined || state.names !== undefined) return LineMatch.Common;
  const dict = readDictLine(line, state.dict);
  state.dict = dict?.text.endsWith('}') === true ? undefined : dict;
  // A dict in one line is one of the usual records, or settings.
  if (dict === undefined || dict.lines === 1) return LineMatch.None;
  if (state.dict !== undefined) return LineMatch.Common;
  const match = matchText(dict.text, file);
  if (match === LineMatch.None && state.unit === null)
    readNested(dict.text, NESTED_START, (key, value) => sink.config(key, value));
  return match === LineMatch.None ? LineMatch.Common : match;
}

function matchRow(row: readonly (number | undefined)[], table: ColumnTable, file: LineFile<State>): LineMatch {
  const { sink, state } = file;
  const step = row[table.x]!;
  setUnit(table.unit, file);
  for (const [i, value] of row.entries()) {
    if (i === table.x || value === undefined) continue;
    sink.point(sink.series(table.labels[i]!, table.names[i]), step, value * columnScale(table, i));
  }
  state.lastStep = step;
  return LineMatch.Points;
}

/** A record that was gathered from several lines. */
function matchText(text: string, file: LineFile<State>): LineMatch {
  const bytes = encoder.encode(text);
  const line = new Scanner();
  line.reset(bytes, 0, bytes.length);
  const shape = file.state.shapes.read(line);
  return shape === undefined ? LineMatch.None : matchRecord(shape, file);
}

/** Puts the last record of the present kind away and takes up that of another. */
function turnTo(state: State, kind: string): void {
  if (state.kind in state.kinds || Object.keys(state.kinds).length < MAX_KINDS) {
    state.kinds = { ...state.kinds, [state.kind]: state.kept };
  }
  state.kind = kind;
  state.kept = state.kinds[kind] ?? NOTHING_KEPT;
}

/** Place of a record on the x-axis; `undefined` when its counter does not fit the axis of the file. */
function stepOf({ meaning, values }: Shape, state: State, sink: RecordSink): number | undefined {
  // The progress of an evaluation is none of the training.
  if (meaning.evaluated && (meaning.counter || (state.isPaired && meaning.total >= 0))) return undefined;
  const x = values[meaning.x]!;
  if (!Number.isFinite(x) || x < 0) return undefined;
  // An epoch's summary among lines with steps stands at the last of them.
  if (meaning.unit !== state.unit) return meaning.unit === 'epoch' ? state.lastStep : undefined;
  const total = meaning.total < 0 ? 0 : values[meaning.total]!;
  // No plan ends before its present step, unless it is overrun.
  const isNoPlan = total === 0 || (total < x && total !== state.total);
  if (meaning.total >= 0 && meaning.epoch < 0 && !meaning.counter && isNoPlan) state.isPaired = true;
  if (state.isPaired && !meaning.counter && meaning.total >= 0) {
    state.epochs = nextPlace(state.epochs, { epoch: x, step: total, total: 0, epochs: 0, isWithin: true });
    return stepOverEpochs(state.epochs);
  }
  const above = meaning.unit === 'step' && state.heading?.unit === 'epoch' ? state.heading : undefined;
  if (meaning.epoch < 0 && above === undefined) {
    stateTotal(state, sink, total);
    return x;
  }
  const epoch = meaning.epoch < 0 ? above!.place : values[meaning.epoch]!;
  const epochs = meaning.epoch < 0 ? (meaning.counter ? above!.total : 0) : (values[meaning.epochs] ?? 0);
  state.epochs = nextPlace(state.epochs, { epoch, step: x, total, epochs, isWithin: meaning.counter });
  if (state.epochs.perEpoch === 0) stateTotal(state, sink, total);
  else if (epochs > 0 && total > 0) stateTotal(state, sink, total * epochs);
  return stepOverEpochs(state.epochs);
}

function stateTotal(state: State, sink: RecordSink, total: number): void {
  if (total === state.total || total <= 0 || !Number.isInteger(total)) return;
  state.total = total;
  sink.plan({ totalSteps: total }, 'the counter of the lines');
}
