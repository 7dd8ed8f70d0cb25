import { type Contract, PanelChannel } from '../../src/protocol/channel';

/** The editor's side of a webview, as `acquireVsCodeApi` gives it. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** Takes the only handle to the editor that a page gets, opens the channel to it, and finds where the panel is shown. */
export function connect<C extends Contract>(): { root: HTMLElement; api: VsCodeApi; channel: PanelChannel<C> } {
  const root = document.querySelector<HTMLElement>('main#app');
  if (root === null) throw new Error('The page has no <main id="app">.');
  const api = acquireVsCodeApi();
  const channel = new PanelChannel<C>((message) => api.postMessage(message), {
    set: (callback, milliseconds) => setTimeout(callback, milliseconds),
    clear: (timer) => clearTimeout(timer as number),
  });
  window.addEventListener('message', (event: MessageEvent<unknown>) => channel.receive(event.data));
  return { root, api, channel };
}
