import type { RecordSink } from './format';
import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { emitRecord } from './text/lineRecord';
import { literal } from './text/nested';
import { ascii, isNameByte, type Scanner } from './text/scanner';

const STEP = ascii('step:');
const STOPPING = ascii('stopping_early:');
const PEAK_MEMORY = ascii('peak memory ');
const SLASH = 0x2f;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BLANK = 0x20;
const DASH = 0x2d;
const MAX_TAG = 64;
const MAX_SETTING = 4096;

/** Settings in a script's source that make a plan or describe the run. */
const NAMES = `num_iterations iterations num_scheduled_iterations num_extension_iterations warmup_iters warmdown_iters
  cooldown_iters cooldown_frac warmdown_fraction learning_rate batch_size device_batch_size sequence_length train_seq_len
  train_batch_tokens val_seq_len weight_decay val_loss_every seed`;
const SOURCE = new RegExp(String.raw`^(?:self\.)?(${NAMES.split(/\s+/).join('|')})\s*(?::\s*\w+\s*)?=\s*(.+)$`);
/** A line that is nothing but `key:value` and `key=value` words: what newer scripts print of their settings. */
const SETTINGS = /^(?:[A-Za-z_]\w*[:=][^\s:=]+(?:\s+|$))+$/;

type Settings = Readonly<Record<string, number>>;

interface State {
  readonly fields: FieldReader;
  settings: Settings;
  /** After the first record source code is no setting any more. */
  training: boolean;
  /** Planned steps as given to the sink, and as the line at hand has them. */
  total: number;
  counted: number;
  /** Where the step of the line at hand stands. */
  stepAt: number;
  finished: boolean;
}

/** The logs of modded-nanogpt, and of the scripts that grew from it. */
export const moddedNanogpt = lineFormat<State>({
  id: 'moddedNanogpt',
  title: 'modded-nanogpt',
  source: {
    authors: 'Jordan et al.',
    year: 2024,
    title: 'modded-nanogpt',
    id: 'KellerJordan/modded-nanogpt',
    where: 'train_gpt.py, print0',
  },
  begin: () => ({
    fields: new FieldReader(fieldRule, ' '),
    settings: {},
    training: false,
    total: 0,
    counted: 0,
    stepAt: 0,
    finished: false,
  }),
  match: (line, file) => {
    const first = line.next;
    if (first === 0x73) {
      const match = matchStep(line, file);
      if (match !== LineMatch.None) return match;
      if (line.literal(STOPPING)) return finish(file, true);
    } else if (first === 0x70 && line.literal(PEAK_MEMORY)) return finish(file, false);
    return file.state.training ? LineMatch.None : matchSetting(line, file);
  },
});

/** `step:6000/6000 train_loss:3.4305 train_time:2176390ms step_avg:363.34ms`, with a phase in brackets in some forks. */
function matchStep(line: Scanner, file: LineFile<State>): LineMatch {
  const start = line.pos;
  const { state, sink } = file;
  const step = readStep(line, state);
  const { stepAt } = state;
  if (step < 0 || state.fields.read(line) === 0) {
    line.pos = start;
    return LineMatch.None;
  }
  state.training = true;
  state.finished = false;
  if (state.counted !== state.total && state.counted > 0) {
    state.total = state.counted;
    statePlan(state, sink);
  }
  emitRecord(file, state.fields, step, stepAt);
  return LineMatch.Points;
}

/** The step of a line, -1 when it has none; `counted` is then the number after the slash, 0 without one. */
function readStep(line: Scanner, state: State): number {
  if (!line.literal(STEP) || !line.integer()) return -1;
  const step = line.value;
  state.stepAt = line.integerAt;
  state.counted = 0;
  if (line.byte(SLASH)) {
    if (!line.integer()) return -1;
    state.counted = line.value;
  }
  if (!line.byte(BLANK)) return -1;
  line.blanks();
  while (line.next === OPEN) if (!skipTag(line)) return -1;
  // `step:1 - key:value` is another program's.
  return line.next === DASH ? -1 : step;
}

/** `[CE+SWA] `. */
function skipTag(line: Scanner): boolean {
  const last = Math.min(line.end, line.pos + MAX_TAG);
  while (line.pos < last && line.bytes[line.pos] !== CLOSE) line.pos++;
  if (!line.byte(CLOSE)) return false;
  line.blanks();
  return true;
}

function fieldRule(key: string, unit: string): FieldRule | undefined {
  const scale = unit === 'ms' ? 0.001 : 1;
  switch (key) {
    case 'train_time':
    case 't':
      return { label: 'train_time', name: 'train_time', scale };
    case 'avg':
    case 'step_avg':
      return { label: 'step_avg', name: 'iteration_time', scale };
    default:
      return undefined;
  }
}

function finish(file: LineFile<State>, early: boolean): LineMatch {
  const { state, sink } = file;
  if (!state.training) return LineMatch.None;
  if (!state.finished) sink.status({ kind: 'finished' });
  state.finished = true;
  return early ? LineMatch.Fact : LineMatch.Common;
}

/** Settings in the script that is dumped before the first record, and in the lines that newer scripts print of them. */
function matchSetting(line: Scanner, file: LineFile<State>): LineMatch {
  line.blanks();
  if (!isNameByte(line.next) || line.end - line.pos > MAX_SETTING) return LineMatch.None;
  const text = line.text();
  const source = SOURCE.exec(text);
  if (source !== null) {
    const value = sourceNumber(source[2]!);
    if (value === undefined) return LineMatch.None;
    setting(file, source[1]!, value, 'the printed script');
    return LineMatch.Common;
  }
  if (!SETTINGS.test(text)) return LineMatch.None;
  for (const [, key, value] of text.matchAll(/([A-Za-z_]\w*)[:=]([^\s:=]+)/g)) {
    const plain = literal(value!);
    if (typeof plain === 'number') setting(file, key!, plain, 'the printed settings');
    else file.sink.config(key!, plain);
  }
  return LineMatch.Common;
}

/** `6000 # number of iterations`, `8*64`, `int(os.environ.get("ITERATIONS", 20000))`, `_e("ITERATIONS", 2000, int)`. */
function sourceNumber(text: string): number | undefined {
  const code = text.replace(/#.*$/, '').trim().replace(/,$/, '');
  const product = /^[\d_.]+(?:e[-+]?\d+)?(?:\s*\*\s*[\d_.]+)*$/.exec(code);
  if (product !== null) {
    const value = code.split('*').reduce((all, factor) => all * Number(factor.trim().replace(/_/g, '')), 1);
    return Number.isFinite(value) ? value : undefined;
  }
  const fallback = /^\w+\(.*["']\s*,\s*([-\d_.e]+)/.exec(code);
  const value = fallback === null ? Number.NaN : Number(fallback[1]!.replace(/_/g, ''));
  return Number.isFinite(value) ? value : undefined;
}

function setting(file: LineFile<State>, key: string, value: number, where: string): void {
  const { state, sink } = file;
  sink.config(key, value);
  state.settings = { ...state.settings, [key]: value };
  if ((key === 'num_iterations' || key === 'iterations') && Number.isInteger(value) && value > 0) {
    sink.plan({ totalSteps: value }, `${key} in ${where}`);
  }
}

/**
 * The plan once the total is counted: constant, then a linear fall over the last iterations, or over a share of them.
 * Under a limit of time the fall begins by the clock: then only the total is stated, which the run may not reach.
 * Source: KellerJordan/modded-nanogpt train_gpt.py, get_lr; openai/parameter-golf train_gpt.py, lr_mul.
 */
function statePlan(state: State, sink: RecordSink): void {
  const { settings, total } = state;
  sink.plan({ totalSteps: total }, 'the counter of the step lines');
  if ((settings.max_wallclock_seconds ?? 0) > 0) return;
  const { learning_rate: peakLr, warmup_iters: warmup } = settings;
  if (peakLr !== undefined && peakLr > 0) sink.plan({ peakLr }, 'learning_rate in the printed script');
  if (warmup !== undefined) sink.plan({ warmupSteps: warmup }, 'warmup_iters in the printed script');
  const iterations = settings.cooldown_iters ?? settings.warmdown_iters;
  const share = settings.cooldown_frac ?? settings.warmdown_fraction;
  const decaySteps = iterations ?? (share === undefined ? 0 : Math.round(share * total));
  if (decaySteps <= 0 || decaySteps > total) return;
  const where = 'the cooldown or warmdown in the printed script';
  sink.plan({ family: 'wsd-linear', decayStart: total - decaySteps, decaySteps }, where);
  if (iterations !== undefined && peakLr !== undefined) sink.plan({ finalLr: 0 }, where);
}
