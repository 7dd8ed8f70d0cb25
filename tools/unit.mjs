// Bundles every test that needs no editor and runs it with node:test. An argument picks the files whose path has it.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { run as runTests } from 'node:test';
import { inspect } from 'node:util';
import * as esbuild from 'esbuild';
import { kernels } from './kernels.mjs';
import { onExit } from './realcode/cleanup.mjs';
import { finish } from './realcode/report.mjs';
import { ROOT } from './realcode/run.mjs';

const KINDS = ['architecture', 'cli', 'core', 'node', 'protocol', 'server', 'webview'];
// A folder of its own, so that two runs beside each other do not disturb one another.
const TARGET = path.join(ROOT, 'out', `unit-${process.pid}`);
// The longest file takes a tenth of it where nothing else runs.
const FILE_LIMIT_MS = 300_000;
// A container tells of all cores of its machine, and may have the time of few.
const MOST_AT_ONCE = 4;
const SLOWEST = 5;

const filter = process.argv[2] ?? '';
const sources = KINDS.flatMap(testFiles).filter((file) => file.includes(filter));
if (sources.length === 0) {
  console.log(`No test file${filter && ` has "${filter}" in its path`}.`);
  finish(0, 1);
} else {
  onExit(() => fs.rmSync(TARGET, { recursive: true, force: true }));
  await bundle(sources).catch(() => Promise.allSettled(sources.map((file) => bundle([file]))));
  report(await execute(sources.map(bundled).filter((file) => fs.existsSync(file))), sources);
}

function testFiles(kind) {
  const folder = path.join(ROOT, 'test', kind);
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.test.ts'));
  return names.map((name) => path.posix.join('test', kind, name.split(path.sep).join('/'))).sort();
}

function bundled(source) {
  return path.join(TARGET, path.relative('test', source).replace(/\.ts$/, '.js'));
}

/** One bad import fails the whole call, so that is repeated file by file: the others are still run. */
async function bundle(files) {
  await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: files,
    outdir: TARGET,
    outbase: 'test',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    packages: 'external',
    plugins: [kernels()],
    logLevel: files.length > 1 ? 'silent' : 'warning',
  });
}

/** Runs each file in a process of its own; collects every test that is not a group of others, and those that did not end. */
async function execute(files) {
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --enable-source-maps`.trim();
  process.chdir(ROOT);
  const tests = [];
  const running = new Set();
  const concurrency = Math.min(os.availableParallelism(), MOST_AT_ONCE);
  for await (const { type, data } of runTests({ files, concurrency, timeout: FILE_LIMIT_MS })) {
    if (type === 'test:stdout' || type === 'test:stderr') process.stdout.write(data.message);
    if (type === 'test:dequeue' && !isFileItself(data)) running.add(data);
    if (type === 'test:complete') for (const test of running) if (isSame(test, data)) running.delete(test);
    if (type === 'test:pass' && !isGroup(data)) tests.push({ ...data, good: true });
    if (type === 'test:fail' && !isGroup(data)) tests.push({ ...data, good: false });
  }
  return { tests, running };
}

function isSame(a, b) {
  return a.name === b.name && a.nesting === b.nesting && sourceOf(a) === sourceOf(b);
}

function isGroup({ details }) {
  return details.type === 'suite' || details.error?.failureType === 'subtestsFailed';
}

function report({ tests, running }, files) {
  const real = tests.filter((test) => !isFileItself(test));
  const failures = tests.filter((test) => !test.good);
  const silent = files.filter((file) => ![...real, ...failures].some((test) => sourceOf(test) === file));
  for (const test of failures) console.log(`\nFAIL ${sourceOf(test)}: ${titleOf(test, running)}\n${reason(test)}`);
  for (const file of silent) console.log(`\nFAIL ${file}: no test of it was run`);
  const slow = [...real].sort((a, b) => b.details.duration_ms - a.details.duration_ms).slice(0, SLOWEST);
  console.log(`\n${files.length} files, slowest tests:`);
  for (const test of slow) {
    console.log(`${test.details.duration_ms.toFixed(0).padStart(7)} ms  ${sourceOf(test)}: ${test.name}`);
  }
  const left = real.filter((test) => test.skip !== undefined || test.todo !== undefined);
  for (const test of left) console.log(`SKIPPED ${sourceOf(test)}: ${test.name} (${test.skip ?? test.todo})`);
  const passed = real.filter((test) => test.good && !left.includes(test)).length;
  finish(passed, failures.length + silent.length);
}

/** A file that has no test, or that crashed, is reported as a test with the file's name. */
function isFileItself(test) {
  const named = path.resolve(ROOT, test.name);
  return named.startsWith(TARGET) || named === test.file;
}

/** The test's source file; with source maps the runner already names that instead of the bundle. */
function sourceOf(test) {
  const file = isFileItself(test) ? path.resolve(ROOT, test.name) : (test.file ?? '');
  const source = file.startsWith(TARGET) ? path.join(ROOT, 'test', path.relative(TARGET, file)) : file;
  return path.relative(ROOT, source).split(path.sep).join('/').replace(/\.js$/, '.ts');
}

function titleOf(test, running) {
  if (!isFileItself(test)) return test.name;
  const open = [...running].filter((each) => sourceOf(each) === sourceOf(test)).map(({ name }) => `"${name}"`);
  return open.length > 0 ? `no end of ${open.join(', ')}` : 'the file ended with an error outside its tests';
}

function reason({ details: { error } }) {
  const cause = error?.cause ?? error;
  const lines = (cause?.stack ?? inspect(cause)).split('\n');
  return lines
    .filter((line) => !line.includes('node:internal'))
    .slice(0, 25)
    .join('\n');
}
