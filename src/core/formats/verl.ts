import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { emitRecord } from './text/lineRecord';
import { NESTED_START, type NestedState, readNested } from './text/nested';
import { readBar } from './text/progressBar';
import { PythonScanner } from './text/python';
import { ascii, type Scanner } from './text/scanner';

const STEP = ascii('step:');
const SEPARATOR = ascii(' - ');
const GLOBAL_STEP = ascii('Global step ');
const TOTAL = ascii('Total training steps:');
const PROGRESS = ascii('Training Progress:');
const RESUMED = ascii('Setting global step to ');
const FINAL = ascii('Final validation metrics:');
const CONFIG = ascii("{'");
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
/** Bytes before "Global step" that a logger may take. */
const MAX_PREFIX = 160;

interface State {
  readonly fields: FieldReader;
  readonly python: PythonScanner;
  /** Planned steps as given to the sink. */
  total: number;
  dump: NestedState | null;
  training: boolean;
}

/** What verl prints, and OpenRLHF. */
export const verl = lineFormat<State>({
  id: 'verl',
  title: 'verl, OpenRLHF',
  source: {
    authors: 'Sheng et al.',
    year: 2024,
    title: 'verl',
    id: 'volcengine/verl',
    where: 'verl/utils/logger/aggregate_logger.py, concat_dict_to_str; OpenRLHF openrlhf/trainer/ppo_trainer.py',
  },
  begin: () => ({
    fields: new FieldReader(fieldRule, ' '),
    python: new PythonScanner(),
    total: 0,
    dump: null,
    training: false,
  }),
  match: (line, file) => {
    const start = line.pos;
    line.blanks();
    const first = line.next;
    let match = LineMatch.None;
    if (first === 0x73) match = matchStep(line, file);
    else if (first === 0x54) match = matchTotal(line, file);
    else if (first === 0x53 || first === 0x46 || first === 0x22 || first === 0x28) match = matchStatus(line, file);
    if (match === LineMatch.None) {
      line.pos = start;
      match = matchGlobalStep(line, file);
    }
    if (match === LineMatch.None && !file.state.training) {
      line.pos = start;
      match = matchConfig(line, file);
    }
    if (match === LineMatch.None) line.pos = start;
    return match;
  },
});

/** `step:1 - actor/entropy:0.21 - actor/pg_loss:np.float64(0.0058) - actor/lr(1e-4):0.010 - …`. */
function matchStep(line: Scanner, file: LineFile<State>): LineMatch {
  const { state } = file;
  if (!line.literal(STEP) || !line.integer()) return LineMatch.None;
  const step = line.value;
  const stepAt = line.integerAt;
  if (!line.literal(SEPARATOR) || state.fields.read(line) === 0) return LineMatch.None;
  state.training = true;
  emitRecord(file, state.fields, step, stepAt);
  return LineMatch.Points;
}

/** A key may carry the unit of its value: `actor/lr(1e-4):0.010` means 1e-6. */
function fieldRule(key: string): FieldRule | undefined {
  const scaled = /^(.+)\((1e[-+]?\d+|[\d.]+)\)$/.exec(key);
  return scaled === null ? undefined : { label: scaled[1]!, scale: Number(scaled[2]) };
}

/** OpenRLHF's `✨ Global step 3: {'policy_loss': 0.01, 'reward': 0.53, …}`. */
function matchGlobalStep(line: Scanner, { state, sink }: LineFile<State>): LineMatch {
  const { end } = line;
  line.end = Math.min(end, line.pos + MAX_PREFIX);
  const found = line.seek(GLOBAL_STEP);
  line.end = end;
  if (!found || !line.integer()) return LineMatch.None;
  const step = line.value;
  line.blanks();
  while (line.next === OPEN_BRACKET || (!line.atEnd && line.next !== COLON)) line.pos++;
  if (!line.byte(COLON)) return LineMatch.None;
  line.blanks();
  if (!line.byte(OPEN_BRACE)) return LineMatch.None;
  let count = 0;
  for (const [key, value] of state.python.entries(line, COLON)) {
    if (typeof value !== 'number') continue;
    sink.point(sink.series(key), step, value);
    count++;
  }
  if (count === 0) return LineMatch.None;
  state.training = true;
  return LineMatch.Points;
}

/** `Total training steps: 435`, and the bar `Training Progress:   1%|▏ | 3/435 [01:20<…]`. */
function matchTotal(line: Scanner, file: LineFile<State>): LineMatch {
  const start = line.pos;
  if (line.literal(TOTAL)) {
    line.blanks();
    if (!line.integer()) return LineMatch.None;
    stateTotal(file, line.value, 'total training steps in the log');
    return LineMatch.Fact;
  }
  if (!line.literal(PROGRESS)) return LineMatch.None;
  line.pos = start;
  const bar = readBar(line);
  if (bar === undefined) return LineMatch.None;
  stateTotal(file, bar.total, 'the maximum of the progress bar');
  return LineMatch.Common;
}

function stateTotal({ state, sink }: LineFile<State>, total: number, where: string): void {
  if (total === state.total || total <= 0) return;
  state.total = total;
  sink.plan({ totalSteps: total }, where);
}

function matchStatus(line: Scanner, { sink }: LineFile<State>): LineMatch {
  const start = line.pos;
  if (line.literal(RESUMED) && line.integer()) {
    sink.status({ kind: 'resumed', step: line.value });
    return LineMatch.Fact;
  }
  line.pos = start;
  const end = line.end;
  line.end = Math.min(end, start + FINAL.length + 2);
  const isFinal = line.seek(FINAL);
  line.end = end;
  if (!isFinal) return LineMatch.None;
  sink.status({ kind: 'finished' });
  return LineMatch.Fact;
}

/** The configuration, printed by `pprint` over many lines. */
function matchConfig(line: Scanner, { state, sink }: LineFile<State>): LineMatch {
  line.blanks();
  const start = line.pos;
  const isStart = state.dump === null && line.literal(CONFIG);
  line.pos = start;
  if (!isStart && state.dump === null) return LineMatch.None;
  state.dump = readNested(line.text(), state.dump ?? NESTED_START, (key, value) => {
    sink.config(key, value);
    if (/(?:^|actor_rollout_ref\.actor\.)optim\.lr$/.test(key) && typeof value === 'number' && value > 0) {
      sink.plan({ peakLr: value }, `${key} in the printed configuration`);
    }
  });
  return LineMatch.Common;
}
