import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Engine } from '../../../src/core/engine/engine';
import type { TrackedRun } from '../../../src/core/engine/trackedRun';
import { MAX_CONFIG_FILE } from '../../../src/core/limits';
import { InlinePool } from '../../../src/node/inlinePool';
import { ManualClock } from '../../lib/manualClock';
import { MemoryFileSystem } from '../../lib/memoryFileSystem';

const silent = { info: () => undefined, warn: () => undefined };
const recorded = (name: string): Uint8Array => readFileSync(`test/fixtures/formats/${name}`);

function log(seed = 0): string {
  let text = '';
  for (let step = 10; step <= 600; step += 10)
    text += `step ${step} loss ${(2 + 3 / Math.sqrt(step) + 0.1 * Math.sin(step + seed)).toFixed(4)}\n`;
  return text;
}

type Tree = Readonly<Record<string, string | Uint8Array>>;

async function scanned(tree: Tree, late: Tree = {}) {
  const fs = new MemoryFileSystem();
  const clock = new ManualClock();
  for (const [path, content] of Object.entries(tree)) fs.write(`/w/${path}`, content);
  const engine = new Engine({ fs, pool: new InlinePool(), clock, log: silent });
  await engine.scan([{ path: '/w', name: 'w' }], []);
  if (Object.keys(late).length > 0) {
    for (const [path, content] of Object.entries(late)) fs.write(`/w/${path}`, content);
    await clock.pass(10_000);
  }
  engine.dispose();
  return { runs: engine.runs(), skipped: engine.skipped };
}

/** Each setting with its file and line: `0.1 @ .hydra/config.yaml:3`. */
function settings(run: TrackedRun): Record<string, string> {
  const { values, places } = run.settings.started;
  return Object.fromEntries(
    [...values].map(([key, value]) => {
      const { file, line, offset } = places.get(key)!;
      return [key, `${value} @ ${file.replace('/w/', '')}:${line ?? `+${offset}`}`];
    }),
  );
}

const CASES: readonly { name: string; tree: Tree; settings: Readonly<Record<string, string>> }[] = [
  {
    name: 'overrides of Hydra',
    tree: {
      'out/.hydra/overrides.yaml':
        '- optimizer.lr=3e-4\n- +trainer.max_steps=600\n- "name=\'a b\'"\n- model/size=small\n- ~callbacks\n',
      'out/train.log': log(),
    },
    settings: {
      'optimizer.lr': '0.0003 @ out/.hydra/overrides.yaml:1',
      'trainer.max_steps': '600 @ out/.hydra/overrides.yaml:2',
      name: 'a b @ out/.hydra/overrides.yaml:3',
      'model/size': 'small @ out/.hydra/overrides.yaml:4',
    },
  },
  {
    name: 'Hydra',
    tree: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: so Hydra writes a reference.
      'out/.hydra/config.yaml': 'optimizer:\n  name: adamw\n  lr: ${base.lr}\n  betas: [0.9, 0.95]\nbase: {lr: 3e-4}\n',
      'out/train.log': log(),
    },
    settings: {
      'optimizer.name': 'adamw @ out/.hydra/config.yaml:2',
      'optimizer.lr': '0.0003 @ out/.hydra/config.yaml:3',
      'optimizer.betas': '[0.9, 0.95] @ out/.hydra/config.yaml:4',
      'base.lr': '0.0003 @ out/.hydra/config.yaml:5',
    },
  },
  {
    name: 'W&B, without what it keeps of the machine',
    tree: {
      'wandb/run-20260102_030005-a/run-a.wandb': recorded('wandb/nanInf.wandb'),
      'wandb/run-20260102_030005-a/files/config.yaml':
        'wandb_version: 1\n_wandb:\n  desc: null\n  value: {python_version: 3.11}\nmodel:\n  desc: null\n  value:\n    width: 512\n',
      'wandb/run-20260102_030005-a/files/wandb-metadata.json':
        '{"host": "secret", "username": "me", "args": ["--max_steps", "900", "--warmup=20", "--bf16"]}',
    },
    settings: {
      'model.width': '512 @ wandb/run-20260102_030005-a/files/config.yaml:8',
      max_steps: '900 @ wandb/run-20260102_030005-a/files/wandb-metadata.json:1',
      warmup: '20 @ wandb/run-20260102_030005-a/files/wandb-metadata.json:1',
      bf16: 'true @ wandb/run-20260102_030005-a/files/wandb-metadata.json:1',
    },
  },
  {
    name: 'TOML and JSON beside the only log of a folder',
    tree: {
      'a/train.log': log(),
      'a/train_config.toml': '[optim]\nlr = 1e-3 # peak\n',
      'a/args.json': '{\n  "max_steps": 1000,\n  "name": null\n}\n',
    },
    settings: {
      max_steps: '1000 @ a/args.json:2',
      name: 'null @ a/args.json:3',
      'optim.lr': '0.001 @ a/train_config.toml:2',
    },
  },
  {
    name: 'lines of a log before its first record',
    tree: {
      'a/train.log': [
        '+ torchrun --nproc_per_node=8 train.py --learning_rate 6e-4 --max_steps 5000',
        "[rank0]: Namespace(weight_decay=0.1, name='a', resume=None)",
        '  lr_decay_style .................................. cosine',
        '{"seed": 1337, "beta2": 0.95}',
        "'compile': True,",
        `${log()}Namespace(weight_decay=0.9)`,
      ].join('\n'),
    },
    settings: {
      nproc_per_node: '8 @ a/train.log:+0',
      learning_rate: '0.0006 @ a/train.log:+0',
      max_steps: '5000 @ a/train.log:+0',
      weight_decay: '0.1 @ a/train.log:+77',
      name: 'a @ a/train.log:+77',
      resume: 'null @ a/train.log:+77',
      lr_decay_style: 'cosine @ a/train.log:+137',
    },
  },
];

for (const { name, tree, settings: expected } of CASES) {
  test(`settings: ${name}`, async () => {
    const { runs } = await scanned(tree);
    assert.equal(runs.length, 1);
    const found = settings(runs[0]!);
    assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, found[key]])), expected);
    for (const key of Object.keys(found)) assert.doesNotMatch(key, /desc|_wandb|host|username/);
  });
}

test('a configuration in a folder of several runs is nobody’s', async () => {
  const { runs } = await scanned({ 'a.log': log(), 'b.log': log(1), 'config.yaml': 'lr: 0.1\n' });
  assert.deepEqual(
    runs.map((run) => settings(run)),
    [{}, {}],
  );
});

test('a configuration that is written after the log is read, and a pickle never', async () => {
  const { runs, skipped } = await scanned(
    { 'out/trainer_state.json': recorded('hfTrainerState/kto500.json'), 'out/training_args.bin': 'cposix\nsystem\n' },
    { 'out/training_args.json': '{"learning_rate": 5e-5, "warmup_steps": 10}' },
  );
  const { plan } = runs[0]!.plan();
  assert.equal(plan.warmupSteps?.value, 10);
  assert.equal(plan.warmupSteps?.where, 'warmup_steps in training_args.json, line 1');
  assert.equal(plan.totalSteps?.source, 'log');
  assert.deepEqual(
    skipped.map(({ path }) => path),
    ['/w/out/training_args.bin'],
  );
});

test('a configuration that is broken or huge is no fault of the run', async () => {
  const { runs } = await scanned({
    'a/train.log': log(),
    'a/config.yaml': `lr: 0.1\n\t: [\n`,
    'a/args.json': `{"x": "${'y'.repeat(MAX_CONFIG_FILE)}"}`,
    'a/hparams.json': '{"max_steps": 700, "wd":',
  });
  assert.equal(runs[0]!.config().get('max_steps'), 700);
  assert.equal(runs[0]!.config().has('x'), false);
});

const NANOGPT =
  'learning_rate = 6e-4\nmax_iters = 5000\nlr_decay_iters = max_iters\nwarmup_iters = 100\nmin_lr = learning_rate / 10\n';

test('training code stands in for what the log does not say, below the configuration', async () => {
  const tree = {
    'out/a/train.log': log(),
    'config/train_gpt2.py': NANOGPT,
    'out/a/args.json': '{"learning_rate": 1e-3}',
  };
  const { plan } = (await scanned(tree)).runs[0]!.plan();
  assert.deepEqual(
    [plan.totalSteps, plan.peakLr, plan.warmupSteps].map((fact) => [
      fact?.value,
      fact?.source,
      fact?.confidence,
      fact?.where,
    ]),
    [
      [5000, 'code', 0.6, 'max_iters in train_gpt2.py, line 2'],
      [0.001, 'config', 1, 'learning_rate in args.json, line 1'],
      [100, 'code', 0.6, 'warmup_iters in train_gpt2.py, line 4'],
    ],
  );
});

test('of several files the one that the log names is the code', async () => {
  const tree = {
    'a/train.log': `Overriding config with config/long.py:\n${log()}`,
    'config/long.py': NANOGPT,
    'config/short.py': 'max_iters = 10\n',
  };
  const fact = (await scanned(tree)).runs[0]!.plan().plan.totalSteps;
  assert.deepEqual([fact?.value, fact?.confidence, fact?.where], [5000, 0.9, 'max_iters in long.py, line 2']);
  const several = { ...tree, 'a/train.log': log() };
  assert.equal((await scanned(several)).runs[0]!.plan().plan.totalSteps, null);
});

test('a log cannot name files outside the folders that are open', async () => {
  for (const name of ['../secret/x.json', '/secret/x.json', 'a/../../secret/x.json']) {
    const fs = new MemoryFileSystem();
    fs.write('/secret/x.json', '{"max_steps": 7}');
    fs.write('/w/a/train.log', `python train.py --config ${name}\n${log()}`);
    const engine = new Engine({ fs, pool: new InlinePool(), clock: new ManualClock(), log: silent });
    await engine.scan([{ path: '/w', name: 'w' }], []);
    assert.equal(engine.runs()[0]!.code, undefined, name);
    engine.dispose();
  }
});

test('code that was changed after the end of the run is not its code', async () => {
  const fs = new MemoryFileSystem();
  fs.write('/w/out/train.log', log());
  fs.now += 60_000;
  fs.write('/w/train.py', NANOGPT);
  const engine = new Engine({ fs, pool: new InlinePool(), clock: new ManualClock(), log: silent });
  await engine.scan([{ path: '/w', name: 'w' }], []);
  assert.equal(engine.runs()[0]!.plan().plan.totalSteps, null);
  engine.dispose();
});
