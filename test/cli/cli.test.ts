import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { buildServer } from '../lib/serverProcess';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-cli-'));
const sample = 'media/sample/runs/gpt-124m/metrics.jsonl';

before(() => buildServer(folder));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

function lossline(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(folder, 'cli.js'), ...args], {
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

test('predict prints the contract as JSON', () => {
  const { code, out } = lossline('predict', sample, '--until', '12000', '--json');
  assert.equal(code, 0);
  const answer = JSON.parse(out) as Record<string, never>;
  assert.deepEqual(Object.keys(answer), [
    'schema',
    'run',
    'series',
    'seen',
    'finalStep',
    'finalLoss',
    'law',
    'weights',
    'refused',
    'report',
  ]);
  assert.equal(answer.schema, 1);
  assert.equal(answer.series, 'train_loss');
  assert.equal(answer.finalStep, 25_000);
  const { value, interval80, interval95 } = answer.finalLoss as {
    value: number;
    interval80: number[];
    interval95: number[];
  };
  assert.ok(
    interval95[0]! < interval80[0]! &&
      interval80[0]! < value &&
      value < interval80[1]! &&
      interval80[1]! < interval95[1]!,
  );
  assert.ok(Math.abs(value - 3.05) < 0.25, String(value));
  assert.ok(!out.includes('NaN'));
});

test('the same call gives the same bytes', () => {
  assert.equal(lossline('predict', sample, '--json').out, lossline('predict', sample, '--json').out);
});

test('a schedule file stands in for a plan, a total for its horizon', () => {
  const curve = path.join(folder, 'curve.csv');
  const schedule = path.join(folder, 'schedule.csv');
  const rows = Array.from({ length: 150 }, (_, i) => `${(i + 1) * 20},${(3 + 4 * ((i + 1) * 20) ** -0.5).toFixed(5)}`);
  fs.writeFileSync(curve, `step,loss\n${rows.join('\n')}\n`);
  fs.writeFileSync(schedule, 'step,lr\n0,0.001\n4000,0.001\n5000,0\n');
  const missing = lossline('predict', curve, '--json');
  assert.equal(missing.code, 1);
  assert.equal((JSON.parse(missing.err) as { error: { code: string } }).error.code, 'plan.missing');
  const answer = JSON.parse(lossline('predict', curve, '--schedule', schedule, '--json').out) as { finalStep: number };
  assert.equal(answer.finalStep, 5000);
});

test('errors carry code, file and a non-zero exit', () => {
  const gone = lossline('predict', path.join(folder, 'none.log'), '--json');
  assert.equal(gone.code, 1);
  assert.deepEqual(JSON.parse(gone.err), {
    error: {
      code: 'file.notFound',
      message: `There is no file or folder ${path.join(folder, 'none.log')}.`,
      file: path.join(folder, 'none.log'),
      offset: null,
    },
  });
  const noise = path.join(folder, 'noise.log');
  fs.writeFileSync(
    noise,
    Uint8Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256),
  );
  const { error } = JSON.parse(lossline('predict', noise, '--json').err) as { error: { code: string; offset: number } };
  assert.deepEqual([error.code, error.offset], ['file.unknownFormat', 0]);
  assert.equal(lossline('predict').code, 2);
  assert.equal(lossline('predict', sample, '--until', 'soon').code, 2);
  assert.equal(lossline('dance').code, 2);
  const bad = path.join(folder, 'bad.csv');
  fs.writeFileSync(bad, 'step,lr\n0,1\n10,1\n5,1\n');
  const schedule = JSON.parse(lossline('predict', sample, '--schedule', bad, '--json').err) as {
    error: { code: string; offset: number };
  };
  assert.deepEqual([schedule.error.code, schedule.error.offset], ['plan.invalid', 17]);
});

test('detect lists runs with series, plan and sources', () => {
  const { code, out } = lossline('detect', 'media/sample', '--json');
  assert.equal(code, 0);
  const { runs } = JSON.parse(out) as {
    runs: { name: string; format: string; series: { name: string; points: number }[]; plan: { totalSteps: number } }[];
  };
  assert.equal(runs.length, 1);
  assert.deepEqual(runs[0]!.series.map(({ name, points }) => [name, points]).sort(), [
    ['learning_rate', 500],
    ['train_loss', 500],
    ['val_loss', 124],
  ]);
  assert.equal(runs[0]!.plan.totalSteps, 25_000);
  assert.match(lossline('detect', 'media/sample').out, /train_loss/);
});

test('convert writes a table whose series are those of the log, to the terminal or a file', () => {
  const csv = lossline('convert', sample, '--series', 'train_loss,lr');
  assert.equal(csv.code, 0, csv.err);
  assert.equal(csv.out.slice(0, csv.out.indexOf('\n')), 'step,train_loss,learning_rate');
  const file = path.join(folder, 'table.jsonl');
  const { out } = lossline('convert', sample, '--output', file, '--json');
  const summary = JSON.parse(out) as Record<string, unknown>;
  assert.deepEqual(summary.series, ['train_loss', 'learning_rate', 'val_loss']);
  assert.equal(fs.readFileSync(file, 'utf8').split('\n').length - 1, summary.rows);
  const series = (from: string) =>
    (JSON.parse(lossline('detect', from, '--json').out) as { runs: { series: Record<string, unknown>[] }[] }).runs[0]!
      .series;
  const plain = ({ name, points, first, last, min, max }: Record<string, unknown>) => ({
    name,
    points,
    first,
    last,
    min,
    max,
  });
  assert.deepEqual(series(file).map(plain), series(sample).map(plain));
});

test('convert says which run or series it does not find', () => {
  const unknown = lossline('convert', sample, '--series', 'nothing', '--json');
  assert.equal(unknown.code, 1);
  assert.equal((JSON.parse(unknown.err) as { error: { code: string } }).error.code, 'run.noSeries');
  const store = 'test/fixtures/stores/mlflow.db';
  assert.match(
    lossline('convert', store).err,
    /holds 2 runs, name one of them: (?:sad-dog-2, bold-cat-1|bold-cat-1, sad-dog-2)/,
  );
  assert.match(
    lossline('convert', store, '--run', 'bold-cat-1').out,
    /^step,train_loss,wall_time,val_loss\n0,5\.5,1700000000,\n/,
  );
});

test('check says what is wrong, and fails only on errors', () => {
  const healthy = lossline('check', sample, '--json');
  assert.equal(healthy.code, 0, healthy.err);
  assert.deepEqual((JSON.parse(healthy.out) as { warnings: unknown[] }).warnings, []);
  const lost = path.join(folder, 'lost.jsonl');
  const rows = Array.from(
    { length: 300 },
    (_, i) => `{"step": ${i}, "loss": ${i < 200 ? (4 - i / 100).toFixed(3) : 'NaN'}}`,
  );
  fs.writeFileSync(lost, `${rows.join('\n')}\n`);
  const { code, out } = lossline('check', lost, '--json');
  assert.equal(code, 1);
  const { schema, warnings } = JSON.parse(out) as { schema: number; warnings: Record<string, unknown>[] };
  assert.equal(schema, 1);
  assert.equal(warnings.length, 1);
  assert.deepEqual(Object.keys(warnings[0]!).slice(0, 5), ['id', 'severity', 'step', 'evidence', 'source']);
  assert.deepEqual([warnings[0]!.id, warnings[0]!.severity, warnings[0]!.step], ['nonFinite', 'error', 200]);
  assert.equal(lossline('check', lost, '--until', '199').code, 0);
  assert.equal(lossline('check', lost, '--mute', 'nonFinite').code, 0);
  assert.equal(lossline('check', lost, '--only', 'lossSpike').code, 0);
  assert.equal(lossline('check', lost, '--only', 'none').code, 2);
  assert.match(lossline('check', lost).out, /error +Value that is no number, step 200/);
});
