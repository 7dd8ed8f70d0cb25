import type { Forecast } from '../../src/core/forecast/forecast';
import type { ForecastView, PanelState } from '../../src/protocol/panel';
import type { PlanPartView, RunSummary, RunView } from '../../src/protocol/run';
import type { SeriesSnapshot } from '../../src/protocol/series';

export const RUN = '/runs/a.log';

export function summary(change: Partial<RunSummary> = {}): RunSummary {
  return {
    id: RUN,
    name: 'a',
    format: 'nanoGPT console',
    guessed: false,
    files: [RUN],
    source: 'ws',
    state: 'live',
    stepUnit: 'step',
    points: 100,
    step: 400,
    totalSteps: 1000,
    loss: 3.2,
    forecast: null,
    refused: null,
    issues: 0,
    warnings: [],
    changedAt: 0,
    ...change,
  };
}

export function part(
  key: PlanPartView['key'],
  value: PlanPartView['value'],
  source: PlanPartView['source'] = 'log',
): PlanPartView {
  return { key, value, source: value === null ? null : source, confidence: 1, where: '' };
}

export function run(change: Partial<RunView> = {}): RunView {
  return {
    summary: summary(),
    series: [],
    plan: [part('totalSteps', 1000), part('peakLr', 6e-4), part('family', 'cosine')],
    missing: [],
    conflicts: [],
    restarts: [],
    plannedLr: { steps: [0, 100, 1000], lrs: [0, 6e-4, 0] },
    config: {},
    issues: [],
    warnings: [],
    etaMs: 60_000,
    axes: { tokens: null, time: null },
    best: null,
    checkpoints: [],
    ...change,
  };
}

export function forecast(change: Partial<Forecast> = {}): Forecast {
  return {
    lawId: 'lrAnnealing',
    finalStep: 1000,
    finalLoss: { value: 3, interval80: [2.988, 3.012], interval95: [2.98, 3.02] },
    refused: null,
    seen: { step: 400, fraction: 0.4, points: 100 },
    params: [],
    remaining: { fromMoreSteps: 0.1, fromLowerLr: 0.15 },
    curve: {
      steps: [100, 400, 700, 1000],
      values: [4, 3.2, 3.1, 3],
      low80: [3.9, 3.19, 3.09, 2.988],
      high80: [4.1, 3.21, 3.11, 3.012],
      low95: [3.8, 3.18, 3.08, 2.98],
      high95: [4.2, 3.22, 3.12, 3.02],
    },
    report: {
      pointsUsed: 90,
      pointsLeftOut: [{ reason: 'during warm-up', count: 10 }],
      bins: 20,
      lossFunction: 'Huber',
      optimizer: 'Levenberg-Marquardt',
      iterations: 12,
      starts: 3,
      converged: true,
      residualSd: 0.01,
      pointNoise: 0.03,
      residuals: { steps: [100, 200], values: [0.01, -0.01] },
      learntFrom: [],
      notes: [],
    },
    ...change,
  };
}

export function forecastView(change: Partial<ForecastView> = {}): ForecastView {
  const base = { run: RUN, series: 'train_loss', message: '', validation: null };
  return { ...base, status: 'ready', forecast: forecast(), ...change };
}

export function snapshot(
  name: string,
  steps: number[],
  values: number[],
  change: Partial<SeriesSnapshot> = {},
): SeriesSnapshot {
  return {
    name,
    label: name,
    unit: '',
    revision: 1,
    total: steps.length,
    raw: { steps, values },
    smooth: null,
    ghosts: [],
    nonFinite: [],
    ...change,
  };
}

/** A run of 41 points: loss falls from 7 to 3.2, one validation loss in ten. */
export function state(change: Partial<PanelState> = {}): PanelState {
  const steps = Array.from({ length: 41 }, (_, index) => index * 10);
  const losses = steps.map((step) => 3 + 4 / (1 + step / 20));
  const evaluated = steps.filter((_, index) => index % 10 === 0);
  return {
    run: run(),
    series: [
      snapshot('train_loss', steps, losses, { smooth: { steps, values: losses } }),
      snapshot(
        'val_loss',
        evaluated,
        evaluated.map((step) => 3.1 + 4 / (1 + step / 20)),
      ),
      snapshot(
        'learning_rate',
        steps,
        steps.map((step) => Math.min(step / 100, 1) * 6e-4),
      ),
    ],
    forecast: forecastView(),
    overlays: [],
    ...change,
  };
}
