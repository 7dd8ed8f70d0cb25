import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { LR, madeRun, PEAK, TOTAL, truthAt } from '../core/answers/madeRun';
import { normals } from '../core/fit/random';
import { buildServer } from '../lib/serverProcess';

// Logs as programs write them, of runs whose loss no law of pre-training describes: each is refused or marked, with a reason.

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-refusals-'));
before(() => buildServer(folder));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

type Change = (loss: number, step: number, i: number) => number;

interface Row {
  readonly step: number;
  readonly loss: number;
  readonly lr: number;
}

/** A made run up to step 10 000 of 20 000, changed. */
function rowsOf(change: Change = (loss) => loss, until = 10_000): Row[] {
  const { steps, losses } = madeRun(until);
  return Array.from(steps, (step, i) => ({
    step,
    loss: change(losses[i]!, step, i),
    lr: PEAK * Math.min(1, step / LR.steps[1]!),
  }));
}

/** As LLaMA-Factory's trainer_log.jsonl, `passes` over the data in all. */
const factory =
  (passes: number, change?: Change) =>
  (until?: number): string =>
    rowsOf(change, until)
      .map(({ step, loss, lr }) =>
        JSON.stringify({ current_steps: step, total_steps: TOTAL, loss, lr, epoch: (passes * step) / TOTAL }),
      )
      .join('\n');

/** As Megatron-LM's console with `--rampup-batch-size`: the batch grows up to step `ramp`. */
const megatron = (ramp: number) => (): string => {
  let samples = 0;
  const lines = rowsOf().map(({ step, loss, lr }) => {
    const batch = 64 * Math.max(1, Math.min(8, Math.ceil((8 * step) / ramp)));
    samples += 20 * batch;
    const counts = ` iteration ${step}/ ${TOTAL} | consumed samples: ${samples} | elapsed time per iteration (ms): 670.5 |`;
    return `${counts} learning rate: ${lr.toExponential(3)} | global batch size: ${batch} | lm loss: ${loss.toExponential(6)} | grad norm: 1.2 | number of skipped iterations: 0 | number of nan iterations: 0 |`;
  });
  return lines.join('\n');
};

/** One JSON object a line, of other quantities. */
const jsonl = (count: number, row: (step: number, noise: number) => Readonly<Record<string, number>>) => (): string => {
  const noise = normals(count, 3);
  return Array.from({ length: count }, (_, i) => JSON.stringify({ step: i + 1, ...row(i + 1, noise[i]!) })).join('\n');
};

interface Case {
  readonly log: () => string;
  readonly args?: readonly string[];
  readonly code: string | null;
  readonly reason?: RegExp;
  readonly law?: string;
  /** Whether there is a final loss all the same. */
  readonly hasLoss: boolean;
}

const few = ['--total-steps', '1000'];

const CASES: Readonly<Record<string, Case>> = {
  'a healthy run': { log: factory(1), code: null, hasLoss: true },
  'three passes over the data': { log: factory(3), code: null, hasLoss: true },
  'twenty passes over the data': {
    log: factory(20),
    code: 'outsideLaw',
    reason: /20 times over the same data/,
    hasLoss: true,
  },
  'a batch that grows up to now': {
    log: megatron(9000),
    code: 'outsideLaw',
    reason: /batch changed from \d+ to 512 samples/,
    hasLoss: true,
  },
  'a batch that grew long ago': { log: megatron(1500), code: null, hasLoss: true },
  'a few points': { log: () => factory(1)(80), code: 'tooFewPoints', reason: /usable points/, hasLoss: false },
  'small data learnt by heart': {
    log: factory(1, (loss, step) => 0.001 * loss * (1 + 1000 / step)),
    code: 'outsideLaw',
    reason: /heart/,
    hasLoss: false,
  },
  'fine-tuning': {
    log: jsonl(300, (step, noise) => ({
      loss: 0.9 + 0.8 / (1 + step / 50) ** 0.5 + 0.01 * noise,
      learning_rate: 1e-5,
    })),
    args: few,
    code: 'outsideLaw',
    reason: /rectified law/,
    law: 'rectified',
    hasLoss: true,
  },
  'reinforcement learning with a reward': {
    log: jsonl(300, (step, noise) => ({
      'actor/pg_loss': 0.1 * noise,
      reward: 0.1 + 0.6 / (1 + (55 / step) ** 1.5) + 0.01 * noise,
      lr: 1e-6,
    })),
    args: few,
    code: 'outsideLaw',
    reason: /sigmoid/,
    law: 'sigmoid',
    hasLoss: true,
  },
  'reinforcement learning with nothing but a policy loss': {
    log: jsonl(300, (_, noise) => ({ policy_loss: 0.5 + 0.1 * noise, learning_rate: 1e-6 })),
    args: few,
    code: 'outsideLaw',
    reason: /policy .* forecast the reward/,
    hasLoss: false,
  },
  'a divergence': {
    log: factory(1, (loss, step) => (step > 9000 ? loss + (step - 9000) / 200 : loss)),
    code: 'diverged',
    hasLoss: false,
  },
  'losses that are no numbers': {
    log: factory(1, (loss, step) => (step > 9000 ? Number.NaN : loss)),
    code: 'diverged',
    hasLoss: false,
  },
  'other data from some step on': {
    log: factory(1, (loss, step) => (step > 7500 ? 0.97 * loss : loss)),
    code: 'seam',
    reason: /near step 7\d\d\d/,
    hasLoss: false,
  },
  'a learning rate that nobody says': {
    log: jsonl(2000, (step) => ({ loss: truthAt([5 * step])[0]! })),
    args: ['--total-steps', '4000'],
    code: 'noLearningRate',
    law: 'powerLaw',
    hasLoss: true,
  },
  'a run that is over': { log: () => factory(1)(TOTAL), code: 'finished', hasLoss: true },
};

for (const [name, { log, args = [], code, reason, law, hasLoss }] of Object.entries(CASES)) {
  test(`${name}: ${code ?? 'trusted'}`, () => {
    const file = path.join(folder, 'train.log');
    fs.writeFileSync(file, `${log().replaceAll('null', 'NaN')}\n`);
    const { status, stdout, stderr } = predict(file, ...args);
    assert.equal(status, 0, stderr);
    const answer = JSON.parse(stdout) as {
      refused: { code: string; reason: string } | null;
      law: string;
      finalLoss: unknown;
    };
    assert.equal(answer.refused?.code ?? null, code, answer.refused?.reason);
    if (reason !== undefined) assert.match(answer.refused!.reason, reason);
    if (law !== undefined) assert.equal(answer.law, law);
    assert.equal(answer.finalLoss !== null, hasLoss);
  });
}

test('many passes widen the interval', () => {
  const width = (passes: number): number => {
    const file = path.join(folder, 'passes.jsonl');
    fs.writeFileSync(file, `${factory(passes)()}\n`);
    const { finalLoss } = JSON.parse(predict(file).stdout) as { finalLoss: { interval80: [number, number] } };
    return finalLoss.interval80[1] - finalLoss.interval80[0];
  };
  const [once, twenty] = [width(1), width(20)];
  assert.equal(width(4), once);
  assert.ok(twenty > 1.2 * once, `${once}, ${twenty}`);
});

test('a run without a plan is an error that says what to give', () => {
  const file = path.join(folder, 'noplan.csv');
  fs.writeFileSync(
    file,
    `step,lr,loss\n${rowsOf()
      .map(({ step, loss }) => `${step},${PEAK},${loss}`)
      .join('\n')}\n`,
  );
  const { status, stderr } = predict(file);
  assert.equal(status, 1);
  const { error } = JSON.parse(stderr) as { error: { code: string; message: string } };
  assert.equal(error.code, 'plan.missing');
});

function predict(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const cli = path.join(folder, 'cli.js');
  return spawnSync(process.execPath, [cli, 'predict', ...args, '--json'], { encoding: 'utf8', maxBuffer: 1 << 26 });
}
