import type { LogFormat } from './format';
import { BarLine } from './text/barLine';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { ascii, isDigit, isNameByte, type Scanner } from './text/scanner';

const TRAIN = ascii('train');
const LOSS_IN_BAR = ascii('loss=');
const LOSS = ascii(' loss: ');
const MODULE = ascii('levanter');
const RESUMING = ascii('Resuming training from step ');
const SEPARATOR = ascii(':: ');
/** Steps that one process may be behind another which draws into the same file. */
const MAX_LAG = 200;
const NONE = -1;
const CLOSE = 0x5d;
const DASH = 0x2d;
const COLON = 0x3a;

interface State {
  readonly bar: BarLine;
  /** Counter and loss drawn last; the loss at a counter is final when the counter moves on. */
  step: number;
  loss: number;
  /** Last step given to the sink. */
  kept: number;
  total: number;
  /** Process whose evaluations are kept, and the evaluation kept last: each process may report them. */
  rank: number;
  evaluation: string;
  /** Whether the counter was said to be rounded. */
  told: boolean;
}

/** Levanter's console: a bar whose postfix holds the loss, drawn by every process, and lines of evaluations. */
export const levanter: LogFormat = lineFormat<State>({
  id: 'levanter',
  title: 'Levanter',
  source: {
    authors: 'Stanford CRFM',
    year: 2022,
    title: 'Levanter',
    id: 'stanford-crfm/levanter',
    where: 'src/levanter/callbacks, pbar_logger and compute_validation_loss; src/levanter/eval.py',
  },
  begin: () => ({
    bar: new BarLine(),
    step: NONE,
    loss: 0,
    kept: NONE,
    total: 0,
    rank: NONE,
    evaluation: '',
    told: false,
  }),
  match: (line, file) => {
    line.blanks();
    const first = line.next;
    if (first < 0) return LineMatch.None;
    const { bar } = file.state;
    // t(rain), e(val), P(rogress on:).
    if ((first === 0x74 || first === 0x65 || first === 0x50) && bar.read(line)) return matchBar(line, file);
    return matchText(line, file);
  },
  finish: (file) => settle(file),
});

function matchBar(line: Scanner, file: LineFile<State>): LineMatch {
  const { state } = file;
  const { bar } = state;
  const { end } = line;
  line.pos = bar.from;
  if (bar.to - bar.from !== TRAIN.length || !line.literal(TRAIN)) return LineMatch.Common;
  line.pos = bar.postfix;
  line.end = bar.postfixEnd;
  const hasLoss = line.seek(LOSS_IN_BAR) && line.number();
  const lossAt = line.numberAt;
  line.end = end;
  if (!hasLoss) return LineMatch.Common;
  const step = bar.done;
  const behind = Math.max(state.step, state.kept) - step;
  // Each process draws its own bar: one that is a little behind repeats what another has drawn.
  if (behind > 0 && behind <= MAX_LAG) return LineMatch.Common;
  if (step !== state.step) settle(file);
  const isNew = step !== state.step;
  state.step = step;
  state.loss = line.value;
  tellFacts(file);
  if (isNew && bar.claim(file.record, step)) file.record.hold().point(lossAt, lossHandle(file), line.value);
  return isNew ? LineMatch.Points : LineMatch.Common;
}

function tellFacts({ state, sink }: LineFile<State>): void {
  const { bar } = state;
  if (bar.total > 0 && bar.total !== state.total) {
    state.total = bar.total;
    sink.plan({ totalSteps: bar.total }, 'the maximum of the progress bar');
  }
  if (!bar.rounded || state.told) return;
  state.told = true;
  sink.issue('step.missing', 'The bar shows its counter with three digits: steps are rounded.', null);
}

/** Gives the loss that was drawn last for its counter. */
function settle(file: LineFile<State>): void {
  const { state, sink } = file;
  if (state.step === NONE || state.step === state.kept) return;
  state.kept = state.step;
  sink.point(lossHandle(file), state.step, state.loss);
}

function lossHandle({ sink }: Pick<LineFile<State>, 'sink'>): number {
  return sink.series('loss', 'train_loss');
}

/** Each process says that it resumes. */
function resume(file: LineFile<State>, step: number): void {
  const { state, sink } = file;
  if (state.step === NONE && state.kept === step) return;
  settle(file);
  state.step = NONE;
  state.kept = step;
  sink.status({ kind: 'resumed', step });
}

/** `… levanter.eval - eval.py:120 - INFO :: paloma/c4_en loss: 3.210`, `validation loss: 3.456`, a resumed run. */
function matchText(line: Scanner, file: LineFile<State>): LineMatch {
  const start = line.pos;
  const ofLevanter = line.seek(MODULE);
  if (!ofLevanter) line.pos = start;
  if (line.next === 0x52 ? line.literal(RESUMING) : ofLevanter && line.seek(RESUMING)) {
    if (line.integer()) resume(file, line.value);
    return LineMatch.Fact;
  }
  line.pos = start;
  if (!ofLevanter || !line.seek(LOSS)) {
    line.pos = start;
    return LineMatch.None;
  }
  const name = line.pos - LOSS.length;
  const isValue = line.number();
  line.blanks();
  if (!isValue || !line.atEnd) {
    line.pos = start;
    return LineMatch.None;
  }
  const { state } = file;
  const rank = rankOf(line, start);
  if (state.rank === NONE) state.rank = rank;
  if (rank !== state.rank) return LineMatch.Common;
  settle(file);
  const tag = tagBefore(line, start, name);
  const step = Math.max(0, state.kept);
  const evaluation = `${tag} ${step} ${line.value}`;
  if (evaluation === state.evaluation) return LineMatch.Common;
  state.evaluation = evaluation;
  const plain = tag === 'eval' || tag === 'validation' || tag === '';
  const group = tag.replace(/^eval\//, '').replace(/ validation$/, '');
  file.sink.point(file.sink.series(`${tag} loss`.trim(), plain ? 'val_loss' : `val_loss/${group}`), step, line.value);
  return LineMatch.Points;
}

/** The process in `2024-02-07T18:23:03 - 7 - levanter.trainer - …`; -1 without one. Stands where it stood. */
function rankOf(line: Scanner, start: number): number {
  const { pos, value } = line;
  line.pos = start;
  let rank = NONE;
  if (line.seek(MODULE)) {
    let at = line.pos - MODULE.length - 1;
    while (at > start && (line.bytes[at] === 0x20 || line.bytes[at] === DASH)) at--;
    while (at > start && isDigit(line.bytes[at - 1]!)) at--;
    line.pos = at;
    if (line.integer() && line.pos - at < 6) rank = line.value;
  }
  line.pos = pos;
  line.value = value;
  return rank;
}

/** The name between the logger's prefix and ` loss: `. */
function tagBefore(line: Scanner, start: number, end: number): string {
  const { pos, end: lineEnd } = line;
  line.pos = start;
  line.end = end;
  let from = end;
  if (line.seek(SEPARATOR)) from = line.pos;
  else {
    const { bytes } = line;
    while (from > start && (isNameByte(bytes[from - 1]!) || bytes[from - 1] === 0x2f || bytes[from - 1] === 0x2d))
      from--;
    const word = line.text(from, end);
    // `paloma macro loss: 3.2`, `c4 validation loss: 3.2`: two words.
    if ((word === 'macro' || word === 'micro' || word === 'validation') && from > start + 1) {
      let before = from - 1;
      while (before > start && bytes[before - 1]! > 0x20 && bytes[before - 1] !== COLON && bytes[before - 1] !== CLOSE)
        before--;
      if (!/levanter|INFO|^-$/.test(line.text(before, from - 1))) from = before;
    }
  }
  line.pos = pos;
  line.end = lineEnd;
  return line.text(from, end);
}
