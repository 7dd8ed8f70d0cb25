import { type Envelope, isEnvelope } from '../../../../src/protocol/channel';
import type { MatrixView } from '../../../../src/protocol/spectra';
import { PROTOCOL_VERSION } from '../../../../src/protocol/version';
import type { RecordedSession, Recording } from './recording';
import { SCENARIOS } from './scenarios';

// Stands in for the editor: answers the panel from what the product's own session said of a made training.
const name = new URLSearchParams(location.search).get('scenario') ?? 'ready';
const sent: unknown[] = [];
const loaded = fetch('/spectra.json').then(async (answer) => {
  const recording = (await answer.json()) as Recording;
  return SCENARIOS[name]?.(recording);
});

function post(message: Envelope): void {
  window.postMessage(message, '*');
}

function event(eventName: string, body: unknown): void {
  post({ v: PROTOCOL_VERSION, kind: 'event', name: eventName, body });
}

async function answer(request: Envelope & { kind: 'request' }): Promise<void> {
  const session = await loaded;
  if (name === 'loading') return;
  const reply = (ok: unknown): void => post({ v: PROTOCOL_VERSION, kind: 'reply', id: request.id, reply: { ok } });
  if (session === undefined) {
    const error = { code: 'internal', message: 'The background process ended while it was reading the folder.' };
    post({ v: PROTOCOL_VERSION, kind: 'reply', id: request.id, reply: { error } });
  } else reply(answerOf(session, request));
}

function answerOf(session: RecordedSession, { name: asked, body }: Envelope & { kind: 'request' }): unknown {
  switch (asked) {
    case 'view/open':
      return session.state;
    case 'spectra/matrix': {
      const { path, name: matrix } = body as Pick<MatrixView, 'path' | 'name'>;
      return session.matrices[`${path} ${matrix}`];
    }
    case 'spectra/compare':
      // The recording compares the first checkpoint with the last; the page is told so whichever it asked for.
      setTimeout(() => event('comparison/didChange', { ...session.comparison, ...(body as object) }));
      return null;
    case 'spectra/export':
      return { name: 'spectra.csv', content: 'a,b\n' };
    case 'host/save':
      return { saved: true };
    default:
      return null;
  }
}

declare global {
  interface Window {
    dev: object;
    acquireVsCodeApi: () => unknown;
  }
}

window.dev = { sent, event };
window.acquireVsCodeApi = () => ({
  postMessage: (message: unknown) => {
    sent.push(structuredClone(message));
    if (isEnvelope(message) && message.kind === 'request') void answer(message);
  },
  getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown,
  setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
});
