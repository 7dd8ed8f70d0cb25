import { type LineFile, LineMatch } from './lineFormat';
import type { Literal, PythonScanner } from './python';
import { isNameByte, type Scanner } from './scanner';

const EQUALS = 0x3d;
const OPEN = 0x28;
const CLOSE = 0x29;
const COMMA = 0x2c;
const CONFIG = /^(?:\w+ )?\w*Config\($/;
const MAX_DEPTH = 32;
const MAX_NAME = 96;

/** What the printed configuration says of the plan. */
export interface OlmoPlan {
  readonly peakLr?: number;
  readonly endFraction?: number;
}

/** State of the configuration of one file. */
export interface OlmoConfigState {
  readonly python: PythonScanner;
  plan: OlmoPlan;
  /** Names of the open objects of a printed configuration. */
  config: readonly string[] | null;
}

/** Whether a configuration begins on this line: `TrainConfig(`. Stands where it stood. */
export function beginsOlmoConfig(line: Scanner): boolean {
  return line.bytes[line.end - 1] === OPEN && line.end - line.pos < MAX_NAME && CONFIG.test(line.text());
}

/**
 * One line of the configuration as rich prints a dataclass: `    optimizer=OptimizerConfig(`, `learning_rate=0.0003,`,
 * `),`. Source: allenai/OLMo olmo/config.py; allenai/OLMo-core src/olmo_core/config.py; Textualize/rich pretty.py.
 */
export function matchOlmoConfig(line: Scanner, file: LineFile<OlmoConfigState>): LineMatch {
  const { state } = file;
  const path = state.config!;
  if (line.next === CLOSE) {
    state.config = path.length === 0 ? null : path.slice(0, -1);
    return LineMatch.Fact;
  }
  const start = line.pos;
  if (!line.identifier() || line.next !== EQUALS) {
    line.pos = start;
    // Elements of lists and strings over several lines.
    return LineMatch.None;
  }
  const key = line.text(start, line.pos);
  line.pos++;
  const open = line.bytes[line.end - 1];
  if (open === OPEN || open === 0x5b || open === 0x7b) {
    if (open === OPEN && path.length < MAX_DEPTH) state.config = [...path, `${key}:${nameAt(line)}`];
    return LineMatch.Fact;
  }
  const value = state.python.literal(line);
  if (value !== undefined && (line.atEnd || line.bytes[line.pos] === COMMA)) setting(file, path, key, value);
  return LineMatch.Fact;
}

function nameAt(line: Scanner): string {
  let at = line.pos;
  while (at < line.end && isNameByte(line.bytes[at]!)) at++;
  return line.text(line.pos, at);
}

function setting(
  { state, sink }: LineFile<OlmoConfigState>,
  path: readonly string[],
  key: string,
  value: Literal,
): void {
  const parent = path.at(-1) ?? '';
  const where = `${key} in the printed configuration`;
  sink.config([...path.map((part) => part.replace(/:.*$/, '')), key].join('.'), value);
  const isScheduler = /^scheduler/.test(parent);
  const schedule = isScheduler ? `${parent} ${key === 'name' ? String(value) : ''}` : '';
  if (/cos/i.test(schedule)) sink.plan({ family: 'cosine' }, where);
  else if (/wsd/i.test(schedule)) sink.plan({ family: 'wsd-linear' }, where);
  else if (/linear/i.test(schedule)) sink.plan({ family: 'linear' }, where);
  else if (/invsqrt|inv_sqrt/i.test(schedule)) sink.plan({ family: 'inverse-sqrt' }, where);
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return;
  if (isScheduler && /^(?:t_warmup|warmup|warmup_steps)$/.test(key)) sink.plan({ warmupSteps: value }, where);
  if (isScheduler && key === 'alpha_f') state.plan = { ...state.plan, endFraction: value };
  if (/^optim/.test(parent) && (key === 'learning_rate' || key === 'lr')) {
    state.plan = { ...state.plan, peakLr: value };
    sink.plan({ peakLr: value }, where);
  }
  const { peakLr, endFraction } = state.plan;
  if (peakLr !== undefined && endFraction !== undefined) sink.plan({ finalLr: peakLr * endFraction }, where);
}
