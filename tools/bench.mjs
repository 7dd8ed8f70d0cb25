// Runs the benchmarks (`npm run bench [name] [-- arguments]`). They print tables and never fail: speed is shown, not tested.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as esbuild from 'esbuild';
import { NODE_BUNDLE } from './nodeBundle.mjs';

const [filter = '', ...rest] = process.argv.slice(2);
const files = fs.readdirSync('test/bench').filter((name) => name.endsWith('.ts') && name.includes(filter));
await esbuild.build({
  entryPoints: files.map((name) => path.join('test/bench', name)),
  outdir: 'out/bench',
  outbase: 'test/bench',
  ...NODE_BUNDLE,
  format: 'cjs',
  external: ['esbuild'],
  target: 'node20',
  logLevel: 'warning',
});
for (const name of files) {
  console.log(`\n## ${name.replace(/\.ts$/, '')}`);
  const script = path.join('out/bench', name.replace(/\.ts$/, '.js'));
  spawnSync(process.execPath, ['--expose-gc', script, ...rest], { stdio: 'inherit' });
}
