// Bundles the tests that run inside the editor.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as esbuild from 'esbuild';
import { ROOT } from './run.mjs';

const SOURCE = path.join(ROOT, 'test/extension');
const TARGET = path.join(ROOT, 'out/extension-tests');

/** Builds test/extension into out/extension-tests; returns the entry and how many test files it has. */
export async function bundleSuite() {
  const names = fs.readdirSync(SOURCE, { recursive: true }).filter((name) => name.endsWith('.test.ts'));
  fs.rmSync(TARGET, { recursive: true, force: true });
  await esbuild.build({
    entryPoints: ['index.ts', ...names].map((name) => path.join(SOURCE, name)),
    outdir: TARGET,
    outbase: SOURCE,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return { entry: path.join(TARGET, 'index.js'), files: names.length };
}
