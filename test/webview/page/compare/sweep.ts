import { chanceBelowRun, type End } from '../../../../src/core/answers/chance';
import { HOPELESS, rankRuns, type Standing } from '../../../../src/core/answers/ranking';
import type { RunState } from '../../../../src/core/model';
import type { CompareCurve, CompareRow, CompareState, Configs, Standings } from '../../../../src/protocol/compare';

const NORMAL = { of80: 1.2815515655446004, of95: 1.959963984540054 };
const LRS = [1e-4, 3e-4, 6e-4, 1e-3, 2e-3, 4e-3];
const BATCHES = [128, 256, 512];
const DECAYS = [0.02, 0.1, 0.2];
const WIDTHS = [512, 768, 1024];
const OPTIMIZERS = ['adamw', 'muon'];

/** How a made sweep differs from the usual one. */
export interface SweepOptions {
  readonly count: number;
  /** Runs whose forecasts are there; all unless given. */
  readonly forecast?: number;
  /** Names and settings that try to break the page. */
  readonly isHostile?: boolean;
}

interface Made {
  readonly row: CompareRow;
  readonly end: End | null;
  readonly curve: CompareCurve;
  readonly config: Record<string, string | number | boolean | null>;
}

/** A sweep over rates, batch sizes, decays and widths under a power law with annealing: the same numbers for the same options. */
export class Sweep {
  readonly runs: Made[];
  /** A thread ranks in the product: here it is done once, so that the page is measured and not this. */
  readonly #ranked: { readonly made: Made; readonly standing: Standing }[];

  constructor(readonly options: SweepOptions) {
    const random = generator(7);
    this.runs = Array.from({ length: options.count }, (_, i) => makeRun(i, random, options));
    const ranked = this.runs.filter(({ end }) => end !== null);
    const standings = rankRuns(ranked.map(({ end, row }) => ({ end: end!, isFinished: row.end.isMeasured })));
    this.#ranked = ranked.map((made, i) => ({ made, standing: standings[i]! }));
  }

  state(): CompareState {
    const { forecast = this.runs.length } = this.options;
    return {
      runs: null,
      rows: this.runs.map(({ row }) => row),
      configs: this.configs(),
      standings: this.standings(null),
      progress: { done: Math.min(forecast, this.runs.length), of: this.runs.length },
    };
  }

  configs(): Configs {
    return {
      shared: {
        n_layer: 12,
        beta1: 0.9,
        beta2: 0.95,
        grad_clip: 1,
        dataset: 'fineweb-10B',
        'plan.family': 'cosine',
        'plan.totalSteps': 20_000,
      },
      own: Object.fromEntries(this.runs.map(({ row, config }) => [row.run, config])),
    };
  }

  standings(pinned: string | null): Standings {
    const held = this.#ranked.find(({ made }) => made.row.run === pinned)?.made.end ?? null;
    return {
      series: this.#ranked.length === 0 ? null : 'train_loss',
      choices: ['train_loss', 'val_loss'],
      hopeless: HOPELESS,
      byRun: Object.fromEntries(
        this.#ranked.map(({ made: { row, end }, standing }) => {
          const { rank, chanceBest, rival, chanceBeatsRival, isWorthFinishing } = standing;
          const chanceBeatsPinned = held === null || held === end ? null : chanceBelowRun(end!, held);
          const rivalRun = rival === null ? null : this.#ranked[rival]!.made.row.run;
          return [
            row.run,
            { rank, chanceBest, rival: rivalRun, chanceBeatsRival, chanceBeatsPinned, isWorthFinishing },
          ];
        }),
      ),
    };
  }

  /** Curves of some runs, those that are there. */
  curves(runs: readonly string[]): CompareCurve[] {
    const byRun = new Map(this.runs.map((made) => [made.row.run, made.curve]));
    return runs.flatMap((run) => byRun.get(run) ?? []);
  }
}

const TOTAL = 20_000;

function makeRun(
  i: number,
  random: () => number,
  { forecast = Number.POSITIVE_INFINITY, isHostile = false }: SweepOptions,
): Made {
  const [lr, batch, decay, width, optimizer] = [
    pick(LRS, i),
    pick(BATCHES, i / 6),
    pick(DECAYS, i / 18),
    pick(WIDTHS, i / 54),
    pick(OPTIMIZERS, i / 3),
  ];
  const name =
    isHostile && i % 2 === 0
      ? HOSTILE[(i / 2) % HOSTILE.length]!
      : `gpt-${width} lr ${lr} bs ${batch} ${optimizer} seed ${i}`;
  const run = `runs/sweep/${i}/metrics.jsonl`;
  const floor =
    2.75 +
    0.05 * Math.log(lr / 1e-3) ** 2 * 0.6 -
    0.06 * Math.log2(width / 512) +
    0.03 * Math.abs(Math.log2(batch / 256)) +
    0.02 * random();
  const isDiverged = lr === 4e-3 && i % 4 === 1;
  const isOver = i % 3 === 0 && !isDiverged;
  const share = isOver ? 1 : isDiverged ? 0.3 : 0.15 + 0.8 * random();
  const step = Math.round(share * TOTAL);
  const lossAt = (at: number): number => floor + 5.5 * (at + 40) ** -0.28 - 0.12 * (at / TOTAL) ** 3;
  const value = lossAt(TOTAL) + 0.012 * (random() - 0.5);
  const known = i < forecast && !isDiverged && i % 23 !== 7;
  const relativeSd = isOver ? 0.0006 : 0.0015 + 0.012 * (1 - share);
  const around = (size: number): [number, number] => [
    value * Math.exp(-size * relativeSd),
    value * Math.exp(size * relativeSd),
  ];
  const finalLoss = known ? { value, interval80: around(NORMAL.of80), interval95: around(NORMAL.of95) } : null;
  const state: RunState = isDiverged ? 'diverged' : isOver ? 'finished' : i % 11 === 4 ? 'stalled' : 'live';
  const steps = Array.from({ length: 180 }, (_, k) => Math.round(step * ((k + 1) / 180) ** 1.6));
  const values = steps.map(
    (at) => lossAt(at) + 0.02 * (random() - 0.5) + (isDiverged && at > 0.25 * TOTAL ? 3 * (at / TOTAL - 0.25) * 40 : 0),
  );
  return {
    row: {
      run,
      name,
      source: i % 2 === 0 ? 'sweep-a' : 'sweep-b',
      state,
      stepUnit: 'step',
      step,
      totalSteps: i % 29 === 13 ? null : TOTAL,
      etaMs: state === 'live' ? (TOTAL - step) * 900 : null,
      tokensPerStep: batch * 1024,
      series: 'train_loss',
      loss: isDiverged ? null : values.at(-1)!,
      bestValidation: i % 5 === 0 ? null : { step, value: values.at(-1)! + 0.03 },
      end: endOf({ known, isOver, isDiverged, waits: i >= forecast, finalLoss }),
      warnings: warningsOf(i, isDiverged),
      changedAt: 0,
    },
    end: known ? { value, relativeSd, halfWidths: NORMAL, held: null } : null,
    curve: {
      run,
      points: { steps, values },
      detail: null,
      ahead: known && !isOver ? aheadOf(step, { lossAt, value, relativeSd }) : null,
    },
    config: {
      learning_rate: lr,
      batch_size: batch,
      weight_decay: decay,
      hidden_size: width,
      optimizer,
      seed: i,
      output_dir: `runs/sweep/${i}`,
      'plan.peakLr': lr,
      ...(isHostile
        ? { '<b>x</b>': '<img src=x onerror=alert(1)>', constructor: 'no', ['k'.repeat(200)]: 'v'.repeat(190) }
        : {}),
    },
  };
}

const HOSTILE = ['<img src=x onerror=alert(1)>', '__proto__', 'a'.repeat(300), '\u202egnp.exe', '=1+1 | `x` **b**', ''];

interface EndFacts {
  readonly known: boolean;
  readonly isOver: boolean;
  readonly isDiverged: boolean;
  readonly waits: boolean;
  readonly finalLoss: CompareRow['end']['finalLoss'];
}

function endOf({ known, isOver, isDiverged, waits, finalLoss }: EndFacts): CompareRow['end'] {
  if (waits) return { status: 'waiting', finalLoss: null, isMeasured: false, reason: '' };
  if (isDiverged)
    return {
      status: 'refused',
      finalLoss: null,
      isMeasured: false,
      reason: 'The newest losses are not finite numbers.',
    };
  if (!known)
    return {
      status: 'refused',
      finalLoss: null,
      isMeasured: false,
      reason: 'The log does not say how many steps are planned.',
    };
  return { status: 'ready', finalLoss, isMeasured: isOver, reason: '' };
}

function warningsOf(i: number, isDiverged: boolean): CompareRow['warnings'] {
  if (isDiverged) return [{ severity: 'error', title: 'Non-finite loss', text: 'The loss is NaN since step 6 012.' }];
  if (i % 7 !== 2) return [];
  return [
    {
      severity: 'warning',
      title: 'Loss spike',
      text: 'The loss rose by 0.8 at step 4 210 and came back within 60 steps.',
    },
  ];
}

function aheadOf(
  step: number,
  { lossAt, value, relativeSd }: { lossAt: (at: number) => number; value: number; relativeSd: number },
): CompareCurve['ahead'] {
  const steps = Array.from({ length: 30 }, (_, k) => step + ((TOTAL - step) * k) / 29);
  const values = steps.map((at) => lossAt(at) + (value - lossAt(TOTAL)) * ((at - step) / (TOTAL - step)));
  const width = (k: number): number => values[k]! * NORMAL.of80 * relativeSd * (0.3 + 0.7 * (k / 29));
  return { steps, values, low: values.map((at, k) => at - width(k)), high: values.map((at, k) => at + width(k)) };
}

function pick<T>(list: readonly T[], i: number): T {
  return list[Math.floor(i) % list.length]!;
}

/** Numbers in [0, 1), the same for the same seed. Source: mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
