import type { ConfigValue, ScheduleFamily } from '../../model';
import type { BarLine } from './barLine';
import type { FieldReader } from './fields';
import { type LineFile, LineMatch } from './lineFormat';
import { readYaml, YAML_START, type YamlState } from './nested';
import { ascii, type Scanner } from './scanner';

const NEMO = ascii('[NeMo ');
const CONFIGURATION = ascii(' Experiment configuration ');
const STOPPED = ascii('`Trainer.fit` stopped: `max_');
const RESTORED = ascii('Restored all states from the checkpoint');
const STAR = 0x2a;
const SQUARE = 0x5b;

/** Settings of which a plan is made. */
export interface NemoSettings {
  readonly maxSteps?: number;
  readonly peakLr?: number;
  readonly finalLr?: number;
  readonly warmupSteps?: number;
  readonly constantSteps?: number;
  readonly schedule?: string;
}

/** State of one file. */
export interface NemoState {
  readonly bar: BarLine;
  readonly postfix: FieldReader;
  readonly fields: FieldReader;
  /** Values last seen of what the bar repeats. */
  repeated: Readonly<Record<string, number>>;
  step: number;
  counter: number;
  /** Whether the bar is drawn more than once with one counter. */
  redraws: boolean;
  /** A step that is known, and the counter at it. */
  anchor: { readonly step: number; readonly counter: number } | null;
  /** Numbers of the record kept last, where they tell whether the next one is new. */
  last: readonly number[] | undefined;
  told: boolean;
  /** Whether the bar shows a training loss by its own name. */
  named: boolean;
  total: number;
  settings: NemoSettings;
  /** Where the printed configuration is being read. */
  config: YamlState | null;
}

const FAMILIES: Readonly<Record<string, ScheduleFamily>> = {
  CosineAnnealing: 'cosine',
  WarmupAnnealing: 'linear',
  PolynomialDecayAnnealing: 'polynomial',
  PolynomialHoldDecayAnnealing: 'polynomial',
  InverseSquareRootAnnealing: 'inverse-sqrt',
  NoamAnnealing: 'inverse-sqrt',
  T5InverseSquareRootAnnealing: 'inverse-sqrt',
  WarmupPolicy: 'constant',
  WarmupHoldPolicy: 'constant',
};

/** The printed experiment configuration, and how the training ended. Source: NVIDIA/NeMo nemo/utils/exp_manager.py. */
export function matchNemoFact(line: Scanner, file: LineFile<NemoState>): LineMatch {
  const { state, sink } = file;
  const start = line.pos;
  line.blanks();
  const first = line.pos;
  if (line.next === STAR && line.seek(CONFIGURATION)) {
    state.config = YAML_START;
    return LineMatch.Fact;
  }
  line.pos = first;
  if (line.next === 0x60 && line.literal(STOPPED)) {
    sink.status({ kind: 'finished' });
    return LineMatch.Fact;
  }
  line.pos = first;
  if (line.next === 0x52 && line.literal(RESTORED)) {
    state.step = -1;
    return LineMatch.Fact;
  }
  line.pos = first;
  if (state.config === null) {
    line.pos = start;
    return LineMatch.None;
  }
  if (line.next === SQUARE) {
    // The header of the logger stands between the title and the configuration, and after it.
    if (line.literal(NEMO) && state.config.lines > 0) statePlan(file);
    line.pos = start;
    return LineMatch.None;
  }
  const next = readYaml(`${' '.repeat(first - start)}${line.text()}`, state.config, (key, value) =>
    setting(file, key, value),
  );
  if (next === null) {
    line.pos = start;
    return LineMatch.None;
  }
  state.config = next;
  return LineMatch.Fact;
}

function setting({ state, sink }: LineFile<NemoState>, key: string, value: ConfigValue): void {
  sink.config(key, value);
  const name = key.replace(/^(?:cfg|config)\./, '');
  if (name === 'model.optim.sched.name' && typeof value === 'string') {
    state.settings = { ...state.settings, schedule: value };
  }
  if (typeof value !== 'number' || value < 0) return;
  const changed = changedSetting(name, value);
  if (changed !== undefined) state.settings = { ...state.settings, ...changed };
}

function changedSetting(name: string, value: number): NemoSettings | undefined {
  if (name === 'trainer.max_steps' && value > 0) return { maxSteps: value };
  if (name === 'model.optim.lr') return { peakLr: value };
  if (name === 'model.optim.sched.min_lr') return { finalLr: value };
  if (name === 'model.optim.sched.warmup_steps') return { warmupSteps: value };
  return name === 'model.optim.sched.constant_steps' ? { constantSteps: value } : undefined;
}

/** Gives the plan that the configuration holds and ends its reading. */
export function statePlan({ state, sink }: LineFile<NemoState>): void {
  state.config = null;
  const { maxSteps, peakLr, finalLr, warmupSteps, constantSteps = 0, schedule } = state.settings;
  const where = 'the printed experiment configuration';
  if (maxSteps !== undefined) sink.plan({ totalSteps: maxSteps }, where);
  if (peakLr !== undefined) sink.plan({ peakLr }, where);
  const family = schedule === undefined ? undefined : FAMILIES[schedule];
  if (family === undefined) return;
  sink.plan({ family }, where);
  if (warmupSteps !== undefined) sink.plan({ warmupSteps }, where);
  if (family === 'constant' || family === 'inverse-sqrt') return;
  if (finalLr !== undefined) sink.plan({ finalLr }, where);
  if (maxSteps !== undefined && warmupSteps !== undefined && maxSteps > warmupSteps + constantSteps) {
    sink.plan({ decayStart: warmupSteps, decaySteps: maxSteps - warmupSteps - constantSteps }, where);
  }
}
