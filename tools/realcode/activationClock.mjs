// A second, tiny extension that notes when Lossline has become active: seen from outside, that moment has no mark.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT, run } from './run.mjs';

const NOTE = 'active-at';

const MAIN = `const vscode = require('vscode');
const fs = require('node:fs');
exports.activate = () => {
  const timer = setInterval(() => {
    if (!vscode.extensions.getExtension('lossline.lossline')?.isActive) return;
    clearInterval(timer);
    fs.writeFileSync(process.env.ACTIVATION_NOTE, String(Date.now()));
  }, 5);
};
`;

/** Packs the clock in `dir`; `read()` gives the time of activation in milliseconds, or undefined before that. */
export async function packActivationClock(dir) {
  const folder = path.join(dir, 'activation-clock');
  const vsix = path.join(dir, 'activation-clock.vsix');
  const note = path.join(dir, NOTE);
  const manifest = { name: 'clock', publisher: 'lossline-test', version: '0.0.0', main: './main.js' };
  const more = { engines: { vscode: '^1.101.0' }, activationEvents: ['onStartupFinished'] };
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ ...manifest, ...more }));
  fs.writeFileSync(path.join(folder, 'main.js'), MAIN);
  const vsce = path.join(ROOT, 'node_modules/@vscode/vsce/vsce');
  const flags = ['--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', vsix];
  await run(process.execPath, [vsce, 'package', ...flags], { cwd: folder, quiet: true });
  const read = () => (fs.existsSync(note) ? Number(fs.readFileSync(note, 'utf8')) || undefined : undefined);
  return { extensions: [vsix], env: { ACTIVATION_NOTE: note }, read };
}
