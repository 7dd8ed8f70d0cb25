import { beginMegatron, type MegatronState, matchMegatron } from './megatron';
import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { ascii, type Scanner } from './text/scanner';

const RATE = ascii('samples/sec:');
const ITERATION = ascii('iteration ');
const TWIN = ascii('steps: ');
const EXITS = ascii('exits successfully');
const LAUNCHER = ascii('[launch.py:');
const AT_THE_END = ascii('validation results at the end of training');
const BAR = 0x7c;
const DOT = 0x2e;
/** What stands behind an argument: whether the user set it. */
const MARKS = [ascii('updated'), ascii('default')];

interface State extends MegatronState {
  /** Fields of the evaluation after training. */
  readonly final: FieldReader;
  trained: boolean;
  finished: boolean;
}

/** GPT-NeoX's console log: Megatron-LM's with the speed in front and marks in the arguments. */
export const gptNeox = lineFormat<State>({
  id: 'gptNeox',
  title: 'GPT-NeoX',
  refines: 'megatron',
  source: {
    authors: 'EleutherAI',
    year: 2021,
    title: 'GPT-NeoX',
    id: 'EleutherAI/gpt-neox',
    where: 'megatron/logging.py, training_log; megatron/neox_arguments/arguments.py, print',
  },
  begin: () => ({ ...beginMegatron(), final: new FieldReader(finalRule, '|'), trained: false, finished: false }),
  match: (line, file) => {
    line.blanks();
    switch (line.next) {
      case 0x73:
        return matchRate(line, file);
      case 0x76:
        return matchValidation(line, file);
      case 0x5b:
        return matchExit(line, file);
      default:
        return matchShared(line, file);
    }
  },
});

/** A line that Megatron-LM writes alike: alone it does not make a log of GPT-NeoX, unless its mark says so. */
function matchShared(line: Scanner, file: LineFile<State>): LineMatch {
  const isOwn = file.state.trained || hasMark(line);
  const match = matchMegatron(line, file);
  return isOwn || match === LineMatch.None ? match : LineMatch.Common;
}

/** `samples/sec: 206.693 | iteration        1/     512 | …`. */
function matchRate(line: Scanner, file: LineFile<State>): LineMatch {
  const start = line.pos;
  const { state, sink } = file;
  // DeepSpeed prints the same loss with fewer digits.
  if (line.literal(TWIN)) {
    file.record.claim(state.lastIteration).digits(line.pos, line.end);
    return LineMatch.Common;
  }
  if (line.literal(RATE)) {
    line.blanks();
    const known = line.number();
    const rate = line.value;
    const rateAt = line.numberAt;
    line.blanks();
    if (known && line.byte(BAR)) {
      line.blanks();
      const handle = isIteration(line) ? sink.series('samples/sec', 'samples_per_second') : -1;
      if (handle >= 0 && matchMegatron(line, file) === LineMatch.Points) {
        state.trained = true;
        state.finished = false;
        sink.point(handle, state.lastIteration, rate);
        if (file.record.isClaimed) file.record.point(rateAt, handle, rate);
        return LineMatch.Points;
      }
    }
  }
  line.pos = start;
  return matchShared(line, file);
}

function isIteration(line: Scanner): boolean {
  const start = line.pos;
  const found = line.literal(ITERATION);
  line.pos = start;
  return found;
}

/**
 * ` validation results at the end of training for val data | lm_loss value: 2.363417E+00 | …`: another number of batches
 * than those before it, so a series of its own. The others are Megatron-LM's.
 */
function matchValidation(line: Scanner, file: LineFile<State>): LineMatch {
  const start = line.pos;
  const { state, sink } = file;
  if (line.literal(AT_THE_END)) {
    while (!line.atEnd && line.next !== BAR) line.pos++;
    if (!line.byte(BAR) || state.final.read(line) === 0) return LineMatch.None;
    state.final.emit(sink, state.lastIteration);
    return LineMatch.Points;
  }
  line.pos = start;
  return matchShared(line, file);
}

function finalRule(key: string): FieldRule {
  const kind = /ppl/.test(key) ? 'val_perplexity' : /loss/.test(key) ? 'val_loss' : `val/${key}`;
  return { label: `final ${key}`, name: `${kind}/final` };
}

function hasMark(line: Scanner): boolean {
  return MARKS.some((mark) => {
    const from = line.end - mark.length;
    return from > line.pos && line.bytes[from - 1] === DOT && mark.every((byte, i) => line.bytes[from + i] === byte);
  });
}

/** `[launch.py:346:main] Process 115977 exits successfully.` of DeepSpeed's launcher, once per process. */
function matchExit(line: Scanner, file: LineFile<State>): LineMatch {
  const start = line.pos;
  const { state, sink } = file;
  if (state.trained && line.literal(LAUNCHER) && line.seek(EXITS)) {
    if (!state.finished) sink.status({ kind: 'finished' });
    state.finished = true;
    return LineMatch.Common;
  }
  line.pos = start;
  return matchShared(line, file);
}
