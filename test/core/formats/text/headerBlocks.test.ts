import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detectFormat } from '../../../../src/core/formats/detect';
import { bytesOf, checkChunking, readLog, sampleOf } from '../check';

/** Records of a format, below which each header is read alike. */
const RECORDS: Readonly<Record<string, (step: number) => string>> = {
  keyValue: (step) => `step ${step} | loss ${(9 / step).toFixed(4)} | lr 3.0e-04`,
  moddedNanogpt: (step) => `step:${step}/100 train_loss:${(9 / step).toFixed(4)} train_time:10ms step_avg:1.00ms`,
  torchtitan: (step) =>
    `[rank0]:[titan] 2025-05-20 05:40:06,366 - root - INFO - step: ${String(step).padStart(2)}  loss:  ${(9 / step).toFixed(5)}  grad_norm:  1.0000  tps: 1,383`,
};

/** How a program prints its configuration over several lines, and what is read. */
const HEADERS: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  [
    '{\n  "learning_rate": 0.0003,\n  "model": {\n    "n_layer": 12\n  },\n  "max_steps": 600\n}',
    { learning_rate: 0.0003, 'model.n_layer': 12, max_steps: 600 },
  ],
  [
    "{'batch_size': 32,\n 'lr': 0.0003,\n 'optimizer': {'name': 'adamw', 'weight_decay': 0.1},\n 'seed': 1}",
    { batch_size: 32, lr: 0.0003, 'optimizer.name': 'adamw', seed: 1 },
  ],
  ['seed: 1\noptimizer:\n  name: adamw\n  lr: 0.0003\ngrad_clip: 1.5', { seed: 1, lr: 0.0003, grad_clip: 1.5 }],
];

for (const [id, record] of Object.entries(RECORDS)) {
  for (const [header, settings] of HEADERS) {
    test(`${id} below ${JSON.stringify(header.slice(0, 24))}…`, () => {
      const bytes = bytesOf(
        `Starting\n${header}\nModel is ready: 12 layers\n${[1, 2, 3, 4, 5].map(record).join('\n')}\n`,
      );
      const format = detectFormat(sampleOf('a.log', bytes))?.format;
      assert.equal(format?.id, id);
      const log = readLog(format!, 'a.log', bytes);
      assert.equal(log.find('train_loss')?.length, 5);
      const said = (key: string) => log.configEntries.get(key) ?? log.configEntries.get(`optimizer.${key}`);
      for (const [key, value] of Object.entries(settings)) assert.equal(said(key), value, key);
      checkChunking(format!, 'a.log', bytes, 7);
    });
  }
}
