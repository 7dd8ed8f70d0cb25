// The run panel with a million points in each of five series, in a headless browser, beside uPlot with the same data in
// the same page: opening, first drawing, zoom, pan, crosshair, ten appends a second, what-if. The background process is the
// real one, in this process; its answers cross to the page as JSON, as they do in the editor.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { Engine } from '../../src/core/engine/engine';
import { InlinePool } from '../../src/node/inlinePool';
import { NodeFileSystem } from '../../src/node/nodeFileSystem';
import { SystemClock } from '../../src/node/systemClock';
import type { PanelState } from '../../src/protocol/panel';
import { RunSession } from '../../src/server/panels/runSession';
import type { Frames } from './page/frames';

const ROWS = 1_000_000;
const FRAMES = 180;
const APPEND_SECONDS = 10;
const ROUNDS = 3;
/** A page of a busy machine, milliseconds. */
const PATIENCE = 180_000;
const VIEWPORT = { width: 1400, height: 900 };

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-bench-'));

function writeLog(): string {
  const file = path.join(folder, 'train.csv');
  const handle = fs.openSync(file, 'w');
  fs.writeSync(handle, 'step,train_loss,val_loss,learning_rate,grad_norm,throughput\n');
  for (let row = 0; row < ROWS; ) {
    let block = '';
    for (let i = 0; i < 10_000; i++, row++) {
      const loss = 2 + 8 / Math.sqrt(row / 50 + 1) + ((row * 7919) % 97) / 300;
      const spike = row % 77_777 === 5000 ? 3 : 0;
      const norm = 0.4 + ((row * 31) % 100) / 300;
      block += `${row},${(loss + spike).toFixed(4)},${(loss + 0.05).toFixed(4)},0.0006,${norm.toFixed(4)},${250_000 + ((row * 17) % 1000)}\n`;
    }
    fs.writeSync(handle, block);
  }
  fs.closeSync(handle);
  return file;
}

/** Scripts of the repository that are no part of the product. */
const script = (file: string): Promise<Record<string, (...args: never[]) => Promise<unknown>>> =>
  import(pathToFileURL(path.resolve(file)).href);

async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await esbuild.build({
    entryPoints: [path.join('test/bench/page', entry)],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]!.text;
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN;

const ms = (value: number): string => `${value.toFixed(1)} ms`;

/** Frames that came more than half a frame late. */
const late = ({ gaps }: Frames): number => gaps.filter((gap) => gap > 25).length;

function frameText(frames: Frames): string {
  const work = `${ms(quantile(frames.work, 0.5))}, p95 ${ms(quantile(frames.work, 0.95))}`;
  return `${work}, ${late(frames)} of ${frames.gaps.length} late`;
}

/** Milliseconds from the request for the page until it asks for data, has them and has drawn them. */
interface Opening {
  readonly asked: number;
  readonly arrived: number;
  readonly drawn: number;
}

/** One opening, and what the background process took of it. */
interface Round extends Opening {
  readonly answered: number;
}

interface World {
  readonly url: string;
  readonly browser: Browser;
  readonly session: RunSession;
  readonly run: string;
}

async function newPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ viewport: VIEWPORT });
  page.setDefaultTimeout(PATIENCE);
  page.on('pageerror', (error) => console.log(`fault: ${error.stack}`));
  return page;
}

type InPage = Record<string, (...args: unknown[]) => unknown>;

/** Calls something of the page's bench. */
function call<T>(page: Page, name: string, ...args: unknown[]): Promise<T> {
  return page.evaluate(([method, rest]) => (window.bench as InPage)[method]!(...rest), [
    name,
    args,
  ] as const) as Promise<T>;
}

async function openPanel({ url, browser, session, run }: World): Promise<{ page: Page; answered: number }> {
  const page = await newPage(browser);
  let answered = 0;
  await page.exposeFunction('answer', async (name: string, body: object) => {
    const start = performance.now();
    const answer = await session.request(name, name === 'view/open' ? { ...body, run } : body);
    if (name === 'view/open' && answered === 0) answered = performance.now() - start;
    return JSON.stringify(answer);
  });
  await page.addInitScript(await bundled('panelPage.ts'));
  await page.goto(`${url}?panel=run&theme=dark&host=none`);
  await page.waitForFunction(() => (window.bench as { opening: () => Opening }).opening().drawn > 0);
  return { page, answered };
}

async function openUplot({ url, browser }: World): Promise<Page> {
  const page = await newPage(browser);
  const style = fs.readFileSync('node_modules/uplot/dist/uPlot.min.css', 'utf8');
  const body = await bundled('uplotPage.ts');
  await page.route('**/run.js', (route) => route.fulfill({ contentType: 'text/javascript', body }));
  await page.route('**/run.css', (route) => route.fulfill({ contentType: 'text/css', body: style }));
  await page.goto(`${url}?panel=run&theme=dark&host=none`);
  await page.waitForFunction(() => window.bench !== undefined);
  return page;
}

/** The points that the panel gets, on shared steps. */
function columnsOf({ series }: PanelState): Record<string, number[]> {
  const of = (name: string) => series.find((each) => each.name === name)!;
  const { steps } = of('train_loss').raw;
  const fitted = (values: readonly number[]): number[] => steps.map((_, i) => values[Math.min(i, values.length - 1)]!);
  return {
    steps: [...steps],
    train: fitted(of('train_loss').raw.values),
    smooth: fitted(of('train_loss').smooth!.values),
    val: fitted(of('val_loss').raw.values),
    lr: fitted(of('learning_rate').raw.values),
    norm: fitted(of('grad_norm').raw.values),
    throughput: fitted(of('throughput').raw.values),
  };
}

function row(name: string, ...cells: string[]): void {
  console.log(`| ${[name, ...cells].join(' | ')} |`);
}

async function main(): Promise<void> {
  const { bundlePanels, serve } = await script('webview/dev/server.mjs');
  const { startBrowser } = await script('tools/realcode/code.mjs');
  const engine = new Engine({
    fs: new NodeFileSystem(),
    pool: new InlinePool(),
    clock: new SystemClock(),
    log: { info: () => undefined, warn: () => undefined },
    onlyWhenAsked: true,
  });
  const [tracked] = await engine.add(writeLog());
  const run = tracked!.id;
  engine.setPlan(run, { totalSteps: 2 * ROWS, family: 'cosine', peakLr: 6e-4, finalLr: 0, warmupSteps: 0 });
  await engine.fit(run);
  const sizes = (await bundlePanels!({ minify: true } as never)) as Record<string, number>;
  const { url, stop } = (await serve!()) as { url: string; stop: () => void };
  const browser = (await startBrowser!()) as Browser;
  const world: World = { url, browser, session: new RunSession(engine, () => undefined), run };
  try {
    console.log(`run.js ${sizes['run.js']} bytes; all of ${JSON.stringify(sizes)}\n`);
    await comparison(world);
  } finally {
    await browser.close();
    stop();
    engine.dispose();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function comparison(world: World): Promise<void> {
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { page, answered } = await openPanel(world);
    rounds.push({ ...(await call<Opening>(page, 'opening')), answered });
    await page.close();
  }
  const { page } = await openPanel(world);
  const view = {
    run: world.run,
    series: ['grad_norm', 'throughput'],
    overlays: [],
    smoothing: 0.9,
    maxPoints: 3072,
    window: null,
  };
  const same = columnsOf((await world.session.request('view/open', view)) as PanelState);
  const [thin, thick] = [await openUplot(world), await openUplot(world)];
  const drawnThin = await call<number>(thin, 'draw', same);
  const drawnThick = await call<number>(thick, 'drawWhole', ROWS);
  row('', 'panel', 'uPlot, the same thinned points', 'uPlot, all points in the page');
  row('---', '---', '---', '---');
  const opened = (name: string, of: (round: Round) => number, ...others: string[]): void =>
    row(name, ms(Math.min(...rounds.map(of))), ...others);
  opened('page loaded until it asks for the data', ({ asked }) => asked, '', '');
  opened('background process: thinning and smoothing', ({ answered }) => answered, '', '');
  opened('question and answer on their way', ({ asked, answered, arrived }) => arrived - asked - answered, '', '');
  const drawing = ({ arrived, drawn }: Round): number => drawn - arrived;
  opened('first drawing after the data have arrived', drawing, ms(drawnThin), ms(drawnThick));
  opened('all of that: opened, asked, thinned, drawn', ({ drawn }) => drawn, '', '');
  for (const name of ['zoom', 'pan', 'crosshair']) {
    const others =
      name === 'crosshair' ? ['', ''] : await Promise.all([thin, thick].map((each) => focused(each, name, FRAMES)));
    row(`${name}, work per frame`, await focused(page, name, FRAMES), ...others);
  }
  row(
    'ten appends a second, work per frame',
    await focused(page, 'append', APPEND_SECONDS),
    await focused(thin, 'append', APPEND_SECONDS),
    '',
  );
  const answers = await call<number[]>(page, 'whatIf', 30);
  row('what-if: change to drawn', `${ms(quantile(answers, 0.5))}, p95 ${ms(quantile(answers, 0.95))}`, '', '');
}

async function focused(page: Page, name: string, argument: number): Promise<string> {
  await page.bringToFront();
  return frameText(await call<Frames>(page, name, argument));
}

void main();
