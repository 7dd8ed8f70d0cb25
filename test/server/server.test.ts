import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Hover } from 'vscode-languageserver';
import type { Reply } from '../../src/protocol/channel';
import type { PanelState, PanelView } from '../../src/protocol/panel';
import type { RunSummary } from '../../src/protocol/run';
import type { SeriesAppend } from '../../src/protocol/series';
import * as protocol from '../../src/protocol/server';
import { buildServer, type ServerProcess, startServer } from '../lib/serverProcess';
import { until } from '../lib/until';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-server-'));
const workspace = path.join(folder, 'workspace');
const log = path.join(workspace, 'runs', 'gpt-124m', 'metrics.jsonl');
const recorded = fs.readFileSync('media/sample/runs/gpt-124m/metrics.jsonl', 'utf8').split(/(?<=\n)/);
let server: ServerProcess;

before(async () => {
  fs.cpSync('media/sample', workspace, { recursive: true });
  fs.writeFileSync(log, recorded.slice(0, 300).join(''));
  await buildServer(folder);
  server = await startServer(folder);
});

after(async () => {
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

const request = <R>(method: string, params: unknown): Promise<R> => server.connection.sendRequest(method, params);

async function openSample(): Promise<RunSummary> {
  await request(protocol.RUNS_SCAN, { roots: [{ path: workspace, name: 'w' }], exclude: [] });
  const runs = await request<RunSummary[]>(protocol.RUNS_LIST, null);
  assert.equal(runs.length, 1);
  return runs[0]!;
}

const view: PanelView = { run: null, series: [], overlays: [], smoothing: 0.9, maxPoints: 800, window: null };

test('a scan finds the run, its plan and its forecast', async () => {
  const hello = await request<{ version: number }>(protocol.HELLO, { version: 1 });
  assert.equal(hello.version, 1);
  const run = await openSample();
  assert.equal(run.totalSteps, 25_000);
  const answer = await request<protocol.ForecastPredict['result']>(protocol.FORECAST_PREDICT, { run: run.id });
  assert.equal(answer.forecast.finalStep, 25_000);
  assert.ok(answer.forecast.finalLoss !== null);
});

test('a panel gets a snapshot, then only what is new, then nothing once it is hidden', async () => {
  const run = await openSample();
  const events: protocol.PanelEvent['params'][] = [];
  server.connection.onNotification(
    protocol.PANEL_EVENT,
    (event: protocol.PanelEvent['params']) => void events.push(event),
  );
  const open = (panel: string): Promise<Reply> =>
    request(protocol.PANEL_REQUEST, { panel, kind: 'run', name: 'view/open', body: { ...view, run: run.id } });
  const told = (panel: string, name: string) => () =>
    events.find((event) => event.panel === panel && event.name === name);
  const reply = await open('p1');
  assert.ok('ok' in reply);
  const state = reply.ok as PanelState;
  assert.deepEqual(
    state.series.map(({ name }) => name),
    ['train_loss', 'val_loss', 'learning_rate'],
  );
  const train = state.series[0]!;
  assert.equal(train.raw.steps.length, train.total);
  assert.ok(train.smooth?.values.every(Number.isFinite));

  fs.appendFileSync(log, recorded.slice(300, 305).join(''));
  const appends = await until('an append', told('p1', 'series/didAppend'), () => events);
  const append = (appends.body as SeriesAppend[]).find(({ name }) => name === 'train_loss')!;
  assert.equal(append.from, train.revision);
  assert.equal(append.total, train.total + append.raw.steps.length);
  await until('the run', told('p1', 'run/didChange'), () => events);

  await server.connection.sendNotification(protocol.PANEL_DID_HIDE, { panel: 'p1', closed: false });
  await open('seen');
  events.length = 0;
  fs.appendFileSync(log, recorded.slice(305, 320).join(''));
  // A panel that is shown marks the time at which the hidden one would have been told.
  for (const name of ['series/didAppend', 'run/didChange']) await until(name, told('seen', name), () => events);
  assert.deepEqual([...new Set(events.map(({ panel }) => panel))], ['seen']);
});

test('a view of an unknown run and a wrong request are errors, not silence', async () => {
  const unknown = { panel: 'p2', kind: 'run', name: 'view/open', body: { ...view, run: '/nowhere' } };
  assert.deepEqual(await request(protocol.PANEL_REQUEST, unknown), {
    error: { code: 'run.unknown', message: 'This run is not there any more.' },
  });
  const wrong = await request<Reply>(protocol.PANEL_REQUEST, {
    panel: 'p2',
    kind: 'run',
    name: 'view/burn',
    body: null,
  });
  assert.ok('error' in wrong && wrong.error.code === 'argument.invalid');
});

test('hover on a learning rate tells the value, the logged one and the forecast', async () => {
  await openSample();
  const uri = pathToFileURL(path.join(workspace, 'train.py')).href;
  const text = fs.readFileSync(path.join(workspace, 'train.py'), 'utf8');
  await server.connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'python', version: 1, text },
  });
  const line = text.split('\n').findIndex((content) => content.startsWith('learning_rate ='));
  const hover = await request<Hover>('textDocument/hover', { textDocument: { uri }, position: { line, character: 3 } });
  const { value } = hover.contents as { value: string };
  assert.match(value, /`learning_rate` = 1e-3/);
  assert.match(value, /peak 1e-3 — as on this line/);
  assert.match(value, /Forecast: /);
  const nothing = await request('textDocument/hover', { textDocument: { uri }, position: { line: 0, character: 3 } });
  assert.equal(nothing, null);
});

test('a learning rate in the code that is not the one of the run is reported', async () => {
  await openSample();
  const uri = pathToFileURL(path.join(workspace, 'other.py')).href;
  await server.connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'python', version: 1, text: 'learning_rate = 6e-4\n' },
  });
  const report = await request<{ items: { code: string; message: string }[] }>('textDocument/diagnostic', {
    textDocument: { uri },
  });
  assert.deepEqual(
    report.items.map(({ code }) => code),
    ['learning-rate-differs'],
  );
});

test('adding a file that is not there is an error with its code', async () => {
  await assert.rejects(request(protocol.RUNS_ADD, { path: path.join(workspace, 'none.log') }), (error) => {
    return (error as { data?: { code?: string } }).data?.code === 'file.notFound';
  });
});

test('cells of a notebook: constants of one are known in the others, as they are edited', async () => {
  await openSample();
  const notebook = pathToFileURL(path.join(workspace, 'train.ipynb')).href;
  const cells = ['import torch\nPEAK = 3e-4\n', '# text', '%matplotlib inline\nopt = torch.optim.AdamW(ps, lr=PEAK)\n'];
  const uris = cells.map((_, index) => `vscode-notebook-cell:${path.join(workspace, 'train.ipynb')}#W${index}`);
  await server.connection.sendNotification('notebookDocument/didOpen', {
    notebookDocument: {
      uri: notebook,
      notebookType: 'jupyter-notebook',
      version: 1,
      cells: uris.map((document, index) => ({ kind: index === 1 ? 1 : 2, document })),
    },
    cellTextDocuments: [0, 2].map((index) => ({
      uri: uris[index],
      languageId: 'python',
      version: 1,
      text: cells[index],
    })),
  });
  const hovered = async (): Promise<string> => {
    const hover = await request<Hover>('textDocument/hover', {
      textDocument: { uri: uris[2] },
      position: { line: 1, character: cells[2]!.split('\n')[1]!.indexOf('lr=') },
    });
    assert.deepEqual(hover.range!.start, { line: 1, character: 28 });
    return (hover.contents as { value: string }).value;
  };
  assert.match(await hovered(), /`lr` = 3e-4[\s\S]*peak 1e-3 — \*\*not the value on this line/);
  await server.connection.sendNotification('notebookDocument/didChange', {
    notebookDocument: { uri: notebook, version: 2 },
    change: {
      cells: {
        textContent: [
          {
            document: { uri: uris[0], version: 2 },
            changes: [{ range: { start: { line: 1, character: 7 }, end: { line: 1, character: 8 } }, text: '6' }],
          },
        ],
      },
    },
  });
  assert.match(await hovered(), /`lr` = 6e-4/);
  await server.connection.sendNotification('notebookDocument/didClose', {
    notebookDocument: { uri: notebook },
    cellTextDocuments: [{ uri: uris[0] }, { uri: uris[2] }],
  });
  const gone = await request('textDocument/hover', {
    textDocument: { uri: uris[2] },
    position: { line: 1, character: 30 },
  });
  assert.equal(gone, null);
});
