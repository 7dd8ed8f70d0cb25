import * as path from 'node:path';
import { after, before, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';

// The pages of the panels in a real browser, with stand-ins for their host.

interface DevServer {
  bundlePanels(options: { minify: boolean }): Promise<Record<string, number>>;
  serve(): Promise<{ url: string; stop: () => void }>;
}
interface Browsers {
  findBrowser(): string | undefined;
  startBrowser(): Promise<Browser>;
}
interface Editors {
  editorSupported(): boolean;
}

/** Milliseconds that a page may take for anything: far above what a slow machine needs. */
const PATIENCE = 90_000;

const tool = <T>(file: string): Promise<T> => import(path.resolve(file)) as Promise<T>;

/** What a page has asked its host for. */
export interface Sent<Body> {
  readonly name?: string;
  readonly body: Body;
}

interface Dev {
  readonly sent: Sent<never>[];
  event(name: string, body: unknown): void;
}

/** The pages of one kind of panel, for the tests of a `describe`. Without a browser they are skipped, on a CI machine they fail. */
export class PanelPages {
  /** What the consoles complained of. */
  readonly faults: string[] = [];
  /** Bytes of each bundle. */
  sizes: Readonly<Record<string, number>> = {};
  #browser: Browser | undefined;
  #url = '';
  #stop: () => void = () => undefined;

  constructor(readonly panel: string) {
    before(() => this.#start());
    after(async () => {
      await this.#browser?.close();
      this.#stop();
    });
  }

  /** The body of a test that needs the browser. */
  seen(run: () => Promise<void> | void): (context: TestContext) => Promise<void> | void {
    return (context) => (this.#browser === undefined ? context.skip('no browser') : run());
  }

  /** Opens one of the scenarios and waits until it is shown. */
  async open(scenario: string, { width = 1200, height = 900, lang = 'en' } = {}): Promise<Page> {
    const page = await this.#browser!.newPage({ viewport: { width, height } });
    page.setDefaultTimeout(PATIENCE);
    page.on('pageerror', (error) => this.faults.push(`${scenario}: ${error.message}`));
    page.on('console', (message) => message.type() === 'error' && this.faults.push(`${scenario}: ${message.text()}`));
    await page.goto(`${this.#url}?panel=${this.panel}&scenario=${scenario}&theme=dark&lang=${lang}`);
    await page.locator('#app:not([data-state="loading"])[data-state]').waitFor();
    return page;
  }

  async #start(): Promise<void> {
    const { findBrowser, startBrowser } = await tool<Browsers>('tools/realcode/browser.mjs');
    if (findBrowser() === undefined) return this.#missing();
    const server = await tool<DevServer>('webview/dev/server.mjs');
    this.sizes = await server.bundlePanels({ minify: true });
    const { url, stop } = await server.serve();
    [this.#url, this.#stop] = [url, stop];
    this.#browser = await startBrowser();
  }

  /** A person may do without a browser; a machine that tests for others may not where one can be installed. */
  async #missing(): Promise<void> {
    const { editorSupported } = await tool<Editors>('tools/realcode/install.mjs');
    const way = 'Run `node tools/realcode/install.mjs`, or set LOSSLINE_BROWSER to the executable of one.';
    if (process.env.CI && editorSupported()) throw new Error(`There is no browser. ${way}`);
    console.log(`SKIPPED: the ${this.panel} page in a browser (there is none). ${way}`);
  }
}

/** What the page has asked its host for under a name. */
export function sent<Body = Record<string, unknown>>(page: Page, name: string): Promise<Sent<Body>[]> {
  return page.evaluate(
    (asked) => (window as never as { dev: Dev }).dev.sent.filter((each) => each.name === asked),
    name,
  ) as Promise<Sent<Body>[]>;
}

/** Waits until the page has asked for `name` more than `count` times; returns the newest. */
export async function sentAfter<Body = Record<string, unknown>>(page: Page, name: string, count = 0): Promise<Body> {
  await page.waitForFunction(
    ([asked, before]) =>
      (window as never as { dev: Dev }).dev.sent.filter((each) => each.name === asked).length > Number(before),
    [name, count] as const,
  );
  return (await sent<Body>(page, name)).at(-1)!.body;
}

/** Tells the page something that it has not asked for. */
export function tell(page: Page, name: string, body: unknown): Promise<void> {
  return page.evaluate(([event, data]) => (window as never as { dev: Dev }).dev.event(event as string, data), [
    name,
    body,
  ] as const);
}
