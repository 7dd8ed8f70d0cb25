import type { Reply } from '../../../../src/protocol/channel';
import type { PanelView, WhatIfQuestion } from '../../../../src/protocol/panel';
import { event, FirstDrawing, lost, scenarioName as name, type Request, standIn } from '../host';
import { parseCsv, type Recorded, Scenario, type ScenarioName } from './scenarios';

// Answers the run panel from a recorded run.
let scenario: Scenario | null = null;
let lastView: PanelView | null = null;

const loaded = Promise.all(
  ['train', 'val'].map(async (kind) => parseCsv(await (await fetch(`/data/adamw-${kind}.csv`)).text())),
).then(([train, val]) => {
  if (name === 'large') scenario = new Scenario('ready', stretched(train!), stretched(train!), 8000);
  else if (name !== 'empty' && name !== 'error') scenario = new Scenario(name as ScenarioName, train!, val!);
});

/** The same run with 4000 points up to step 8000. */
function stretched({ steps, lrs, losses }: Recorded): Recorded {
  const rows = Array.from({ length: 4700 }, (_, index) =>
    Math.min(steps.length - 1, Math.floor((index * steps.length) / 4700)),
  );
  return {
    steps: rows.map((_, index) => index * 2),
    lrs: rows.map((row) => lrs[row]!),
    losses: rows.map((row, index) => losses[row]! + (index % 7) / 100),
  };
}

/** Requests that any scenario answers. */
const LISTS: Readonly<Record<string, (from: Scenario) => unknown>> = {
  'view/series': (from) => from.listSeries(),
  'view/runs': (from) => from.listRuns(),
  'view/report': (from) => from.report(),
};

/** Milliseconds from the answer, or from `act`, until the frame that shows it has been drawn. */
async function timed(act: () => void): Promise<number> {
  const app = document.querySelector<HTMLElement>('#app')!;
  const start = performance.now();
  const drawn = new Promise<number>((resolve) => {
    const observer = new MutationObserver(() => {
      observer.disconnect();
      resolve(performance.now() - start);
    });
    observer.observe(app, { attributes: true, attributeFilter: ['data-points'] });
  });
  act();
  return drawn;
}

const first = new FirstDrawing();

async function answer({ name: asked, body }: Request): Promise<Reply | null> {
  await loaded;
  if (name === 'loading' && asked === 'view/open') return null;
  if (asked === 'view/whatIf') {
    const { value, refused } = scenario!.whatIf((body as { question: WhatIfQuestion }).question);
    return value === null ? { error: { code: 'fit.refused', message: refused.reason } } : { ok: value };
  }
  if (asked in LISTS) return { ok: LISTS[asked]!(scenario!) };
  if (asked !== 'view/open') return { ok: asked === 'host/save' ? { saved: true } : null };
  if (name === 'empty') return { error: { code: 'run.unknown', message: 'There is no run.' } };
  if (name === 'error') return lost('runs/nanogpt-124m/train.log');
  lastView = body as PanelView;
  const state = scenario!.state(name === 'large' ? { ...lastView, maxPoints: 4000 } : lastView);
  first.answered();
  return { ok: state };
}

/** Lets the run go on by some steps, as a growing log does. */
function grow(steps: number): void {
  if (scenario === null || lastView === null) return;
  const before = scenario.series(lastView);
  scenario.until += steps;
  const after = scenario.series({ ...lastView, maxPoints: 1e9 });
  const appends = after.map((series, index) => {
    const last = before[index]!.raw.steps.at(-1) ?? -1;
    const from = series.raw.steps.findIndex((step) => step > last);
    const part = (points: { steps: readonly number[]; values: readonly number[] }) =>
      from < 0 ? { steps: [], values: [] } : { steps: points.steps.slice(from), values: points.values.slice(from) };
    const revision = revisions.get(series.name) ?? 1;
    revisions.set(series.name, revision + 1);
    return {
      name: series.name,
      from: revision,
      to: revision + 1,
      total: series.total,
      raw: part(series.raw),
      smooth: series.smooth === null ? null : part(series.smooth),
      nonFinite: [],
    };
  });
  event('run/didChange', scenario.run());
  event('series/didAppend', appends);
}

const revisions = new Map<string, number>();

standIn(answer, { grow, timed, timings: () => `${first.ms.toFixed(1)} ms after the answer` });
