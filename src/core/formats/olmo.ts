import { canonicalSeries } from './keys';
import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { beginsOlmoConfig, matchOlmoConfig, type OlmoConfigState } from './text/olmoConfig';
import { PythonScanner } from './text/python';
import { ascii, type Scanner } from './text/scanner';

const STEP = ascii('[step=');
const UNKNOWN = ascii('???');
const FINISHED_EVAL = ascii(' evals in ');
const METRICS = ascii('Metrics:');
const FINISHED = ascii('Finished ');
const COMPLETE = [ascii('Training loop complete'), ascii('Training complete')];
const RESUME = ascii('resume training from step ');
const TRAINING_FOR = ascii('Training for ');
const STEPS = ascii(' steps');
/** Longest prefix that loggers put before a head. */
const MAX_HEAD = 320;
const MAX_EVALUATORS = 64;
const SLASH = 0x2f;
const COMMA = 0x2c;
const CLOSE = 0x5d;
const COLON = 0x3a;
const BLANK = 0x20;
const TAB = 0x09;
const METRIC = /^[\w.-]+(?:\/[\w.()%* -]+)+$/;

/** State of one file. */
interface State extends OlmoConfigState {
  readonly train: FieldReader;
  readonly evaluators: Map<string, FieldReader>;
  step: number;
  /** What the metrics that follow belong to; `skip` after a head that another process printed too. */
  block: 'none' | 'train' | 'eval' | 'skip';
  evaluator: string;
  /** Evaluator and step of the last evaluation. */
  evaluation: string;
  total: number;
}

/** What OLMo and OLMo-core log: a head, then one indented metric per line. */
export const olmo = lineFormat<State>({
  id: 'olmo',
  title: 'OLMo, OLMo-core',
  source: {
    authors: 'Ai2',
    year: 2024,
    title: 'OLMo-core',
    id: 'allenai/OLMo-core',
    where: 'src/olmo_core/train/callbacks/console_logger.py, evaluator_callback.py; allenai/OLMo olmo/train.py',
  },
  begin: () => ({
    train: new FieldReader(olmoRule, '', true),
    evaluators: new Map(),
    python: new PythonScanner(),
    step: -1,
    block: 'none',
    evaluator: '',
    evaluation: '',
    total: 0,
    plan: {},
    config: null,
  }),
  match: (line, file) => {
    const { state } = file;
    const start = line.pos;
    const first = line.next;
    if (first === BLANK || first === TAB) {
      line.blanks();
      if (state.block !== 'none' && line.next !== 0x5b) return matchMetric(line, file, false);
    }
    if (state.config !== null) {
      const match = matchOlmoConfig(line, file);
      if (match !== LineMatch.None) return match;
    }
    const match = matchHead(line, file);
    if (match !== LineMatch.None) return match;
    line.pos = start;
    if (state.block !== 'none' && first > COLON && matchMetric(line, file, true) !== LineMatch.None)
      return LineMatch.Points;
    line.pos = start;
    return matchFact(line, file);
  },
});

function olmoRule(): FieldRule | undefined {
  return undefined;
}

/** Reader of the metrics of one evaluator: their names do not say that they are evaluated. */
function evaluatorFields({ evaluators, evaluator }: State): FieldReader {
  const known = evaluators.get(evaluator);
  if (known !== undefined) return known;
  const fields = new FieldReader(
    (key) => ({ label: `eval/${evaluator}/${key}`, name: canonicalSeries(`eval/${key}`).name }),
    '',
    true,
  );
  if (evaluators.size < MAX_EVALUATORS) evaluators.set(evaluator, fields);
  return fields;
}

/** `    train/CE loss=2.345`. `strict` where its indentation was lost to a prefix: the name must look like a metric. */
function matchMetric(line: Scanner, file: LineFile<State>, strict: boolean): LineMatch {
  const { state, sink, record } = file;
  const fields = state.block === 'eval' ? evaluatorFields(state) : state.train;
  if (fields.readOn(line) !== 1 || fields.rejected > 0) return LineMatch.None;
  if (strict && !METRIC.test(fields.label(0))) return LineMatch.None;
  if (state.block === 'skip' || state.step < 0) return LineMatch.Common;
  fields.emit(sink, state.step);
  record.claim(state.step).fields(fields);
  return LineMatch.Points;
}

/** `… [step=100/2000,epoch=1,eta=5h11m]`, `[step=1/739328]`, `[step=5/???,epoch=1]`. */
function matchHead(line: Scanner, file: LineFile<State>): LineMatch {
  const { state, sink, record } = file;
  const { end } = line;
  line.end = Math.min(end, line.pos + MAX_HEAD);
  const found = line.seek(STEP);
  line.end = end;
  if (!found || !line.grouped()) return LineMatch.None;
  const step = line.value;
  const stepAt = line.numberAt;
  if (!line.byte(SLASH)) return LineMatch.None;
  let total = 0;
  if (line.grouped()) total = line.value;
  else if (!line.literal(UNKNOWN)) return LineMatch.None;
  if (line.next !== COMMA && line.next !== CLOSE) return LineMatch.None;
  if (total > 0 && total !== state.total) {
    state.total = total;
    sink.plan({ totalSteps: total }, 'the counter of the records');
  }
  state.block = step === state.step ? 'skip' : 'train';
  state.step = step;
  record.claim(step, stepAt).anyStep(true).digits(line.pos, end);
  return LineMatch.Fact;
}

/** Heads of evaluations, the configuration, and the course of the run. */
function matchFact(line: Scanner, file: LineFile<State>): LineMatch {
  const { state, sink } = file;
  const start = line.pos;
  const first = line.next;
  if (first === 0x46 && line.literal(FINISHED) && line.seek(FINISHED_EVAL)) {
    const name = line.text(start + FINISHED.length, line.pos - FINISHED_EVAL.length);
    if (!line.seek(METRICS)) return LineMatch.None;
    // Each process reports the evaluation.
    const evaluation = `${name}@${state.step}`;
    state.block = state.evaluation === evaluation ? 'skip' : 'eval';
    state.evaluation = evaluation;
    state.evaluator = name;
    return LineMatch.Fact;
  }
  line.pos = start;
  if (first === 0x54) {
    const match = matchTraining(line, file);
    if (match !== LineMatch.None) return match;
  }
  if (first === 0x57 && line.seek(RESUME)) {
    if (line.grouped() && line.value > 0) sink.status({ kind: 'resumed', step: line.value });
    return LineMatch.Fact;
  }
  line.pos = start;
  if (beginsOlmoConfig(line)) {
    state.config = [];
    state.block = 'none';
    return LineMatch.Fact;
  }
  line.pos = start;
  return LineMatch.None;
}

/** `Training for 2,000 steps`, `Training complete`. */
function matchTraining(line: Scanner, { state, sink }: LineFile<State>): LineMatch {
  const start = line.pos;
  if (state.step >= 0 && COMPLETE.some((text) => line.literal(text))) {
    sink.status({ kind: 'finished' });
    return LineMatch.Fact;
  }
  if (line.literal(TRAINING_FOR) && line.grouped() && line.value > 0) {
    const total = line.value;
    if (line.literal(STEPS)) {
      sink.plan({ totalSteps: total }, 'the length of the training in the log');
      return LineMatch.Fact;
    }
  }
  line.pos = start;
  return LineMatch.None;
}
