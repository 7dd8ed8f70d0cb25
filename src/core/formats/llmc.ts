import type { ScheduleFamily } from '../model';
import { reportCut } from './text/cutLine';
import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { emitRecord } from './text/lineRecord';
import { literal } from './text/nested';
import { ascii, type Scanner } from './text/scanner';

const STEP = ascii('step ');
const VAL_LOSS = ascii('val loss ');
const VALIDATION_LOSS = ascii('validation loss:');
const HELLASWAG = ascii('HellaSwag');
const COLON_LITERAL = ascii(':');
const AVERAGE_TIME = ascii('total average iteration time:');
const CUDA_ERROR = ascii('[CUDA ERROR]');
/** What the lines with a colon after the counter end with, unlike nanoGPT's. */
const TIMES = [ascii('tok/s'), ascii('(took ')];
const MAX_REASON = 200;

const SLASH = 0x2f;
const BAR = 0x7c;
const COLON = 0x3a;
const EQUALS = 0x3d;

const FAMILIES: Readonly<Record<string, ScheduleFamily>> = {
  cosine: 'cosine',
  linear: 'linear',
  constant: 'constant',
  wsd: 'wsd-sqrt',
};
/** Share of the steps before llm.c's "wsd" falls. Source: karpathy/llm.c llmc/schedulers.h. */
const WSD_START = 0.8;

const OWN_KEYS = new Set([
  'train_num_batches',
  'learning rate (LR)',
  'LR scheduler',
  'warmup iterations',
  'final LR fraction',
  'checkpoint_every',
  'total batch size B',
]);

type Table = Readonly<Record<string, string>>;

interface State {
  readonly fields: FieldReader;
  table: Table;
  lastStep: number;
  /** Planned steps as given to the sink, and as the line at hand has them. */
  total: number;
  counted: number;
  /** Where the step of the line at hand stands. */
  stepAt: number;
}

/** What llm.c prints, and build-nanogpt. */
export const llmc = lineFormat<State>({
  id: 'llmc',
  title: 'llm.c console',
  source: { authors: 'Karpathy', year: 2024, title: 'llm.c', id: 'karpathy/llm.c', where: 'train_gpt2.cu, main' },
  begin: () => ({
    fields: new FieldReader(fieldRule, '|', true),
    table: {},
    lastStep: -1,
    total: 0,
    counted: 0,
    stepAt: 0,
  }),
  match: (line, file) => {
    switch (line.next) {
      case 0x73:
        return matchStep(line, file);
      case 0x76:
      case 0x48:
        return matchEvaluation(line, file);
      case BAR:
        return matchTable(line, file);
      default:
        return matchEnd(line, file);
    }
  },
});

/** `step    1/19560 | loss 11.010252 (+nanz)| norm 15.1374 (+nanz)| lr 8.57e-07 | 4621.47 ms | 29.2% bf16 MFU | …`. */
function matchStep(line: Scanner, file: LineFile<State>): LineMatch {
  const start = line.pos;
  const { state, sink } = file;
  const step = readStep(line, state);
  const isBarred = line.bytes[line.pos - 1] === BAR;
  const { fields } = state;
  if (step < 0 || fields.read(line) === 0 || !fields.hasLoss || (isBarred && !isOwn(fields, state))) {
    line.pos = start;
    return LineMatch.None;
  }
  if (state.lastStep < 0 && step > 1) sink.status({ kind: 'resumed', step: step - 1 });
  state.lastStep = step;
  if (state.counted > 0 && state.counted !== state.total) {
    state.total = state.counted;
    sink.plan({ totalSteps: state.total }, 'the counter of the step lines');
  }
  emitRecord(file, fields, step, state.stepAt);
  if (fields.rejected > 0 && isBarred) {
    file.record.reset();
    reportCut(line, file, start, `Step ${step}`);
  }
  return LineMatch.Points;
}

/** Any script may print `step 5 | loss 2.3 | norm 0.9`; llm.c and build-nanogpt have two of a norm, a total and a time. */
function isOwn(fields: FieldReader, { counted }: State): boolean {
  const hasTime = ['ms', 'dt', 'time'].some((label) => fields.find(label) >= 0);
  return [hasTime, fields.find('norm') >= 0, counted > 0].filter(Boolean).length >= 2;
}

function readStep(line: Scanner, state: State): number {
  if (!line.literal(STEP)) return -1;
  line.blanks();
  if (!line.integer()) return -1;
  const step = line.value;
  state.stepAt = line.integerAt;
  state.counted = 0;
  if (line.byte(SLASH)) {
    line.blanks();
    if (!line.integer()) return -1;
    state.counted = line.value;
  }
  if (line.byte(COLON)) return isOldForm(line) ? step : -1;
  line.blanks();
  return line.byte(BAR) ? step : -1;
}

/** `step    1/40: train loss 4.316 (acc 4.28) (12.3 ms, 1234 tok/s)`, `step 0: train loss 5.356 (took 1452.121 ms)`. */
function isOldForm(line: Scanner): boolean {
  const { pos } = line;
  const found = TIMES.some((text) => {
    line.pos = pos;
    return line.seek(text);
  });
  line.pos = pos;
  return found;
}

function fieldRule(key: string, unit: string): FieldRule | undefined {
  if (key !== '') return key.toLowerCase() === 'train loss' ? { label: 'loss', name: 'train_loss' } : undefined;
  if (unit === 'ms') return { label: 'ms', name: 'iteration_time', scale: 0.001 };
  if (/^tok\/s\)?$/.test(unit)) return { label: 'tok/s', name: 'throughput', scale: 1 };
  // -100 % stands for a device whose peak is not known.
  return /MFU$/.test(unit) ? { label: 'MFU', name: 'mfu', scale: 1, least: 0 } : undefined;
}

/** `val loss 4.723455` and `HellaSwag: 2500/10042 = 0.248954` carry no step: they follow the last one. */
function matchEvaluation(line: Scanner, file: LineFile<State>): LineMatch {
  const start = line.pos;
  const { state, sink } = file;
  const isLoss = line.literal(VAL_LOSS) || line.literal(VALIDATION_LOSS);
  if (isLoss || (line.literal(HELLASWAG) && line.seek(COLON_LITERAL) && seekShare(line))) {
    line.blanks();
    if (line.number()) {
      const { value } = line;
      line.blanks();
      if (line.atEnd) {
        // Scripts that number their steps from 0 print an evaluation before the step of that number.
        const step = state.lastStep < 0 ? 0 : state.lastStep + (state.counted > 0 ? 0 : 1);
        const name = isLoss ? 'val_loss' : 'val_accuracy/hellaswag';
        sink.point(sink.series(isLoss ? 'val loss' : 'HellaSwag', name), step, value);
        return LineMatch.Fact;
      }
    }
  }
  line.pos = start;
  return LineMatch.None;
}

function seekShare(line: Scanner): boolean {
  while (!line.atEnd && line.next !== EQUALS) line.pos++;
  return line.byte(EQUALS);
}

/** `| warmup iterations     | 700      |` of the opening table. */
function matchTable(line: Scanner, file: LineFile<State>): LineMatch {
  const cells = line.text().split('|');
  if (cells.length !== 4 || cells[3] !== '') return LineMatch.None;
  const key = cells[1]!.trim();
  const value = cells[2]!.trim();
  if (key === '' || key === 'Parameter') return LineMatch.None;
  const { state, sink } = file;
  sink.config(key, literal(value));
  state.table = { ...state.table, [key]: value };
  if (key === 'train_num_batches') statePlan(file);
  // Other programs print tables too.
  return OWN_KEYS.has(key) ? LineMatch.Fact : LineMatch.Common;
}

function statePlan({ state, sink }: LineFile<State>): void {
  const number = (key: string): number => Number(state.table[key] ?? Number.NaN);
  const total = number('train_num_batches');
  if (!(Number.isInteger(total) && total > 0)) return;
  const where = (key: string): string => `${key} in the opening table`;
  state.total = total;
  sink.plan({ totalSteps: total }, where('train_num_batches'));
  const peakLr = number('learning rate (LR)');
  const warmup = number('warmup iterations');
  const share = number('final LR fraction');
  const family = FAMILIES[state.table['LR scheduler'] ?? ''];
  if (peakLr > 0) sink.plan({ peakLr }, where('learning rate (LR)'));
  if (warmup >= 0) sink.plan({ warmupSteps: warmup }, where('warmup iterations'));
  if (family === undefined) return;
  sink.plan({ family }, where('LR scheduler'));
  if (family === 'constant') return;
  if (peakLr > 0 && share >= 0) sink.plan({ finalLr: share * peakLr }, where('final LR fraction'));
  const decayStart = family === 'wsd-sqrt' ? Math.floor(WSD_START * total) : warmup;
  if (decayStart >= 0 && decayStart < total) {
    sink.plan({ decayStart, decaySteps: total - decayStart }, where('LR scheduler'));
  }
}

function matchEnd(line: Scanner, { state, sink }: LineFile<State>): LineMatch {
  if (line.next === 0x74 && line.literal(AVERAGE_TIME)) {
    if (state.lastStep >= 0) sink.status({ kind: 'finished' });
    return LineMatch.Common;
  }
  const start = line.pos;
  if (line.next !== 0x5b || !line.literal(CUDA_ERROR)) return LineMatch.None;
  sink.status({ kind: 'failed', reason: line.text(start).slice(0, MAX_REASON) });
  return LineMatch.Common;
}
