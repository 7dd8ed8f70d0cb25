import { CellKind, RowReader } from '../json/rowReader';
import { textOf } from '../json/scan';
import { canonicalSeries } from '../keys';
import { type LineFile, LineMatch } from './lineFormat';
import type { Scanner } from './scanner';

const MAX_LAYOUTS = 256;

/** Where the fields of records of one shape are; -1: not there. */
interface Layout {
  readonly iter: number;
  readonly epoch: number;
  readonly step: number;
  readonly mode: number;
  /** Whether a record of this shape is one of training: evaluations have no rate and no loss. */
  readonly isTraining: boolean;
  /** Whether the writer is known by its fields. */
  readonly known: boolean;
  readonly cells: readonly Cell[];
}

/** A measured field; the handles of its series in training and evaluation, -2 before the first point. */
interface Cell {
  readonly index: number;
  readonly label: string;
  trained: number;
  evaluated: number;
}

/** State of the JSON lines of one file. */
export interface ScalarState {
  readonly rows: RowReader;
  readonly layouts: Map<number, Layout>;
  /** Last iteration since the start, 0 before the first. */
  step: number;
  /** Iterations before the epoch at hand where iterations are counted anew in each, and the last one in it. */
  base: number;
  epoch: number;
  inEpoch: number;
  told: boolean;
}

/** State at the start of a file. */
export function beginScalars(): ScalarState {
  return { rows: new RowReader(), layouts: new Map(), step: 0, base: 0, epoch: 0, inEpoch: 0, told: false };
}

/**
 * One line of `vis_data/scalars.json`, where evaluations carry the epoch as step, or of MMCV's `.log.json`, where
 * `iter` counts within the epoch. Source: open-mmlab/mmengine hooks/logger_hook.py, visualization/vis_backend.py.
 */
export function matchScalars(line: Scanner, file: LineFile<ScalarState>): LineMatch {
  const { state, sink } = file;
  const { rows } = state;
  if (!rows.read(line.bytes, line.pos, line.end)) return LineMatch.None;
  const layout = layoutOf(state);
  if (!layout.known) return LineMatch.None;
  const mode = layout.mode < 0 ? '' : textOf(line.bytes, rows.from[layout.mode]!, rows.to[layout.mode]!);
  const isTraining = mode === '' ? layout.isTraining : mode === 'train';
  // Without a record of training before it, any script may have written it.
  if (!isTraining && mode === '' && state.step === 0) return LineMatch.None;
  if (isTraining) state.step = layout.mode >= 0 ? innerStep(file, layout) : numberAt(rows, layout.iter);
  for (const cell of layout.cells) {
    if (rows.kinds[cell.index] !== CellKind.Number) continue;
    const { label } = cell;
    if (isTraining) {
      if (cell.trained === -2) cell.trained = sink.series(label, trainName(label));
      sink.point(cell.trained, state.step, rows.values[cell.index]!);
    } else if (!/^(?:time|data_time|memory|lr)$/.test(label)) {
      if (cell.evaluated === -2) cell.evaluated = sink.series(`val/${label}`, canonicalSeries(`val/${label}`).name);
      sink.point(cell.evaluated, state.step, rows.values[cell.index]!);
    }
  }
  if (isTraining) claim(file, layout);
  return LineMatch.Points;
}

/** A record of training does nothing but give its points where nothing but its iteration says where it belongs. */
function claim({ state, record }: LineFile<ScalarState>, { iter, step, mode, epoch, cells }: Layout): void {
  const { rows } = state;
  if (iter < 0 || rows.kinds[iter] !== CellKind.Number) return;
  const logged = rows.values[iter]!;
  record
    .claim(state.step, rows.from[iter]!, state.step - logged)
    .anyStep()
    .more(() => {
      if (step >= 0) record.number(rows.from[step]!);
      // With a mode the epoch says where iterations are counted anew.
      if (mode < 0 && epoch >= 0) record.number(rows.from[epoch]!);
      for (const { index, trained } of cells) {
        if (rows.kinds[index] === CellKind.Number) record.point(rows.from[index]!, trained, rows.values[index]!);
      }
    });
}

function trainName(label: string): string {
  if (label === 'time') return 'iteration_time';
  const { name } = canonicalSeries(label);
  return label !== 'loss' && name.startsWith('train_loss') ? label : name;
}

function layoutOf(state: ScalarState): Layout {
  const { rows, layouts } = state;
  const known = layouts.get(rows.shape);
  if (known !== undefined) return known;
  const place = { iter: -1, epoch: -1, step: -1, mode: -1 };
  const cells: Cell[] = [];
  let timed = 0;
  for (let i = 0; i < rows.count; i++) {
    const path = rows.paths[rows.fields[i]!] ?? '';
    if (path === 'iter' || path === 'epoch' || path === 'step' || path === 'mode') place[path] = i;
    else cells.push({ index: i, label: path, trained: -2, evaluated: -2 });
    if (path === 'data_time' || path === 'time' || path === 'memory') timed++;
  }
  const has = (label: string): boolean => cells.some((cell) => cell.label === label);
  const isTraining = place.iter >= 0 && (has('loss') || has('lr') || has('base_lr'));
  const isScalars = place.step >= 0 && timed >= 2 && (place.iter >= 0 || !has('loss'));
  const isOld = place.mode >= 0 && place.iter >= 0 && place.epoch >= 0;
  const layout = { ...place, isTraining, known: isScalars || isOld, cells };
  if (rows.shape >= 0 && layouts.size < MAX_LAYOUTS) layouts.set(rows.shape, layout);
  return layout;
}

function numberAt(rows: RowReader, cell: number): number {
  return cell >= 0 && rows.kinds[cell] === CellKind.Number ? rows.values[cell]! : 0;
}

/** Iterations since the start. The length of an epoch is not in the file: its last record stands for it. */
function innerStep({ state, sink }: LineFile<ScalarState>, layout: Layout): number {
  const { rows } = state;
  const epoch = numberAt(rows, layout.epoch);
  const iter = numberAt(rows, layout.iter);
  if (epoch > state.epoch && state.epoch > 0 && iter <= state.inEpoch) {
    state.base += state.inEpoch * (epoch - state.epoch);
    if (!state.told) {
      state.told = true;
      sink.issue(
        'step.missing',
        'Iterations are counted anew in each epoch: steps are joined at the last record of each.',
        null,
      );
    }
  } else if (epoch < state.epoch) state.base = state.inEpoch > 0 ? Math.max(0, epoch - 1) * state.inEpoch : 0;
  state.epoch = epoch;
  state.inEpoch = iter;
  return state.base + iter;
}
