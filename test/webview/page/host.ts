import { type Envelope, isEnvelope, type Reply } from '../../../src/protocol/channel';
import { PROTOCOL_VERSION } from '../../../src/protocol/version';

export type Request = Envelope & { kind: 'request' };

/** The address of the page says which of the states is shown. */
export const scenarioName = new URLSearchParams(location.search).get('scenario') ?? 'ready';

/** What a page is told that has lost the background process. */
export function lost(reading: string): Reply {
  return { error: { code: 'internal', message: `The background process ended while it was reading ${reading}.` } };
}

/** Tells the page what nobody has asked for. */
export function event(name: string, body: unknown): void {
  post({ v: PROTOCOL_VERSION, kind: 'event', name, body });
}

function post(message: Envelope): void {
  window.postMessage(message, '*');
}

declare global {
  interface Window {
    dev: object;
    acquireVsCodeApi: () => unknown;
  }
}

/**
 * Stands in for the editor: `answer` replies to the page, `null` never does. The scripts that drive the page find `tools` in
 * `window.dev`, beside all that the page has `sent`.
 */
export function standIn(answer: (request: Request) => Promise<Reply | null>, tools: object = {}): void {
  const sent: unknown[] = [];
  window.dev = { sent, event, ...tools };
  window.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => {
      sent.push(structuredClone(message));
      if (!isEnvelope(message) || message.kind !== 'request') return;
      void answer(message).then((reply) => {
        if (reply !== null) post({ v: PROTOCOL_VERSION, kind: 'reply', id: message.id, reply });
      });
    },
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown,
    setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
  });
}

/** Milliseconds from the answer to the page until the frame in which it was ready. */
export class FirstDrawing {
  ms = 0;
  #answered = 0;

  constructor() {
    new MutationObserver((_, observer) => {
      if (document.querySelector<HTMLElement>('#app')?.dataset.state !== 'ready') return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => (this.ms = performance.now() - this.#answered)));
    }).observe(document.body, { attributes: true, subtree: true, attributeFilter: ['data-state'] });
  }

  answered(): void {
    this.#answered = performance.now();
  }
}
