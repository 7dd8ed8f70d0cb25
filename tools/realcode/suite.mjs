// The tests that run inside the editor: one suite per folder of test/extension, each with a workspace of its own.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as esbuild from 'esbuild';
import { createPlainWorkspace, createWorkspace } from '../../test/journeys/workspace.mjs';
import { kernels } from '../kernels.mjs';
import { finish, printRows } from './report.mjs';
import { ROOT } from './run.mjs';

const SOURCE = path.join(ROOT, 'test/extension');
const TARGET = path.join(ROOT, 'out/extension-tests');

/** Folder of the tests and what fills the workspace that they run in. */
export const SUITES = [
  { name: 'sample', fill: createWorkspace },
  { name: 'idle', fill: createPlainWorkspace },
];

/** Builds test/extension into out/extension-tests and returns the entry point. */
export async function bundleSuites() {
  const names = fs.readdirSync(SOURCE, { recursive: true }).filter((name) => name.endsWith('.test.ts'));
  fs.rmSync(TARGET, { recursive: true, force: true });
  await esbuild.build({
    entryPoints: ['index.ts', ...names].map((name) => path.join(SOURCE, name)),
    outdir: TARGET,
    outbase: SOURCE,
    bundle: true,
    plugins: [kernels()],
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return path.join(TARGET, 'index.js');
}

/** Runs every suite with `runSuite(suite, reportFile)`, which returns what the editor said, and prints the results. */
export async function runSuites(dir, runSuite) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  let files = 0;
  for (const suite of SUITES) {
    const report = path.join(dir, `${suite.name}.json`);
    const said = await runSuite(suite, report);
    if (fs.existsSync(report)) {
      const { rows, files: run } = JSON.parse(fs.readFileSync(report, 'utf8'));
      printRows(rows);
      for (const { state } of rows) totals[state]++;
      files += run;
    } else {
      console.log(`${said}\nThe suite "${suite.name}" left no report.`);
      totals.failed++;
    }
  }
  finish(totals.passed, totals.failed + missingFiles(files));
}

function missingFiles(run) {
  const built = fs.readdirSync(TARGET, { recursive: true }).filter((name) => name.endsWith('.test.js'));
  if (built.length > run) console.log(`${built.length - run} test files were not run.`);
  return Math.max(0, built.length - run);
}
