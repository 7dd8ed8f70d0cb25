// What columns of logged numbers take once sealed, and how fast they are sealed and read: values per second of processor time.
import { seal } from '../../src/core/series/block';
import { seeded } from '../core/formats/check';
import { rate } from './measure';

const BLOCK = 4096;
const BLOCKS = 256;
const random = seeded(1);

/** What logs hold, by step. */
const KINDS: Readonly<Record<string, (step: number) => number>> = {
  'steps of 10': (step) => 10 * step,
  'loss, 4 decimals': (step) => Number(loss(step).toFixed(4)),
  'loss, `1.234567E+00`': (step) => Number(loss(step).toExponential(6)),
  'loss, 32-bit float': (step) => Math.fround(loss(step)),
  'loss, double': loss,
  'rate of a cosine, `1.972e-7`': (step) => Number(cosine(step).toExponential(3)),
  'rate of a cosine, double': cosine,
  'gradient norm, 32-bit float': () => Math.fround(0.3 + random() / 5),
  'seconds since 1970': (step) => 1.7e9 + step * 0.31 + Math.round(random() * 1e4) / 1e6,
  'any doubles below 1': random,
};

function loss(step: number): number {
  return 2 + 8 / Math.sqrt(step + 1) + random() / 5;
}

function cosine(step: number): number {
  return 3e-4 * (1 + Math.cos((Math.PI * step) / (BLOCK * BLOCKS)));
}

console.log('| values | bytes each | sealed, M/s | read, M/s |\n| --- | ---: | ---: | ---: |');
for (const [what, value] of Object.entries(KINDS)) {
  const count = BLOCK * BLOCKS;
  const parts = Array.from({ length: BLOCKS }, (_, block) =>
    Float64Array.from({ length: BLOCK }, (_value, i) => value(block * BLOCK + i)),
  );
  const blocks = parts.map(seal);
  const bytes = blocks.reduce((sum, block) => sum + block.byteLength, 0);
  const target = new Float64Array(BLOCK);
  const sealed = rate(count, () => parts.forEach(seal));
  const read = rate(count, () => {
    for (let round = 0; round < 8; round++) for (const block of blocks) block.copyTo(target, 0);
  });
  console.log(`| ${what} | ${(bytes / count).toFixed(2)} | ${sealed.toFixed(0)} | ${(read * 8).toFixed(0)} |`);
}
