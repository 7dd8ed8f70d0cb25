import { type Envelope, isEnvelope } from '../../../../src/protocol/channel';
import type { CompareLook } from '../../../../src/protocol/compare';
import { PROTOCOL_VERSION } from '../../../../src/protocol/version';
import { Sweep, type SweepOptions } from './sweep';

// Stands in for the editor: answers the panel from a made sweep. Settings come in the address of the page.
const settings = new URLSearchParams(location.search);
const name = settings.get('scenario') ?? 'ready';
const sent: unknown[] = [];

const SCENARIOS: Readonly<Record<string, SweepOptions>> = {
  empty: { count: 0 },
  one: { count: 1 },
  three: { count: 3 },
  ready: { count: 30 },
  fitting: { count: 120, forecast: 37 },
  large: { count: 500 },
  hostile: { count: 12, isHostile: true },
};

const sweep = new Sweep(SCENARIOS[name] ?? SCENARIOS.ready!);
const told = new Set<string>();
let lastPinned: string | null | undefined;
let answered = 0;
let firstDrawing = 0;

new MutationObserver((_, observer) => {
  if (document.querySelector<HTMLElement>('#app')?.dataset.state !== 'ready') return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => (firstDrawing = performance.now() - answered)));
}).observe(document.body, { attributes: true, subtree: true, attributeFilter: ['data-state'] });

function post(message: Envelope): void {
  window.postMessage(message, '*');
}

function event(eventName: string, body: unknown): void {
  post({ v: PROTOCOL_VERSION, kind: 'event', name: eventName, body });
}

function answer(request: Envelope & { kind: 'request' }): void {
  const reply = (ok: unknown): void => post({ v: PROTOCOL_VERSION, kind: 'reply', id: request.id, reply: { ok } });
  if (name === 'loading' && request.name === 'view/open') return;
  if (name === 'error' && request.name === 'view/open') {
    const error = {
      code: 'internal',
      message: 'The background process ended while it was reading /home/mira/sweep/7/metrics.jsonl.',
    };
    post({ v: PROTOCOL_VERSION, kind: 'reply', id: request.id, reply: { error } });
    return;
  }
  if (request.name === 'view/open') {
    answered = performance.now();
    reply(sweep.state());
    return;
  }
  reply(request.name === 'host/save' ? { saved: true } : null);
  if (request.name !== 'view/look') return;
  const { runs, pinned } = request.body as CompareLook;
  const fresh = runs.filter((run) => !told.has(run));
  for (const run of fresh) told.add(run);
  for (let k = 0; k < fresh.length; k += 25) event('curves/didChange', sweep.curves(fresh.slice(k, k + 25)));
  if (lastPinned !== pinned) event('standings/didChange', sweep.standings(pinned));
  lastPinned = pinned;
}

/** Lets some live runs go on by a step, as growing logs do. */
function grow(count: number): void {
  const live = sweep.runs.filter(({ row }) => row.state === 'live').slice(0, count);
  const rows = live.map(({ row }) => ({ ...row, step: (row.step ?? 0) + 1, loss: (row.loss ?? 3) - 0.001 }));
  event('rows/didChange', { rows, removed: [], progress: sweep.state().progress });
  event('curves/didChange', sweep.curves(live.map(({ row }) => row.run)));
}

declare global {
  interface Window {
    dev: object;
    acquireVsCodeApi: () => unknown;
  }
}

window.dev = { grow, sent, event, timings: () => firstDrawing };
window.acquireVsCodeApi = () => ({
  postMessage: (message: unknown) => {
    sent.push(structuredClone(message));
    if (isEnvelope(message) && message.kind === 'request') setTimeout(() => answer(message));
  },
  getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown,
  setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
});
