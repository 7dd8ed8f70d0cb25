import { type Envelope, isEnvelope } from '../../src/protocol/channel';
import type { PanelView } from '../../src/protocol/panel';
import { PROTOCOL_VERSION } from '../../src/protocol/version';
import { parseCsv, Scenario, type ScenarioName } from './scenarios';

// Stands in for the editor: answers the panel from a recorded run. Settings come in the address of the page.
const settings = new URLSearchParams(location.search);
const name = settings.get('scenario') ?? 'ready';
const sent: unknown[] = [];
let scenario: Scenario | null = null;
let lastView: PanelView | null = null;

const loaded = Promise.all(
  ['train', 'val'].map(async (kind) => parseCsv(await (await fetch(`/data/adamw-${kind}.csv`)).text())),
).then(([train, val]) => {
  if (name !== 'empty' && name !== 'error') scenario = new Scenario(name as ScenarioName, train!, val!);
});

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
  if (request.name !== 'view/open') {
    reply(request.name === 'host/save' ? { saved: true } : null);
  } else if (name === 'empty') {
    fail('run.unknown', 'There is no run.');
  } else if (name === 'error') {
    fail('internal', 'The background process ended while it was reading /home/mira/out/train.log.');
  } else {
    lastView = request.body as PanelView;
    reply(scenario!.state(lastView));
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
    dev: { grow: typeof grow; sent: unknown[]; event: typeof event };
    acquireVsCodeApi: () => unknown;
  }
}

window.dev = { grow, sent, event };
window.acquireVsCodeApi = () => ({
  postMessage: (message: unknown) => {
    sent.push(structuredClone(message));
    if (isEnvelope(message) && message.kind === 'request') void answer(message);
  },
  getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown,
  setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
});
