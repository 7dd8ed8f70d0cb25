// Measures the run panel from inside its page; the host is the benchmark in Node.
import { isEnvelope } from '../../../src/protocol/channel';
import type { PanelState } from '../../../src/protocol/panel';
import { PROTOCOL_VERSION } from '../../../src/protocol/version';
import { measureFrames, painted } from './frames';

declare global {
  interface Window {
    /** The background process: its answers are JSON. */
    answer: (name: string, body: unknown) => Promise<string>;
    acquireVsCodeApi: () => unknown;
    bench: object;
  }
}

/** Milliseconds since the page was asked for. */
const opening = { asked: 0, arrived: 0, drawn: 0 };
let state: PanelState | null = null;

window.acquireVsCodeApi = () => ({
  getState: () => ({ series: ['grad_norm', 'throughput'], open: [] }),
  setState: () => undefined,
  postMessage: (message: unknown) => {
    if (isEnvelope(message) && message.kind === 'request') void reply(message.id, message.name, message.body);
  },
});

async function reply(id: number, name: string, body: unknown): Promise<void> {
  const isFirst = name === 'view/open' && opening.asked === 0;
  if (isFirst) opening.asked = performance.now();
  const ok: unknown = name.startsWith('host/') ? null : JSON.parse(await window.answer(name, body));
  if (name === 'view/open') state = ok as PanelState;
  if (isFirst) opening.arrived = performance.now();
  window.dispatchEvent(message({ v: PROTOCOL_VERSION, kind: 'reply', id, reply: { ok } }));
  if (!isFirst) return;
  const app = document.querySelector<HTMLElement>('#app')!;
  while (app.dataset.state === 'loading') await new Promise((resolve) => requestAnimationFrame(resolve));
  await painted(performance.now());
  opening.drawn = performance.now();
}

function message(data: unknown): MessageEvent {
  return new MessageEvent('message', { data });
}

const plot = (): HTMLElement => document.querySelector<HTMLElement>('#plot')!;

/** Zooms in and out around the middle, as a pinch does. */
function zoom(count: number) {
  const box = plot().getBoundingClientRect();
  const at = { clientX: box.left + box.width / 3, clientY: box.top + 100, ctrlKey: true, cancelable: true };
  return measureFrames(count, (frame) =>
    plot().dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: frame < count / 2 ? -12 : 12 })),
  );
}

function pan(count: number) {
  const box = plot().getBoundingClientRect();
  const at = { clientX: box.left + box.width / 2, clientY: box.top + 100, cancelable: true };
  const send = (init: WheelEventInit): boolean => plot().dispatchEvent(new WheelEvent('wheel', { ...at, ...init }));
  for (let turn = 0; turn < 40; turn++) send({ deltaY: -20, ctrlKey: true });
  return measureFrames(count, (frame) => send({ deltaX: frame % 40 < 20 ? 15 : -15 }));
}

function crosshair(count: number) {
  const box = plot().getBoundingClientRect();
  return measureFrames(count, (frame) => {
    const clientX = box.left + 60 + ((frame * 7) % (box.width - 80));
    plot().dispatchEvent(new PointerEvent('pointermove', { clientX, clientY: box.top + 100, bubbles: true }));
  });
}

/** Ten appends a second: points of every series, as the background process sends them. */
async function append(seconds: number) {
  let step = state!.run.summary.step!;
  const revisions = new Map(state!.series.map(({ name, revision }) => [name, revision]));
  const send = (): void => {
    step += 10;
    const appends = state!.series.map(({ name, smooth, total, raw }) => {
      const from = revisions.get(name)!;
      revisions.set(name, from + 1);
      const points =
        raw.steps.length === 0 ? { steps: [], values: [] } : { steps: [step], values: [raw.values.at(-1)!] };
      return {
        name,
        from,
        to: from + 1,
        total: total + 10,
        raw: points,
        smooth: smooth === null ? null : points,
        nonFinite: [],
      };
    });
    const summary = { ...state!.run.summary, step };
    const events = { 'run/didChange': { ...state!.run, summary }, 'series/didAppend': appends };
    for (const [name, body] of Object.entries(events)) {
      window.dispatchEvent(message({ v: PROTOCOL_VERSION, kind: 'event', name, body }));
    }
  };
  const timer = setInterval(send, 100);
  const frames = await measureFrames(60 * seconds, () => undefined);
  clearInterval(timer);
  return frames;
}

/** Milliseconds from a change in the what-if form until its curve is painted. */
async function whatIf(count: number) {
  document.querySelector<HTMLDetailsElement>('#what-if')!.open = true;
  const final = document.querySelector('.what-if-final')!;
  const changed = () =>
    new Promise<void>((resolve) => {
      const observer = new MutationObserver(() => {
        observer.disconnect();
        resolve();
      });
      observer.observe(final, { childList: true, characterData: true, subtree: true });
    });
  await changed();
  const input = document.querySelector<HTMLInputElement>('#what-if-totalSteps')!;
  const from = Number(input.value);
  const times: number[] = [];
  for (let turn = 0; turn < count; turn++) {
    const start = performance.now();
    const answered = changed();
    // The answer names the last step: each differs from the one before.
    input.value = String(from + 3000 * (1 + turn));
    input.dispatchEvent(new Event('input', { bubbles: true }));
    await answered;
    times.push(await painted(start));
  }
  return times;
}

window.bench = { zoom, pan, crosshair, append, whatIf, opening: () => opening };
