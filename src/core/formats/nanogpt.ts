import type { ScheduleFamily } from '../model';
import type { LogSample } from './format';
import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { emitRecord } from './text/lineRecord';
import { type Literal, PythonScanner } from './text/python';
import { ascii, isDigit, type Scanner } from './text/scanner';

const ITER = ascii('iter ');
const ITERATION = ascii('iteration ');
const STEP = ascii('step ');
const LOSS = ascii('loss ');
const BARE_LOSS = ascii(' | loss ');
const OWN_LOSSES = ['train loss', 'val loss'];
const OVERRIDING = ascii('Overriding: ');
const NAMESPACE = ascii('Namespace(');
const CONFIG = ascii('config: ');
const RESUMING = ascii('Resuming training from ');

const COLON = 0x3a;
const COMMA = 0x2c;
const EQUALS = 0x3d;
const SLASH = 0x2f;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BRACE = 0x7b;

/** Settings that make a plan. */
interface PlanState {
  readonly maxIters: number | null;
  readonly warmupIters: number | null;
  readonly decayIters: number | null;
  readonly peakLr: number | null;
  readonly minLr: number | null;
  readonly decayLr: boolean | null;
}

interface State {
  readonly iterFields: FieldReader;
  readonly stepFields: FieldReader;
  readonly python: PythonScanner;
  plan: PlanState;
  /** Whether training lines were seen: after them `name = value` is no setting. */
  training: boolean;
  resuming: boolean;
  /** Planned steps as the last line has them, 0 without. */
  total: number;
}

const NO_PLAN: PlanState = {
  maxIters: null,
  warmupIters: null,
  decayIters: null,
  peakLr: null,
  minLr: null,
  decayLr: null,
};

/** nanoGPT's console log, and the scripts that print lines like it. */
export const nanogpt = lineFormat<State>({
  id: 'nanogpt',
  title: 'nanoGPT',
  source: {
    authors: 'Karpathy',
    year: 2022,
    title: 'nanoGPT',
    id: 'karpathy/nanoGPT',
    where: 'train.py, configurator.py',
  },
  begin: (sample) => ({
    iterFields: new FieldReader((key, unit) => fieldRule(key, unit, () => 'train_loss'), ',|;', true),
    stepFields: new FieldReader((key, unit) => fieldRule(key, unit, () => stepLoss(sample)), ',|;', true),
    python: new PythonScanner(),
    plan: NO_PLAN,
    training: false,
    resuming: false,
    total: 0,
  }),
  match: (line, file) => {
    const match = matchRecord(line, file);
    return match !== LineMatch.None || file.state.training ? match : matchSetting(line, file);
  },
});

const decoder = new TextDecoder();
const STEP_LINES = /(?:^|\n)[^\n]*\bstep \d+: train loss/g;
const OTHER_LINES = /\biter(?:ation)? \d|(?:^|\n)\d+ \| loss|tokens per iteration will be|number of parameters/;

/**
 * The training loss of `step` lines: an estimate beside the loss of each iteration, but the training loss itself in
 * scripts that print nothing else.
 */
function stepLoss({ head }: LogSample): string {
  const text = decoder.decode(head);
  return (text.match(STEP_LINES)?.length ?? 0) > 1 && !OTHER_LINES.test(text) ? 'train_loss' : 'eval_train_loss';
}

/** `iter 10: loss …`, `step 0: train loss …, val loss …`, `[step 200] val loss: …`, `step 3, loss: …`. */
function matchRecord(line: Scanner, file: LineFile<State>): LineMatch {
  const start = line.pos;
  const bracket = line.byte(OPEN);
  // llama2.c begins its lines with the number alone.
  const isBare = !bracket && isDigit(line.next);
  const isIter = isBare || line.literal(ITER) || line.literal(ITERATION);
  if (!isIter && !line.literal(STEP)) return giveUp(line, start);
  line.blanks();
  if (!line.integer()) return giveUp(line, start);
  const step = line.value;
  const stepAt = line.integerAt;
  let total = 0;
  if (!isBare && line.byte(SLASH)) {
    line.blanks();
    if (!line.integer()) return giveUp(line, start);
    total = line.value;
  }
  if (!(isBare ? line.literal(BARE_LOSS) : endsCounter(line, bracket))) return giveUp(line, start);
  if (isBare) line.pos -= LOSS.length;
  const { state, sink } = file;
  const fields = isIter ? state.iterFields : state.stepFields;
  if (fields.read(line) === 0 || !fields.hasLoss) return giveUp(line, start);
  // Any script may print a step and a loss.
  const isOwn = isIter || OWN_LOSSES.some((label) => fields.find(label) >= 0);
  if (state.resuming) sink.status({ kind: 'resumed', step });
  if (total > 0 && total !== state.total) sink.plan({ totalSteps: total }, 'the counter of the lines');
  state.total = total;
  state.resuming = false;
  state.training = true;
  if (fields.rejected === 0 && isOwn) emitRecord(file, fields, step, stepAt);
  else fields.emit(sink, step);
  if (fields.rejected > 0) {
    sink.issue('line.malformed', `Step ${step}: a part of the line is not "name value" and was left out.`, file.offset);
  }
  return isOwn ? LineMatch.Points : LineMatch.Common;
}

/** What stands between a counter and the fields; the comma of `step 1,000` does not. */
function endsCounter(line: Scanner, bracket: boolean): boolean {
  if (bracket) return line.byte(CLOSE);
  return line.byte(COLON) || (line.byte(COMMA) && !isDigit(line.next));
}

function giveUp(line: Scanner, start: number): LineMatch {
  line.pos = start;
  return LineMatch.None;
}

function fieldRule(key: string, unit: string, trainLoss: () => string): FieldRule | undefined {
  switch (key.toLowerCase()) {
    case 'loss':
      return { name: 'train_loss' };
    case 'train loss':
    case 'train_loss':
      return { name: trainLoss() };
    case 'val loss':
    case 'val_loss':
      return { name: 'val_loss' };
    case 'time':
    case 'dt':
      return { name: 'iteration_time', scale: unit === 'ms' ? 0.001 : 1 };
    // -100 % stands for "not measured yet".
    case 'mfu':
      return { name: 'mfu', least: 0 };
    default:
      return undefined;
  }
}

/** Echoed settings: `max_iters = 10000`, `Overriding: max_iters = 10000`, a printed dict or argparse namespace. */
function matchSetting(line: Scanner, file: LineFile<State>): LineMatch {
  const start = line.pos;
  const { state } = file;
  if (line.literal(RESUMING)) {
    state.resuming = true;
    return LineMatch.Fact;
  }
  if (line.literal(NAMESPACE)) return matchSettings(line, file, EQUALS);
  line.literal(CONFIG);
  if (line.next === BRACE) {
    line.pos++;
    const match = matchSettings(line, file, COLON);
    return match === LineMatch.None ? giveUp(line, start) : match;
  }
  line.pos = start;
  // Any script may print settings; only those that the configurator echoes tell nanoGPT from others.
  const match = line.literal(OVERRIDING) ? LineMatch.Fact : LineMatch.Common;
  const key = line.pos;
  if (!line.identifier()) return giveUp(line, start);
  const keyEnd = line.pos;
  line.blanks();
  if (!line.byte(EQUALS)) return giveUp(line, start);
  line.blanks();
  const literal = state.python.literal(line);
  if (literal === undefined || !state.python.isLineEnd(line)) return giveUp(line, start);
  setting(file, line.text(key, keyEnd), literal);
  return match;
}

/** All settings of a printed dict or namespace; none of one that does not hold nanoGPT's number of iterations. */
function matchSettings(line: Scanner, file: LineFile<State>, delimiter: number): LineMatch {
  const entries = file.state.python.entries(line, delimiter);
  if (!entries.some(([key]) => key === 'max_iters')) return LineMatch.None;
  for (const [key, value] of entries) setting(file, key, value);
  return LineMatch.Fact;
}

function setting(file: LineFile<State>, key: string, value: Literal): void {
  file.sink.config(key, value);
  const plan = changedPlan(file.state.plan, key, value);
  if (plan === file.state.plan) return;
  file.state.plan = plan;
  const where = `${key} in the printed settings`;
  const family = familyOf(plan);
  if (family !== null) file.sink.plan({ family }, where);
  if (key === 'max_iters') file.sink.plan({ totalSteps: value as number }, where);
  if (key === 'learning_rate') file.sink.plan({ peakLr: value as number }, where);
  if (family !== 'cosine') return;
  const { warmupIters, decayIters, minLr } = plan;
  if (warmupIters !== null) file.sink.plan({ warmupSteps: warmupIters }, where);
  if (minLr !== null) file.sink.plan({ finalLr: minLr }, where);
  if (warmupIters !== null && decayIters !== null && decayIters > warmupIters) {
    file.sink.plan({ decayStart: warmupIters, decaySteps: decayIters - warmupIters }, where);
  }
}

function changedPlan(plan: PlanState, key: string, value: Literal): PlanState {
  if (key === 'decay_lr' && typeof value === 'boolean') return { ...plan, decayLr: value };
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return plan;
  if (key === 'max_iters') return { ...plan, maxIters: value };
  if (key === 'warmup_iters') return { ...plan, warmupIters: value };
  if (key === 'lr_decay_iters') return { ...plan, decayIters: value };
  if (key === 'learning_rate') return { ...plan, peakLr: value };
  if (key === 'min_lr') return { ...plan, minLr: value };
  return plan;
}

/** Without `decay_lr` the rate stays at its peak and there is no warm-up; with it, it is one cosine after the warm-up. */
function familyOf(plan: PlanState): ScheduleFamily | null {
  if (plan.decayLr === false) return 'constant';
  return plan.decayLr === true || plan.decayIters !== null || plan.minLr !== null ? 'cosine' : null;
}
