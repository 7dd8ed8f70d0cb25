// Searches a workspace for runs: one folder of 1,000 tables, 100 run folders with several logs each, and a source tree of 2,000
// folders with texts that are no logs. CPU time, because a disk that was just written answers from memory.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { scanFolder } from '../../src/core/engine/discovery';
import { Engine } from '../../src/core/engine/engine';
import { InlinePool } from '../../src/node/inlinePool';
import { NodeFileSystem } from '../../src/node/nodeFileSystem';
import { SystemClock } from '../../src/node/systemClock';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-bench-'));
const rows = Array.from({ length: 100 }, (_, i) => 10 * (i + 1));
const loss = (step: number, run: number): string => (2 + 3 / Math.sqrt(step) + 0.01 * Math.sin(step * run)).toFixed(4);

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), text);
}

for (let run = 0; run < 1000; run++) {
  write(`curves/${run}.csv`, `step,lr,loss\n${rows.map((step) => `${step},0.001,${loss(step, run)}\n`).join('')}`);
}
for (let run = 0; run < 100; run++) {
  const folder = `outputs/${run}`;
  write(`${folder}/.hydra/config.yaml`, 'optimizer:\n  lr: 0.001\ntrainer:\n  max_steps: 1000\n');
  write(`${folder}/train.log`, rows.map((step) => `step ${step} loss ${loss(step, run)} lr 0.001\n`).join(''));
  write(`${folder}/metrics.csv`, `step,lr,loss\n${rows.map((step) => `${step},0.001,${loss(step, run)}\n`).join('')}`);
}
for (let folder = 0; folder < 2000; folder++)
  write(`src/${folder % 20}/${folder}/notes.txt`, 'no log at all\n'.repeat(20));

const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function main(): Promise<void> {
  const files = new NodeFileSystem();
  const before = cpu();
  const report = await scanFolder(files, root, []);
  const scanned = cpu();
  const log = { info: () => undefined, warn: () => undefined };
  const engine = new Engine({ fs: files, pool: new InlinePool(), clock: new SystemClock(false), log });
  const runs = await engine.add(root);
  const followed = cpu();
  engine.dispose();
  const looked = report.logs.length + report.strangers.size;
  console.log(
    `search: ${looked} files in ${((scanned - before) / looked).toFixed(2)} ms of CPU each, ${report.logs.length} logs`,
  );
  console.log(
    `search, reading and settings: ${runs.length} runs in ${((followed - scanned) / runs.length).toFixed(2)} ms of CPU each`,
  );
}

// The fits that reading a run starts are not waited for.
void main().finally(() => {
  fs.rmSync(root, { recursive: true, force: true });
  process.exit();
});
