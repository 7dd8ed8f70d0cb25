// Packs lossline-<version>.vsix and shows what is in it.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { isMain, plainEnv, ROOT, run } from './realcode/run.mjs';

const VSCE = path.join(ROOT, 'node_modules/@vscode/vsce/vsce');

/** Builds for production and packs; returns the file and its contents as [path, bytes]. */
export async function packExtension() {
  const { version, repository } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const file = path.join(ROOT, `lossline-${version}.vsix`);
  await run(process.execPath, ['esbuild.mjs', '--production'], { cwd: ROOT, quiet: true });
  const flags = ['--no-dependencies', '--out', file];
  if (!repository) flags.push('--allow-missing-repository', '--no-rewrite-relative-links');
  const { output } = await run(process.execPath, [VSCE, 'package', ...flags], {
    cwd: ROOT,
    quiet: true,
    env: plainEnv(),
  });
  for (const line of output.split('\n')) if (/WARNING|ERROR/.test(line)) console.log(line.trim());
  const names = await listFiles({ cwd: ROOT, packageManager: PackageManager.None });
  return { file, contents: names.map((name) => [name, fs.statSync(path.join(ROOT, name)).size]) };
}

if (isMain(import.meta)) {
  const { file, contents } = await packExtension();
  for (const [name, bytes] of contents) console.log(`${(bytes / 1000).toFixed(1).padStart(9)} kB  ${name}`);
  console.log(`${(fs.statSync(file).size / 1000).toFixed(1).padStart(9)} kB  ${path.basename(file)} packed`);
}
