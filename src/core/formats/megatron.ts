import type { RecordSink } from './format';
import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { emitRecord } from './text/lineRecord';
import { type Arguments, argumentOf, isPlanArgument, planOf } from './text/megatronArguments';
import { ascii, type Scanner } from './text/scanner';

const ITERATION = ascii('iteration ');
const VALIDATION = ascii('validation');
const TEST = ascii('test');
const LOSS_AT = ascii(' loss at ');
const RESULTS_AT = ascii(' results at ');
const END_OF_TRAINING = ascii('the end of training');
const TEST_SET = ascii('test ');
const ARGUMENTS = ascii('- arguments -');
const END_OF_ARGUMENTS = ascii('- end of arguments -');
const DONE = ascii('after training is done');
const LOADED = ascii('successfully loaded checkpoint ');
const AT_ITERATION = ascii(' at iteration ');

const BAR = 0x7c;
const SLASH = 0x2f;
const DASH = 0x2d;
const OPEN = 0x5b;

/** State of one file. */
export interface MegatronState {
  readonly fields: FieldReader;
  readonly validation: Map<string, FieldReader>;
  /** Arguments of the dump being read; a new object for each dump. */
  dump: Arguments;
  inDump: boolean;
  lastIteration: number;
  /** Planned iterations as given to the sink, and as the line at hand has them. */
  total: number;
  counted: number;
  /** Where the iteration of the line at hand stands. */
  iterationAt: number;
}

/** Megatron-LM's console log, and Megatron-DeepSpeed's. */
export const megatron = lineFormat<MegatronState>({
  id: 'megatron',
  title: 'Megatron-LM',
  source: {
    authors: 'NVIDIA',
    year: 2019,
    title: 'Megatron-LM',
    id: 'NVIDIA/Megatron-LM',
    where: 'megatron/training/training.py, training_log and evaluate_and_print_results',
  },
  begin: beginMegatron,
  match: matchMegatron,
});

/** State at the start of a file. */
export function beginMegatron(): MegatronState {
  return {
    fields: new FieldReader(trainRule, '|'),
    validation: new Map(),
    dump: {},
    inDump: false,
    lastIteration: 0,
    total: 0,
    counted: 0,
    iterationAt: 0,
  };
}

/** Reads one line as Megatron-LM prints it; dialects begin with what they changed. */
export function matchMegatron(line: Scanner, file: LineFile<MegatronState>): LineMatch {
  line.blanks();
  switch (line.next) {
    case 0x69:
      return matchIteration(line, file);
    case 0x76:
    case 0x74:
      return matchEvaluation(line, file);
    default:
      return matchFact(line, file);
  }
}

/** ` iteration       10/  171661 | consumed samples: 2560 | … | lm loss: 1.078335E+01 | …`. */
function matchIteration(line: Scanner, file: LineFile<MegatronState>): LineMatch {
  const start = line.pos;
  const { state, sink } = file;
  const iteration = readCounter(line, state);
  if (iteration < 0) {
    line.pos = start;
    return matchFact(line, file);
  }
  if (state.inDump) endDump(state, sink);
  if (state.fields.rejected > 0) reportRest(file, iteration);
  if (state.counted !== state.total && state.counted > 0) {
    state.total = state.counted;
    sink.plan({ totalSteps: state.total }, 'the counter of the iteration lines');
  }
  state.lastIteration = iteration;
  if (state.fields.rejected > 0) state.fields.emit(sink, iteration);
  else emitRecord(file, state.fields, iteration, state.iterationAt);
  return LineMatch.Points;
}

/** The iteration of a line that has a counter and fields, else -1; sets `counted`. */
function readCounter(line: Scanner, state: MegatronState): number {
  if (!line.literal(ITERATION)) return -1;
  line.blanks();
  if (!line.integer()) return -1;
  const iteration = line.value;
  state.iterationAt = line.integerAt;
  line.blanks();
  if (!line.byte(SLASH)) return -1;
  line.blanks();
  if (!line.integer()) return -1;
  state.counted = line.value;
  line.blanks();
  return line.byte(BAR) && state.fields.read(line) > 0 ? iteration : -1;
}

function reportRest(file: LineFile<MegatronState>, iteration: number): void {
  const message = `Iteration ${iteration}: a part of the line is not "name: value |" and was left out.`;
  file.sink.issue('line.malformed', message, file.offset);
}

/** ` validation loss at iteration 200 | lm loss value: 7.487306E+00 | lm loss PPL: … | `, and the test set's twin. */
function matchEvaluation(line: Scanner, file: LineFile<MegatronState>): LineMatch {
  const start = line.pos;
  const isTestLine = line.literal(TEST);
  if (!isTestLine && !line.literal(VALIDATION)) return matchFact(line, file);
  const set = line.pos;
  if (line.byte(DASH)) while (!line.atEnd && line.next !== 0x20) line.pos++;
  const suffix = line.text(set, line.pos);
  if (!line.literal(LOSS_AT) && !line.literal(RESULTS_AT)) {
    line.pos = start;
    return matchFact(line, file);
  }
  const { state, sink } = file;
  let step = state.lastIteration;
  if (line.literal(ITERATION)) {
    line.blanks();
    if (!line.integer()) return LineMatch.None;
    step = line.value;
  } else if (!line.literal(END_OF_TRAINING)) return LineMatch.None;
  const rest = line.pos;
  const end = line.end;
  while (!line.atEnd && line.next !== BAR) line.pos++;
  const bar = line.pos;
  if (bar === end) return LineMatch.None;
  line.pos = rest;
  line.end = bar;
  const isTest = isTestLine || line.seek(TEST_SET);
  line.end = end;
  line.pos = bar + 1;
  const fields = evaluationFields(state, isTest ? 'test' : 'validation', suffix);
  if (fields.read(line) === 0) return LineMatch.None;
  fields.emit(sink, step);
  return LineMatch.Points;
}

/** Reader of one evaluated set: the keys are the same for each, their series are not. */
function evaluationFields(state: MegatronState, set: 'test' | 'validation', suffix: string): FieldReader {
  const known = state.validation.get(set + suffix);
  if (known !== undefined) return known;
  const prefix = set === 'test' ? `test${suffix} ` : suffix === '' ? '' : `validation${suffix} `;
  const fields = new FieldReader((key) => evaluationRule(key, set, prefix, suffix.slice(1)), '|');
  state.validation.set(set + suffix, fields);
  return fields;
}

function evaluationRule(key: string, set: 'test' | 'validation', prefix: string, group: string): FieldRule {
  const label = `${prefix}${key}`;
  const kind = /^lm[ _-]loss(?: value)?$/i.test(key)
    ? 'loss'
    : /^lm[ _-](?:loss[ _])?ppl(?: value)?$/i.test(key)
      ? 'perplexity'
      : '';
  if (kind === '')
    return { label, name: `${set === 'test' ? 'test' : 'val'}/${group === '' ? '' : `${group}/`}${key}` };
  return { label, name: `${set === 'test' ? 'test' : 'val'}_${kind}${group === '' ? '' : `/${group}`}` };
}

function trainRule(key: string): FieldRule | undefined {
  if (/^lm[ _-]loss$/.test(key)) return { name: 'train_loss' };
  return undefined;
}

function matchFact(line: Scanner, file: LineFile<MegatronState>): LineMatch {
  const { state, sink } = file;
  const first = line.next;
  if (first === DASH) return matchDumpBorder(line, state, sink);
  if (first === OPEN || first === 0x73) {
    const match = matchStatus(line, sink);
    if (match !== LineMatch.None) return match;
  }
  if (!state.inDump) return LineMatch.None;
  const argument = argumentOf(line);
  if (argument === undefined) return LineMatch.None;
  const [key, value] = argument;
  if (isPlanArgument(key)) state.dump = { ...state.dump, [key]: value };
  sink.config(key, value);
  return LineMatch.Fact;
}

/** `------------------------ arguments ------------------------` and the line that ends the dump. */
function matchDumpBorder(line: Scanner, state: MegatronState, sink: RecordSink): LineMatch {
  if (line.seek(ARGUMENTS)) {
    state.dump = {};
    state.inDump = true;
    return LineMatch.Fact;
  }
  if (!state.inDump || !line.seek(END_OF_ARGUMENTS)) return LineMatch.None;
  endDump(state, sink);
  return LineMatch.Fact;
}

function endDump(state: MegatronState, sink: RecordSink): void {
  state.inDump = false;
  for (const [facts, where] of planOf(state.dump)) sink.plan(facts, where);
}

/** `[after training is done] datetime: …` and `successfully loaded checkpoint from … at iteration 5000`. */
function matchStatus(line: Scanner, sink: RecordSink): LineMatch {
  const start = line.pos;
  line.byte(OPEN);
  if (line.literal(DONE)) {
    sink.status({ kind: 'finished' });
    return LineMatch.Fact;
  }
  if (line.literal(LOADED) && line.seek(AT_ITERATION)) {
    line.blanks();
    if (line.integer()) {
      sink.status({ kind: 'resumed', step: line.value });
      return LineMatch.Fact;
    }
  }
  line.pos = start;
  return LineMatch.None;
}
