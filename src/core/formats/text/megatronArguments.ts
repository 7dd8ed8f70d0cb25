import type { ConfigValue, PlanFacts, ScheduleFamily } from '../../model';
import { isNameByte, type Scanner } from './scanner';

/** Arguments that `planOf` looks at: the others need not be kept. */
const PLAN_ARGUMENTS = /^(?:train|lr|min_lr|global_batch|rampup_batch|seq|warmup)(?:_|$)/;

/** Arguments of one dump by name. */
export type Arguments = Readonly<Record<string, ConfigValue>>;

const DOT = 0x2e;
const MIN_DOTS = 3;
/** What GPT-NeoX writes after a value: whether it was set by the user. */
const MARKS = /\.*(?:updated|default)$/;

const FAMILIES: Readonly<Record<string, ScheduleFamily>> = {
  constant: 'constant',
  linear: 'linear',
  cosine: 'cosine',
  'inverse-square-root': 'inverse-sqrt',
};
const WSD_FAMILIES: Readonly<Record<string, ScheduleFamily>> = {
  linear: 'wsd-linear',
  cosine: 'wsd-cosine',
  exponential: 'wsd-exponential',
  minus_sqrt: 'wsd-sqrt',
};

/**
 * The argument of a dump line, `lr_decay_style .................. cosine`, or `undefined`. Numbers, `True`, `False` and
 * `None` become plain data, other values text. Source: NVIDIA/Megatron-LM megatron/training/arguments.py, _print_args.
 */
export function argumentOf(line: Scanner): [key: string, value: ConfigValue] | undefined {
  const start = line.pos;
  const { bytes } = line;
  while (!line.atEnd && (isNameByte(line.next) || line.next === 0x2d)) line.pos++;
  const keyEnd = line.pos;
  if (keyEnd === start || !line.byte(0x20)) return undefined;
  const dots = line.pos;
  while (!line.atEnd && bytes[line.pos] === DOT) line.pos++;
  if (line.pos - dots < MIN_DOTS || !line.byte(0x20)) return undefined;
  const text = line.text();
  const marked = text.replace(MARKS, '');
  return [line.text(start, keyEnd), argumentValue(marked === '' ? text : marked)];
}

/** Whether `planOf` may need the argument `key`. */
export function isPlanArgument(key: string): boolean {
  return PLAN_ARGUMENTS.test(key);
}

function argumentValue(text: string): ConfigValue {
  if (text === 'True') return true;
  if (text === 'False') return false;
  if (text === 'None' || text === '') return null;
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

/**
 * The plan that the arguments state, each fact with its place. Samples and tokens become iterations by the global batch
 * size, which is only right when it does not ramp up: then such facts are left out.
 * Source: NVIDIA/Megatron-LM megatron/core/optimizer_param_scheduler.py, megatron/training/training.py.
 */
export function planOf(args: Arguments): [facts: PlanFacts, where: string][] {
  const plan: [PlanFacts, string][] = [];
  const ramps = (args.rampup_batch_size ?? null) !== null;
  const perIteration = ramps ? null : (number(args, 'global_batch_size') ?? number(args, 'train_batch_size'));
  const total = iterations(args, 'train', perIteration);
  const decay = iterations(args, 'lr_decay', perIteration) ?? total;
  const warmup = warmupOf(args, decay, perIteration);
  const peakLr = number(args, 'lr');
  const finalLr = number(args, 'min_lr');
  const family = familyOf(args);
  if (total !== null && total > 0) plan.push([{ totalSteps: total }, 'train_iters or train_samples in the arguments']);
  if (peakLr !== null && peakLr > 0) plan.push([{ peakLr }, 'lr in the arguments']);
  if (warmup !== null) plan.push([{ warmupSteps: warmup }, 'lr_warmup in the arguments']);
  if (family === null) return plan;
  plan.push([{ family }, 'lr_decay_style in the arguments']);
  if (finalLr !== null && family !== 'constant' && family !== 'inverse-sqrt') {
    plan.push([{ finalLr }, 'min_lr in the arguments']);
  }
  const phase = annealing(args, family, decay, warmup, perIteration);
  if (phase !== null) plan.push([phase, 'lr_decay in the arguments']);
  return plan;
}

function annealing(
  args: Arguments,
  family: ScheduleFamily,
  decay: number | null,
  warmup: number | null,
  perIteration: number | null,
): PlanFacts | null {
  if (decay === null) return null;
  if (family.startsWith('wsd-')) {
    const steps = iterations(args, 'lr_wsd_decay', perIteration);
    return steps === null || steps <= 0 || steps > decay ? null : { decayStart: decay - steps, decaySteps: steps };
  }
  if ((family !== 'cosine' && family !== 'linear') || warmup === null || warmup >= decay) return null;
  return { decayStart: warmup, decaySteps: decay - warmup };
}

function familyOf(args: Arguments): ScheduleFamily | null {
  const style = args.lr_decay_style;
  if (typeof style !== 'string') return null;
  if (style.toUpperCase() === 'WSD') return WSD_FAMILIES[String(args.lr_wsd_decay_style)] ?? null;
  return FAMILIES[style.toLowerCase()] ?? null;
}

function warmupOf(args: Arguments, decay: number | null, perIteration: number | null): number | null {
  const fraction = number(args, 'lr_warmup_fraction') ?? number(args, 'warmup');
  if (fraction !== null) return decay === null || fraction > 1 ? null : Math.round(fraction * decay);
  const samples = number(args, 'lr_warmup_samples');
  const tokens = number(args, 'lr_warmup_tokens');
  if ((samples ?? 0) === 0 && (tokens ?? 0) === 0) return number(args, 'lr_warmup_iters');
  return iterations({ ...args, lr_warmup_iters: null }, 'lr_warmup', perIteration);
}

/** `<what>_iters`, else `<what>_samples` or `<what>_tokens` in iterations. */
function iterations(args: Arguments, what: string, perIteration: number | null): number | null {
  const direct = number(args, `${what}_iters`);
  if (direct !== null) return direct;
  if (perIteration === null || perIteration <= 0) return null;
  const tokens = number(args, `${what}_tokens`);
  const length = number(args, 'seq_length');
  if (tokens !== null && length !== null && length > 0) return Math.floor(tokens / (perIteration * length));
  const samples = number(args, `${what}_samples`);
  return samples === null ? null : Math.floor(samples / perIteration);
}

function number(args: Arguments, key: string): number | null {
  const value = args[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
