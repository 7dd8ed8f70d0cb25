import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import * as protocol from '../../src/protocol/server';
import { buildServer, type ServerProcess, startServer } from '../lib/serverProcess';
import { until } from '../lib/until';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-memory-'));
const workspace = path.join(folder, 'workspace');
let server: ServerProcess;

before(async () => {
  for (const name of ['mpl-25M-cosine-24000', 'mpl-25M-cosine-72000']) {
    const target = path.join(workspace, 'runs', name, 'metrics.csv');
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(`test/fixtures/curves/curves/${name}.csv`, target);
  }
  await buildServer(folder);
  server = await startServer(folder);
});
after(async () => {
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

const request = <R>(method: string, params: unknown): Promise<R> => server.connection.sendRequest(method, params);

test('finished runs are told to be kept, and a report comes as Markdown', async () => {
  const told: protocol.MemoryDidLearn['params'][] = [];
  server.connection.onNotification(protocol.MEMORY_DID_LEARN, (params: protocol.MemoryDidLearn['params']) => {
    told.push(params);
  });
  await request(protocol.MEMORY_SET, { learns: true, runs: [{ id: 'nonsense' }], forgotten: [] });
  await request(protocol.RUNS_SCAN, { roots: [{ path: workspace, name: 'w' }], exclude: [] });
  const { runs } = await until(
    'both runs',
    () => told.find((each) => each.runs.length === 2),
    () => told,
  );
  assert.ok(
    runs.every(({ mean, covariance, steps }) => mean.length === 5 && covariance.length === 25 && steps > 23_000),
  );
  assert.ok(JSON.stringify(runs).length < 4000, 'a few numbers per run');
  const report = await request<protocol.ReportMake['result']>(protocol.REPORT_MAKE, {
    run: runs[0]!.id,
    format: 'markdown',
  });
  assert.match(report.text, /^# Forecast of runs\/mpl-25M-cosine-24000\n/);
  assert.match(report.text, /\n## Known limits\n/);
});
