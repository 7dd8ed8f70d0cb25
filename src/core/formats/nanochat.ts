import type { RecordSink } from './format';
import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { emitRecord } from './text/lineRecord';
import { literal } from './text/nested';
import { ascii, type Scanner } from './text/scanner';

const STEP = ascii('step ');
const STEP_CAPITAL = ascii('Step ');
const ITERATIONS = ascii('number of iterations');
const RESUMING = ascii('Resuming optimization from step ');
const VAL_BPB = ascii('val_bpb:');
const DONE = [ascii('Peak memory usage:'), ascii('Total training time:')];
const FAIL = ascii('FAIL');
/** First fields of the lines with a capital: those of other programs look alike. */
const CAPITAL_FIELDS = /^(?:validation (?:bpb|loss)|(?:chat)?core metric|training loss|average reward|pass@\d+)$/i;
const SETTING = /^(?:Overriding: )?([a-z]\w*)\s*[:=]\s+(\S+)(?: \(.*\))?$/;
const MAX_SETTING = 200;

const SLASH = 0x2f;
const BAR = 0x7c;
const OPEN = 0x28;
const CLOSE = 0x29;
const COLON = 0x3a;

interface State {
  readonly fields: FieldReader;
  /** Planned steps as given to the sink, and as the line at hand has them. */
  total: number;
  counted: number;
  /** Where the step of the line at hand stands, and the share of the run, 0 without one. */
  stepAt: number;
  ignoredAt: number;
  lastStep: number;
  finished: boolean;
}

/** What nanochat's training scripts print, and the scripts under a budget of time that grew from them. */
export const nanochat = lineFormat<State>({
  id: 'nanochat',
  title: 'nanochat',
  source: {
    authors: 'Karpathy',
    year: 2025,
    title: 'nanochat',
    id: 'karpathy/nanochat',
    where: 'scripts/base_train.py, chat_sft.py, chat_rl.py',
  },
  begin: () => ({
    fields: new FieldReader(fieldRule, '|,', true),
    total: 0,
    counted: 0,
    stepAt: 0,
    ignoredAt: 0,
    lastStep: -1,
    finished: false,
  }),
  match: (line, file) => {
    const first = line.next;
    if (first === 0x73 || first === 0x53) {
      const match = matchStep(line, file);
      if (match !== LineMatch.None) return match;
    }
    return matchFact(line, file);
  },
});

/** `step 00001/16704 (0.01%) | loss: 10.757717 | lrm: 1.00 | …`, `Step 00250 | Validation bpb: 1.05`. */
function matchStep(line: Scanner, file: LineFile<State>): LineMatch {
  const start = line.pos;
  const { state, sink } = file;
  const step = readStep(line, state);
  if (step < 0) {
    line.pos = start;
    return LineMatch.None;
  }
  state.lastStep = step;
  state.finished = false;
  if (state.counted !== state.total && state.counted > 0) stateTotal(state, sink, 'the counter of the step lines');
  const record = emitRecord(file, state.fields, step, state.stepAt);
  if (state.ignoredAt > 0) record.number(state.ignoredAt);
  return LineMatch.Points;
}

/** The step of a record, else -1; sets `counted`, 0 when the line has no total. */
function readStep(line: Scanner, state: State): number {
  const small = line.literal(STEP);
  if ((!small && !line.literal(STEP_CAPITAL)) || !line.integer()) return -1;
  const step = line.value;
  const stepAt = line.integerAt;
  const { fields } = state;
  state.counted = 0;
  if (line.byte(SLASH)) {
    if (!line.integer()) return -1;
    state.counted = line.value;
  }
  line.blanks();
  const marked = line.byte(OPEN);
  const ignoredAt = line.pos;
  if (marked) {
    while (!line.atEnd && line.next !== CLOSE) line.pos++;
    if (!line.byte(CLOSE)) return -1;
    line.blanks();
  }
  if (!line.byte(BAR) || fields.read(line) === 0) return -1;
  state.stepAt = stepAt;
  state.ignoredAt = marked ? ignoredAt : 0;
  if (marked ? !fields.hasLoss : small || !CAPITAL_FIELDS.test(fields.label(0))) return -1;
  return step;
}

function fieldRule(key: string, unit: string): FieldRule | undefined {
  switch (key.toLowerCase()) {
    // The rate itself is never printed: its shape is what a forecast needs.
    case 'lrm':
      return { name: 'learning_rate' };
    case 'loss':
    case 'training loss':
      return { name: 'train_loss' };
    case 'total time':
      return { name: 'train_time', scale: unit === 'm' ? 60 : 1 };
    case 'bf16_mfu':
      return { name: 'mfu' };
    case 'eta':
    case 'remaining':
      return { skip: true };
    default:
      return undefined;
  }
}

function stateTotal(state: State, sink: RecordSink, where: string): void {
  state.total = state.counted;
  sink.plan({ totalSteps: state.total }, where);
}

function matchFact(line: Scanner, file: LineFile<State>): LineMatch {
  const { state, sink } = file;
  const start = line.pos;
  if (state.lastStep >= 0) return matchEnd(line, file);
  if (line.end - start > MAX_SETTING) return LineMatch.None;
  if (line.literal(RESUMING) && line.integer()) {
    sink.status({ kind: 'resumed', step: line.value });
    return LineMatch.Fact;
  }
  line.pos = start;
  if (line.seek(ITERATIONS)) {
    while (!line.atEnd && line.next !== COLON) line.pos++;
    line.byte(COLON);
    line.blanks();
    const found = line.grouped() && Number.isInteger(line.value) && line.value > 0;
    if (found) {
      state.counted = line.value;
      stateTotal(state, sink, 'the number of iterations in the header');
    }
    line.pos = start;
    return found ? LineMatch.Fact : LineMatch.None;
  }
  line.pos = start;
  if (line.next < 0x4f || line.next > 0x7a) return LineMatch.None;
  const setting = SETTING.exec(line.text());
  if (setting === null) return LineMatch.None;
  sink.config(setting[1]!, literal(setting[2]!.replace(/(\d),(?=\d{3})/g, '$1')));
  return LineMatch.Common;
}

/** The summary after training: its `val_bpb:          0.997900` belongs to the last step. */
function matchEnd(line: Scanner, { state, sink }: LineFile<State>): LineMatch {
  if (line.next === 0x76 && line.literal(VAL_BPB)) {
    line.blanks();
    if (!line.number()) return LineMatch.None;
    const { value } = line;
    line.blanks();
    if (!line.atEnd) return LineMatch.None;
    sink.point(sink.series('val_bpb'), state.lastStep, value);
    finish(state, sink);
    return LineMatch.Fact;
  }
  if (DONE.some((text) => line.literal(text))) {
    finish(state, sink);
    return LineMatch.Fact;
  }
  if (line.next !== 0x46 || !line.literal(FAIL) || !line.atEnd) return LineMatch.None;
  sink.status({ kind: 'failed', reason: 'The loss exploded or is not a number.' });
  return LineMatch.Fact;
}

function finish(state: State, sink: RecordSink): void {
  if (!state.finished) sink.status({ kind: 'finished' });
  state.finished = true;
}
