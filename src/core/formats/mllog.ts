import type { StepUnit } from '../model';
import { CellKind, RowReader } from './json/rowReader';
import { textOf } from './json/scan';
import { canonicalSeries } from './keys';
import { ByteMap } from './text/byteMap';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { type MllogPlan, type MllogPlanState, notePlanKey, statePlan } from './text/mllogPlan';
import { ascii, type Scanner } from './text/scanner';

const MARK = ascii(':::MLLOG ');
const OLD_MARK = ascii(':::MLP');
const BRACE = 0x7b;
/** Longest prefix that launchers put before the mark. */
const MAX_PREFIX = 96;
/** Benchmarks whose `eval_accuracy` is a validation loss. Source: mlcommons/training_policies, quality targets. */
const LOSS_BENCHMARKS = /^(?:gpt|llama|flux|mixtral|deepseek|gpt_oss)/;
/** Least `epoch_num` that counts samples. */
const SAMPLES = 10_000;
const MAX_LAYOUTS = 256;
const MAX_KEYS = 4096;
/** Fields by path. */
const ROLES: Readonly<Record<string, Role>> = {
  event_type: 'event',
  key: 'key',
  value: 'value',
  'metadata/samples_count': 'samples',
  'metadata/epoch_num': 'epoch',
  'metadata/step': 'step',
  'metadata/step_num': 'step',
  'metadata/iteration': 'step',
  'metadata/global_step': 'step',
  'metadata/status': 'status',
};

/** What a field of the records is for. */
type Role = 'event' | 'key' | 'samples' | 'epoch' | 'step' | 'value' | 'status';

/** Where the fields of records of one shape are; -1: not there. */
interface Layout {
  readonly cells: Readonly<Record<Role, number>>;
  /** Cells of measurements, and their labels. */
  readonly metrics: readonly (readonly [cell: number, label: string])[];
}

/** State of one file. */
interface State extends MllogPlanState {
  readonly rows: RowReader;
  readonly layouts: Map<number, Layout>;
  readonly keys: ByteMap<string>;
  readonly handles: Map<string, number>;
  benchmark: string;
  /** Place of the last record. */
  last: number;
  started: boolean;
}

/** MLPerf training logs: `:::MLLOG {"key": …, "value": …, "metadata": {…}}`. */
export const mllog = lineFormat<State>({
  id: 'mllog',
  title: 'MLPerf logging',
  source: {
    authors: 'MLCommons',
    year: 2020,
    title: 'MLPerf logging',
    id: 'mlcommons/logging',
    where: 'mlperf_logging/mllog/mllog.py, constants.py',
  },
  begin: () => ({
    rows: new RowReader(),
    layouts: new Map(),
    keys: new ByteMap(),
    handles: new Map(),
    unit: null,
    benchmark: '',
    plan: {},
    last: 0,
    started: false,
  }),
  match: (line, file) => {
    const { end } = line;
    line.end = Math.min(end, line.pos + MAX_PREFIX);
    const start = line.pos;
    let found = line.seek(MARK);
    if (!found) {
      line.pos = start;
      found = line.seek(OLD_MARK);
    }
    line.end = end;
    if (!found) return LineMatch.None;
    while (!line.atEnd && line.next !== BRACE) line.pos++;
    return line.atEnd ? LineMatch.None : matchEvent(line, file);
  },
});

function matchEvent(line: Scanner, file: LineFile<State>): LineMatch {
  const { state, sink } = file;
  const { rows } = state;
  if (!rows.read(line.bytes, line.pos, line.end)) {
    const at = rows.faultAt - line.pos;
    sink.issue(
      'json.malformed',
      `Not a whole record: reading stopped at byte ${at} of ${line.end - line.pos}.`,
      file.offset,
    );
    return LineMatch.Common;
  }
  const layout = layoutOf(state);
  const key = keyOf(line.bytes, state, layout);
  const event = layout.cells.event;
  // POINT_IN_TIME, INTERVAL_START, INTERVAL_END.
  const isPoint = event >= 0 && line.bytes[rows.from[event]!] === 0x50;
  return isPoint && !/_(?:start|stop)$/.test(key)
    ? pointInTime(line, file, layout, key)
    : matchInterval(line, file, layout, key);
}

function layoutOf(state: State): Layout {
  const { rows, layouts } = state;
  const known = layouts.get(rows.shape);
  if (known !== undefined) return known;
  const cells: Record<Role, number> = { event: -1, key: -1, samples: -1, epoch: -1, step: -1, value: -1, status: -1 };
  const metrics: [number, string][] = [];
  for (let i = 0; i < rows.count; i++) {
    const path = rows.paths[rows.fields[i]!] ?? '';
    const role = ROLES[path];
    if (role !== undefined) cells[role] = i;
    else if (path === 'metadata/lr' || path === 'metadata/learning_rate') metrics.push([i, 'lr']);
    else if (path.startsWith('value/')) metrics.push([i, path.slice('value/'.length)]);
  }
  if (rows.shape >= 0 && layouts.size < MAX_LAYOUTS) layouts.set(rows.shape, { cells, metrics });
  return { cells, metrics };
}

function keyOf(bytes: Uint8Array, { rows, keys }: State, { cells }: Layout): string {
  if (cells.key < 0) return '';
  const from = rows.from[cells.key]!;
  const to = rows.to[cells.key]!;
  const known = keys.get(bytes, from, to);
  if (known !== undefined) return known;
  const key = textOf(bytes, from, to);
  if (keys.size < MAX_KEYS) keys.set(bytes, from, to, key);
  return key;
}

function textAt(line: Scanner, { rows }: State, cell: number): string {
  return cell >= 0 && rows.kinds[cell] === CellKind.Text ? textOf(line.bytes, rows.from[cell]!, rows.to[cell]!) : '';
}

/** Start, end and stages of the run. */
function matchInterval(line: Scanner, file: LineFile<State>, { cells }: Layout, key: string): LineMatch {
  const { state, sink } = file;
  if (key === 'run_start' && !state.started) {
    state.started = true;
    sink.status({ kind: 'started' });
  }
  if (key === 'run_stop') {
    const status = textAt(line, state, cells.status);
    if (status === '' || status === 'success') sink.status({ kind: 'finished' });
    else sink.status({ kind: 'failed', reason: `The run stopped: ${status}.` });
  }
  return LineMatch.Fact;
}

/** A setting, or measurements where the metadata say when they were made. */
function pointInTime(line: Scanner, file: LineFile<State>, layout: Layout, key: string): LineMatch {
  const { state, sink } = file;
  const { rows } = state;
  const { value } = layout.cells;
  const isNumber = value >= 0 && rows.kinds[value] === CellKind.Number;
  const placed = position(file, layout);
  if (placed === null) {
    if (value < 0) return LineMatch.Fact;
    const setting = isNumber ? rows.values[value]! : textAt(line, state, value);
    if (setting !== '') sink.config(key, setting);
    if (key === 'submission_benchmark') state.benchmark = String(setting);
    notePlanKey(file, key, setting);
    return LineMatch.Fact;
  }
  const measuresLoss = isNumber || layout.metrics.some(([, label]) => label.includes('loss'));
  // Summaries of a block give its length where others give their place.
  const x = measuresLoss ? placed : Math.max(placed, state.last);
  state.last = x;
  let points = 0;
  if (isNumber) {
    sink.point(handleOf(file, key), x, rows.values[value]!);
    points++;
  }
  for (const [cell, label] of layout.metrics) {
    // Counts the batches of one evaluation.
    if (rows.kinds[cell] !== CellKind.Number || label === 'validation_step_time') continue;
    sink.point(handleOf(file, label), x, rows.values[cell]!);
    points++;
  }
  return points > 0 ? LineMatch.Points : LineMatch.Fact;
}

function handleOf({ state, sink }: LineFile<State>, label: string): number {
  const known = state.handles.get(label);
  if (known !== undefined) return known;
  const handle = sink.series(label, nameOf(label, state.benchmark));
  if (state.handles.size < MAX_KEYS) state.handles.set(label, handle);
  return handle;
}

function nameOf(label: string, benchmark: string): string {
  if (label === 'eval_accuracy') return LOSS_BENCHMARKS.test(benchmark) ? 'val_loss' : 'val_accuracy';
  if (label === 'throughput') return 'samples_per_second';
  if (label === 'train_step_time') return 'iteration_time';
  return canonicalSeries(label).name;
}

/** Where on the x-axis a record lies; `null` without a counter. The first record that has one decides the axis. */
function position(file: LineFile<State>, layout: Layout): number | null {
  const { state, sink } = file;
  const samples = numberAt(state, layout.cells.samples);
  const epoch = numberAt(state, layout.cells.epoch);
  const step = numberAt(state, layout.cells.step);
  // A record of the start-up has a step and no samples.
  if (state.unit === null && samples === null && epoch === null && step === 0) return null;
  if (state.unit === null) {
    const unit = unitOf(state.plan, samples, epoch, step);
    if (unit === null) return null;
    state.unit = unit;
    sink.stepUnit(unit);
    statePlan(file);
  }
  if (state.unit === 'step') return step;
  const { batch = 0 } = state.plan;
  const counted = state.unit === 'samples' && step !== null && batch > 0 ? step * batch : null;
  // Some records give the samples of one block; steps count from 0 or from 1.
  if (samples !== null && counted !== null && Math.abs(samples - counted) > batch) return counted;
  return samples ?? epoch ?? counted;
}

function numberAt({ rows }: State, cell: number): number | null {
  return cell >= 0 && rows.kinds[cell] === CellKind.Number ? rows.values[cell]! : null;
}

function unitOf(plan: MllogPlan, samples: number | null, epoch: number | null, step: number | null): StepUnit | null {
  if (samples !== null) return 'samples';
  if (epoch === null) return step === null ? null : 'step';
  if (epoch > 0 && epoch < SAMPLES) return 'epoch';
  const tokens = (plan.sequence ?? 0) * (plan.batch ?? 0);
  // Some count tokens: a whole number of batches of whole sequences.
  return tokens > 1 && epoch % tokens === 0 ? 'tokens' : 'samples';
}
