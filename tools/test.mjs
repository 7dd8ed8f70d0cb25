// Runs every part of the tests, each to its end whatever the others do, and adds the results up.
import { spawn } from 'node:child_process';
import { killGroup, onExit } from './realcode/cleanup.mjs';
import { editorSupported } from './realcode/install.mjs';
import { readTotals } from './realcode/report.mjs';
import { ROOT } from './realcode/run.mjs';

const WINDOWS = process.platform === 'win32';
const GRACE_MS = 10_000;

/** For all parts together. Each may take several times what it needs where nothing else runs, but not all of them. */
const TOTAL_MINUTES = 57;

const BEFORE = [
  { name: 'lint', args: ['node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '.'], minutes: 4 },
  { name: 'types', args: ['tools/typecheck.mjs'], minutes: 5 },
  { name: 'build', args: ['esbuild.mjs', '--production'], minutes: 4 },
];
const UNIT = { name: 'unit', args: ['tools/unit.mjs'], minutes: 35 };
const IN_BROWSER = [
  // Tests of `unit` use the browser that comes with it, and may install a package themselves.
  { name: 'editor', args: ['tools/realcode/install.mjs'], minutes: 10, beside: true },
  UNIT,
  { name: 'pages', args: ['tools/pages.mjs'], minutes: 15 },
  { name: 'host', args: ['tools/realcode/host.mjs'], minutes: 10 },
  { name: 'journeys', args: ['tools/realcode/journeys.mjs'], minutes: 25 },
  { name: 'start', args: ['tools/start.mjs', '--check'], minutes: 6 },
];
/** Where VS Code does not run in the browser, the desktop takes the suite; the journeys need the browser. */
const ON_DESKTOP = [UNIT, { name: 'desktop', args: ['tools/realcode/desktop.mjs'], minutes: 10 }];

/** Parts whose success counts as one test each; the installation of the editor is no test. */
const COUNTED = new Set(['lint', 'types', 'build']);

const begun = performance.now();
const parts = [...BEFORE, ...(editorSupported() ? IN_BROWSER : ON_DESKTOP)];
const early = new Map(parts.filter((part) => part.beside).map((part) => [part, runPart(part, { silent: true })]));
const results = [];
for (const part of parts) results.push(await (early.has(part) ? announced(early.get(part)) : runPart(part)));
summarise(results);

/** The editor is fetched while the first parts run; what it said is shown in its turn. */
async function announced(work) {
  const result = await work;
  console.log(`\n=== ${result.name}\n${result.output.trimEnd()}`);
  return result;
}

async function runPart({ name, args, minutes }, { silent = false } = {}) {
  if (!silent) console.log(`\n=== ${name}`);
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], detached: !WINDOWS });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      if (!silent) process.stdout.write(chunk);
    });
  }
  const signal = (which) => (WINDOWS ? child.kill(which) : killGroup(child.pid, which));
  const sweep = onExit(() => signal('SIGTERM'));
  const patience = Math.min(minutes * 60_000, TOTAL_MINUTES * 60_000 - (started - begun));
  const limit = setTimeout(() => {
    console.log(`${name} did not end within ${(patience / 60_000).toFixed(1)} minutes`);
    signal('SIGTERM');
    setTimeout(signal, GRACE_MS, 'SIGKILL').unref();
  }, patience);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(limit);
  sweep();
  return { name, code, output, seconds: (performance.now() - started) / 1000, ...totals(name, code, output) };
}

/** A part that ends badly has failed at least once, whatever it printed. */
function totals(name, code, output) {
  const { passed, failed } = COUNTED.has(name)
    ? { passed: code === 0 ? 1 : 0, failed: 0 }
    : (readTotals(output) ?? { passed: 0, failed: 0 });
  return { passed, failed: code === 0 ? failed : Math.max(failed, 1) };
}

function summarise(all) {
  console.log('\npart        passed   failed   seconds');
  for (const { name, passed, failed, seconds } of all) {
    const cells = [
      name.padEnd(10),
      String(passed).padStart(8),
      String(failed).padStart(8),
      seconds.toFixed(1).padStart(9),
    ];
    console.log(cells.join(' '));
  }
  const sum = (key) => all.reduce((total, part) => total + part[key], 0);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
}
