import type { RecordSink } from '../format';
import { FieldReader, type FieldRule } from './fields';
import { type LineFile, LineMatch } from './lineFormat';
import { PythonScanner } from './python';
import { type Kept, NOTHING_KEPT } from './ranks';
import { ascii, type Scanner } from './scanner';

const BEGINNING = ascii('Beginning of Epoch ');
const MICRO_BATCHES = ascii('Total Micro Batches ');
const GENERATION_BATCHES = ascii('Total Generation Batches ');
const EVALUATING = ascii('***** Evaluating ');
const EPOCH = ascii('poch: ');
const STEP = ascii('tep: ');
const RANK = ascii('Rank: ');
const LOSS = ascii('loss = ');
const AVERAGE_REWARD = ascii('verage reward score: ');
const SPEED = ascii('CurSamplesPerSec=');
const PERPLEXITY = ascii('ppl: ');
const SCORES = ascii('chosen_last_scores (higher is better) : ');
const ACCURACY = ascii('acc (higher is better) : ');
const DICT = ascii("'step':");
const BAR = 0x7c;
const COMMA = 0x2c;
const COLON = 0x3a;
const SLASH = 0x2f;

/** What the examples on top of the engine add to a file's state. */
export interface ChatState {
  readonly rlhf: FieldReader;
  readonly evaluation: FieldReader;
  readonly python: PythonScanner;
  /** Micro-batches per optimizer step. */
  accumulation: number;
  /** Batches of one epoch, and epochs planned. */
  perEpoch: number;
  epochs: number;
  /** Last optimizer step, or last batch of a reinforcement run. */
  lastStep: number;
  keptLoss: Kept;
  evaluating: boolean;
  /** Whether the batches of a reinforcement run are the steps. */
  reinforced: boolean;
}

/** State at the start of a file. */
export function beginChat(): ChatState {
  return {
    rlhf: new FieldReader(rlhfRule, '|'),
    evaluation: new FieldReader(evaluationRule, ','),
    python: new PythonScanner(),
    accumulation: 1,
    perEpoch: 0,
    epochs: 0,
    lastStep: 0,
    keptLoss: NOTHING_KEPT,
    evaluating: false,
    reinforced: false,
  };
}

/**
 * Reads a line that the training scripts beside DeepSpeed print. Source: deepspeedai/DeepSpeedExamples
 * applications/DeepSpeed-Chat/training/step1_supervised_finetuning/main.py, step2_reward_model_finetuning/main.py,
 * step3_rlhf_finetuning/main.py; data_efficiency/gpt_finetuning/run_clm_no_trainer.py.
 */
export function matchChat(line: Scanner, file: LineFile<ChatState>): LineMatch {
  const start = line.pos;
  const match = matchAt(line, file);
  if (match === LineMatch.None) line.pos = start;
  return match;
}

function matchAt(line: Scanner, file: LineFile<ChatState>): LineMatch {
  switch (line.next) {
    case 0x42:
      return matchBeginning(line, file);
    case 0x2a: {
      if (!line.literal(EVALUATING)) return LineMatch.None;
      file.state.evaluating = true;
      return LineMatch.Fact;
    }
    case 0x45:
    case 0x65:
      line.pos++;
      return matchEpochLine(line, file);
    case 0x41:
    case 0x61:
      line.pos++;
      return line.literal(AVERAGE_REWARD) ? point(line, file, 'average reward score', 'reward') : LineMatch.None;
    case BAR:
      return line.seek(SPEED) ? point(line, file, 'CurSamplesPerSec', 'samples_per_second/rlhf') : LineMatch.None;
    case 0x63:
      return matchScores(line, file);
    case 0x70:
      return matchPerplexity(line, file);
    case 0x27:
      return matchDict(line, file);
    default:
      return LineMatch.None;
  }
}

/** A number at the last step. */
function point(line: Scanner, { state, sink }: LineFile<ChatState>, label: string, name: string): LineMatch {
  if (!line.number()) return LineMatch.None;
  sink.point(sink.series(label, name), state.lastStep, line.value);
  return LineMatch.Fact;
}

/** `Beginning of Epoch 1/16, Total Micro Batches 460`. */
function matchBeginning(line: Scanner, { state, sink }: LineFile<ChatState>): LineMatch {
  if (!line.literal(BEGINNING) || !line.integer() || !line.byte(SLASH) || !line.integer()) return LineMatch.None;
  const epochs = line.value;
  line.byte(COMMA);
  line.blanks();
  const isMicro = line.literal(MICRO_BATCHES);
  if ((!isMicro && !line.literal(GENERATION_BATCHES)) || !line.integer()) return LineMatch.None;
  state.perEpoch = line.value;
  state.epochs = epochs;
  statePlan(state, sink, isMicro);
  return LineMatch.Fact;
}

function statePlan(state: ChatState, sink: RecordSink, isMicro: boolean): void {
  const perEpoch = isMicro ? Math.ceil(state.perEpoch / state.accumulation) : state.perEpoch;
  const total = state.epochs * perEpoch;
  if (total > 0) sink.plan({ totalSteps: total }, 'epochs and batches per epoch in the log');
}

/** Lines that begin with `epoch: 0|step: 0|` or `Epoch: 0, Step: 5, Rank: 0, loss = 1.96`. */
function matchEpochLine(line: Scanner, file: LineFile<ChatState>): LineMatch {
  if (!line.literal(EPOCH) || !line.integer()) return LineMatch.None;
  // A counter with its total is written from 1.
  const epoch = line.value;
  const isCounted = line.byte(SLASH) && line.integer();
  line.blanks();
  const isComma = line.byte(COMMA);
  if (!isComma && !line.byte(BAR)) return LineMatch.None;
  line.blanks();
  if (!line.byte(0x53) && !line.byte(0x73)) return LineMatch.None;
  if (!line.literal(STEP) || !line.integer()) return LineMatch.None;
  const batch = line.value;
  if (line.byte(SLASH) && line.integer() && file.state.perEpoch === 0) file.state.perEpoch = line.value;
  line.blanks();
  const index = (isCounted ? epoch - 1 : epoch) * file.state.perEpoch + batch;
  return isComma ? matchLoss(line, file, index) : matchRlhf(line, file, index);
}

/** `act_loss: 0.2099|cri_loss: 0.1204|unsuper_loss: 0.0`, newer `PPO Epoch: 1 | Actor Loss: 0.2 | …`. */
function matchRlhf(line: Scanner, { state, sink }: LineFile<ChatState>, batch: number): LineMatch {
  if (!line.byte(BAR) || state.rlhf.read(line) === 0 || !state.rlhf.hasLoss) return LineMatch.None;
  state.lastStep = batch;
  state.reinforced = true;
  state.rlhf.emit(sink, batch);
  return LineMatch.Points;
}

function rlhfRule(key: string): FieldRule | undefined {
  switch (key.toLowerCase()) {
    case 'act_loss':
    case 'actor loss':
      return { name: 'actor_loss' };
    case 'cri_loss':
    case 'critic loss':
      return { name: 'critic_loss' };
    case 'unsuper_loss':
    case 'unsupervised loss':
      return { name: 'unsupervised_loss' };
    case 'ppo_ep':
    case 'ppo epoch':
      return { skip: true };
    default:
      return undefined;
  }
}

/** `, Rank: 0, loss = 1.96` of every process and micro-batch. */
function matchLoss(line: Scanner, { state, sink }: LineFile<ChatState>, batch: number): LineMatch {
  if (!line.byte(COMMA)) return LineMatch.None;
  line.blanks();
  if (!line.literal(RANK) || !line.integer()) return LineMatch.None;
  const rank = line.value;
  line.byte(COMMA);
  line.blanks();
  if (!line.literal(LOSS) || !line.number()) return LineMatch.None;
  const last = state.keptLoss;
  if (batch < last.step ? rank !== last.rank : batch === last.step) return LineMatch.Common;
  state.keptLoss = { ...NOTHING_KEPT, step: batch, rank };
  const step = Math.floor((batch + 1) / state.accumulation);
  state.lastStep = Math.max(state.lastStep, step);
  sink.point(sink.series('loss', 'train_loss'), step, line.value);
  return LineMatch.Points;
}

/** `ppl: 1.8085`, newer `ppl: 1.8085, loss: 0.5925`, below the line that announces it. */
function matchPerplexity(line: Scanner, { state, sink }: LineFile<ChatState>): LineMatch {
  const start = line.pos;
  if (!state.evaluating || !line.literal(PERPLEXITY)) return LineMatch.None;
  line.pos = start;
  if (state.evaluation.read(line) === 0) return LineMatch.None;
  state.evaluating = false;
  state.evaluation.emit(sink, state.lastStep);
  return LineMatch.Points;
}

function evaluationRule(key: string): FieldRule | undefined {
  if (key === 'ppl') return { name: 'val_perplexity' };
  return key === 'loss' ? { label: 'evaluation loss', name: 'val_loss' } : undefined;
}

/** `chosen_last_scores (higher is better) : 2.58, acc (higher is better) : 0.66`. */
function matchScores(line: Scanner, { state, sink }: LineFile<ChatState>): LineMatch {
  if (!line.literal(SCORES) || !line.number()) return LineMatch.None;
  sink.point(sink.series('chosen_last_scores'), state.lastStep, line.value);
  if (line.seek(ACCURACY) && line.number()) sink.point(sink.series('acc', 'val_accuracy'), state.lastStep, line.value);
  return LineMatch.Points;
}

/** `'step':10, 'ppl': 44.84, 'seq_len': 136, …`: the step counts micro-batches from 0. */
function matchDict(line: Scanner, { state, sink }: LineFile<ChatState>): LineMatch {
  const start = line.pos;
  if (!line.literal(DICT)) return LineMatch.None;
  line.pos = start;
  const entries = new Map(state.python.entries(line, COLON));
  const batch = entries.get('step');
  const perplexity = entries.get('ppl');
  if (typeof batch !== 'number' || typeof perplexity !== 'number') return LineMatch.None;
  const step = Math.floor((batch + 1) / state.accumulation);
  sink.point(sink.series('ppl', 'val_perplexity'), step, perplexity);
  const length = entries.get('seq_len');
  if (typeof length === 'number') sink.point(sink.series('seq_len'), step, length);
  return LineMatch.Points;
}
