import { canonicalSeries } from './keys';
import { type Detectron2ConfigState, matchDetectron2Config } from './text/detectron2Config';
import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { emitRecord } from './text/lineRecord';
import { ascii, isDigit, type Scanner } from './text/scanner';

const ITER = ascii('iter: ');
const ETA = ascii('eta: ');
const INFO = ascii(' INFO: ');
const STARTING = ascii('Starting training from iteration ');
const COPY = ascii('copypaste: ');
const TASK = ascii('Task: ');
/** Longest part of a line before its counter: time, logger, level and the time left. */
const MAX_HEAD = 160;
const BLANK = 0x20;
const COMMA = 0x2c;

/** State of one file. */
interface State extends Detectron2ConfigState {
  readonly fields: FieldReader;
  iteration: number;
  total: number;
  /** Task and names of the evaluation that is being printed. */
  task: string;
  names: readonly string[];
}

/** Detectron2's log, and that of maskrcnn-benchmark before it. */
export const detectron2 = lineFormat<State>({
  id: 'detectron2',
  title: 'Detectron2 log',
  source: {
    authors: 'Facebook AI Research',
    year: 2019,
    title: 'Detectron2',
    id: 'facebookresearch/detectron2',
    where: 'detectron2/utils/events.py, CommonMetricPrinter; evaluation/testing.py',
  },
  begin: () => ({
    fields: new FieldReader(fieldRule, ' '),
    iteration: -1,
    total: 0,
    plan: {},
    config: null,
    task: '',
    names: [],
  }),
  match: (line, file) => {
    const start = line.pos;
    const { state } = file;
    const record = matchRecord(line, file);
    if (record !== LineMatch.None) return record;
    line.pos = start;
    if (line.next === 0x5b) skipHead(line);
    const message = line.pos;
    if (state.config !== null || line.next === 0x52) {
      const match = matchDetectron2Config(line, file);
      if (match !== LineMatch.None) return match;
      line.pos = message;
    }
    line.blanks();
    if (line.next === 0x53) return matchStart(line, file);
    return line.next === 0x63 ? matchCopy(line, file) : LineMatch.None;
  },
});

/** Skips `[09/29 14:13:54] detectron2 INFO: `, if there. */
function skipHead(line: Scanner): void {
  const { end, pos } = line;
  line.end = Math.min(end, pos + MAX_HEAD);
  if (!line.seek(INFO)) line.pos = pos;
  line.end = end;
}

/** `[09/29 15:06:24] d2.utils.events INFO:  eta: 18:30:56  iter: 19  total_loss: 2.262  …  lr: 0.00039962  max_mem: 1475M`. */
function matchRecord(line: Scanner, file: LineFile<State>): LineMatch {
  const { state } = file;
  const { end, pos, bytes } = line;
  line.end = Math.min(end, pos + MAX_HEAD);
  const found = line.seek(ITER);
  line.end = end;
  if (!found) return LineMatch.None;
  const counter = line.pos;
  const before = counter - ITER.length;
  // Two blanks end each field; a logger ends its prefix with a colon and blanks.
  const alone = before === pos;
  const parted =
    before >= pos + 2 && bytes[before - 1] === BLANK && (bytes[before - 2] === BLANK || bytes[before - 2] === 0x3a);
  if ((!alone && !parted) || !line.integer() || (line.next !== BLANK && !line.atEnd)) return LineMatch.None;
  const iteration = line.value;
  const stepAt = line.integerAt;
  if (state.fields.read(line) === 0 || !state.fields.hasLoss) return LineMatch.None;
  // Without a time left or a rate of its own any script may have printed it.
  line.pos = pos;
  line.end = before;
  const hasEta = line.seek(ETA);
  line.end = end;
  line.pos = end;
  if (!hasEta && state.fields.find('lr') < 0 && state.fields.find('time') < 0) return LineMatch.None;
  state.iteration = iteration;
  emitRecord(file, state.fields, iteration, stepAt);
  return LineMatch.Points;
}

function fieldRule(key: string): FieldRule | undefined {
  switch (key) {
    case 'total_loss':
    case 'loss':
      return { name: 'train_loss' };
    case 'time':
      return { name: 'iteration_time' };
    case 'max_mem':
    case 'mem':
      return { name: 'memory', label: 'max_mem (MB)', scale: 1 };
    default:
      break;
  }
  // Losses of heads: parts of the total.
  return /loss/.test(key) && canonicalSeries(key).name.startsWith('train_loss') ? { name: key } : undefined;
}

/** `Starting training from iteration 5000`, also `Start training` of maskrcnn-benchmark. */
function matchStart(line: Scanner, { state, sink }: LineFile<State>): LineMatch {
  if (!line.literal(STARTING) || !line.integer()) return LineMatch.None;
  const { value } = line;
  state.iteration = value - 1;
  sink.status(value > 0 ? { kind: 'resumed', step: value } : { kind: 'started' });
  return LineMatch.Fact;
}

/** `copypaste: Task: bbox`, `copypaste: AP,AP50,AP75`, `copypaste: 39.1,59.4,42.0`: one evaluation. */
function matchCopy(line: Scanner, { state, sink }: LineFile<State>): LineMatch {
  if (!line.literal(COPY)) return LineMatch.None;
  if (line.literal(TASK)) {
    state.task = line.text();
    state.names = [];
    return LineMatch.Fact;
  }
  const first = line.next;
  if (!isDigit(first) && first !== 0x6e && first !== 0x2d) {
    state.names = line.text().split(',').slice(0, 64);
    return LineMatch.Fact;
  }
  const step = Math.max(0, state.iteration);
  for (const name of state.names) {
    if (!line.number()) break;
    sink.point(sink.series(`${state.task}/${name}`, `val/${state.task}/${name}`), step, line.value);
    if (!line.byte(COMMA)) break;
  }
  return LineMatch.Fact;
}
