// The workspace of the tests in the editor: the shipped sample, or a small synthetic run while there is none.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from '../../tools/realcode/run.mjs';
import { prepareReplay } from '../../tools/replay.mjs';

const SAMPLE = path.join(ROOT, 'media/sample');
const SYNTHETIC = { log: 'runs/baseline/metrics.jsonl', startFraction: 0.3, seconds: 120 };

/** Fills `dir` with code and a run that is still training; `append(n)` lets the training go on by n records. */
export function createWorkspace(dir) {
  const source = fs.existsSync(path.join(SAMPLE, 'replay.json')) ? SAMPLE : `${dir}-recorded`;
  if (source !== SAMPLE) writeSynthetic(source);
  const { log, rest, seconds } = prepareReplay(source, dir);
  if (source !== SAMPLE) fs.rmSync(source, { recursive: true });
  return {
    dir,
    log,
    rest,
    seconds,
    append(count) {
      fs.appendFileSync(log, rest.splice(0, count).join(''));
      return Date.now();
    },
  };
}

/** A workspace in which nothing looks like a training run. */
export function createPlainWorkspace(dir) {
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(path.join(dir, 'notes.md'), 'No run here.\n');
  return { dir };
}

function writeSynthetic(dir) {
  fs.mkdirSync(path.join(dir, path.dirname(SYNTHETIC.log)), { recursive: true });
  fs.writeFileSync(path.join(dir, 'replay.json'), JSON.stringify(SYNTHETIC));
  fs.writeFileSync(path.join(dir, 'train.py'), TRAIN_PY);
  fs.writeFileSync(path.join(dir, SYNTHETIC.log), syntheticLog());
}

/** A cosine run of 6000 steps with a power-law loss and a little fixed noise. */
export function syntheticLog({ total = 6000, every = 10, loss = (value) => value } = {}) {
  let seed = 1;
  const noise = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647 - 0.5;
  };
  let text = '';
  for (let step = every; step <= total; step += every) {
    const lr = Math.min(6e-4 * (step / 200), 3e-5 + 2.85e-4 * (1 + Math.cos((Math.PI * step) / total)));
    const value = 2.6 + 6 * (step + 40) ** -0.32 - 250 * (6e-4 - lr) * (step / total) + 0.03 * noise();
    text += `${JSON.stringify({ step, loss: loss(value, step), lr })}\n`;
  }
  return text;
}

const TRAIN_PY = `import json
import math

batch_size = 12
block_size = 1024
learning_rate = 6e-4
min_lr = 3e-5
warmup_iters = 200
max_iters = 6000
weight_decay = 1e-1
beta2 = 0.95
grad_clip = 1.0


def get_lr(it):
    if it < warmup_iters:
        return learning_rate * it / warmup_iters
    ratio = (it - warmup_iters) / (max_iters - warmup_iters)
    return min_lr + 0.5 * (1 + math.cos(math.pi * ratio)) * (learning_rate - min_lr)


def log(out, step, loss):
    out.write(json.dumps({"step": step, "loss": loss, "lr": get_lr(step)}) + "\\n")
`;
