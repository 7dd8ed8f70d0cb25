import { type Envelope, isEnvelope } from '../../../../src/protocol/channel';
import type { PanelView, WhatIfQuestion } from '../../../../src/protocol/panel';
import { PROTOCOL_VERSION } from '../../../../src/protocol/version';
import { parseCsv, type Recorded, Scenario, type ScenarioName } from './scenarios';

// Stands in for the editor: answers the panel from a recorded run. Settings come in the address of the page.
const settings = new URLSearchParams(location.search);
const name = settings.get('scenario') ?? 'ready';
const sent: unknown[] = [];
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

let answered = 0;

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

let firstDrawing = 0;
new MutationObserver((_, observer) => {
  if (document.querySelector<HTMLElement>('#app')?.dataset.state !== 'ready') return;
  observer.disconnect();
  firstDrawing = performance.now() - answered;
}).observe(document.body, { attributes: true, subtree: true, attributeFilter: ['data-state'] });

function post(message: Envelope): void {
  window.postMessage(message, '*');
}

function event(eventName: string, body: unknown): void {
  post({ v: PROTOCOL_VERSION, kind: 'event', name: eventName, body });
}

async function answer(request: Envelope & { kind: 'request' }): Promise<void> {
  await loaded;
  if (name === 'loading' && request.name === 'view/open') return;
  const reply = (ok: unknown): void => post({ v: PROTOCOL_VERSION, kind: 'reply', id: request.id, reply: { ok } });
  const fail = (code: string, message: string): void =>
    post({ v: PROTOCOL_VERSION, kind: 'reply', id: request.id, reply: { error: { code, message } } });
  if (request.name === 'view/whatIf') {
    const { value, refused } = scenario!.whatIf((request.body as { question: WhatIfQuestion }).question);
    if (value === null) fail('fit.refused', refused.reason);
    else reply(value);
  } else if (request.name in LISTS) {
    reply(LISTS[request.name]!(scenario!));
  } else if (request.name !== 'view/open') {
    reply(request.name === 'host/save' ? { saved: true } : null);
  } else if (name === 'empty') {
    fail('run.unknown', 'There is no run.');
  } else if (name === 'error') {
    fail('internal', 'The background process ended while it was reading /home/mira/out/train.log.');
  } else {
    lastView = request.body as PanelView;
    const state = scenario!.state(name === 'large' ? { ...lastView, maxPoints: 4000 } : lastView);
    answered = performance.now();
    reply(state);
  }
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

declare global {
  interface Window {
    dev: object;
    acquireVsCodeApi: () => unknown;
  }
}

window.dev = { grow, sent, event, timed, timings: () => `${firstDrawing.toFixed(1)} ms after the answer` };
window.acquireVsCodeApi = () => ({
  postMessage: (message: unknown) => {
    sent.push(structuredClone(message));
    if (isEnvelope(message) && message.kind === 'request') void answer(message);
  },
  getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown,
  setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
});
