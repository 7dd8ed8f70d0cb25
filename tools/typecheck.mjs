// Type-checks every project that the root tsconfig.json references, side by side.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { finish } from './realcode/report.mjs';
import { ROOT, run } from './realcode/run.mjs';

const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc');

const { references } = JSON.parse(fs.readFileSync(path.join(ROOT, 'tsconfig.json'), 'utf8'));
const results = await Promise.all(references.map(({ path: project }) => check(project)));
finish(results.filter(Boolean).length, results.filter((good) => !good).length);

async function check(project) {
  const started = performance.now();
  const args = [TSC, '--noEmit', '--pretty', 'false', '-p', project];
  const { code, output } = await run(process.execPath, args, { cwd: ROOT, quiet: true, allowFailure: true });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? '  ok  ' : '  FAIL'} ${project} (${seconds} s)\n${output}`.trimEnd());
  return code === 0;
}
