import { FieldReader, type FieldRule } from './text/fields';
import { type LineFile, LineMatch, lineFormat } from './text/lineFormat';
import { emitRecord } from './text/lineRecord';
import { readYaml, YAML_START, type YamlState } from './text/nested';
import { ascii, type Scanner } from './text/scanner';

const STEP = ascii('Step ');
const LOSS = ascii('|Loss:');
const RESOLVED = ascii('with resolved config');
const BAR_END = ascii('%|');
const BAR = 0x7c;
const SLASH = 0x2f;
const BLANK = 0x20;

interface State {
  readonly fields: FieldReader;
  /** The description of a bar, not placed yet: the log line of the same step says it again. */
  pendingStep: number;
  pendingLoss: number;
  /** Last step whose loss was kept. */
  lastStep: number;
  epochs: number;
  /** Planned steps as given to the sink. */
  total: number;
  yaml: YamlState | null;
}

/** torchtune's log file, and its console with the progress bar. */
export const torchtune = lineFormat<State>({
  id: 'torchtune',
  title: 'torchtune',
  source: {
    authors: 'PyTorch',
    year: 2024,
    title: 'torchtune',
    id: 'pytorch/torchtune',
    where: 'torchtune/training/metric_logging.py, DiskLogger, StdoutLogger; recipes',
  },
  begin: () => ({
    fields: new FieldReader(fieldRule, ' '),
    pendingStep: -1,
    pendingLoss: 0,
    lastStep: -1,
    epochs: 0,
    total: 0,
    yaml: null,
  }),
  match: (line, file) => {
    if (file.state.yaml !== null && matchYaml(line, file)) return LineMatch.Common;
    line.blanks();
    if (line.next === 0x53) return matchStep(line, file);
    if (line.next >= 0x30 && line.next <= 0x39) return matchBar(line, file);
    return matchHeader(line, file);
  },
  finish: settle,
});

/** `Step 52 | loss:2.3697 lr:2e-05 tokens_per_second_per_gpu:1234.5`. */
function matchStep(line: Scanner, file: LineFile<State>): LineMatch {
  const start = line.pos;
  const { state } = file;
  const step = readStep(line);
  const stepAt = line.integerAt;
  if (step < 0 || state.fields.read(line) === 0) {
    line.pos = start;
    return LineMatch.None;
  }
  if (state.fields.hasLoss && state.pendingStep === step) state.pendingStep = -1;
  settle(file);
  if (state.fields.hasLoss) state.lastStep = step;
  emitRecord(file, state.fields, step, stepAt);
  return LineMatch.Points;
}

/** The step of a line whose fields are written without a blank after the colon; -1 for others. */
function readStep(line: Scanner): number {
  if (!line.literal(STEP) || !line.integer()) return -1;
  const step = line.value;
  line.blanks();
  if (!line.byte(BAR)) return -1;
  line.blanks();
  const { bytes, end } = line;
  let at = line.pos;
  while (at < end && bytes[at] !== 0x3a && bytes[at] !== BLANK) at++;
  return at + 1 < end && bytes[at] === 0x3a && bytes[at + 1] !== BLANK ? step : -1;
}

function fieldRule(key: string): FieldRule | undefined {
  if (key === 'loss' || key === 'train/loss') return { label: 'loss', name: 'train_loss' };
  if (key === 'tokens_per_second_per_gpu') return { name: 'throughput' };
  return undefined;
}

/** `1|52|Loss: 2.3697:   0%|▏     | 52/25880 [00:24<3:55:01,  1.83it/s]`. */
function matchBar(line: Scanner, file: LineFile<State>): LineMatch {
  const start = line.pos;
  const { state, sink } = file;
  const epoch = line.integer() ? line.value : -1;
  const step = line.byte(BAR) && line.integer() ? line.value : -1;
  const found = step >= 0 && line.literal(LOSS);
  line.blanks();
  if (!found || !line.number()) {
    line.pos = start;
    return LineMatch.None;
  }
  const loss = line.value;
  const perEpoch = readMaximum(line);
  if (perEpoch > 0) stateTotal(file, perEpoch, epoch);
  // A bar is drawn many times: the step is new, or a restart set it back.
  if (step !== state.lastStep && step !== state.pendingStep) {
    settle(file);
    state.pendingStep = step;
    state.pendingLoss = loss;
    if (state.lastStep < 0) sink.series('loss', 'train_loss');
  }
  return LineMatch.Points;
}

/** The maximum of the bar that follows; -1 when the line was cut before it. */
function readMaximum(line: Scanner): number {
  if (!line.seek(BAR_END)) return -1;
  while (!line.atEnd && line.next !== BAR) line.pos++;
  if (!line.byte(BAR)) return -1;
  line.blanks();
  return line.integer() && line.byte(SLASH) && line.integer() ? line.value : -1;
}

function stateTotal({ state, sink }: LineFile<State>, perEpoch: number, epoch: number): void {
  const total = perEpoch * Math.max(state.epochs, epoch, 1);
  if (total === state.total) return;
  state.total = total;
  const where = state.epochs > 1 ? 'the maximum of the progress bar times epochs' : 'the maximum of the progress bar';
  sink.plan({ totalSteps: total }, where);
}

/** Places the loss that a bar showed. */
function settle({ state, sink }: LineFile<State>): void {
  if (state.pendingStep < 0) return;
  sink.point(sink.series('loss', 'train_loss'), state.pendingStep, state.pendingLoss);
  state.lastStep = state.pendingStep;
  state.pendingStep = -1;
}

/** `INFO:torchtune.utils._logging:Running FullFinetuneRecipe with resolved config:`, and YAML from there on. */
function matchHeader(line: Scanner, { state }: LineFile<State>): LineMatch {
  const start = line.pos;
  const found = line.next > BLANK && line.end - start < 300 && line.seek(RESOLVED);
  line.pos = start;
  if (!found) return LineMatch.None;
  state.yaml = YAML_START;
  return LineMatch.Fact;
}

function matchYaml(line: Scanner, { state, sink }: LineFile<State>): boolean {
  const text = new TextDecoder().decode(line.bytes.subarray(line.pos, line.end));
  state.yaml = readYaml(text, state.yaml!, (key, value) => {
    sink.config(key, value);
    if (key === 'epochs' && typeof value === 'number') state.epochs = value;
    if (key === 'optimizer.lr' && typeof value === 'number') sink.plan({ peakLr: value }, 'optimizer.lr in the config');
    if (key === 'lr_scheduler.num_warmup_steps' && typeof value === 'number') {
      sink.plan({ warmupSteps: value }, 'lr_scheduler.num_warmup_steps in the config');
    }
    if (key === 'lr_scheduler._component_' && /cosine/.test(String(value))) {
      sink.plan({ family: 'cosine' }, 'lr_scheduler._component_ in the config');
    }
  });
  return state.yaml !== null;
}
