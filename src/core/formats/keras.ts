import type { StepUnit } from '../model';
import { canonicalSeries } from './keys';
import { FieldReader, type FieldRule, type HeldFields } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { ascii, isDigit, type Scanner } from './text/scanner';

const EPOCH = ascii('Epoch ');
const UNKNOWN = ascii('Unknown');
const TRAIN_ON = ascii('Train on ');
const SAMPLES = ascii(' samples');
const FIELD = ascii(' - ');
const SLASH = 0x2f;
const BACKSPACE = 0x08;
const BLANK = 0x20;
const DASH = 0x2d;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const COLON = 0x3a;
/** First byte of the bar's line in UTF-8: `━`. */
const HEAVY_LINE = 0xe2;

interface State {
  readonly fields: FieldReader;
  /** Epoch that is being trained, from 1, and planned epochs; 0 before the first. */
  epoch: number;
  epochs: number;
  /** Counter drawn last in this epoch, and its maximum. */
  done: number;
  length: number;
  /** The last record of an epoch: drawn once more with the results of the validation. */
  last: { readonly fields: HeldFields; readonly step: number } | null;
  /** Whether the epoch is over: what is drawn after it is an evaluation. */
  over: boolean;
  samples: number;
  unit: StepUnit | null;
  total: number;
}

/** Keras's console: one bar per epoch. */
export const keras = lineFormat<State>({
  id: 'keras',
  title: 'Keras progress bar',
  source: {
    authors: 'Chollet et al.',
    year: 2015,
    title: 'Keras',
    id: 'keras-team/keras',
    where: 'keras/src/utils/progbar.py, Progbar.update; keras/utils/generic_utils.py of older releases',
  },
  begin: () => ({
    fields: new FieldReader(fieldRule, '-'),
    epoch: 0,
    epochs: 0,
    done: 0,
    length: 0,
    last: null,
    over: false,
    samples: 0,
    unit: null,
    total: 0,
  }),
  match: (line, file) => {
    const { end } = line;
    let match = LineMatch.None;
    let pieces = 0;
    // Where carriage returns were lost, drawings stand between runs of backspaces.
    for (let from = line.pos; from < end; ) {
      while (from < end && line.bytes[from] === BACKSPACE) from++;
      let to = from;
      while (to < end && line.bytes[to] !== BACKSPACE) to++;
      line.pos = from;
      line.end = to;
      if (from < to) pieces++;
      const piece = from < to ? matchPiece(line, file) : LineMatch.None;
      if (piece === LineMatch.Points || match === LineMatch.None) match = piece;
      from = to;
    }
    line.end = end;
    // What is claimed is claimed of whole lines.
    if (pieces > 1) file.record.reset();
    return match;
  },
  finish: settle,
});

function fieldRule(key: string): FieldRule | undefined {
  if (key === 'loss') return { name: 'train_loss' };
  // Outputs have losses of their own: parts of `loss`.
  const { name } = canonicalSeries(key);
  if (/_loss$/.test(key) && !/^val_/.test(key) && name.startsWith('train_loss')) return { name: key };
  return undefined;
}

function matchPiece(line: Scanner, file: LineFile<State>): LineMatch {
  const { state } = file;
  line.blanks();
  const first = line.next;
  if (isDigit(first)) return matchBar(line, file);
  if (first === 0x45) return matchEpoch(line, file);
  if (first === DASH && state.epoch > 0 && !state.over) return matchSummary(line, file);
  if (first === 0x54 && line.literal(TRAIN_ON) && line.integer()) {
    const samples = line.value;
    if (line.literal(SAMPLES)) {
      state.samples = samples;
      return LineMatch.Common;
    }
  }
  return LineMatch.None;
}

/** `Epoch 3/10`, alone on its line: other scripts print it too. */
function matchEpoch(line: Scanner, file: LineFile<State>): LineMatch {
  const { state } = file;
  if (!line.literal(EPOCH) || !line.integer()) return LineMatch.None;
  const epoch = line.value;
  if (!line.byte(SLASH) || !line.integer()) return LineMatch.None;
  const epochs = line.value;
  line.blanks();
  if (!line.atEnd || epoch < 1 || epoch > epochs) return LineMatch.None;
  settle(file);
  state.epoch = epoch;
  state.epochs = epochs;
  state.done = 0;
  state.over = false;
  return LineMatch.Common;
}

/** ` 37/469 [==>……] - ETA: 3s - loss: 0.4`, `469/469 ━━━━━ 4s 9ms/step - loss: 0.4 - val_loss: 0.3`, `469/469 - 4s - loss: 0.4`. */
function matchBar(line: Scanner, file: LineFile<State>): LineMatch {
  const { state } = file;
  if (!line.integer()) return LineMatch.None;
  const done = line.value;
  const { integerAt: doneAt } = line;
  if (!line.byte(SLASH)) return LineMatch.None;
  let length = 0;
  if (line.integer()) length = line.value;
  else if (!line.literal(UNKNOWN)) return LineMatch.None;
  const drawing = line.pos + 1;
  if (line.next !== BLANK || !skipDrawing(line)) return LineMatch.None;
  const drawn = line.pos;
  if (!line.seek(FIELD) || !skipTimes(line)) return LineMatch.Common;
  const places = { doneAt, drawing, drawn, fields: line.pos };
  const isOther = length !== state.length && length > 0 && state.length > 0 && state.done > 0;
  if (state.last !== null && (isOther || done < state.done)) settle(file);
  // An evaluation: between epochs, or in the midst of one over another number of batches.
  if (state.over || isOther) return LineMatch.Common;
  const epoch = Math.max(1, state.epoch);
  if (done !== state.done) settle(file);
  if (state.fields.read(line) === 0 || !hasTraining(state.fields)) return LineMatch.Common;
  if (state.epoch === 0 && done <= state.done) return LineMatch.Common;
  plan(file, length);
  const before = state.done;
  const match = keep(file, epoch, done, length);
  if (done !== before && done < length) claim(line, file, places);
  return match;
}

/** Where the parts of a bar stand: its counter, its drawing and the fields behind the times. */
interface Places {
  readonly doneAt: number;
  readonly drawing: number;
  readonly drawn: number;
  readonly fields: number;
}

/** A bar within an epoch of known length does nothing but give its points; one at its end waits for an evaluation. */
function claim(line: Scanner, { state, record }: LineFile<State>, { doneAt, drawing, drawn, fields }: Places): void {
  if (state.last !== null || state.length === 0) return;
  const base = (Math.max(1, state.epoch) - 1) * state.length;
  record
    .claim(base + state.done, doneAt, base)
    .below(state.length)
    .fields(state.fields)
    .digits(drawn, fields);
  const first = line.bytes[drawing];
  if (first === OPEN) record.drawing(drawing + 1, drawn - 1);
  else if (first === HEAVY_LINE) record.drawing(drawing, drawn);
}

/** Skips the bar after the counter; false when there is none. */
function skipDrawing(line: Scanner): boolean {
  line.blanks();
  const first = line.next;
  if (first === DASH) return true;
  if (first === OPEN) {
    while (!line.atEnd && line.next !== CLOSE) {
      const byte = line.bytes[++line.pos]!;
      if (byte !== 0x3d && byte !== 0x3e && byte !== 0x2e && byte !== CLOSE) return false;
    }
    return line.byte(CLOSE);
  }
  if (first !== HEAVY_LINE) return false;
  while (!line.atEnd && line.next > 0x7f) line.pos++;
  return true;
}

/** Stands at the first field with a name: before it are the times, `ETA: 3s`, `4s 9ms/step`, `4s`, `9ms/step`. */
function skipTimes(line: Scanner): boolean {
  for (;;) {
    line.blanks();
    const isTime = isDigit(line.next) || (line.next === 0x45 && line.bytes[line.pos + 3] === COLON);
    if (!isTime) return !line.atEnd;
    if (!line.seek(FIELD)) return false;
  }
}

function hasTraining(fields: FieldReader): boolean {
  for (let i = 0; i < fields.count; i++) if (!fields.label(i).startsWith('val_')) return true;
  return false;
}

function plan({ state, sink }: LineFile<State>, length: number): void {
  const total = state.epochs * length;
  if (total <= 0 || total === state.total) return;
  state.total = total;
  sink.plan({ totalSteps: total }, 'the counters of epochs and steps');
}

function keep(file: LineFile<State>, epoch: number, done: number, length: number): LineMatch {
  const { state, sink } = file;
  const isNew = done !== state.done;
  if (state.unit === null) {
    state.unit = length > 0 && length === state.samples ? 'samples' : 'step';
    if (state.unit === 'samples') sink.stepUnit('samples');
  }
  // Bars without a maximum get it with the second epoch.
  const step = (epoch - 1) * (length > 0 ? length : state.length) + done;
  if (length > 0) state.length = length;
  state.done = done;
  const isLast = done === length || state.fields.find('val_loss') >= 0;
  if (isLast) {
    state.last = { fields: state.fields.hold(), step };
    if (length === 0) state.length = done;
  } else if (isNew) state.fields.emit(sink, step);
  return isNew || isLast ? LineMatch.Points : LineMatch.Common;
}

/** ` - 4s - loss: 0.25 - val_loss: 0.3` below `Epoch 3/10`: there is no counter of steps. */
function matchSummary(line: Scanner, file: LineFile<State>): LineMatch {
  const { state, sink } = file;
  line.pos--;
  if (!line.seek(FIELD) || !skipTimes(line)) return LineMatch.None;
  if (state.fields.read(line) === 0 || !state.fields.hasLoss) return LineMatch.None;
  if (state.unit === null) {
    state.unit = 'epoch';
    sink.stepUnit('epoch');
    sink.plan({ totalSteps: state.epochs }, 'the counter of epochs');
  }
  if (state.unit !== 'epoch') return LineMatch.Common;
  state.fields.emit(sink, state.epoch);
  state.over = true;
  return LineMatch.Points;
}

/** Gives the last record of an epoch once nothing can follow that belongs to it. */
function settle(file: LineFile<State>): void {
  const { state, sink } = file;
  if (state.last === null) return;
  const { fields, step } = state.last;
  state.last = null;
  state.over = true;
  fields.emit(sink, step);
}
