import type { Answer } from '../../../../src/core/answers/answer';
import { answerWhatIf, type WhatIfQuestion, type WhatIfReply } from '../../../../src/core/answers/question';
import type { ForecastInput } from '../../../../src/core/forecast/forecast';
import { type ForecastWithFit, fitForecast } from '../../../../src/core/forecast/predict';
import type { Issue } from '../../../../src/core/model';
import { sampleSchedule } from '../../../../src/core/plan/sampleSchedule';
import { reportHtml } from '../../../../src/core/report/html';
import { reportMarkdown } from '../../../../src/core/report/markdown';
import { runReport } from '../../../../src/core/report/runReport';
import { decimate } from '../../../../src/core/series/decimate';
import { Smoother } from '../../../../src/core/series/smooth';
import { explain } from '../../../../src/core/warnings/explain';
import type { ForecastView, PanelState, PanelView, ReportView } from '../../../../src/protocol/panel';
import type { PlanPartView, RunAxes, RunSummary, RunView, WarningView } from '../../../../src/protocol/run';
import type { OverlaySnapshot, RunListing, SeriesListing, SeriesSnapshot } from '../../../../src/protocol/series';

/** A recorded run: columns of `step,lr,loss`. */
export interface Recorded {
  readonly steps: number[];
  readonly lrs: number[];
  readonly losses: number[];
}

export type ScenarioName =
  | 'ready'
  | 'early'
  | 'fitting'
  | 'refused'
  | 'noPlan'
  | 'noRate'
  | 'finished'
  | 'diverged'
  | 'stalled'
  | 'failed'
  | 'restarts'
  | 'hostile'
  | 'overlays'
  | 'events';

const TOTAL = 9536;
const SCHEDULE = {
  family: 'wsd-linear',
  totalSteps: TOTAL,
  warmupSteps: 249,
  peakLr: 0.0018,
  finalLr: 0,
  decayStart: 6811,
  decaySteps: 2725,
} as const;
const ID = 'runs/nanogpt-124m/adamw-baseline.log';

interface Other {
  readonly run: string;
  readonly name: string;
  /** The recorded losses times this. */
  readonly factor: number;
  readonly until: number;
}

/** Other runs: the recorded one, a little better or worse. */
const OTHERS: readonly Other[] = [
  { run: 'runs/nanogpt-124m/muon.log', name: 'muon', factor: 0.985, until: TOTAL },
  { run: 'runs/nanogpt-124m/adamw-small-batch.log', name: 'adamw-small-batch', factor: 1.012, until: TOTAL },
  { run: 'runs/nanogpt-124m/adamw-lr-2x.log', name: 'adamw-lr-2x', factor: 1.03, until: 3000 },
  { run: 'runs/sweeps/wide/7/train.log', name: 'wide/7', factor: 0.96, until: 6000 },
];

/** Half a million tokens and 2.1 seconds per step, with a pause of an hour in the middle of the run. */
const AXES: RunAxes = {
  tokens: { steps: [0, TOTAL], values: [0, TOTAL * 524_288] },
  time: { steps: [0, 2500, 2501, TOTAL], values: [0, 5250, 8850, 8850 + 2.1 * (TOTAL - 2501)] },
};

/** A series that the recorded run does not have. */
function madeUp(name: string, { steps, losses }: Recorded): number[] {
  const noise = losses.map((loss, row) => loss - (losses[row - 1] ?? loss));
  const make: Readonly<Record<string, (row: number) => number>> = {
    grad_norm: (row) => 0.35 + 2 / (1 + steps[row]! / 200) + Math.abs(noise[row]!),
    throughput: (row) => 249_000 + 4000 * noise[row]! - (steps[row]! > 3000 ? 20_000 : 0),
    iteration_time: (row) => 2.1 + 0.05 * Math.abs(noise[row]!),
  };
  const value = make[name] ?? ((row: number) => losses[row]! * 0.9);
  return steps.map((_, row) => value(row));
}

function warningsOf(): WarningView[] {
  const found = [
    {
      id: 'lossSpike',
      severity: 'warning',
      step: 1702,
      until: 1730,
      text: 'The loss rose from 3.76 to 4.31 at step 1702 and was back after 28 steps.',
    },
    {
      id: 'throughputDrop',
      severity: 'info',
      step: 3010,
      until: null,
      text: 'Throughput fell from 249 000 to 229 000 tokens per second and stayed there.',
    },
    {
      id: 'divergence',
      severity: 'error',
      step: 4120,
      until: null,
      text: 'The smoothed loss has risen for 180 steps, 6 times its usual spread.',
    },
  ] as const;
  return found.map(({ text, ...rest }) => {
    const warning = { ...rest, series: 'train_loss', evidence: { text, numbers: {}, steps: [rest.step] } };
    return { ...explain(warning), muted: false };
  });
}

export function parseCsv(text: string): Recorded {
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number));
  return { steps: rows.map((row) => row[0]!), lrs: rows.map((row) => row[1]!), losses: rows.map((row) => row[2]!) };
}

/** A panel state of a recorded run, cut and changed as the scenario needs. */
export class Scenario {
  readonly #fit: ForecastWithFit;

  constructor(
    readonly name: ScenarioName,
    readonly train: Recorded,
    readonly val: Recorded,
    public until = untilOf(name),
  ) {
    this.#fit = this.#predict();
  }

  get #forecast(): ForecastView['forecast'] {
    return this.#fit.forecast;
  }

  get #validation(): ForecastView['validation'] {
    const { steps, losses } = cut(this.val, this.until);
    const points = { steps: Float64Array.from(steps), losses: Float64Array.from(losses) };
    return fitForecast({ ...this.#input(), ...points }).forecast.finalLoss;
  }

  /** What the background process would answer. */
  whatIf(question: WhatIfQuestion): Answer<WhatIfReply> {
    return answerWhatIf(this.#fit.fitted!, question);
  }

  state(view: PanelView): PanelState {
    const overlays = OTHERS.filter(({ run }) => view.overlays.includes(run)).map((other) => this.#overlay(other, view));
    return { run: this.run(), series: this.series(view), forecast: this.forecast(), overlays };
  }

  series(view: PanelView): SeriesSnapshot[] {
    const train = cut(this.train, this.until);
    const losses =
      this.name === 'diverged'
        ? train.losses.map((loss, index) => blowUp(loss, index - train.losses.length))
        : train.losses;
    const val = cut(this.val, this.until);
    const withRate = this.name !== 'noRate' && this.name !== 'noPlan';
    return [
      snapshot('train_loss', train.steps, losses, view, true),
      snapshot('val_loss', val.steps, val.losses, view, false),
      ...(withRate ? [snapshot('learning_rate', train.steps, train.lrs, view, false)] : []),
      ...view.series.map((name) => snapshot(name, train.steps, madeUp(name, train), view, name === 'grad_norm')),
    ].map((each) => (this.name === 'restarts' && each.name === 'train_loss' ? withGhost(each) : each));
  }

  /** Further series, as the picker lists them. */
  listSeries(): SeriesListing[] {
    const train = cut(this.train, this.until);
    const units: Readonly<Record<string, string>> = { throughput: 'tokens/s', iteration_time: 's' };
    return ['grad_norm', 'throughput', 'iteration_time', 'train_loss/aux'].map((name) => {
      const values = madeUp(name, train);
      const span = { steps: Float64Array.from(train.steps), values: Float64Array.from(values) };
      const spark = decimate([span], 48).values;
      return { name, label: name, unit: units[name] ?? '', points: values.length, last: values.at(-1) ?? null, spark };
    });
  }

  listRuns(): RunListing[] {
    return OTHERS.map((other, index) => {
      const { points } = this.#overlay(other, { maxPoints: 48, smoothing: 0.98, window: null });
      const state = index === 2 ? 'live' : 'finished';
      const step = points.steps.at(-1) ?? null;
      return {
        ...other,
        source: 'elsewhere',
        state,
        beside: index < 3,
        step,
        loss: points.values.at(-1) ?? null,
        spark: points.values,
      };
    });
  }

  /** The report of the forecast, made as the background process makes it. */
  report(): ReportView {
    const input = this.#input(this.until);
    const fit = fitForecast(input);
    const report = runReport(fit, input);
    const { forecast } = fit;
    const name = this.#summary().name;
    const subject = { name, series: 'train_loss', forecast, report };
    return { name, forecast, report, markdown: reportMarkdown(subject), html: reportHtml(subject) };
  }

  #overlay(
    { run, name, factor, until }: Other,
    view: Pick<PanelView, 'maxPoints' | 'smoothing' | 'window'>,
  ): OverlaySnapshot {
    const { steps, losses } = cut(this.train, until);
    const smoother = new Smoother(view.smoothing);
    const values = smoother.all(Float64Array.from(losses, (loss) => loss * factor));
    const span = { steps: Float64Array.from(steps), values };
    return {
      run,
      name,
      series: 'train_loss',
      total: steps.length,
      points: decimate([span], view.maxPoints, view.window),
      axes: AXES,
    };
  }

  run(): RunView {
    const planned = sampleSchedule(SCHEDULE, 0, TOTAL, 1e-3);
    const missing = this.#missing();
    const last = cut(this.val, this.until);
    return {
      summary: this.#summary(),
      series: [{ name: 'train_loss', label: 'train loss', unit: '', points: 10, nonFinite: 0, last: null }],
      plan: planOf(this.name),
      missing,
      conflicts: this.name === 'restarts' ? ['train.py says 9536 total steps, config.yaml says 10 000.'] : [],
      restarts: this.name === 'restarts' || this.name === 'events' ? [2400, 3600] : [],
      plannedLr: missing.length > 0 ? { steps: [], lrs: [] } : planned,
      config: { last: last.losses.at(-1) ?? null },
      issues: issuesOf(this.name),
      warnings: this.name === 'events' ? warningsOf() : [],
      etaMs: 2.4 * 3_600_000,
      axes: this.name === 'early' ? { tokens: null, time: null } : AXES,
      best: this.name === 'overlays' ? { run: OTHERS[0]!.run, name: OTHERS[0]!.name, loss: 3.297, chance: 0.72 } : null,
      checkpoints:
        this.name === 'events'
          ? [1000, 2000, 3000, 4000].map((step) => ({ step, path: `out/step${step}/model.safetensors` }))
          : [],
    };
  }

  forecast(): ForecastView {
    const base = { run: ID, series: 'train_loss', message: '', validation: null };
    const none = { ...base, forecast: null };
    switch (this.name) {
      case 'fitting':
        return { ...none, status: 'fitting' };
      case 'noRate':
        return { ...base, status: 'refused', forecast: this.#forecast && { ...this.#forecast, lawId: 'powerLaw' } };
      case 'noPlan':
        return { ...none, status: 'idle', message: 'The log does not say how many steps are planned.' };
      case 'failed':
        return { ...none, status: 'failed', message: 'The fit was stopped after 60 s.' };
      case 'diverged':
        return { ...none, status: 'refused', message: 'The loss is not finite.' };
      case 'refused':
        return {
          ...base,
          status: 'refused',
          forecast: this.#forecast && {
            ...this.#forecast,
            lawId: 'powerLaw',
            refused: {
              code: 'tooFewPoints',
              reason:
                'Only 4 % of the run is logged and the warm-up has just ended. A forecast needs about twice as many points.',
            },
          },
        };
      default:
        return { ...base, status: 'ready', forecast: this.#forecast, validation: this.#validation };
    }
  }

  #predict(): ForecastWithFit {
    return fitForecast(this.#input());
  }

  #input(until = this.name === 'finished' ? 5000 : this.until): ForecastInput {
    const { steps, losses } = cut(this.train, until);
    const planned = sampleSchedule(SCHEDULE, 0, TOTAL, 1e-3);
    return {
      steps: Float64Array.from(steps),
      losses: Float64Array.from(losses),
      lr: { steps: Float64Array.from(planned.steps), lrs: Float64Array.from(planned.lrs) },
      finalStep: TOTAL,
      seed: 1,
    };
  }

  #missing(): RunView['missing'] {
    if (this.name === 'noPlan') return ['totalSteps', 'learningRate'];
    return this.name === 'noRate' ? ['learningRate'] : [];
  }

  #summary(): RunSummary {
    const train = cut(this.train, this.until);
    const states = { finished: 'finished', diverged: 'diverged', stalled: 'stalled' } as const;
    const state = this.name in states ? states[this.name as keyof typeof states] : 'live';
    return {
      id: ID,
      name:
        this.name === 'hostile'
          ? `<img src=x onerror=alert(1)>${'run-with-a-very-long-name-'.repeat(8)}`
          : 'adamw-baseline',
      format: 'nanoGPT console',
      guessed: this.name === 'early',
      files: [ID],
      source: 'nanogpt-124m',
      state,
      stepUnit: 'step',
      points: train.steps.length,
      step: train.steps.at(-1) ?? null,
      totalSteps: this.name === 'noPlan' ? null : TOTAL,
      loss: train.losses.at(-1) ?? null,
      forecast: null,
      refused: null,
      issues: issuesOf(this.name).length,
      warnings: [],
      changedAt: Date.now() - 47 * 60_000,
    };
  }
}

function untilOf(name: ScenarioName): number {
  const steps: Partial<Record<ScenarioName, number>> = {
    early: 700,
    refused: 400,
    finished: TOTAL,
    diverged: 4300,
    fitting: 1200,
  };
  return steps[name] ?? 4300;
}

function cut({ steps, lrs, losses }: Recorded, until: number): Recorded {
  const count = steps.filter((step) => step <= until).length;
  return { steps: steps.slice(0, count), lrs: lrs.slice(0, count), losses: losses.slice(0, count) };
}

function snapshot(name: string, steps: number[], values: number[], view: PanelView, smooths: boolean): SeriesSnapshot {
  const span = { steps: Float64Array.from(steps), values: Float64Array.from(values) };
  const smoother = new Smoother(view.smoothing);
  const smooth = { steps: span.steps, values: smoother.all(span.values) };
  return {
    name,
    label: name.replaceAll('_', ' '),
    unit: '',
    revision: 1,
    total: steps.length,
    raw: decimate([span], view.maxPoints, view.window),
    smooth: smooths && view.smoothing > 0 ? decimate([smooth], view.maxPoints, view.window) : null,
    ghosts: [],
    nonFinite: steps
      .filter((_, index) => !Number.isFinite(values[index]))
      .map((step) => ({ step, kind: 'nan' as const })),
  };
}

function withGhost(series: SeriesSnapshot): SeriesSnapshot {
  const part = (from: number, to: number): { steps: number[]; values: number[] } => {
    const rows = series.raw.steps.map((step, index) => ({
      step,
      value: series.raw.values[index]! + 0.08 + (step - from) / 4000,
    }));
    const inside = rows.filter(({ step }) => step >= from && step <= to);
    return { steps: inside.map(({ step }) => step), values: inside.map(({ value }) => value) };
  };
  return { ...series, ghosts: [part(2400, 2750), part(3600, 3800)] };
}

function blowUp(loss: number, fromEnd: number): number {
  if (fromEnd > -14) return Number.NaN;
  return fromEnd > -90 ? loss + 0.02 * (fromEnd + 90) : loss;
}

function issuesOf(name: ScenarioName): Issue[] {
  if (name !== 'restarts' && name !== 'hostile') return [];
  return [
    { code: 'line.malformed', message: 'A line is cut off: "step 2401 | loss 3."', file: ID, offset: 182_331 },
    { code: 'value.nonFinite', message: 'The gradient norm is not finite.', file: ID, offset: 190_112 },
    { code: 'file.truncated', message: '<b>The file</b> became shorter and was read again.', file: ID, offset: null },
  ];
}

function planOf(name: ScenarioName): PlanPartView[] {
  const unknown = name === 'noPlan';
  const rate = unknown || name === 'noRate';
  const part = (
    key: PlanPartView['key'],
    value: PlanPartView['value'],
    source: PlanPartView['source'],
    confidence = 1,
    where = '',
  ): PlanPartView => ({ key, value, source, confidence, where });
  const none = (key: PlanPartView['key']): PlanPartView => part(key, null, null, 0);
  return [
    unknown ? none('totalSteps') : part('totalSteps', TOTAL, 'log', 1, 'num_iterations in the config dump of the log'),
    rate ? none('warmupSteps') : part('warmupSteps', 249, 'inferred', 0.97, 'rise of the first 14 logged rates'),
    rate ? none('family') : part('family', 'wsd-linear', 'code', 1, 'get_lr in train.py'),
    rate ? none('peakLr') : part('peakLr', 0.0018, 'log', 1, 'learning_rate in the config dump of the log'),
    rate ? none('finalLr') : part('finalLr', 0, 'user', 1, ''),
    rate ? none('decayStart') : part('decayStart', 6811, 'config', 1, 'config.yaml'),
    rate ? none('decaySteps') : part('decaySteps', 2725, 'inferred', 0.62, 'from total steps and decay start'),
  ];
}
