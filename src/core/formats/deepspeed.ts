import type { ConfigValue } from '../model';
import type { LogFormat, LogSample, RecordSink } from './format';
import { beginChat, type ChatState, matchChat } from './text/deepspeedChat';
import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { literal, readFlags } from './text/nested';
import { type Kept, NOTHING_KEPT } from './text/ranks';
import { ascii, type Scanner } from './text/scanner';

const RANK = ascii('[Rank ');
const STEP = ascii('step=');
const SKIPPED = ascii('skipped=');
const RATES = ascii('lr=[');
const TIMER = ascii('[timer.py:');
const GLOBAL_STEP = ascii('global_step=');
const PIPE = ascii('steps: ');
const LOSS = ascii('loss: ');
const ITER_TIME = ascii('iter time (s): ');
const SAMPLES = ascii('samples/sec: ');
const CONFIG = ascii('[config.py:');
const LAUNCHER = ascii('[launch.py:');
const EXITS = ascii('exits successfully');
const COMMAND = ascii('cmd = ');
const TOTAL = ascii('Total optimization steps = ');
const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;
const SLASH = 0x2f;
/** Parameter groups whose rate is kept. */
const MAX_GROUPS = 64;
/** Parts in brackets before a line of the logger. */
const MAX_TAGS = 5;
/** What frameworks on top of the engine write: their own format reads such a log better. */
const OTHERS = ['lm loss', 'lm_loss', 'lm-loss', "{'loss':", 'elapsed time per iteration'].map(ascii);

interface State extends ChatState {
  readonly timer: FieldReader;
  kept: Kept;
  keptPipe: Kept;
  /** Steps that a script's header states, in its own accumulation; 0 without. */
  stated: number;
  finished: boolean;
  trained: boolean;
}

const engine = lineFormat<State>({
  id: 'deepspeed',
  title: 'DeepSpeed',
  source: {
    authors: 'Microsoft',
    year: 2020,
    title: 'DeepSpeed',
    id: 'deepspeedai/DeepSpeed',
    where: 'deepspeed/runtime/engine.py, _report_progress; deepspeed/utils/timer.py; pipe/engine.py',
  },
  begin: () => ({
    ...beginChat(),
    timer: new FieldReader(timerRule, ','),
    kept: NOTHING_KEPT,
    keptPipe: NOTHING_KEPT,
    stated: 0,
    finished: false,
    trained: false,
  }),
  match: (line, file) => {
    line.blanks();
    switch (line.next) {
      case 0x5b:
        return matchLogger(line, file);
      case 0x73:
        return matchPipeline(line, file);
      case 0x54:
        return matchTotal(line, file);
      default: {
        if (line.next === 0x63 && line.literal(COMMAND)) return matchCommand(line, file);
        return matchChat(line, file);
      }
    }
  },
});

/** The engine's own lines, and those of the examples beside it (DeepSpeed-Chat). */
export const deepspeed: LogFormat = {
  ...engine,
  probe: (sample: LogSample) => {
    const verdict = engine.probe(sample);
    if (verdict === 'no' || !(hasOther(sample.head) || hasOther(sample.tail))) return verdict;
    return verdict === 'yes' ? 'maybe' : 'no';
  },
};

function hasOther(bytes: Uint8Array): boolean {
  return OTHERS.some((text) => {
    for (let at = bytes.indexOf(text[0]!); at >= 0; at = bytes.indexOf(text[0]!, at + 1)) {
      if (text.every((byte, i) => bytes[at + i] === byte)) return true;
    }
    return false;
  });
}

/** Lines of its logger, which stand behind `[2023-04-18 01:46:59,142] [INFO] [logging.py:96:log_dist] `. */
function matchLogger(line: Scanner, file: LineFile<State>): LineMatch {
  const start = line.pos;
  for (let tags = 0; tags < MAX_TAGS && line.next === OPEN; tags++) {
    const tag = line.pos;
    const match = matchTagged(line, file);
    if (match !== LineMatch.None) return match;
    line.pos = tag;
    skipTag(line);
  }
  line.pos = start;
  return LineMatch.None;
}

function skipTag(line: Scanner): void {
  while (!line.atEnd && line.next !== CLOSE) line.pos++;
  line.byte(CLOSE);
  line.blanks();
}

function matchTagged(line: Scanner, file: LineFile<State>): LineMatch {
  let match = LineMatch.None;
  if (line.literal(RANK)) match = matchEngine(line, file);
  else if (line.literal(TIMER)) match = matchTimer(line, file);
  else if (line.literal(CONFIG)) match = matchConfig(line, file);
  else if (line.literal(LAUNCHER) && line.seek(EXITS)) match = finish(file);
  return match;
}

/** `0] step=10, skipped=6, lr=[9.6e-06, 9.6e-06], mom=[(0.9, 0.95), (0.9, 0.95)]`. */
function matchEngine(line: Scanner, { state, sink, record }: LineFile<State>): LineMatch {
  if (!line.integer() || !line.byte(CLOSE)) return LineMatch.None;
  line.blanks();
  if (!line.literal(STEP) || !line.integer()) return LineMatch.None;
  const step = line.value;
  const stepAt = line.integerAt;
  if (!line.byte(COMMA)) return LineMatch.None;
  line.blanks();
  if (!line.literal(SKIPPED) || !line.integer()) return LineMatch.None;
  const skipped = line.value;
  const skippedAt = line.integerAt;
  if (!line.seek(RATES)) return LineMatch.None;
  // Two engines of one script (actor and critic) count alike: the first one is kept.
  if (step === state.kept.step) return LineMatch.Common;
  state.kept = { ...NOTHING_KEPT, step, rank: 0 };
  if (!state.reinforced) state.lastStep = step;
  state.trained = true;
  state.finished = false;
  const handle = sink.series('skipped');
  sink.point(handle, step, skipped);
  record.claim(step, stepAt).integer(skippedAt, handle, skipped);
  for (let group = 0; group < MAX_GROUPS && line.number(); group++) {
    const rate = line.value;
    const handle = sink.series(group === 0 ? 'lr' : `lr group ${group}`, groupName(group));
    sink.point(handle, step, rate);
    record.point(line.numberAt, handle, rate);
    if (!line.byte(COMMA)) break;
    line.blanks();
  }
  return LineMatch.Points;
}

function groupName(group: number): string {
  return group === 0 ? 'learning_rate' : `learning_rate/group${group}`;
}

/** `199:stop] epoch=0/micro_step=10/global_step=10, RunningAvgSamplesPerSec=…`, older `198:stop] 0/4, …`. */
function matchTimer(line: Scanner, { state, sink, record }: LineFile<State>): LineMatch {
  skipTag(line);
  const start = line.pos;
  let step = -1;
  const isGlobal = line.seek(GLOBAL_STEP);
  if (isGlobal) step = line.integer() ? line.value : -1;
  else {
    line.pos = start;
    if (!line.integer() || !line.byte(SLASH) || !line.integer()) return LineMatch.None;
    step = Math.floor(line.value / state.accumulation);
  }
  const stepAt = line.integerAt;
  if (step < 0 || !line.byte(COMMA) || state.timer.read(line) === 0) return LineMatch.None;
  state.timer.emit(sink, step);
  if (isGlobal) record.claim(step, stepAt).digits(start, stepAt).fields(state.timer);
  return LineMatch.Points;
}

function timerRule(key: string): FieldRule | undefined {
  switch (key) {
    case 'CurrSamplesPerSec':
      return { name: 'samples_per_second' };
    case 'RunningAvgSamplesPerSec':
      return { skip: true };
    case 'MemAllocated':
      return { name: 'memory', scale: 1 };
    default:
      return { scale: 1 };
  }
}

/** `steps: 1 loss: 11.0643 iter time (s): 2.474 samples/sec: 206.954` of the pipeline engine. */
function matchPipeline(line: Scanner, { state, sink }: LineFile<State>): LineMatch {
  const start = line.pos;
  if (line.literal(PIPE) && line.integer()) {
    const step = line.value;
    line.blanks();
    if (line.literal(LOSS) && line.number() && step !== state.keptPipe.step) {
      const loss = line.value;
      if (line.seek(ITER_TIME) && line.number()) {
        state.keptPipe = { ...NOTHING_KEPT, step, rank: 0 };
        state.lastStep = step;
        state.trained = true;
        sink.point(sink.series('loss', 'train_loss'), step, loss);
        sink.point(sink.series('iter time (s)', 'iteration_time'), step, line.value);
        if (line.seek(SAMPLES) && line.number()) {
          sink.point(sink.series('samples/sec', 'samples_per_second'), step, line.value);
        }
        return LineMatch.Points;
      }
    }
  }
  line.pos = start;
  return LineMatch.None;
}

/** `999:print]   gradient_accumulation_steps .. 2`: one setting of the engine per line. */
function matchConfig(line: Scanner, file: LineFile<State>): LineMatch {
  const setting = /^\d+:print\]\s+(\w+) \.*\s*(.*)$/.exec(line.text());
  if (setting === null) return LineMatch.None;
  const key = setting[1]!;
  const text = setting[2]!;
  const value = literal(text);
  const { state, sink } = file;
  sink.config(key, value);
  if (key === 'gradient_accumulation_steps') accumulate(file, value);
  if (key === 'optimizer_params') stateRate(sink, /'lr': ([-+.\de]+)/.exec(text)?.[1], key);
  if (key === 'scheduler_params') {
    stateRate(sink, /'warmup_max_lr': ([-+.\de]+)/.exec(text)?.[1], key);
    const warmup = Number(/'warmup_num_steps': (\d+)/.exec(text)?.[1] ?? Number.NaN);
    const total = Number(/'total_num_steps': (\d+)/.exec(text)?.[1] ?? Number.NaN);
    const where = `${key} in the printed configuration`;
    if (warmup >= 0) sink.plan({ warmupSteps: warmup }, where);
    if (total > 0) sink.plan({ totalSteps: total }, where);
  }
  if (key === 'scheduler_name') stateFamily(sink, text, key);
  return state.trained ? LineMatch.Common : LineMatch.Fact;
}

function stateRate(sink: RecordSink, text: string | undefined, key: string): void {
  const peakLr = Number(text ?? Number.NaN);
  if (peakLr > 0) sink.plan({ peakLr }, `${key} in the printed configuration`);
}

/** Source: deepspeedai/DeepSpeed deepspeed/runtime/lr_schedules.py; transformers get_scheduler. */
function stateFamily(sink: RecordSink, name: string, key: string): void {
  const where = `${key} in the log`;
  if (name === 'WarmupDecayLR' || name === 'linear') sink.plan({ family: 'linear' }, where);
  if (name === 'WarmupCosineLR' || name === 'cosine') sink.plan({ family: 'cosine' }, where);
  if (name === 'WarmupLR' || name === 'constant' || name === 'constant_with_warmup') {
    sink.plan({ family: 'constant' }, where);
  }
}

function accumulate({ state, sink }: LineFile<State>, value: ConfigValue): void {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) return;
  state.accumulation = value;
  if (state.stated > 0) statePlan(state, sink);
}

/** `  Total optimization steps = 1048` of a script that leaves the accumulation to the engine. */
function matchTotal(line: Scanner, { state, sink }: LineFile<State>): LineMatch {
  if (!line.literal(TOTAL) || !line.grouped() || line.value <= 0) return LineMatch.None;
  state.stated = line.value;
  statePlan(state, sink);
  return LineMatch.Common;
}

function statePlan(state: State, sink: RecordSink): void {
  const total = Math.floor(state.stated / state.accumulation);
  if (total > 0) sink.plan({ totalSteps: total }, 'total optimization steps in the log');
}

/** `cmd = deepspeed main.py --learning_rate 9.65e-6 --num_train_epochs 16 …`. */
function matchCommand(line: Scanner, file: LineFile<State>): LineMatch {
  const { sink } = file;
  readFlags(line.text(), (key, value) => {
    sink.config(key, value);
    if (key === 'gradient_accumulation_steps') accumulate(file, value);
    if (key === 'lr_scheduler_type') stateFamily(sink, String(value), key);
    if (typeof value !== 'number') return;
    if (key === 'learning_rate' || key === 'actor_learning_rate') sink.plan({ peakLr: value }, `${key} in the command`);
    if (key === 'num_warmup_steps') sink.plan({ warmupSteps: value }, `${key} in the command`);
  });
  return LineMatch.Common;
}

function finish({ state, sink }: LineFile<State>): LineMatch {
  if (!state.trained && !state.reinforced) return LineMatch.None;
  if (!state.finished) sink.status({ kind: 'finished' });
  state.finished = true;
  return LineMatch.Common;
}
