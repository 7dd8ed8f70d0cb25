import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { createEngine, type LearntRun, oneRun } from '../../src/core';
import type { Prediction } from '../../src/core/engine/prediction';
import { InlinePool } from '../../src/node/inlinePool';
import { NodeFileSystem } from '../../src/node/nodeFileSystem';
import { SystemClock } from '../../src/node/systemClock';
import { buildServer } from '../lib/serverProcess';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-predict-'));
const curves = 'test/fixtures/curves/curves';
const curve = path.join(curves, 'mpl-100M-cosine-24000.csv');
const others = ['mpl-100M-wsd-20000-24000.csv', 'mpl-100M-constant-24000.csv'].map((name) => path.join(curves, name));
const schedule = path.join(folder, 'schedule.csv');
const TRUTH = 2.9795;

before(async () => {
  await buildServer(folder);
  const rows = fs.readFileSync(curve, 'utf8').trim().split('\n');
  fs.writeFileSync(schedule, rows.map((row) => row.split(',').slice(0, 2).join(',')).join('\n'));
});
after(() => fs.rmSync(folder, { recursive: true, force: true }));

type Answer = Omit<Prediction, 'forecast'> & {
  finalLoss: { value: number; interval80: [number, number] };
  law: string;
};

function lossline(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(folder, 'cli.js'), ...args], {
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

function answer(...args: string[]): Answer {
  const { out, err } = lossline('predict', ...args, '--json');
  assert.equal(err, '');
  return JSON.parse(out) as Answer;
}

/** What the editor would keep of a finished run. */
async function learnFrom(file: string): Promise<LearntRun> {
  const quiet = { info: () => undefined, warn: () => undefined };
  const [fileSystem, pool, clock] = [new NodeFileSystem(), new InlinePool(), new SystemClock(false)];
  const engine = createEngine({ fs: fileSystem, pool, clock, log: quiet, onlyWhenAsked: true });
  const { id } = await oneRun(engine, path.resolve(file));
  return (await engine.learnFrom(id))!;
}

const part = [curve, '--until', '9600', '--schedule', schedule];

test('earlier runs are learnt from, wherever they stand among the arguments, and narrow the interval', () => {
  const alone = answer(...part);
  const learnt = answer(...part, '--history', ...others);
  assert.equal(learnt.report.prior.basis, 'model');
  assert.deepEqual([...learnt.report.learntFrom].sort(), others.map((file) => path.basename(file)).sort());
  const width = ({ finalLoss: { interval80 } }: Answer): number => interval80[1] - interval80[0];
  assert.ok(width(learnt) < width(alone));
  assert.ok(Math.abs(learnt.finalLoss.value / TRUTH - 1) < 0.005, String(learnt.finalLoss.value));
  const first = answer('--history', ...others, curve, '--until', '9600', '--schedule', schedule);
  assert.deepEqual(first, learnt);
  const twice = answer(...part, '--history', others[0]!, '--history', others[1]!, '--history', curve);
  assert.deepEqual(twice, learnt, 'the run itself is left out');
});

test('what a prior says can be left out or brought along', async () => {
  const [shipped, none] = [answer(...part, '--prior', 'shipped'), answer(...part, '--prior', 'none')];
  assert.deepEqual(shipped, answer(...part));
  assert.ok(none.finalLoss === null || none.finalLoss.interval80[0] < shipped.finalLoss.interval80[0]);
  const file = path.join(folder, 'prior.json');
  const learnt = await Promise.all(others.map(learnFrom));
  fs.writeFileSync(file, JSON.stringify({ learns: true, runs: learnt, forgotten: [] }));
  assert.deepEqual(answer(...part, '--prior', file), answer(...part, '--history', ...others));
  fs.writeFileSync(file, '{"centre": [1]}');
  const bad = lossline('predict', ...part, '--prior', file, '--json');
  assert.equal((JSON.parse(bad.err) as { error: { code: string } }).error.code, 'argument.invalid');
  const missing = lossline('predict', ...part, '--prior', path.join(folder, 'none.json'), '--json');
  assert.equal((JSON.parse(missing.err) as { error: { code: string } }).error.code, 'file.notFound');
});

test('a step, a target and another run are answered beside the final loss', () => {
  const { at, target, compare, finalLoss } = answer(
    ...part,
    '--at',
    '15000',
    '--target',
    '3.1',
    '--compare',
    others[0]!,
  );
  assert.ok(at!.loss!.value > finalLoss.value && at!.refused === null);
  assert.ok(target!.step! > 9600 && target!.chance! > 0.9);
  assert.ok(compare!.chanceBelow! > 0 && compare!.chanceBelow! < 0.5, 'the other run ended lower');
  assert.equal(answer(...part, '--at', '90000').at!.refused!.code, 'beyondPlan');
});

test('runs of the same model by word, and the run that a branch left, are read with the run', () => {
  const [alone, taught] = [answer(...part), answer(...part, '--with', ...others)];
  assert.deepEqual([...taught.report.learntFrom].sort(), others.map((file) => path.basename(file)).sort());
  const width = ({ finalLoss: { interval80 } }: Answer): number => interval80[1] - interval80[0];
  assert.ok(width(taught) < width(alone));
  const rows = fs.readFileSync(curve, 'utf8').trim().split('\n');
  const branch = path.join(folder, 'branch.csv');
  fs.writeFileSync(branch, [rows[0], ...rows.slice(1).filter((row) => Number(row.split(',')[0]) > 6000)].join('\n'));
  const asked = [branch, '--until', '9600', '--schedule', schedule];
  assert.notDeepEqual(answer(...asked).finalLoss, alone.finalLoss);
  assert.deepEqual(answer(...asked, '--branch-of', curve).finalLoss, alone.finalLoss);
});

test('the report has every entry of the checklist, as JSON and as Markdown', () => {
  const file = path.join(folder, 'report.md');
  const { report } = answer(...part, '--report', file);
  assert.equal(report.law.id, 'generalisedAnnealing');
  assert.ok(report.params.length === 5 && report.params.every(({ low, value, high }) => low < value && value < high));
  assert.deepEqual(report.params[2]!.bounds, [0.05, 2]);
  assert.ok(report.backTest.length === 8 && report.backTest.some(({ inside80 }) => inside80));
  assert.equal(report.sensitivity.length, 4);
  assert.ok(report.pointsUsed > 0 && report.pointsLeftOut.length > 0 && report.limits.length > 0);
  assert.ok(report.residuals.values.length === report.bins && report.residuals.largest! > 0);
  const text = fs.readFileSync(file, 'utf8');
  for (const title of ['Data', 'Fit', 'Parameters', 'Residuals', 'Back-test', 'Sensitivity', 'Known limits']) {
    assert.ok(text.includes(`\n## ${title}\n`), title);
  }
  assert.ok(!/NaN|undefined|null/.test(text));
});

test('text says the answer first', () => {
  const { out } = lossline('predict', ...part, '--target', '2');
  const [head, first] = out.split('\n');
  assert.match(head!, /mpl-100M-cosine-24000\.csv: train_loss, \d+ points up to step/);
  assert.match(first!, /^ {2}final loss +2\.9\d+ ±/);
  assert.match(out, /loss 2\.000 +not within the plan \(80 %: never – never\)/);
});

test('wrong calls say what is wrong', () => {
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [['--untl', '5'], /--untl/],
    [['--law', 'magic'], /magic.*generalisedAnnealing/],
    [['--until'], /until/],
    [['--at', 'soon'], /--at takes a number/],
    [['--target', '-3'], /target/],
    [['second.csv'], /Name one file/],
  ];
  for (const [args, message] of wrong) {
    const { code, err } = lossline('predict', curve, ...args, '--json');
    assert.equal(code, 2, args.join(' '));
    assert.match((JSON.parse(err) as { error: { message: string } }).error.message, message);
  }
  const series = lossline('predict', curve, '--series', 'accuracy', '--json');
  assert.match(
    (JSON.parse(series.err) as { error: { message: string } }).error.message,
    /no series accuracy: .*train_loss/,
  );
});

test('compare ranks runs, lowest end first, as a table and as JSON', () => {
  const runs = [curve, ...others];
  const { code, out } = lossline('compare', ...runs, '--total-steps', '24000', '--json');
  assert.equal(code, 0);
  const comparison = JSON.parse(out) as { series: string; runs: Record<string, number | string | boolean>[] };
  assert.equal(comparison.series, 'train_loss');
  assert.deepEqual(
    comparison.runs.map(({ rank, name }) => [rank, name]),
    [
      [1, 'mpl-100M-wsd-20000-24000.csv'],
      [2, 'mpl-100M-cosine-24000.csv'],
      [3, 'mpl-100M-constant-24000.csv'],
    ],
  );
  assert.ok(
    comparison.runs.every(({ worthFinishing }) => worthFinishing === true),
    'finished runs stay',
  );
  const text = lossline('compare', ...runs, '--total-steps', '24000').out.split('\n');
  assert.match(text[0]!, /run +seen +final loss +best/);
  assert.match(text[1]!, /^1 +mpl-100M-wsd-20000-24000\.csv/);
  assert.equal(lossline('compare', curve, '--json').code, 1);
  assert.equal(lossline('compare').code, 2);
});

test('compare --family says how far each run is off the curve of its siblings', () => {
  const runs = [curve, ...others];
  const { runs: compared } = JSON.parse(lossline('compare', ...runs, '--total-steps', '24000', '--json').out) as {
    runs: { familyDeviation: number; familyZ: number }[];
  };
  assert.ok(
    compared.every(({ familyDeviation: d, familyZ }) => Math.abs(d) < 0.2 && Math.sign(familyZ) === Math.sign(d)),
  );
  const text = lossline('compare', ...runs, '--total-steps', '24000', '--family').out;
  assert.equal(text.match(/like them: .* its siblings/g)?.length, 3, text);
  const two = JSON.parse(lossline('compare', ...runs.slice(0, 2), '--json').out) as {
    runs: { familyZ: number | null }[];
  };
  assert.ok(two.runs.every(({ familyZ }) => familyZ === null));
});

test('a run that logs a reward and no loss is forecast by its reward, and says what stands in', () => {
  const file = path.join(folder, 'reward.jsonl');
  const rows = Array.from({ length: 300 }, (_, i) => {
    const reward = 0.1 + 0.6 / (1 + Math.exp(-1.5 * (Math.log(i + 1) - 4))) + 0.01 * Math.sin(7 * i);
    return JSON.stringify({ step: i + 1, reward, learning_rate: 1e-6 });
  });
  fs.writeFileSync(file, `${rows.join('\n')}\n`);
  const { code, out } = lossline('predict', file, '--total-steps', '1000', '--json');
  assert.equal(code, 0);
  const answer = JSON.parse(out) as { series: string; law: string; finalLoss: { value: number } };
  assert.equal(answer.series, 'reward');
  assert.equal(answer.law, 'sigmoid');
  assert.ok(Math.abs(answer.finalLoss.value - 0.69) < 0.05, String(answer.finalLoss.value));
});
