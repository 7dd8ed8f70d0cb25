import type { ScheduleFamily } from '../../model';
import { RowReader } from '../json/rowReader';
import { BarLine } from './barLine';
import { FairseqNames, type FairseqPlan, type FairseqState } from './fairseqNames';
import { type LineFile, LineMatch } from './lineFormat';
import { type Literal, PythonScanner } from './python';
import { ascii, type Scanner } from './scanner';

const NAMESPACE = ascii('Namespace(');
const CONFIG = ascii("{'_name': ");
const LOADED = ascii('oaded checkpoint ');
const AT = ascii(' @ ');
const UPDATES = ascii(' updates');
const DONE = ascii('done training in ');
const DETECTOR = ascii('nan_detector');
const DETECTED = [ascii('NaN detected'), ascii('Inf detected')];
const MAX_HEAD = 96;
const EQUALS = 0x3d;
const COLON = 0x3a;
const QUOTE = 0x27;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const COMMA = 0x2c;
const MAX_DEPTH = 32;
const MAX_SETTINGS = 2000;

const FAMILIES: Readonly<Record<string, ScheduleFamily>> = {
  inverse_sqrt: 'inverse-sqrt',
  cosine: 'cosine',
  fixed: 'constant',
  polynomial_decay: 'linear',
  triangular: 'one-cycle',
};

/** State at the start of a file. */
export function beginFairseq(): FairseqState {
  return {
    rows: new RowReader(),
    names: new FairseqNames(),
    bar: new BarLine(),
    python: new PythonScanner(),
    layouts: new Map(),
    step: -1,
    plan: {},
    told: false,
  };
}

/** The configuration on one line, a loaded checkpoint, the end. Source: facebookresearch/fairseq fairseq_cli/train.py, trainer.py. */
export function matchFairseqFact(line: Scanner, file: LineFile<FairseqState>): LineMatch {
  const { state, sink } = file;
  const start = line.pos;
  const { end } = line;
  line.end = Math.min(end, start + MAX_HEAD);
  const has = (text: Uint8Array): boolean => {
    line.pos = start;
    return line.seek(text);
  };
  if (has(CONFIG)) {
    line.pos -= CONFIG.length;
    line.end = end;
    readDict(line, file, []);
    return LineMatch.Fact;
  }
  if (has(NAMESPACE)) {
    line.end = end;
    for (const [key, value] of state.python.entries(line, EQUALS)) setting(file, [], key, value);
    // Any script may print its arguments.
    return state.plan.maxUpdate === undefined ? LineMatch.Common : LineMatch.Fact;
  }
  if (has(DONE)) {
    line.end = end;
    if (state.step < 0) return LineMatch.Common;
    sink.status({ kind: 'finished' });
    return LineMatch.Fact;
  }
  if (has(LOADED)) {
    line.end = end;
    return loaded(line, file);
  }
  if (has(DETECTOR) && DETECTED.some((text) => line.seek(text))) {
    line.end = end;
    if (!state.told) sink.issue('value.nonFinite', 'The detector found a value that is not finite.', file.offset);
    state.told = true;
    return LineMatch.Fact;
  }
  line.pos = start;
  line.end = end;
  return LineMatch.None;
}

/** `Loaded checkpoint …/checkpoint_last.pt (epoch 9 @ 468 updates)`. */
function loaded(line: Scanner, { state, sink }: LineFile<FairseqState>): LineMatch {
  if (!line.seek(AT) || !line.integer()) return LineMatch.None;
  const step = line.value;
  if (!line.literal(UPDATES)) return LineMatch.None;
  if (step > 0) sink.status({ kind: 'resumed', step });
  state.told = false;
  return LineMatch.Fact;
}

/** Settings of a nested dict as Python prints it; a fault ends it. */
function readDict(line: Scanner, file: LineFile<FairseqState>, path: readonly string[]): void {
  const { python } = file.state;
  if (path.length > MAX_DEPTH || !line.byte(OPEN)) return;
  for (let count = 0; count < MAX_SETTINGS; count++) {
    line.blanks();
    const from = line.pos;
    if (line.next !== QUOTE || python.literal(line) === undefined) return;
    const key = line.text(from + 1, line.pos - 1);
    line.blanks();
    if (!line.byte(COLON)) return;
    line.blanks();
    if (line.bytes[line.pos] === OPEN) {
      readDict(line, file, [...path, key]);
      line.byte(CLOSE);
    } else {
      const value = python.literal(line);
      if (value === undefined) return;
      setting(file, path, key, value);
    }
    line.blanks();
    if (!line.byte(COMMA)) return;
  }
}

function setting(file: LineFile<FairseqState>, path: readonly string[], key: string, value: Literal): void {
  const { state, sink } = file;
  sink.config([...path, key].join('.'), value);
  const changed = changedPlan(path.at(-1) ?? '', key, value);
  if (changed === undefined) return;
  state.plan = { ...state.plan, ...changed };
  statePlan(file);
}

function changedPlan(parent: string, key: string, value: Literal): FairseqPlan | undefined {
  const number = typeof value === 'number' ? value : Number(/^\[([\d.e+-]+)\]$/.exec(String(value))?.[1] ?? Number.NaN);
  if (parent === 'lr_scheduler' && key === '_name' && typeof value === 'string') return { schedule: value };
  if (key === 'lr_scheduler' && typeof value === 'string') return { schedule: value };
  if (!Number.isFinite(number) || number < 0) return undefined;
  if (key === 'max_update') return { maxUpdate: number };
  if (key === 'lr' && (parent === 'optimization' || parent === '')) return { lr: number };
  if (parent !== 'lr_scheduler' && parent !== '') return undefined;
  if (key === 'warmup_updates') return { warmup: number };
  if (key === 'end_learning_rate' || key === 'min_lr') return { finalLr: number };
  if (key === 'power') return { power: number };
  return key === 'total_num_update' || key === 'max_update' ? { totalUpdates: number } : undefined;
}

function statePlan({ state, sink }: LineFile<FairseqState>): void {
  const { maxUpdate, lr, schedule, warmup, finalLr, power, totalUpdates } = state.plan;
  const where = 'the configuration in the log';
  if (maxUpdate !== undefined && maxUpdate > 0) sink.plan({ totalSteps: maxUpdate }, where);
  if (lr !== undefined) sink.plan({ peakLr: lr }, where);
  const family = schedule === undefined ? undefined : FAMILIES[schedule];
  if (family === undefined) return;
  const isPower = schedule === 'polynomial_decay' && power !== undefined && power !== 1;
  sink.plan({ family: isPower ? 'polynomial' : family }, where);
  if (warmup !== undefined) sink.plan({ warmupSteps: warmup }, where);
  if (family !== 'linear' && family !== 'cosine') return;
  if (finalLr !== undefined) sink.plan({ finalLr }, where);
  const until = totalUpdates ?? maxUpdate;
  if (warmup !== undefined && until !== undefined && until > warmup) {
    sink.plan({ decayStart: warmup, decaySteps: until - warmup }, where);
  }
}
