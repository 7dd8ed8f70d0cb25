import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hfConsole } from '../../../src/core/formats/hfConsole';
import type { FileLog } from '../../../src/core/series/fileLog';
import { bytesOf, checkChunking, checkHostile, expectSeries, fixture, fixtureNames, readLog, sampleOf } from './check';

function read(text: string): FileLog {
  return readLog(hfConsole, 'nohup.out', bytesOf(text));
}

function load(name: string): FileLog {
  return readLog(hfConsole, name, fixture('hfConsole', name));
}

function facts(log: FileLog): Record<string, unknown> {
  return Object.fromEntries(Object.entries(log.facts).map(([key, fact]) => [key, fact.value]));
}

function steps(log: FileLog, name: string): number[] {
  return Array.from(log.find(name)?.steps.view() ?? []);
}

const bar = (done: number, total: number) =>
  `\r${String(Math.floor((100 * done) / total)).padStart(3)}%|█▎        | ${done}/${total} [00:10<05:01,  3.60it/s]`;
const erase = `\r${' '.repeat(60)}\r`;
const record = (loss: number, rest = '') => `{'loss': ${loss}, 'learning_rate': 1e-05, 'epoch': 0.1${rest}}\n`;

test('records without any step are counted, and that is said', () => {
  const log = load('litLlamaAlpaca.txt');
  expectSeries(log, 'train_loss', { points: 33, first: [1, 1.8554], last: [33, 0.8181] });
  expectSeries(log, 'learning_rate', { points: 33, first: [1, 1e-5], last: [33, 7.838345864661655e-5] });
  expectSeries(log, 'val_loss', { points: 1, first: [20, 0.953607439994812], last: [20, 0.953607439994812] });
  assert.equal(log.unit, 'row');
  assert.deepEqual(
    log.issues.map(({ code }) => code),
    ['step.missing'],
  );
});

test('a rank before each line does not matter', () => {
  const log = load('esm2RankPrefix.txt');
  expectSeries(log, 'train_loss', { points: 5, first: [1, 2.9859], last: [5, 2.6591] });
  const rates = log.find('learning_rate')!;
  assert.deepEqual([rates.first()!.value, rates.last()!.value], [4.175257731958763e-5, 8.762886597938144e-6]);
});

test('ms-swift states step and total in each record', () => {
  const log = load('msSwift.txt');
  expectSeries(log, 'train_loss', { points: 19, first: [1, 1.47077751], last: [90, 1.44893646] });
  expectSeries(log, 'learning_rate', { points: 19, first: [1, 2e-6], last: [90, 5e-8] });
  assert.deepEqual(facts(log), { totalSteps: 94 });
  assert.equal(log.unit, 'step');
  assert.deepEqual(log.statuses, [{ kind: 'finished' }]);
  assert.equal(log.configEntries.get('train_loss'), 1.50650934);
});

test('LLaMA-Factory logs the record behind its logger; steps follow from the epoch', () => {
  const log = load('llamaFactory.txt');
  const series = log.find('train_loss')!;
  assert.equal(series.length, 7);
  assert.deepEqual([series.first()!.value, series.last()!.value], [1.7488, 0.0898]);
  for (const [i, step] of steps(log, 'train_loss').entries())
    assert.ok(Math.abs(step - 5 * (i + 1)) <= 1, String(step));
  assert.deepEqual(facts(log), { totalSteps: 37 });
  assert.equal(log.configEntries.get('num_examples'), 2415);
});

for (const name of fixtureNames('hfConsole')) {
  test(`${name} is known as a Trainer's console and reads the same however it is cut`, () => {
    const bytes = fixture('hfConsole', name);
    assert.equal(hfConsole.probe(sampleOf(name, bytes)), 'yes');
    checkChunking(hfConsole, name, bytes);
  });
  test(`${name} cut or damaged is no fault`, () => checkHostile(hfConsole, name, fixture('hfConsole', name)));
}

const withBars = () => {
  let text = bar(0, 1120);
  for (let step = 1; step <= 40; step++) {
    if (step % 3 === 0) text += bar(step, 1120);
    if (step % 10 === 0) text += `${erase}${record(5 - step / 100)}${bar(step, 1120)}`;
    if (step === 20) {
      text += `${bar(0, 50)}${bar(50, 50)}${erase}`;
      text += `{'eval_loss': 4.5, 'eval_runtime': 1.5, 'epoch': 0.1}\n${bar(50, 50)}${bar(20, 1120)}`;
    }
  }
  return text;
};

test('the bar drawn after a record gives its step, bars of evaluations do not', () => {
  const log = read(withBars());
  assert.deepEqual(steps(log, 'train_loss'), [10, 20, 30, 40]);
  assert.deepEqual(steps(log, 'val_loss'), [20]);
  assert.deepEqual(facts(log), { totalSteps: 1120 });
  assert.equal(log.unit, 'step');
  assert.deepEqual(log.issues, []);
});

test('a log with bars reads the same however it is cut', () => {
  checkChunking(hfConsole, 'bars.log', bytesOf(withBars()));
  checkHostile(hfConsole, 'bars.log', bytesOf(withBars()));
});

test('where no bar follows, the bar before a record gives its step', () => {
  const log = read(`${bar(0, 100)}${bar(10, 100)}\n${record(3)}${bar(11, 100)}${bar(20, 100)}\n${record(2)}`);
  assert.deepEqual(steps(log, 'train_loss'), [10, 20]);
});

test('bar and record on one line', () => {
  const line = (step: number) => `${bar(step, 100).slice(1)}${record(1)}`;
  assert.deepEqual(steps(read(`${line(10)}${line(20)}${line(30)}`), 'train_loss'), [10, 20, 30]);
});

test('bars of data sets and checkpoints are not the training', () => {
  const log = read(
    `Map: 100%|██| 1000/1000 [00:01<00:00, 900 examples/s]\nLoading checkpoint shards: 100%|██| 2/2 [00:01<00:00, 1.5it/s]\n` +
      `100%|██| 50/50 [00:01<00:00, 40 ba/s]\n${bar(0, 100)}${erase}${record(3)}${bar(5, 100)}`,
  );
  assert.deepEqual(steps(log, 'train_loss'), [5]);
});

test('records that a buffer delivered late are counted by the stated interval', () => {
  const log = read(
    `TrainingArguments(\nlogging_steps=25,\n)\n${bar(0, 500)}${bar(480, 500)}\n${record(3)}${record(2)}${record(1)}`,
  );
  assert.deepEqual(steps(log, 'train_loss'), [25, 50, 75]);
});

test('the header of a training gives plan and config', () => {
  const log = read(
    `[INFO|trainer.py:1721] 2023-05-01 10:00:00,123 >> ***** Running training *****
[INFO|trainer.py:1722] 2023-05-01 10:00:00,123 >>   Num examples = 52,002
[INFO|trainer.py:1723] 2023-05-01 10:00:00,123 >>   Num Epochs = 3
[INFO|trainer.py:1724] 2023-05-01 10:00:00,123 >>   Instantaneous batch size per device = 4
[INFO|trainer.py:1725] 2023-05-01 10:00:00,123 >>   Total train batch size (w. parallel, distributed & accumulation) = 128
[INFO|trainer.py:1726] 2023-05-01 10:00:00,123 >>   Gradient Accumulation steps = 8
[INFO|trainer.py:1727] 2023-05-01 10:00:00,123 >>   Total optimization steps = 1,218
[INFO|trainer.py:1728] 2023-05-01 10:00:00,123 >>   Continuing training from global step 500
***** Running Evaluation *****
  Num examples = 200
`,
  );
  assert.deepEqual(facts(log), { totalSteps: 1218 });
  assert.deepEqual(Object.fromEntries(log.configEntries), {
    num_examples: 52002,
    num_train_epochs: 3,
    per_device_train_batch_size: 4,
    total_train_batch_size: 128,
    gradient_accumulation_steps: 8,
    max_steps: 1218,
  });
  assert.deepEqual(log.statuses, [{ kind: 'started' }, { kind: 'resumed', step: 500 }]);
});

test("Unsloth's banner gives the plan", () => {
  const log = read('   \\\\   /|    Num examples = 52,000 | Num Epochs = 1 | Total steps = 60\n');
  assert.deepEqual(facts(log), { totalSteps: 60 });
});

test('printed training arguments give the plan', () => {
  const log = read(
    'TrainingArguments(\n_n_gpu=1,\nlearning_rate=2e-05,\nlr_scheduler_type=SchedulerType.COSINE,\nmax_steps=300,\n' +
      "warmup_steps=30,\nlogging_steps=10,\nfsdp=[],\nrun_name='a',\nfp16=True,\n)\n" +
      `learning_rate=9,\n${record(2)}${record(1)}`,
  );
  assert.deepEqual(facts(log), { peakLr: 2e-5, family: 'cosine', totalSteps: 300, warmupSteps: 30 });
  assert.equal(log.configEntries.get('fp16'), true);
  assert.deepEqual(steps(log, 'train_loss'), [10, 20]);
});

test('numbers in quotes, nan, inf, None and objects', () => {
  const log = read(
    "{'loss': '1.8554', 'grad_norm': 'nan', 'learning_rate': '1e-05', 'epoch': '0.03'}\n" +
      "{'loss': nan, 'grad_norm': inf, 'learning_rate': None, 'flag': True, 'text': 'a, b: {', 'epoch': 0.06}\n" +
      "{'loss': np.float64(1.5), 'grad_norm': tensor(2.5, device='cuda:0'), 'per': {'a': [1, 2]}, 'epoch': 0.09}\n",
  );
  assert.equal(log.find('train_loss')!.length, 3);
  assert.equal(log.find('train_loss')!.nonFinite, 1);
  assert.equal(log.find('train_loss')!.last()!.value, 1.5);
  assert.equal(log.find('grad_norm')!.last()!.value, 2.5);
  assert.equal(log.find('grad_norm')!.nonFinite, 2);
  assert.equal(log.find('learning_rate')!.length, 1);
});

test('the keys of TRL become series', () => {
  const log = read(
    "{'loss': 0.6931, 'grad_norm': 1.0, 'learning_rate': 5e-07, 'rewards/chosen': 0.01, 'rewards/margins': -0.02, " +
      "'logps/chosen': -120.5, 'num_tokens': 8192.0, 'mean_token_accuracy': 0.61, 'epoch': 0.01}\n",
  );
  for (const label of ['rewards/chosen', 'rewards/margins', 'logps/chosen']) {
    assert.ok(
      log.allSeries.some((series) => series.label === label),
      label,
    );
  }
  expectSeries(log, 'tokens', { points: 1, first: [1, 8192], last: [1, 8192] });
});

test('several evaluated sets are kept apart', () => {
  const log = read(`${record(2)}{'eval_g0_loss': 2.1, 'epoch': 0.1}\n{'eval_g1_loss': 2.2, 'epoch': 0.1}\n`);
  assert.equal(log.find('val_loss/g0')!.last()!.value, 2.1);
  assert.equal(log.find('val_loss/g1')!.last()!.value, 2.2);
});

test('the summary ends the run and its mean loss is no point', () => {
  const log = read(`${record(2)}${record(1)}{'train_runtime': 183.4, 'train_loss': 1.5, 'epoch': 1.0}\n`);
  assert.equal(log.find('train_loss')!.length, 2);
  assert.deepEqual(log.statuses, [{ kind: 'finished' }]);
  assert.equal(log.configEntries.get('train_runtime'), 183.4);
});

test('a record that is cut off is reported, a config that is printed is not', () => {
  const log = read(
    "{'loss': 1.8554, 'learning_rate': 1e-05, 'ep\n{'config_format': 'base', 'eval_interval': 0, 'lr': 1}\n",
  );
  assert.equal(log.points, 0);
  assert.deepEqual(
    log.issues.map(({ code, offset }) => [code, offset]),
    [['line.malformed', 0]],
  );
});

test('a record waits for its bar but is shown by a flush', () => {
  const log = read(`${bar(0, 100)}${bar(10, 100)}${erase}${record(3)}`);
  assert.deepEqual(steps(log, 'train_loss'), [10]);
});

test('a memory fault is the reason of the end', () => {
  const log = read(`${record(2)}Traceback (most recent call last):
  File "train.py", line 1, in <module>
torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.
`);
  assert.deepEqual(log.statuses, [
    { kind: 'failed', reason: 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.' },
  ]);
});
