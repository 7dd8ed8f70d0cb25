// Replays every recorded run through the detectors: alerts where nothing is wrong, and what is seen of planted faults.
// Arguments: a folder with logs or curves, the fixtures unless given; `write` to put the tables into docs/warnings.md.
import * as fs from 'node:fs';
import { Monitor } from '../../src/core/warnings/monitor';
import { DETECTORS } from '../../src/core/warnings/registry';
import type { Severity, Warning } from '../../src/core/warnings/warning';
import {
  distancesOf,
  type Fault,
  fits,
  type NoiseKind,
  noiseKind,
  outlier,
  plant,
  plantRise,
  type RiseTrial,
  slowRise,
  spike,
  type Trial,
} from '../core/warnings/faults';
import { PRETRAINING, type Recorded, readRecorded, recordedRun, warningsOf } from '../core/warnings/replay';

const FIXTURES = ['curves/curves', 'formats', 'warnings'].map((name) => `test/fixtures/${name}`);
const folders = process.argv.slice(2).filter((argument) => argument !== 'write');
const lines: string[] = [];
const say = (line: string): void => {
  console.log(line);
  lines.push(line);
};

/** Recorded runs that something is known to be wrong with: what is said of them is no false alarm. */
const FAULTY: readonly (readonly [RegExp, string])[] = [
  [/lr0\.005-cos0-T50000/, 'diverges at a learning rate of 0.005'],
  [/pretrainLineSearch|pretrain_ls/, 'line search: the loss jumps to 7.6'],
  [/slurmNan|slurm_nan/, 'the loss is NaN from the first step'],
  [/dvclive\/dvclive$/, 'written with a NaN'],
  [/fairseq\/big/i, 'the loss scale falls to 2'],
  [/epflEightRuns|pipeline_8runs/, 'eight runs behind each other in one file'],
  [/wandbHistory|nanogpt_history/, 'nanoGPT on Shakespeare: over-fits'],
  [/bigscience|nemo\/slurm/i, 'configured with a decay that ends before the run'],
];

/** Losses of a run in which faults are planted. */
const ENOUGH = 450;
const SEED = 20_260;

void main();

async function main(): Promise<void> {
  const runs = await readRecorded(folders.length > 0 ? folders : [...FIXTURES, 'media/sample'], true);
  const healthy = runs.filter(({ name }) => !FAULTY.some(([pattern]) => pattern.test(name)));
  quietTable(healthy);
  faultyTable(runs.filter((run) => !healthy.includes(run)));
  const hosts = healthy.filter(({ points }) => points.filter(({ series }) => series === 'train_loss').length >= ENOUGH);
  plantedTables(thinned(hosts, 40));
  await slowTable(thinned(hosts, 40));
  await speedLine();
  if (process.argv.includes('write')) writePage();
}

/** At most `most` runs, evenly spread. */
function thinned(runs: readonly Recorded[], most: number): Recorded[] {
  return runs.filter((_, i) => Math.floor((i * most) / runs.length) !== Math.floor(((i - 1) * most) / runs.length));
}

function quietTable(runs: readonly Recorded[]): void {
  let steps = 0;
  let points = 0;
  const found: Warning[] = [];
  for (const run of runs) {
    const driven = run.points.filter(({ series }) => /loss|grad_norm|learning_rate/.test(series));
    if (run.facts.unit === 'step') steps += extent(run);
    points += driven.length;
    found.push(...warningsOf(run.points, run.facts), ...run.offCurve);
  }
  const rate = (count: number, of: number, per: number) => ((count * per) / of).toPrecision(2);
  say(`\n### Alerts where nothing is wrong: ${runs.length} runs, ${points} values, ${steps} steps\n`);
  say('| warning | info | warning | error | per 10 000 values | per 10 000 steps |');
  say('| --- | ---: | ---: | ---: | ---: | ---: |');
  for (const { id } of DETECTORS) {
    const own = found.filter((warning) => warning.id === id);
    if (own.length > 0)
      say(`| \`${id}\` | ${counts(own)} | ${rate(own.length, points, 1e4)} | ${rate(own.length, steps, 1e4)} |`);
  }
  say(`| all | ${counts(found)} | ${rate(found.length, points, 1e4)} | ${rate(found.length, steps, 1e4)} |`);
  const silent = DETECTORS.filter(({ id }) => found.every((warning) => warning.id !== id));
  say(`\nNothing was said by ${silent.map(({ id }) => `\`${id}\``).join(', ')}.`);
}

function counts(found: readonly Warning[]): string {
  const of = (severity: Severity) => found.filter((warning) => warning.severity === severity).length;
  return `${of('info')} | ${of('warning')} | ${of('error')}`;
}

function extent({ points }: Recorded): number {
  const steps = points.map(({ step }) => step);
  return steps.length === 0 ? 0 : steps.reduce((a, b) => Math.max(a, b)) - steps.reduce((a, b) => Math.min(a, b));
}

function faultyTable(runs: readonly Recorded[]): void {
  say('\n### Recorded runs with known faults\n');
  say('| run | known | said |');
  say('| --- | --- | --- |');
  for (const run of runs) {
    const known = FAULTY.find(([pattern]) => pattern.test(run.name))![1];
    const said = [...warningsOf(run.points, run.facts), ...run.offCurve].map(
      ({ id, severity, step }) => `\`${id}\` (${severity}) at ${step}`,
    );
    say(`| ${run.name.split(/[/\\]/).slice(-2).join('/')} | ${known} | ${said.join(', ') || 'nothing'} |`);
  }
}

function plantedTables(runs: readonly Recorded[]): void {
  const nan: Fault = {
    name: 'NaN from here on',
    seenBy: ['nonFinite'],
    within: 1,
    series: 'train_loss',
    change: () => Number.NaN,
  };
  const infinite: Fault = {
    ...nan,
    name: 'one infinite value',
    change: (value, age) => (age === 0 ? Number.POSITIVE_INFINITY : value),
  };
  const single = [4, 5, 6, 7, 8, 10].map(outlier);
  const spikes = [0, 4, 16].flatMap((decay) => [2, 3, 4, 5, 6, 8, 10].map((height) => spike(height, decay)));
  plantedTable('Values that are no numbers: seen at once', [nan, infinite], runs);
  plantedTable('Pauses: seen with the first line after them', [pause()], runs.map(withClock));
  plantedTable('Faults of the learning rate: seen within 20 values', rateFaults(), runs.filter(hasRate));
  plantedTable('Spikes: seen within five values', [...single, ...spikes], runs, kindOf);
  aloneTable(runs);
}

/** How often single values stand so far out where nothing was planted: what a spike of one value is told from. */
function aloneTable(runs: readonly Recorded[]): void {
  say('\n### Single values so far over the course on their own, per 10 000\n');
  say(`| at least | ${KINDS.join(' | ')} |`);
  say(`| --- |${KINDS.map(() => ' ---: |').join('')}`);
  const distances = KINDS.map((kind) =>
    runs.filter((run) => kindOf(run) === kind).flatMap((run) => distancesOf(lossesOf(run))),
  );
  for (const height of [4, 5, 6, 7, 8]) {
    const cells = distances.map((all) => ((1e4 * all.filter((z) => z >= height).length) / all.length).toPrecision(2));
    say(`| ${height} σ | ${cells.join(' | ')} |`);
  }
}

function lossesOf({ points }: Recorded): number[] {
  return points.flatMap(({ series, value }) => (series === 'train_loss' ? [value] : []));
}

const KINDS: readonly NoiseKind[] = ['near normal', 'heavy tails', 'smoothed or almost none'];

function kindOf(run: Recorded): NoiseKind {
  return noiseKind(lossesOf(run));
}

/** One row for each fault; one group of columns, or one for each kind of noise. */
function plantedTable(
  title: string,
  faults: readonly Fault[],
  runs: readonly Recorded[],
  kind?: (run: Recorded) => NoiseKind,
): void {
  const groups = kind === undefined ? [runs] : KINDS.map((one) => runs.filter((run) => kind(run) === one));
  const heads = kind === undefined ? ['seen'] : KINDS.map((one, i) => `${one} (${groups[i]!.length} runs)`);
  say(`\n### ${title}\n`);
  say(`| planted | ${heads.join(' | ')} |`);
  say(`| --- |${heads.map(() => ' ---: |').join('')}`);
  for (const fault of faults) {
    const cells = groups.map((group) => {
      const fitting = group.filter((run) => fits(run, fault));
      return trialCell(fitting.flatMap((run, i) => plant(run, fault, { places: 5, seed: SEED + i })));
    });
    say(`| ${fault.name} | ${cells.join(' | ')} |`);
  }
}

/** Values over which the loss rises by 5 %. */
const RISES = [60, 120, 250, 500, 1000];
const unchanged = (value: number): number => value;

/** Rises of the loss over its course: by the points alone, and held against the forecasts of the run's own past. */
async function slowTable(runs: readonly Recorded[]): Promise<void> {
  say('\n### Slow divergence: seen before the loss is 5 % above its forecast\n');
  say(`| planted | ${KINDS.flatMap((kind) => [`${kind}: points`, 'with forecasts']).join(' | ')} |`);
  say(`| --- |${KINDS.map(() => ' ---: | ---: |').join('')}`);
  for (const half of ['of the first half', 'of the second half'] as const) {
    const own = runs.filter((run) => halfOf(run) === half);
    const still = { ...slowRise(250), name: 'nothing: false alarms to the end', change: unchanged };
    for (const fault of [still, ...RISES.map(slowRise)])
      say(`| ${fault.name}, runs ${half} | ${await riseCells(own, fault)} |`);
  }
}

async function riseCells(runs: readonly Recorded[], fault: Fault): Promise<string> {
  const cells: string[] = [];
  for (const kind of KINDS) {
    const trials: RiseTrial[] = [];
    for (const run of runs.filter((each) => kindOf(each) === kind && fits(each, fault)))
      trials.push(...(await plantRise(run, fault, { places: 3, seed: SEED })));
    // A run that ends before the loss is that far above its forecast shows nothing, unless something is said.
    const shown = trials.filter(
      ({ reach, points, held }) => fault.change === unchanged || reach !== null || earlier(points, held).delay !== null,
    );
    cells.push(trialCell(shown.map(({ points }) => points)));
    cells.push(trialCell(shown.map(({ points, held }) => earlier(points, held))));
  }
  return cells.join(' | ');
}

/** Thresholds were chosen on the first half, with the second in sight; runs that share a peak rate or a source are in one half. */
function halfOf({ name }: Recorded): 'of the first half' | 'of the second half' {
  const file = name.split(/[/\\]/).slice(-2).join('/');
  if (/lrs-/.test(file)) return /lr0\.0*1-/.test(file) ? 'of the first half' : 'of the second half';
  return /mng-|trn-/.test(file) ? 'of the second half' : 'of the first half';
}

function earlier(a: Trial, b: Trial): Trial {
  if (a.delay === null || b.delay === null) return a.delay === null ? b : a;
  return a.delay < b.delay ? a : b;
}

/** Share seen, of how many, and the median delay in values. */
function trialCell(trials: readonly Trial[]): string {
  if (trials.length === 0) return '–';
  const delays = trials.flatMap(({ delay }) => delay ?? []).sort((a, b) => a - b);
  const share = ((100 * delays.length) / trials.length).toFixed(delays.length === trials.length ? 0 : 1);
  return `${share} % of ${trials.length}${delays.length > 0 ? `, after ${delays[delays.length >> 1]}` : ''}`;
}

function rateFaults(): Fault[] {
  const common = { seenBy: ['learningRateOffPlan'], within: 20, series: 'learning_rate' };
  return [
    { ...common, name: 'begins anew at twice its value', change: (value) => 2 * value },
    { ...common, name: 'ten times too high', change: (value) => 10 * value },
  ];
}

function pause(): Fault {
  const change = (value: number) => value + 7200;
  return { name: 'two hours', seenBy: ['stalledRun'], within: 1, series: 'wall_time', change };
}

/** Runs whose logged rate no longer rises where faults are planted. */
function hasRate(run: Recorded): boolean {
  const rates = run.points.filter(({ series }) => series === 'learning_rate').map(({ value }) => value);
  const late = rates.slice(Math.floor(0.3 * rates.length));
  return rates.length >= ENOUGH && late.every((rate, i) => i === 0 || rate <= late[i - 1]! * 1.0001);
}

/** The run with a clock time beside each loss, 7 seconds apart. */
function withClock(run: Recorded): Recorded {
  const losses = run.points.filter(({ series }) => series === 'train_loss');
  const points = losses.map((point, i) => ({ ...point, series: 'wall_time', value: 1.7e9 + 7 * i }));
  return { ...run, points };
}

async function speedLine(): Promise<void> {
  const { points } = await recordedRun(PRETRAINING);
  const rounds = 40;
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 7; attempt++) {
    const began = process.cpuUsage();
    const monitor = new Monitor();
    for (let round = 0; round < rounds; round++) {
      for (const { series, step, value } of points) monitor.point(series, step + round * 10_000, value);
    }
    const { user, system } = process.cpuUsage(began);
    best = Math.min(best, (user + system) / 1e6);
  }
  const speed = (rounds * points.length) / best / 1e6;
  say(
    `\nSpeed: ${speed.toFixed(1)} million values a second of processor time through all detectors (losses, gradient norms and learning rates of one run).`,
  );
}

function writePage(): void {
  const page = 'docs/warnings.md';
  const [begin, end] = ['<!-- tables:begin -->', '<!-- tables:end -->'];
  const before = fs.readFileSync(page, 'utf8');
  const [head, tail] = [before.indexOf(begin) + begin.length, before.indexOf(end)];
  fs.writeFileSync(page, `${before.slice(0, head)}\n${lines.join('\n').trim()}\n${before.slice(tail)}`);
}
