import type { LrCurve } from '../plan/lrCurve';

/** How a run uses its data, as far as its log says. Plain data. */
export interface DataUse {
  /** Passes over the same data at the planned end. */
  readonly passes?: number;
  /** The batch was another one until `step`: its size then and now, in `unit` per step. */
  readonly batch?: { readonly step: number; readonly before: number; readonly now: number; readonly unit: string };
}

/** What a forecast is made from. Plain data: it crosses threads, and the same input gives the same forecast. */
export interface ForecastInput {
  /** Resolved points of one loss series: steps ascend, equal lengths; losses in nats, non-finite ones allowed. */
  readonly steps: Float64Array;
  readonly losses: Float64Array;
  /** Learning rate from the first step to `finalStep`. */
  readonly lr: LrCurve;
  /** Last planned step. */
  readonly finalStep: number;
  /** What the series is, a loss of pre-training unless given: fine-tuning and rewards follow laws of their own, losses of a policy none. */
  readonly kind?: 'loss' | 'fineTuning' | 'reward' | 'policy';
  /** How it uses its data: passes and batch. */
  readonly data?: DataUse;
  /** Forces one law; otherwise the driver chooses. */
  readonly lawId?: string;
  /** Starts every random draw. The present laws draw nothing. */
  readonly seed: number;
}

/** A value with its 80 % and 95 % intervals [low, high], in nats. */
export interface Estimate {
  readonly value: number;
  readonly interval80: readonly [number, number];
  readonly interval95: readonly [number, number];
}

/** Why no forecast can be trusted. */
export interface Refusal {
  readonly code:
    | 'tooFewPoints'
    | 'noPlan'
    | 'noLearningRate'
    | 'diverged'
    | 'notFalling'
    | 'badFit'
    | 'wideInterval'
    | 'seam'
    | 'outsideLaw'
    | 'finished';
  /** One sentence for a user: what is missing and what to do. */
  readonly reason: string;
}

/** A fitted parameter with its 95 % interval, in the unit given. */
export interface ParamEstimate {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly unit: string;
  /** What the parameter means, in words. */
  readonly meaning: string;
  /** False when the data do not determine it and a prior does. */
  readonly identified: boolean;
}

/**
 * The fitted law with its bands for the smoothed loss, at most 400 nodes: equal lengths, steps ascend from the first used
 * point to `finalStep`.
 */
export interface ForecastCurve {
  readonly steps: number[];
  readonly values: number[];
  readonly low80: number[];
  readonly high80: number[];
  readonly low95: number[];
  readonly high95: number[];
}

/** A law fitted to a run and evaluated to the end of its plan. */
export interface Forecast {
  readonly lawId: string;
  readonly finalStep: number;
  /** `null` when refused and no simpler law can stand in. */
  readonly finalLoss: Estimate | null;
  readonly refused: Refusal | null;
  readonly seen: { readonly step: number; readonly fraction: number; readonly points: number };
  readonly params: readonly ParamEstimate[];
  /** How the rest of the fall divides, in nats; `null` without a fit. */
  readonly remaining: { readonly fromMoreSteps: number; readonly fromLowerLr: number } | null;
  readonly curve: ForecastCurve | null;
  readonly report: FitReport;
}

/** What a reader needs to judge a fit: the checklist of "(Mis)Fitting" (arXiv 2502.18969). */
export interface FitReport {
  readonly pointsUsed: number;
  readonly pointsLeftOut: readonly { readonly reason: string; readonly count: number }[];
  readonly bins: number;
  readonly lossFunction: string;
  readonly optimizer: string;
  readonly iterations: number;
  readonly starts: number;
  readonly converged: boolean;
  /** Robust standard deviation of the binned residuals, in nats. */
  readonly residualSd: number;
  /** Estimated noise of one logged loss, in nats. */
  readonly pointNoise: number;
  readonly residuals: { readonly steps: number[]; readonly values: number[] };
  /** Names of the user's earlier runs that the prior rests on; empty when it rests on public runs. */
  readonly learntFrom: readonly string[];
  readonly notes: readonly string[];
}
