import type { ConfigValue } from '../../model';
import { type LineFile, LineMatch } from './lineFormat';
import { readYaml, YAML_START, type YamlState } from './nested';
import { ascii, type Scanner } from './scanner';

const RUNNING = ascii('Running with full config:');
const OLD_RUNNING = ascii('Running with config:');

/** What the printed configuration says of the plan. */
export interface Detectron2Plan {
  readonly maxIter?: number;
  readonly baseLr?: number;
  readonly warmup?: number;
  readonly schedule?: string;
  readonly steps?: readonly number[];
  readonly gamma?: number;
}

/** State of the configuration of one file. */
export interface Detectron2ConfigState {
  plan: Detectron2Plan;
  config: YamlState | null;
}

/** The configuration below `Running with full config:`. Source: facebookresearch/detectron2 engine/defaults.py. */
export function matchDetectron2Config(line: Scanner, file: LineFile<Detectron2ConfigState>): LineMatch {
  const { state } = file;
  if (line.next === 0x52 && (line.literal(RUNNING) || line.literal(OLD_RUNNING))) {
    state.config = YAML_START;
    state.plan = {};
    return LineMatch.Fact;
  }
  if (state.config === null) return LineMatch.None;
  let first = line.pos;
  while (first < line.end && line.bytes[first] === 0x20) first++;
  const text = `${' '.repeat(first - line.pos)}${line.text()}`;
  const next = readYaml(text, state.config, (key, value) => setting(file, key, value));
  state.config = next;
  if (next !== null) return LineMatch.Fact;
  statePlan(file);
  return LineMatch.None;
}

function setting({ state, sink }: LineFile<Detectron2ConfigState>, key: string, value: ConfigValue): void {
  sink.config(key, value);
  if (key === 'SOLVER.LR_SCHEDULER_NAME') state.plan = { ...state.plan, schedule: String(value) };
  if (key === 'SOLVER.STEPS') {
    const steps = String(value).match(/\d+/g)?.map(Number) ?? [];
    state.plan = { ...state.plan, steps };
  }
  if (typeof value !== 'number' || value < 0) return;
  if (key === 'SOLVER.MAX_ITER') state.plan = { ...state.plan, maxIter: value };
  if (key === 'SOLVER.BASE_LR') state.plan = { ...state.plan, baseLr: value };
  if (key === 'SOLVER.WARMUP_ITERS') state.plan = { ...state.plan, warmup: value };
  if (key === 'SOLVER.GAMMA') state.plan = { ...state.plan, gamma: value };
}

/** The rate falls by a factor at each of a few steps, or as a cosine. */
function statePlan({ state, sink }: LineFile<Detectron2ConfigState>): void {
  const { maxIter, baseLr, warmup = 0, schedule = 'WarmupMultiStepLR', steps = [], gamma } = state.plan;
  const where = 'SOLVER in the printed configuration';
  if (maxIter === undefined || maxIter === 0) return;
  sink.plan({ totalSteps: maxIter, warmupSteps: warmup }, where);
  if (baseLr !== undefined) sink.plan({ peakLr: baseLr }, where);
  if (/cosine/i.test(schedule)) {
    sink.plan({ family: 'cosine', decayStart: warmup, decaySteps: Math.max(1, maxIter - warmup) }, where);
  } else if (/step/i.test(schedule)) {
    const used = steps.filter((step) => step < maxIter);
    sink.plan({ family: 'step' }, where);
    if (used.length > 0) sink.plan({ decayStart: used[0]! }, where);
    if (baseLr !== undefined && gamma !== undefined) sink.plan({ finalLr: baseLr * gamma ** used.length }, where);
  }
}
