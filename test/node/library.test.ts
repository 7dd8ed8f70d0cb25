import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import * as esbuild from 'esbuild';

/** What the example of docs/library.md gives. */
interface Told {
  readonly value: number;
  readonly interval80: readonly [number, number];
  readonly later: { readonly value: number };
  readonly law: string;
  readonly decayFromNow: { readonly value: number };
  readonly best: { readonly value: number };
  readonly stop: unknown;
  readonly below: number;
}

test('the example of the page on the library runs and gives numbers', async () => {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(fs.readFileSync('docs/library.md', 'utf8'))!;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-library-'));
  const outfile = path.join(folder, 'example.js');
  const { kernels } = (await import(path.resolve('tools/kernels.mjs'))) as { kernels(): esbuild.Plugin };
  await esbuild.build({
    stdin: { contents: code!, resolveDir: process.cwd(), loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    plugins: [kernels()],
  });
  const { ask } = createRequire(outfile)(outfile) as { ask(log: string): Promise<Told> };
  const told = await ask(path.resolve('media/sample/runs/gpt-124m/metrics.jsonl'));
  assert.ok(told.interval80[0] < told.value && told.value < told.interval80[1]);
  assert.ok(told.later.value > told.value, 'step 20 000 comes before the end');
  assert.ok(told.best.value <= told.decayFromNow.value, 'no schedule is better than the best');
  assert.ok(told.below >= 0 && told.below <= 1 && told.stop !== null);
  assert.equal(told.law, 'Generalised annealing');
  fs.rmSync(folder, { recursive: true, force: true });
});

test('every function and option of the page exists', () => {
  const page = fs.readFileSync('docs/library.md', 'utf8');
  const names = [...page.matchAll(/^\| `lossline \w+[^|]*\| `(\w+)\(/gm)].map(([, name]) => name!);
  assert.deepEqual(names, ['detect', 'predict', 'compare']);
  const index = fs.readFileSync('src/core/index.ts', 'utf8');
  for (const name of names) assert.match(index, new RegExp(`\\b${name}\\b`));
  const options = ['runForecast', 'prediction', 'comparison']
    .map((name) => fs.readFileSync(`src/core/engine/${name}.ts`, 'utf8'))
    .join('\n');
  const told = [...page.matchAll(/^\| `lossline[^|]*\|[^|]*\|([^|]*)\|/gm)].flatMap(([, cell]) => [
    ...cell!.replace(/\(`--[^)]*\)/g, '').matchAll(/`(\w+)`/g),
  ]);
  assert.ok(told.length > 12);
  for (const [, name] of told) assert.match(options, new RegExp(`readonly ${name}\\?:`), name);
});
