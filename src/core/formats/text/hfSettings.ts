import type { ScheduleFamily } from '../../model';
import { type HfState, statedTotal } from './hfSteps';
import { type LineFile, LineMatch } from './lineFormat';
import type { Literal } from './python';
import { ascii, type Scanner } from './scanner';

const STARS = ascii('***** Running ');
const TRAINING = ascii('training');
const CONTINUING = ascii('Continuing training from global step ');
const EQUALS_SIGN = ascii(' = ');
const ARGUMENTS = ascii('TrainingArguments(');
const EQUALS = 0x3d;
const COMMA = 0x2c;
const CLOSE = 0x29;
const STAR = 0x2a;
/** Letters that the lines of the header begin with: N, I, T, G, and the C of a resumed run. */
const HEADER = [
  { text: ascii('Num examples'), key: 'num_examples' },
  { text: ascii('Num Epochs'), key: 'num_train_epochs' },
  { text: ascii('Instantaneous batch size per device'), key: 'per_device_train_batch_size' },
  { text: ascii('Total train batch size'), key: 'total_train_batch_size' },
  { text: ascii('Gradient Accumulation steps'), key: 'gradient_accumulation_steps' },
  { text: ascii('Total optimization steps'), key: 'max_steps' },
  { text: ascii('Number of trainable parameters'), key: 'trainable_parameters' },
] as const;
/** Unsloth's banner: `Num examples = 1,000 | Num Epochs = 1 | Total steps = 60`, `Total batch size (2 x 4 x 1) = 8`. */
const BANNER = /(?:\bNum examples = ([\d,]+) \|.*)?\b(?:(Total steps) =|Total batch size \([\d x]+\) =) ([\d,]+)/;
const TOTAL = ascii('Total ');

const FAMILIES: Readonly<Record<string, ScheduleFamily>> = {
  linear: 'linear',
  cosine: 'cosine',
  constant: 'constant',
  constant_with_warmup: 'constant',
  polynomial: 'polynomial',
  inverse_sqrt: 'inverse-sqrt',
  cosine_with_min_lr: 'cosine',
};

/** Lines of the Trainer's header: `***** Running training *****`, `  Total optimization steps = 1,218`. */
export function matchTrainerLine(line: Scanner, file: LineFile<HfState>): LineMatch {
  const start = line.pos;
  const { state, sink } = file;
  if (line.next === STAR && line.literal(STARS)) {
    state.inHeader = line.literal(TRAINING);
    // A second training in one file counts anew.
    if (state.inHeader) state.stated = false;
    if (state.inHeader) sink.status({ kind: 'started' });
    return LineMatch.Fact;
  }
  if (line.literal(CONTINUING)) {
    if (line.grouped()) {
      state.lastStep = line.value;
      sink.status({ kind: 'resumed', step: line.value });
    }
    return LineMatch.Fact;
  }
  if (state.inHeader) {
    for (const { text, key } of HEADER) {
      if (line.literal(text) && line.seek(EQUALS_SIGN) && line.grouped()) return headerValue(file, key, line.value);
      line.pos = start;
    }
  }
  return state.mode === null ? matchBanner(line, file) : LineMatch.None;
}

function matchBanner(line: Scanner, file: LineFile<HfState>): LineMatch {
  const start = line.pos;
  const banner = line.seek(TOTAL) ? BANNER.exec(line.text(start)) : null;
  line.pos = start;
  if (banner === null) return LineMatch.None;
  const [, examples, isSteps, value] = banner.map((part) => part?.replaceAll(',', ''));
  file.state.isUnsloth = true;
  if (examples !== undefined) headerValue(file, 'num_examples', Number(examples));
  return headerValue(file, isSteps === undefined ? 'total_train_batch_size' : 'max_steps', Number(value));
}

function headerValue(file: LineFile<HfState>, key: string, value: number): LineMatch {
  const { state, sink } = file;
  sink.config(key, value);
  if (key === 'num_train_epochs') state.epochs = value;
  if (key === 'num_examples') state.examples = value;
  if (key === 'total_train_batch_size') state.batch = value;
  if (key === 'max_steps' && Number.isInteger(value) && value > 0) {
    statedTotal(state, sink, value, 'total optimization steps in the log');
  }
  return LineMatch.Fact;
}

/** Lines of a printed `TrainingArguments(`: `learning_rate=2e-05,`. */
export function matchSettingLine(line: Scanner, file: LineFile<HfState>): LineMatch {
  const { state } = file;
  const start = line.pos;
  if (!state.inArguments) {
    state.inArguments = line.seek(ARGUMENTS);
    if (!state.inArguments) {
      line.pos = start;
      return LineMatch.None;
    }
    for (const [key, value] of state.python.entries(line, EQUALS)) setting(file, key, value);
    state.inArguments = !line.byte(CLOSE);
    return LineMatch.Fact;
  }
  if (line.byte(CLOSE)) {
    state.inArguments = false;
    return LineMatch.Fact;
  }
  if (!line.identifier()) return LineMatch.None;
  const keyEnd = line.pos;
  if (!line.byte(EQUALS)) {
    line.pos = start;
    return LineMatch.None;
  }
  const value = state.python.literal(line);
  if (value !== undefined && (line.atEnd || line.next === COMMA)) setting(file, line.text(start, keyEnd), value);
  return LineMatch.Fact;
}

function setting(file: LineFile<HfState>, key: string, value: Literal): void {
  const { state, sink } = file;
  sink.config(key, value);
  const where = `${key} in the printed training arguments`;
  if (key === 'lr_scheduler_type') {
    const family = FAMILIES[String(value).replace(/^.*\./, '').toLowerCase()];
    if (family !== undefined) sink.plan({ family }, where);
  }
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) return;
  if (key === 'learning_rate') sink.plan({ peakLr: value }, where);
  if (key === 'warmup_steps' && Number.isInteger(value)) sink.plan({ warmupSteps: value }, where);
  if (key === 'logging_steps' && Number.isInteger(value)) state.interval = value;
  if (key === 'num_train_epochs') state.epochs = value;
  if (key === 'max_steps') statedTotal(state, sink, value, where);
}
