import { formatLr } from '../../src/core/report/numbers';
import type { SimpleSchedule, WhatIfReply } from '../../src/protocol/panel';

/** Programs that a schedule is written for. */
export const CODE_KINDS = ['pytorch', 'transformers', 'nanogpt'] as const;

export type CodeKind = (typeof CODE_KINDS)[number];

/**
 * A schedule as code, from the present step on: PyTorch `LambdaLR`, arguments of the Hugging Face `Trainer`, nanoGPT's
 * `get_lr`. `simple` is the schedule in five numbers, `null` for one that only knots can say. The trainer knows no knots:
 * it gets the nearest of its own schedules, and the comment says so.
 */
export function scheduleCode(kind: CodeKind, { ahead, now }: WhatIfReply, simple: SimpleSchedule | null): string {
  if (kind === 'transformers') return trainerArguments(simple ?? fromKnots(ahead, now), simple === null);
  const name = kind === 'nanogpt' ? 'get_lr(it)' : 'lossline_lr(it)';
  const body = simple === null ? tableBody(ahead, now) : formulaBody(simple);
  const head = [
    `# Learning rate from step ${now.step} on.`,
    ...(simple === null ? ['from bisect import bisect', ''] : []),
  ];
  const imports = simple?.shape === 'cosine' || simple?.shape === '1-sqrt' ? ['import math', ''] : [];
  const lines = [...head, ...imports, `def ${name}:`, ...body.map((line) => `    ${line}`)];
  if (kind === 'pytorch') lines.push('', ...LAMBDA);
  return `${lines.join('\n')}\n`;
}

const LAMBDA = [
  'base_lr = optimizer.param_groups[0]["lr"]  # the rate that the optimizer was made with',
  'scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda it: lossline_lr(it) / base_lr)',
];

const SHAPES: Readonly<Record<SimpleSchedule['shape'], string>> = {
  linear: '1 - u',
  '1-sqrt': '1 - math.sqrt(u)',
  cosine: '(1 + math.cos(math.pi * u)) / 2',
};

function formulaBody({ totalSteps, rate, decayStart, shape, lowest }: SimpleSchedule): string[] {
  const length = Math.max(1, totalSteps - decayStart);
  const [high, low] = [python(rate), python(lowest)];
  return [
    `if it < ${decayStart}:`,
    `    return ${high}`,
    `u = min(1.0, (it - ${decayStart}) / ${length})`,
    `return ${low} + (${high} - ${low}) * (${SHAPES[shape]})`,
  ];
}

/** Knots are joined by straight lines. */
function tableBody({ steps, lrs }: WhatIfReply['ahead'], now: WhatIfReply['now']): string[] {
  const rows = [[now.step, now.rate] as const, ...steps.map((step, k) => [step, lrs[k]!] as const)];
  return [
    `steps = [${rows.map(([step]) => step).join(', ')}]`,
    `rates = [${rows.map(([, rate]) => python(rate)).join(', ')}]`,
    'k = bisect(steps, it)',
    'if k == 0 or k == len(steps):',
    '    return rates[min(k, len(steps) - 1)]',
    'u = (it - steps[k - 1]) / (steps[k] - steps[k - 1])',
    'return rates[k - 1] + u * (rates[k] - rates[k - 1])',
  ];
}

/** Source of the names: transformers `SchedulerType.WARMUP_STABLE_DECAY`, `get_wsd_schedule`. */
function trainerArguments({ totalSteps, rate, decayStart, shape, lowest }: SimpleSchedule, isNearest: boolean): string {
  const kwargs = {
    num_decay_steps: Math.max(1, totalSteps - decayStart),
    decay_type: shape,
    min_lr_ratio: rate > 0 ? Number((lowest / rate).toPrecision(4)) : 0,
  };
  return `${[
    ...(isNearest ? ['# The nearest schedule that the trainer knows.'] : []),
    `--max_steps ${totalSteps}`,
    `--learning_rate ${python(rate)}`,
    '--lr_scheduler_type warmup_stable_decay',
    `--lr_scheduler_kwargs '${JSON.stringify(kwargs)}'`,
  ].join('\n')}\n`;
}

/** The nearest schedule of five numbers: held while the knots are, then a fall by square root, which optimal ones resemble. */
function fromKnots({ steps, lrs }: WhatIfReply['ahead'], now: WhatIfReply['now']): SimpleSchedule {
  const held = lrs.findLastIndex((rate) => rate >= 0.98 * now.rate);
  const totalSteps = steps.at(-1) ?? now.step;
  const decayStart = held < 0 ? now.step : steps[held]!;
  return { totalSteps, rate: now.rate, decayStart, shape: '1-sqrt', lowest: lrs.at(-1) ?? 0 };
}

function python(rate: number): string {
  return formatLr(rate, 6).replace('\u2212', '-');
}
