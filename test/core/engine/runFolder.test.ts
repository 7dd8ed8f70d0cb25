import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Engine } from '../../../src/core/engine/engine';
import type { TrackedRun } from '../../../src/core/engine/trackedRun';
import { InlinePool } from '../../../src/node/inlinePool';
import { scalarFile } from '../../lib/eventFile';
import { ManualClock } from '../../lib/manualClock';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';

const silent = { info: () => undefined, warn: () => undefined };
type Tree = Readonly<Record<string, string | Uint8Array>>;

const recorded = (name: string): Uint8Array => readFileSync(`test/fixtures/formats/${name}`);

/** Steps 10, 20, … in (from, to]; `seed` tells two runs apart. */
function losses(from: number, to: number, seed = 0): (readonly [number, number])[] {
  const points: [number, number][] = [];
  for (let step = from + 10; step <= to; step += 10) {
    points.push([step, Math.fround(2 + 3 / Math.sqrt(step) + 0.2 * Math.sin(step * (1.7 + seed)))]);
  }
  return points;
}

const lines = (points: readonly (readonly [number, number])[]): string =>
  points.map(([step, loss]) => `step ${step} | loss: ${loss.toFixed(4)} | lr 1e-4\n`).join('');
const json = (points: readonly (readonly [number, number])[], key = 'loss'): string =>
  points.map(([step, loss]) => `{"step": ${step}, "${key}": ${loss}, "lr": 0.0001}\n`).join('');
const csv = (points: readonly (readonly [number, number])[], key = 'loss'): string =>
  `step,${key},grad_norm\n${points.map(([step, loss]) => `${step},${loss},${loss / 2}\n`).join('')}`;
const titan = (points: readonly (readonly [number, number])[]): string =>
  points
    .map(([step, loss]) => {
      const place = '[rank0]:[titan] 2026-05-20 05:40:06,366 - root - INFO';
      return `${place} - step: ${step}  loss: ${loss.toFixed(5)}  grad_norm: 1.5  memory: 1.0GiB(1%)  tps: 1,383  mfu: 5.18%\n`;
    })
    .join('');
const EVENTS = 'events.out.tfevents.1700000000.host.1.0';

async function runsOf(tree: Tree): Promise<TrackedRun[]> {
  const fs = new MemoryFileSystem();
  for (const [path, content] of Object.entries(tree)) fs.write(`/w/${path}`, content);
  const engine = new Engine({ fs, pool: new InlinePool(), clock: new ManualClock(), log: silent });
  await engine.scan([{ path: '/w', name: 'w' }], []);
  const runs = engine.runs();
  engine.dispose();
  return runs;
}

/** Per run: its id and, per series named in `series`, points, restarts and the file that gives it. */
function facts(runs: readonly TrackedRun[], series: readonly string[]): unknown {
  return runs.map((run) => ({
    id: run.id.replace('/w/', ''),
    files: run.files.length,
    ...Object.fromEntries(
      series.map((name) => [
        name,
        [run.countOf(name), run.spans(name).length - 1, run.ghosts(name).length, giverOf(run, name)],
      ]),
    ),
  }));
}

const giverOf = (run: TrackedRun, name: string): string =>
  run.giver(name)?.files[0]?.path.slice(run.id.length).replace(/^\//, '') ?? '';

const both = losses(0, 600);

const CASES: readonly { name: string; tree: Tree; series: readonly string[]; runs: readonly unknown[] }[] = [
  {
    name: 'Keras: train and validation folders',
    tree: {
      [`logs/train/${EVENTS}`]: recorded('tensorboard/kerasTrain.tfevents'),
      [`logs/validation/${EVENTS}`]: recorded('tensorboard/kerasValidation.tfevents'),
    },
    series: ['train_loss', 'val_loss'],
    runs: [
      {
        id: 'logs',
        files: 2,
        train_loss: [1, 0, 0, `train/${EVENTS}`],
        val_loss: [1, 0, 0, `validation/${EVENTS}`],
      },
    ],
  },
  {
    name: 'Hugging Face: two checkpoints and a copy of the last state',
    tree: {
      'out/checkpoint-500/trainer_state.json': recorded('hfTrainerState/kto500.json'),
      'out/checkpoint-1000/trainer_state.json': recorded('hfTrainerState/kto1000.json'),
      'out/trainer_state.json': recorded('hfTrainerState/kto1000.json'),
    },
    series: ['train_loss'],
    runs: [{ id: 'out', files: 1, train_loss: [101, 0, 0, 'trainer_state.json'] }],
  },
  {
    name: 'LLaMA-Factory: trainer log and trainer state of one run',
    tree: {
      'sft/trainer_log.jsonl': recorded('jsonl/llamaFactory.jsonl'),
      'sft/checkpoint-2178/trainer_state.json': recorded('hfTrainerState/llamaFactory.json'),
    },
    series: ['train_loss', 'grad_norm'],
    runs: [
      {
        id: 'sft',
        files: 2,
        train_loss: [435, 0, 0, 'trainer_log.jsonl'],
        grad_norm: [435, 0, 0, 'checkpoint-2178/trainer_state.json'],
      },
    ],
  },
  {
    name: 'a checkpoint that lags gives way to the event file of the live run',
    tree: {
      'out/checkpoint-300/trainer_state.json': JSON.stringify({
        global_step: 300,
        log_history: losses(0, 300).map(([step, loss]) => ({ step, loss })),
      }),
      [`out/runs/Nov21_host/${EVENTS}`]: scalarFile('train/loss', both),
      'out/runs/Nov21_host/1700000000.1/events.out.tfevents.1700000001.host.1.1': scalarFile('note', []),
    },
    series: ['train_loss'],
    runs: [{ id: 'out', files: 3, train_loss: [60, 0, 0, `runs/Nov21_host/${EVENTS}`] }],
  },
  {
    name: 'W&B: history and console of one run',
    tree: {
      'wandb/run-20260102_030005-abc/run-abc.wandb': recorded('wandb/plain.wandb'),
      'wandb/run-20260102_030005-abc/files/output.log': recorded('nanogpt/wandbOutput.log'),
    },
    series: [],
    runs: [{ id: 'wandb/run-20260102_030005-abc', files: 2 }],
  },
  {
    name: 'Lightning: table and events of one version',
    tree: {
      'lightning_logs/version_0/metrics.csv': csv(both),
      [`lightning_logs/version_0/${EVENTS}`]: scalarFile('val_loss', losses(0, 600, 1)),
      'lightning_logs/version_1/metrics.csv': csv(losses(0, 300, 2)),
    },
    series: ['train_loss', 'val_loss'],
    runs: [
      {
        id: 'lightning_logs/version_0',
        files: 2,
        train_loss: [60, 0, 0, 'metrics.csv'],
        val_loss: [60, 0, 0, EVENTS],
      },
      { id: 'lightning_logs/version_1', files: 1, train_loss: [30, 0, 0, 'metrics.csv'], val_loss: [0, -1, 0, ''] },
    ],
  },
  {
    name: 'Hydra: console, table and events below one output folder',
    tree: {
      'outputs/2026-01-02/03-04-05/.hydra/config.yaml': 'lr: 0.1\n',
      'outputs/2026-01-02/03-04-05/train.log': lines(both),
      'outputs/2026-01-02/03-04-05/csv/metrics.csv': csv(both),
      [`outputs/2026-01-02/03-04-05/tensorboard/${EVENTS}`]: scalarFile('loss', both),
      'outputs/2026-01-02/06-07-08/.hydra/config.yaml': 'lr: 0.2\n',
      'outputs/2026-01-02/06-07-08/train.log': lines(losses(0, 600, 1)),
    },
    series: ['train_loss', 'learning_rate'],
    runs: [
      {
        id: 'outputs/2026-01-02/03-04-05',
        files: 3,
        train_loss: [60, 0, 0, 'csv/metrics.csv'],
        learning_rate: [60, 0, 0, 'train.log'],
      },
      {
        id: 'outputs/2026-01-02/06-07-08',
        files: 1,
        train_loss: [60, 0, 0, 'train.log'],
        learning_rate: [60, 0, 0, 'train.log'],
      },
    ],
  },
  {
    name: 'torchtitan: console beside event folders of two launches',
    tree: {
      'job/train.log': titan(both),
      [`job/tb/20260102-0304/${EVENTS}`]: scalarFile('loss_metrics/global_avg_loss', losses(0, 400)),
      'job/tb/20260103-0304/events.out.tfevents.1700100000.host.1.0': scalarFile(
        'loss_metrics/global_avg_loss',
        losses(300, 600),
      ),
    },
    series: ['train_loss'],
    runs: [{ id: 'job', files: 3, train_loss: [60, 0, 0, 'train.log'] }],
  },
  {
    name: 'PyTorch add_scalars: one folder per curve of a chart',
    tree: {
      [`runs/a/${EVENTS}`]: scalarFile('lr', both),
      [`runs/a/loss_train/${EVENTS}`]: scalarFile('loss', both),
      [`runs/a/loss_val/${EVENTS}`]: scalarFile('loss', losses(0, 600, 1)),
      [`runs/a/other_run/${EVENTS}`]: scalarFile('loss', losses(0, 100, 2)),
    },
    series: ['train_loss', 'val_loss', 'learning_rate'],
    runs: [
      {
        id: 'runs/a',
        files: 3,
        train_loss: [60, 0, 0, `loss_train/${EVENTS}`],
        val_loss: [60, 0, 0, `loss_val/${EVENTS}`],
        learning_rate: [60, 0, 0, EVENTS],
      },
      {
        id: 'runs/a/other_run',
        files: 1,
        train_loss: [10, 0, 0, EVENTS],
        val_loss: [0, -1, 0, ''],
        learning_rate: [0, -1, 0, ''],
      },
    ],
  },
  {
    name: 'one run told by a table and a console in a folder of any kind',
    tree: { 'x/train.log': lines(both), 'x/metrics.jsonl': json(both) },
    series: ['train_loss'],
    runs: [{ id: 'x/metrics.jsonl', files: 2, train_loss: [60, 0, 0, ''] }],
  },
  {
    name: 'Detectron2: a console log that contradicts the table beside it is another run',
    tree: {
      'out/metrics.json': recorded('jsonl/detectron2.json'),
      'out/log.txt': recorded('detectron2/log.txt'),
      'out/last_checkpoint': 'model_final.pth',
    },
    series: ['train_loss'],
    runs: [
      { id: 'out', files: 1, train_loss: [6, 0, 1, 'log.txt'] },
      { id: 'out/metrics.json', files: 1, train_loss: [200, 0, 0, ''] },
    ],
  },
  {
    name: 'two runs in one folder stay two',
    tree: {
      'csv/constant.csv': recorded('csv/multipowerlawConstant.csv'),
      'csv/cosine.csv': recorded('csv/multipowerlawCosine.csv'),
      'csv/wsd.csv': recorded('csv/multipowerlawWsd.csv'),
      'jsonl/a.jsonl': json(both),
      'jsonl/b.jsonl': json(losses(0, 600, 1)),
      'late/lr1.csv': csv(losses(0, 600)),
      'late/lr2.csv': csv(losses(100, 600, 1)),
    },
    series: ['train_loss'],
    runs: [
      { id: 'csv/constant.csv', files: 1, train_loss: [171, 0, 0, ''] },
      { id: 'csv/cosine.csv', files: 1, train_loss: [171, 0, 0, ''] },
      { id: 'csv/wsd.csv', files: 1, train_loss: [171, 0, 0, ''] },
      { id: 'jsonl/a.jsonl', files: 1, train_loss: [60, 0, 0, ''] },
      { id: 'jsonl/b.jsonl', files: 1, train_loss: [60, 0, 0, ''] },
      { id: 'late/lr1.csv', files: 1, train_loss: [60, 0, 0, ''] },
      { id: 'late/lr2.csv', files: 1, train_loss: [50, 0, 0, ''] },
    ],
  },
  {
    name: 'a resumed run in two files is one run with one restart',
    tree: {
      'a/slurm-99.out': lines(losses(0, 400)),
      'a/slurm-100.out': lines(losses(300, 600)),
      'b/train.log': lines(losses(0, 300, 1)),
      'b/train_resume.log': lines(losses(300, 600, 1)),
    },
    series: ['train_loss'],
    runs: [
      { id: 'a/slurm-99.out', files: 2, train_loss: [60, 1, 1, ''] },
      { id: 'b/train.log', files: 2, train_loss: [60, 1, 0, ''] },
    ],
  },
  {
    name: 'jobs that each begin anew are runs of their own',
    tree: { 'slurm-1.out': lines(losses(0, 400)), 'slurm-2.out': lines(losses(0, 600, 1)) },
    series: ['train_loss'],
    runs: [
      { id: 'slurm-1.out', files: 1, train_loss: [40, 0, 0, ''] },
      { id: 'slurm-2.out', files: 1, train_loss: [60, 0, 0, ''] },
    ],
  },
];

for (const { name, tree, series, runs } of CASES) {
  test(name, async () => {
    assert.deepEqual(facts(await runsOf(tree), series), runs);
  });
}

test('the runs do not depend on the order in which their files appear', async () => {
  const root = { path: '/w', name: 'w' };
  const shape = (runs: readonly TrackedRun[], series: readonly string[]): string[] =>
    runs.map((run) => `${run.files.length} ${series.map((name) => run.countOf(name)).join(' ')}`).sort();
  for (const { name, tree, series } of CASES) {
    const fs = new MemoryFileSystem();
    for (const [path, content] of Object.entries(tree)) fs.write(`/w/${path}`, content);
    const engine = new Engine({ fs, pool: new InlinePool(), clock: new ManualClock(), log: silent });
    for (const path of Object.keys(tree).reverse()) await engine.notice(`/w/${path}`, root);
    assert.deepEqual(shape(engine.runs(), series), shape(await runsOf(tree), series), name);
    engine.dispose();
  }
});

test('logs of one run that are noticed at once are one run; none of them comes back when it is removed', async () => {
  const fs = new MemoryFileSystem();
  const engine = new Engine({ fs, pool: new InlinePool(), clock: new ManualClock(), log: silent });
  const root = { path: '/w', name: 'w' };
  const files = ['/w/x/metrics.jsonl', '/w/x/train.log', `/w/y/train/${EVENTS}`, `/w/y/validation/${EVENTS}`];
  fs.write(files[0]!, json(both));
  fs.write(files[1]!, lines(both));
  fs.write(files[2]!, scalarFile('epoch_loss', both));
  fs.write(files[3]!, scalarFile('epoch_loss', losses(0, 600, 1)));
  await Promise.all(files.map((file) => engine.notice(file, root)));
  assert.deepEqual(
    engine.runs().map((run) => run.files.length),
    [2, 2],
  );
  for (const run of engine.runs()) engine.remove(run.id);
  for (const file of files) await engine.notice(file, root);
  assert.deepEqual(engine.runs(), []);
  await engine.add('/w/x/train.log');
  assert.equal(engine.runs().length, 1);
  engine.dispose();
});

test('a log that appears later joins the run of its folder', async () => {
  const fs = new MemoryFileSystem();
  const clock = new ManualClock();
  const engine = new Engine({ fs, pool: new InlinePool(), clock, log: silent });
  fs.write(
    '/w/out/checkpoint-300/trainer_state.json',
    JSON.stringify({
      global_step: 300,
      log_history: losses(0, 300).map(([step, loss]) => ({ step, loss })),
    }),
  );
  await engine.scan([{ path: '/w', name: 'w' }], []);
  fs.write(`/w/out/runs/Nov21_host/${EVENTS}`, scalarFile('train/loss', both));
  await clock.pass(10_000);
  assert.deepEqual(facts(engine.runs(), ['train_loss']), [
    { id: 'out', files: 2, train_loss: [60, 0, 0, `runs/Nov21_host/${EVENTS}`] },
  ]);
  engine.dispose();
});
